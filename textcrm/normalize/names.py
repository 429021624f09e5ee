"""Names of people and companies: forms of address (B7), cleanliness (B10), pinyin and ids."""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import cache
from typing import TYPE_CHECKING, Final

from textcrm.normalize import surnames
from textcrm.normalize.garbled import is_garbled
from textcrm.normalize.keys import INVISIBLE, levelled, words

if TYPE_CHECKING:
    from collections.abc import Callable

_HAN: Final = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ALL_HAN: Final = re.compile(rf"[{_HAN}]+")
_TITLES: Final = surnames.COURTESY | surnames.RANKS | surnames.KIN
_TITLE_WORDS: Final = _TITLES | surnames.FUNCTIONS
_LONGEST_TITLE: Final = 12
_RANKS: Final = tuple(title for title in _TITLES if len(title) > 1)
_SURNAME_TOO: Final = ("高工",)  # engineer Gao, or a senior engineer: somebody, at least
_ENGLISH: Final = re.compile(r"(mr|mrs|ms|miss|mx|dr|prof|mister)\.?\s+([^\s.,]+)", re.IGNORECASE)
_MASKED: Final = re.compile(r"[*＊○●]|(?<![a-z])x{2,}(?![a-z])|某某|某$", re.IGNORECASE)
_NOBODY: Final = words(
    "未知 不详 不明 匿名 无名 无名氏 无 暂无 没有 空 待定 待补充 保密 不便透露 佚名 某人 某某 "
    "某某某 联系人 负责人 客户 本人 顾客 业主 经办人 对接人 unknown anonymous n/a na none null "
    "nil tbd nobody someone somebody - -- — ? ?? ?"
)
_ANYBODY: Final = ("人", "公司", "客户", "企业", "单位", "集团")
_VAGUE_XX: Final = re.compile(r"[某*x×○〇?]+(.*)", re.IGNORECASE)
_SPACE_IN_HAN: Final = re.compile(rf"(?<=[{_HAN}])[^\S\r\n]+(?=[{_HAN}])")
_WIDE: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HIDDEN: Final = re.compile(f"[{INVISIBLE}]")
_JOINED: Final = re.compile("[\u200d\ufe0f]")
_LATIN: Final = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
    }
)
_MOST: Final = 200


def parse_salutation(text: str) -> tuple[str, str] | None:
    """Read a surname with a title: ``张经理`` is (张, 经理), ``Mr. Smith`` is (Smith, Mr.).

    None for a whole name, and for a title alone (总经理, 采购经理), which is nobody's name.
    """
    word = levelled(text[:_MOST])
    if match := _ENGLISH.fullmatch(word):
        # MS Legislature is Mississippi's, no lady's.
        title = word[: match.start(2)].strip()
        return (match[2], title) if match[2][0].isalpha() and title != "MS" else None
    if not _ALL_HAN.fullmatch(word) or is_title(word):
        return None
    for size in (2, 1):
        surname, title = word[:size], word[size:]
        known = surname in (surnames.COMPOUND if size == 2 else surnames.SINGLE)
        if known and is_title(title):
            return surname, title
    return None


def is_title(text: str) -> bool:
    """Whether a text is nothing but a title, with what goes before one: 经理, 采购经理, 副总裁."""
    if text in _TITLES:
        return text not in _SURNAME_TOO
    if not text or len(text) > _LONGEST_TITLE or not text.endswith(_RANKS):
        return False
    # 总 is a rank after a surname, but 采购总 is none; a chain ends in a rank of two characters.
    tails = (title for title in _TITLES if len(title) > 1 and text.endswith(title))
    return any(_chain(text[: -len(title)]) for title in tails)


def _chain(text: str) -> bool:
    """Whether a text is made of words that go before a rank."""
    if not text:
        return True
    return any(
        text.startswith(word) and _chain(text[len(word) :])
        for word in _TITLE_WORDS
        if len(word) > 1 or word in "副总"
    )


def is_vague_name(text: str) -> bool:
    """Whether a name names nobody (B7): 某先生, 先生, 总经理, 未知. A surname with a title does not.

    张经理 and 张某 say at least who is meant: they are oddities, not refused.
    """
    word = levelled(text[:_MOST]).casefold().strip(" .。")
    if not word or word in _NOBODY or word in surnames.ENGLISH:
        return True
    if match := _VAGUE_XX.fullmatch(word):
        rest = match[1].strip()
        lone_x = word[: match.start(1)] == "x"
        return not (rest or lone_x) or is_title(rest) or (rest in _ANYBODY and not lone_x)
    return is_title(word)


def is_nobody(text: str) -> bool:
    """Whether a name is a form of address alone: 某先生, 女士. 某公司 and 顾客 are none."""
    word = levelled(text[:_MOST])
    if match := _VAGUE_XX.fullmatch(word):
        return word[0] == "某" and is_title(match[1].strip())
    return is_title(word)


def is_half_name(text: str) -> bool:
    """Whether a name hides or leaves out its larger part: 王某某, 李*, 陈XX, 张."""
    word = levelled(text[:_MOST])
    if len(word) == 1:
        return word in surnames.SINGLE
    return len(word) <= _LONGEST_TITLE and bool(_MASKED.search(word)) and not is_vague_name(word)


