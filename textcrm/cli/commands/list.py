"""textcrm list: customers as a table; the spreadsheet's replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli.completing import field_names, query_words
from textcrm.cli.frame import Count, argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.cli.groups import Groups
    from textcrm.query import Doc, Query
    from textcrm.search.tabulate import Column

DEFAULT = ("id", "name", "type", "status", "owner", "last_contact", "next_due", "tags")
NARROW = ("id", "name", "type", "owner", "last_contact", "next_due")
WIDE = 110


class Asked(NamedTuple):
    """What is to be listed: the fields by name, and the list whose items are the rows."""

    columns: list[str]
    sort: list[str]
    group: list[str]
    sums: list[str]
    avgs: list[str]
    of: str
    limit: int | None
    form: str


@command(
    "list",
    dash_words=True,
    help=Text(
        "List customers as a table, with columns, filters, sorting, groups and sums of your choice. "
        "Fields: textcrm help fields; queries: textcrm help query.",
        "以表格列出客户，可选列、筛选、排序、分组、求和。字段见 textcrm help fields，查询见 textcrm help query。",
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
        (
            Text(
                "customers and sums by city, the greatest first",
                "各城市客户数与消费合计，从高到低",
            ),
            "textcrm list --group city --sum total_spent --sort -total_spent",
        ),
        (
            Text("purchases of a month, one row each", "某月的购买明细，每笔一行"),
            "textcrm list 'purchases.date:2026-05' --of purchases --sum amount",
        ),
    ],
)
@argument(
    "query",
    shell_complete=query_words,
    nargs=-1,
    metavar="QUERY",
    help=Text("which customers; all if none", "筛选条件，默认全部"),
)
@option(
    "--columns",
    shell_complete=field_names,
    multiple=True,
    metavar="A,B",
    help=Text(
        "fields to show; +A adds to the usual ones", "要显示的字段；+字段 表示在默认列之外增加"
    ),
)
@option(
    "--sort",
    shell_complete=field_names,
    multiple=True,
    metavar="FIELD",
    help=Text(
        "sort by it; -FIELD turns it round; of groups also count, avg:FIELD",
        "按字段排序，-字段 为倒序；分组时还可用 count、avg:字段",
    ),
)
@option(
    "--group",
    shell_complete=field_names,
    multiple=True,
    metavar="FIELD",
    help=Text(
        "one row for each value; days by year, quarter, month, week: created:month",
        "按取值分组；日期可按 年、季度、月、周：created:month",
    ),
)
@option(
    "--sum",
    "sums",
    multiple=True,
    shell_complete=field_names,
    metavar="FIELD",
    help=Text("add up", "求和"),
)
@option(
    "--avg",
    "avgs",
    multiple=True,
    shell_complete=field_names,
    metavar="FIELD",
    help=Text("average", "平均"),
)
@option("--count", is_flag=True, help=Text("print the number only", "只输出数量"))
@option(
    "--of",
    shell_complete=field_names,
    metavar="LIST",
    help=Text("one row for each item of a list: purchases", "每个条目一行，如 purchases 购买记录"),
)
@option("--limit", type=Count(), metavar="N", help=Text("at most so many", "最多条数"))
@option(
    "--format",
    "form",
    metavar="FORM",
    help=Text("table, csv, tsv or ids", "table 表格、csv、tsv、ids 编号"),
)
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
@option(
    "--reveal",
    is_flag=True,
    help=Text(
        "open sealed values with your key: to filter, sort, add up and show them in plain",
        "用您的密钥解开加密内容：可筛选、排序、求和，并显示明文",
    ),
)
def run(
    context: Context,
    query: tuple[str, ...],
    columns: tuple[str, ...],
    sort: tuple[str, ...],
    group: tuple[str, ...],
    sums: tuple[str, ...],
    avgs: tuple[str, ...],
    count: bool,
    of: str | None,
    limit: int | None,
    form: str | None,
    archived: bool,
    reveal: bool,
) -> None:
    """List customers."""
    from textcrm.cli.opened import say_sealed
    from textcrm.cli.tables import checked_format, listed
    from textcrm.search.items import list_of
    from textcrm.vault import finding

    vault = context.vault()
    context.reveal = reveal
    text = " ".join(query)
    wanted = finding.query(vault, text)
    asked = _with_view(
        context,
        text,
        Asked(
            listed(columns),
            listed(sort),
            listed(group),
            listed(sums),
            listed(avgs),
            ".".join(list_of(of, vault.schema).path) if of else "",
            limit,
            checked_format(form),
        ),
    )
    _check_names(context, asked)
    counted = (*asked.group, *asked.sums, *asked.avgs)
    docs, groups = [], None
    if count and not asked.group:
        number = _number(context, wanted, asked, archived=archived)
    elif counted:
        groups = _groups(context, wanted, asked, archived=archived)
        number = len(groups.rows)
    else:
        docs = _docs(context, wanted, asked, archived=archived)
        number = len(docs)
    report_broken(context)
    say_sealed(context, wanted, counted or asked.sort, of=asked.of)
    if groups is not None:
        from textcrm.cli.groups import print_groups

        print_groups(context, groups, asked)
    elif count:
        context.emit({"count": number}) if context.json else context.out.line(str(number))
    else:
        _table(context, docs, asked)
    if not number:
        from textcrm.cli.nothing import nothing_found

        everybody = finding.Docs(vault)
        nothing_found(context, finding.backend(vault), wanted, everybody, archived=archived)
        context.exit(1)


def _with_view(context: Context, text: str, asked: Asked) -> Asked:
    """The columns and the order of a view, where nothing else was said."""
    if not text.startswith(("@", "＠")) or asked.group or asked.of:
        return asked
    from textcrm.vault.views import sole

    view = sole(context.vault(), text)
    if view is None:
        return asked
    return asked._replace(
        columns=asked.columns or list(view.columns), sort=asked.sort or list(view.sort)
    )


def _check_names(context: Context, asked: Asked) -> None:
    """Name a mistyped field before anything is read, also where nothing fits."""
    from textcrm.search.order import bare
    from textcrm.search.tabulate import column

    schema = context.vault().schema
    plain = asked.columns + asked.group
    for name in plain if asked.group else plain + asked.sort:
        column(bare(name), schema, of=asked.of)
    if asked.sums or asked.avgs:
        from textcrm.search.grouping import summed

        for name in asked.sums + asked.avgs:
            summed(name, schema, of=asked.of)


def _number(context: Context, wanted: Query, asked: Asked, *, archived: bool) -> int:
    """How many rows there are; of records without loading them."""
    from textcrm.vault import finding

    if context.reveal or asked.of:
        return len(_docs(context, wanted, asked, archived=archived))
    vault = context.vault()
    return finding.backend(vault).count(wanted, finding.Docs(vault), archived=archived)


def _groups(context: Context, wanted: Query, asked: Asked, *, archived: bool) -> Groups:
    from textcrm.cli import groups

    if not context.reveal:
        return groups.of_query(context, wanted.text, asked, archived=archived)
    return groups.of_docs(context, _docs(context, wanted, asked, archived=archived), asked)


def _docs(context: Context, wanted: Query, asked: Asked, *, archived: bool) -> list[Doc]:
    """The rows: records, or views of their items, in order."""
    from textcrm.search.items import items
    from textcrm.search.order import sort_docs
    from textcrm.vault import finding

    vault = context.vault()
    grouped = asked.group or asked.sums or asked.avgs
    sort = [] if grouped or asked.of else asked.sort
    if context.reveal:
        docs = _revealed(context, wanted, sort, archived=archived)
    else:
        everybody = finding.Docs(vault)
        docs = finding.backend(vault).fitting(wanted, everybody, sort=sort, archived=archived)
    if asked.of:
        docs = items(docs, tuple(asked.of.split(".")), wanted, archived=archived)
        docs = docs if grouped else sort_docs(docs, asked.sort, of=asked.of)
    return docs


def _revealed(context: Context, wanted: Query, sort: list[str], *, archived: bool) -> list[Doc]:
    """The records that fit with their sealed values open; noted as read."""
    from textcrm.cli.opened import opened_docs
    from textcrm.search.scan import ScanBackend
    from textcrm.vault import access_log

    docs = ScanBackend().fitting(wanted, opened_docs(context), sort=sort, archived=archived)
    if docs:
        access_log.note(context.vault(), "list --reveal", [doc.id for doc in docs])
    return docs


def _table(context: Context, docs: list[Doc], asked: Asked) -> None:
    from textcrm.cli import tables

    shown = docs[: asked.limit]
    chosen = _columns(context, asked)
    if not (context.json or context.reveal or asked.of):
        from textcrm.cli.opened import with_masks

        shown = with_masks(context, shown, chosen)
    if not asked.columns and asked.of and asked.form == "table" and not context.json:
        chosen = [one for one in chosen if any(one.values(d) or one.locked(d) for d in shown)]
    heads = [one.label for one in chosen]
    if context.json:
        context.emit([_json(context, doc, chosen, asked) for doc in shown])
    elif asked.form == "ids":
        for record_id in dict.fromkeys(doc.id for doc in shown):
            context.out.line(record_id)
    elif asked.form in ("csv", "tsv"):
        cells = tables.rows_of(context, chosen, shown, exact=True)
        tables.print_separated(context, asked.form, heads, cells)
    elif shown:
        rows = list(tables.rows_of(context, chosen, shown))
        right = {place for place, one in enumerate(chosen) if one.is_number}
        whole = {place for place, one in enumerate(chosen) if one.is_day or one.name == "id"}
        with context.out.paged():
            tables.print_table(context, heads, rows, right, whole)
            _total(context, len(shown), docs, asked)
        from textcrm.cli import restricting

        restricting.tell(context, docs)


def _total(context: Context, shown: int, docs: list[Doc], asked: Asked) -> None:
    count = len({doc.id for doc in docs}) if asked.of else len(docs)
    if asked.of:
        context.note(
            Text(
                "{shown} of {n} rows (customers: {count})",
                "{count} 位客户，共 {n} 条，显示 {shown} 条",
            )
            if shown < len(docs)
            else Text("rows: {n}, customers: {count}", "{count} 位客户，共 {n} 条"),
            shown=shown,
            n=len(docs),
            count=count,
        )
        return
    context.note(
        Text("{shown} of {count}", "共 {count} 位客户，显示 {shown} 位")
        if shown < count
        else Text("{count} in all", "共 {count} 位客户"),
        shown=shown,
        count=count,
    )


def _columns(context: Context, asked: Asked) -> list[Column]:
    """The columns: those asked for, or the usual ones and those asked for with a plus."""
    from textcrm.search.tabulate import column

    schema = context.vault().schema
    added = [name[1:] for name in asked.columns if name[:1] in "+＋"]
    names = [name for name in asked.columns if name[:1] not in "+＋"]
    chosen: list[Column] = []
    if not names and asked.of:
        chosen = [column("id", schema), column("name", schema)]
        names = _item_names(context, asked.of)
    elif not names:
        roomy = context.json or asked.form != "table" or context.out.room >= WIDE
        names = list(DEFAULT if roomy else NARROW)
    # What was asked for keeps its name: it is the key of the JSON.
    return chosen + [
        column(each, schema, of=asked.of)._replace(name=each) for each in names + added
    ]


def _item_names(context: Context, of: str) -> list[str]:
    """The fields of an item that have one value each; a list of words is its own column."""
    field = context.vault().schema.at(tuple(of.split(".")))
    inner = field.fields if field is not None else ()
    return [each.name for each in inner if each.name != "id" and not each.fields] or [of]


def _json(context: Context, doc: Doc, chosen: Sequence[Column], asked: Asked) -> dict[str, Any]:
    """A row; its keys are the columns as they were asked for.

    ``id`` and ``name`` are the customer's; those of an item stand under ``contacts.name``.
    """
    from textcrm.cli.tables import json_cell, mask_name
    from textcrm.search.items import item_id

    row: dict[str, Any] = {"id": doc.id, "name": mask_name(context, doc.name)}
    path = tuple(asked.of.split("."))
    if asked.of:
        row["item"] = item_id(doc, path)
    for one in chosen:
        inside = asked.of and one.targets and one.targets[0].path[: len(path)] == path
        key = f"{asked.of}.{one.name}" if inside and one.name in row else one.name
        row[key] = json_cell(context, one, doc)
    return row
