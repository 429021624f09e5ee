"""Mappings said in one text: a size, a range of it, an address (A15, A20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.normalize.keys import shortened
from textcrm.normalize.noted import Entry, noted
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.normalize.noted import Moment
    from textcrm.schema import Field


def parts(field: Field, text: str, moment: Moment) -> Entry:
    """A mapping said in one text: a size, a range, an address; an item of a list of addresses."""
    names = {child.name for child in field.fields}
    if {"min", "max", "text"} <= names:
        return _range(field, text)
    if {"employees", "annual_revenue"} & names:
        return _size(field, text)
    if {"province", "street"} <= names:
        return _address(field, text)
    if field.kind == "any":
        return Entry(text)
    del moment
    raise Misuse(
        "value-has-parts",
        Text(
            "{field} has parts; it takes no text of its own",
            "{field}由多个部分组成，不能直接填写文字",
        ),
        hint=Text("set a part: {path}/{part}=…", "请填写其中一项：{path}/{part}=…"),
        field=field.label,
        path="/".join((*field.path, "0") if field.kind == "items" else field.path),
        part=next((name for name in (child.name for child in field.fields) if name != "id"), "…"),
    )


def _size(field: Field, text: str) -> Entry:
    from textcrm.normalize.amount import parse_size

    read = {name: _filled(part) for name, part in parse_size(text).items()}
    return Entry({name: part for name, part in read.items() if field.child(name)})


def _range(field: Field, text: str) -> Entry:
    """One of a size's ranges; without a unit (50-100) it is of the field's own kind."""
    from textcrm.normalize.amount import parse_size

    read = parse_size(text)
    if field.name not in read:
        lead = {"annual_revenue": "年营收", "employees": "员工"}.get(field.name, "")
        read = parse_size(lead + text)
    part = read.get(field.name) or next(iter(read.values()))
    return Entry(_filled({**part, "text": text.strip()}))


def _filled(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if value is not None}


def _address(field: Field, text: str) -> Entry:
    from textcrm.normalize.address import candidates, parse_address

    read = {name: part for name, part in parse_address(text).items() if field.child(name)}
    if several := candidates(text):
        return Entry(
            read,
            Text(
                "{typed} may be {several}: write the city too",
                "{typed} 可能是 {several}：请补充省市",
            ),
            {"typed": shortened(text), "several": several},
        )
    shown = " / ".join(part for name, part in read.items() if name != "region_code")
    return noted(text, read, shown) if len(read) > 1 else Entry(read)
