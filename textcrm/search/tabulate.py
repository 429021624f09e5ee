"""Columns of tables: any field, what follows from a record, days as months."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.query.doc import is_sealed
from textcrm.query.mistakes import nearest, short
from textcrm.query.names import COMPUTED, names_of
from textcrm.record import as_day
from textcrm.text import Text, same

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from textcrm.query import Doc
    from textcrm.query.doc import FieldPath
    from textcrm.query.names import Target
    from textcrm.schema import Field, Schema

NUMBERS: Final = ("money", "number", "integer")
_PERIODS: Final[dict[str, Callable[[dt.date], str]]] = {
    "year": lambda day: f"{day.year:04d}",
    "quarter": lambda day: f"{day.year:04d}-Q{(day.month + 2) // 3}",
    "month": lambda day: f"{day.year:04d}-{day.month:02d}",
    "week": lambda day: "{:04d}-W{:02d}".format(*day.isocalendar()),
}
_INDUSTRY: Final = ("industry",)
_PERIOD_WORDS: Final = {"年": "year", "季度": "quarter", "月": "month", "周": "week"}


class Column(NamedTuple):
    """A column of a table: a name as asked for, its label and kind, and the places it reads.

    ``period`` (year, quarter, month, week) makes days into periods: ``created:month``.
    """

    name: str
    label: Text
    kind: str
    targets: tuple[Target, ...]
    period: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the values can be added up."""
        return self.kind in NUMBERS

    @property
    def is_day(self) -> bool:
        """Whether the values are days or moments."""
        return self.kind in ("date", "moment")

    @property
    def is_plain(self) -> bool:
        """Whether a text here is said as it stands: no code, no person, no region."""
        return self.kind in ("text", "name", "code") and not any(
            (one.field is not None and one.field.enum) or one.path == _INDUSTRY
            for one in self.targets
        )

    def values(self, doc: Doc) -> list[Any]:
        """All values of a record, in its order; nothing sealed."""
        if self.kind == "region" and len(self.targets) > 1:
            return _regions(doc, self.targets[0].path[:-1])
        if self.period:
            found = [value for target in self.targets for value in target.values(doc)]
            return [_PERIODS[self.period](day) for value in found if (day := as_day(value))]
        return [
            _flat(value, target.field) if isinstance(value, dict | list) else value
            for target in self.targets
            for value in target.values(doc)
        ]

    def reader(self) -> Callable[[Doc], list[Any]]:
        """:meth:`values` for many records: what the column is, is looked at once."""
        if len(self.targets) != 1 or self.period:
            return self.values
        path, derived = self.targets[0].path, self.targets[0].derived
        if derived in COMPUTED:
            return self.values
        if derived:

            def follows(doc: Doc) -> list[Any]:
                value = doc.derived.get(derived)
                return [] if value is None else [value]

            return follows

        if len(path) == 1:
            key = path[0]

            def holds(doc: Doc) -> list[Any]:
                value = doc.top(key)
                if value is None:
                    return []
                if type(value) is dict or key in doc.plan.sealed:
                    return self.values(doc)
                if type(value) is list:
                    texts = all(type(each) is str for each in value)
                    return list(value) if texts else self.values(doc)
                return [value]

            return holds

        def stands(doc: Doc) -> list[Any]:
            found = doc.values(path)
            for value in found:
                if type(value) is dict or type(value) is list:
                    return self.values(doc)
            return found

        return stands

    def distinct(self, doc: Doc) -> list[Any]:
        """The values of a record, each once."""
        return list(dict.fromkeys(self.values(doc)))

    def value(self, doc: Doc) -> Any:
        """What stands in the cell: None, the one value, or the list of values."""
        found = self.values(doc)
        return found[0] if len(found) == 1 else (found or None)

    def locked(self, doc: Doc) -> bool:
        """Whether a record has sealed values here, which are in none of the others."""
        return any(doc.locked(target.path) for target in self.targets if target.path)

    def labels(self, doc: Doc) -> list[str]:
        """Whom the sealed values here are for: ``finance@2+wang-fang``, each label once."""
        found = [label for one in self.targets if one.path for label in doc.labels(one.path)]
        return list(dict.fromkeys(found))

    def label_of(self, value: Any) -> Text:
        """How people read a value: the label of a code, else the value itself."""
        for target in self.targets:
            if target.field is not None and target.field.enum and isinstance(value, str):
                known = target.field.enum_value(value)
                if known is not None:
                    return known.label
            if target.path == _INDUSTRY and isinstance(value, str):
                return same(_industry(value))
        if isinstance(value, bool):
            return Text("yes", "是") if value else Text("no", "否")
        return same(str(value))

    def place_of(self, value: Any) -> int | None:
        """The place of a code among the values of its field, in schema order."""
        for target in self.targets:
            if target.field is not None:
                codes = [each.code for each in target.field.enum]
                if value in codes:
                    return codes.index(value)
        return None


