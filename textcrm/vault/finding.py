"""Finding in a vault: the query language over its records, through the search backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.query import parse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from textcrm.query import Doc, Query
    from textcrm.search import Backend, Hit
    from textcrm.search.indexed import IndexedBackend
    from textcrm.vault.vault import Vault


_ME: Final = ("me", "我", "本人")


def query(
    vault: Vault,
    text: str,
    *,
    views: Mapping[str, str] | None = None,
    me: str | None = None,
    today: dt.date | None = None,
) -> Query:
    """Read a query with this vault's fields, views and people. Raises Misuse (query-syntax).

    ``views`` stand in for those of the settings, by name; ``me`` for git's user, by id; ``today``
    for the day that ages count from.
    """
    views = vault.config.views if views is None else views
    texts = (text, *views.values()) if "@" in text or "＠" in text else (text,)
    if me is None and any(word in each for each in texts for word in _ME):
        person = vault.me()
        me = person.id if person else None
    return parse(
        text,
        vault.schema,
        views=views,
        today=today or vault.today,
        me=me,
        people=lambda: {
            **vault.access.former,
            **{person.id: person.name for person in vault.access.people},
        },
    )


def docs(vault: Vault) -> Iterator[Doc]:
    """Every record as search sees it; unreadable files gather in ``vault.broken``."""
    return vault.docs()


class Docs:
    """Every record of a vault: read when first gone through, kept for the next time.

    A backend with an index never goes through them.
    """

    __slots__ = ("_known", "_vault")

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: list[Doc] | None = None

    def __iter__(self) -> Iterator[Doc]:
        if self._known is None:
            self._known = list(docs(self._vault))
        return iter(self._known)


def backend(vault: Vault) -> Backend:
    """The search backend of a vault, on its catalog as the files are now."""
    return _indexed(vault)


def _indexed(vault: Vault) -> IndexedBackend:
    from textcrm.search.engine import open_index
    from textcrm.search.indexed import IndexedBackend
    from textcrm.vault.engine import engine_of

    catalog = vault.catalog()
    return IndexedBackend(catalog, open_index(engine_of(vault), catalog), vault.telling)


def rows(vault: Vault, wanted: Query, *, archived: bool = False) -> set[int]:
    """The numbers, in the catalog, of the records that fit."""
    return _indexed(vault).rows(wanted, archived=archived)


def search(
    vault: Vault,
    text: str,
    *,
    sort: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    archived: bool = False,
    sealed: bool = False,
) -> list[Hit]:
    """The records that fit a query, best first.

    With ``sealed`` words are looked for in sealed values as well, which the keys at hand open in
    memory. Raises KeyMissing (no-key) where they open none.
    """
    if sealed:
        from textcrm.search.scan import ScanBackend
        from textcrm.vault.opening import OpenedDocs

        opened = OpenedDocs(vault)
        opened.demand_some()
        return ScanBackend().search(
            query_sealed(vault, text), opened, sort=sort, limit=limit, offset=offset,
            archived=archived,
        )  # fmt: skip
    wanted = query(vault, text)
    return backend(vault).search(
        wanted, Docs(vault), sort=sort, limit=limit, offset=offset, archived=archived
    )


def query_sealed(vault: Vault, text: str) -> Query:
    """As :func:`query`, for sealed values: a word is found inside another as well."""
    wanted = query(vault, text)
    for word in wanted.words:
        word.infix = True
    return wanted


def tags(vault: Vault) -> dict[str, int]:
    """How many times each tag is in use."""
    from collections import Counter

    catalog = vault.catalog()

    def counted() -> dict[str, int]:
        found: Counter[str] = Counter()
        path = ("tags",)
        for tag, count in catalog.values.counts(path).items():
            if isinstance(tag, str) and tag:
                found[tag] += count
        # What is too long for the table of values is in the record.
        for doc in catalog.docs(catalog.values.unkept(path)):
            known = [one for one in doc.values(path) if isinstance(one, str)]
            found.update(one for one in known if not catalog.values.is_kept_text(one))
        return dict(found)

    return catalog.safely(counted)
