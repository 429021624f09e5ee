"""From the words of a command line to a report: which one, of whom, over which days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.catalog.collecting import uncollected
from textcrm.cli.reading import report_broken
from textcrm.cli.reporting import Printing, form_of
from textcrm.cli.tables import listed
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.errors import TextcrmError
    from textcrm.insight.asking import Ask
    from textcrm.insight.reports import Report
    from textcrm.insight.table import Table

ALL = ("all", "全部", "所有")


@uncollected()
def run_report(context: Context, default: str, **asked: Any) -> None:
    """Make what was asked for and give it in its form; exit 1 where there is nothing."""
    form = form_of(asked["form"], asked["output"], default)
    printing = Printing(
        context,
        form,
        asked["output"],
        asked["limit"],
        force=asked["force"],
        private=asked["reveal"],
    )
    words = list(asked["words"])
    if (
        asked["by"]
        or asked["sums"]
        or asked["avgs"]
        or asked["across"]
        or asked["of"]
        or (asked["count"] and not words)
    ):
        found = [Made(_pivot(context, words, asked), None)]
    elif not words:
        _overview(context)
        return
    else:
        found = _named(context, words, asked)
    report_broken(context)
    everything = len(found) > 1
    printing.give(
        [one.table for one in found], Text("Reports", "统计报表") if everything else None
    )
    for one in found:
        if one.error is not None:
            raise one.error
    if not any(one.table.rows for one in found):
        context.exit(1)


def _overview(context: Context) -> None:
    """The reports that there are."""
    from textcrm.insight.reports import REPORTS

    if context.json:
        context.emit(
            [
                {
                    "name": one.name,
                    "title": {"en": one.title.en, "zh": one.title.zh},
                    "tells": {"en": one.tells.en, "zh": one.tells.zh},
                    "options": list(one.takes),
                }
                for one in REPORTS
            ]
        )
        return
    rows = [
        [one.name, one.title.say(context.language), one.tells.say(context.language)]
        for one in REPORTS
    ]
    heads = [Text("Report", "名称"), Text("Title", "标题"), Text("What it tells", "内容")]
    context.out.table(heads, rows)
    context.hint(Text("for example: textcrm report sources", "例如：textcrm report 客户来源"))


def _named(context: Context, words: list[str], asked: dict[str, Any]) -> list[Made]:
    from textcrm.insight import reports

    if words[0].casefold() in ALL:
        if asked["currency"]:  # not every report converts
            _refuse_idle(Text("all", "全部"), tuple(_OPTIONS.keys() - {"currency"}), asked)
        ask = _ask(context, words[1:], asked, None)
        return [make(context, one, ask) for one in reports.REPORTS]
    try:
        report, query = reports.named(words)
    except Misuse as error:
        from textcrm.query.names import names_of

        # Any name of a field, a short cut too: report city is meant as --by city.
        if not names_of(context.vault().schema).find(words[0]):
            raise
        hint = Text(
            "count by a field: textcrm report --by {by}", "按字段统计：textcrm report --by {by}"
        )
        raise Misuse(
            error.code,
            error.message,
            hint=hint,
            **{**error.data, "suggestion": None, "by": words[0]},
        ) from None
    return [make(context, report, _ask(context, query, asked, report))]


class Made(NamedTuple):
    """A table, and the error to end with once it is shown: a key that is missing, damage."""

    table: Table
    error: TextcrmError | None


def make(context: Context, report: Report, ask: Ask) -> Made:
    """Make one report."""
    from textcrm.insight import reports

    if report.name == "receivables" and ask.reveal:
        from textcrm.cli.debts import receivables_opened

        return receivables_opened(context, ask)
    return Made(reports.make(report, _with_outside(context, report, ask)), None)


def _with_outside(context: Context, report: Report, ask: Ask) -> Ask:
    """The question with what quality and history know, where the report is about that."""
    if report.name not in ("quality", "process"):
        return ask
    from dataclasses import replace

    from textcrm.cli import outside
    from textcrm.insight.asking import Outside
    from textcrm.insight.process import periods_of

    vault = context.vault()
    wanted = outside.wanted(vault)
    if report.name == "quality":
        return replace(ask, outside=Outside(wanted, findings=outside.findings(context)))
    since = periods_of(ask)[0].since
    times = outside.entered(vault, since) if since is not None else {}
    return replace(ask, outside=Outside(wanted, entered=times))


_OPTIONS = {
    "period": "--period",
    "level": "--level",
    "kind": "--kind",
    "detail": "--detail",
    "currency": "--currency",
}


def _ask(context: Context, query: list[str], asked: dict[str, Any], report: Report | None) -> Ask:
    """The question, with choices that this report does not take refused."""
    from textcrm.cli.opened import say_sealed
    from textcrm.insight.asking import Ask
    from textcrm.insight.converting import currency_of
    from textcrm.insight.facts import Facts
    from textcrm.insight.periods import unit_of

    if report is not None:
        _refuse_idle(report.title, report.takes, asked)
    span = span_of(context, asked["since"], asked["until"])
    say_sealed(context, " ".join(query))
    facts = Facts(
        context.vault(),
        " ".join(query),
        archived=asked["archived"],
        currency=currency_of(asked["currency"]) if asked["currency"] else "",
        span=span,
    )
    kind = ""
    if asked["kind"]:
        from textcrm.insight.customers import known_kind

        kind = known_kind(facts, asked["kind"])
    return Ask(
        facts,
        span,
        unit_of(asked["period"]) if asked["period"] else "",
        asked["level"] or "",
        kind,
        asked["detail"],
        asked["reveal"],
    )


def _refuse_idle(title: Text, takes: tuple[str, ...], asked: dict[str, Any]) -> None:
    given = {each for each in _OPTIONS if asked[each]}
    given |= {"span"} if asked["since"] or asked["until"] else set()
    given |= {"reveal"} if asked["reveal"] else set()
    idle = sorted(given - set(takes))
    if not idle:
        return
    names = {**_OPTIONS, "span": "--since/--until", "reveal": "--reveal"}
    raise Misuse(
        "idle-option",
        Text("{option} means nothing to the report “{title}”", "{option} 对报表“{title}”不起作用"),
        hint=Text("it takes: {takes}", "它支持：{takes}")
        if takes
        else Text("leave it out", "请去掉该选项"),
        option=[names[each] for each in idle],
        title=title,
        takes=[names[each] for each in takes],
    )


def span_of(context: Context, since: str | None, until: str | None) -> Any:
    """The days between two that were said. Raises Misuse (bad date, span-backwards)."""
    from textcrm.cli.days import first_day, last_day
    from textcrm.insight.periods import Span

    span = Span(first_day(context, since), last_day(context, until))
    if span.since and span.until and span.since > span.until:
        raise Misuse(
            "span-backwards",
            Text("{since} is after {until}", "{since} 晚于 {until}"),
            hint=Text("change --since or --until", "请修改 --since 或 --until"),
            since=span.since.isoformat(),
            until=span.until.isoformat(),
        )
    return span


def _say_no_report(context: Context, words: list[str]) -> None:
    """Where a report is named beside a pivot: the name is looked for as a word then."""
    from textcrm.insight import reports

    try:
        found, _ = reports.named(words or [""])
    except Misuse:
        return
    context.warn(
        Text(
            "--by and the like make a table of their own: “{word}” is looked for as a word, and is "
            "not the report {name}",
            "--by 等选项另成透视表：这里的“{word}”按关键词查找，不是报表“{name}”",
        ),
        word=words[0],
        name=found.title,
    )


def _pivot(context: Context, words: list[str], asked: dict[str, Any]) -> Table:
    from textcrm.cli.opened import say_sealed
    from textcrm.insight.converting import currency_of
    from textcrm.insight.facts import Facts
    from textcrm.insight.pivot import Pivot, pivot
    from textcrm.search.items import list_of

    _refuse_idle(Text("pivot table", "透视表"), ("currency",), asked)
    _say_no_report(context, words)
    vault = context.vault()
    of = ".".join(list_of(asked["of"], vault.schema).path) if asked["of"] else ""
    chosen = Pivot(
        tuple(listed(asked["by"])),
        tuple(listed(asked["sums"])),
        tuple(listed(asked["avgs"])),
        asked["across"] or "",
        of,
    )
    text = " ".join(words)
    across = (chosen.across,) if chosen.across else ()
    say_sealed(context, text, (*chosen.by, *across, *chosen.sums, *chosen.avgs), of=of)
    currency = currency_of(asked["currency"]) if asked["currency"] else ""
    return pivot(Facts(vault, text, archived=asked["archived"], currency=currency), chosen)
