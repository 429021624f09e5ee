"""Three-way merge of schemas: the default a vault began with, the vault's own, today's default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm.three_way import ABSENT, joined, merge_sets

if TYPE_CHECKING:
    from collections.abc import Callable

Side = Literal["vault", "default"]
Place = tuple[str, ...]
_NOTE: Final = "x-textcrm"


class SchemaChange(NamedTuple):
    """What of today's default comes into the vault's schema: ``what`` is added, changed, removed.

    ``field`` is the path of a field (``purchases/currency``, empty for the schema as a whole),
    ``key`` what of it (``x-textcrm/aliases``, empty for all of it).
    """

    field: str
    key: str
    what: Literal["added", "changed", "removed"]


class Clash(NamedTuple):
    """What both changed, each in its own way; None stands for absent."""

    field: str
    key: str
    base: Any
    vault: Any
    default: Any


class MergedSchema(NamedTuple):
    """The merged document, what came into it, and what only a person can say."""

    document: dict[str, Any]
    changes: tuple[SchemaChange, ...]
    clashes: tuple[Clash, ...]


def merge(
    base: dict[str, Any],
    vault: dict[str, Any],
    default: dict[str, Any],
    *,
    decide: Callable[[Clash], Side | None] = lambda _clash: None,
    in_use: Callable[[str], bool] = lambda _field: False,
) -> MergedSchema:
    """Merge field by field; lists of words merge as sets.

    ``decide`` is asked about what both changed; where it gives None that stays a clash. A field that the default dropped stays where ``in_use``
    says that records hold values of it, or where the vault changed it; one that the vault dropped
    stays dropped. A field that the vault sealed keeps its form, and takes over words only.
    """
    work = _Work(decide, in_use)
    document = work.mapping((), base, vault, default)
    return MergedSchema(document, tuple(work.changes), tuple(work.clashes))


def field_of(place: Place) -> tuple[str, str]:
    """A place in a schema document as the path of a field and the key of it."""
    names: list[str] = []
    rest: list[str] = []
    steps = list(place)
    if steps[:1] == ["$defs"] and len(steps) > 1:
        return "", "/".join(steps)
    while steps:
        step = steps.pop(0)
        if step == "properties" and steps:
            names.append(steps.pop(0))
        elif step != "items" or not steps:
            rest = [step, *steps]
            if "properties" not in steps:
                break
    return "/".join(names), "/".join(rest)


class _Work:
    def __init__(
        self, decide: Callable[[Clash], Side | None], in_use: Callable[[str], bool]
    ) -> None:
        self.decide = decide
        self.in_use = in_use
        self.changes: list[SchemaChange] = []
        self.clashes: list[Clash] = []

    def mapping(
        self, place: Place, base: dict[str, Any], vault: dict[str, Any], default: dict[str, Any]
    ) -> dict[str, Any]:
        own_form = _sealed(vault) and not _sealed(base)
        result = {}
        for name in joined(list(vault), list(default)):
            sides = [side.get(name, ABSENT) for side in (base, vault, default)]
            if own_form and name not in ("title", "description", _NOTE):
                value = sides[1]
            else:
                value = self.value((*place, name), *sides)
            if value is not ABSENT:
                result[name] = value
        return result

    def value(self, place: Place, base: Any, vault: Any, default: Any) -> Any:
        if default in (vault, base):
            return vault
        is_field = place[-2:-1] == ("properties",)
        if vault == base:
            return self._taken(place, base, default, is_field=is_field)
        if all(isinstance(one, dict) for one in (vault, default)):
            return self.mapping(place, base if isinstance(base, dict) else {}, vault, default)
        if is_field and ABSENT in (vault, default):
            return vault
        if all(_words(one) for one in (vault, default)):
            merged = merge_sets(base if _words(base) else [], vault, default)
            if merged != vault:
                self._note(place, "changed")
            return merged
        return self._clash(place, base, vault, default)

    def _taken(self, place: Place, base: Any, default: Any, *, is_field: bool) -> Any:
        """What only the default changed."""
        if default is ABSENT:
            if is_field and self.in_use(field_of(place)[0]):
                return base
            self._note(place, "removed")
        elif base is ABSENT:
            self._note(place, "added")
        elif isinstance(base, dict) and isinstance(default, dict):
            return self.mapping(place, base, base, default)
        else:
            self._note(place, "changed")
        return default

    def _clash(self, place: Place, base: Any, vault: Any, default: Any) -> Any:
        found = Clash(*field_of(place), *(_shown(one) for one in (base, vault, default)))
        side = self.decide(found)
        if side is None:
            self.clashes.append(found)
        elif side == "default":
            self._note(place, "changed")
            return default
        return vault

    def _note(self, place: Place, what: Literal["added", "changed", "removed"]) -> None:
        self.changes.append(SchemaChange(*field_of(place), what))


def _shown(value: Any) -> Any:
    return None if value is ABSENT else value


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _sealed(node: dict[str, Any]) -> bool:
    note = node.get(_NOTE)
    return isinstance(note, dict) and bool(note.get("seal"))
