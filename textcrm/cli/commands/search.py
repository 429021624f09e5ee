"""textcrm search: find customers, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.cli.completing import field_names, query_words
from textcrm.cli.frame import Count, argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.cli.context import Context
    from textcrm.query import Doc, Query
    from textcrm.search import Backend, Facet, Hit

USUAL = ("type", "status", "owner")
LIMIT = 20
_PROGRAMS = 1000  # for --json where no page is asked for: a program sees no “more” below


class Page(NamedTuple):
    """One page of a search: what was asked, the hits, how many there are before and in all."""

    words: tuple[str, ...]
    options: tuple[str, ...]
    hits: list[Hit]
    total: int
    offset: int
    limit: int


@command(
    "search",
    dash_words=True,
    help=Text(
        "Find customers by words in any field, in any order; by pinyin, by part of a phone; with "
        "field:value, tag:, -word, OR, comparisons, @views (see: textcrm help query).",
        "在所有字段中查找，词序不限；支持拼音、电话片段，以及 字段:值、tag:标签、-排除、OR、比较、@视图"
        "（见 textcrm help query）。",
    ),
    examples=[
        (Text("words", "按词"), "textcrm search 云帆 报价"),
        (
            Text("pinyin, the last digits of a phone", "拼音、电话尾号"),
            "textcrm search zhangsan 0013",
        ),
        (Text("with conditions", "加条件"), "textcrm search 报价 状态:合作中 -tag:价格敏感"),
        (
            Text("inside sealed values, with your key", "查找加密内容（需密钥）"),
            "textcrm search --sealed 6222",
        ),
        (
            Text("counts by value", "按取值统计"),
            "textcrm search 报价 --facet status,city --limit 0",
        ),
    ],
)
@argument(
    "words",
    shell_complete=query_words,
    nargs=-1,
    metavar="QUERY",
    help=Text("what to find", "查询内容"),
)
@option(
    "--limit",
    type=Count(),
    metavar="N",
    help=Text("so many on a page (20; with --json 1000)", "每页条数（默认 20，--json 时 1000）"),
)
@option("--page", type=Count(1), metavar="N", help=Text("the page, from 1 on", "第几页"))
@option(
    "--offset",
    type=Count(),
    metavar="N",
    help=Text("or pass over the first so many", "或跳过前若干条"),
)
@option(
    "--sort",
    shell_complete=field_names,
    multiple=True,
    metavar="FIELD",
    help=Text("sort by a field instead; -FIELD turns it round", "按字段排序，-字段 为倒序"),
)
@option(
    "--facet",
    shell_complete=field_names,
    multiple=True,
    metavar="FIELD",
    help=Text(
        "count the values of fields too: status,city,created:month",
        "同时统计字段的取值，如 status,city,created:month",
    ),
)
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
@option(
    "--sealed",
    is_flag=True,
    help=Text(
        "in sealed values as well, opened in memory with your key; shown masked",
        "同时查找加密内容：用您的密钥在内存中解开，显示为掩码",
    ),
)
@option(
    "--reveal",
    is_flag=True,
    help=Text("the same, shown in plain", "同上，并显示明文"),
)
def run(
    context: Context,
    words: tuple[str, ...],
    limit: int | None,
    page: int | None,
    offset: int | None,
    sort: tuple[str, ...],
    facet: tuple[str, ...],
    archived: bool,
    sealed: bool,
    reveal: bool,
) -> None:
    """Find customers."""
    from textcrm.cli.tables import listed
    from textcrm.vault import finding

    vault = context.vault()
    context.reveal = reveal
    sealed = sealed or reveal
    wanted = (finding.query_sealed if sealed else finding.query)(vault, " ".join(words))
    names, order = listed(facet), listed(sort) or _view_order(context, " ".join(words))
    _check_names(context, [*names, *order])
    if limit is None:
        limit = _PROGRAMS if context.json and page is None and offset is None else LIMIT
    start = _start(limit, page, offset)
    backend, docs = _where(context, wanted, names, sealed=sealed, archived=archived)
    hits = backend.search(wanted, docs, sort=order, limit=limit, offset=start, archived=archived)
    total = start + len(hits)
    if not hits or len(hits) == limit:
        total = backend.count(wanted, docs, archived=archived)
    report_broken(context)
    if not sealed:
        from textcrm.cli.opened import say_sealed

        say_sealed(context, wanted, order)
    facets = backend.facets(wanted, docs, names, archived=archived) if names else {}
    options = tuple(part for one in sort for part in ("--sort", one))
    options += ("--archived",) if archived else ()
    options += ("--reveal",) if reveal else ("--sealed",) if sealed else ()
    if sealed:
        _note_reading(context, hits)
    _print(context, Page(words, options, hits, total, start, limit), facets, counted=bool(names))
    if not total:
        from textcrm.cli.nothing import nothing_found

        if sealed:  # nothing near is named: it might be sealed
            backend, docs = finding.backend(vault), finding.Docs(vault)
        nothing_found(context, backend, wanted, docs, archived=archived, opened=sealed)
        context.exit(1)


def _where(
    context: Context, wanted: Query, facets: list[str], *, sealed: bool, archived: bool
) -> tuple[Backend, Iterable[Doc]]:
    """What is asked, and of which records: the index, or all records with sealed values open."""
    from textcrm.vault import finding

    vault = context.vault()
    if not sealed:
        return finding.backend(vault), finding.Docs(vault)
    from textcrm.cli.opened import opened_docs, refuse_sealed
    from textcrm.search.scan import ScanBackend

    refuse_sealed(context, facets)
    backend = ScanBackend()
    # Asked once of every record; what follows goes through those that fit.
    fitting = backend.fitting(wanted, opened_docs(context), archived=archived)
    return backend, fitting


def _note_reading(context: Context, hits: list[Hit]) -> None:
    """Note which customers' values were found and shown; what was looked for is noted nowhere."""
    from textcrm.vault import access_log

    if hits:
        access_log.note(context.vault(), "search --sealed", [hit.id for hit in hits])


