"""textcrm duplicates: customers that may be one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.completing import query_words
from textcrm.cli.frame import Count, argument, command, option
from textcrm.cli.reading import report_broken
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.duplicates import Compared, Group


@command(
    "duplicates",
    dash_words=True,
    help=Text(
        "Customers that may be one and the same, in groups, with a score and the reasons, the surest "
        "first. Nothing is changed: textcrm merge makes one of two, and asks. With a QUERY only the "
        "groups with a customer that it finds.",
        "列出可能重复的客户：按组显示相似度和理由，最可能的在前。不做任何改动；确认后用 textcrm merge 合并。"
        "给出查询条件时，只列出含有命中客户的组。",
    ),
    examples=[
        (Text("all", "全部"), "textcrm duplicates"),
        (Text("those added this month", "本月新增的客户"), "textcrm duplicates created:2026-05"),
        (
            Text("the sure ones, for a program", "只要把握大的，供程序读取"),
            "textcrm duplicates --min-score 0.9 --json",
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
    "--min-score",
    "least",
    metavar="SCORE",
    help=Text(
        "only groups of at least that score, 0 to 1 (0.5)", "最低相似度，0 到 1（默认 0.5）"
    ),
)
@option(
    "--sealed",
    is_flag=True,
    help=Text(
        "sealed numbers too, compared in memory with your key; none is shown",
        "用您的密钥在内存中比较加密的号码，不显示内容",
    ),
)
@option("--limit", type=Count(), metavar="N", help=Text("at most so many", "最多条数"))
@option("--count", is_flag=True, help=Text("print the number only", "只输出数量"))
def run(
    context: Context,
    query: tuple[str, ...],
    least: str | None,
    sealed: bool,
    limit: int | None,
    count: bool,
) -> None:
    """List duplicates."""
    from textcrm.matching import evidence
    from textcrm.quality.duplicates import compare_all

    score = evidence.POSSIBLE if least is None else _score(least)
    with context.progress(Text("comparing", "比较")) as progress:
        compared = compare_all(
            context.vault(), " ".join(query), least=score, sealed=sealed, progress=progress
        )
    found = compared.groups
    report_broken(context)
    _tell_rest(context, compared)
    if count:
        context.out.line(str(len(found)))
    elif context.json:
        context.emit([_json(context, one) for one in found[:limit]])
    else:
        _show(context, found, limit)
    if not found:
        context.exit(1)


def _tell_rest(context: Context, compared: Compared) -> None:
    """Note what was opened, and tell what was not compared."""
    if compared.read:
        from textcrm.cli.noted import note_read

        note_read(context, "duplicates --sealed", compared.read)
    if compared.closed:
        context.warn(
            Text(
                "{count} sealed values are not for your key; they were not compared",
                "{count} 个加密值您的密钥无法打开，未参与比较",
            ),
            count=sum(compared.closed.values()),
        )
    if compared.left_out:
        context.warn(
            Text(
                "too many customers are alike: for the {count} commonest parts of names, places and "
                "numbers nobody was compared; ask with a QUERY for a part of them",
                "相似的客户过多：最常见的 {count} 个名称片段、地点或号码未用于比较；可加查询条件分批查看",
            ),
            count=compared.left_out,
        )


def _score(word: str) -> float:
    """A score as 0.9 or 90%. Raises Misuse (bad-score)."""
    text = word.strip().rstrip("%％")
    try:
        number = float(text) / (100 if text != word.strip() else 1)
    except ValueError:
        number = -1.0
    if 0 <= number <= 1:
        return number
    raise Misuse(
        "bad-score",
        Text("“{value}” is no score from 0 to 1", "“{value}”不是 0 到 1 之间的相似度"),
        hint=Text("for example: --min-score 0.9", "例如：--min-score 0.9"),
        value=word[:40],
    )


def _show(context: Context, found: list[Group], limit: int | None) -> None:
    if not found:
        context.say(Text("no duplicates found", "没有发现重复的客户"))
        return
    for group in found[:limit]:
        _group(context, group)
    if limit is not None and len(found) > limit:
        context.hint(Text("and {n} groups more", "另有 {n} 组"), n=len(found) - limit)
    first = found[0]
    context.hint(
        Text("make one of two: textcrm merge {a} {b}", "合并两条：textcrm merge {a} {b}"),
        a=first.ids[0],
        b=first.ids[1],
    )


def _group(context: Context, group: Group) -> None:
    from textcrm.cli import likeness
    from textcrm.cli.tables import mask_name

    word, style = likeness.level(context, group.level)
    context.out.parts((f"{group.score:.0%}", style), (f"  {word}", style))
    for own, name in zip(group.ids, group.names, strict=True):
        context.out.line(f"  {own}  {mask_name(context, name)}")
    many = len(group.ids) > 2
    for link in group.links:
        head = f"{link.ids[0]} ≈ {link.ids[1]}: " if many else ""
        context.out.line(f"    {head}{likeness.reasons(context, link.reasons)}", style="dim")


def _json(context: Context, group: Group) -> dict[str, Any]:
    from textcrm.cli.likeness import reason_json
    from textcrm.cli.tables import mask_name

    return {
        "ids": list(group.ids),
        "score": group.score,
        "reasons": list(group.reasons),
        "level": group.level,
        "names": [mask_name(context, name) for name in group.names],
        "links": [
            {
                "ids": list(link.ids),
                "score": link.score,
                "reasons": [reason_json(context, each) for each in link.reasons],
            }
            for link in group.links
        ],
    }
