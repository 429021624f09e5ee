"""check --quality: the four qualities of data as figures, worst customers first, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.quality.figures import Figures
    from textcrm.quality.measuring import Measured, Moment, Quality

LABELS: Final = {
    "accuracy": Text("Accuracy", "准确性"),
    "completeness": Text("Completeness", "全面性"),
    "consistency": Text("Consistency", "一致性"),
    "timeliness": Text("Timeliness", "及时性"),
    "overall": Text("Overall", "综合"),
}
_WORST: Final = 10


def show(context: Context, words: Sequence[str], months: int) -> None:
    """Measure, and tell people or programs."""
    from textcrm.quality.fix import chosen
    from textcrm.quality.measuring import measure

    vault = context.vault()
    paths = chosen(vault, words)
    if words and not paths:
        from textcrm.cli.findings import nobody

        nobody(context, words)
    with context.progress(Text("measuring", "计算中")) as progress:
        found = measure(vault, paths, months=months, progress=progress)
    if context.json:
        context.emit(_json(context, found))
        return
    _moments(context, [*found.history, found.today])
    worst = [one for one in found.records if one.figures.overall < 100]
    if worst:
        context.out.line()
        _customers(context, worst[: None if context.verbose else _WORST])
        context.hint(
            Text(
                "what is wrong: textcrm check; fill in what is missing: textcrm fix --ask",
                "查看问题：textcrm check；补全缺少的信息：textcrm fix --ask",
            )
        )


def _cells(one: Figures | None) -> list[str]:
    if one is None:
        return ["–"] * 5
    return [f"{value:.1f}" for value in (*one, one.overall)]


def _moments(context: Context, moments: list[Moment]) -> None:
    heads = [Text("Day", "日期"), Text("Customers", "客户数"), *LABELS.values()]
    rows = [[one.day.isoformat(), str(one.customers), *_cells(one.figures)] for one in moments]
    context.out.table(heads, rows, right=set(range(1, 7)), whole={0})


def _customers(context: Context, records: Sequence[Measured]) -> None:
    heads = [
        Text("Id", "编号"),
        Text("Name", "客户名称"),
        LABELS["overall"],
        Text("Lowest", "最低项"),
        Text("Missing, found", "缺少的信息、问题"),
    ]
    rows = [
        [
            one.id,
            one.name,
            f"{one.figures.overall:.1f}",
            _lowest(context, one.figures),
            _reasons(context, one),
        ]
        for one in records
    ]
    context.out.table(heads, rows, right={2}, whole={0})


def _lowest(context: Context, one: Figures) -> str:
    name = min(one._fields, key=lambda name: getattr(one, name))
    return f"{LABELS[name].say(context.language)} {getattr(one, name):.1f}"


def _reasons(context: Context, one: Measured) -> str:
    labels = [field.label for field in one.missing]
    return Text("{all}", "{all}").say(context.language, all=[*labels, *one.codes])


def figures_json(one: Figures | None) -> dict[str, Any]:
    """Figures for programs."""
    if one is None:
        return dict.fromkeys(LABELS)
    return {**one._asdict(), "overall": one.overall}


def _moment_json(one: Moment) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "customers": one.customers, **figures_json(one.figures)}


def _json(context: Context, found: Quality) -> dict[str, Any]:
    del context
    return {
        **_moment_json(found.today),
        "history": [_moment_json(one) for one in found.history],
        "records": [
            {
                "id": one.id,
                "name": one.name,
                "file": one.path,
                **figures_json(one.figures),
                "codes": list(one.codes),
                "missing": ["/" + "/".join(field.path) for field in one.missing],
            }
            for one in found.records
        ],
    }
