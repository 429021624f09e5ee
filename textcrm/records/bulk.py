"""One edit of many customers: looked at before it is made, and one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import changes, store, yamlfile
from textcrm.vault.finding import Docs, backend, query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textcrm.changes import Change
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Planned(NamedTuple):
    """What an edit would do to one customer."""

    id: str
    name: str
    path: str
    before: str
    after: str
    changes: tuple[Change, ...]


def chosen(vault: Vault, text: str) -> list[str]:
    """The ids of the customers that a query finds, archived ones only where it asks for them.

    Raises Misuse (query-syntax).
    """
    found = backend(vault).fitting(query(vault, text), Docs(vault))
    return [doc.id for doc in found]


def plan(vault: Vault, ids: Sequence[str], edit: Callable[[Record], str]) -> Iterator[Planned]:
    """What an edit would change, customer by customer; those that it leaves alone are left out.

    Raises what the edit raises: Misuse for a path, Invalid for a value.
    """
    for one in ids:
        record = vault.get(one)
        text = edit(record)
        if text != record.text:
            after = store.parse(record.path, yamlfile.encode(text), vault.schema)
            compared = changes.compare(record.raw, after.raw, vault.schema)
            yield Planned(record.id, record.name, record.path, record.text, text, tuple(compared))


def apply(
    vault: Vault,
    op: str,
    planned: Sequence[Planned],
    edit: Callable[[Record], str],
    *,
    reason: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Make an edit of many customers: all of it in one commit, or nothing.

    A customer that somebody changed since it was looked at is edited as it is now. Raises Invalid
    where a record would break the schema, Conflict where one has uncommitted edits.
    """

    def draw(draft: Draft) -> None:
        for done, one in enumerate(planned, 1):
            draft.edit(
                one.path,
                lambda current, one=one: (  # type: ignore[misc]
                    one.after if current.text == one.before else edit(current)
                ),
            )
            if progress is not None:
                progress(done)

    return vault.write(op, draw, reason=reason)
