"""textcrm tag: tags of a customer, and across the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.bulk import bulk_options
from textcrm.cli.frame import argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.cli.written import report, warnings
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "tag",
    dash_words=True,
    help=Text(
        "Add tags with +, take them off with -. “tag list” counts the tags in use, "
        "“tag rename OLD NEW” renames one everywhere.",
        "用 + 添加标签，用 - 去掉标签。“tag list”统计所有标签，“tag rename 旧 新”统一改名。",
    ),
    examples=[
        (Text("change tags", "修改标签"), "textcrm tag C20240501001 +高意向 -预算不足"),
        (
            Text("at every customer that a query finds", "批量添加"),
            "textcrm tag --query '行业:软件 城市:杭州' +杭州软件圈",
        ),
        (Text("all tags", "所有标签"), "textcrm tag list"),
        (Text("rename everywhere", "统一改名"), "textcrm tag rename 技术型 技术导向"),
    ],
)
@argument(
    "id", required=False, help=Text("id or name; or list, rename", "编号或名称；或 list、rename")
)
@argument(
    "words",
    nargs=-1,
    metavar="+A -B",
    help=Text("tags to add (+) and to take off (-)", "要添加（+）和去掉（-）的标签"),
)
@bulk_options
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str | None,
    words: tuple[str, ...],
    reason: str | None,
    query: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Change or list tags."""
    from textcrm.cli import bulk

    if query is not None:
        from textcrm.records import editing

        plus, minus = _parted(id or "", (id, *words) if id else words)
        edit = editing.retagging(context.vault(), plus, minus)
        bulk.change(context, "tag", query, edit, reason=reason, yes=yes, dry_run=dry_run)
    elif id is None:
        raise bulk.nobody("tag")
    elif id == "list" and not words:
        _list(context)
    elif id == "rename" and len(words) == 2:
        _rename(context, words[0].lstrip("+"), words[1].lstrip("+"), reason)
    else:
        _change(context, id, words, reason)


def _change(context: Context, word: str, words: tuple[str, ...], reason: str | None) -> None:
    from textcrm.records import editing

    plus, minus = _parted(word, words)
    done = editing.tag(context.vault(), word, plus, minus, reason=reason)
    report(
        context, done, Text("tags of {id} changed ({commit})", "已修改 {id} 的标签（{commit}）")
    )


def _parted(word: str, words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The tags to add and those to take off."""
    plus = [one.lstrip("+＋") for one in words if not one.startswith(("-", "－"))]
    minus = [one[1:] for one in words if one.startswith(("-", "－"))]
    if not any(plus) and not any(minus):
        raise Misuse(
            "nothing-given",
            Text("say which tags", "没有给出标签"),
            hint=Text("textcrm tag {id} +new -old", "例如 textcrm tag {id} +新标签 -旧标签"),
            id=word,
        )
    return plus, minus


def _list(context: Context) -> None:
    from textcrm.vault.finding import tags

    counts = tags(context.vault())
    report_broken(context)
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if context.json:
        context.emit([{"tag": tag, "count": count} for tag, count in rows])
    elif rows:
        context.out.table(
            [Text("Tag", "标签"), Text("Customers", "客户数")],
            [[tag, str(count)] for tag, count in rows],
            right={1},
        )
    else:
        context.say(Text("no tags are in use", "还没有使用任何标签"))
    if not rows:
        context.exit(1)


def _rename(context: Context, old: str, new: str, reason: str | None) -> None:
    from textcrm.records import editing

    result = editing.rename_tag(context.vault(), old, new, reason=reason)
    if context.json:
        context.emit({"ids": list(result.ids), "commit": result.commit})
        return
    context.say(
        Text(
            "{old} → {new} at {count} customers ({commit})",
            "{old} → {new}，共 {count} 位客户（{commit}）",
        ),
        old=old,
        new=new,
        count=len(result.ids),
        commit=(result.commit or "")[:8],
    )
    warnings(context, result)
