"""A row's cells put together as the record that it proposes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange import finishing, units
from textcrm.exchange.incoming import Cell
from textcrm.exchange.values import Values, dated, is_abroad, reordered, split_mails, unwrapped
from textcrm.findings import Finding
from textcrm.normalize.phone import parse_phone, split_phones
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.exchange.incoming import Setting
    from textcrm.exchange.targets import Place, Step, Target
    from textcrm.schema import Field

_SEVERAL: Final = " ::: "
_TIMED: Final = re.compile(
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?"
)
# 13812345678（微信同号）, 13812345678 张经理: a number and what is said of it.
_REMARKED: Final = re.compile(
    r"([^()（）]*\d)\s*(?:[(（]([^\d()（）]{1,20})[)）]|\s([\u3400-\u9fff]{2,8}))"
)
_PAIRS: Final = re.compile(r"([^:：;；]+)[:：]\s*([^;；]*)(?:[;；]\s*|$)")


class Items(dict[str, dict[str, Any]]):
    """The items of a list while a row is read, by the word that tells them apart."""


class Parts(dict[str, str]):
    """The parts of a value that several columns make together."""


class Assembled:
    """A row being read: the tree so far, cells kept aside, warnings."""

    __slots__ = ("abroad", "left", "pairs", "problem", "tree", "warnings")

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.left: list[Cell] = []
        self.warnings: list[Finding] = []
        self.pairs: dict[str, dict[str, str]] = {}
        self.problem: Finding | None = None
        self.abroad = False

    def set_aside(self, heading: str, text: str, field: Field | None = None) -> None:
        """Keep a cell under its heading; what would be sealed cannot be kept so, nor the row."""
        if field is not None and field.seal:
            self.problem = self.problem or unkept(field)
        else:
            self.left.append(Cell(heading, text))


class Column:
    """A column ready to be read: its heading, its target, the values that say nothing, its unit."""

    __slots__ = ("counted", "heading", "index", "order", "silent", "target", "unit")

    def __init__(
        self,
        index: int,
        heading: str,
        target: Target,
        silent: frozenset[str] = frozenset(),
        order: str = "",
        unit: units.Unit = units.NONE,
    ) -> None:
        self.unit = unit
        self.counted = units.counted(heading)
        self.index = index
        self.heading = heading
        self.target = target
        self.silent = silent
        self.order = order


class Assembler:
    """Makes records of rows by a table's columns."""

    def __init__(self, columns: Sequence[Column], setting: Setting) -> None:
        self._columns = columns
        self._values = Values(setting, spoken=False)
        self._schema = setting.schema
        self._home = setting.currency
        self._countries = [
            column
            for column in columns
            if any(place.field.name == "country" for place in column.target.places)
        ]

    def row(self, cells: Sequence[str]) -> Assembled:
        """Read one row. Never raises for what a cell holds."""
        made = Assembled()
        count = len(cells)
        made.abroad = any(
            is_abroad(cells[one.index]) for one in self._countries if one.index < count
        )
        for column in self._columns:
            if column.index < count and (text := cells[column.index]):
                self._cell(made, column, text)
        for index in range(len(self._columns), count):
            if cells[index].strip():
                made.set_aside(f"#{index + 1}", cells[index])
        finishing.finish(made, self._schema, self._values)
        return made

    def _cell(self, made: Assembled, column: Column, text: str) -> None:
        text = unwrapped(text)
        if not text.strip() or (column.silent and text.strip() in column.silent):
            return
        target = column.target
        if target.pair is not None:
            made.pairs.setdefault(target.pair[0], {"heading": column.heading})[target.pair[1]] = (
                text
            )
        elif target.aside:
            _aside(made, column.heading, text)
        for number, place in enumerate(target.places):
            self._put(made, column, place, text, first=number == 0)

    def _put(
        self, made: Assembled, column: Column, place: Place, text: str, *, first: bool
    ) -> None:
        field = place.field
        if place.part:
            node = _node(made.tree, place.steps if field.kind == "items" else place.steps[:-1])
            key = "" if field.kind == "items" else field.name
            parts = node.get(key)
            if not isinstance(parts, Parts):
                parts = Parts() if parts is None else Parts({"0": str(parts)})
                node[key] = parts
            parts[place.part] = text.strip()
            return
        if field.kind == "phone":
            self._several(made, column, place, _phones(text))
        elif field.kind == "email":
            parts_of = [one for part in text.split(_SEVERAL) for one in split_mails(part)]
            self._several(made, column, place, parts_of)
        else:
            self._one(made, column, place, text, aside=first)

    def _several(
        self, made: Assembled, column: Column, place: Place, texts: Sequence[str]
    ) -> None:
        """A cell of numbers or addresses: each becomes an item, of the kind of the first."""
        for number, text in enumerate(texts):
            if text.strip():
                steps = place.steps
                if number:
                    *before, group, last = steps
                    steps = (*before, group._replace(word=f"{group.word}.{number}"), last)
                self._one(made, column, place._replace(steps=steps), text.strip(), aside=True)

    def _one(
        self, made: Assembled, column: Column, place: Place, text: str, *, aside: bool
    ) -> None:
        field = place.field
        if field.kind == "phone" and "@" in text and (mail := _as_mail(place)):
            place, field = mail
        if field.kind == "phone" and made.abroad and text.lstrip()[:1] != "+":
            self._store(made, column, place, text.strip())
            return
        if field.kind == "phone" and (match := _REMARKED.fullmatch(text.strip())):
            noted = field.within is not None and field.within.child("note") is not None
            if noted and parse_phone(match[1]).problem is None:
                text, said = match[1], match[2] or match[3]
                state = field.within.child("verification") if field.within is not None else None
                value = state.enum_value(said) if state is not None else None
                node = _node(made.tree, place.steps[:-1])
                # 13812345678（空号） says how the number does, anything else is a note (A59).
                node.setdefault(
                    *(("verification", value.code) if value else ("note", finishing.Remark(said)))
                )
        if field.kind == "list":
            text = _listed(text)
        elif field.kind in ("date", "moment"):
            text = dated(reordered(text, column.order))
        if field.kind in ("text", "name"):
            self._store(made, column, place, finishing.bare(field, text))
            return
        if field.kind == "date" and (match := _TIMED.fullmatch(text.strip())):
            if aside and match[2].strip("0:"):
                made.set_aside(
                    column.heading, text.strip(), field
                )  # the day is stored, the hour kept
            text = match[1]
        said = text if column.unit is units.NONE else column.unit.of(text)
        if field.name == "quantity" and field.within is not None and field.within.child("unit"):
            said, unit = units.of_quantity(text)
            if unit or column.counted:
                _node(made.tree, place.steps[:-1]).setdefault("unit", unit or column.counted)
        read = self._values.read(field, said)
        if read.warning is not None and not place.quiet:
            made.warnings.append(read.warning)
        if not read.kept:
            if field.seal:
                made.problem = made.problem or read.warning
            elif aside:
                made.set_aside(column.heading, text.strip())
        elif read.field:
            made.tree.setdefault(read.field, read.value)
        elif read.value is not None:
            self._store(made, column, place, read.value)
            if read.currency and read.currency != self._home:
                _node(made.tree, place.steps[:-1]).setdefault("currency", read.currency)

    def _store(self, made: Assembled, column: Column, place: Place, value: Any) -> None:
        if place.steps[-1].grouped:
            _node(made.tree, place.steps).update(value)
            return
        node = _node(made.tree, place.steps[:-1])
        name = place.steps[-1].word
        old = node.get(name)
        if old is None:
            node[name] = value
        elif isinstance(old, Parts):
            if old.setdefault("0", str(value)) != str(value):
                made.set_aside(column.heading, str(value), place.field)
        elif isinstance(old, list):
            node[name] = [*old, *(one for one in value if one not in old)]
        elif name in ("notes", "needs"):
            node[name] = f"{old}\n{value}"
        elif isinstance(old, dict) and isinstance(value, dict):
            node[name] = {**old, **value}
        elif old != value:
            made.set_aside(column.heading, str(value), place.field)


