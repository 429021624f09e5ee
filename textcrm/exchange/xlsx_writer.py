"""XLSX out: the workbook 客户信息总表, as people keep it in Excel, and fit to come in again.

The first sheet has one row a customer, each further sheet the items of one list. Headings are
frozen, phones and ids are text, days are days, fields with a choice have drop-downs (B3-B5, B20),
and 更新提醒 turns red above the limit of days (F1). Hidden columns hold the record's uid, its
version and the item's id, a hidden sheet what each column is: ``sheet_again`` reads them.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.export_cells import Cell, Settings, cell
from textcrm.exchange.export_columns import (
    Listed,
    distinct,
    items_at,
    lists_of,
    parent_name,
    sheet_columns,
    value_of,
)
from textcrm.exchange.xlsx_sheet import (
    Look,
    Plan,
    Sheet,
    id_columns,
    parent_column,
    sheet_name,
)
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.exchange.export_customers import Customer, Source

MAIN: Final = Text("Customers", "客户信息总表")
PLANS: Final = "_textcrm"
FORM: Final = "textcrm-sheets-1"
"""What the hidden sheet begins with: the form of the workbook."""


def write(source: Source, settings: Settings, path: Path, *, private: bool = False) -> None:
    """Write the workbook; ``private`` keeps it in memory till then, so that no other file is made."""
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="textcrm-") as folder:
        book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": not private,
                "in_memory": private,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        created = settings.now.replace(tzinfo=None)
        book.set_properties({"title": settings.title, "created": created})
        _fill(book, source, settings)
        book.close()


def plans_of(settings: Settings, *, opened: bool) -> tuple[tuple[Plan, Listed | None], ...]:
    """The sheets of the workbook: the customers, then every list of mappings of the schema."""
    taken: set[str] = {PLANS}
    columns = sheet_columns(settings.schema, opened=opened)
    plans: list[tuple[Plan, Listed | None]] = [
        (Plan(sheet_name(settings.say(MAIN), taken), (), columns), None)
    ]
    for listed in lists_of(settings.schema, opened=opened):
        first = id_columns()
        if listed.parent is not None:
            first += (parent_column(listed.parent.label),)
        name = sheet_name(settings.say(listed.label), taken)
        plans.append((Plan(name, listed.path, distinct((*first, *listed.columns))), listed))
    return tuple(plans)


def _fill(book: Any, source: Source, settings: Settings) -> None:
    look = Look(book)
    plans = plans_of(settings, opened=source.reveals)
    sheets = [(Sheet(book, look, plan, settings), listed) for plan, listed in plans]
    for customer in source:
        for sheet, listed in sheets:
            if listed is None:
                cells = [value_of(one, customer, settings) for one in sheet.plan.columns]
                sheet.add(cells, (customer.uid, customer.version, ""))
            else:
                _add_items(sheet, listed, customer, settings)
    for sheet, _ in sheets:
        sheet.finish()
    _describe(book, [plan for plan, _ in plans], settings)


def _add_items(sheet: Sheet, listed: Listed, customer: Customer, settings: Settings) -> None:
    for item in items_at(customer.tree, listed.path):
        cells = item_cells(customer, listed, item.tree, item.parent, settings)
        key = item.tree.get("id")
        mark = key if isinstance(key, str) else ""
        sheet.add(cells, (customer.uid, "", mark))  # the version stands in the customer's row


def item_cells(
    customer: Customer, listed: Listed, item: Any, parent: Any, settings: Settings
) -> list[Cell]:
    """The cells of an item's row, those that say whose it is first."""
    first: list[Cell] = [customer.id, customer.name]
    if listed.parent is not None:
        first.append(parent_name(parent))
    return [*first, *(cell(one.field, one.value(item), settings) for one in listed.columns)]


def _describe(book: Any, plans: list[Plan], settings: Settings) -> None:
    """The hidden sheet: the form, then sheet, list, heading and name of every column."""
    sheet = book.add_worksheet(PLANS)
    sheet.write_row(0, 0, [FORM, settings.language, settings.now.isoformat()])
    row = 1
    for plan in plans:
        for column in plan.columns:
            words = (plan.name, ".".join(plan.path), settings.say(column.heading), column.name)
            for place, word in enumerate(words):
                sheet.write_string(row, place, word)
            row += 1
    sheet.very_hidden()
