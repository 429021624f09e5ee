"""Rows of one file that are one customer: people of one company, further rows of one id (H1)."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.exchange.assembling import unkept
from textcrm.exchange.incoming import Cell
from textcrm.exchange.naming import are_alike, is_borrowed
from textcrm.findings import Finding
from textcrm.store import fold
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.exchange.incoming import Incoming, Tree
    from textcrm.schema import Field, Schema

Key = tuple[str, ...]


class RowRef(NamedTuple):
    """A row by its number, its place in the file and its text."""

    number: int
    place: str
    raw: str


class Proposal(NamedTuple):
    """A customer that one or several rows propose, with their warnings by row number.

    ``refused`` are further rows of it that say another value for a field that is sealed.
    """

    tree: Tree
    rows: tuple[RowRef, ...]
    warnings: tuple[tuple[int, Finding], ...]
    base: Tree | None = None
    refused: tuple[tuple[RowRef, Finding], ...] = ()


class Groups:
    """The rows of a file by customer, kept small until they are asked for.

    A row waits for later rows of the same customer, so that all have to be seen first; each is held
    as a few hundred bytes, not as a tree.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._rows: dict[Key, list[bytes]] = {}
        self._by_name: dict[str, Key] = {}
        self.count = 0

    def add(self, row: Incoming) -> None:
        """Take in a row that can be a record."""
        self.count += 1
        key = self._key(row.tree)
        self._rows.setdefault(key, []).append(pickle.dumps(row, pickle.HIGHEST_PROTOCOL))

    def __len__(self) -> int:
        return len(self._rows)

    def proposals(self) -> Iterator[Proposal]:
        """The customers, in the order in which their first rows stand."""
        for packed in self._rows.values():
            yield joined((pickle.loads(one) for one in packed), self._schema)  # noqa: S301 - our own, just made

    def _key(self, tree: Mapping[str, Any]) -> Key:
        if tree.get("id"):
            key: Key = ("id", str(tree["id"]))
            self._by_name.setdefault(fold(str(tree["name"])), key)
            return key
        name = fold(str(tree["name"]))
        if tree.get("kind") == "person":
            return ("person", name, _reached(tree))
        number = str(tree.get("registration_number") or "")
        if number:
            key = ("company", name, number)
            first = self._by_name.setdefault(name, key)
            return key if first[0] == "company" and first[2] and first != key else first
        return self._by_name.setdefault(name, ("company", name, ""))


def _reached(tree: Mapping[str, Any]) -> str:
    """What tells two people of one name apart: a number, an address, else all that is said."""
    for contact in tree.get("contacts", ()):
        for listed, key in (("phones", "number"), ("emails", "address")):
            for item in contact.get(listed, ()):
                if item.get(key):
                    return str(item[key]).casefold()
    return repr(tree)


def joined(rows: Iterable[Incoming], schema: Schema) -> Proposal:
    """One proposal of the rows of one customer; what differs between them is kept aside."""
    tree: Tree = {}
    base: Tree | None = None
    refs: list[RowRef] = []
    warnings: list[tuple[int, Finding]] = []
    refused: list[tuple[RowRef, Finding]] = []
    for row in rows:
        mine = with_left(row)
        ref = RowRef(row.number, row.place, row.raw)
        if refs and (field := _sealed_clash(tree, mine, schema)) is not None:
            refused.append((ref, unkept(field)))
            continue
        if refs and is_borrowed(mine) and _other_name(tree, mine):
            mine = {name: value for name, value in mine.items() if name not in ("name", "kind")}
        elif refs and (other := _other_name(tree, mine)):
            if not are_alike(str(tree["name"]), [other]):
                refused.append((ref, _id_again(mine, str(tree["name"]), refs[0].place)))
                continue
            aliases = [*(tree.get("aliases") or ()), *(mine.get("aliases") or ())]
            mine["aliases"] = [other] if other not in aliases else []
        refs.append(ref)
        warnings += [(row.number, one) for one in row.warnings]
        if len(refs) == 1:
            tree, base = mine, row.base
        else:
            base = None
            warnings += [(row.number, one) for one in absorb(tree, mine)]
    _note_addresses(tree, len(refs))
    return Proposal(tree, tuple(refs), tuple(warnings), base, tuple(refused))


def _other_name(tree: Tree, other: Tree) -> str:
    """The name of a further row of one id, where it is another."""
    name = str(other.get("name") or "")
    return "" if fold(name) == fold(str(tree.get("name") or "")) else name


def _id_again(tree: Tree, name: str, place: str) -> Finding:
    return Finding(
        "id-twice",
        "error",
        ("id",),
        Text(
            "{id} stands already in line {place}, for “{name}”",
            "编号 {id} 在第 {place} 行已用于“{name}”",
        ),
        Text(
            "give the row a number of its own, or none, and import it again",
            "请为这一行改用别的编号或留空编号，然后重新导入",
        ),
        {"id": str(tree["id"]), "name": name, "place": place},
    )


