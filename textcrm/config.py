"""A vault's own settings: textcrm.yaml, read with defaults and checked word by word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import yamlfile
from textcrm.errors import Invalid
from textcrm.limits import BY_TYPE, HOLIDAYS, LOST_ACTIONS, tiers_of
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from decimal import Decimal
    from pathlib import Path

    from textcrm.text import Language

FILE_NAME: Final = "textcrm.yaml"
FORMAT: Final = 1
HOME: Final = "CNY"

ENGINES: Final = ("whoosh", "sqlite")

THRESHOLDS: Final[dict[str, Any]] = {
    "silent_days": 30,
    "stale_days": 30,
    "lost_days": 90,
    "contract_days": [60, 30, 7],
    "verify_days": 180,
    "summary_limit": 200,
    "birthday_days": 7,
    "value_high": 100000,
    "value_medium": 10000,
    "loyal_purchases": 3,
    "lost_after_days": 365,
    "backup_days": 7,
    "rfm_high": 12,
    "rfm_medium": 8,
    "model_customers": 100,
    "cycle_purchases": 3,
    "shared_problem": 2,
    "aftercare_days": 14,
    "aftercare_until_days": 60,
    "file_days": 7,
    "survey_days": 365,
    "cycle_notice_days": 14,
    "late_hours": 24,
    "late_shown_days": 7,
    "archive_days": 730,
}
RFM: Final = ("recency", "frequency", "monetary")


def folder_of(place: Path) -> Path | None:
    """The folder of the vault that a place lies in: that place or one above it."""
    start = place.absolute()
    return next((one for one in (start, *start.parents) if (one / FILE_NAME).is_file()), None)


class View(NamedTuple):
    """A saved query, with the columns and the order of its table where it names them."""

    query: str
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()


class Config:
    """The settings of one vault.

    ``thresholds`` are whole numbers (days, characters, units of the vault's currency), except
    ``contract_days``, a list of days before the end. ``time_zone`` is an IANA name, ``currency``
    an ISO 4217 code; ``rates`` has what a unit of another is worth in it, by the day from which that
    holds. ``types`` and ``tiers`` hold thresholds and contact intervals of their own, see
    :mod:`textcrm.limits`; ``lost_action`` is what is offered for a prospect who is silent for long,
    ``holidays`` which days off move a reminder.
    """

    def __init__(
        self, tree: Mapping[str, Any], file: str = FILE_NAME, data: bytes | None = None
    ) -> None:
        self.tree = dict(tree)
        self._file = file
        self._data = data  # for the line of a mistake
        self.format = self._number("format", tree.get("format"), FORMAT)
        self.name = self._text("name", "")
        self.language: Language | None = _language(tree.get("language"))
        self.time_zone = self._text("time_zone", "")
        self.currency = self._currency()
        self.signatures_required = (
            self._choice("signatures", ("optional", "required")) == "required"
        )
        self.seal_contact = self._flag("seal_contact")
        self.rates = self._rates(tree.get("rates"))
        self.thresholds = self._thresholds(tree.get("thresholds"))
        own = {name: THRESHOLDS[name] for name in BY_TYPE}
        self.types = tiers_of(tree.get("types"), "types", own, self._wrong)
        self.tiers = tiers_of(tree.get("tiers"), "tiers", own, self._wrong)
        self.lost_action = self._choice("lost_action", LOST_ACTIONS)
        self.holidays = self._choice("holidays", HOLIDAYS)
        self.rfm = self._rfm(tree.get("rfm"))
        self.search_backend = self._engine(tree.get("search"))
        self.saved_views = self._views(tree.get("views"))
        self.views = {name: view.query for name, view in self.saved_views.items()}

    def _text(self, name: str, default: str) -> str:
        value = self.tree.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, Text("a text", "一段文字"))
        return value

    def _currency(self) -> str:
        """An ISO 4217 code: amounts name theirs by it, and one in other words equals none."""
        value = self._text("currency", HOME)
        if value in ("", HOME):
            return HOME
        from textcrm.normalize.currency_codes import CODES

        if value in CODES:
            return value
        from textcrm.normalize.amount import find_currency

        meant = find_currency(value)
        if meant not in CODES:
            raise self._wrong("currency", Text("a code such as CNY", "币种代码，如 CNY"))
        raise self._wrong(
            "currency",
            Text(f"the code {meant}", f"币种代码 {meant}"),
            Text(f"write currency: {meant}", f"请写 currency: {meant}"),
        )

    def _choice(self, name: str, words: tuple[str, ...]) -> str:
        """One of a few words; the first where nothing is said."""
        value = self._text(name, words[0])
        if value not in words:
            listed = " / ".join(words)
            raise self._wrong(name, Text(listed, listed))
        return value

    def _flag(self, name: str) -> bool:
        value = self.tree.get(name)
        if value in (None, "false", "no", "off"):
            return False
        if value in ("true", "yes", "on"):
            return True
        raise self._wrong(name, Text("true or false", "true 或 false"))

    def _number(self, name: str, value: Any, default: int) -> int:
        if value is None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        raise self._wrong(name, Text("a whole number", "整数"))

    def _thresholds(self, given: Any) -> dict[str, Any]:
        result = dict(THRESHOLDS)
        if given is None:
            return result
        if not isinstance(given, dict):
            raise self._wrong("thresholds", Text("names with numbers", "名称和数字"))
        for name, value in given.items():
            if isinstance(THRESHOLDS.get(name), list):
                parts = value if isinstance(value, list) else [value]
                result[name] = [self._number(f"thresholds/{name}", part, 0) for part in parts]
            else:
                result[name] = self._number(f"thresholds/{name}", value, result.get(name, 0))
        return result

    def _rfm(self, given: Any) -> dict[str, list[Decimal]]:
        """``rfm: {recency: [30, 90, 180, 365]}``: the four bounds between the scores 1 to 5."""
        if given is None:
            return {}
        if not isinstance(given, dict) or not set(given) <= set(RFM):
            listed = ", ".join(RFM)
            raise self._wrong("rfm", Text(f"bounds for {listed}", f" {listed} 的界限"))
        return {name: self._bounds(f"rfm/{name}", value) for name, value in given.items()}

    def _bounds(self, name: str, value: Any) -> list[Decimal]:
        from decimal import Decimal

        wanted = Text("four numbers, from the least on", "四个从小到大的数")
        parts = value if isinstance(value, list) else []
        try:
            found = [Decimal(part) for part in parts]
        except (ArithmeticError, TypeError, ValueError):
            raise self._wrong(name, wanted) from None
        if len(found) != 4 or not all(x.is_finite() for x in found) or found != sorted(found):
            raise self._wrong(name, wanted)
        return found

    def _rates(self, given: Any) -> dict[str, dict[dt.date, Decimal]]:
        """``rates: {USD: {2026-01-01: 7.1}}``: what a unit is worth in the vault's currency, from
        that day on.
        """
        if given is None:
            return {}
        wanted = Text("currencies with dated rates", "币种及各日期的汇率")
        if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
            raise self._wrong("rates", wanted)
        return {code: self._dated(code, dated) for code, dated in given.items()}

    def _dated(self, code: str, dated: Mapping[str, Any]) -> dict[dt.date, Decimal]:
        import datetime as dt
        from decimal import Decimal

        if not re.fullmatch("[A-Z]{3}", code):
            raise self._wrong(f"rates/{code}", Text("a code such as USD", "币种代码，如 USD"))
        found = {}
        for day, value in dated.items():
            try:
                rate, since = Decimal(value), dt.date.fromisoformat(day)
            except (ArithmeticError, TypeError, ValueError):
                rate, since = Decimal(0), dt.date.min
            if not (rate.is_finite() and rate > 0):
                wanted = Text(
                    "a date with a rate, 2026-01-01: 7.1", "日期和汇率，如 2026-01-01: 7.1"
                )
                raise self._wrong(f"rates/{code}/{day}", wanted)
            found[since] = rate
        return found

    def _engine(self, given: Any) -> str:
        """``search: {backend: sqlite}``: which engine keeps the full text."""
        if given is None:
            return ENGINES[0]
        if not isinstance(given, dict):
            raise self._wrong("search", Text("settings, such as backend", "若干设置，如 backend"))
        for name in given:
            if name != "backend":
                raise self._wrong(f"search/{name}", Text("search/backend", " search/backend"))
        engine = given.get("backend")
        if engine is None:
            return ENGINES[0]
        if engine not in ENGINES:
            raise self._wrong("search/backend", Text("whoosh or sqlite", " whoosh 或 sqlite"))
        return str(engine)

    def _views(self, given: Any) -> dict[str, View]:
        """Views by name: a query, or a mapping of ``query``, ``columns`` and ``sort``."""
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise self._wrong("views", Text("names with queries", "名称和查询语句"))
        return {name: self._view(f"views/{name}", value) for name, value in given.items()}

    def _view(self, name: str, value: Any) -> View:
        if isinstance(value, str):
            return View(value)
        if value is None:
            return View("")
        query = value.get("query", "") if isinstance(value, dict) else None
        if not isinstance(query, str):
            raise self._wrong(name, Text("a query", "一条查询语句"))
        columns, sort = (
            self._words(f"{name}/{key}", value.get(key)) for key in ("columns", "sort")
        )
        return View(query, columns, sort)

    def _words(self, name: str, value: Any) -> tuple[str, ...]:
        words = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(word, str) for word in words):
            raise self._wrong(name, Text("names of fields", "字段名列表"))
        return tuple(words)

    def _wrong(self, name: str, wanted: Text, hint: Text | None = None) -> Invalid:
        place, data = "{file}", {}
        if self._data is not None:
            line, _ = yamlfile.positions(self._data).key(name.split("/"))
            place, data = "{file}:{line}", {"line": line}
        return Invalid(
            "config-invalid",
            Text(f"{place}: {{name}} should be {{wanted}}", f"{place}：{{name}} 应为{{wanted}}"),
            hint=hint or Text("open {file} and mend that line", "请打开 {file} 修改这一项"),
            file=self._file,
            **data,
            name=name,
            wanted=wanted,
        )

    def derived_settings(self) -> dict[str, Any]:
        """What :func:`textcrm.record.derive` needs to know."""
        from decimal import Decimal

        return {
            "currency": self.currency,
            "value_high": Decimal(self.thresholds["value_high"]),
            "value_medium": Decimal(self.thresholds["value_medium"]),
            "loyal_purchases": self.thresholds["loyal_purchases"],
            "lost_after_days": self.thresholds["lost_after_days"],
        }


def _language(value: Any) -> Language | None:
    if value == "zh":
        return "zh"
    return "en" if value == "en" else None


def read(data: bytes | None, file: str = FILE_NAME) -> Config:
    """Read textcrm.yaml. Raises YamlInvalid, or Invalid (config-invalid).

    Of settings in a newer format what this program does not understand is left out: reading goes
    on where it can, and whoever writes asks :func:`textcrm.vault.formats.demand_known` first.
    """
    return of_tree(tree_of(data, file), file, data)


def tree_of(data: bytes | None, file: str = FILE_NAME) -> dict[str, Any]:
    """What stands in textcrm.yaml, as typed. Raises YamlInvalid."""
    reader: Callable[..., dict[str, Any]] = yamlfile.read_mapping
    return reader(data, file=file) if data and data.strip() else {}


def of_tree(tree: dict[str, Any], file: str = FILE_NAME, data: bytes | None = None) -> Config:
    """The settings that a tree of :func:`tree_of` holds.

    ``data`` is the file that it was read of: an error names the line then. Raises Invalid
    (config-invalid).
    """
    if _format(tree) > FORMAT:
        tree = {name: value for name, value in tree.items() if _is_understood({name: value})}
    return Config(tree, file, data)


def _format(tree: Mapping[str, Any]) -> int:
    try:
        return Config({"format": tree.get("format")}).format
    except Invalid:
        return FORMAT


def _is_understood(setting: Mapping[str, Any]) -> bool:
    try:
        Config(setting)
    except Invalid:
        return False
    return True
