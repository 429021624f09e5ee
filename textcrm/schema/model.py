"""The schema: the fields of a vault's customers, found by path, name, label or alias."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from textcrm.schema import words
from textcrm.schema.field import Field, own_properties
from textcrm.schema.kinds import SEALED_KEYS, annotation_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.errors import Misuse
    from textcrm.findings import Finding
    from textcrm.schema.conversion import Convert

FILE_NAME: Final = "schema/customer.schema.json"
_DEEPEST_REF: Final = 16

GROUPS: Final[dict[str, Text]] = {
    "who": Text("Who", "客户是谁"),
    "need": Text("Need", "需求是什么"),
    "follow-up": Text("Follow-up", "跟进情况如何"),
    "cooperation": Text("Cooperation", "合作状态怎样"),
    "transactions": Text("Transactions", "交易与合同"),
    "custom": Text("Custom", "自定义"),
}


class Schema:
    """A vault's schema: the single source of what a field is (DESIGN section 2).

    ``document`` is the JSON Schema as read, ``text`` its source. Made by :meth:`from_json`.
    """

    def __init__(self, document: dict[str, Any], text: str = "", file: str = FILE_NAME) -> None:
        self.document = document
        self.text = text
        self.file = file

    @classmethod
    def from_json(cls, text: str | bytes, *, file: str = FILE_NAME) -> Schema:
        """Read a schema file.

        Raises Invalid (schema-invalid) with file, line and column where it is no JSON, where a
        ``$ref`` leads nowhere, or where an annotation is none that textcrm could follow.
        """
        from textcrm.schema import reading

        decoded = reading.decoded(text, file)
        schema = cls(reading.document_of(decoded, file), decoded, file)
        # The shipped one has none, as its tests say; nearly every vault has that one.
        own = decoded == reading.shipped_text()
        if not own and (error := next(reading.errors(schema), None)) is not None:
            raise reading.invalid(schema, error)
        return schema

    def problems(self) -> list[Finding]:
        """What is odd in the schema, each with its path in the JSON document (warnings).

        Errors never get here: :meth:`from_json` refuses them. :meth:`place` gives line and column.
        """
        from textcrm.schema import reading

        return [*reading.errors(self), *reading.warnings(self)]

    def place(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column (from 1) of a path in the JSON document, or of the nearest above it."""
        from textcrm.schema.places import place_of

        return place_of(self.text, path)

    # -- the fields

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The top-level fields, in the schema's order."""
        return self.children(self.document, None)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The top-level fields by name."""
        return {field.name: field for field in self.fields}

    def walk(self) -> Iterator[Field]:
        """Every field, each before the fields inside it."""
        return _below(self.fields)

    def children(
        self, node: dict[str, Any], within: Field | None, refs: frozenset[str] = frozenset()
    ) -> tuple[Field, ...]:
        """The fields of an object's node; a structure inside itself is given without fields."""
        listed = node.get("required")
        names = listed if isinstance(listed, list) else ()
        result = []
        for name, given in own_properties(node).items():
            if not isinstance(given, dict):
                given = {}  # noqa: PLW2901 - true and false are schemas, too
            child, followed = self.followed(given, refs)
            closed = given.get("$ref") in refs
            required = name in names
            result.append(
                Field(self, name, within, child, required=required, refs=followed, closed=closed)
            )
        return tuple(result)

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """A node with its local ``$ref`` followed; keywords beside the reference win."""
        return self.followed(node)[0] if "$ref" in node else node

    def followed(
        self, node: dict[str, Any], refs: frozenset[str] = frozenset()
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """As :meth:`resolved`, and which references were followed to get there."""
        for _ in range(_DEEPEST_REF):
            reference = node.get("$ref")
            target = self.target(reference) if isinstance(reference, str) else None
            if target is None:
                break
            if own_properties(target).keys() - SEALED_KEYS:
                refs = refs | {str(reference)}
            node = _beside(target, {name: one for name, one in node.items() if name != "$ref"})
        return node, refs

    def target(self, reference: str) -> dict[str, Any] | None:
        """What a local reference such as ``#/$defs/currency`` names, None where nothing."""
        if not reference.startswith("#/"):
            return None
        node: Any = self.document
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else None

    @cached_property
    def groups(self) -> tuple[tuple[str, Text, tuple[Field, ...]], ...]:
        """The top-level fields by the questions they answer (A1-A5): id, label, fields."""
        members: dict[str, list[Field]] = {name: [] for name in self.group_labels}
        for field in self.fields:
            members.setdefault(field.group, []).append(field)
        return tuple(
            (name, self.group_labels.get(name, Text(name, name)), tuple(each))
            for name, each in members.items()
            if each
        )

    @cached_property
    def group_labels(self) -> dict[str, Text]:
        """The groups that there are: those of the schema in its order, then our own."""
        own = self._annotation.get("groups") or {}
        return {
            name: words.label_of(own.get(name), GROUPS.get(name, Text(name, name)))
            for name in dict.fromkeys((*own, *GROUPS))
        }

    @cached_property
    def purposes(self) -> dict[str, Text]:
        """What values are collected for (:attr:`Field.purpose`), with labels."""
        own = self._annotation.get("purposes") or {}
        return {name: words.label_of(given, Text(name, name)) for name, given in own.items()}

    def wording(self, purpose: str) -> str:
        """The fingerprint of a purpose as people agree to it: its labels and its ``version``.

        12 hexadecimal digits; another one once the schema says the purpose otherwise, or raises the
        version because the kinds or the manner of processing changed (PIPL 14). Empty where the
        schema knows no such purpose.
        """
        import hashlib
        import json

        if purpose not in self.purposes:
            return ""
        given = (self._annotation.get("purposes") or {})[purpose]
        version = str(given.get("version", "")) if isinstance(given, dict) else ""
        label = self.purposes[purpose]
        said = json.dumps([label.zh, label.en, version], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def _annotation(self) -> dict[str, Any]:
        return annotation_of(self.document)

    @cached_property
    def sealed(self) -> tuple[Field, ...]:
        """Every field that is sealed itself, not only as part of a sealed list."""
        return tuple(
            field
            for field in self.walk()
            if field.seal and not (field.within and field.within.seal)
        )

    # -- finding

    def at(self, path: Sequence[str | int]) -> Field | None:
        """The field at a path, with or without indexes and item ids; None where none is known.

        The path of an item, ("contacts", 0) or ("contacts", "k3f9"), is that of its list.
        """
        steps = [step for step in path if not isinstance(step, int)]
        field = self.by_name.get(steps[0]) if steps else None
        return _at(field, steps[1:]) if field else None

    def find(self, word: str, within: Field | None = None) -> Field | None:
        """The field that a name, label or alias means, at the top or inside another field."""
        if within is not None:
            return within.find(word)
        return self.by_name.get(word) or self._by_word.get(words.folded(word))

    @cached_property
    def _by_word(self) -> dict[str, Field]:
        return words.field_table(self.fields)

    def require(self, word: str, within: Field | None = None) -> Field:
        """As :meth:`find`; raises Misuse (unknown-field) with a suggestion."""
        field = self.find(word, within)
        if field is None:
            raise self.unknown(word, within)
        return field

    def unknown(self, word: str, within: Field | None = None) -> Misuse:
        """The error for a word that no field answers to: Misuse (unknown-field)."""
        return words.unknown_field(word, within.fields if within else self.fields, within)

    def order(self, path: Sequence[str | int] = ()) -> tuple[str, ...]:
        """The schema's order of the keys at a path, () where it knows none."""
        if not path:
            return tuple(self.by_name)
        field = self.at(path)
        return tuple(child.name for child in field.fields) if field is not None else ()

    # -- conversion

    def typed(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record in Python's types: Decimal for money and number, int, bool, date, datetime.

        What cannot be read stays text; None and sealed values stay as they are.
        """
        result: dict[str, Any] = self._typed(raw)
        return result

    @cached_property
    def _typed(self) -> Convert:
        from textcrm.schema.conversion import typing

        return typing(self)

    def typed_to_look_at(self, raw: dict[str, Any]) -> dict[str, Any]:
        """As :meth:`typed`, faster; what comes out shares with ``raw`` and must not be changed."""
        result: dict[str, Any] = self._typed_to_look_at(raw)
        return result

    @cached_property
    def _typed_to_look_at(self) -> Convert:
        from textcrm.schema.sharing import typing

        return typing(self)

    def full_instance(self, raw: dict[str, Any]) -> dict[str, Any]:
        """As :meth:`instance` of a record in which no key or item is None; shares with ``raw``."""
        result: dict[str, Any] = self._full_instance(raw)
        return result

    @cached_property
    def _full_instance(self) -> Convert:
        from textcrm.schema.sharing import instancing

        return instancing(self)

    def instance(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record as a JSON Schema validator wants it: JSON numbers and booleans, else text.

        Keys and items that are None are left out.
        """
        result: dict[str, Any] = self._instance(raw)
        return result

    @cached_property
    def _instance(self) -> Convert:
        from textcrm.schema.conversion import instancing

        return instancing(self)

    def plain(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record as it is written to a file: numbers and booleans bare, all else text.

        Bare is a Decimal, int or bool where the schema wants a JSON number or boolean.
        """
        result: dict[str, Any] = self._plain(raw)
        return result

    @cached_property
    def _plain(self) -> Convert:
        from textcrm.schema.conversion import plaining

        return plaining(self)

    def jsonable(self, typed: Any) -> Any:
        """A typed tree that JSON can carry: money and dates as strings (DESIGN section 8)."""
        from textcrm.schema.conversion import jsonable

        return jsonable(typed)


def _beside(target: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A referenced node with the keywords beside the reference; annotations are joined."""
    note = own.get("x-textcrm")
    if isinstance(note, dict) and isinstance(target.get("x-textcrm"), dict):
        own["x-textcrm"] = {**target["x-textcrm"], **note}
    return {**target, **own}


def _at(field: Field, steps: list[Any]) -> Field | None:
    """Follow names; in a list of mappings one step may be an item's id."""
    if not steps:
        return field
    child = field.child(steps[0])
    found = _at(child, steps[1:]) if child else None
    if found is None and field.kind == "items":
        rest = steps[1:]
        if not rest:
            return field
        inner = field.child(rest[0])
        return _at(inner, rest[1:]) if inner else None
    return found


def _below(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _below(field.fields)
