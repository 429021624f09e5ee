"""What customers say: feedback and shared problems, satisfaction, service (M9, M12, M17, D14)."""

from __future__ import annotations

from collections import Counter
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.insight.periods import UNITS, period_of
from textcrm.insight.table import Chart, Column, Note, Table, share
from textcrm.query.fold import fold
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Item

_SURVEYED_DAYS: Final = 365
_SATISFIED: Final = 0.8  # of the scale


def feedback_of(ask: Ask) -> list[Item]:
    """The feedback of the span."""
    names = ("at", "kind", "topic", "score", "resolved", "text", "resolution")
    found = ask.facts.items("feedback", *names)
    return [item for item in found if item.day("at") in ask.span]


def feedback(ask: Ask) -> Table:
    """Feedback by topic; a topic that several customers complain of comes first (D14)."""
    if ask.detail:
        return _each(ask)
    facts = ask.facts
    topics: dict[str | None, list[Item]] = {}
    for item in feedback_of(ask):
        topics.setdefault(item.text("topic"), []).append(item)
    least = facts.vault.config.thresholds["shared_problem"]
    made = {topic: _Topic.of(found, least) for topic, found in topics.items()}
    ordered = sorted(made, key=lambda topic: made[topic].rank(topic))
    rows = tuple((facts.said("feedback.topic", topic), *made[topic].cells()) for topic in ordered)
    everything = _Topic.of([item for found in topics.values() for item in found], least)
    shared = _shared_problems(ask, least)
    return Table(
        "feedback",
        Text("Feedback by topic", "客户反馈（按主题）"),
        (
            Column("topic", facts.label("feedback.topic"), "code"),
            Column("feedback", Text("Feedback", "反馈数"), "count"),
            Column("complaints", Text("Complaints", "投诉"), "count"),
            Column("suggestions", Text("Suggestions", "建议"), "count"),
            Column("praise", Text("Praise", "表扬"), "count"),
            Column("affected", Text("Customers with a problem", "反映问题的客户"), "count"),
            Column("open", Text("Open", "未解决"), "count"),
            Column("priority", Text("Priority", "优先解决"), "text"),
        ),
        rows,
        dict(zip(_TOTALS, everything.cells()[:-1], strict=True)),
        (
            Note(
                Text(
                    "Priority: {least} or more customers have complained or suggested something "
                    "about it. Open: complaints not resolved.",
                    "优先解决：有 {least} 位及以上客户就同一主题投诉或提出建议。未解决：尚未处理的投诉。",
                ),
                {"least": least},
            ),
            *shared,
        ),
        Chart(("topic",), "feedback"),
    )


_TOTALS: Final = ("feedback", "complaints", "suggestions", "praise", "affected", "open")


class _Topic(NamedTuple):
    """The counts of a topic."""

    feedback: int
    kinds: Counter[str]
    affected: int
    open: int
    priority: bool

    @classmethod
    def of(cls, found: list[Item], least: int) -> _Topic:
        kinds = Counter(item.text("kind") or "other" for item in found)
        problems = [item for item in found if item.text("kind") in ("complaint", "suggestion")]
        affected = len({item.row for item in problems})
        unsolved = sum(
            item.text("kind") == "complaint" and not item.values.get("resolved") for item in found
        )
        return cls(len(found), kinds, affected, unsolved, affected >= least)

    def rank(self, topic: str | None) -> tuple[Any, ...]:
        return topic is None, not self.priority, -self.affected, -self.feedback, topic or ""

    def cells(self) -> tuple[Any, ...]:
        kinds = (self.kinds[kind] for kind in ("complaint", "suggestion", "praise"))
        return self.feedback, *kinds, self.affected, self.open, self.priority


def _shared_problems(ask: Ask, least: int) -> list[Note]:
    """Problems of service that several customers had, in the same words."""
    words: dict[str, str] = {}
    rows: dict[str, set[int]] = {}
    for item in ask.facts.items("services", "at", "problem"):
        problem = item.text("problem")
        if problem and item.day("at") in ask.span:
            words.setdefault(fold(problem), problem)
            rows.setdefault(fold(problem), set()).add(item.row)
    shared = sorted((k for k in rows if len(rows[k]) >= least), key=lambda k: (-len(rows[k]), k))
    if not shared:
        return []
    text = Text("Problems of several customers: {problems}.", "多位客户遇到的问题：{problems}。")
    return [Note(text, {"problems": [f"{words[key]} ({len(rows[key])})" for key in shared[:5]]})]


