"""Paths into a record as people type them: names, labels, item ids and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import Misuse, NotFound
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.schema import Field, Schema

Path = tuple[str | int, ...]


class Target(NamedTuple):
    """Where a path leads: concrete keys and indexes, and the field there, where one is known.

    ``assumed`` are the lists of which the first item is meant because the path names none.
    """

    path: Path
    field: Field | None
    assumed: tuple[Path, ...] = ()


def split(text: str) -> tuple[str, ...]:
    """Split ``contacts/0/title`` or ``contacts.0.title`` into its words."""
    separator = "/" if "/" in text else "."
    words = tuple(word.strip() for word in text.strip().split(separator))
    if not text.strip() or not all(words):
        raise Misuse(
            "path-invalid",
            Text("“{path}” is not a path", "“{path}”不是有效的字段路径"),
            hint=Text(
                "write names, item ids and indexes with / between: contacts/0/phones/0/number",
                "用 / 隔开字段名、条目编号或序号，例如 contacts/0/phones/0/number",
            ),
            path=text,
        )
    return words


def find(text: str, raw: dict[str, Any], schema: Schema) -> Target:
    """Find where a typed path leads in a record, in English or Chinese.

    A list of mappings takes an index, an item's ``id`` or, for a new item, its length; left out,
    the first item is meant. A word that no top-level field has is looked for below, the contacts
    first: ``电话`` is ``contacts/0/phones/0/number``. Raises Misuse (unknown-field) with a
    suggestion, NotFound (no-such-item).
    """
    words = split(text)
    top = schema.find(words[0])
    if top is None and words[0] not in raw:
        deep = below(words[0], schema)
        if deep is not None:
            words = (*_zeroed(deep), *words[1:])
    return _walk(words, raw, schema)


def below(word: str, schema: Schema, within: Field | None = None) -> Field | None:
    """A field somewhere below the top, or below ``within``, that answers to a word, where that is
    no guess: ``电话`` is the number of the contacts' phones, in a contact that of its own.
    """
    if within is not None:
        knowing = [child for child in _branches(within) if schema.find(word, child)]
        return schema.find(word, knowing[0]) if len(knowing) == 1 else None
    contacts = schema.find("contacts")
    if contacts is not None and (found := schema.find(word, contacts)):
        return found
    deeper = [found for child in _branches(contacts) if (found := schema.find(word, child))]
    if deeper:
        return deeper[0]
    hits = [
        found
        for field in schema.fields
        if field.fields and field.name != "contacts" and (found := schema.find(word, field))
    ]
    return hits[0] if len(hits) == 1 and hits[0].name not in ("id", "note") else None


def _branches(field: Field | None) -> list[Field]:
    return [child for child in field.fields if child.fields] if field else []


def _zeroed(field: Field) -> tuple[str, ...]:
    """The words of a field's path with the first item of each list."""
    return tuple(field.path)


def _walk(words: tuple[str, ...], raw: dict[str, Any], schema: Schema) -> Target:
    path: list[str | int] = []
    assumed: list[Path] = []
    field: Field | None = None
    node: Any = raw
    rest = list(words)
    while rest:
        word = rest[0]
        if field is not None and field.kind in ("list", "items") and path and not _in_item(path):
            index, used = _item(word, node, field, path)
            if used:
                rest.pop(0)
            else:
                assumed.append(tuple(path))
            path.append(index)
            node = node[index] if isinstance(node, list) and index < len(node) else None
            continue
        rest.pop(0)
        if (branch := _branch(word, node, field, schema)) is not None:
            rest.insert(0, word)
            word = branch
        name, field = _key(word, node, field, path, schema)
        path.append(name)
        node = node.get(name) if isinstance(node, dict) else None
    return Target(tuple(path), field, tuple(assumed))


