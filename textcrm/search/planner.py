"""From a bound query to rows: fields by the catalog's values, words by the index, the rest by asking.

Each node gives the rows that surely fit and those of which the catalog cannot tell; only the
latter, where they still matter in the end, are loaded and asked as the plain scan asks all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.query import nodes
from textcrm.query.doc import Doc
from textcrm.search.planned_items import items_fitting

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.query import Query
    from textcrm.query.doc import FieldPath
    from textcrm.query.names import Target
    from textcrm.query.nodes import Bound
    from textcrm.search.wording import Wording

    Test = Callable[[Any], bool]

_AGES: Final = ("age", "age_band")
_BIRTHDAY: Final = ("contacts", "birthday")
_ARCHIVED: Final = ("archived",)
_SINCE: Final = ("derived", "since")


class Rows(NamedTuple):
    """Rows that fit, and rows that may; none is in both."""

    sure: set[int]
    perhaps: set[int]


class Planner:
    """Finds the rows that fit a query. For one state of the catalog: make another for the next."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.catalog = wording.catalog
        self.values = wording.catalog.values
        self._every_row: set[int] | None = None

    def fitting(self, query: Query, *, archived: bool = False) -> set[int]:
        """The rows that fit, archived ones as :meth:`textcrm.query.Query.matches` takes them."""
        sure, perhaps = self.ask(query.node, None)
        if not archived and not query.names_archived:
            hidden = self.values.having(_ARCHIVED)
            # An empty mapping is no mark, one of empty values is: the record itself says.
            perhaps = (perhaps | (sure & self.values.valued(_ARCHIVED))) - hidden
            sure = sure - hidden - perhaps
        asked = self.wording.docs(perhaps) if perhaps else ()
        return sure | {d.row for d in asked if query.matches(d, archived=archived)}

    @property
    def every_row(self) -> set[int]:
        """All rows."""
        if self._every_row is None:
            self._every_row = self.wording.every_row()
        return self._every_row

    def universe(self, within: set[int] | None) -> set[int]:
        """The rows that matter."""
        return self.every_row if within is None else within

    # -- nodes

    def ask(self, node: Bound, within: set[int] | None) -> Rows:
        """The rows of a node, right for the rows that matter (None: for all)."""
        rows = self._asked(node, within)
        return rows if within is None else Rows(rows.sure & within, rows.perhaps & within)

    def _asked(self, node: Bound, within: set[int] | None) -> Rows:
        if isinstance(node, nodes.Found):
            return Rows(self.wording.holding(node.term, within), set())
        if isinstance(node, nodes.Every):
            return self._every(node, within)
        if isinstance(node, nodes.Some):
            return self._some(node, within)
        if isinstance(node, nodes.NoneOf):
            sure, perhaps = self.ask(node.node, within)
            return Rows(self.universe(within) - sure - perhaps, perhaps)
        if isinstance(node, nodes.Anything):
            return Rows(set(self.universe(within)), set())
        return self._clause(node, within)

    def _every(self, node: nodes.Every, within: set[int] | None) -> Rows:
        left, doubtful = within, set()
        for each in sorted(node.nodes, key=_cost):
            sure, perhaps = self.ask(each, left)
            doubtful |= perhaps
            left = sure | perhaps
            if not left:
                break
        left = self.universe(within) if left is None else left
        doubtful &= left
        return Rows(left - doubtful, doubtful)

    def _some(self, node: nodes.Some, within: set[int] | None) -> Rows:
        sure: set[int] = set()
        perhaps: set[int] = set()
        left = within
        for each in sorted(node.nodes, key=_cost):
            some = self.ask(each, left)
            sure |= some.sure
            perhaps |= some.perhaps
            if left is not None:
                left = left - some.sure
        return Rows(sure, perhaps - sure)

    def _clause(self, node: Bound, within: set[int] | None) -> Rows:
        if isinstance(node, nodes.Holds):
            return self._holds(node, within)
        if isinstance(node, nodes.Filled):
            return self._filled(node, within)
        if isinstance(node, nodes.Silent):
            return Rows(*self.values.holding(_SINCE, node.test))
        if isinstance(node, nodes.Below):
            return self._below(node, within)
        if isinstance(node, nodes.Item):
            return Rows(*items_fitting(self, node, within))
        if isinstance(node, nodes.Span):
            return self._span(node)
        return Rows(set(), set(self.universe(within)))

    def _holds(self, node: nodes.Holds, within: set[int] | None) -> Rows:
        path, test = self.place(node.target), node.test
        if path is None or not self.values.kept(path):
            return Rows(set(), set(self.universe(within)))
        held = self.values.holding(path, self.tested(node.target, test))
        if path in (_BIRTHDAY, _SINCE) and node.target.derived:
            return Rows(held.sure, set())
        sure, unsure = held
        if node.unset:
            sure = sure | (self.universe(within) - self.values.valued(path))
        if _is_open(node.target):
            return Rows(set(), sure | unsure)
        return Rows(sure, unsure - sure)

    def place(self, target: Target) -> FieldPath | None:
        """Where the table of values has what a target names; None where nowhere."""
        if not target.derived:
            return target.path or None
        if target.derived in _AGES:
            return _BIRTHDAY
        return _SINCE if target.derived == "days_silent" else ("derived", target.derived)

    def tested(self, target: Target, test: Test) -> Test:
        """The test of what stands at :meth:`place`: ages are computed from birthdays there."""
        today = self.catalog.today
        if target.derived == "days_silent":
            return lambda since: test((today - since).days)
        if target.derived not in _AGES:
            return test
        schema = self.catalog.schema

        def passes(born: Any) -> bool:
            doc = Doc("", {"contacts": [{"birthday": born}]}, dict, schema, today=today)
            return any(map(test, target.values(doc)))

        return passes

    def _filled(self, node: nodes.Filled, within: set[int] | None) -> Rows:
        sure: set[int] = set()
        perhaps: set[int] = set()
        for target in node.targets:
            path = self.place(target)
            if path is None or not self.values.kept(path):
                perhaps |= self.universe(within)
            elif target.derived in _AGES:
                sure |= self.values.holding(path, self.tested(target, lambda _: True)).sure
            elif target.derived:
                sure |= self.values.valued(path)
            elif _is_open(target):
                perhaps |= self.values.having(path)
            else:
                sure |= self.values.having(path)
        return Rows(sure, perhaps - sure)

    def _below(self, node: nodes.Below, within: set[int] | None) -> Rows:
        there = self.values.valued(node.path)
        there = there if within is None else there & within
        if not self.is_searched(node.path):
            return Rows(set(), there)
        return Rows(set(), self.wording.holding(node.term, there))

    def is_searched(self, path: FieldPath) -> bool:
        """Whether free words look below a path, so that what is found there is found in the record."""
        from textcrm.query.doc import plan_of

        plan = plan_of(self.catalog.schema)
        for part in path:
            if part in plan.skipped or part not in plan.children:
                return False
            plan = plan.children[part]
        return True

    def _span(self, node: nodes.Span) -> Rows:
        if node.operator in (">", ">="):
            keys: tuple[str, ...] = ("min",)
        else:
            keys = ("max",) if node.operator in ("<", "<=") else ("min", "max")
        sure: set[int] | None = None
        perhaps: set[int] | None = None
        for key in keys:
            pairs, unsure = self.values.items_holding((*node.path, key), node.test)
            single = {row for row, item in pairs if item == 0}
            all_ = {row for row, _ in pairs} | unsure
            # In an item of a list both ends are to be of the same one.
            own = single - unsure - {row for row, item in pairs if item}
            sure = own if sure is None else sure & own
            perhaps = all_ if perhaps is None else perhaps & all_
        assert sure is not None  # noqa: S101 - there is one end at least
        assert perhaps is not None  # noqa: S101
        return Rows(sure, perhaps - sure)


def _is_open(target: Target) -> bool:
    """Whether a key is the vault's own: with a dot in it, it looks like two."""
    return target.field is None and not target.derived


def _cost(node: Bound) -> int:
    """What is asked first: fields, then words, then what needs the records themselves."""
    if isinstance(node, nodes.Every | nodes.Some):
        return max(map(_cost, node.nodes), default=0)
    if isinstance(node, nodes.NoneOf):
        return max(1, _cost(node.node))
    if isinstance(node, nodes.Found):
        return 2
    return 3 if isinstance(node, nodes.Below | nodes.Item) else 0
