"""The list of what is due as people read it: by urgency, grouped, each line with its command."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from textcrm.cli.tables import mask_name
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.insight.due import Due

_WIDE, _WIDER = 100, 170
_FEW = 10  # lines of one kind among what can be done any day

SECTIONS = (
    Text("Late and today", "逾期与今天"),
    Text("Coming", "即将到期"),
    Text("Records to keep in order", "资料维护"),
)


def hidden(context: Context, found: list[Due]) -> list[Due]:
    """With ``--mask`` without the names of contacts in the reasons."""
    if not context.mask:
        return found
    return [
        one._replace(data={**one.data, "who": mask_name(context, str(one.data["who"]))})
        if "who" in one.data
        else one
        for one in found
    ]


def as_json(context: Context, one: Due) -> dict[str, Any]:
    """One line for programs."""
    return {
        "id": one.id,
        "name": mask_name(context, one.name),
        "kind": one.kind,
        "due": one.due.isoformat() if one.due else None,
        "days": one.days,
        "reason": one.say(context.language),
        "owner": one.owner or None,
        "remind_on": one.remind_on.isoformat() if one.remind_on else None,
        "command": one.settle(context.language),
    }


def shown(found: Sequence[Due], *, everything: bool) -> tuple[list[Due], Counter[str]]:
    """What is listed, and how many of each kind are left out: what can be done any day is told by
    its first few.
    """
    listed: list[Due] = []
    told: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for one in found:
        told[one.kind] += 1
        if everything or one.section < 2 or told[one.kind] <= _FEW:
            listed.append(one)
        else:
            left[one.kind] += 1
    return listed, left


def tell(context: Context, found: Sequence[Due], *, everything: bool) -> None:
    """Print the list."""
    listed, left = shown(found, everything=everything)
    sizes = Counter(one.section for one in found)
    wide = context.out.room >= _WIDER
    first = True
    for section, group in groupby(listed, key=lambda one: one.section):
        if not first:
            context.out.line("")
        first = False
        title = Text("{title} ({n})", "{title}（{n}）").say(
            context.language, title=SECTIONS[section], n=sizes[section]
        )
        context.out.line(title, style="bold")
        _table(context, list(group), commands=wide)
    _left_out(context, left)
    if not wide:
        _legend(context, listed)


def _table(context: Context, found: list[Due], *, commands: bool) -> None:
    display = cache(context.vault().access.display)
    pool = Text("(pool)", "（公海）").say(context.language)
    heads = [
        Text("Due", "日期"),
        Text("When", "时限"),
        Text("Id", "编号"),
        Text("Name", "名称"),
        Text("What", "事由"),
        Text("Owner", "跟进人"),
        Text("Command", "办理命令"),
    ]
    rows = [
        [
            one.due.isoformat() if one.due else "",
            when(context, one),
            one.id,
            mask_name(context, one.name),
            what(context, one),
            display(one.owner) if one.owner else pool,
            one.settle(context.language),
        ]
        for one in found
    ]
    # On a narrow screen the reason needs the room: how many days it is says enough of the day.
    first = 0 if context.out.room >= _WIDE else 1
    last = len(heads) if commands else len(heads) - 1
    context.out.table(
        heads[first:last],
        [row[first:last] for row in rows],
        styles=[_style(context, one) for one in found],
        whole={*range(3 - first), *range(6 - first, last - first)},
    )


def _style(context: Context, one: Due) -> str | None:
    """Red for what is late; what waits for the next workday is not."""
    today = context.vault().today
    if one.kind == "stale" or (one.remind_on is not None and one.remind_on < today):
        return "red"
    return "dim" if one.section == 2 else None


def what(context: Context, one: Due) -> str:
    """The reason; a next step is somebody's own words, so it is said to be one."""
    if one.kind != "next":
        return one.brief(context.language)
    from textcrm.insight.due import KINDS

    colon = "：" if context.language == "zh" else ": "
    return KINDS[one.kind].say(context.language) + colon + one.brief(context.language)


def when(context: Context, one: Due) -> str:
    """How far away it is, and the workday where that is another one."""
    if one.days is None:
        return ""
    if one.days == 0:
        return Text("today", "今天").say(context.language)
    if one.days < 0:
        return Text("{n} d over", "逾期 {n} 天").say(context.language, n=-one.days)
    if one.remind_on is not None and one.remind_on != one.due:
        sentence = Text("in {n} d ({on})", "{n} 天后（{on}）")
        return sentence.say(context.language, n=one.days, on=f"{one.remind_on:%m-%d}")
    return Text("in {n} d", "{n} 天后").say(context.language, n=one.days)


def _left_out(context: Context, left: Counter[str]) -> None:
    from textcrm.insight.due import KINDS

    for kind, number in left.items():
        context.hint(
            Text(
                "{n} more of “{kind}”: textcrm due --kind {code}",
                "“{kind}”另有 {n} 条：textcrm due --kind {code}",
            ),
            n=number,
            kind=KINDS[kind],
            code=kind,
        )


def _legend(context: Context, listed: Sequence[Due]) -> None:
    """What settles each kind, once, where the lines have no room for it."""
    from textcrm.insight.due import KINDS

    if context.quiet or not listed:
        return
    context.out.line("")
    context.out.line(Text("What settles them:", "办理方法：").say(context.language), style="dim")
    first = {one.kind: one for one in reversed(listed)}
    for kind in KINDS:
        if kind in first:
            line = Text("  {kind}: {command}", "  {kind}：{command}").say(
                context.language, kind=KINDS[kind], command=first[kind].settle(context.language)
            )
            context.out.line(line, style="dim")


def note_unknown_holidays(context: Context, found: Sequence[Due]) -> None:
    """Say that the days off of a year are not known yet."""
    from textcrm.normalize.workdays import known_until

    if any(not one.sure for one in found):
        context.hint(
            Text(
                "public holidays are known up to {year}; after it only weekends move a reminder "
                "(update: pip install -U chinesecalendar)",
                "法定节假日只收录到 {year} 年，之后只按周末顺延"
                "（更新：pip install -U chinesecalendar）",
            ),
            year=known_until(),
        )
