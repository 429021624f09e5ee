"""textcrm list: customers as a table; the spreadsheet's replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.query import Doc
    from textcrm.search.tabulate import Column, Row

DEFAULT = ("id", "name", "type", "status", "owner", "last_contact", "next_due", "tags")
NARROW = ("id", "name", "type", "owner", "last_contact", "next_due")
WIDE = 110


@command(
    "list",
    dash_words=True,
    help=Text(
        "List customers as a table, with columns, filters, sorting, groups and sums of your choice.",
        "以表格列出客户，可选列、筛选、排序、分组、求和。",
    ),
    examples=[
        (
            Text("prospects by name", "按拼音排序的潜在客户"),
            "textcrm list 类型:潜在客户 --sort name",
        ),
        (
            Text("chosen columns, for a spreadsheet", "自选列，导出 CSV"),
            "textcrm list --columns name,phone,tags --format csv",
        ),
        (Text("sums by city", "按城市求和"), "textcrm list --group city --sum total_spent"),
    ],
)
@argument(
    "query",
    nargs=-1,
    metavar="QUERY",
    help=Text("which customers; all if none", "筛选条件，默认全部"),
)
@option("--columns", metavar="A,B", help=Text("fields to show", "要显示的字段"))
@option(
    "--sort",
    multiple=True,
    metavar="FIELD",
    help=Text("sort by it; -FIELD turns it round", "按字段排序，-字段 为倒序"),
)
@option(
    "--group", multiple=True, metavar="FIELD", help=Text("one row for each value", "按取值分组")
)
@option("--sum", "sums", multiple=True, metavar="FIELD", help=Text("add up", "求和"))
@option("--avg", "avgs", multiple=True, metavar="FIELD", help=Text("average", "平均"))
@option("--count", is_flag=True, help=Text("print the number only", "只输出数量"))
@option("--limit", type=int, metavar="N", help=Text("at most so many", "最多条数"))
@option(
    "--format", "form", metavar="FORM", help=Text("table, csv or ids", "table 表格、csv、ids 编号")
)
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
def run(
    context: Context,
    query: tuple[str, ...],
    columns: str | None,
    sort: tuple[str, ...],
    group: tuple[str, ...],
    sums: tuple[str, ...],
    avgs: tuple[str, ...],
    count: bool,
    limit: int | None,
    form: str | None,
    archived: bool,
) -> None:
    """List customers."""
    from textcrm.search import sort_docs
    from textcrm.vault import finding

    vault = context.vault()
    wanted = finding.query(vault, " ".join(query))
    docs = [doc for doc in finding.docs(vault) if wanted.matches(doc, archived=archived)]
    report_broken(context)
    if group or sums or avgs:
        _grouped(context, docs, _split(group), _split(sums), _split(avgs))
    elif count:
        context.emit({"count": len(docs)}) if context.json else context.out.line(str(len(docs)))
    else:
        docs = sort_docs(docs, _split(sort) or ["id"])[:limit]
        _table(context, docs, _split((columns,)) if columns else [], form or "table")
    if not docs:
        if not context.json:
            context.hint_error(
                Text("no customer fits", "没有符合条件的客户")
                if query
                else Text(
                    'no customers yet; the first one: textcrm add "NAME"',
                    "还没有客户；新增第一位：textcrm add 名称",
                )
            )
        context.exit(1)


def _split(words: tuple[str, ...]) -> list[str]:
    return [
        part.strip()
        for word in words
        for part in word.replace("，", ",").replace("、", ",").split(",")
        if part.strip()
    ]


def _table(context: Context, docs: list[Doc], names: list[str], form: str) -> None:
    from textcrm.errors import Misuse
    from textcrm.search.tabulate import column

    if form not in ("table", "csv", "ids"):
        raise Misuse(
            "unknown-format",
            Text("there is no format “{form}”", "没有格式“{form}”"),
            hint=Text("formats: table, csv, ids", "可用格式：table、csv、ids"),
            form=form,
        )
    roomy = context.json or form != "table" or context.out.columns >= WIDE
    default = DEFAULT if roomy else NARROW
    chosen = [column(name, context.vault().schema) for name in names or default]
    if context.json:
        context.emit([_json(context, doc, names or default, chosen) for doc in docs])
    elif form == "ids":
        for doc in docs:
            context.out.line(doc.id)
    elif form == "csv":
        _csv(context, docs, chosen)
    elif docs:
        rows = [[_cell(context, one, doc) for one in chosen] for doc in docs]
        right = {place for place, one in enumerate(chosen) if one.is_number}
        with context.out.paged():
            context.out.table([one.label for one in chosen], rows, right=right)


def _json(
    context: Context, doc: Doc, names: Sequence[str], chosen: list[Column]
) -> dict[str, Any]:
    """A row; its keys are the columns as they were asked for."""
    from textcrm.cli.show import plain

    cells = {
        name: plain(_masked(context, one, one.value(doc)))
        for name, one in zip(names, chosen, strict=True)
    }
    name = Text(doc.name, doc.name).en
    return {"id": doc.id, "name": _mask_name(context, name), **cells}


def _mask_name(context: Context, name: str) -> str:
    if not context.mask:
        return name
    from textcrm.normalize.masks import mask

    return mask("name", name)


def _masked(context: Context, one: Column, value: Any) -> Any:
    if not context.mask or one.kind not in ("name", "phone", "email"):
        return value
    from textcrm.normalize.masks import mask

    if isinstance(value, list):
        return [mask(one.kind, str(each)) for each in value]
    return None if value is None else mask(one.kind, str(value))


def _cell(context: Context, one: Column, doc: Doc) -> str:
    value = _masked(context, one, one.value(doc))
    separator = "、" if context.language == "zh" else ", "
    return separator.join(
        _said(context, one, each) for each in (value if isinstance(value, list) else [value])
    )


def _said(context: Context, one: Column, value: Any) -> str:
    from decimal import Decimal

    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, ",f")
    if one.kind == "person" and isinstance(value, str):
        return context.vault().access.display(value)
    return one.label_of(value).say(context.language)


def _csv(context: Context, docs: list[Doc], chosen: list[Column]) -> None:
    """CSV that a spreadsheet opens without running anything in it."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([one.label.say(context.language) for one in chosen])
    for doc in docs:
        writer.writerow([_inert(_cell(context, one, doc)) for one in chosen])
    context.out.plain(text.getvalue())


