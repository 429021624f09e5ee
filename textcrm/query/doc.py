"""The searchable view of a record: its values by path, its folded text, its phone digits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.query.fold import SEPARATOR, fold, phone_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from textcrm.record import Record
    from textcrm.schema import Field, Schema

FieldPath = tuple[str, ...]
_SPELLED: Final = (int, Decimal, dt.date, dt.datetime)  # sealed values that words find as written
_NOT_TEXT: Final = frozenset(
    ("enum", "date", "moment", "money", "number", "integer", "boolean", "person", "reference")
)


class Leaf(NamedTuple):
    """One text in a record: where it stands (keys and indexes), its field, what it says."""

    path: tuple[str | int, ...]
    field: Field | None
    text: str

    @property
    def field_path(self) -> FieldPath:
        """The path without indexes."""
        return tuple(part for part in self.path if isinstance(part, str))


class Plan:
    """Which keys of a mapping free words look into; keys the schema does not know are text.

    With ``reveal`` they look into what is sealed, too, whatever its kind.
    """

    __slots__ = ("children", "fields", "names", "phones", "reveal", "sealed", "skipped")

    def __init__(
        self, fields: tuple[Field, ...], *, top: bool = False, reveal: bool = False
    ) -> None:
        self.reveal = reveal
        self.fields = {field.name: field for field in fields}
        self.sealed = {field.name for field in fields if field.seal}
        self.skipped = {
            field.name
            for field in fields
            if not (reveal and field.seal) and not _searched(field, top=top)
        }
        self.phones = {field.name for field in fields if has_digits(field)} - self.skipped
        self.names = {field.name for field in fields if is_name(field)} - self.skipped
        self.children = {
            field.name: Plan(field.fields, reveal=reveal) for field in fields if field.fields
        }


def is_phone(field: Field) -> bool:
    """Whether a field holds phone numbers, found by any four digits."""
    return field.kind == "phone" or field.index == "phone"


def has_digits(field: Field) -> bool:
    """Whether digits are looked for in a field however they are grouped: phones, sealed codes."""
    return is_phone(field) or (bool(field.seal) and field.kind == "code")


def is_name(field: Field) -> bool:
    """Whether a field holds names, found by pinyin too."""
    return field.kind == "name" or field.index == "name"


def _searched(field: Field, *, top: bool) -> bool:
    """Free words skip what is sealed, what is compared rather than read, and ids of items."""
    if field.seal or field.element.kind in _NOT_TEXT or field.name == "uid":
        return False
    if field.index in ("none", "date", "number") and not field.fields:
        return False
    return not field.enum and (top or field.name != "id")


@lru_cache(maxsize=8)
def plan_of(schema: Schema, *, reveal: bool = False) -> Plan:
    """The plan of a schema's records."""
    return Plan(schema.fields, top=True, reveal=reveal)


_UNKNOWN: Final = Plan(())


def is_sealed(value: object) -> bool:
    """Whether a value is ciphertext: a mapping with ``sealed`` and ``age`` (DESIGN section 3)."""
    return isinstance(value, dict) and "sealed" in value and "age" in value


