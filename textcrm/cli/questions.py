"""Questions on the screen and as JSON: what two people made of one field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.changes import Change
from textcrm.cli import history
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.questions import Question


def question_json(context: Context, one: Question) -> dict[str, Any]:
    """A question for programs (DESIGN section 6); sealed values stay locked."""
    values = (one.base, one.mine, one.theirs)
    base, mine, theirs = (history.guarded(context, one.path, value) for value in values)
    return {
        "id": one.id,
        "name": one.name,
        "file": one.file,
        "path": "/" + "/".join(map(str, one.path)),
        "base": base,
        "mine": mine,
        "theirs": theirs,
        "mine_by": one.mine_by,
        "theirs_by": one.theirs_by,
    }


def show(context: Context, one: Question) -> None:
    """Print one question: the field, both values, who wrote them."""
    out = context.out
    where = history.field_label(context, one.path) if one.path else one.file
    out.line("  ".join(part for part in (one.id, one.name, where) if part), style="bold")
    for label, value, who in (
        (Text("mine", "我的"), one.mine, one.mine_by),
        (Text("theirs", "对方"), one.theirs, one.theirs_by),
        (Text("before", "原值"), one.base, ""),
    ):
        if value is None and label.en == "before":
            continue
        line = (
            Text("  {label} ({who}): {value}", "  {label}（{who}）：{value}")
            if who
            else Text("  {label}: {value}", "  {label}：{value}")
        )
        out.line(
            line.say(context.language, label=label, who=who, value=_said(context, one, value))
        )


def _said(context: Context, one: Question, value: Any) -> str:
    if value is None:
        return Text("(deleted)", "（已删除）").say(context.language)
    if one.whole:
        return Text("a version of the whole file", "整个文件的一个版本").say(context.language)
    line = history.change_line(context, Change(one.path, None, value))
    return line.partition(": + ")[2] or str(value)


def command_line(one: Question) -> str:
    """How to answer from a script."""
    path = f" {'/'.join(map(str, one.path))}" if one.path else ""
    return f"textcrm resolve {one.id or one.file}{path} --mine"
