"""Edits of a workbook put into the records as one commit; what somebody changed meanwhile is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm import paths, yamlfile
from textcrm.errors import Conflict, Invalid, KeyMissing, Misuse, TextcrmError
from textcrm.exchange.sheet_edits import Added, Edit, Edits, pairs
from textcrm.exchange.values import Values
from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.vault import edits as editing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.exchange.export_columns import Column
    from textcrm.exchange.incoming import Setting
    from textcrm.exchange.sheet_again import Row
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Draft, Vault

Answer = Literal["mine", "theirs"]


class Question(NamedTuple):
    """A cell that was edited in a row whose record somebody changed meanwhile."""

    id: str
    name: str
    path: str
    label: Text
    place: str
    base: str
    mine: str
    theirs: str


class Changed(NamedTuple):
    """A field that was written."""

    id: str
    path: str


@dataclass(slots=True)
class Outcome:
    """What became of the rows: ``rows`` is the sum of created, updated, skipped and rejected.

    Rows of ``questions`` count as rejected: nothing of them is written.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: list[tuple[Row, Finding]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    commit: str | None = None


class _RowError(Exception):
    """A row that cannot be taken in."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class Writing:
    """Puts edits into a vault. ``decide`` answers for the questions of one record, where given:
    mine (the file's), theirs (the vault's), or None to leave them open.
    """

    def __init__(
        self,
        vault: Vault,
        found: Edits,
        setting: Setting,
        decide: Callable[[Sequence[Question]], Answer | None] | None = None,
    ) -> None:
        self._vault = vault
        self._found = found
        self._values = Values(setting)
        self._decide = decide
        self._answers: dict[str, Answer | None] = {}

    def preview(self) -> Outcome:
        """What would become of the rows; nothing is written."""
        from textcrm.vault.draft import Draft

        vault = self._vault
        return self._filled(Draft(vault, lambda path: vault.file(path.removeprefix(vault.prefix))))

    def run(self, *, reason: str | None = None) -> Outcome:
        """Write everything as one commit. Raises what :meth:`Vault.write` raises."""
        outcomes: list[Outcome] = []

        def plan(draft: Draft) -> None:
            outcomes[:] = [self._filled(draft)]

        result = self._vault.write("import", plan, reason=reason)
        outcomes[0].commit = result.commit
        return outcomes[0]

    def _filled(self, draft: Draft) -> Outcome:
        outcome = Outcome(self._found.rows, rejected=list(self._found.refused))
        added: dict[str, list[Added]] = {}
        for one in self._found.added:
            if one.file:
                added.setdefault(one.file, []).append(one)
            else:
                self._customer(draft, one, outcome)
        for file in dict.fromkeys((*self._found.edits, *added)):
            self._record(
                draft, file, self._found.edits.get(file, []), added.get(file, []), outcome
            )
        outcome.skipped = outcome.rows - outcome.created - outcome.updated - _rows(outcome)
        return outcome

    # -- a customer that is there

    def _record(
        self,
        draft: Draft,
        file: str,
        edits: Sequence[Edit],
        added: Sequence[Added],
        outcome: Outcome,
    ) -> None:
        record_id, name = self._found.names[file]
        if edits and file in self._found.stale:
            asked = [_question(record_id, name, one) for one in edits]
            answer = self._answered(file, asked)
            if answer is None:
                outcome.questions += asked
                outcome.rejected += [(row, _meanwhile(name, edits)) for row in _once(edits)]
            edits = edits if answer == "mine" else ()
        rows = {one.place: one for one in _once(edits)} | {one.row.place: one.row for one in added}
        if not rows:
            return
        changed: list[Changed] = []

        def change(current: Record) -> str:
            if current.text != self._found.texts[file]:
                raise Conflict(
                    "changed-meanwhile",
                    Text("{file} was changed while it was read", "读取过程中 {file} 被修改"),
                    hint=Text("do it again", "请重试"),
                    file=file,
                )
            changed.clear()
            return self._edited(current, edits, added, changed)

        try:
            draft.edit(file, change)
        except _RowError as error:
            outcome.rejected += [(row, error.finding) for row in rows.values()]
        except (Invalid, Misuse, KeyMissing) as error:  # Misuse: a new owner who would read more
            outcome.rejected += [(row, _finding(error)) for row in rows.values()]
        else:
            outcome.updated += len(rows)
            outcome.changed += changed
            outcome.ids.append(record_id)

    def _answered(self, file: str, asked: Sequence[Question]) -> Answer | None:
        if file not in self._answers:
            self._answers[file] = self._decide(asked) if self._decide is not None else None
        return self._answers[file]

    def _edited(
        self,
        record: Record,
        edits: Sequence[Edit],
        added: Sequence[Added],
        changed: list[Changed],
    ) -> str:
        text = record.text
        done: dict[Path, str] = {}
        for one in edits:
            if done.setdefault(one.path, one.mine) != one.mine:
                raise _RowError(
                    Finding(
                        "edited-twice",
                        "error",
                        one.path,
                        _BOTH,
                        None,
                        {"field": one.column.heading},
                    )
                )
        # What is emptied goes last: the places of what stands behind it move then.
        for one in edits:
            if one.mine.strip():
                text = self._put(text, one.path, one.column, one.mine)
        for one in sorted(edits, key=lambda edit: _backwards(edit.path), reverse=True):
            if not one.mine.strip():
                text = self._removed(text, one.path)
        changed += [Changed(record.id, paths.spell(one.path)) for one in edits]
        for new in added:
            item = self._tree(new)
            text = editing.append(text, new.at, item, self._vault.schema)
            changed.append(Changed(record.id, paths.spell(new.at)))
        return text

    def _put(self, text: str, path: Path, column: Column, cell: str) -> str:
        value = self._value(column, cell, path)
        schema = self._vault.schema
        field = column.field
        if isinstance(value, dict) and field is not None and field.kind == "size":
            for name, part in value.items():
                text = editing.put(text, (*path, name), part, schema)
            return text
        if isinstance(value, list):
            return self._relisted(text, path, value)
        return editing.put(text, path, value, schema)

    def _relisted(self, text: str, path: Path, wanted: list[Any]) -> str:
        """A list of words: what is gone is taken out, what is new comes at its end."""
        have = paths.value_at(path, yamlfile.read_mapping(text))
        for place in range(len(have) - 1 if isinstance(have, list) else -1, -1, -1):
            if have[place] not in wanted:
                text = editing.remove(text, (*path, place))
        known = have if isinstance(have, list) else []
        for one in wanted:
            if one not in known:
                text = editing.append(text, path, one, self._vault.schema)
        return text

    def _removed(self, text: str, path: Path) -> str:
        raw = yamlfile.read_mapping(text)
        if paths.value_at(path, raw) is None:
            return text
        return editing.remove(text, path)

    def _value(self, column: Column, cell: str, path: Path) -> Any:
        field = column.field
        if field is None:
            return cell
        read = self._values.read(field, cell)
        if not read.kept or read.field:
            raise _RowError(
                read.warning
                or Finding(
                    "value-unreadable", "error", path, _UNREADABLE, None, {"field": field.label}
                )
            )
        return read.value

    # -- what is new

    def _customer(self, draft: Draft, one: Added, outcome: Outcome) -> None:
        try:
            tree = self._tree(one)
            record_id = draft.add(tree, self._vault.today)
        except _RowError as error:
            outcome.rejected.append((one.row, error.finding))
        except Invalid as error:
            outcome.rejected.append((one.row, _finding(error)))
        else:
            outcome.created += 1
            outcome.ids.append(record_id)

    def _tree(self, one: Added) -> dict[str, Any]:
        """A new customer or item: its cells at their places."""
        text = yamlfile.dump({"new": {}})
        empty: dict[str, Any] = {}
        for column, cell in pairs(one.row, one.columns):
            where = column.where(empty) if column.where is not None else None
            if where is not None:
                text = self._put(text, ("new", *where), column, cell)
        tree: dict[str, Any] = yamlfile.read_mapping(text)["new"] or {}
        return tree


def _rows(outcome: Outcome) -> int:
    return len({row.place for row, _ in outcome.rejected})


def _once(edits: Sequence[Edit]) -> list[Row]:
    return list({one.row.place: one.row for one in edits}.values())


def _backwards(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)


def _question(record_id: str, name: str, edit: Edit) -> Question:
    return Question(
        record_id,
        name,
        paths.spell(edit.path),
        edit.column.heading,
        edit.row.place,
        edit.base,
        edit.mine,
        edit.theirs,
    )


def _meanwhile(name: str, edits: Sequence[Edit]) -> Finding:
    return Finding(
        "changed-meanwhile",
        "error",
        (),
        Text(
            "{name} was changed by somebody since the file was written ({fields})",
            "文件导出之后，{name} 已被他人修改（涉及 {fields}）",
        ),
        Text(
            "import it with --on-conflict mine to take the file's values, theirs to keep the vault's",
            "用 --on-conflict mine 采用文件中的值，theirs 保留客户库中的值",
        ),
        {"name": name, "fields": [one.column.heading for one in edits]},
    )


def _finding(error: TextcrmError) -> Finding:
    problems = error.data.get("problems")
    if problems:
        first: Finding = problems[0].finding
        return first
    data = {name: one for name, one in error.data.items() if name != "problems"}
    return Finding(error.code, "error", (), error.message, error.hint, data)


_BOTH: Final = Text(
    "{field} was edited in two sheets, to different values",
    "{field}在两个工作表中被改成了不同的值",
)
_UNREADABLE: Final = Text("{field} cannot be read", "{field}无法识别")
