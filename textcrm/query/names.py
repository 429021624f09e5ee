"""The names of fields in queries, columns and sorts: the schema's, derived ones, and short cuts."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.query.doc import FieldPath, is_phone
from textcrm.query.fold import fold_word as _fold
from textcrm.query.fold import simplify
from textcrm.text import Text, same

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from textcrm.query.doc import Doc
    from textcrm.schema import Field, Schema

MAPPINGS: Final = ("mapping", "items", "size")


@lru_cache(maxsize=4096)
def key(word: str) -> str:
    """A name as it is compared: ``last-contact``, ``Last contact`` and ``last_contact`` are one."""
    return _fold(word).replace(" ", "").replace("_", "").replace("-", "")


class Target(NamedTuple):
    """Where a name leads: values of a record, or what follows from it.

    ``path`` is relative to the record, or to the item inside ``purchases(...)``. ``derived`` is the
    name of a derived value, with an empty path.
    """

    name: str
    label: Text
    kind: str
    path: FieldPath = ()
    field: Field | None = None
    derived: str = ""

    @property
    def is_sealed(self) -> bool:
        """Whether the values there are sealed, and so compared only where somebody opens them."""
        return self.field is not None and self.field.seal is not None

    def values(self, doc: Doc) -> list[Any]:
        """All values there."""
        if computed := COMPUTED.get(self.derived):
            return list(computed(doc))
        if self.derived:
            value = doc.derived.get(self.derived)
            return [] if value is None else [value]
        return doc.values(self.path)

    def present(self, doc: Doc) -> bool:
        """Whether there is anything, sealed or not."""
        return bool(self.values(doc)) if self.derived else doc.present(self.path)


class Derived(NamedTuple):
    """A value that :func:`textcrm.record.derive` computes, as queries name it."""

    name: str
    kind: str
    label: Text
    words: tuple[str, ...] = ()


DERIVED: Final = (
    Derived("created", "date", Text("Created", "创建日期"), ("建档日期", "创建时间", "录入日期")),
    Derived(
        "last_contact",
        "date",
        Text("Last contact", "最近联系"),
        ("最后联系", "上次联系", "最近跟进", "上次跟进", "最近联系时间", "最后跟进"),
    ),
    Derived("days_silent", "number", Text("Days silent", "未联系天数"), ("未跟进天数", "silent")),
    Derived(
        "total_spent", "money", Text("Total spent", "累计消费"), ("购买总额", "总消费", "消费总额")
    ),
    Derived("receivable", "money", Text("Receivable", "应收款"), ("应收", "欠款")),
    Derived("last_cooperation", "date", Text("Last cooperation", "最近合作"), ("最近合作时间",)),
    Derived("last_purchase", "date", Text("Last purchase", "最近购买"), ("上次购买",)),
    Derived("next_step", "text", Text("Next step", "下一步"), ("待办", "下步计划")),
    Derived(
        "next_due",
        "date",
        Text("Next due", "下次跟进"),
        ("due", "到期", "下次联系", "待办日期", "下次跟进时间"),
    ),
    Derived("main_contact", "text", Text("Main contact", "主要联系人")),
    Derived("age", "number", Text("Age", "年龄")),
    Derived("age_band", "text", Text("Age band", "年龄段")),
)
# Reached by their labels and as derived.NAME: a record's own field has the plain name.
DERIVED_ONLY: Final = (
    Derived(
        "purchases",
        "number",
        Text("Number of purchases", "购买次数"),
        ("purchase_count", "购买频次"),
    ),
    Derived("value_tier", "text", Text("Computed value tier", "推算价值等级")),
    Derived("loyalty", "text", Text("Computed loyalty", "推算忠诚度")),
)
# Dates that lie ahead: due:<7d is "within 7 days", where last_contact:>30d is "30 days ago".
AHEAD: Final = frozenset(
    ("due", "next_due", "ends", "expected_close", "valid_until", "warranty_until", "remind_on")
)
_SHORT_CUTS: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("phone", "电话", "手机", "手机号", "手机号码", "联系电话", "座机", "tel", "mobile"),
    "email": ("email", "mail", "邮箱", "电子邮箱", "邮件"),
    "region": ("region", "地区", "区域", "省市", "省市区", "所在地", "所在地区"),
    "bought": ("bought", "购买", "买过", "购买产品"),
    "tag": ("tag", "标签"),
    "contact": ("contact", "联系人"),
}
_REGION: Final = ("country", "province", "city", "district", "region_code")


def ages(doc: Doc) -> Iterator[int]:
    """The ages of the contacts with a readable birthday, on the day of the view (A54)."""
    for day, today in _birthdays(doc):
        if day <= today:
            yield today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def bands(doc: Doc) -> list[str]:
    """The ages of the contacts as bands such as ``35-44``, so that lists show no birthdays (D2)."""
    from textcrm.record import age_band

    return [band for day, today in _birthdays(doc) if (band := age_band(day, today))]


# Derived values that are counted anew on each day, of several people each.
COMPUTED: Final[Mapping[str, Callable[[Doc], Iterable[Any]]]] = {"age": ages, "age_band": bands}


def _birthdays(doc: Doc) -> Iterator[tuple[dt.date, dt.date]]:
    from textcrm.record import as_day

    today = doc.today
    for value in doc.values(("contacts", "birthday")) if today else ():
        if today and (day := as_day(value)):
            yield day, today


class Names:
    """Finds what a name means. Made once per schema by :func:`names_of`."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    @cached_property
    def _deep(self) -> dict[str, list[Field]]:
        """The fields below the top by every name of theirs."""
        found: dict[str, list[Field]] = {}
        for field in _below(self.schema.fields):
            for word in dict.fromkeys(map(key, _words(field))):
                found.setdefault(word, []).append(field)
        return found

    def find(self, name: str, within: Field | None = None) -> tuple[Target, ...]:
        """All that a name may mean, () where nothing; ``within`` a list for its items' fields.

        A field of the record's top comes first, then derived values (``due``), short cuts
        (``phone``, ``region``), and fields of that name anywhere below: ``amount`` is that of
        purchases, payments and more. ``contacts.phones.number`` names one place.
        """
        if within is not None:
            return self._inside(name, within)
        word = key(name)
        dotted = "." in word or "/" in word
        if dotted and (found := self._dotted(name.replace("/", "."))):
            return found
        return (
            self._top(word)
            or _derived(word, DERIVED)
            or self._short_cut(word)
            or self._labelled(name)
            or _derived(word, DERIVED_ONLY, named=False)
            or tuple(target(field) for field in self._deep.get(word, ()))
        )

    def _top(self, word: str) -> tuple[Target, ...]:
        return tuple(target(field) for field in self.schema.fields if key(field.name) == word)

    def _labelled(self, name: str) -> tuple[Target, ...]:
        field = self.schema.find(name) or self.schema.find(simplify(name))
        return (target(field),) if field else ()

    def _inside(self, name: str, within: Field) -> tuple[Target, ...]:
        parts = name.replace("/", ".").split(".")
        fields = _walk(parts, within.fields)
        if not fields and len(parts) == 1:
            word = key(name)
            fields = [each for each in _below(within.fields) if word in map(key, _words(each))]
        base = len(within.path)
        return tuple(target(field)._replace(path=field.path[base:]) for field in fields)

    def _dotted(self, name: str) -> tuple[Target, ...]:
        parts = name.split(".")
        if key(parts[0]) == "derived" and len(parts) == 2:
            return _derived(key(parts[1]), (*DERIVED, *DERIVED_ONLY))
        if fields := _walk(parts, self.schema.fields):
            return tuple(target(field) for field in fields)
        return self._free(parts)

    def _free(self, parts: list[str]) -> tuple[Target, ...]:
        """A key that the schema leaves open: ``custom.colour``."""
        for length in range(len(parts) - 1, 0, -1):
            for field in _walk(parts[:length], self.schema.fields):
                if field.kind in ("any", "mapping") and (
                    length == len(parts) - 1 or not field.fields
                ):
                    path = (*field.path, *parts[length:])
                    return (Target(".".join(path), same(".".join(path)), "any", path),)
        return ()

    def _short_cut(self, word: str) -> tuple[Target, ...]:
        for name, words in _SHORT_CUTS.items():
            if word in words:
                label = _cut_label(name)
                return tuple(each._replace(label=label) for each in self._meant(name))
        return ()

    def _meant(self, name: str) -> Iterator[Target]:
        fields = _all(self.schema.fields)
        if name == "phone":
            yield from (target(field) for field in fields if is_phone(field))
        elif name == "email":
            yield from (target(field) for field in fields if field.kind == "email")
        elif name == "region":
            for part in _REGION:
                if field := self.schema.at(("addresses", part)):
                    yield target(field)._replace(name="region", kind="region")
        elif name == "bought":
            for path in (("purchases", "product"), ("products",)):
                if field := self.schema.at(path):
                    yield target(field)
        elif field := self.schema.at(("tags",) if name == "tag" else ("contacts",)):
            yield target(field)

    def known(self, within: Field | None = None) -> list[str]:
        """Every name there is, for a suggestion."""
        fields = within.fields if within else self.schema.fields
        words = [word for field in _all(fields) for word in _words(field)]
        if within is None:
            for derived in DERIVED:
                words += (derived.name, derived.label.zh, *derived.words)
            for derived in DERIVED_ONLY:
                words += (derived.label.zh, *derived.words)
            words += [word for short in _SHORT_CUTS.values() for word in short]
        return list(dict.fromkeys(words))


