"""Nothing found: which word it was, what is near, and whether the archive has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.query import Doc, Query
    from textcrm.query.terms import Term
    from textcrm.search import Backend

_MOST_WORDS = 8  # of a long query are looked at one by one


def nothing_found(
    context: Context, backend: Backend, wanted: Query, docs: list[Doc], *, archived: bool
) -> None:
    """Say on stderr why a search may have found nothing, and what to try."""
    if context.json or context.quiet:
        return
    if not docs:
        context.hint_error(
            Text(
                'no customers yet; the first one: textcrm add "NAME"',
                "还没有客户；新增第一位：textcrm add 名称",
            )
        )
        return
    if not archived and (put_aside := backend.count(wanted, docs, archived=True)):
        context.hint_error(
            Text(
                "nothing found; {n} archived customers fit: --archived",
                "没有找到；已归档客户中有 {n} 位符合，请加 --archived",
            ),
            n=put_aside,
        )
        return
    terms = {term.raw: term for term in wanted.words}
    missing = [
        word
        for word in list(terms)[:_MOST_WORDS]
        if not _found(context, backend, terms[word], docs)
    ]
    near = _near(context, backend, missing, docs)
    if missing:
        context.hint_error(
            Text(
                "nothing found: no customer has {missing}",
                "没有找到：任何客户资料中都没有{missing}",
            ),
            missing=Text(
                ", ".join(f"“{word}”" for word in missing),
                "、".join(f"“{word}”" for word in missing),
            ),
        )
    elif len(wanted.words) > 1:
        context.hint_error(
            Text(
                "nothing found: each word is there, but no customer has all of it; leave one out",
                "没有找到：这些词都有，但没有一位客户同时符合，去掉一个试试",
            )
        )
    else:
        context.hint_error(
            Text(
                "nothing found: no customer fits all conditions; take one away",
                "没有找到：没有客户符合全部条件，去掉一个条件试试",
            )
        )
    if near:
        context.hint_error(Text("did you mean {near}?", "是不是 {near}？"), near=near)
    elif missing:
        context.hint_error(
            Text(
                "fewer or shorter words find more; pinyin and part of a phone will do",
                "词少一些、短一些更容易找到；也可输入拼音、电话的一部分",
            )
        )


def _found(context: Context, backend: Backend, term: Term, docs: list[Doc]) -> bool:
    from textcrm.query import quote
    from textcrm.vault import finding

    text = quote(term.raw) if term.phrase else term.raw
    try:
        return backend.count(finding.query(context.vault(), text), docs, archived=True) > 0
    except Misuse:  # a word that is none by itself, such as OR
        return True


def _near(context: Context, backend: Backend, missing: list[str], docs: list[Doc]) -> list[str]:
    """Words that are near; none where names are to be hidden."""
    if context.mask:
        return []
    return list(dict.fromkeys(near for word in missing for near in backend.suggest(word, docs)))[
        :3
    ]
