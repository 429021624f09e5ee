"""Finding in a vault: the query language over its records, through the search backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.query import Doc, parse
from textcrm.search import ScanBackend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.query import Query
    from textcrm.search import Backend, Hit
    from textcrm.vault.vault import Vault


def query(vault: Vault, text: str) -> Query:
    """Read a query with this vault's fields, views and people. Raises Misuse (query-syntax)."""
    me = vault.me() if "me" in text or "我" in text else None
    return parse(
        text,
        vault.schema,
        views=vault.config.views,
        today=vault.today,
        me=me.id if me else None,
        people={person.id: person.name for person in vault.access.people},
    )


def docs(vault: Vault) -> Iterator[Doc]:
    """Every record as search sees it; unreadable files gather in ``vault.broken``."""
    settings = vault.config.derived_settings()
    for record in vault.records():
        yield Doc.of(record, vault.today, settings)


def backend(vault: Vault) -> Backend:
    """The search backend of a vault."""
    del vault
    return ScanBackend()


def search(
    vault: Vault,
    text: str,
    *,
    sort: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    archived: bool = False,
) -> list[Hit]:
    """The records that fit a query, best first."""
    wanted = query(vault, text)
    return backend(vault).search(
        wanted, docs(vault), sort=sort, limit=limit, offset=offset, archived=archived
    )
