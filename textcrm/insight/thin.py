"""Records with nothing in them but the fields that a pivot asks for, straight from the catalog's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.query import Doc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.insight.facts import Facts
    from textcrm.query.names import Target
    from textcrm.search.tabulate import Column

_NOT_KEPT = ("age", "age_band", "days_silent", "other_currencies")
_MONEY = ("purchases.currency", "payments.currency")


def docs(facts: Facts, keys: Iterable[Column], added: Iterable[Column]) -> list[Doc]:
    """The chosen records for the columns of the groups, and those that are added up; whole ones
    where the values do not tell all.

    Grouping these gives what grouping the whole records gives.
    """
    summed = {target for column in added for target in column.targets}
    targets = summed | {target for column in keys for target in column.targets}
    if not all(told(facts, target) for target in targets):
        return list(facts.docs())
    trees: dict[int, dict[str, Any]] = {row: {} for row in facts.rows}
    derived: dict[int, dict[str, Any]] = {row: {} for row in facts.rows}
    whole = foreign(facts) if any(target.derived for target in targets) else set()
    for path in paths(facts, targets, summed):
        whole |= facts.unkept(".".join(path))
        for row, place, value in facts.placed(".".join(path)):
            if path[0] == "derived":
                derived[row][path[1]] = value
            elif len(path) == 1:
                _put(trees[row], path[0], value, place)
            else:
                _item(trees[row], path[0], place)[path[1]] = value
    found: list[Doc] = list(facts.docs(whole))
    found += [
        Doc(
            "",
            tree,
            lambda row=row: derived[row],  # type: ignore[misc]
            facts.vault.schema,
            today=facts.today,
        )
        for row, tree in trees.items()
        if row not in whole
    ]
    return found


def told(facts: Facts, target: Target) -> bool:
    """Whether the values of a place are all in the catalog's table, each in its item."""
    if target.derived:
        return target.derived not in _NOT_KEPT
    if not target.path or target.field is None or target.field.fields:
        return False
    if not facts.catalog.values.kept(target.path):
        return False
    if len(target.path) == 1:
        return True
    outer = facts.vault.schema.at(target.path[:1])
    single = target.field.kind != "list"
    return len(target.path) == 2 and single and outer is not None and outer.kind == "items"


def paths(facts: Facts, targets: set[Target], summed: set[Target]) -> list[tuple[str, ...]]:
    """The paths to read: of a list that is added up all single values of its items, for an item
    without the field that groups them is in a group as well.
    """
    lists = {target.path[:1] for target in summed if len(target.path) == 2}
    found: dict[tuple[str, ...], None] = {}
    for target in targets:
        if target.derived:
            found["derived", target.derived] = None
        elif len(target.path) == 1 or target.path[:1] not in lists:
            found[target.path] = None
        else:
            outer = facts.vault.schema.at(target.path[:1])
            inner = outer.fields if outer is not None else ()
            for each in inner:
                if not each.fields and not each.seal and each.name != "id":
                    found[target.path[0], each.name] = None
    return list(found)


def foreign(facts: Facts) -> set[int]:
    """Records with amounts in a currency of their own: what is derived of them has those too."""
    rows: set[int] = set()
    for path in _MONEY:
        rows |= {row for row, _, value in facts.placed(path) if value != facts.home}
    return rows


def _put(tree: dict[str, Any], name: str, value: Any, place: int) -> None:
    """A single value, or one of a list of words."""
    if not place:
        tree[name] = value
    else:
        tree.setdefault(name, []).append(value)


def _item(tree: dict[str, Any], name: str, place: int) -> dict[str, Any]:
    items: list[dict[str, Any]] = tree.setdefault(name, [])
    while len(items) < place:
        items.append({})
    return items[place - 1]
