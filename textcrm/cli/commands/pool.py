"""textcrm pool: the public pool, customers without an owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.cli.written import report
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.query import Doc

_TAKE = ("take", "领取")
_RELEASE = ("release", "释放", "放回")


@command(
    "pool",
    help=Text(
        "The public pool: customers without an owner, longest silent first. “pool take ID” makes "
        "one yours, “pool release ID” lets one go.",
        "公海：没有跟进人的客户，最久未联系的在前。“pool take 编号”领取，“pool release 编号”放回公海。",
    ),
    examples=[
        (Text("who is free", "查看公海"), "textcrm pool"),
        (Text("take one", "领取"), "textcrm pool take C20240501001"),
        (
            Text("let one go", "放回公海"),
            "textcrm pool release C20240501001 --reason 长期未成交",
        ),
    ],
)
@argument("word", required=False, metavar="[take|release]", help=Text("what to do", "操作"))
@argument("id", required=False, help=Text("id or name", "编号或名称"))
@option("--limit", type=int, metavar="N", help=Text("at most so many", "最多条数"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context, word: str | None, id: str | None, limit: int | None, reason: str | None
) -> None:
    """List, take or release."""
    if word is None:
        _list(context, limit)
    elif word in _TAKE and id is not None:
        _take(context, id, reason)
    elif word in _RELEASE and id is not None:
        _release(context, id, reason)
    else:
        raise Misuse(
            "pool-words",
            Text("that is not how pool is called", "pool 的用法不对"),
            hint=Text(
                "textcrm pool; pool take ID; pool release ID",
                "textcrm pool；pool take 编号；pool release 编号",
            ),
        )


def _take(context: Context, id: str, reason: str | None) -> None:
    from textcrm.cli import granting
    from textcrm.records import pool

    vault = context.vault()
    granting.allow(context, vault, given=True)
    done = pool.take(vault, id, vault.require_me(), reason=reason)
    report(context, done, Text("{id} is yours now ({commit})", "已领取 {id}（{commit}）"))


def _release(context: Context, id: str, reason: str | None) -> None:
    from textcrm.records import pool

    done = pool.release(context.vault(), id, reason=reason)
    report(context, done, Text("{id} is in the pool ({commit})", "已放回公海 {id}（{commit}）"))


def _list(context: Context, limit: int | None) -> None:
    from textcrm.cli.tables import mask_name
    from textcrm.records.pool import pool

    found = pool(context.vault())
    report_broken(context)
    some = found[:limit]
    if context.json:
        context.emit([_json(context, doc) for doc in some])
    elif found:
        heads = [
            Text("Id", "编号"),
            Text("Name", "名称"),
            Text("Type", "客户类型"),
            Text("Last contact", "最近联系"),
            Text("Silent (days)", "未联系天数"),
        ]
        context.out.table(
            heads,
            [
                [
                    doc.id,
                    mask_name(context, doc.name),
                    _label(context, doc),
                    _day(doc, "last_contact"),
                    str(doc.derived.get("days_silent", "")),
                ]
                for doc in some
            ],
            right={4},
            whole={0},
        )
        if len(found) > len(some):
            context.hint(Text("and {n} more", "另有 {n} 位"), n=len(found) - len(some))
        context.hint(
            Text("take one: textcrm pool take {id}", "领取：textcrm pool take {id}"), id=some[0].id
        )
    else:
        context.say(Text("the pool is empty", "公海中没有客户"))
    if not found:
        context.exit(1)


def _day(doc: Doc, name: str) -> str:
    day = doc.derived.get(name)
    return day.isoformat() if day else ""


def _label(context: Context, doc: Doc) -> str:
    kind = doc.typed.get("type")
    field = context.vault().schema.at(("type",))
    known = field.enum_value(kind) if field is not None and isinstance(kind, str) else None
    return known.label.say(context.language) if known is not None else str(kind or "")


def _json(context: Context, doc: Doc) -> dict[str, object]:
    from textcrm.cli.tables import mask_name

    return {
        "id": doc.id,
        "name": mask_name(context, doc.name),
        "type": doc.typed.get("type"),
        "created": _day(doc, "created") or None,
        "last_contact": _day(doc, "last_contact") or None,
        "days_silent": doc.derived.get("days_silent"),
    }
