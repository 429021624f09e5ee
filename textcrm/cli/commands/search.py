"""textcrm search: find customers, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.query import Query
    from textcrm.search import Facet, Hit, Match


@command(
    "search",
    dash_words=True,
    help=Text(
        "Find customers by words in any field, in any order; by pinyin, by part of a phone; with "
        "field:value, tag:, -word, OR, comparisons (see: textcrm help query).",
        "在所有字段中查找，词序不限；支持拼音、电话片段，以及 字段:值、tag:标签、-排除、OR、比较（见 textcrm help query）。",
    ),
    examples=[
        (Text("words", "按词"), "textcrm search 云帆 报价"),
        (Text("with conditions", "加条件"), "textcrm search 报价 状态:合作中 -tag:价格敏感"),
        (Text("counts by value", "按取值统计"), "textcrm search 张 --facet status"),
    ],
)
@argument("words", nargs=-1, metavar="QUERY", help=Text("what to find", "查询内容"))
@option(
    "--limit",
    type=int,
    default=20,
    metavar="N",
    help=Text("at most so many (20)", "最多条数（默认 20）"),
)
@option(
    "--offset",
    type=int,
    default=0,
    metavar="N",
    help=Text("pass over the first so many", "跳过前若干条"),
)
@option(
    "--sort",
    multiple=True,
    metavar="FIELD",
    help=Text("sort by a field instead; -FIELD turns it round", "按字段排序，-字段 为倒序"),
)
@option(
    "--facet",
    multiple=True,
    metavar="FIELD",
    help=Text("count the values of a field", "统计某字段的取值"),
)
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
def run(
    context: Context,
    words: tuple[str, ...],
    limit: int,
    offset: int,
    sort: tuple[str, ...],
    facet: tuple[str, ...],
    archived: bool,
) -> None:
    """Find customers."""
    from textcrm.search import ScanBackend
    from textcrm.vault.finding import docs, query

    vault = context.vault()
    wanted = query(vault, " ".join(words))
    found = list(docs(vault))
    backend = ScanBackend()
    hits = backend.search(wanted, found, sort=sort, limit=limit, offset=offset, archived=archived)
    report_broken(context)
    if facet:
        facets = backend.facets(wanted, found, facet, archived=archived)
        _facets(context, facets)
    elif context.json:
        context.emit([_json(context, hit) for hit in hits])
    else:
        total = backend.count(wanted, found, archived=archived)
        _print(context, hits, total, offset)
    if not hits:
        _nothing(context, wanted, [doc.name for doc in found])
        context.exit(1)


def _json(context: Context, hit: Hit) -> dict[str, Any]:
    from textcrm.cli.show import plain

    typed = hit.doc.typed
    return {
        "id": hit.id,
        "name": _name(context, hit.doc.name),
        "type": typed.get("type"),
        "status": typed.get("status"),
        "owner": typed.get("owner"),
        "last_contact": plain(hit.doc.derived.get("last_contact")),
        "score": round(hit.score, 3),
        "matches": [
            {
                "field": one.field,
                "path": "/" + "/".join(map(str, one.path)),
                "snippet": _snippet(context, one),
            }
            for one in hit.matches
        ],
    }


def _name(context: Context, name: str) -> str:
    if not context.mask:
        return name
    from textcrm.normalize.masks import mask

    return mask("name", name)


def _snippet(context: Context, match: Match) -> str:
    if not context.mask:
        return match.snippet
    from textcrm.cli.show import is_personal
    from textcrm.normalize.masks import mask

    field = context.vault().schema.at(match.path)
    return (
        mask(field.kind, match.snippet)
        if field is not None and is_personal(field)
        else match.snippet
    )


def _print(context: Context, hits: list[Hit], total: int, offset: int) -> None:
    out = context.out
    with out.paged():
        for hit in hits:
            out.line(f"{hit.id}  {_name(context, hit.doc.name)}", style="bold")
            for match in hit.matches[:3]:
                label = match.label.say(context.language)
                colon = "：" if context.language == "zh" else ": "
                out.marked(
                    f"    {label}{colon}",
                    _snippet(context, match),
                    match.spans if not context.mask else (),
                )
        if hits:
            context.say(
                Text("{shown} of {total}", "共 {total} 位，显示 {shown} 位"),
                shown=len(hits),
                total=total,
            )
    if total > offset + len(hits):
        context.hint(Text("more: --offset {n}", "更多：--offset {n}"), n=offset + len(hits))


def _facets(context: Context, facets: dict[str, list[Facet]]) -> None:
    if context.json:
        context.emit(
            {
                name: [
                    {
                        "value": one.value,
                        "label": one.label.say(context.language),
                        "count": one.count,
                    }
                    for one in found
                ]
                for name, found in facets.items()
            }
        )
        return
    for name, found in facets.items():
        context.out.table(
            [Text(name, name), Text("Customers", "客户数")],
            [[one.label.say(context.language), str(one.count)] for one in found],
            right={1},
        )


def _nothing(context: Context, wanted: Query, names: list[str]) -> None:
    import difflib

    words = wanted.text.split()
    near = difflib.get_close_matches(words[0], names, n=3, cutoff=0.5) if words else []
    context.hint_error(
        Text("nothing found; did you mean {near}?", "没有找到；是不是 {near}？")
        if near
        else Text(
            "nothing found; fewer or shorter words find more", "没有找到；减少或缩短词语试试"
        ),
        near=near,
    )
