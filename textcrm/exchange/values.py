"""Cells as values: normalised as ``set`` does, and kept aside with a warning where they will not do."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import TextcrmError
from textcrm.findings import Finding
from textcrm.normalize.entry import normalize_value
from textcrm.normalize.keys import levelled
from textcrm.query.fold import fold
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.exchange.incoming import Setting
    from textcrm.schema import Field

_SERIAL: Final = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a serial has no zone
_FORMULA: Final = re.compile(r'="((?:[^"]|"")*)"')
_RUN: Final = frozenset("=+-@＝＋－＠\t\r\n")
_SEVERAL_MAILS: Final = re.compile(r"[;；,，、\s]+")
_MAIL: Final = re.compile(r"[^\s@＠<>;；,，、]+[@＠][^\s@＠<>;；,，、]+")
_CLOCK: Final = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[T ]0{1,2}:00(?::00)?(?:\.0+)?")
_NUMBERED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_SIZES: Final = re.compile(r"[；;]\s*")
_CACHED: Final = frozenset(("enum", "date", "moment", "person", "list", "boolean", "code", "size"))
_YEAR: Final = re.compile(r"\d{4}|\d{2}年|[〇零一二三四五六七八九]{4}年")
# What people write into a cell that has nothing to say; in a field of free text it stays.
_NOTHING: Final = frozenset(
    (
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "?",
        "？",
        "??",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "nil",
        "无",
        "暂无",
        "没有",
    )
)
_MOST_CACHED: Final = 5000
# A value that its own field does not know may be one of these: 合作状态 潜在客户 is a type (Q2).
_SIBLINGS: Final = ("type", "status", "stage")
_HOME: Final = (
    "",
    "中国",
    "中国大陆",
    "中华人民共和国",
    "china",
    "cn",
    "chn",
    "prc",
    "p.r. china",
)


class Read(NamedTuple):
    """What a cell is: its value, a warning where it is not what was written, its own field, and the
    currency that an amount names.
    """

    value: Any
    warning: Finding | None = None
    kept: bool = True
    field: str = ""
    currency: str = ""


class Values:
    """Reads cells for one import; what was read once is remembered."""

    def __init__(self, setting: Setting, *, spoken: bool = True) -> None:
        """``spoken``: days may be told from today (昨天, 5月1日); in a file they mean another day
        with every import.
        """
        self._setting = setting
        self._spoken = spoken
        self._known: dict[tuple[Field, str], Read] = {}

    def read(self, field: Field, text: str) -> Read:
        """The value of a cell for a field. ``kept`` is off where it must be kept aside."""
        if field.kind not in _CACHED or field.seal:
            return self._read(field, text)
        key = (field, text)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_CACHED:
                self._known.clear()
            found = self._known[key] = self._read(field, text)
        return found

    def _read(self, field: Field, text: str) -> Read:
        if text.strip().casefold() in _NOTHING and field.enum_value(text.strip()) is None:
            return Read(None)
        if field.kind in ("date", "moment"):
            text = dated(text)
        if field.kind == "person":
            word = text.strip()
            return Read(self._setting.person(word) or word)
        if field.name == "collaborators":
            listed = normalize_value(field, text, today=self._setting.today).value or []
            return Read([self._setting.person(one) or one for one in listed])
        if field.kind == "size" and (parts := _SIZES.split(text))[1:]:
            return self._sizes(field, parts)
        try:
            entry = normalize_value(
                field,
                text,
                today=self._setting.today,
                now=self._setting.now,
                currency=self._setting.currency,
                foreign=field.within is not None and field.within.child("currency") is not None,
            )
        except TextcrmError as error:
            return self._unreadable(field, text, error)
        if (
            not self._spoken
            and field.kind in ("date", "moment")
            and not _YEAR.search(levelled(text))
        ):
            return Read(text, _yearless(field, text), kept=False)
        if field.kind == "phone" and _is_doubtful(text, entry.value):
            return Read(text.strip())
        if field.kind == "code" and not _fits(field, entry.value):
            return Read(text, _odd(field, text), kept=False)
        return Read(entry.value, currency=entry.currency or "")

    def _sizes(self, field: Field, parts: list[str]) -> Read:
        """People and revenue in one cell, as our own tables write them."""
        read = [self._read(field, part) for part in parts if part.strip()]
        wrong = next((one for one in read if not one.kept), None)
        if wrong is not None:
            return Read("；".join(parts), wrong.warning, kept=False)
        return Read({name: part for one in read for name, part in one.value.items()})

    def _unreadable(self, field: Field, text: str, error: TextcrmError) -> Read:
        if field.enum and (known := field.enum_value(fold(text.strip()))) is not None:
            return Read(known.code)
        warning = Finding(
            error.code, "warning", field.path, error.message, error.hint, dict(error.data)
        )
        if field.name in _SIBLINGS and field.within is None:
            for name in _SIBLINGS:
                sibling = self._setting.schema.find(name)
                if sibling is not None and sibling.name != field.name:
                    value = sibling.enum_value(text.strip())
                    if value is not None:
                        taken = _elsewhere(field, sibling, text)
                        return Read(value.code, taken, kept=True, field=sibling.name)
        return Read(text, warning, kept=False)


def _elsewhere(field: Field, other: Field, text: str) -> Finding:
    return Finding(
        "value-of-another-field",
        "warning",
        field.path,
        Text(
            "“{value}” is no {field} but a {other}; it is taken as that",
            "“{value}”不是{field}而是{other}，已填入{other}",
        ),
        Text("check it with “textcrm show”", "请用 textcrm show 核对"),
        {"value": text.strip(), "field": field.label, "other": other.label},
    )


def _yearless(field: Field, text: str) -> Finding:
    return Finding(
        "date-without-year",
        "warning",
        field.path,
        Text("“{text}” says no year", "“{text}”没有写明年份"),
        Text("write the whole day, as in 2024-05-01", "请写出完整日期，例如 2024-05-01"),
        {"text": text.strip()[:40] if not field.seal else "…"},
    )


def unwrapped(text: str) -> str:
    """A cell without what spreadsheets put around text that must stay text: ``="007"``, and the
    apostrophe that tables as text, ours too, put before what a spreadsheet would run: ``'=1+1``.
    """
    if text.startswith("'") and text.lstrip("'")[:1] in _RUN:
        return text[1:]
    if text.startswith('="') and (match := _FORMULA.fullmatch(text.strip())):
        return match[1].replace('""', '"')
    return text


def split_mails(text: str) -> list[str]:
    """The addresses in a cell; the cell itself where there is only one."""
    if text.count("@") + text.count("＠") < 2:
        return [text]
    found = _MAIL.findall(text)
    return found if len(found) > 1 else [one for one in _SEVERAL_MAILS.split(text) if one]


def is_abroad(country: str) -> bool:
    """Whether a country is another than China, whose numbers are not to be read as Chinese ones."""
    return levelled(country).casefold() not in _HOME


def dated(text: str) -> str:
    """Days out of spreadsheets: serial numbers (1900 system), midnight where no time was meant."""
    word = text.strip()
    if _SERIAL.fullmatch(word):
        moment = _EPOCH + dt.timedelta(days=float(word))
        whole = moment.replace(microsecond=0)
        return (
            whole.date().isoformat()
            if whole.time() == dt.time()
            else whole.isoformat(" ", "minutes")
        )
    if match := _CLOCK.fullmatch(word):
        return match[1]
    return text


def order_of(texts: Iterable[str]) -> str:
    """The order in which a column writes days, where some of its dates leave no doubt."""
    found = [match for one in texts if (match := _NUMBERED.match(one.strip()))]
    first = any(int(match[1]) > 12 for match in found)
    second = any(int(match[2]) > 12 for match in found)
    if first == second:
        return ""
    return "dmy" if first else "mdy"


def reordered(text: str, order: str) -> str:
    """A date such as 1/20/1981 with its year first; one that leaves no doubt by itself in any order."""
    match = _NUMBERED.match(text.strip())
    if match is None:
        return text
    own = order_of([match[0]])
    if not (own or order):
        return text
    month, day = (match[1], match[2]) if (own or order) == "mdy" else (match[2], match[1])
    return f"{match[3]}-{month:0>2}-{day:0>2}{text.strip()[match.end() :]}"


def _is_doubtful(text: str, stored: Any) -> bool:
    """A landline of China without the 0 before its area is as likely a number of another country."""
    digits = "".join(char for char in levelled(text) if char.isdigit())
    return (
        str(stored).startswith("+86")
        and "+" not in text
        and not digits.startswith(("0", "86", "1", "400", "800"))
    )


def _fits(field: Field, value: Any) -> bool:
    pattern = field.node.get("pattern")
    return not (pattern and isinstance(value, str) and not re.search(pattern, value))


def _odd(field: Field, text: str) -> Finding:
    return Finding(
        "value-kept-aside",
        "warning",
        field.path,
        Text("“{value}” will not do as {field}", "“{value}”不能用作{field}"),
        Text("it is kept under its heading", "已按原列名保留"),
        {"value": text.strip()[:60] if not field.seal else "…", "field": field.label},
    )