def _branch(word: str, node: Any, field: Field | None, schema: Schema) -> str | None:
    """The list or group inside a field that knows a word which the field itself does not.

    So ``phone`` of a contact is the number of its first phone.
    """
    if field is None or schema.find(word, field) or (isinstance(node, dict) and word in node):
        return None
    found = below(word, schema, field)
    return found.within.name if found is not None and found.within is not None else None


def _in_item(path: list[str | int]) -> bool:
    return isinstance(path[-1], int)


def _key(
    word: str, node: Any, field: Field | None, path: list[str | int], schema: Schema
) -> tuple[str, Field | None]:
    free = bool(path) and (
        field is None or (not field.fields and field.kind in ("any", "mapping"))
    )
    found = None if free else schema.find(word, field)
    if found is not None:
        return found.name, found
    if free or (isinstance(node, dict) and word in node):
        return word, None
    schema.require(word, field)
    raise AssertionError  # require has raised


def _item(word: str, node: Any, field: Field, path: list[str | int]) -> tuple[int, bool]:
    """The index that a word means in a list, and whether the word was one for the list."""
    count = len(node) if isinstance(node, list) else 0
    for index, item in enumerate(node if isinstance(node, list) else ()):
        if isinstance(item, dict) and item.get("id") == word:
            return index, True
    if word in ("+", "new", "新"):
        return count, True
    if word.isascii() and word.isdigit():
        index = int(word)
        if index > count:
            raise NotFound(
                "no-such-item",
                Text(
                    "{list} has {count} items; there is no item {index}",
                    "{list}只有 {count} 条，没有第 {index} 条",
                ),
                hint=Text(
                    "count from 0; {count} adds one more, and so does “+”",
                    "序号从 0 开始；用 {count} 或“+”新增一条",
                ),
                list=field.label,
                count=count,
                index=index,
                path="/".join(map(str, path)),
            )
        return index, True
    if field.find(word) is not None:
        return 0, False
    raise NotFound(
        "no-such-item",
        Text("{list} has no item “{word}”", "{list}中没有条目“{word}”"),
        hint=Text(
            "name an item by its id or by its index, which counts from 0",
            "用条目的 id 或从 0 开始的序号指定",
        ),
        list=field.label,
        word=word,
        path="/".join(map(str, path)),
    )


def locate(stable: tuple[str | int, ...], raw: Any) -> Path | None:
    """Turn a stable path (item ids) into a concrete one in a tree; None where it leads nowhere.

    The last step may be absent: the path to a key that is not there yet is still a path.
    """
    path: list[str | int] = []
    node = raw
    for depth, step in enumerate(stable):
        last = depth == len(stable) - 1
        if isinstance(node, list):
            index = _index(step, node)
            if index is None:
                return None
            path.append(index)
            node = node[index]
        elif isinstance(node, dict):
            path.append(step)
            if step not in node and not last:
                return None
            node = node.get(str(step))
        else:
            return None
    return tuple(path)


def stable(path: Path, raw: Any) -> Path:
    """A concrete path with the ids of items in the place of their indexes, where they have one."""
    steps: list[str | int] = []
    node = raw
    for step in path:
        if isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            own = node.get("id") if isinstance(node, dict) else None
            steps.append(own if isinstance(own, str) and own else step)
        else:
            node = node.get(str(step)) if isinstance(node, dict) else None
            steps.append(step)
    return tuple(steps)


def _index(step: str | int, node: list[Any]) -> int | None:
    if isinstance(step, int):
        return step if step < len(node) else None
    for index, item in enumerate(node):
        if isinstance(item, dict) and item.get("id") == step:
            return index
    return None


def value_at(path: Path, raw: Any) -> Any:
    """The value at a concrete path, None where nothing stands there."""
    node = raw
    for step in path:
        if isinstance(node, dict):
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def spell(path: Path) -> str:
    """Write a path as people type it."""
    return "/".join(str(step) for step in path)


def steps(spelled: str) -> Path:
    """The concrete path that :func:`spell` wrote."""
    return tuple(int(word) if word.isdigit() else word for word in spelled.split("/"))
