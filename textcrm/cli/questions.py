"""Questions on the screen and as JSON: what two people made of one field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.changes import Change
from textcrm.cli import history
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.questions import Question

_SHOWN = 10  # changes of one side
_SETTINGS = ("textcrm.yaml", "schema/customer.schema.json", "access/access.yaml")


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
    stands = Text("stands in the record now", "记录中的现值") if one.in_file else ""
    for label, value, who in (
        (Text("mine", "我的"), one.mine, one.mine_by or ("" if one.turned else stands)),
        (Text("theirs", "对方"), one.theirs, one.theirs_by or (stands if one.turned else "")),
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
        if one.whole and value is not None and label.en != "before":
            for change in _changes(context, one, value):
                out.line("    " + change)


def _said(context: Context, one: Question, value: Any) -> str:
    if value is None:
        return Text("(deleted)", "（已删除）").say(context.language)
    if one.whole:
        return Text("a version of the whole file", "整个文件的一个版本").say(context.language)
    line = history.change_line(context, Change(one.path, None, value))
    return line.partition(": + ")[2] or str(value)


def _changes(context: Context, one: Question, version: str) -> list[str]:
    """What one side changed in a record that the other side deleted, or in a settings file."""
    from textcrm import changes, store
    from textcrm.errors import TextcrmError

    vault = context.vault()
    record = store.is_record_path(one.file)
    if one.base is None or not (record or one.file in _SETTINGS):
        return []
    with vault.repo.blobs() as blobs:
        data = [blobs.read(blob) for blob in (one.base, version)]
    if not record:
        return _lines(*(text or b"" for text in data))
    try:
        trees = [store.parse(one.file, text or b"", vault.schema).raw for text in data]
    except TextcrmError:
        return []
    return [
        history.change_line(context, each)
        for each in changes.compare(trees[0], trees[1], vault.schema)[:_SHOWN]
    ]


def _lines(before: bytes, after: bytes) -> list[str]:
    """The lines that one side took out of a settings file and put in."""
    import difflib

    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    found = [f"{line[0]} {line[1:]}" for line in lines if line[0] in "+-"]
    return found[:_SHOWN] + (["..."] if len(found) > _SHOWN else [])


def choices(one: Question) -> Text:
    """The other answers that a question takes."""
    from textcrm.history.resolve import can_be_both

    if one.whole:
        return Text("--theirs", "--theirs")
    if can_be_both(one):
        return Text("--theirs, --both, --value V", "--theirs、--both、--value 值")
    return Text("--theirs, --value V", "--theirs、--value 值")


def command_line(one: Question) -> str:
    """How to answer from a script."""
    path = f" {'/'.join(map(str, one.path))}" if one.path else ""
    return f"textcrm resolve {one.id or one.file}{path} --mine"
