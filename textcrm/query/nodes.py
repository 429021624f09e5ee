"""Bound queries: each node says whether a record fits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from textcrm.query.doc import is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.query.doc import Doc, FieldPath
    from textcrm.query.names import Target
    from textcrm.query.terms import Term

    ValueTest = Callable[[Any], bool]


class Bound(Protocol):
    """Something that a record fits or does not."""

    def fits(self, doc: Doc) -> bool:
        """Whether the record fits."""
        ...


class Anything(NamedTuple):
    """Fits every record: ``archived:any``."""

    def fits(self, doc: Doc) -> bool:  # noqa: ARG002 - the node's form
        return True


class Found(NamedTuple):
    """A free word or phrase, anywhere in the record."""

    term: Term

    def fits(self, doc: Doc) -> bool:
        return self.term.in_doc(doc)


class NoneOf(NamedTuple):
    """What the node does not fit."""

    node: Bound

    def fits(self, doc: Doc) -> bool:
        return not self.node.fits(doc)


class Every(NamedTuple):
    """What all nodes fit."""

    nodes: tuple[Bound, ...]

    def fits(self, doc: Doc) -> bool:
        return all(node.fits(doc) for node in self.nodes)


class Some(NamedTuple):
    """What one node at least fits."""

    nodes: tuple[Bound, ...]

    def fits(self, doc: Doc) -> bool:
        return any(node.fits(doc) for node in self.nodes)


class Filled(NamedTuple):
    """Whether any of the places holds something, sealed or not."""

    targets: tuple[Target, ...]

    def fits(self, doc: Doc) -> bool:
        return any(target.present(doc) for target in self.targets)


class Holds(NamedTuple):
    """A value at one place that passes the test; ``unset`` is the answer where there is none."""

    target: Target
    test: ValueTest
    unset: bool = False

    def fits(self, doc: Doc) -> bool:
        values = self.target.values(doc)
        return any(map(self.test, values)) if values else self.unset


class Below(NamedTuple):
    """A text anywhere below a mapping or in the items of a list: ``contacts:张三``."""

    path: FieldPath
    term: Term

    def fits(self, doc: Doc) -> bool:
        return any(self.term.in_doc(doc.item(tree, self.path)) for tree in doc.trees(self.path))


class Silent(NamedTuple):
    """Last contact before a day; who was never contacted is silent since creation (DESIGN 8)."""

    test: ValueTest

    def fits(self, doc: Doc) -> bool:
        since = doc.derived.get("last_contact") or doc.derived.get("created")
        return since is not None and self.test(since)


class Item(NamedTuple):
    """One item of a list that fits all of it: ``purchases(product:X amount:>1000)`` (E15)."""

    path: FieldPath
    node: Bound

    def fits(self, doc: Doc) -> bool:
        return any(self.node.fits(doc.item(tree, self.path)) for tree in doc.trees(self.path))


class Span(NamedTuple):
    """A size compared with a number: a mapping of ``min`` and ``max`` (A20).

    A range fits when all of it does: 50-100 people are at least 50, not at least 80.
    """

    path: FieldPath
    operator: str
    test: ValueTest

    def fits(self, doc: Doc) -> bool:
        return any(self._holds(tree) for tree in doc.trees(self.path) if not is_sealed(tree))

    def _holds(self, tree: dict[str, Any]) -> bool:
        ends = [tree.get("min"), tree.get("max")]
        if self.operator in (">", ">="):
            ends = ends[:1]
        elif self.operator in ("<", "<="):
            ends = ends[1:]
        return any(end is not None for end in ends) and all(
            end is not None and self.test(end) for end in ends
        )


def on_day(test: Callable[[dt.date], bool]) -> ValueTest:
    """Make a test of days one of values: a date-time counts by its day, a text never."""

    def passes(value: Any) -> bool:
        if isinstance(value, dt.datetime):
            return test(value.date())
        return isinstance(value, dt.date) and test(value)

    return passes
