"""How an import is told: the file as it was understood, what became of its rows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.exchange.importing import Outcome
    from textcrm.exchange.incoming import Column, Reading
    from textcrm.exchange.noticing import Notice
    from textcrm.findings import Finding
    from textcrm.schema import Schema

_HOW: Final = {
    "layout": Text("layout", "已知格式"),
    "name": Text("by name", "列名相符"),
    "likeness": Text("guessed", "推测"),
    "map": Text("map", "映射文件"),
    "unknown": Text("unknown", "未识别"),
}
_MOST_NOTICES: Final = 15
_MOST_REJECTED: Final = 10
_SAMPLE: Final = 24
_HIDDEN: Final = "…"


def show_reading(context: Context, reading: Reading, name: str) -> None:
    """Say what the file is, and where its columns go."""
    if context.json or context.quiet:
        return
    from textcrm.exchange import layouts

    layout = layouts.find(reading.layout)
    context.say(
        Text("{name}: {format}", "{name}：{format}")
        if reading.format == "xlsx"
        else Text("{name}: {format}, {encoding}", "{name}：{format}，编码 {encoding}"),
        name=name,
        format=_known_as(reading, layout.label if layout is not None else None),
        encoding=reading.encoding,
    )
    for one in reading.notes:
        context.warn(_said(one))
    filled = [one for one in reading.columns if one.sample or one.how == "map"]
    if filled:
        schema = context.vault().schema
        context.out.table(
            [Text(*words) for words in _HEADS],
            [_row(context, one, schema) for one in filled],
        )


_HEADS: Final = (
    ("column", "列"),
    ("field", "字段"),
    ("how", "依据"),
    ("example", "示例"),
)


def _known_as(reading: Reading, label: Text | None) -> Text:
    form = reading.format.upper()
    if label is None:
        return Text(form, form)
    return Text(f"{form}, {label.en}", f"{form}，{label.zh}")


def _row(context: Context, column: Column, schema: Schema) -> list[str]:
    target = column.target or Text("(left out)", "（不导入）").say(context.language)
    sample = _HIDDEN if is_sealed(column, schema) else " ".join(column.sample.split())
    shown = sample if len(sample) <= _SAMPLE else sample[: _SAMPLE - 1] + "…"
    return [column.heading, target, _HOW[column.how].say(context.language), shown]


def is_sealed(column: Column, schema: Schema) -> bool:
    """Whether what stands in a column will be sealed, and is not to be shown."""
    from textcrm.errors import Misuse
    from textcrm.exchange import targets

    try:
        places = targets.parse(column.target, schema).places
    except Misuse:
        return False
    return any(one.field.seal for one in places)


def _said(finding: Finding) -> Text:
    return Text(finding.say("en"), finding.say("zh"))


def report(
    context: Context, outcome: Outcome, schema: Schema, *, rejected_file: str | None, dry_run: bool
) -> None:
    """Tell what an import did, or would do."""
    if context.json:
        context.emit(document(context, outcome, schema, rejected_file, dry_run=dry_run))
        return
    if dry_run:
        _show_first(context, outcome, schema)
    for notice in list(outcome.noticed)[:_MOST_NOTICES]:
        _warn(context, notice)
    more = len(outcome.noticed) - _MOST_NOTICES
    if more > 0:
        context.warn(
            Text(
                "and {more} more kinds of warnings; all of them: --json",
                "另有 {more} 类提醒；用 --json 查看全部",
            ),
            more=more,
        )
    _show_rejected(context, outcome)
    sentence = (
        Text(
            "would be: {rows} rows: {created} created, {updated} updated, {skipped} unchanged, {rejected} rejected",
            "预计：共 {rows} 行，新增 {created}，更新 {updated}，未变 {skipped}，未导入 {rejected}",
        )
        if dry_run
        else Text(
            "{rows} rows: {created} created, {updated} updated, {skipped} unchanged, {rejected} rejected",
            "共 {rows} 行：新增 {created}，更新 {updated}，未变 {skipped}，未导入 {rejected}",
        )
    )
    context.say(
        sentence,
        rows=outcome.rows,
        created=outcome.created,
        updated=outcome.updated,
        skipped=outcome.skipped,
        rejected=len(outcome.rejected),
    )
    _customers(context, outcome, dry_run=dry_run)
    if rejected_file:
        context.hint(
            Text(
                "the rejected rows are in {file}: mend them and import that file",
                "未导入的行已写入 {file}，改好后再导入该文件即可",
            ),
            file=rejected_file,
        )
    if outcome.commit:
        context.hint(Text("take it all back: textcrm undo", "全部撤销：textcrm undo"))


def _customers(context: Context, outcome: Outcome, *, dry_run: bool) -> None:
    if not any(outcome.records.values()):
        return
    commit = outcome.commit[:8] if outcome.commit else ""
    context.say(
        Text(
            "customers: {created} new, {updated} changed",
            "客户：新增 {created} 位，更新 {updated} 位",
        )
        if dry_run or not commit
        else Text(
            "customers: {created} new, {updated} changed ({commit})",
            "客户：新增 {created} 位，更新 {updated} 位（{commit}）",
        ),
        commit=commit,
        **outcome.records,
    )


def _warn(context: Context, notice: Notice) -> None:
    context.warn(
        Text("{what} ({where})", "{what}（{where}）"),
        what=_said(notice.finding),
        where=_where(notice.places or tuple(map(str, notice.rows)), notice.times),
    )


def _where(places: Sequence[str], count: int) -> Text:
    """Where rows stand in the file: their lines, or cells of a sheet."""
    some = places[:3]
    dots = " …" if count > len(some) else ""
    lines = all(one.isdigit() for one in some)
    en = ", ".join(some) + dots
    zh = f"第 {'、'.join(some)}{dots} 行" if lines else "、".join(some) + dots
    if lines:
        en = f"line {en}" if len(some) == 1 else f"lines {en}"
    if count == 1:
        return Text(en, zh)
    return Text(f"{count} times: {en}", f"共 {count} 处：{zh}")


def _show_rejected(context: Context, outcome: Outcome) -> None:
    for one in outcome.rejected[:_MOST_REJECTED]:
        context.warn(
            Text("{where} is not taken in: {why}", "{where}未导入：{why}"),
            where=_where((one.place or str(one.row),), 1),
            why=_said(one.why),
        )
        if one.why.hint is not None and len(outcome.rejected) == 1:
            context.hint_error(
                Text("  → {hint}", "  → {hint}"), hint=one.why.say_hint(context.language)
            )
    more = len(outcome.rejected) - _MOST_REJECTED
    if more > 0:
        context.warn(Text("and {more} more rows", "另有 {more} 行"), more=more)


def _show_first(context: Context, outcome: Outcome, schema: Schema) -> None:
    """The first customers as they would be."""
    from textcrm import yamlfile

    for tree in outcome.first[:3]:
        context.out.line()
        text = yamlfile.dump(schema.plain(hidden(tree, schema)), order=schema.order())
        for line in text.rstrip("\n").split("\n"):
            context.out.line("  " + line, style="dim")
    if outcome.first:
        context.out.line()


def hidden(tree: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """A proposal without the values that will be sealed."""
    from textcrm.rules.sealing import sealed_places

    shown = copy.deepcopy(tree)
    for path, _, _ in list(sealed_places(shown, schema)):
        node: Any = shown
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = _HIDDEN
    return shown


def document(
    context: Context,
    outcome: Outcome,
    schema: Schema,
    rejected_file: str | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """The JSON of an import (DESIGN section 6)."""
    language = context.language
    reading = outcome.reading
    told: dict[str, Any] = {
        "rows": outcome.rows,
        "created": outcome.created,
        "updated": outcome.updated,
        "skipped": outcome.skipped,
        "rejected": len(outcome.rejected),
        "warnings": [
            {
                "code": one.finding.code,
                "severity": "warning",
                "path": "/".join(str(step) for step in one.finding.path if isinstance(step, str)),
                "message": one.finding.say(language),
                "hint": one.finding.say_hint(language),
                "count": one.times,
                "rows": list(one.rows),
                "places": list(one.places),
            }
            for one in outcome.noticed
        ],
        "rejected_file": rejected_file,
        "rejects": [
            {
                "row": one.row,
                "place": one.place,
                "code": one.why.code,
                "reason": one.why.say(language),
                "hint": one.why.say_hint(language),
            }
            for one in outcome.rejected
        ],
        "records": sum(outcome.records.values()),
        "customers": dict(outcome.records),
        "ids": outcome.ids,
        "commit": outcome.commit,
        "dry_run": dry_run,
        "format": reading.format,
        "encoding": reading.encoding,
        "layout": reading.layout or None,
        "columns": [
            {
                "heading": one.heading,
                "field": one.target,
                "how": one.how,
                "sample": _HIDDEN if is_sealed(one, schema) else one.sample,
            }
            for one in reading.columns
        ],
        "notes": [one.say(language) for one in reading.notes],
    }
    if dry_run:
        told["first"] = [schema.plain(hidden(one, schema)) for one in outcome.first]
    return told
