"""A field: one property of the schema, with everything that the rest of textcrm asks of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from textcrm.schema import words
from textcrm.schema.kinds import COMPOSED, SEALED_KEYS, annotation_of, index_of, kind_of

if TYPE_CHECKING:
    from textcrm.schema.model import Schema
    from textcrm.schema.words import EnumValue
    from textcrm.text import Text


_OF_THE_LIST: Final = frozenset(("seal", "type", "key"))


class Field:
    """One field: its place, kind and words, and how it is sealed, indexed and matched.

    ``path`` has no indexes: ("contacts", "phones", "number"). ``node`` is its JSON Schema with a
    local ``$ref`` followed, ``within`` the mapping or list it belongs to. ``closed`` is a structure
    that lies inside itself: its fields are those further up. All else is worked out when asked for.
    """

    def __init__(
        self,
        schema: Schema,
        name: str,
        within: Field | None,
        node: dict[str, Any],
        *,
        required: bool = False,
        refs: frozenset[str] = frozenset(),
        closed: bool = False,
    ) -> None:
        self._schema = schema
        self._closed = closed
        self._refs = refs
        self.name = name
        self.within = within
        self.node = node
        self.required = required
        self.annotation = annotation_of(node)

    def __repr__(self) -> str:
        return f"Field({'/'.join(self.path)}, {self.kind})"

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the field, without indexes."""
        return (*self.within.path, self.name) if self.within else (self.name,)

    @cached_property
    def kind(self) -> str:
        """What the values are; one of :data:`textcrm.schema.kinds.KINDS`."""
        return kind_of(self.node, self._schema.resolved)

    @cached_property
    def label(self) -> Text:
        """The field's name for people."""
        return words.label_of(
            self.annotation.get("label"), words.titled(self.node.get("title"), self.name)
        )

    @cached_property
    def description(self) -> Text:
        """What belongs into the field."""
        return words.described(self.node.get("description"), self.label)

    @cached_property
    def group(self) -> str:
        """The question of A4 that the field answers; that of the field it belongs to (A1-A5)."""
        group = self.annotation.get("group")
        if isinstance(group, str) and group:
            return group
        return self.within.group if self.within else "custom"

    @cached_property
    def enum(self) -> tuple[EnumValue, ...]:
        """The allowed values; those of the elements for a list."""
        node = self._item if self.kind == "list" else self.node
        codes = node.get("enum")
        if not isinstance(codes, list):
            return ()
        labels = annotation_of(node).get("enum") or self.annotation.get("enum")
        return words.enum_values(codes, labels if isinstance(labels, dict) else {})

    @cached_property
    def seal(self) -> str | None:
        """The class of those who may read the value, None where everybody may.

        What belongs to a sealed list is sealed with it.
        """
        seal = self.annotation.get("seal")
        if isinstance(seal, str) and seal:
            return seal
        return self.within.seal if self.within else None

    @property
    def index(self) -> str:
        """How search treats the value: text, name, keyword, phone, date, number, none."""
        return index_of(self.node, self.element.kind if self.kind == "list" else self.kind)

    @property
    def key(self) -> tuple[str, ...]:
        """The names by which items without an ``id`` are told apart (DESIGN section 2)."""
        return tuple(self.annotation.get("key") or ())

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names for the field, such as column heads of imported tables."""
        return tuple(self.annotation.get("aliases") or ())

    @property
    def purpose(self) -> str:
        """What the value is collected for (a word of the schema's x-textcrm.purposes)."""
        purpose = self.annotation.get("purpose") or ""
        return str(purpose or (self.within.purpose if self.within else ""))

    @property
    def source(self) -> str:
        """The requirement rows that the field answers, such as ``A59 B11``."""
        return str(self.annotation.get("source") or "")

    @property
    def derived(self) -> str:
        """The name of the derived value that stands beside what is stored here, or empty."""
        return str(self.annotation.get("derived") or "")

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields inside a mapping, or inside the items of a list of mappings."""
        if self._closed or self.kind not in COMPOSED or self.kind == "list":
            return ()
        if self.kind != "items":
            return self._schema.children(self.node, self, self._refs)
        items = self.node.get("items")
        if not isinstance(items, dict) or items.get("$ref") in self._refs:
            return ()
        node, refs = self._schema.followed(items, self._refs)
        return self._schema.children(node, self, refs)

    @property
    def _item(self) -> dict[str, Any]:
        items = self.node.get("items")
        return self._schema.resolved(items) if isinstance(items, dict) else {}

    @cached_property
    def element(self) -> Field:
        """The field of one element of a list of scalars; the field itself for anything else."""
        if self.kind != "list":
            return self
        own = {name: one for name, one in self.annotation.items() if name not in _OF_THE_LIST}
        if self.annotation.get("type") not in COMPOSED:
            own["type"] = self.annotation.get("type")
        node = {**self._item, "x-textcrm": {**own, **annotation_of(self._item)}}
        node.setdefault("title", self.node.get("title"))
        return Element(self, self._schema, node)

    def child(self, name: str) -> Field | None:
        """The field of that name inside this one."""
        return self.by_name.get(name)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields inside this one by name."""
        return {field.name: field for field in self.fields}

    def find(self, word: str) -> Field | None:
        """The field inside this one that a name, label or alias means."""
        return self.by_name.get(word) or self._by_word.get(words.folded(word))

    @cached_property
    def _by_word(self) -> dict[str, Field]:
        return words.field_table(self.fields)

    def enum_value(self, word: str) -> EnumValue | None:
        """The allowed value that a code, label or alias means."""
        found = self._by_code.get(word) or self._by_value_word.get(words.folded(word))
        if found is None and "其它" in word:
            found = self._by_value_word.get(words.folded(word.replace("其它", "其他")))
        return found

    @cached_property
    def _by_code(self) -> dict[str, EnumValue]:
        return {value.code: value for value in self.enum}

    @cached_property
    def _by_value_word(self) -> dict[str, EnumValue]:
        return words.value_table(self.enum)


class Element(Field):
    """One element of a list of scalars: it shares the list's name, path and reading class."""

    def __init__(self, listed: Field, schema: Schema, node: dict[str, Any]) -> None:
        super().__init__(schema, listed.name, listed.within, node)
        self._listed = listed

    @cached_property
    def seal(self) -> str | None:
        """The class of the list."""
        return self._listed.seal


def own_properties(node: dict[str, Any]) -> dict[str, Any]:
    """The properties of a mapping's node that are fields: not those of the sealed form."""
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return {}
    if annotation_of(node).get("seal"):
        return {name: one for name, one in properties.items() if name not in SEALED_KEYS}
    return properties
