"""Saved views: queries with names, shared in textcrm.yaml, changed by careful edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm import config, yamlfile
from textcrm.errors import Misuse, NotFound, TextcrmError
from textcrm.query.fold import fold_word
from textcrm.query.lexer import Lexer
from textcrm.query.mistakes import nearest, short
from textcrm.search.order import bare
from textcrm.search.tabulate import column
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textcrm.config import View
    from textcrm.vault.draft import Draft
    from textcrm.vault.vault import Result, Vault

_LONGEST: Final = 40
_SIGNS: Final = frozenset(":：\\\"'“”‘’#,，、;；$`")


def find(vault: Vault, name: str) -> tuple[str, View]:
    """A view with its name as written, ``@`` before it or not. Raises NotFound (no-such-view)."""
    views = vault.config.saved_views
    spelled = _spelled(name, views)
    if spelled in views:
        return spelled, views[spelled]
    close = nearest(spelled, views)
    raise NotFound(
        "no-such-view",
        Text("there is no view “{view}”", "没有视图“{view}”"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("all views: textcrm view list", "查看全部视图：textcrm view list"),
        view=short(spelled),
        suggestion=close,
    )


def save(
    vault: Vault,
    name: str,
    view: View,
    *,
    replace: bool = False,
    reason: str | None = None,
) -> Result:
    """Save a view as one commit; comments and all other lines of textcrm.yaml stay.

    Raises Misuse: ``view-name`` for a name that ``@name`` could not call, ``view-exists`` unless
    ``replace``, ``query-syntax`` for a query that cannot be read (also one that leads back to this
    view, or to an unknown one), ``unknown-field`` for a column or sort.
    """
    name = _checked_name(name)

    def plan(draft: Draft) -> None:
        text, views = _read(draft)
        spelled = _spelled(name, views)
        if spelled in views and views[spelled] != view and not replace:
            raise _exists(spelled, views[spelled])
        _check(vault, {**views, spelled: view}, spelled)
        if views.get(spelled) != view:
            value = _stored(view)
            _write(draft, yamlfile.set_value(text, ("views", spelled), value), text)

    return vault.write("view", plan, reason=reason, subject="vault: save a view")


def remove(vault: Vault, name: str, *, reason: str | None = None) -> Result:
    """Remove a view as one commit. Raises NotFound, Misuse (view-in-use)."""

    def plan(draft: Draft) -> None:
        text, views = _read(draft)
        spelled = _spelled(name, views)
        if spelled not in views:
            find(vault, name)
        users = [other for other, view in views.items() if fold_word(spelled) in calls(view.query)]
        users = [other for other in users if other != spelled]
        if users:
            raise Misuse(
                "view-in-use",
                Text("the view “{view}” is used by {users}", "视图“{view}”被 {users} 引用"),
                hint=Text("change or remove those first", "请先修改或删除这些视图"),
                view=spelled,
                users=users,
            )
        path = ("views", spelled) if len(views) > 1 else ("views",)
        _write(draft, yamlfile.delete(text, path), text)

    return vault.write("view", plan, reason=reason, subject="vault: remove a view")


def problem_of(vault: Vault, name: str) -> TextcrmError | None:
    """What is wrong with a view as it stands in textcrm.yaml, None where it can be asked."""
    try:
        _check(vault, vault.config.saved_views, name)
    except TextcrmError as error:
        return error
    return None


def sole(vault: Vault, query: str) -> View | None:
    """The view that a query is made of where it is nothing but ``@name``; its table is meant."""
    text = query.strip()
    if not text.startswith(("@", "＠")):
        return None
    views = vault.config.saved_views
    called = calls(text)
    return views.get(_spelled(text, views)) if len(called) == 1 else None


def calls(query: str) -> set[str]:
    """The views that a query calls, folded; nothing of a query that cannot be read."""
    try:
        tokens = Lexer(query).tokens()
    except Misuse:
        return set()
    return {fold_word(token.text) for token in tokens if token.kind == "view"}


def _spelled(name: str, views: Mapping[str, Any]) -> str:
    """The name as the settings write it, where they know it."""
    word = name.strip().lstrip("@＠")
    folded = fold_word(word)
    return next((known for known in views if fold_word(known) == folded), word)


def _checked_name(name: str) -> str:
    word = name.strip().lstrip("@＠")
    try:
        tokens = Lexer("@" + word).tokens() if word.isprintable() and word else []
    except Misuse:
        tokens = []
    callable_ = len(tokens) == 1 and tokens[0].kind == "view" and tokens[0].text == word
    if callable_ and len(word) <= _LONGEST and not set(word) & _SIGNS:
        return word
    raise Misuse(
        "view-name",
        Text("“{view}” will not do as a view's name", "“{view}”不能用作视图名称"),
        hint=Text(
            "letters, digits and characters without spaces, signs or parentheses, up to {limit}",
            "请用文字、字母或数字，不含空格、括号和标点，最长 {limit} 个字符",
        ),
        view=short(name),
        limit=_LONGEST,
    )


def _read(draft: Draft) -> tuple[str, dict[str, View]]:
    data = draft.read(config.FILE_NAME) or b""
    return yamlfile.decode(data, file=config.FILE_NAME), config.read(data).saved_views


def _write(draft: Draft, text: str, before: str) -> None:
    """Write the settings; what could not be read again is refused by reading it."""
    data = yamlfile.encode(text)
    config.read(data)
    if text != before:
        draft.write(config.FILE_NAME, data)


def _stored(view: View) -> Any:
    """A view as it stands in the file: the query alone where there is no more to it."""
    if not view.columns and not view.sort:
        return view.query
    tree: dict[str, Any] = {"query": view.query}
    if view.columns:
        tree["columns"] = list(view.columns)
    if view.sort:
        tree["sort"] = list(view.sort)
    return tree


def _check(vault: Vault, views: Mapping[str, View], name: str) -> None:
    from textcrm.vault.finding import query

    view = views[name]
    # Who asks is not known before the view is used: owner:me is right for everybody.
    query(vault, view.query, views={each: one.query for each, one in views.items()}, me="me")
    _columns(vault, view.columns)
    _columns(vault, [bare(each) for each in view.sort])


def _columns(vault: Vault, names: Sequence[str]) -> None:
    for name in names:
        column(name, vault.schema)


def _exists(name: str, view: View) -> Misuse:
    return Misuse(
        "view-exists",
        Text("there is a view “{view}” already: {query}", "视图“{view}”已存在：{query}"),
        hint=Text("to put the new one in its place: --replace", "要覆盖它请加 --replace"),
        view=name,
        query=short(view.query, 80),
    )