def _each(ask: Ask) -> Table:
    """Each feedback by itself, what is open first, then the newest."""
    facts = ask.facts

    def unsolved(item: Item) -> bool:
        return item.text("kind") == "complaint" and not item.values.get("resolved")

    found = sorted(
        feedback_of(ask),
        key=lambda one: (not unsolved(one), -(one.day("at") or facts.today).toordinal()),
    )
    return Table(
        "feedback",
        Text("Feedback", "客户反馈"),
        (
            Column("id", Text("Id", "编号"), "id"),
            Column("name", Text("Name", "名称"), "name"),
            Column("at", facts.label("feedback.at"), "date"),
            Column("kind", facts.label("feedback.kind"), "code"),
            Column("topic", facts.label("feedback.topic"), "code"),
            Column("text", facts.label("feedback.text")),
            Column("open", Text("Open", "未解决")),
        ),
        tuple(
            (
                facts.id_of(one.row),
                facts.name_of(one.row),
                one.day("at"),
                facts.said("feedback.kind", one.text("kind")),
                facts.said("feedback.topic", one.text("topic")),
                one.text("text"),
                unsolved(one),
            )
            for one in found
        ),
        {"feedback": len(found), "open": sum(map(unsolved, found))},
    )


def satisfaction(ask: Ask) -> Table:
    """Scores by period: how many, their mean, the share of the satisfied (M17, F14)."""
    unit = ask.unit("quarter")
    scored: dict[str | None, list[tuple[int, float]]] = {}
    for item in feedback_of(ask):
        score: Decimal | None = item.amount("score")
        if score is not None:
            day = item.day("at")
            period = period_of(day, unit) if day else None
            scored.setdefault(period, []).append((item.row, float(score)))
    every = [one for found in scored.values() for one in found]
    scale = _scale([score for _, score in every])
    active, surveyed = _surveyed(ask)
    return Table(
        "satisfaction",
        Text("Satisfaction", "客户满意度"),
        (
            Column(unit, UNITS[unit][1]),
            Column("answers", Text("Answers", "评分数"), "count"),
            Column("customers", Text("Customers", "客户数"), "count"),
            Column("mean", Text("Mean score", "平均分"), "ratio"),
            Column("satisfied", Text("Satisfied", "满意率"), "share"),
        ),
        tuple(
            (period, *_scores(scored[period], scale))
            for period in sorted(scored, key=lambda each: (each is None, each or ""))
        ),
        {
            **dict(
                zip(
                    ("answers", "customers", "mean", "satisfied"),
                    _scores(every, scale),
                    strict=True,
                )
            ),
            "scale": scale,
            "active": active,
            "surveyed": surveyed,
            "coverage": share(surveyed, active),
        },
        (
            Note(
                Text(
                    "Satisfied: {least:g} or more of {scale}. Of {active} active customers "
                    "{surveyed} were asked within a year.",
                    "满意：{scale} 分制中 {least:g} 分及以上。{active} 位合作中客户里，"
                    "{surveyed} 位在一年内做过调查。",
                ),
                {
                    "least": scale * _SATISFIED,
                    "scale": scale,
                    "active": active,
                    "surveyed": surveyed,
                },
            ),
        ),
        Chart((unit,), "mean", over_time=True),
    )


def _scale(scores: list[float]) -> int:
    """The scale in use: up to 5, 10 or 100, by the highest score there is."""
    most = max(scores, default=0)
    return 5 if most <= 5 else 10 if most <= 10 else 100


def _scores(found: list[tuple[int, float]], scale: int) -> tuple[Any, ...]:
    satisfied = sum(score >= scale * _SATISFIED for _, score in found)
    return (
        len(found),
        len({row for row, _ in found}),
        fmean(score for _, score in found) if found else None,
        share(satisfied, len(found)),
    )


