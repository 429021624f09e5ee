"""What undo and redo ask and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.changes import Change
from textcrm.cli import history
from textcrm.cli.history import OPS
from textcrm.cli.written import warnings
from textcrm.errors import Misuse
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.cli.context import Context
    from textcrm.history.taking_back import Answer, Clash
    from textcrm.history.undo import Undone

_NAMED = 3


def chooser(context: Context, *, keep: bool, drop: bool) -> Callable[[Clash], Answer] | None:
    """How to decide what changed again since: as the options say, or by asking on a terminal."""
    if keep and drop:
        raise Misuse(
            "options-clash",
            Text("only one of {options} can be", "{options} 只能选一个"),
            options=["--keep-later", "--drop-later"],
        )
    if keep:
        return lambda _clash: "keep"
    if drop:
        return lambda _clash: "take_back"
    return (lambda clash: _ask(context, clash)) if context.interactive else None


def _ask(context: Context, clash: Clash) -> Answer:
    where = history.field_label(context, clash.path) if clash.path else clash.file
    context.out.line(
        "  ".join(part for part in (clash.id, clash.name, where) if part), style="bold"
    )
    context.say(
        Text(
            "  changed again since: now {now}, before {back}",
            "  之后又有改动：现为 {now}，撤销后为 {back}",
        ),
        now=_said(context, clash, clash.now),
        back=_said(context, clash, clash.back),
    )
    chosen = context.choose(
        Text("What shall stand?", "保留哪个？"),
        {
            "keep": Text("what stands now", "保留现在的内容"),
            "back": Text("what stood before", "恢复原来的内容"),
        },
        option="--keep-later",
        default="keep",
    )
    return "take_back" if chosen == "back" else "keep"


def _said(context: Context, clash: Clash, value: object) -> str:
    if value is None:
        return Text("(nothing)", "（无）").say(context.language)
    if not clash.path:
        return Text("the whole file", "整个文件").say(context.language)
    line = history.change_line(context, Change(clash.path, None, value))
    return line.partition(": + ")[2] or str(value)


def tell(context: Context, undone: Undone) -> None:
    """Say which change was taken back, and by which commit."""
    result = undone.result
    if context.json:
        context.emit(
            {
                "undone": undone.commit,
                "commit": result.commit,
                "ids": list(result.ids),
                "changed": list(result.changed),
                "kept": [
                    {"id": one.id, "path": "/" + "/".join(map(str, one.path))}
                    for one in undone.kept
                ],
            }
        )
        return
    if undone.kept:
        context.say(
            Text(
                "left as changed since: {fields}",
                "保留之后的改动：{fields}",
            ),
            fields=[f"{one.id} {'/'.join(map(str, one.path))}".strip() for one in undone.kept[:5]],
        )
    if result.commit is None:
        context.say(
            Text("{what} has no effect left to take back", "{what} 已没有可撤销的内容"),
            what=undone.commit[:8],
        )
        return
    redone = undone.op == "undo"
    context.say(
        Text("done again: {ids} ({what}), by {commit}", "已重做：{ids}（{what}），新提交 {commit}")
        if redone
        else Text(
            "taken back: {op} {ids} ({what}), by {commit}",
            "已撤销：{op} {ids}（{what}），新提交 {commit}",
        ),
        op=OPS.get(undone.op, same(undone.op or "commit")),
        ids=_who(result.ids),
        what=undone.commit[:8],
        commit=result.commit[:8],
    )
    warnings(context, result)


def _who(ids: Sequence[str]) -> Text:
    """Customers by id; of very many, the first and how many they are."""
    if len(ids) <= _NAMED:
        return Text(", ".join(ids), "、".join(ids))
    some = ids[:_NAMED]
    return Text(
        f"{', '.join(some)} ... ({len(ids)} customers)", f"{'、'.join(some)} 等 {len(ids)} 位客户"
    )
