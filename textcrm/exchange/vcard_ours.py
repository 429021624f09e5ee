"""Cards that textcrm wrote, read again: the whole customer, with what was changed in the cards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.export_cells import Settings
from textcrm.exchange.export_customers import Customer
from textcrm.exchange.incoming import Incoming
from textcrm.exchange.vcard_fields import CONTACT, MORE, PREFIX
from textcrm.exchange.vcard_lines import Card, Line, cards, unescaped
from textcrm.exchange.vcard_writer import address_parts, card_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textcrm.exchange.vcard_card import Made, Reader

    Tree = dict[str, Any]

_SCALARS: Final = ("name", "title", "birthday", "gender", "notes", "department")
_ACCOUNT: Final = "social"


def row(number: int, group: Sequence[Card], reader: Reader) -> Incoming:
    """The customer of some cards of ours."""
    made = [reader.read(card) for card in group]
    tree = _record(group[0], reader)
    listed = [_listed(card) for card in group]
    written = [
        _as_written(card, tree, contact, reader)
        for card, contact in zip(group, listed, strict=True)
    ]
    contacts: list[Tree] = []
    for ours, read, base in zip(listed, made, written, strict=True):
        found = _contact(ours, _first(read), _first(base), reader)
        if found:
            contacts.append(found)
    if (place := _place(group[0])) and contacts:
        contacts.insert(place, contacts.pop(0))
    if contacts:
        tree["contacts"] = contacts
    _customer(tree, made[0].tree, written[0].tree)
    return Incoming(
        number,
        str(group[0].first),
        _ordered(tree, reader),
        raw="".join(card.text.rstrip("\n") + "\n" for card in group),
        warnings=tuple(warning for one in made for warning in one.warnings),
    )


def _listed(card: Card) -> Tree:
    lines = card.all(CONTACT)
    ours = _value(lines[0]) if lines else None
    return ours if isinstance(ours, dict) else {}


def _as_written(card: Card, tree: Tree, contact: Tree, reader: Reader) -> Made:
    """What the card said when it was written: only what differs from that was changed since."""
    setting = reader.setting
    settings = Settings(
        setting.schema, "zh", setting.today, setting.now, 0, setting.currency, {}, "", card.version
    )
    typed = setting.schema.typed
    customer = Customer(str(tree.get("id") or ""), typed({**tree, "contacts": []}), {}, "")
    text = card_of(customer, typed({"contacts": [contact]})["contacts"][0], settings)
    return reader.read(next(cards(text)))


def _first(made: Made) -> Tree:
    return next(iter(made.tree.get("contacts") or ()), {})


def _record(card: Card, reader: Reader) -> Tree:
    """What stands under our own names."""
    names = {name.upper().replace("_", "-"): name for name in _names(reader)}
    tree: Tree = {}
    for line in card.lines:
        name = names.get(line.name.removeprefix(PREFIX))
        if not line.name.startswith(PREFIX) or line.name == CONTACT:
            continue
        if line.name == MORE:
            more = _value(line)
            tree.update(more if isinstance(more, dict) else {})
        elif name is not None:
            tree[name] = _value(line)
    return tree


def _names(reader: Reader) -> list[str]:
    return [field.name for field in reader.setting.schema.fields]


def _value(line: Line) -> Any:
    text = unescaped(line.value)
    if "FORM" not in line.params:
        return text
    try:
        return _texts(json.loads(text, parse_float=str, parse_int=str))
    except ValueError:
        return text


def _texts(value: Any) -> Any:
    """Scalars as a record's file has them: every one a text."""
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return ("true" if value else "false") if isinstance(value, bool) else value


def _contact(ours: Tree, read: Tree, base: Tree, reader: Reader) -> Tree:
    """A card's contact: ours, with what was changed in its standard properties."""
    contact = dict(ours)
    for name in _SCALARS:
        if read.get(name) != base.get(name) and (ours or name != "name"):
            contact = _set(contact, name, read.get(name))
    for name, key in (("phones", "number"), ("emails", "address")):
        if read.get(name) != base.get(name):
            path = f"contacts.{name}.{key}"
            listed = _overlaid(
                ours.get(name),
                read.get(name),
                lambda one, path=path, key=key: reader.key(path, one.get(key)),  # type: ignore[misc]
            )
            contact = _set(contact, name, listed)
    if read.get(_ACCOUNT) != base.get(_ACCOUNT):
        kept = {
            name: one
            for name, one in (ours.get(_ACCOUNT) or {}).items()
            if name not in (base.get(_ACCOUNT) or {})
        }
        contact = _set(contact, _ACCOUNT, {**kept, **(read.get(_ACCOUNT) or {})})
    return contact


def _overlaid(
    ours: Any, read: Any, key: Callable[[Mapping[str, Any]], Any]
) -> list[dict[str, Any]]:
    """Our items that the card still has, in our order, then what it has besides."""
    mine = [one for one in ours or () if isinstance(one, dict)]
    theirs = [one for one in read or () if isinstance(one, dict)]
    there = {key(one) for one in theirs}
    known = {key(one) for one in mine}
    kept = [one for one in mine if key(one) in there or not key(one)]
    return kept + [one for one in theirs if key(one) not in known]


def _set(tree: Tree, name: str, value: Any) -> Tree:
    if value:
        tree[name] = value
    else:
        tree.pop(name, None)
    return tree


def _customer(tree: Tree, read: Tree, base: Tree) -> None:
    """What was changed on the first card about the customer itself."""
    for key in ("name", "website", "tags", "notes"):
        if read.get(key) != base.get(key):
            _set(tree, key, read.get(key))
    if read.get("addresses") != base.get("addresses"):
        listed = _overlaid(tree.get("addresses"), read.get("addresses"), _address_key)
        _set(tree, "addresses", listed)


def _address_key(address: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple("".join(one.split()) for one in address_parts(address))


def _place(card: Card) -> int:
    lines = card.all(CONTACT)
    word = (lines[0].params.get("PLACE") or ("0",))[0] if lines else "0"
    return int(word) if word.isdigit() and len(word) < 6 else 0


def _ordered(tree: Tree, reader: Reader) -> Tree:
    order = {name: place for place, name in enumerate(_names(reader))}
    return dict(sorted(tree.items(), key=lambda pair: order.get(pair[0], len(order))))