def unkept(field: Field) -> Finding:
    """Why a row cannot be taken in: a value that would be sealed has no place but a plain one."""
    return Finding(
        "sealed-unkept",
        "error",
        field.path,
        Text(
            "the row gives {field} twice, or in parts that do not fit; it would be sealed, and is not kept in plain",
            "这一行的{field}重复或不完整；该字段需要加密，不能以明文保留",
        ),
        Text("leave one value and import the row again", "请只保留一个值后重新导入这一行"),
        {"field": field.label},
    )


def _aside(made: Assembled, heading: str, text: str) -> None:
    """Keep a cell under its heading; our own tables write all that was kept so in one cell."""
    pairs = _PAIRS.findall(text) if heading in ("自定义", "Custom") else []
    if not pairs:
        made.set_aside(heading, text)
    for name, value in pairs:
        made.set_aside(name.strip(), value.strip())


def _listed(text: str) -> str:
    """Labels as Google joins them; the group that everybody is in says nothing."""
    if _SEVERAL not in text and not text.startswith("* "):
        return text
    parts = [part.strip() for part in text.split(":::")]
    return "\n".join(part.removeprefix("* ") for part in parts if part != "* myContacts")


def _phones(text: str) -> list[str]:
    return [one for part in text.split(_SEVERAL) for one in split_phones(part)]


def _as_mail(place: Place) -> tuple[Place, Any] | None:
    """The place of an e-mail address that stands in a column of numbers."""
    contact = place.steps[0].field
    emails = contact.find("emails")
    address = emails.find("address") if emails is not None else None
    if emails is None or address is None or len(place.steps) != 5:
        return None
    head = place.steps[:2]
    group = place.steps[3]
    tail = (
        place.steps[2]._replace(word="emails", field=emails),
        group._replace(field=emails),
        place.steps[4]._replace(word="address", field=address),
    )
    return place._replace(steps=(*head, *tail), field=address), address


def _node(tree: dict[str, Any], steps: Sequence[Step]) -> dict[str, Any]:
    """The mapping that steps lead to, made where it is missing."""
    node: dict[str, Any] = tree
    for step in steps:
        if step.grouped:
            node = node.setdefault(step.word, {})
        else:
            node = node.setdefault(step.word, Items() if step.field.kind == "items" else {})
    return node
