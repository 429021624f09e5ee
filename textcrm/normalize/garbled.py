"""Mojibake: text that was written in one encoding and read in another, told by reading it back."""

from __future__ import annotations

import re
from typing import Final

_HIGH: Final = re.compile("[\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{4,}")
_WESTERN: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_HAN: Final = re.compile("[\u4e00-\u9fff]")
# What decoders leave of bytes they could not read.
_RUINS: Final = ("锟斤拷", "烫烫烫", "屯屯屯", "ï¿½", "锘縞")
_MOST: Final = 200


def is_garbled(text: str) -> bool:
    """Whether a text reads as sense in the encoding it was mistaken from.

    UTF-8 read as GBK (寮犱笁), UTF-8 read as Latin-1 (MÃ¼ller, çŽ‹èŠ³), GBK read as Latin-1 (ÕÅÈý).
    Careful: real names of either script are never called garbled; damage that lost bytes may be
    missed.
    """
    text = text[:_MOST]
    if text.isascii():
        return False
    return any(ruin in text for ruin in _RUINS) or _utf8_as_gbk(text) or _as_western(text)


def _utf8_as_gbk(text: str) -> bool:
    back = _reread(text, "gb18030", "utf-8")
    if back is None or back == text or back.isascii():
        return False
    return len(_HAN.findall(back)) * 3 >= len(back.encode("utf-8")) // 2 and back.isprintable()


def _as_western(text: str) -> bool:
    if _WESTERN.search(text):
        for encoding in ("cp1252", "latin-1"):
            back = _reread(text, encoding, "utf-8")
            if back is not None and back != text:
                return True
    if _HIGH.search(text) and not re.search("[a-zA-Z]", text):
        back = _reread(text, "latin-1", "gbk")
        return back is not None and len(_HAN.findall(back)) * 2 >= len(back)
    return False


def _reread(text: str, written: str, read: str) -> str | None:
    try:
        return text.encode(written).decode(read)
    except UnicodeError:
        return None