def _inert(cell: str) -> str:
    return (
        "'" + cell
        if cell[:1] in ("=", "@", "\t") or (cell[:1] in "+-" and not cell[1:2].isdigit())
        else cell
    )


def _grouped(
    context: Context, docs: list[Doc], by: list[str], sums: list[str], avgs: list[str]
) -> None:
    from textcrm.cli.show import plain
    from textcrm.search.tabulate import column, group

    schema = context.vault().schema
    rows = group(docs, by, sums=sums, avgs=avgs, currency=context.vault().config.currency)
    if context.json:
        context.emit([plain(row.as_dict()) for row in rows])
        return
    keys = [column(name, schema) for name in by]
    heads = [one.label for one in keys] + [Text("Customers", "客户数")]
    heads += [Text(f"Sum {_label(context, n)}", f"{_label(context, n)}合计") for n in sums]
    heads += [Text(f"Mean {_label(context, n)}", f"{_label(context, n)}平均") for n in avgs]
    cells = [_row(context, keys, row, sums, avgs) for row in rows]
    if cells:
        context.out.table(heads, cells, right=set(range(len(keys), len(heads))))
    _others(context, rows)


def _label(context: Context, name: str) -> str:
    from textcrm.search.tabulate import column

    return column(name, context.vault().schema).label.say(context.language)


def _row(
    context: Context, keys: list[Column], row: Row, sums: list[str], avgs: list[str]
) -> list[str]:
    names = list(row.group.values())
    cells = [_said(context, key, value) or "—" for key, value in zip(keys, names, strict=True)]
    cells.append(str(row.count))
    for table, wanted in ((row.sum, sums), (row.avg, avgs)):
        values = list(table.values())
        cells += [
            format(values[place], ",f") if place < len(values) else ""
            for place in range(len(wanted))
        ]
    return cells


def _others(context: Context, rows: list[Row]) -> None:
    for row in rows:
        for currency, tables in row.other_currencies.items():
            for kind, table in tables.items():
                for name, amount in table.items():
                    context.out.line(f"  {currency} {kind} {name}: {amount:,f}", style="dim")
