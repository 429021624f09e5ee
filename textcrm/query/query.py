"""A query: read, bound to a schema, asked of one record at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.query import grammar, nodes
from textcrm.query.bind import Binder, Setting

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from textcrm.query.doc import Doc
    from textcrm.query.names import Target
    from textcrm.query.nodes import Bound
    from textcrm.query.terms import Term
    from textcrm.schema import Schema


class Query:
    """What is looked for.

    ``words`` are the free words and phrases that a record should hold, for ranking and
    highlighting. ``names_archived`` says that the query itself decides about archived records.
    ``sealed`` are the sealed places whose values it compares: nothing, unless somebody opens them.
    """

    __slots__ = ("_node", "names_archived", "sealed", "text", "words")

    def __init__(
        self,
        text: str,
        node: Bound,
        words: tuple[Term, ...],
        *,
        names_archived: bool,
        sealed: tuple[Target, ...] = (),
    ) -> None:
        self.text = text
        self.words = words
        self.sealed = sealed
        self.names_archived = names_archived
        self._node = node

    def __repr__(self) -> str:
        return f"Query({self.text!r})"

    @property
    def node(self) -> Bound:
        """What is asked, for a backend that answers parts of it in its own way."""
        return self._node

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing and so finds everything."""
        return not self.text.strip()

    def matches(self, doc: Doc, *, archived: bool = False) -> bool:
        """Whether a record fits.

        Archived records fit only where the query asks for them (``is:archived``,
        ``archived:any``) or with ``archived``.
        """
        if doc.archived and not archived and not self.names_archived:
            return False
        return self._node.fits(doc)


def parse(
    text: str,
    schema: Schema,
    *,
    views: Mapping[str, str] | None = None,
    today: dt.date,
    me: str | None = None,
    people: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
) -> Query:
    """Read a query against a schema.

    ``views`` are saved queries by name, for ``@name``; ``today`` is what ages count from; ``me``
    the id or name of the person who asks, for ``owner:me``; ``people`` display names by id, so
    that ``owner:王`` finds what wang-fang owns, or what gives them where the query asks for one. Raises Misuse (query-syntax) with ``problem``,
    ``query`` (that of the view where the mistake is in one), ``position``, ``excerpt`` and
    ``caret``; nothing else, whatever the text.
    """
    tree = grammar.read(text)
    if tree is None:
        return Query(text, nodes.Anything(), (), names_archived=False)
    binder = Binder(Setting(schema, views or {}, today, me, people or {}), text)
    node = binder.bind(tree)
    return Query(
        text,
        node,
        tuple(binder.terms),
        names_archived=binder.names_archived,
        sealed=tuple(binder.sealed),
    )
