"""What a vault says of the law on personal data: retention periods, the notice, who stands for it.

All of it comes from textcrm.yaml, the schema and access.yaml; nothing is written here that they do
not say. The notice's fingerprint tells whether a written one still says the same (L5).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.config import FILE_NAME
from textcrm.errors import Invalid
from textcrm.record import items
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from textcrm.schema import Field
    from textcrm.vault.vault import Vault

TYPES: Final = ("prospect", "lost", "new", "existing", "default")
DEFAULTS: Final = {"prospect": "2y", "lost": "3y", "default": "10y"}
NOTICE_FILES: Final = ("privacy/notice.md", "privacy/notice.html")
MARK: Final = re.compile(r"textcrm-notice: ([0-9a-f]{16})")
_FORM: Final = 1  # of the words of the notice: raised when they change
_PERIOD: Final = re.compile(r"(\d{1,4})\s*(d|天|日|m|个月|月|y|年|)", re.IGNORECASE)
_NEVER: Final = ("never", "none", "永久", "长期", "no")
_UNITS: Final = {"": "d", "天": "d", "日": "d", "个月": "m", "月": "m", "年": "y"}


class Period(NamedTuple):
    """How long records of a type are kept after the last dealing: a count of d, m or y; None: as
    long as the purpose lasts.
    """

    number: int | None
    unit: str = "d"

    def end(self, since: dt.date) -> dt.date | None:
        """The last day on which a record may be kept."""
        import datetime as dt

        if self.number is None:
            return None
        if self.unit == "d":
            return since + dt.timedelta(days=self.number)
        months = since.month - 1 + self.number * (12 if self.unit == "y" else 1)
        year, month = since.year + months // 12, months % 12 + 1
        for day in (since.day, 30, 29, 28):
            try:
                return dt.date(min(year, 9999), month, day)
            except ValueError:
                continue
        return None

    def said(self) -> Text:
        """The period in words."""
        if self.number is None:
            return Text("as long as the purpose lasts", "处理目的存续期间")
        units = {"d": ("days", "天"), "m": ("months", "个月"), "y": ("years", "年")}
        en, zh = units[self.unit]
        return Text(f"{self.number} {en}", f"{self.number} {zh}")


def periods(vault: Vault) -> dict[str, Period]:
    """``retention:`` of textcrm.yaml, by type of customer, with ``default`` for all others.

    A count of days, or with a unit: ``730``, ``24m``, ``2y``, ``3 年``, ``never``. Raises Invalid
    (config-invalid).
    """
    given = vault.config.tree.get("retention")
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise _wrong("retention", Text("types of customers with periods", "客户类型和期限"))
    field = vault.schema.at(("type",))
    found = {name: period(value, name) for name, value in DEFAULTS.items()}
    for word, value in given.items():
        entry = field.enum_value(word) if field is not None and word != "default" else None
        name = entry.code if entry is not None else str(word)
        if entry is None and name != "default":
            known = [one.code for one in field.enum] if field is not None else []
            listed = ", ".join([*known, "default"])
            raise _wrong(f"retention/{word}", Text(f"one of {listed}", f"以下之一：{listed}"))
        found[name] = period(value, name)
    return found


def period(value: Any, name: str) -> Period:
    """Read one period. Raises Invalid (config-invalid)."""
    text = str(value).strip().lower()
    if text in _NEVER:
        return Period(None)
    match = _PERIOD.fullmatch(text)
    if match is None or not isinstance(value, str) or not int(match[1]):
        raise _wrong(
            f"retention/{name}", Text("a period such as 2y, 24m, 730", "期限，如 2y、24个月、730")
        )
    return Period(int(match[1]), _UNITS.get(match[2], match[2]))


def _wrong(name: str, wanted: Text) -> Invalid:
    return Invalid(
        "config-invalid",
        Text("{file}: {name} should be {wanted}", "{file}：{name} 应为{wanted}"),
        hint=Text("open {file} and mend that line", "请打开 {file} 修改这一项"),
        file=FILE_NAME,
        name=name,
        wanted=wanted,
    )


# -- who stands for it, and what the notice says


def settings(vault: Vault) -> dict[str, str]:
    """``privacy:`` of textcrm.yaml: ``controller``, ``contact``, ``sharing``; texts for the notice.

    Raises Invalid (config-invalid).
    """
    given = vault.config.tree.get("privacy")
    if given is None:
        return {}
    known = ("controller", "contact", "sharing")
    if not isinstance(given, dict) or not all(
        name in known and isinstance(value, str) for name, value in given.items()
    ):
        raise _wrong(
            "privacy",
            Text("texts for {}".format(", ".join(known)), "{}等文字".format("、".join(known))),
        )
    return dict(given)


class Kind(NamedTuple):
    """A kind of data for a purpose: the labels of its fields, and of those that are sealed."""

    purpose: str
    label: Text
    fields: tuple[Text, ...]


class Facts(NamedTuple):
    """All that the notice is made of."""

    name: str
    settings: dict[str, str]
    kinds: tuple[Kind, ...]
    sealed: tuple[tuple[str, tuple[Text, ...]], ...]
    periods: dict[str, Period]
    types: dict[str, Text]
    readers: tuple[tuple[str, tuple[str, ...]], ...]
    owner_reads: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with whatever the notice says."""
        said = json.dumps([_FORM, _plain(self)], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return [value.zh, value.en]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def facts(vault: Vault) -> Facts:
    """Gather what the notice says. Raises Invalid (config-invalid)."""
    schema = vault.schema
    found: dict[str, dict[str, Text]] = {}
    for field in schema.fields:
        for purpose, label in purposes_of(field):
            found.setdefault(purpose, {})[label.zh] = label
    order = [*schema.purposes, *(one for one in found if one not in schema.purposes)]
    kinds = [
        Kind(one, schema.purposes.get(one, Text(one, one)), tuple(found[one].values()))
        for one in order
        if one in found and one
    ]
    sealed: dict[str, list[Text]] = {}
    for field in schema.sealed:
        sealed.setdefault(field.seal or "", []).append(field.label)
    kind = schema.at(("type",))
    types = {one.code: one.label for one in kind.enum} if kind is not None else {}
    roles = [
        (name, tuple(sorted({person.role for person in vault.access.readers(name)})))
        for name in vault.access.classes
    ]
    return Facts(
        vault.config.name,
        settings(vault),
        tuple(kinds),
        tuple((name, tuple(labels)) for name, labels in sealed.items()),
        periods(vault),
        types,
        tuple(roles),
        tuple(vault.access.owner_reads),
    )


def purposes_of(field: Field) -> list[tuple[str, Text]]:
    """A field with the purposes of itself and of what is in it, each with its label."""
    found = [(field.purpose, field.label)] if field.purpose else []
    for inner in field.fields:
        found += [pair for pair in purposes_of(inner) if pair[0] != field.purpose]
    return found


# -- personal data without ground (B17)


def unfounded(tree: Mapping[str, Any]) -> str:
    """Where personal data begins that has neither provenance nor basis: ``contacts``, ``name``; or
    nothing. A source, a provenance or a consent with a basis or a day is enough (PIPL 13, GDPR 6).
    """
    if tree.get("provenance") or tree.get("source"):
        return ""
    if any(one.get("basis") or one.get("given") for one in items(tree, "consents")):
        return ""
    if tree.get("contacts"):
        return "contacts"
    return "name" if tree.get("kind") == "person" and tree.get("name") else ""
