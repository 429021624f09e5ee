"""One sheet of the workbook: its headings, rows, drop-downs and rules; XlsxWriter's only user."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.exchange.export_cells import NO, YES, text_of
from textcrm.exchange.export_columns import REMINDER, UPDATED, Column
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.exchange.export_cells import Cell, Settings

UID: Final = "textcrm:uid"
VERSION: Final = "textcrm:version"
ITEM: Final = "textcrm:item"
MARKS: Final = (UID, VERSION, ITEM)
"""The headings of the hidden columns."""

ID_HEADING: Final = Text("Customer id", "客户编号")
LONGEST: Final = 32767
_SPARE: Final = 1000  # rows below the last that have the drop-downs too
_MOST_CHOICES: Final = 255  # characters of a list of choices, a limit of Excel
_EXACT: Final = 10**15
_FIRST_DAY: Final = dt.date(1900, 3, 1)  # before it Excel counts a day that never was
_CUT: Final = Text("… (cut; whole in the record)", "……（过长已截断，全文见客户记录）")
_FORBIDDEN: Final = str.maketrans("[]:*?/\\", "       ")


class Plan(NamedTuple):
    """What a sheet holds: its name, the list whose items are its rows (empty: the customers), the
    columns in their order.
    """

    name: str
    path: tuple[str, ...]
    columns: tuple[Column, ...]


def sheet_name(name: str, taken: set[str]) -> str:
    r"""A name that Excel takes: up to 31 characters, none of ``[]:*?/\\``, not twice."""
    base = name.translate(_FORBIDDEN).strip(" '")[:28] or "_"
    word, number = base, 2
    while word.casefold() in taken:
        word, number = f"{base}{number}", number + 1
    taken.add(word.casefold())
    return word


class Look:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        top = {"valign": "top"}
        self.text = book.add_format({"num_format": "@", **top})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, **top})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", **top})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", **top})
        self.money = book.add_format({"num_format": "#,##0.00", **top})
        self.number = book.add_format({"num_format": "General", **top})
        self.days = book.add_format({"num_format": "0", **top})
        self.red = book.add_format({"font_color": "#FF0000", "bold": True})

    def of(self, column: Column) -> Any:
        """The format of a column's cells."""
        if column.name == REMINDER:
            return self.days
        known = {"date": self.day, "moment": self.moment, "money": self.money}
        if column.kind in known:
            return known[column.kind]
        if column.kind in ("number", "integer"):
            return self.number
        return self.wrapped if column.wide >= 30 else self.text


class Sheet:
    """A sheet that is written row after row."""

    def __init__(self, book: Any, look: Look, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.rows = 0
        self._settings = settings
        self._look = look
        self._sheet = book.add_worksheet(plan.name)
        self._formats = [look.of(one) for one in plan.columns]
        self._places = {one.name: place for place, one in enumerate(plan.columns)}
        self._head()

    def _head(self) -> None:
        sheet, say = self._sheet, self._settings.say
        for place, one in enumerate(self.plan.columns):
            sheet.set_column(place, place, one.wide, self._formats[place])
            sheet.write_string(0, place, say(one.heading), self._look.head)
        last = len(self.plan.columns)
        for place, mark in enumerate(MARKS, last):
            sheet.write_string(0, place, mark, self._look.head)
        sheet.set_column(last, last + len(MARKS) - 1, None, self._look.text, {"hidden": True})
        sheet.freeze_panes(1, 0)

    def add(self, cells: Sequence[Cell], marks: Sequence[str]) -> None:
        """Write a row: its cells in the plan's order, then what the hidden columns hold."""
        self.rows += 1
        for place, value in enumerate(cells):
            if value is not None:
                self._write(self.rows, place, value)
        for place, mark in enumerate(marks, len(cells)):
            if mark:
                self._sheet.write_string(self.rows, place, mark)

    def _write(self, row: int, place: int, value: Cell) -> None:
        sheet, form = self._sheet, self._formats[place]
        column = self.plan.columns[place]
        if column.name == REMINDER and UPDATED in self._places and isinstance(value, int):
            day = cell_name(row, self._places[UPDATED])
            sheet.write_formula(row, place, f"=TODAY()-{day}", form, value)
        elif isinstance(value, dt.datetime) and value.date() >= _FIRST_DAY:
            sheet.write_datetime(row, place, value.replace(tzinfo=None), self._look.moment)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            if value >= _FIRST_DAY:
                sheet.write_datetime(row, place, value, self._look.day)
            else:
                sheet.write_string(row, place, value.isoformat(), self._look.text)
        elif isinstance(value, Decimal | int) and exact(value):
            sheet.write_number(row, place, float(value), form)
        else:
            sheet.write_string(row, place, shown(value, self._settings), form)

    def finish(self) -> None:
        """Lay drop-downs, the red rule and the filter over the rows that there are."""
        last = self.rows + _SPARE
        for place, one in enumerate(self.plan.columns):
            choices = self._choices(one)
            if choices and len(",".join(choices)) <= _MOST_CHOICES:
                self._sheet.data_validation(
                    1,
                    place,
                    last,
                    place,
                    {"validate": "list", "source": choices, "error_type": "warning"},
                )
        if REMINDER in self._places:
            place = self._places[REMINDER]
            self._sheet.conditional_format(
                1,
                place,
                last,
                place,
                {
                    "type": "cell",
                    "criteria": ">",
                    "value": self._settings.stale_days,
                    "format": self._look.red,
                },
            )
        self._sheet.autofilter(0, 0, max(self.rows, 1), len(self.plan.columns) - 1)

    def _choices(self, column: Column) -> list[str]:
        field, say = column.field, self._settings.say
        if field is None or field.kind == "list":
            return []
        if field.kind == "boolean":
            return [say(YES), say(NO)]
        if field.kind == "person":
            return [] if self.plan.path else sorted(set(self._settings.people.values()))
        return [say(one.label) for one in field.enum]


def shown(value: Cell, settings: Settings) -> str:
    """A cell as text that Excel can hold; what is longer says so at its end."""
    text = text_of(value).encode("utf-8", "replace").decode("utf-8")
    if len(text) <= LONGEST:
        return text
    cut = settings.say(_CUT)
    return text[: LONGEST - len(cut)] + cut


def exact(value: Decimal | int) -> bool:
    """Whether a spreadsheet's number holds a value to its last digit."""
    number = Decimal(value)
    return -_EXACT < number < _EXACT and Decimal(repr(float(number))) == number


def cell_name(row: int, column: int) -> str:
    """A cell's name, ``B7`` for row 6 and column 1, both from 0."""
    name = ""
    place = column + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return f"{name}{row + 1}"


def id_columns() -> tuple[Column, ...]:
    """What stands first in the sheet of a list: whose item it is."""
    return (
        Column("id", ID_HEADING, "text", None, None, 15),
        Column("name", Text("Name", "客户名称"), "text", None, None, 24),
    )


def parent_column(label: Text) -> Column:
    """Of a list inside another: the item around the row's."""
    return Column("parent", label, "text", None, None, 12)
