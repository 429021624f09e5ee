"""Markdown out: a table of the customers, then each of them with its fields and lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.export_cells import cell, text_of
from textcrm.exchange.export_columns import (
    HEADINGS,
    distinct,
    leaves,
    lists_of,
    sheet_columns,
    value_of,
)
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_columns import Column, Listed
    from textcrm.exchange.export_customers import Customer, Source
    from textcrm.schema import Field

COUNT: Final = Text("{day}, {n} customers", "{day}，{n} 位客户")
# What stands for something in CommonMark or GFM, inside a line or a cell.
_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|~&#$])")
_AT_START: Final = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
_HIDDEN: Final = frozenset(("id", "uid", "name"))


def chunks(source: Source, settings: Settings) -> Iterator[str]:
    """The document, piece by piece; the customers are gone through twice where there are several."""
    yield f"# {inline(settings.title)}\n\n"
    yield settings.say(COUNT, day=settings.today.isoformat(), n=len(source)) + "\n\n"
    columns = sheet_columns(settings.schema, opened=source.reveals)[: len(HEADINGS)]
    if len(source) != 1:
        yield from _overview(source, columns, settings)
    sections = _Sections(settings, opened=source.reveals)
    for customer in source:
        yield from sections.of(customer)


def _overview(source: Source, columns: Sequence[Column], settings: Settings) -> Iterator[str]:
    yield _row([settings.say(one.heading) for one in columns])
    yield _row(["---"] * len(columns), raw=True)
    for customer in source:
        yield _row([text_of(value_of(one, customer, settings)) for one in columns])
    yield "\n"


class _Sections:
    """A section for each customer."""

    def __init__(self, settings: Settings, *, opened: bool) -> None:
        self._settings = settings
        self._fields = distinct(leaves(settings.schema.fields, (), opened=opened))
        self._lists = [
            one for one in lists_of(settings.schema, opened=opened) if one.parent is None
        ]

    def of(self, customer: Customer) -> Iterator[str]:
        """The section of a customer."""
        say = self._settings.say
        yield f"## {inline(customer.name)} ({customer.id})\n\n"
        lines = []
        for one in self._fields:
            if one.name not in _HIDDEN and (text := self._text(one, customer.tree)):
                sign = "：" if self._settings.language == "zh" else ": "
                lines.append(f"- **{inline(say(one.heading))}**{sign}{inline(text)}\n")
        if lines:
            yield "".join(lines) + "\n"
        for listed in self._lists:
            yield from self._table(listed, customer)

    def _table(self, listed: Listed, customer: Customer) -> Iterator[str]:
        say = self._settings.say
        value = customer.tree.get(listed.path[0])
        rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        field = self._settings.schema.at(listed.path)
        inner = [one for one in field.fields if one.kind == "items"] if field is not None else []
        heads = [*(one.heading for one in listed.columns), *(one.label for one in inner)]
        cells = [
            [
                *(self._text(one, row) for one in listed.columns),
                *(self._brief(one, row.get(one.name)) for one in inner),
            ]
            for row in rows
        ]
        used = [place for place in range(len(heads)) if any(row[place] for row in cells)]
        if not used:
            return
        yield f"### {inline(say(listed.label))}\n\n"
        yield _row([say(heads[place]) for place in used])
        yield _row(["---"] * len(used), raw=True)
        for row in cells:
            yield _row([row[place] for place in used])
        yield "\n"

    def _brief(self, field: Field, items: Any) -> str:
        """The items of a list inside an item, in one cell: the values of each, without labels."""
        found = []
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                pairs = (
                    (field.child(name), value) for name, value in item.items() if name != "id"
                )
                texts = [text_of(cell(child, value, self._settings)) for child, value in pairs]
                found.append(" ".join(text for text in texts if text))
        return "\n".join(found)

    def _text(self, column: Column, tree: Any) -> str:
        return text_of(cell(column.field, column.value(tree), self._settings))


def inline(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    safe = _AT_START.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", text))
    return "<br>".join(safe.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return "| " + " | ".join(cells if raw else map(inline, cells)) + " |\n"
