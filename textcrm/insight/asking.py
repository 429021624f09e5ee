"""Ask: what a report is made from: the facts, the days, the choices of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.insight.periods import Span
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from textcrm.insight.facts import Facts


class Need(NamedTuple):
    """A field that customers should have; ``only`` maps other fields to the values that ask for it."""

    path: tuple[str, ...]
    label: Text
    only: Mapping[str, tuple[str, ...]]


class Outside(NamedTuple):
    """What other rooms know: wanted fields; the ids of customers by (severity, code) of a finding;
    when interactions were entered, by (id of the record, id of the item).
    """

    wanted: tuple[Need, ...] = ()
    findings: Mapping[tuple[str, str], set[str]] = {}
    entered: Mapping[tuple[str, str], dt.datetime] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a report.

    ``span`` bounds the days of what is counted (purchases, interactions); ``period`` is the unit
    of rows that are periods; ``level`` how fine regions and industries are told; ``detail`` wants
    a row for each thing instead of a sum; ``reveal`` allows sealed amounts to be opened.
    ``outside`` is what other rooms know, where the caller asked them.
    """

    facts: Facts
    span: Span = field(default_factory=Span)
    period: str = ""
    level: str = ""
    kind: str = ""
    detail: bool = False
    reveal: bool = False
    outside: Outside = field(default_factory=Outside)

    def unit(self, default: str) -> str:
        """The unit of periods: the one asked for, else a report's own."""
        return self.period or default

    @property
    def end(self) -> dt.date:
        """The day that ages are counted to: the end of the span, or today."""
        return self.span.until or self.facts.today


Levels = dict[str, tuple[str, ...]]
REGIONS: Final[Levels] = {
    "country": ("国家", "国家或地区"),
    "province": ("省", "省份"),
    "city": ("市", "城市"),
    "district": ("区", "区县", "县"),
}
INDUSTRIES: Final[Levels] = {"section": ("门类", "大类"), "division": ("行业", "细分", "中类")}


def level_of(word: str, levels: Levels, default: str) -> str:
    """The level that a word names, or the default without one. Raises Misuse (unknown-level)."""
    if not word:
        return default
    for level, words in levels.items():
        if word.strip().casefold() in (level, *words):
            return level
    raise Misuse(
        "unknown-level",
        Text("there is no level “{word}” here", "这里没有“{word}”这一级"),
        hint=Text("levels: {known} ({chinese})", "可用：{chinese}（{known}）"),
        word=word[:40],
        known=list(levels),
        chinese=[words[0] for words in levels.values()],
    )
