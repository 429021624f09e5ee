"""The reports by name, in both languages, and the one function that makes any of them."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.query.fold import fold_word
from textcrm.query.mistakes import nearest, short
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.insight.asking import Ask
    from textcrm.insight.table import Table
    from textcrm.vault import Vault


class Report(NamedTuple):
    """A report: its name, title, what it tells, other words for it, and where it is made.

    ``takes`` names the choices that change it: span, period, level, kind, detail, reveal,
    currency.
    """

    name: str
    title: Text
    tells: Text
    words: tuple[str, ...]
    place: str
    takes: tuple[str, ...] = ("span",)


REPORTS: Final = (
    Report(
        "sources",
        Text("Sources", "客户来源"),
        Text("customers by source, and who of them bought", "各来源的客户数、占比、成交率"),
        ("source", "来源", "渠道"),
        "customers:sources",
    ),
    Report(
        "status",
        Text("Cooperation", "合作状态"),
        Text("customers by status of cooperation", "各合作状态的客户数与占比"),
        ("cooperation", "cooperation status", "状态", "合作", "客户状态"),
        "customers:status",
    ),
    Report(
        "types",
        Text("Types", "客户类型"),
        Text("customers by type", "各类型的客户数与占比"),
        ("type", "类型"),
        "customers:types",
    ),
    Report(
        "funnel",
        Text("Funnel", "销售漏斗"),
        Text("stages with conversion", "各阶段人数与转化率"),
        ("stages", "stage", "sales funnel", "conversion", "漏斗", "转化", "转化率", "阶段"),
        "sales:funnel",
        (),
    ),
    Report(
        "pipeline",
        Text("Opportunities", "商机"),
        Text("open deals by stage, with amounts by probability", "各阶段商机金额与折算金额"),
        ("opportunities", "deals", "商机"),
        "sales:pipeline",
        ("span", "currency"),
    ),
    Report(
        "products",
        Text("Products", "产品"),
        Text("which products are most popular", "哪些产品最受欢迎"),
        ("product", "产品", "畅销"),
        "sales:products",
        ("span", "currency"),
    ),
    Report(
        "purchases",
        Text("Purchases", "购买"),
        Text("purchases by week, month, quarter or year", "按周、月、季度、年统计购买"),
        ("sales", "months", "purchases by month", "购买", "销售", "月度购买", "购买金额"),
        "sales:purchases",
        ("span", "period", "currency"),
    ),
    Report(
        "regions",
        Text("Regions", "地域"),
        Text("addresses down to the district, by kind", "地址分布，细到区县，分用途"),
        ("region", "addresses", "地域", "地区", "区域"),
        "customers:regions",
        ("level", "kind"),
    ),
    Report(
        "industries",
        Text("Industries", "行业"),
        Text("customers by industry", "各行业的客户数与购买金额"),
        ("industry", "行业", "客户行业"),
        "customers:industries",
        ("span", "level", "currency"),
    ),
    Report(
        "frequency",
        Text("Frequency", "购买频率"),
        Text("customers by number of purchases", "按购买次数分布"),
        ("频率", "频次", "购买频次"),
        "customers:frequency",
    ),
    Report(
        "value",
        Text("Customer value", "客户价值"),
        Text(
            "scores, tiers, who still buys, what to expect", "RFM 评分、分层、活跃概率、预期价值"
        ),
        ("rfm", "clv", "lifetime value", "价值", "重点客户价值", "高价值"),
        "value:value",
        ("span", "currency"),
    ),
    Report(
        "tiers",
        Text("Tiers", "客户分层"),
        Text("customers by value tier, scored and decided", "价值分层：评分与人工判定"),
        ("tier", "分层", "价值分层", "等级"),
        "value:tiers",
        ("span", "currency"),
    ),
    Report(
        "cycles",
        Text("Purchase cycles", "购买周期"),
        Text("how often customers buy, when to expect the next", "购买间隔与预计下次购买"),
        ("cycle", "expected purchases", "周期", "复购", "预计购买"),
        "cycles:cycles",
    ),
    Report(
        "related",
        Text("Bought together", "关联产品"),
        Text("products that the same customers have", "哪些产品常被同一客户购买"),
        ("together", "related products", "关联", "关联购买", "搭配"),
        "related:related",
    ),
    Report(
        "receivables",
        Text("Receivables", "应收账款"),
        Text("what is owed, by age; instalments of contracts", "应收款账龄；合同分期另列"),
        ("receivable", "debts", "应收", "账龄", "欠款", "应收款"),
        "receivables:receivables",
        ("detail", "reveal", "currency"),
    ),
    Report(
        "feedback",
        Text("Feedback", "客户反馈"),
        Text("feedback by topic, problems of several customers", "按主题统计反馈，找出共性问题"),
        ("complaints", "shared problems", "反馈", "投诉", "共性问题"),
        "voice:feedback",
        ("span", "detail"),
    ),
    Report(
        "satisfaction",
        Text("Satisfaction", "满意度"),
        Text("scores by period, share of the satisfied", "按周期的平均分与满意率"),
        ("survey", "surveys", "客户满意度", "调查"),
        "voice:satisfaction",
        ("span", "period"),
    ),
    Report(
        "service",
        Text("Service", "服务质量"),
        Text("services, problems solved, answers to complaints", "服务次数、问题处理、投诉响应"),
        ("services", "service quality", "服务"),
        "voice:service",
    ),
    Report(
        "activity",
        Text("Activity", "跟进情况"),
        Text("what each person does", "每个人的客户、沟通、逾期、销售"),
        ("people", "owners", "owner activity", "跟进", "人员", "业绩", "工作量"),
        "activity:activity",
    ),
    Report(
        "process",
        Text("Process", "流程评估"),
        Text(
            "follow-ups in time, completeness, late entries, two periods",
            "按时跟进、资料完整、及时录入，两期对比",
        ),
        ("evaluation", "流程", "评估", "过程"),
        "process:process",
    ),
    Report(
        "quality",
        Text("Data quality", "数据质量"),
        Text("fields filled in, findings of check", "必要字段的完整率、检查发现的问题"),
        ("completeness", "质量", "完整性", "完整率"),
        "completeness:quality",
        (),
    ),
)
_BY_NAME: Final = {report.name: report for report in REPORTS}


def find(word: str) -> Report:
    """The report that a word names, in either language. Raises Misuse (unknown-report)."""
    wanted = _key(word)
    for report in REPORTS:
        names = (report.name, report.title.en, report.title.zh, *report.words)
        if wanted in map(_key, names):
            return report
    known = [name for report in REPORTS for name in (report.name, report.title.zh, *report.words)]
    close = nearest(word, known)
    raise Misuse(
        "unknown-report",
        Text("there is no report “{report}”", "没有“{report}”这个报表"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("all reports: textcrm report", "查看全部报表：textcrm report"),
        report=short(word),
        suggestion=close,
    )


def named(words: Sequence[str]) -> tuple[Report, list[str]]:
    """The report that the first words name, and the words after them: of ``sales funnel type:new``
    the first two. Raises Misuse (unknown-report).
    """
    for count in (3, 2):
        if len(words) >= count:
            with contextlib.suppress(Misuse):
                return find(" ".join(words[:count])), list(words[count:])
    return find(words[0]), list(words[1:])


def report(vault: Vault, name: str, query: str = "", *, currency: str = "", **asked: Any) -> Table:
    """A report of a vault by name, for library users; ``asked`` as :class:`Ask` takes them,
    and ``currency`` (ISO 4217) for reports that convert.

    >>> report(Vault.open("."), "sources", "type:prospect").total  # doctest: +SKIP

    Raises Misuse (unknown-report, query-syntax).
    """
    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Facts

    facts = Facts(vault, query, currency=currency, span=asked.get("span"))
    return make(find(name), Ask(facts, **asked))


def _key(word: str) -> str:
    return fold_word(word).replace(" ", "").replace("_", "").replace("-", "")


def make(report: Report, ask: Ask) -> Table:
    """Make a report. Raises Misuse for a choice that it does not know."""
    module, _, function = report.place.partition(":")
    maker: Callable[[Ask], Table] = getattr(import_module(f"textcrm.insight.{module}"), function)
    table = maker(ask)
    return table if ask.facts.conversion is None else ask.facts.conversion.finish(table)