def name_oddities(text: str) -> list[str]:
    """What looks wrong with a name (B10), as codes in the order of weight.

    replacement-character, mojibake, control-character, invisible-character, vague-name, lone-title,
    masked-name, salutation, stray-space, mixed-width. Pure; an empty list is a clean name.
    """
    found = []
    if "\ufffd" in text:
        found.append("replacement-character")
    if is_garbled(text):
        found.append("mojibake")
    if _CONTROL.search(text):
        found.append("control-character")
    if _HIDDEN.search(_JOINED.sub("", text)):
        found.append("invisible-character")
    found += _who(text)
    if text != text.strip() or "  " in text or _SPACE_IN_HAN.search(text):
        found.append("stray-space")
    if _WIDE.search(text) or _brackets_differ(text):
        found.append("mixed-width")
    return found


def _who(text: str) -> list[str]:
    word = levelled(text[:_MOST])
    if is_title(word):
        return ["lone-title"]
    if is_vague_name(word):
        return ["vague-name"]
    if _MASKED.search(word) and len(word) <= 12:
        return ["masked-name"]
    return ["salutation"] if parse_salutation(word) else []


def _brackets_differ(text: str) -> bool:
    """云栖（上海) opens in one width and closes in the other."""
    return (
        text.count("(") != text.count(")")
        and text.count("（") != text.count("）")
        and (text.count("(") + text.count("（") == text.count(")") + text.count("）"))
    )


def slug(text: str) -> str:
    """Make a person's id of a name: ``王芳`` is wang-fang, ``欧阳娜娜`` ouyang-nana, ``Müller`` muller.

    Only ``a-z``, digits and single hyphens, a letter first; empty where nothing of the name can be
    written so.
    """
    word = levelled(text[:_MOST])
    surname = _surname(word) if looks_personal(word) else ""
    if surname:
        given = "".join(_syllables(word[len(surname) :]))
        parts = ["".join(_surname_reading(surname)), given]
    else:
        parts = _syllables(word)
    ascii_text = _plain_latin(" ".join(parts))
    ascii_text = re.sub(r"(?<=[a-z])['’](?=[a-z])", "", ascii_text)
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-").lstrip("0123456789-")


def pinyin_key(text: str, *, person: bool | None = None) -> str:
    """Give the text by which names sort in alphabetical order (E6): syllables apart, small letters.

    A surname is read as one (单 shan, 曾 zeng) where the text is a person's name: as told, else where
    it looks like one, so that 区块链 stays qu kuai lian. Latin text sorts among them by its letters.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    word = levelled(text[:_MOST])
    personal = looks_personal(word) if person is None else person
    surname = _surname(word) if personal else ""
    syllables = [*_surname_reading(surname), *_syllables(word[len(surname) :])]
    return " ".join(_plain_latin(" ".join(syllables)).split())


def looks_personal(text: str) -> bool:
    """Whether a text looks like a Chinese person's name: a surname and one or two characters more."""
    if not _ALL_HAN.fullmatch(text) or not (surname := _surname(text)):
        return False
    given = len(text) - len(surname)
    return 1 <= given <= 2 and text not in _NOT_PERSONAL


_NOT_PERSONAL: Final = words(
    "区块链 区政府 区委 区域 解决 解放 解放军 查询 曾经 曾用名 单位 单据 单元 单证 都市 都匀 "
    "乐园 乐山 乐高 员外 员工 种子 种植 种业 秘书 秘密 黑客 黑猫 黑马 折扣 折线 句子 句容 召集 "
    "洗衣店 洗车店"
)


def _surname(text: str) -> str:
    if text[:2] in surnames.COMPOUND and len(text) > 2:
        return text[:2]
    return text[:1] if text[:1] in surnames.SINGLE or text[:1] in surnames.READINGS else ""


def _surname_reading(surname: str) -> list[str]:
    reading = surnames.READINGS.get(surname)
    return reading.split() if reading else _syllables(surname)


def _syllables(text: str) -> list[str]:
    """Pinyin without tones, ü as v; what is no Chinese character stays as it is."""
    if not text or not _has_han(text):
        return [text] if text else []
    return [str(part) for part in _reader()(text)]


@cache
def _reader() -> Callable[[str], list[str]]:
    """What reads characters out loud, loaded when it is first needed."""
    with warnings.catch_warnings():
        # pypinyin opens its tables by a function that Python 3.14 deprecates.
        warnings.filterwarnings("ignore", r"codecs\.open", DeprecationWarning)
        from pypinyin import lazy_pinyin
    found: Callable[[str], list[str]] = lazy_pinyin
    return found


def _has_han(text: str) -> bool:
    return re.search(f"[{_HAN}]", text) is not None


def _plain_latin(text: str) -> str:
    """Small letters without accents."""
    bare = unicodedata.normalize("NFD", text.casefold().translate(_LATIN))
    return "".join(char for char in bare if not unicodedata.combining(char))
