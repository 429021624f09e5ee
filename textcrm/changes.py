"""Changes between two versions of a record, told in fields: what was added, removed, altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textcrm.schema import Schema

StablePath = tuple[str | int, ...]
# Where git's merge driver keeps, in the record itself, what it could not decide.
UNRESOLVED: Final = "_conflicts"


class Change(NamedTuple):
    """One field that differs. ``None`` stands for absent.

    ``path`` is stable: an item of a list of mappings is named by its ``id`` where it has one.
    """

    path: StablePath
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def compare(
    before: dict[str, Any] | None, after: dict[str, Any] | None, schema: Schema
) -> tuple[Change, ...]:
    """List what differs, in the order of the later version, removed fields last.

    Items of lists of mappings are matched by ``id``, else by their whole content, else by the
    fallback key of the schema where that is unique (DESIGN section 2). Lists of scalars are one
    value. Order of keys and of items is not a change.
    """
    return tuple(_mappings((), (), before or {}, after or {}, schema))


def _mappings(
    path: StablePath,
    plain: tuple[str, ...],
    before: dict[str, Any],
    after: dict[str, Any],
    schema: Schema,
) -> Iterator[Change]:
    for name in (*after, *(name for name in before if name not in after)):
        one, two = before.get(name), after.get(name)
        if one != two:
            yield from _values((*path, name), (*plain, name), one, two, schema)


def _values(
    path: StablePath, plain: tuple[str, ...], one: Any, two: Any, schema: Schema
) -> Iterator[Change]:
    if _is_tree(one) and _is_tree(two):
        yield from _mappings(path, plain, one, two, schema)
    elif _is_items(one) and _is_items(two) and not (one is None and two is None):
        yield from _items(path, plain, one or [], two or [], schema)
    elif not _empty(one) or not _empty(two):
        yield Change(path, None if _empty(one) else one, None if _empty(two) else two)


def _empty(value: Any) -> bool:
    return value is None or value in ([], {})


def _is_tree(value: Any) -> bool:
    return isinstance(value, dict) and "sealed" not in value


def _is_items(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
    )


def _items(
    path: StablePath,
    plain: tuple[str, ...],
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    schema: Schema,
) -> Iterator[Change]:
    field = schema.at(plain)
    pairs = match_items(before, after, field.key if field else ())
    for old, new in pairs:
        if old is None and new is not None:
            yield Change((*path, _name(after, new)), None, after[new])
        elif new is None and old is not None:
            yield Change((*path, _name(before, old)), before[old], None)
        elif old is not None and new is not None:
            yield from _mappings(
                (*path, _name(after, new)), plain, before[old], after[new], schema
            )


def _name(items: list[dict[str, Any]], index: int) -> str | int:
    own = item_id(items[index])
    if own is not None and sum(item.get("id") == own for item in items) == 1:
        return own
    return index


def match_items(
    before: list[dict[str, Any]], after: list[dict[str, Any]], key: Sequence[str]
) -> list[tuple[int | None, int | None]]:
    """Pair the items of two versions of a list: (index before, index after), None for no partner.

    Equal items are paired in order, so that two identical purchases stay two. The result follows
    the order of ``after``; what was removed comes last.
    """
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for names in (item_id, _content, lambda item: _key(item, key)):
        groups_before = _groups(before, names, taken)
        groups_after = _groups(after, names, set(partner))
        for name, news in groups_after.items():
            olds = groups_before.get(name, [])
            unique = names in (item_id, _content) or (len(olds) == 1 and len(news) == 1)
            if unique:
                for old, new in zip(olds, news, strict=False):
                    partner[new] = old
                    taken.add(old)
    pairs: list[tuple[int | None, int | None]] = [
        (partner.get(index), index) for index in range(len(after))
    ]
    return pairs + [(index, None) for index in range(len(before)) if index not in taken]


def _groups(items: list[dict[str, Any]], names: Any, skip: set[int]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for index, item in enumerate(items):
        name = None if index in skip else names(item)
        if name is not None:
            groups.setdefault(name, []).append(index)
    return groups


def item_id(item: Mapping[str, Any]) -> str | None:
    """The id by which an item of a list is named; None where it has none, or something else there."""
    own = item.get("id")
    return own if isinstance(own, str) and own else None


def _content(item: dict[str, Any]) -> str:
    return repr(sorted(item.items(), key=lambda pair: str(pair[0])))


def _key(item: dict[str, Any], key: Sequence[str]) -> str | None:
    if not key or item_id(item) or all(item.get(name) is None for name in key):
        return None
    return repr([item.get(name) for name in key])
