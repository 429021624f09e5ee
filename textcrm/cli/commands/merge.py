"""textcrm merge: one customer of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.completing import record_words
from textcrm.cli.frame import argument, command, option
from textcrm.errors import Conflict, Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textcrm.cli.context import Context
    from textcrm.matching.joining import Choice, Difference
    from textcrm.quality.merge import Merged
    from textcrm.record import Record


@command(
    "merge",
    help=Text(
        "Merge customer B into customer A, by field, as one commit. A keeps its id; B's id goes on to "
        "find it. Lists are joined, files moved, references follow, sealed values are sealed anew "
        "(which takes their keys). Where both differ you are asked. textcrm undo takes it back.",
        "把客户 B 按字段并入客户 A，作为一次提交。A 的编号不变，B 的编号仍能查到合并后的客户。"
        "列表合并，文件移动，引用随之更新，加密值重新加密（需要相应密钥）；双方不同的字段会逐一询问。"
        "可用 textcrm undo 撤销。",
    ),
    examples=[
        (Text("asked where they differ", "有差异时逐一询问"), "textcrm merge C20240501001 C20240502003"),
        (
            Text("A's values count, but B's status", "以 A 为准，仅状态用 B 的"),
            "textcrm merge C20240501001 C20240502003 --prefer A --prefer status=B",
        ),
    ],
)  # fmt: skip
@argument(
    "one",
    metavar="A",
    shell_complete=record_words,
    help=Text("who stays: id or name", "保留的客户：编号或名称"),
)
@argument(
    "two", metavar="B", shell_complete=record_words, help=Text("who goes into A", "并入 A 的客户")
)
@option(
    "--prefer",
    multiple=True,
    metavar="A|B|PATH=A|B|both",
    help=Text(
        "whose values count where both differ, of all fields or of one (texts: both, one below the "
        "other); may be repeated",
        "不同时以谁为准，可针对所有字段或某个字段（文字可用 both 两者都保留），可重复",
    ),
)
@option(
    "--grant",
    is_flag=True,
    help=Text("A's owner may read B's sealed values", "允许 A 的负责人读取 B 的加密值"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context, one: str, two: str, prefer: tuple[str, ...], grant: bool, reason: str | None
) -> None:
    """Merge two customers."""
    from textcrm.cli import granting
    from textcrm.quality.merge import merge

    vault = context.vault()
    granting.allow(context, vault, given=grant)
    stays, goes = vault.get(one), vault.get(two)
    choose = _Chooser(context, stays, goes, prefer)
    try:
        merged = merge(vault, stays, goes, choose, reason=reason)
    except Conflict as error:
        if error.code == "merge-differs" and not context.json:
            choose.show_all(choose.left_open)
        raise
    _report(context, merged, goes)


class _Chooser:
    """Decides the fields in which two customers differ: by --prefer, else by asking."""

    def __init__(self, context: Context, one: Record, two: Record, prefer: Iterable[str]) -> None:
        self._context = context
        self._records = one, two
        self.left_open: list[Difference] = []
        self._all: Choice | None = None
        self._fields: dict[tuple[str | int, ...], Choice] = {}
        for word in prefer:
            path, sign, side = word.replace("＝", "=").rpartition("=")
            if sign:
                self._fields[_path(context, one, path)] = self._side(side)
            else:
                self._all = self._side(side)

    def __call__(self, difference: Difference) -> Choice | None:
        """Whose value is taken; None where nobody says."""
        own = [at for at in self._fields if difference.path[: len(at)] == at]
        chosen = self._fields[max(own, key=len)] if own else self._all
        if chosen is not None and (chosen != "both" or difference.joinable):
            return chosen
        if self._context.interactive:
            return self._ask(difference)
        self.left_open.append(difference)
        return None

    def _side(self, word: str) -> Choice:
        """Whom a word means: the letter, the id of one of the two, or both."""
        if word.strip().lower() in ("both", "两者"):
            return "both"
        for place, record in enumerate(self._records):
            if word.strip().upper() in ("AB"[place], record.id.upper()):
                return bool(place)
        raise Misuse(
            "bad-side",
            Text("--prefer wants A or B, not “{word}”", "--prefer 应为 A 或 B，而不是“{word}”"),
            hint=Text("A is {one}, B is {two}", "A 是 {one}，B 是 {two}"),
            word=word[:40],
            one=self._records[0].id,
            two=self._records[1].id,
        )

    def _ask(self, difference: Difference) -> Choice:
        context = self._context
        context.out.line(_label(context, difference), style="bold")
        one, two = self._values(difference)
        options = {
            "A": Text(f"{self._records[0].id}: {one}", f"{self._records[0].id}：{one}"),
            "B": Text(f"{self._records[1].id}: {two}", f"{self._records[1].id}：{two}"),
        }
        if difference.joinable:
            options["both"] = Text("both, one below the other", "两者都保留")
        asked = Text("Which one counts?", "以哪个为准？")
        answer = context.choose(asked, options, option="--prefer", default="A")
        return "both" if answer == "both" else answer == "B"

    def show_all(self, found: Iterable[Difference]) -> None:
        """Print what the two differ in, for who was not asked."""
        for each in found:
            one, two = self._values(each)
            self._context.err.line(f"  {_label(self._context, each)}  A: {one}  B: {two}")

    def _values(self, difference: Difference) -> tuple[str, str]:
        from textcrm.changes import Change
        from textcrm.cli import history

        if difference.sealed or self._context.mask:
            hidden = Text("(hidden)", "（不显示）").say(self._context.language)
            return hidden, hidden
        said = []
        for value in (difference.one, difference.two):
            line = history.change_line(self._context, Change(difference.path, None, value))
            said.append(line.partition(": + ")[2] or str(value))
        return said[0], said[1]


def _label(context: Context, difference: Difference) -> str:
    from textcrm.cli import history
    from textcrm.paths import spell

    return f"{history.field_label(context, difference.path)} ({spell(difference.path)})"


def _path(context: Context, record: Record, text: str) -> tuple[str | int, ...]:
    """The path that a person types: names, labels, item ids and indexes."""
    from textcrm import paths

    return paths.find(text, record.raw, context.vault().schema).path


def _report(context: Context, merged: Merged, goes: Record) -> None:
    from textcrm.cli.written import result_json, warnings
    from textcrm.paths import spell

    result = merged.result
    if context.json:
        also = {
            "merged": merged.former,
            "differences": [spell(each.path) for each in merged.differences],
            "files": list(merged.files),
            "references": list(merged.references),
        }
        context.emit(result_json(context, result, merged.id, also))
        return
    say: Callable[..., None] = context.say
    say(
        Text("{former} is part of {id} now ({commit})", "{former} 已并入 {id}（{commit}）"),
        former=f"{merged.former} {goes.name}" if not context.mask else merged.former,
        id=merged.id,
        commit=(result.commit or "")[:8],
    )
    for count, sentence in (
        (len(merged.files), Text("{n} files moved", "移动了 {n} 个文件")),
        (len(merged.references), Text("{n} customers refer to it now", "更新了 {n} 位客户的引用")),
    ):
        if count:
            context.note(sentence, n=count)
    warnings(context, result)
    context.hint(
        Text(
            "look at it: textcrm show {id}; take it back: textcrm undo",
            "查看：textcrm show {id}；撤销：textcrm undo",
        ),
        id=merged.id,
    )
