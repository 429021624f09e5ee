"""Units that headings say: 合同金额（万元）, 数量(台), Amount (USD), 单位：万元 above a table (A20, A32, A37)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import TextcrmError
from textcrm.normalize.amount import parse_amount_with_currency
from textcrm.normalize.keys import levelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textcrm.schema import Field

_LONGEST: Final = 12
_BRACKETS: Final = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,16})[)）\]】]\s*$")
_BARE: Final = re.compile(
    r"(?:\s*[/_:：,，·-]\s*|\s+in\s+|\s+|(?<=[额款价费收入值金资]))"
    r"((?:百|千|十|百万|千万)?[万亿]?元|万|亿|人民币|美元|欧元|港币|日元|RMB|CNY|USD|EUR|GBP|HKD|JPY"
    r"|(?:thousand|million)s?)\s*$",
    re.IGNORECASE,
)
_PER: Final = re.compile(r"\s*(?:/|每|per\s).*$", re.IGNORECASE)
_LEAD: Final = re.compile(r"^(?:金额)?单位\s*[:：]?\s*|^in\s+", re.IGNORECASE)
_ABOVE: Final = re.compile(r"(?:金额)?单位\s*[:：]?\s*(?:人民币)?\s*([百千十]?[万亿]?元)")
_FIGURE: Final = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
# A cell that says a unit of its own needs none.
_SAID: Final = re.compile(
    r"[百千万亿萬億元圆圓块角分]|\d\s*(?:k|w|m|mn|bn|thousand|million|billion)\b|[a-z]{3}|[$€£円₩]",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"([+-]?[\d,]+(?:\.\d+)?)\s*([^\W\d_]{1,8}\.?)")


class Unit(NamedTuple):
    """What is written around a bare number of a column: ``before`` it and ``behind``."""

    before: str = ""
    behind: str = ""

    def of(self, text: str) -> str:
        """A cell with its column's unit; as it is where it says one itself or no number at all."""
        word = levelled(text)
        if _SAID.search(word) or not _FIGURE.search(word):
            return text
        bare = word.replace("¥", "").replace("￥", "")
        return _FIGURE.sub(lambda found: f"{self.before}{found[0]}{self.behind}", bare)


NONE: Final = Unit()


def split(heading: str) -> tuple[str, str]:
    """A heading without its unit, and the unit as written: 金额（万元） is 金额 and 万元."""
    for pattern in (_BRACKETS, _BARE):
        if match := pattern.search(heading):
            return heading[: match.start()].strip(), match[1].strip()
    return heading, ""


def of_column(heading: str, field: Field, above: Unit = NONE) -> Unit:
    """The unit of a column of money, or of a size in money; ``above`` is the whole table's."""
    if field.kind != "money" and field.name != "annual_revenue":
        return NONE
    own = _money(split(heading)[1])
    return above if own is NONE else own


def counted(heading: str) -> str:
    """The unit of a column of quantities: 台 of 数量(台); empty for none."""
    word = split(heading)[1]
    return word if 0 < len(word) <= 8 and not any(char.isdigit() for char in word) else ""


def of_quantity(text: str) -> tuple[str, str]:
    """A quantity and its unit: ``1,000米`` is 1,000 and 米; no unit where the cell is other than that."""
    match = _COUNTED.fullmatch(levelled(text))
    if match is None or _SAID.search(match[2]):
        return text, ""
    return match[1], match[2]


def above(rows: Iterable[Sequence[str]]) -> Unit:
    """The unit that a line above a table says for all its amounts: 单位：万元."""
    for cells in rows:
        for cell in cells:
            if match := _ABOVE.search(cell):
                return _money(match[1])
    return NONE


@lru_cache(maxsize=64)
def _money(word: str) -> Unit:
    """How a unit of money stands around a number; none for what is no unit of money."""
    unit = levelled(_PER.sub("", _LEAD.sub("", word))).strip()
    if not unit or len(unit) > _LONGEST or any(char.isdigit() for char in unit):
        return NONE
    unit = re.sub(r"(?<=[a-z])s$", "", unit) if unit.endswith(("ands", "ions")) else unit
    turned = [Unit("", unit), Unit(unit, "")]
    if match := re.fullmatch(r"([$€£¥￥]|人民币|rmb|usd|us\$)\s*(\S+)", unit, re.IGNORECASE):
        turned.append(Unit(match[1], match[2]))
    for one in turned:
        try:
            parse_amount_with_currency(f"{one.before}1{one.behind}")
        except TextcrmError:
            continue
        return one
    return NONE