class Doc:
    """A record as queries see it; everything is computed when first asked for.

    ``derived`` gives what :func:`textcrm.record.derive` computes. ``today`` is only needed for
    ages. Sealed values, and plain values of fields that should be sealed, are present
    (``has:``) but never compared, shown or counted, unless ``reveal`` says that the caller has
    opened them.
    """

    __slots__ = (
        "_derive",
        "_derived",
        "_haystack",
        "_names",
        "_phones",
        "id",
        "plan",
        "reveal",
        "schema",
        "today",
        "typed",
    )

    def __init__(
        self,
        id: str,
        typed: Mapping[str, Any],
        derived: Callable[[], Mapping[str, Any]],
        schema: Schema,
        *,
        today: dt.date | None = None,
        reveal: bool = False,
        plan: Plan | None = None,
    ) -> None:
        self.id = id
        self.typed = typed
        self.schema = schema
        self.today = today
        self.reveal = reveal
        self.plan = plan or plan_of(schema, reveal=reveal)
        self._derive = derived
        self._derived: Mapping[str, Any] | None = None
        self._haystack: str | None = None
        self._phones: str | None = None
        self._names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, record: Record, today: dt.date, settings: Mapping[str, Any] | None = None) -> Doc:
        """The view of a record on a day; settings as :func:`textcrm.record.derive` takes them."""
        return cls(
            record.id,
            record.typed,
            lambda: record.derived(today, settings),
            record.schema,
            today=today,
        )

    def with_tree(self, typed: Mapping[str, Any]) -> Doc:
        """The same record with another tree; what follows from it stays that of this one."""
        return Doc(
            self.id,
            typed,
            lambda: self.derived,
            self.schema,
            today=self.today,
            reveal=self.reveal,
        )

    def item(self, item: Mapping[str, Any], path: FieldPath) -> Doc:
        """The view of one item of a list at a field path: ``purchases(product:X amount:>5)``."""
        plan = self.plan
        for part in path:
            plan = plan.children.get(part, _UNKNOWN)
        return Doc("", item, dict, self.schema, today=self.today, reveal=self.reveal, plan=plan)

    @property
    def name(self) -> str:
        """The customer's name, or an empty string."""
        name = self.typed.get("name")
        return name if isinstance(name, str) else ""

    @property
    def archived(self) -> bool:
        """Whether the record is put aside (O1)."""
        return bool(self.typed.get("archived"))

    @property
    def derived(self) -> Mapping[str, Any]:
        """What follows from the record."""
        if self._derived is None:
            self._derived = self._derive()
        return self._derived

    @property
    def haystack(self) -> str:
        """All free text, folded once, values apart: what is not in here is in no field."""
        if self._haystack is None:
            texts = [self.id] if self.id and "id" not in self.typed else []
            self._gather(self.typed, self.plan, texts)
            self._haystack = fold(SEPARATOR.join(texts))
        return self._haystack

    def _gather(self, tree: Mapping[str, Any], plan: Plan, texts: list[str]) -> None:
        skipped = plan.skipped
        for key, value in tree.items():
            if key in skipped:
                continue
            if type(value) is str:
                texts.append(value)
            elif plan.reveal and key in plan.sealed and type(value) in _SPELLED:
                texts.append(str(value))
            elif type(value) is dict:
                if not is_sealed(value):
                    self._gather(value, plan.children.get(key, _UNKNOWN), texts)
            elif type(value) is list:
                child = plan.children.get(key, _UNKNOWN)
                for item in value:
                    if type(item) is str:
                        texts.append(item)
                    elif type(item) is dict and not is_sealed(item):
                        self._gather(item, child, texts)

    def folded_leaves(self) -> list[tuple[Leaf, str]]:
        """Every text that free words look into with its folded form, out of the haystack."""
        leaves = self.leaves()
        folded = self.haystack.split(SEPARATOR)
        if len(folded) != len(leaves):  # a value holds the separator itself
            return [(leaf, fold(leaf.text)) for leaf in leaves]
        return [(leaf, text.strip()) for leaf, text in zip(leaves, folded, strict=True)]

    def leaves(self) -> list[Leaf]:
        """Every text that free words look into, with its place, in the order of the haystack."""
        found = [Leaf(("id",), None, self.id)] if self.id and "id" not in self.typed else []
        self._collect(self.typed, self.plan, (), found)
        return found

    def _collect(
        self, tree: Mapping[str, Any], plan: Plan, at: tuple[str | int, ...], found: list[Leaf]
    ) -> None:
        skipped = plan.skipped
        for key, value in tree.items():
            if key in skipped:
                continue
            if type(value) is str:
                found.append(Leaf((*at, key), plan.fields.get(key), value))
            elif plan.reveal and key in plan.sealed and type(value) in _SPELLED:
                found.append(Leaf((*at, key), plan.fields.get(key), str(value)))
            elif type(value) is dict:
                if not is_sealed(value):
                    self._collect(value, plan.children.get(key, _UNKNOWN), (*at, key), found)
            elif type(value) is list:
                child, field = plan.children.get(key, _UNKNOWN), plan.fields.get(key)
                for index, item in enumerate(value):
                    if type(item) is str:
                        found.append(Leaf((*at, key, index), field, item))
                    elif type(item) is dict and not is_sealed(item):
                        self._collect(item, child, (*at, key, index), found)

    @property
    def phones(self) -> str:
        """The digits of every phone number, one a line."""
        if self._phones is None:
            found = [phone_digits(text) for text in self._of(self.typed, self.plan, "phones")]
            self._phones = "\n".join(found)
        return self._phones

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the record that hold Chinese: the customer's, aliases, contacts'."""
        if self._names is None:
            found = self._of(self.typed, self.plan, "names")
            self._names = tuple(text for text in found if not text.isascii())
        return self._names

    def _of(self, tree: Mapping[str, Any], plan: Plan, what: str) -> Iterator[str]:
        wanted: set[str] = getattr(plan, what)
        for key, value in tree.items():
            child = plan.children.get(key)
            if key not in wanted and child is None:
                continue
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, str) and key in wanted:
                    yield item
                elif isinstance(item, dict) and child is not None and not is_sealed(item):
                    yield from self._of(item, child, what)

    def values(self, path: FieldPath) -> list[Any]:
        """All values under a field path, in order: ("contacts", "phones", "number").

        Lists on the way and at the end are opened, so that a list of three tags is three values;
        nothing and sealed values are left out.
        """
        if not path:
            return []
        if len(path) == 1 and path[0] not in self.plan.sealed:  # most columns, most clauses
            value = self._tree_of(path[0]).get(path[0])
            if value is None:
                return []
            if type(value) not in (dict, list):
                return [value]
        return [value for value in self._present(path) if not self._hidden(value)]

    def top(self, key: str) -> Any:
        """What stands at a top-level key, sealed or not; None where nothing does."""
        return self.typed.get(key)

    def locked(self, path: FieldPath) -> bool:
        """Whether a sealed value stands at a path."""
        return bool(path) and any(self._hidden(value) for value in self._present(path))

    def labels(self, path: FieldPath) -> list[str]:
        """The labels of the sealed values at a path, as ``finance@2+wang-fang``."""
        nodes: list[Any] = [self.typed]
        for part in path:
            nodes = _opened(
                [node[part] for node in nodes if isinstance(node, dict) and part in node]
            )
        sealed = (node["sealed"] for node in nodes if is_sealed(node))
        named = (one if isinstance(one, str) else "+".join(map(str, one)) for one in sealed)
        return [one for one in named if one]

    def present(self, path: FieldPath) -> bool:
        """Whether anything stands at a path, sealed or not; false and empty are nothing."""
        return any(value is not False and _filled(value) for value in self._present(path))

    def _present(self, path: FieldPath) -> list[Any]:
        nodes: list[Any] = [self._tree_of(path[0])]
        plan: Plan | None = self.plan
        for part in path:
            sealed = bool(plan and (field := plan.fields.get(part)) and field.seal)
            below = [node[part] for node in nodes if isinstance(node, dict) and part in node]
            nodes = _opened(below)
            if sealed and not self.reveal:
                nodes = [_SEALED for node in nodes if _filled(node)]
            plan = plan.children.get(part) if plan else None
        return [node for node in nodes if node is not None]

    def _tree_of(self, key: str) -> Mapping[str, Any]:  # noqa: ARG002 - for views that read late
        """A mapping that has the value of a top-level key."""
        return self.typed

    def _hidden(self, value: object) -> bool:
        return value is _SEALED or is_sealed(value)

    def trees(self, path: FieldPath) -> list[dict[str, Any]]:
        """The mappings under a field path: the items of a list, or the one mapping."""
        found = self._present(path) if path else [dict(self.typed)]
        return [value for value in found if isinstance(value, dict) and not self._hidden(value)]


_SEALED: Final = {"sealed": (), "age": ""}


def _opened(values: list[Any]) -> list[Any]:
    opened: list[Any] = []
    for value in values:
        opened.extend(value if isinstance(value, list) else (value,))
    return opened


def _filled(value: object) -> bool:
    if isinstance(value, dict):
        return any(_filled(each) for each in value.values()) or is_sealed(value)
    if isinstance(value, list):
        return any(_filled(each) for each in value)
    return value is not None and value != ""