def _view_order(context: Context, text: str) -> list[str]:
    """The order of a view, where the query is nothing else."""
    if not text.startswith(("@", "＠")):
        return []
    from textcrm.vault.views import sole

    view = sole(context.vault(), text)
    return list(view.sort) if view else []


def _start(limit: int, page: int | None, offset: int | None) -> int:
    if page is not None and offset is not None:
        raise Misuse(
            "page-or-offset",
            Text("--page and --offset say the same thing", "--page 和 --offset 只能用一个"),
            hint=Text("leave one of them out", "请去掉其中一个"),
        )
    return (page - 1) * limit if page is not None else offset or 0


def _check_names(context: Context, names: list[str]) -> None:
    """Name a mistyped field also where nothing fits."""
    from textcrm.search.order import bare
    from textcrm.search.tabulate import column

    for name in names:
        column(bare(name), context.vault().schema)


def _print(context: Context, page: Page, facets: dict[str, list[Facet]], *, counted: bool) -> None:
    from textcrm.cli import hits

    if context.json:
        found = [hits.json_of(context, hit) for hit in page.hits]
        if counted:
            context.emit(
                {"total": page.total, "hits": found, "facets": hits.facets_json(context, facets)}
            )
        else:
            context.emit(found)
        return
    with context.out.paged():
        for hit in page.hits:
            hits.print_hit(context, hit)
        for name, found_facets in facets.items():
            hits.print_facet(context, name, found_facets)
        from textcrm.cli import restricting

        restricting.tell(context, [hit.doc for hit in page.hits])
        if page.hits:
            _footer(context, page, counted=counted)
        elif page.total and not page.limit:
            context.note(Text("{total} found", "共 {total} 位客户"), total=page.total)
        elif page.total:
            context.hint(
                Text("there are only {total}: --page 1", "一共只有 {total} 位，见 --page 1"),
                total=page.total,
            )


def _footer(context: Context, page: Page, *, counted: bool) -> None:
    last = page.offset + len(page.hits)
    if len(page.hits) == page.total:
        context.note(Text("{total} found", "共 {total} 位客户"), total=page.total)
        return
    context.note(
        Text(
            "{first} to {last} of {total} customers", "共 {total} 位客户，显示第 {first}–{last} 位"
        ),
        first=page.offset + 1,
        last=last,
        total=page.total,
    )
    if last < page.total:
        context.hint(Text("more: {command}", "下一页：{command}"), command=_next(page))
        if not counted:
            context.hint(
                Text(
                    "narrow it down by counts: --facet {usual}",
                    "按取值统计以缩小范围：--facet {usual}",
                ),
                usual=",".join(USUAL),
            )


def _next(page: Page) -> str:
    """The command that shows the next page."""
    words = ["textcrm", "search", *page.words, *page.options]
    if page.limit != LIMIT:
        words += ["--limit", str(page.limit)]
    if page.offset % page.limit:
        words += ["--offset", str(page.offset + len(page.hits))]
    else:
        words += ["--page", str(page.offset // page.limit + 2)]
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """A word as a shell wants it; Chinese needs no quotes."""
    import shlex

    plain = bool(word) and all(char.isalnum() or char in "@%+=:,./-_：，" for char in word)
    return word if plain else shlex.quote(word)
