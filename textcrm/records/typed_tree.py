"""A record that somebody typed in a file, read as ``set`` reads words: names, labels, values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import ciphertext, paths, yamlfile
from textcrm.errors import Invalid, TextcrmError
from textcrm.records import currencies
from textcrm.records.by_kind import kind_of, spelled_out
from textcrm.records.values import IDENTITY, Assigned, at_target, inner_of
from textcrm.schema import folded
from textcrm.text import Text
from textcrm.vault.typed_places import said_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.paths import Path
    from textcrm.schema import Field
    from textcrm.vault import Vault

_KEYED: Final = Text("{typed} → {stored}", "{typed} → {stored}")
_HEAD: Final = "currency"  # before the amounts beside it, which may name one themselves


class TypedTree(NamedTuple):
    """What a typed file says, in the schema's words.

    ``values`` are what was read otherwise than it was typed, to show back; ``text`` is the file
    with only these changed, where it has comments to keep. ``places`` leads from a path in the
    record to the one in the file.
    """

    tree: dict[str, Any]
    values: tuple[Assigned, ...] = ()
    text: str | None = None
    file: str = ""
    source: str = ""
    places: Mapping[Path, Path] = {}

    def placed(self, error: Invalid) -> Invalid:
        """An error of the record with the places of the file; as it is where none is known."""
        found = error.data.get("problems")
        marks = yamlfile.positions(self.source)
        problems = []
        for one in found if isinstance(found, list | tuple) else ():
            typed, whole = self._typed(tuple(one.finding.path))
            if typed is None:
                continue
            at_key = one.finding.at_key and whole
            line, column = (marks.key if at_key else marks.value)(typed)
            problems.append(one._replace(file=self.file, line=line, column=column))
        if not problems:
            return error
        first = problems[0]
        place = {"file": first.file, "line": first.line, "column": first.column}
        return said_first(error, problems=problems, **place)

    def _typed(self, path: Path) -> tuple[Path | None, bool]:
        """The place in the file of a path or of what holds it, and whether it is its own."""
        for depth in range(len(path), -1, -1):
            if path[:depth] in self.places:
                return self.places[path[:depth]], depth == len(path)
        return None, False


def read_typed(vault: Vault, source: str, *, file: str) -> TypedTree:
    """Read a record as people type it, YAML or JSON.

    Keys are names, labels or aliases of the schema (``电话`` leads to the first contact's), values
    whatever ``set`` understands, one text where a list is expected. A key that no field answers to
    stays. Raises Invalid or YamlInvalid with file, line and column.
    """
    raw = yamlfile.read_mapping(source, file=file)
    reading = _Reading(vault, source, file)
    tree = reading.mapping(raw, None, (), ())
    for (name,) in IDENTITY:  # a new customer gets its own
        tree.pop(name, None)
    text = _kept(source, reading.names, vault.schema.plain(tree))
    return TypedTree(tree, tuple(reading.values), text, file, source, reading.places)


def is_record(vault: Vault, raw: Mapping[str, Any]) -> bool:
    """Whether a mapping is a record and no note with colons: it has a name, or each key is a field's."""
    schema = vault.schema
    found = [schema.find(key) or paths.below(key, schema) for key in raw]
    if any(one and one.path == ("name",) for one in found):
        return True
    known = (one or kind_of(schema, key) for one, key in zip(found, raw, strict=True))
    return bool(found) and all(known)


def _kept(source: str, names: Mapping[Path, str], tree: dict[str, Any]) -> str | None:
    """The typed text made to say what was understood; None without comments, or where it cannot."""
    from textcrm.yamlfile.comments import comments
    from textcrm.yamlfile.renaming import rename
    from textcrm.yamlfile.shapes import as_read

    if source.lstrip("\ufeff \t\r\n")[:1] == "{" or next(comments(source), None) is None:
        return None
    try:
        text = yamlfile.set_value(rename(source, names), (), tree)
        return text if yamlfile.read_mapping(text) == as_read(tree) else None
    except TextcrmError:
        return None


class _Reading:
    def __init__(self, vault: Vault, source: str, file: str) -> None:
        self._vault = vault
        self._source = source
        self._file = file
        self.values: list[Assigned] = []
        self.places: dict[Path, Path] = {(): ()}
        self.names: dict[Path, str] = {}

    def mapping(
        self, node: dict[str, Any], field: Field | None, path: Path, typed: Path
    ) -> dict[str, Any]:
        """A mapping by the fields inside ``field`` (None: of a record)."""
        known = self._keys(node, field, path, typed)
        read: dict[str, Any] = {}
        for key in sorted(known, key=lambda key: known[key][0] != _HEAD):
            name, found = known[key]
            read[name] = self._value(node[key], found, (*path, name), (*typed, key))
            self._currency(read, path, name, typed, key)
        order = [name for name, _ in known.values()]
        result = {name: read[name] for name in (*order, *read) if read[name] is not None}
        rest = [key for key in node if key not in known]
        for key in rest if field is not None else sorted(rest, key=self._turn):
            if field is None and kind_of(self._vault.schema, key) is not None:
                self._of_kind(key, node[key], result, typed)
            else:
                self._elsewhere(key, node[key], field, result, path, typed)
        return result

    def _turn(self, key: str) -> int:
        """Who the contacts are comes before their numbers: a number is that of the first one."""
        if kind_of(self._vault.schema, key) is not None:
            return 1
        target = paths.below(key, self._vault.schema)
        return 0 if target is not None and target.path == ("contacts", "name") else 2

    def _keys(
        self, node: dict[str, Any], field: Field | None, path: Path, typed: Path
    ) -> dict[str, tuple[str, Field | None]]:
        """The keys that stand for fields here, and those that stand for none anywhere."""
        known: dict[str, tuple[str, Field | None]] = {}
        taken: dict[str, str] = {}
        schema = self._vault.schema
        free = field is not None and not field.fields
        for key, value in node.items():
            found = None if free else schema.find(key, field)
            if found is None and not free and self._leads_below(key, value, field):
                continue
            name = found.name if found else key
            if name in taken:
                raise self._twice(taken[name], key, (*typed, key))
            taken[name] = key
            known[key] = name, found
            if name != key:
                self.names[(*typed, key)] = name
            if found is not None and folded(key) not in _said(found):
                self._note((*path, name), key, paths.spell((*path, name)))
        return known

    def _leads_below(self, key: str, value: Any, field: Field | None) -> bool:
        if not isinstance(value, str):
            return False
        schema = self._vault.schema
        if field is None and value.strip() and kind_of(schema, key) is not None:
            return True
        return paths.below(key, schema, field) is not None

    def _value(self, value: Any, field: Field | None, path: Path, typed: Path) -> Any:
        self.places[path] = typed
        if field is None or value is None or path in IDENTITY or ciphertext.is_sealed(value):
            return value
        if isinstance(value, dict):
            if field.kind == "items":
                return [self._item(value, field, (*path, 0), typed)]
            return self.mapping(value, field, path, typed) if field.fields else value
        if not isinstance(value, list):
            return self._said(value, field, path, typed)
        if field.kind == "items":
            return [self._item(one, field, (*path, i), (*typed, i)) for i, one in enumerate(value)]
        if field.kind == "list":
            return [
                self._value(one, field.element, (*path, i), (*typed, i))
                for i, one in enumerate(value)
            ]
        return value

    def _item(self, value: Any, field: Field, path: Path, typed: Path) -> Any:
        if isinstance(value, dict) and not ciphertext.is_sealed(value):
            self.places[path] = typed
            return self.mapping(value, field, path, typed)
        return value if isinstance(value, list) else self._value(value, field, path, typed)

    def _said(self, value: str, field: Field, path: Path, typed: Path) -> Any:
        """A value in words, made what is stored."""
        if typed and isinstance(typed[-1], str):
            inner = inner_of(self._vault, field, typed[-1], value)
            if inner is not None:
                return {inner.name: self._said(value, inner, (*path, inner.name), typed)}
        try:
            one = at_target(self._vault, paths.Target(path, field), value)
        except TextcrmError as error:
            raise self._wrong(error, typed) from None
        self.values.append(one)
        result = one.value
        for step in reversed(one.path[len(path) :]):
            result = [result] if isinstance(step, int) else {str(step): result}
        return result

    def _currency(
        self, item: dict[str, Any], path: Path, name: str, typed: Path, key: str
    ) -> None:
        """Beside an amount that names its currency, the currency; two that differ are refused."""
        last = self.values[-1] if self.values else None
        if last is None or last.currency is None or last.path != (*path, name):
            return
        home = item.get(currencies.FIELD)
        config = self._vault.config.currency
        try:
            said = currencies.beside(self._vault.schema, last.path, item, last.currency, config)
        except TextcrmError as error:
            raise self._wrong(error, (*typed, key)) from None
        if said is not None and home:
            raise self._wrong(_two_currencies(said, home), (*typed, key))
        if said is not None:
            item[currencies.FIELD] = said

    def _elsewhere(
        self,
        key: str,
        value: str,
        field: Field | None,
        holder: dict[str, Any],
        path: Path,
        typed: Path,
    ) -> None:
        """Put what a key means further below (电话: the first contact's number) into its place."""
        target = paths.below(key, self._vault.schema, field)
        assert target is not None  # noqa: S101 - asked for before
        chain = _chain(target, field)
        node: Any = holder
        for depth, one in enumerate(chain[:-1]):
            path = (*path, one.name)
            node = node.setdefault(one.name, [] if one.kind == "items" else {})
            if one.kind == "items" and isinstance(node, list):
                # A second number is one more, never the first one overwritten.
                more = depth == len(chain) - 2 and one.key == (target.name,)
                index = _room(node, target.name) if more else 0
                if index == len(node):
                    node.append({})
                path = (*path, index)
                node = node[index]
            if not isinstance(node, dict):
                holder[key] = value
                return
        if target.name in node:
            raise self._twice(target.name, key, (*typed, key))
        path = (*path, target.name)
        self._note(path, key, paths.spell(path))
        node[target.name] = self._value(value, target, path, (*typed, key))

    def _of_kind(self, key: str, value: str, tree: dict[str, Any], typed: Path) -> None:
        """Put what stands under the kind of an entry (决策关键人: 王五) into that entry."""
        place = (*typed, key)
        for spelled, said in spelled_out(self._vault.schema, tree, key, value):
            path = paths.steps(spelled)
            entries = tree.setdefault(str(path[0]), [])
            if path[1] == len(entries):
                entries.append({})
                self._note(path[:2], key, paths.spell(path[:2]))
            entry = entries[path[1]]
            read = self._value(said, self._vault.schema.at(path), path, place)
            more = read if len(path) == 2 else {path[2]: read}
            for name, one in more.items():
                if entry.setdefault(name, one) != one:
                    raise self._twice(paths.spell((*path[:2], name)), key, place)

    def _note(self, path: Path, typed: str, stored: object) -> None:
        self.values.append(Assigned(path, None, _KEYED, {"typed": typed, "stored": stored}))

    def _twice(self, first: str, second: str, typed: Path) -> Invalid:
        return self._wrong(
            Invalid(
                "key-twice",
                Text(
                    "“{first}” and “{second}” are the same field",
                    "“{first}”与“{second}”是同一个字段",
                ),
                hint=Text("keep one of them", "请只保留一个"),
                first=first,
                second=second,
            ),
            typed,
            at_key=True,
        )

    def _wrong(self, error: TextcrmError, typed: Path, *, at_key: bool = False) -> Invalid:
        marks = yamlfile.positions(self._source)
        line, column = (marks.key if at_key else marks.value)(typed)
        same = Invalid(error.code, error.message, hint=error.hint, **error.data)
        return said_first(same, file=self._file, line=line, column=column)


def _two_currencies(said: str, home: str) -> Invalid:
    return Invalid(
        "currency-mixed",
        Text("the amount is in {said}, its entry in {home}", "金额为 {said}，该条的币种为 {home}"),
        hint=Text("write one currency", "请使用同一币种"),
        said=said,
        home=home,
    )


def _said(field: Field) -> set[str]:
    return {folded(field.name), folded(field.label.zh), folded(field.label.en)}


def _chain(target: Field, within: Field | None) -> list[Field]:
    """The fields that lead to one, without those it is looked for in."""
    chain = [target]
    while (above := chain[0].within) is not None and (within is None or above.path != within.path):
        chain.insert(0, above)
    return chain


def _room(items: list[Any], name: str) -> int:
    """The first item without a value of that name; one more where each has one."""
    for index, item in enumerate(items):
        if not isinstance(item, dict) or name not in item:
            return index
    return len(items)
