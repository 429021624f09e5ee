"""textcrm due: what needs doing, most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import Count, command, option
from textcrm.cli.reading import report_broken
from textcrm.cli.tables import mask_name
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.due import Due

_WIDE = 100


@command(
    "due",
    help=Text(
        "What needs doing, most urgent first: next steps, silent prospects, money owed, contracts "
        "and warranties that end, complaints, verification, birthdays.",
        "待办清单，最急的在前：下一步计划、久未联系的潜在客户、应收款、合同和质保到期、投诉、信息核对、生日。",
    ),
    examples=[
        (Text("mine, this week", "我的，一周内"), "textcrm due --owner me"),
        (Text("the next 30 days", "30 天内"), "textcrm due --within 30"),
    ],
)
@option(
    "--within",
    type=Count(),
    default=7,
    metavar="DAYS",
    help=Text("look so many days ahead (7)", "往后看多少天（默认 7）"),
)
@option(
    "--owner",
    metavar="PERSON",
    help=Text("me, a person, or none for the public pool", "me、某人，或 none（公海）"),
)
@option("--limit", type=Count(), metavar="N", help=Text("at most so many", "最多条数"))
@option("--count", is_flag=True, help=Text("print the number only", "只输出数量"))
def run(context: Context, within: int, owner: str | None, limit: int | None, count: bool) -> None:
    """List what is due."""
    from textcrm.insight.due import due

    vault = context.vault()
    found = due(vault, within=within, owner=_owner(context, owner))
    report_broken(context)
    if count:
        context.out.line(str(len(found)))
        return
    if context.json:
        context.emit([_json(context, one) for one in found[:limit]])
    elif found:
        _table(context, found[:limit])
        if limit is not None and len(found) > limit:
            context.hint(Text("and {n} more", "另有 {n} 项"), n=len(found) - limit)
    else:
        context.say(Text("nothing is due", "没有待办事项"))
    if not found:
        context.exit(1)


def _owner(context: Context, word: str | None) -> str | None:
    """The id of a person, or none for the pool. Raises Misuse (who-is-me, no-such-person)."""
    if word is None or word in ("none", "公海", "无"):
        return word and "none"
    vault = context.vault()
    if word in ("me", "我"):
        return vault.require_me().id
    person = vault.access.find(word)
    if person is not None:
        return person.id
    if any(record.typed.get("owner") == word for record in vault.docs()):
        return word  # somebody who left: their customers still name them
    raise _nobody(context, word)


def _nobody(context: Context, word: str) -> Misuse:
    from textcrm.query.mistakes import nearest, short

    people = context.vault().access.people
    close = nearest(word, [each for one in people for each in (one.name, one.id)])
    return Misuse(
        "no-such-person",
        Text("nobody is called “{person}”", "没有名为“{person}”的人员"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("people: {known}", "人员：{known}"),
        person=short(word),
        suggestion=close,
        known=[one.name for one in people],
    )


def _json(context: Context, one: Due) -> dict[str, object]:
    return {
        "id": one.id,
        "name": mask_name(context, one.name),
        "kind": one.kind,
        "due": one.due.isoformat() if one.due else None,
        "days": one.days,
        "reason": one.say(context.language),
        "owner": one.owner or None,
    }


def _table(context: Context, found: list[Due]) -> None:
    from textcrm.insight.due import KINDS

    access = context.vault().access
    pool = Text("(pool)", "（公海）").say(context.language)
    heads = [
        Text("Due", "日期"),
        Text("When", "时限"),
        Text("Id", "编号"),
        Text("Name", "名称"),
        Text("What", "事由"),
        Text("Owner", "跟进人"),
    ]
    rows = [
        [
            one.due.isoformat() if one.due else "",
            _when(context, one.days),
            one.id,
            mask_name(context, one.name),
            _what(context, one, KINDS),
            access.display(one.owner) if one.owner else pool,
        ]
        for one in found
    ]
    # On a narrow screen the reason needs the room: how many days it is says enough of the day.
    first = 0 if context.out.room >= _WIDE else 1
    context.out.table(
        heads[first:],
        [row[first:] for row in rows],
        styles=["red" if one.days is not None and one.days < 0 else None for one in found],
        whole={0, 1, 2} if first == 0 else {0, 1},
    )


def _what(context: Context, one: Due, kinds: dict[str, Text]) -> str:
    """The reason; a next step is somebody's own words, so it is said to be one."""
    if one.kind != "next":
        return one.say(context.language)
    colon = "：" if context.language == "zh" else ": "
    return kinds[one.kind].say(context.language) + colon + one.say(context.language)


def _when(context: Context, days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return Text("today", "今天").say(context.language)
    sentence = Text("{n} d over", "逾期 {n} 天") if days < 0 else Text("in {n} d", "{n} 天后")
    return sentence.say(context.language, n=abs(days))
