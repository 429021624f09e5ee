"""What an import noticed: thousands of warnings as a few sentences, each with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Conflict, Invalid
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.errors import TextcrmError
    from textcrm.vault.alike import Similar

_MOST_ROWS: Final = 50
# Of words that a field does not know each is told; of numbers and the like a few stand for all.
_MOST_ALIKE: Final = 3
_EACH_TOLD: Final = {
    "unknown-value": 20,
    "value-of-another-field": 20,
    "unknown-person": 20,
    "industry-words": 20,
}


class Notice(NamedTuple):
    """One thing that was noticed, how often, the first rows of it and where they stand."""

    finding: Finding
    times: int
    rows: tuple[int, ...]
    places: tuple[str, ...] = ()


class Noticed:
    """Warnings gathered by what they say; what is too much to list is counted."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], tuple[Finding, dict[int, str], list[int]]] = {}
        self._alike: dict[tuple[object, ...], int] = {}
        self.total = 0

    def add(self, row: int, finding: Finding, place: str = "") -> None:
        """Note a warning of a row, which stands at ``place`` of the file."""
        self.total += 1
        kind = (finding.code, _where(finding))
        key: tuple[object, ...] = (*kind, finding.say("en"))
        if key not in self._found:
            # One sentence a value, while they are few; then one for all the others.
            self._alike[kind] = self._alike.get(kind, 0) + 1
            if self._alike[kind] > _EACH_TOLD.get(finding.code, _MOST_ALIKE):
                key = kind
        _, rows, count = self._found.setdefault(key, (finding, {}, [0]))
        count[0] += 1
        if len(rows) < _MOST_ROWS:
            rows.setdefault(row, place)

    def __iter__(self) -> Iterator[Notice]:
        for finding, rows, count in self._found.values():
            yield Notice(finding, count[0], tuple(rows), tuple(filter(None, rows.values())))

    def __len__(self) -> int:
        return len(self._found)


def _where(finding: Finding) -> tuple[str, ...]:
    return tuple(step for step in finding.path if isinstance(step, str))


def may_be_there(one: Similar) -> Finding:
    """Whom a new customer may be, with the reasons; no sealed value is among them."""
    from textcrm.matching.evidence import TABLE

    told = [
        Text(words.say("en", **found.data), words.say("zh", **found.data))
        for found in one.likeness.reasons
        if (words := TABLE[found.code].said) is not None
    ]
    return Finding(
        "may-be-there",
        "warning",
        ("name",),
        Text("may be there already: {id} {name} ({why})", "可能已存在：{id} {name}（{why}）"),
        Text("compare them: textcrm show {id}", "请核对：textcrm show {id}"),
        {"id": one.id, "name": one.name, "why": told[:4]},
    )


def id_taken(record_id: str) -> Finding:
    """The id in the file is, or was, another customer's."""
    return Finding(
        "id-taken",
        "warning",
        ("id",),
        Text(
            "the id {id} belongs to another customer, or did; the row gets a new one",
            "编号 {id} 属于或曾属于其他客户，已另编新号",
        ),
        Text("the id of the file is kept under “custom”", "文件中的编号保留在自定义内容中"),
        {"id": record_id},
    )


def seen_error(error: TextcrmError) -> Finding | None:
    """The finding of an error that concerns one record alone; None for what stops everything."""
    if not isinstance(error, Invalid) and error.code != "changed-meanwhile":
        return None
    problems = error.data.get("problems")
    if problems:
        first: Finding = problems[0].finding
        return first
    kind = "error" if isinstance(error, Conflict | Invalid) else "warning"
    data = {k: v for k, v in error.data.items() if k != "problems"}
    return Finding(error.code, kind, (), error.message, error.hint, data)  # type: ignore[arg-type]
