"""Asking the table of values: which rows have a value that passes a test.

The test of a bound query is asked of every distinct value of a field, of a few statuses and some
thousand amounts, never of every record; the very value is rebuilt from what is stored, so that an
answer is that of the record itself. Where a value is not kept (a long text) the row is ``unsure``:
ask the Doc.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.cells import is_kept, spelled, value_of
from textcrm.catalog.storing import Damaged
from textcrm.catalog.text import got, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PLACES: Final = 32  # bits for the item in the number of a place
_KEPT: Final = "FROM terms JOIN cells USING(term) WHERE path=? AND kind NOT IN ('+', '-', 'x')"


class Held(NamedTuple):
    """Rows with a value that passes, and rows with one that is not kept."""

    sure: set[int]
    unsure: set[int]


class Values:
    """The values by field path (without indexes): ``("contacts", "phones", "number")``.

    Derived values have the path ``("derived", NAME)``; ``("derived", "since")`` is the last contact
    or else the creation, from which silent days count; days_silent itself is in no table.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @staticmethod
    def kept(path: tuple[str, ...]) -> bool:
        """Whether the table knows a path at all; where not, ask every Doc."""
        return is_kept(path) and path != ("derived", "days_silent")

    def distinct(self, path: tuple[str, ...]) -> Iterator[tuple[Any, int]]:
        """Every value that is kept at a path, with the number of its term."""
        for kind, text, term in self._terms(path):
            if kind not in "+-x":
                yield _value(kind, text), term

    def pairs(self, path: tuple[str, ...]) -> Iterator[tuple[Any, int]]:
        """Every value that is kept at a path, with each row that has it."""
        found = self._connection.execute(
            "SELECT DISTINCT kind, value, row FROM terms JOIN cells USING(term) WHERE path=?",
            (put(".".join(path)),),
        ).fetchall()
        for kind, text, row in found:
            if kind not in "+-x":
                yield _value(kind, _text(text)), row

    def holding(self, path: tuple[str, ...], test: Callable[[Any], bool]) -> Held:
        """The rows where a value at a path passes a test."""
        sure: set[int] = set()
        unsure: set[int] = set()
        for kind, text, term in self._terms(path):
            if kind in "+-":
                unsure |= self._rows(term)
            elif kind != "x" and test(_value(kind, text)):
                sure |= self._rows(term)
        return Held(sure, unsure - sure)

    def items_holding(
        self, path: tuple[str, ...], test: Callable[[Any], bool]
    ) -> tuple[set[tuple[int, int]], set[int]]:
        """As :meth:`holding`, by row and item (from 1) of the first list; unsure ones by row."""
        sure: set[tuple[int, int]] = set()
        unsure: set[int] = set()
        for kind, text, term in self._terms(path):
            if kind in "+-":
                unsure |= self._rows(term)
            elif kind != "x" and test(_value(kind, text)):
                sure.update(
                    self._connection.execute("SELECT row, item FROM cells WHERE term=?", (term,))
                )
        return sure, unsure

    def having(self, path: tuple[str, ...]) -> set[int]:
        """The rows where something stands at a path, sealed or not; false and empty are nothing."""
        return self._where(
            path, "kind<>'-' AND NOT (kind='s' AND value='') AND NOT (kind='b' AND value='false')"
        )

    def valued(self, path: tuple[str, ...]) -> set[int]:
        """The rows with any value at a path that is not sealed."""
        return self._where(path, "kind<>'x'")

    def unkept(self, path: tuple[str, ...]) -> set[int]:
        """The rows with something at a path whose value is not kept."""
        return self._where(path, "kind IN ('+', '-')")

    @staticmethod
    def is_kept_text(text: str) -> bool:
        """Whether a text is short enough to be kept."""
        return spelled(text)[0] == "s"

    def placed(self, path: tuple[str, ...]) -> list[tuple[int, int, Any]]:
        """Every value that is kept at a path, as row, item of the first list (from 1), value.

        In the order of rows and items. Rows of :meth:`unkept` have more there than this tells.
        """
        known, found = self._looked(path, "row, item, term")
        found.sort()  # by row, item, term: no two are alike
        return [(row, item, known[term]) for row, item, term in found]

    def column(self, path: tuple[str, ...]) -> dict[int, Any]:
        """The first of the values that are kept at each place of a path, in no order.

        A place is ``row << PLACES | item``, a number, which is quick where there are many.
        """
        known, found = self._looked(path, f"row << {PLACES} | item, term")
        column = {place: known[term] for place, term in found}
        if len(column) < len(found):
            column = {place: known[term] for place, term in sorted(found, reverse=True)}
        return column

    def _looked(self, path: tuple[str, ...], columns: str) -> tuple[dict[int, Any], list[Any]]:
        """The values by term and the cells at a path, of one moment, for others may write."""
        self._connection.execute("SAVEPOINT looking")
        try:
            known = {term: value for value, term in self.distinct(path)}
            found = self._connection.execute(
                f"SELECT {columns} {_KEPT}",
                (put(".".join(path)),),
            ).fetchall()
        finally:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("RELEASE looking")
        return known, found

    def counts(self, path: tuple[str, ...]) -> dict[Any, int]:
        """How often each value stands at a path."""
        return {
            value: self._connection.execute(
                "SELECT count(*) FROM cells WHERE term=?", (term,)
            ).fetchone()[0]
            for value, term in self.distinct(path)
        }

    def _terms(self, path: tuple[str, ...]) -> list[tuple[str, str, int]]:
        found = self._connection.execute(
            "SELECT kind, value, term FROM terms WHERE path=?", (put(".".join(path)),)
        ).fetchall()
        try:
            return [(kind, got(text), term) for kind, text, term in found]
        except ValueError as error:
            raise Damaged("terms") from error

    def _where(self, path: tuple[str, ...], test: str) -> set[int]:
        found = self._connection.execute(
            f"SELECT DISTINCT row FROM terms JOIN cells USING(term) WHERE path=? AND {test}",  # noqa: S608 - fixed words
            (put(".".join(path)),),
        )
        return {row for (row,) in found}

    def _rows(self, term: int) -> set[int]:
        found = self._connection.execute("SELECT DISTINCT row FROM cells WHERE term=?", (term,))
        return {row for (row,) in found}


def _text(stored: str | bytes) -> str:
    try:
        return got(stored)
    except ValueError as error:
        raise Damaged("terms") from error


def _value(kind: str, text: str) -> Any:
    try:
        return value_of(kind, text)
    except ValueError as error:
        raise Damaged(text[:20]) from error