def _surveyed(ask: Ask) -> tuple[int, int]:
    """Active customers, and those of them who were asked within a year."""
    facts = ask.facts
    active = {row for row, status in facts.one("status").items() if status == "active"}
    asked = set()
    for item in facts.items("feedback", "at", "kind"):
        day = item.day("at")
        near = day is not None and 0 <= (ask.end - day).days <= _SURVEYED_DAYS
        if near and item.text("kind") == "survey":
            asked.add(item.row)
    return len(active), len(active & asked)


def service(ask: Ask) -> Table:
    """Service by who gave it: problems, solved ones; and how soon complaints were answered (M12)."""
    facts = ask.facts
    people: dict[str | None, list[Item]] = {}
    for item in facts.items("services", "at", "by", "summary", "problem", "result"):
        if item.day("at") in ask.span:
            people.setdefault(item.text("by"), []).append(item)
    ordered = sorted(people, key=lambda who: (who is None, -len(people[who]), who or ""))
    every = [item for found in people.values() for item in found]
    complaints = [item for item in feedback_of(ask) if item.text("kind") == "complaint"]
    answered = _answered(ask, complaints)
    resolved = sum(bool(item.values.get("resolved")) for item in complaints)
    return Table(
        "service",
        Text("Service", "服务质量"),
        (
            Column("by", facts.label("services.by"), "code"),
            Column("services", Text("Services", "服务次数"), "count"),
            Column("customers", Text("Customers", "客户数"), "count"),
            Column("problems", Text("With a problem", "有问题"), "count"),
            Column("solved", Text("With a result", "有处理结果"), "count"),
            Column("share", Text("Solved", "处理率"), "share"),
        ),
        tuple((facts.said("services.by", who), *_served(people[who])) for who in ordered),
        {
            **dict(
                zip(
                    ("services", "customers", "problems", "solved", "share"),
                    _served(every),
                    strict=True,
                )
            ),
            "complaints": len(complaints),
            "resolved": resolved,
            "resolved_share": share(resolved, len(complaints)),
            "answered": len(answered),
            "days_to_answer": float(median(answered)) if answered else None,
        },
        _service_notes(len(complaints), resolved, answered),
        Chart(("by",), "services"),
    )


def _served(found: list[Item]) -> tuple[Any, ...]:
    problems = [item for item in found if item.text("problem")]
    solved = sum(bool(item.text("result")) for item in problems)
    customers = len({item.row for item in found})
    return len(found), customers, len(problems), solved, share(solved, len(problems))


def _answered(ask: Ask, complaints: list[Item]) -> list[int]:
    """Days from each complaint to the next contact or service of that customer, from its day on."""
    days: dict[int, list[dt.date]] = {}
    for of in ("interactions", "services"):
        for item in ask.facts.items(of, "at"):
            day = item.day("at")
            if day is not None and day <= ask.end:
                days.setdefault(item.row, []).append(day)
    found = []
    for item in complaints:
        day = item.day("at")
        later = [each for each in days.get(item.row, ()) if day is not None and each >= day]
        if later and day is not None:
            found.append((min(later) - day).days)
    return found


def _service_notes(complaints: int, resolved: int, answered: list[int]) -> tuple[Note, ...]:
    if not complaints:
        return (Note(Text("No complaints on record.", "没有投诉记录。")),)
    text = Text(
        "Of {complaints} complaints {resolved} are resolved; {answered} were followed by a contact "
        "or service, half of them within {days:g} days.",
        "{complaints} 条投诉中 {resolved} 条已解决；{answered} 条之后有沟通或服务，半数在 {days:g} 天内。",
    )
    if not answered:
        text = Text(
            "Of {complaints} complaints {resolved} are resolved; none was followed by a contact or service.",
            "{complaints} 条投诉中 {resolved} 条已解决；之后都没有沟通或服务。",
        )
    days = float(median(answered)) if answered else 0.0
    data = {
        "complaints": complaints,
        "resolved": resolved,
        "answered": len(answered),
        "days": days,
    }
    return (Note(text, data),)
