"""What a format reads: one incoming row of a file, and the file as a whole, before anything is written.

A format knows its file and the schema, not the vault: what is there already, grouping and writing
are the importer's. The registry of formats is :mod:`textcrm.exchange.formats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from textcrm.findings import Finding
    from textcrm.schema import Schema
    from textcrm.text import Text

Tree = dict[str, Any]


class Cell(NamedTuple):
    """A value that fits no field, with the heading it stood under."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row, card or object of a source, as a record that could be.

    ``number`` counts rows of data from 1, ``place`` is where it stands, for people (``3``: the
    line, ``Sheet1!3``). ``tree`` is the proposed record with values as the schema stores them
    (``+8613812345678``, ``2024-05-01``, codes of enums, Decimal or text for numbers); a company is
    ``name`` with ``kind: organization`` and its people are ``contacts``, somebody without a company
    is ``name`` with ``kind: person`` and one contact of the same name. Items have no ``id``; values
    of sealed fields are plain, they are sealed when written. ``left`` are the cells that fit no
    field: of the person where ``tree`` holds one contact and ``left_with_contact``, else of the
    customer. ``warnings`` never repeat a sealed value. ``problem`` says why the row cannot be a
    record (it is rejected then). ``raw`` is the row untouched, as it goes to the file of rejected
    rows. ``base`` is the same row as it was when textcrm wrote the file, where it knows: only what
    differs from it is meant as a change.
    """

    number: int
    place: str
    tree: Tree
    raw: str = ""
    left: tuple[Cell, ...] = ()
    left_with_contact: bool = False
    warnings: tuple[Finding, ...] = ()
    problem: Finding | None = None
    base: Tree | None = None


class Column(NamedTuple):
    """A column of a table and the field that it goes to, for showing and for the saved map.

    ``target`` is a path of the schema (``contacts/0/phones/0/number``), ``custom`` (kept under its
    heading), ``notes`` (appended to the notes with its heading), or empty: left out on purpose.
    ``how`` is ``layout`` (a known one), ``name`` (label or alias of the field), ``likeness`` (a
    guess by words or values), ``map`` (as the user's map says) or ``unknown``.
    """

    heading: str
    target: str
    how: str
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as its format reads it.

    ``rows`` may be called again: each call reads from the start, one row at a time. ``head`` stands
    before rejected rows, ``tail`` after them, so that they are a whole file of the same kind,
    written in ``encoding`` under ``suffix``. ``layout`` names the recognised layout; ``notes`` are
    sentences for people about the file as a whole (hidden sheets, a guessed encoding).
    """

    format: str
    rows: Callable[[], Iterator[Incoming]]
    suffix: str
    encoding: str = "utf-8"
    head: str = ""
    tail: str = ""
    layout: str = ""
    columns: tuple[Column, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file and its name, as the user gave it (``-`` for standard input)."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reader may know: the schema, the day and moment, the currency, the people.

    ``person`` gives the id of a person of the vault by id or name, None for nobody. ``mapping`` is
    the user's map (heading to path), ``encoding``, ``sheet`` and ``date_order`` (mdy, dmy) what the
    user insists on.
    """

    schema: Schema
    today: dt.date
    now: dt.datetime
    currency: str
    person: Callable[[str], str | None]
    mapping: Mapping[str, str] | None = None
    encoding: str | None = None
    sheet: str | None = None
    date_order: str = ""


class Format(NamedTuple):
    """A format that can be read: its name, what it is called, how it is told, who reads it.

    ``tells`` looks at a source and says whether it is this format; the first in the registry that
    does is taken. ``read`` raises Misuse or Invalid where the source as a whole cannot be read.
    """

    name: str
    label: Text
    suffixes: tuple[str, ...]
    tells: Callable[[Source], bool]
    read: Callable[[Source, Setting], Reading]