def short_cuts() -> Iterator[tuple[str, Text]]:
    """The names that mean several places at once, with a label."""
    for name in _SHORT_CUTS:
        yield name, _cut_label(name)


def _cut_label(name: str) -> Text:
    chinese = next(word for word in _SHORT_CUTS[name] if not word.isascii())
    return Text("E-mail" if name == "email" else name.capitalize(), chinese)


@lru_cache(maxsize=8)
def names_of(schema: Schema) -> Names:
    """The names of a schema."""
    return Names(schema)


def target(field: Field) -> Target:
    """The target that a field of the schema is; a list of people is asked as people are."""
    kind = "person" if field.element.kind == "person" else field.kind
    return Target(".".join(field.path), field.label, kind, field.path, field)


def _derived(word: str, known: Iterable[Derived], *, named: bool = True) -> tuple[Target, ...]:
    for each in known:
        names = (each.name,) if named else ()
        if word in map(key, (*names, each.label.en, each.label.zh, *each.words)):
            return (Target(each.name, each.label, each.kind, derived=each.name),)
    return ()


def _words(field: Field) -> tuple[str, ...]:
    return (field.name, field.label.en, field.label.zh, *field.aliases)


def _walk(parts: list[str], fields: tuple[Field, ...]) -> list[Field]:
    """The fields that a dotted name leads to, each part by name, else by label or alias."""
    found: list[Field] = []
    for part in parts:
        word = key(part)
        found = [field for field in fields if key(field.name) == word] or [
            field for field in fields if word in map(key, _words(field))
        ][:1]
        if not found:
            return []
        fields = found[0].fields
    return found


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)


def _below(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield from _all(field.fields)