def days_as(places: Mapping[int, Any], period: str) -> dict[int, str]:
    """Values by their places as periods of their days; what is no day is left out."""
    known = {value: as_day(value) for value in set(places.values())}
    said = {value: _PERIODS[period](day) for value, day in known.items() if day is not None}
    return {place: said[value] for place, value in places.items() if value in said}


@lru_cache(maxsize=256)
def column(name: str, schema: Schema, *, of: str = "") -> Column:
    """Find a column by field name, label, alias or dotted path. Raises Misuse (unknown-field).

    ``of`` is the list whose items are the rows: its own fields come first (``amount`` is that of
    the purchase), but ``id`` is the record's.
    """
    word = name.strip()
    base, _, period = word.replace("：", ":").partition(":")
    period = _PERIOD_WORDS.get(period, period)
    targets = _targets(base, schema, of)
    if not targets or (period and period not in _PERIODS):
        raise _unknown(word, schema)
    first = targets[0]
    label = _with_period(first.label, period)
    shown = word if len(targets) > 1 or period else first.name
    return Column(shown, label, "text" if period else first.kind, targets, period)


def _targets(name: str, schema: Schema, of: str) -> tuple[Target, ...]:
    if not name:
        return ()
    names = names_of(schema)
    if of and name != "id" and (field := schema.at(tuple(of.split(".")))) is not None:
        inside = names.find(name, field)
        if inside:
            below = (each._replace(path=(*field.path, *each.path)) for each in inside)
            return tuple(below)
    return names.find(name)


def _with_period(label: Text, period: str) -> Text:
    if not period:
        return label
    chinese = next(word for word, known in _PERIOD_WORDS.items() if known == period)
    return Text(f"{label.en} ({period})", f"{label.zh}（{chinese}）")


def _unknown(name: str, schema: Schema) -> Misuse:
    close = nearest(name, names_of(schema).known())
    hint = (
        Text(
            "did you mean {suggestion}? All fields: textcrm help fields",
            "是不是“{suggestion}”？全部字段见 textcrm help fields",
        )
        if close
        else Text("all fields: textcrm help fields", "全部字段见 textcrm help fields")
    )
    return Misuse(
        "unknown-field",
        Text("there is no field “{field}”", "没有“{field}”这个字段"),
        hint=hint,
        field=short(name),
        suggestion=close,
    )


def columns(doc: Doc, names: Sequence[str]) -> list[Any]:
    """The cells of one record: typed values (Decimal, date, str, bool), lists, or None.

    For many records bind the names once with :func:`column`. Raises Misuse (unknown-field).
    """
    return [column(name, doc.schema).value(doc) for name in names]


def _regions(doc: Doc, path: FieldPath) -> list[str]:
    """Province and city of each address, as one text: 浙江省 杭州市; 北京市."""
    found = []
    for tree in doc.trees(path):
        item = doc.item(tree, path)
        parts = (*item.values(("province",)), *item.values(("city",)))
        if text := " ".join(dict.fromkeys(str(part) for part in parts)):
            found.append(text)
    return found


def _flat(value: Any, field: Field | None) -> Any:
    """A value that can be grouped and shown: a size by its text, other mappings as one line.

    Nothing of what is sealed, or should be.
    """
    if isinstance(value, list):
        return ", ".join(str(_flat(each, field)) for each in value)
    if not isinstance(value, dict):
        return value
    open_ = {key: each for key, each in value.items() if not _secret(key, each, field)}
    if isinstance(open_.get("text"), str):
        return open_["text"]
    parts = (open_.get("name"), open_.get("title"), open_.get("summary"), open_.get("id"))
    named = next((part for part in parts if isinstance(part, str) and part), None)
    inner = (f"{key}: {_flat(each, _child(field, key))}" for key, each in open_.items())
    return named or "; ".join(inner)


def _secret(key: str, value: Any, field: Field | None) -> bool:
    child = _child(field, key)
    return is_sealed(value) or bool(child is not None and child.seal)


def _child(field: Field | None, key: str) -> Field | None:
    return field.child(key) if field is not None else None


def _industry(code: str) -> str:
    """The name of a GB/T 4754 code, or the words that stand in its place."""
    from textcrm.normalize.industry import industry_name

    return industry_name(code) or code
