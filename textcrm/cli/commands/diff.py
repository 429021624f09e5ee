"""textcrm diff: what differs between two moments, by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.diff import Difference


@command(
    "diff",
    help=Text(
        "Tell by field what differs: what is edited and not saved, or between A..B (commits, tags "
        "or days; “A..” is up to now).",
        "按字段列出差异：尚未保存的编辑，或 A..B 之间（提交、标签或日期；“A..”表示到现在）。",
    ),
    examples=[
        (Text("not saved yet", "尚未保存的"), "textcrm diff"),
        (
            Text("of one customer since a day", "某客户自某天起"),
            "textcrm diff C20240501001 2026-06-01..",
        ),
    ],
)
@argument("words", nargs=-1, metavar="[ID] [A..B]", help=Text("a customer, a span", "客户、区间"))
@option(
    "--reveal",
    is_flag=True,
    help=Text("sealed values in clear, with your key", "用您的密钥显示加密内容"),
)
@option("--purpose", metavar="WHY", help=Text("why it is revealed", "查看明文的目的"))
def run(context: Context, words: tuple[str, ...], reveal: bool, purpose: str | None) -> None:
    """Tell what differs."""
    from textcrm.cli.opening import Opener
    from textcrm.errors import Misuse
    from textcrm.history.diff import diff
    from textcrm.history.past import find

    spans = [word for word in words if ".." in word]
    ids = [word for word in words if ".." not in word]
    if len(spans) > 1 or len(ids) > 1:
        raise Misuse(
            "diff-words",
            Text("name one customer and one span at most", "最多指定一位客户和一个区间"),
            hint=Text(
                "textcrm diff ID 2026-01-01..2026-06-30",
                "textcrm diff 编号 2026-01-01..2026-06-30",
            ),
        )
    vault = context.vault()
    opener = Opener(context, reveal=reveal)
    found = [
        one._replace(changes=tuple(opener.change(one.uid, one.id, each) for each in one.changes))
        for one in diff(vault, find(vault, ids[0]) if ids else None, spans[0] if spans else None)
    ]
    if context.json:
        context.emit([_json(context, one) for one in found])
    else:
        with context.out.paged():
            for one in found:
                _print(context, one)
        if not found:
            context.say(Text("no difference", "没有差异"))
    opener.close("diff --reveal", purpose)


def _json(context: Context, one: Difference) -> dict[str, Any]:
    from textcrm.cli.history import guarded
    from textcrm.cli.tables import mask_name

    return {
        "id": one.id,
        "name": mask_name(context, one.name),
        "kind": one.kind,
        "changes": [
            {
                "path": "/" + "/".join(map(str, each.path)),
                "before": guarded(context, each.path, each.before),
                "after": guarded(context, each.path, each.after),
            }
            for each in one.changes
        ],
    }


def _print(context: Context, one: Difference) -> None:
    from textcrm.cli.history import KINDS, change_line
    from textcrm.cli.tables import mask_name

    kind = KINDS[one.kind].say(context.language) if one.kind in KINDS else ""
    context.out.line(
        "  ".join(part for part in (one.id, mask_name(context, one.name), kind) if part),
        style="bold",
    )
    for change in one.changes:
        context.out.line("  " + change_line(context, change))
