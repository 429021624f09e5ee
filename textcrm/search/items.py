"""Items as rows: one view of a record for each item of a list, such as its purchases (E15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.query.doc import Doc, is_sealed
from textcrm.query.mistakes import nearest, short
from textcrm.query.names import names_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.query import Query
    from textcrm.query.doc import FieldPath
    from textcrm.schema import Field, Schema


def list_of(name: str, schema: Schema) -> Field:
    """The list that a name means: ``purchases``, 购买记录, ``contacts.phones``, ``tags``.

    Raises Misuse (not-a-list).
    """
    lists = list(_lists(schema.fields))
    for target in names_of(schema).find(name.strip()):
        # Of 电话 and 购买 the list that they are a field of is meant.
        for field in (target.field, target.field.within if target.field else None):
            if field is not None and field in lists:
                return field
    close = nearest(name, [word for each in lists for word in (each.name, each.label.zh)])
    raise Misuse(
        "not-a-list",
        Text("“{field}” is no list of items", "“{field}”不是列表，无法逐条列出"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("lists: {known}", "可用的列表：{known}"),
        field=short(name),
        suggestion=close,
        known=[each.name for each in lists if each.kind == "items"],
    )


def _lists(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if field.kind in ("items", "list"):
            yield field
        yield from _lists(field.fields)


def items(
    docs: Iterable[Doc], path: FieldPath, query: Query | None, *, archived: bool
) -> list[Doc]:
    """One view for each item at a path: the record as if it had that item only.

    Those items are left out with which alone the record would not fit the query, so that
    ``product:X`` gives the purchases of X; where no item fits alone (a query about two of them)
    all stay. Derived values remain those of the whole record.
    """
    found: list[Doc] = []
    for doc in docs:
        rows = [doc.with_tree(tree) for tree in _narrowed(doc.typed, path)]
        if query is None or query.is_empty:
            found += rows
        else:
            found += [r for r in rows if query.matches(r, archived=archived)] or rows
    return found


def _narrowed(tree: Mapping[str, Any], path: FieldPath) -> Iterator[dict[str, Any]]:
    """A mapping once for each item under a path, holding no other of them."""
    name, rest = path[0], path[1:]
    value = tree.get(name)
    for item in value if isinstance(value, list) else (value,):
        if item is None or is_sealed(item):
            continue
        if not rest:
            yield {**tree, name: [item]}
        elif isinstance(item, dict):
            for inner in _narrowed(item, rest):
                yield {**tree, name: [inner] if isinstance(value, list) else inner}


def item_id(doc: Doc, path: FieldPath) -> str | None:
    """The id of the item that a row is about, where it has one."""
    node: Any = doc.typed
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
        node = node[0] if isinstance(node, list) and node else node
    found = node.get("id") if isinstance(node, dict) else None
    return found if isinstance(found, str) else None
