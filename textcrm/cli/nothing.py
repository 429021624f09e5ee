"""Nothing found: which part of the query it was, what is near, and whether the archive has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.cli.context import Context
    from textcrm.query import Doc, Query
    from textcrm.query.lexer import Token
    from textcrm.search import Backend

_NOBODY = Text("no customer fits", "没有符合条件的客户")
_DIGITS = 4  # of an account or id number, as people look for one
_MOST_PARTS = 8  # of a long query are looked at one by one


def nothing_found(
    context: Context,
    backend: Backend,
    wanted: Query,
    docs: Iterable[Doc],
    *,
    archived: bool,
    opened: bool = False,
) -> None:
    """Say on stderr why a query may have found nothing, and what to try.

    ``opened``: sealed values were looked into.
    """
    if context.json or context.quiet:
        return
    if not backend.count(_everybody(context), docs, archived=True):
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
                "nothing found; archived customers that fit: {n} (--archived)",
                "没有找到；已归档客户中有 {n} 位符合，请加 --archived",
            ),
            n=put_aside,
        )
        return
    if wanted.sealed and context.vault().access.has_keys:  # who has it, nobody can say here
        context.hint_error(_NOBODY)
        return
    parts = _parts(wanted.text)
    missing = [part for part in parts if not _found(context, backend, part, docs)]
    _say_why(context, parts, missing)
    meant = [text for part in missing for text in _meant(context, part)]
    near = [] if meant or context.mask else _near(context, backend, missing, docs)
    if not opened:
        _say_sealed(context, missing)
    if meant or near:
        context.hint_error(Text("did you mean {near}?", "是不是 {near}？"), near=meant or near)
    elif any(part.kind == "word" for part in missing):
        context.hint_error(
            Text(
                "fewer or shorter words find more; pinyin and part of a phone will do",
                "词少一些、短一些更容易找到；也可输入拼音、电话的一部分",
            )
        )


def _say_sealed(context: Context, missing: list[Token]) -> None:
    """Where sealed values may hold what was looked for: contacts are sealed, or it is a number."""
    vault = context.vault()
    words = [part.text for part in missing if part.kind in ("word", "phrase")]
    numbers = [word for word in words if sum(map(str.isdigit, word)) >= _DIGITS]
    if not vault.access.has_keys or not (words if vault.config.seal_contact else numbers):
        return
    context.hint_error(
        Text(
            "sealed values were not looked into; with your key: textcrm search --sealed ...",
            "没有查找加密内容；如有密钥，请用 textcrm search --sealed …",
        )
    )


def _everybody(context: Context) -> Query:
    from textcrm.vault import finding

    return finding.query(context.vault(), "")


def _say_why(context: Context, parts: list[Token], missing: list[Token]) -> None:
    if missing:
        sources = [part.source for part in missing]
        context.hint_error(
            Text("nothing found: no customer has {missing}", "没有找到：没有客户符合{missing}"),
            missing=Text(
                ", ".join(f"“{word}”" for word in sources),
                "、".join(f"“{word}”" for word in sources),
            ),
        )
    elif len(parts) > 1:
        context.hint_error(
            Text(
                "nothing found: each part fits somebody, but nobody fits all; leave one out",
                "没有找到：各个条件都有客户符合，但没有客户全部符合，去掉一个试试",
            )
        )
    else:
        context.hint_error(_NOBODY)


def _parts(query: str) -> list[Token]:
    """The words and clauses of a query that should be there; not those that should not."""
    from textcrm.query.lexer import Lexer

    found: dict[str, Token] = {}
    before = ""
    for token in Lexer(query).tokens():
        if token.kind in ("word", "phrase", "field") and token.source and before != "not":
            found.setdefault(token.source, token)
        before = token.kind
    return list(found.values())[:_MOST_PARTS]


def _found(context: Context, backend: Backend, part: Token, docs: Iterable[Doc]) -> bool:
    from textcrm.vault import finding

    try:
        alone = finding.query(context.vault(), part.source)
    except Misuse:  # it means something only where it stands
        return True
    return backend.count(alone, docs, archived=True) > 0


def _meant(context: Context, part: Token) -> list[str]:
    """A clause that a plain word is the value of: 合作中 is 合作状态:合作中, 王芳 is 跟进人:王芳."""
    if part.kind != "word":
        return []
    vault = context.vault()
    for field in vault.schema.fields:
        is_person = field.kind == "person" and vault.access.find(part.text) is not None
        if is_person or (field.enum and field.enum_value(part.text) is not None):
            name = field.label.zh if context.language == "zh" else field.name
            return [f"{name}:{part.text}"]
    return []


def _near(
    context: Context, backend: Backend, missing: list[Token], docs: Iterable[Doc]
) -> list[str]:
    """What there is that is like the words, or the values of the fields."""
    found: list[str] = []
    for part in missing:
        if part.kind == "field" and part.value is not None and not part.operator:
            values = _near_values(context, part.text, part.value, docs)
            found += [f"{part.text}:{value}" for value in values]
        elif part.kind != "field":
            found += backend.suggest(part.text, docs)
    return list(dict.fromkeys(found))[:3]


def _near_values(context: Context, name: str, value: str, docs: Iterable[Doc]) -> list[str]:
    from textcrm.query.fold import fold_word
    from textcrm.search.suggest import near
    from textcrm.search.tabulate import column

    chosen = column(name, context.vault().schema)
    if chosen.kind == "person":
        people = context.vault().access.people
        return near(value, {fold_word(word): word for p in people for word in (p.name, p.id)})
    texts = {str(each) for doc in docs for each in chosen.distinct(doc) if isinstance(each, str)}
    return near(value, {fold_word(text): text for text in sorted(texts)})
