"""Records with the amounts that a pivot adds up in one currency, each at the rate of its day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.insight.columns import number_of
from textcrm.record import as_day
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textcrm.insight.converting import Conversion
    from textcrm.query import Doc
    from textcrm.query.doc import FieldPath
    from textcrm.search.tabulate import Column


def demand_days(added: Iterable[Column]) -> None:
    """Refuse to add up in one currency what is a sum already. Raises Misuse (not-by-day)."""
    for column in added:
        target = column.targets[0]
        if target.kind == "money" and target.derived:
            raise Misuse(
                "not-by-day",
                Text(
                    "{field} is a sum over many days, each with a rate of its own",
                    "{field}是多日金额的合计，各日汇率不同，无法折算",
                ),
                hint=Text(
                    "for example: --sum purchases.amount",
                    "可改用逐笔金额，如 --sum purchases.amount",
                ),
                field=column.label,
            )


def in_one_currency(
    conversion: Conversion, docs: Iterable[Doc], added: Iterable[Column]
) -> list[Doc]:
    """The records for the columns that are added up."""
    wanted: dict[FieldPath, set[str]] = {}
    for column in added:
        target = column.targets[0]
        if target.kind == "money":
            wanted.setdefault(target.path[:-1], set()).add(target.path[-1])
    found = []
    for doc in docs:
        tree: Any = doc.typed
        for path, names in wanted.items():
            tree = _converted(conversion, tree, path, names)
        found.append(doc.with_tree(tree))
    return found


def _converted(conversion: Conversion, node: Any, path: FieldPath, names: set[str]) -> Any:
    """A tree whose amounts under a path are other ones; the rest is the same."""
    if isinstance(node, list):
        return [_converted(conversion, one, path, names) for one in node]
    if not isinstance(node, dict) and not hasattr(node, "keys"):
        return node
    if path:
        inner = node.get(path[0])
        if inner is None:
            return node
        return {**node, path[0]: _converted(conversion, inner, path[1:], names)}
    return _item(conversion, node, names)


def _item(conversion: Conversion, item: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    said = item.get("currency")
    own = said if isinstance(said, str) and said else conversion.home
    made = dict(item)
    for name in sorted(names):
        amount = number_of(item.get(name))
        if amount is not None:
            made[name], made["currency"] = conversion.amount(amount, own, as_day(item.get("date")))
    return made