def _sealed_clash(tree: Tree, other: Tree, schema: Schema) -> Field | None:
    """A field that is sealed and for which a further row of a customer says something else."""
    if (found := _clash(schema.fields, tree, other)) is not None:
        return found
    listed = schema.find("contacts")
    for one in other.get("contacts", ()):
        for have in tree.get("contacts", ()):
            if listed is not None and is_same_person(have, one):
                return _clash(listed.fields, have, one)
    return None


def _clash(
    fields: Iterable[Field], have: Mapping[str, Any], other: Mapping[str, Any]
) -> Field | None:
    for field in fields:
        one, two = have.get(field.name), other.get(field.name)
        if one in (None, "") or two in (None, "") or one == two:
            continue
        if isinstance(one, dict) and isinstance(two, dict) and field.fields:
            if (found := _clash(field.fields, one, two)) is not None:
                return found
        elif field.seal and not isinstance(one, list) and field.name != "notes":
            return field
    return None


def with_left(row: Incoming) -> Tree:
    """A row's tree with the cells that fit no field, under their headings."""
    tree = row.tree
    if not row.left:
        return tree
    contacts = tree.get("contacts")
    with_person = row.left_with_contact and contacts and tree.get("kind") != "person"
    target = contacts[0] if with_person and contacts else tree
    custom = dict(target.get("custom") or {})
    for cell in row.left:
        _keep(custom, cell)
    target["custom"] = custom
    return tree


def _keep(custom: dict[str, Any], cell: Cell) -> None:
    old = custom.get(cell.heading)
    if old is None:
        custom[cell.heading] = cell.text
    elif cell.text not in str(old).split("\n"):
        custom[cell.heading] = f"{old}\n{cell.text}"


def absorb(tree: Tree, other: Tree) -> Iterator[Finding]:
    """Take a further row of the same customer into its tree; the first row's word holds."""
    for name, value in other.items():
        if name == "contacts":
            contacts = tree.setdefault("contacts", [])
            for one in value:
                _merge_contact(contacts, one)
        elif name == "custom":
            own = tree.setdefault("custom", {})
            for heading, text in value.items():
                _keep(own, Cell(heading, str(text)))
        elif isinstance(value, list):
            have = tree.setdefault(name, [])
            have.extend(one for one in value if one not in have)
        elif tree.get(name) in (None, "", {}):
            tree[name] = value
        elif name == "notes":
            if str(value) not in str(tree[name]):
                tree[name] = f"{tree[name]}\n{value}"
        elif isinstance(value, dict) and isinstance(tree[name], dict):
            tree[name] = {**value, **tree[name]}
        elif tree[name] != value and name != "name":
            _keep(tree.setdefault("custom", {}), Cell(name, str(value)))
            yield _differs(name)


def _merge_contact(contacts: list[dict[str, Any]], one: dict[str, Any]) -> None:
    """People are told apart by name; somebody without one by a number or address in common."""
    for have in contacts:
        if is_same_person(have, one):
            for name, value in one.items():
                if isinstance(value, list):
                    listed = have.setdefault(name, [])
                    listed.extend(item for item in value if item not in listed)
                elif name in ("notes", "custom") and have.get(name):
                    if name == "notes" and str(value) not in str(have[name]):
                        have[name] = f"{have[name]}\n{value}"
                    elif name == "custom":
                        for heading, text in value.items():
                            _keep(have[name], Cell(heading, str(text)))
                elif isinstance(value, dict) and isinstance(have.get(name), dict):
                    for key, one_value in value.items():
                        if have[name].setdefault(key, one_value) != one_value:
                            _keep(have.setdefault("custom", {}), Cell(key, str(one_value)))
                elif name in have and have[name] != value:
                    _keep(have.setdefault("custom", {}), Cell(name, str(value)))
                else:
                    have[name] = value
            return
    contacts.append(one)


def is_same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contacts of a customer are one: by name, else by how they are reached."""
    names = fold(str(one.get("name") or "")), fold(str(other.get("name") or ""))
    if all(names):
        return names[0] == names[1]
    reach = _ways(one), _ways(other)
    if any(names):
        return bool(reach[0] & reach[1])
    return bool(reach[0] & reach[1]) or not (reach[0] or reach[1])


def _ways(contact: Mapping[str, Any]) -> set[str]:
    found = set()
    for listed, key in (("phones", "number"), ("emails", "address")):
        for item in contact.get(listed) or ():
            if isinstance(item, dict) and item.get(key):
                found.add(str(item[key]).casefold())
    return found


def _note_addresses(tree: Tree, rows: int) -> None:
    """Keep addresses that several rows brought apart only where they differ."""
    if rows > 1 and len(tree.get("addresses", ())) > 1:
        kept: list[dict[str, Any]] = []
        for one in tree["addresses"]:
            if one not in kept:
                kept.append(one)
        tree["addresses"] = kept


def _differs(name: str) -> Finding:
    return Finding(
        "rows-differ",
        "warning",
        (name,),
        Text(
            "the rows of one customer differ in {field}; the first one holds",
            "同一客户的多行在“{field}”上不一致，以第一行为准",
        ),
        Text("the others are kept under “custom”", "其余取值保留在自定义内容中"),
        {"field": name},
    )
