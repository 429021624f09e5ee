"""The header of an age file (c2sp.org/age), parsed strictly and without any key."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from textcrm.ciphertext.form import Malformed
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRO: Final = b"age-encryption.org/v1\n"
_LINE: Final = re.compile(rb"[A-Za-z0-9+/]*")
_WORD: Final = re.compile(rb"[\x21-\x7e]+")
_FULL: Final = 64
_LONGEST: Final = 64 * 1024  # of a header; a value has a handful of readers
_SMALLEST_PAYLOAD: Final = 16 + 16  # nonce, and the tag of an empty last chunk
_P: Final = 2**255 - 19
# The points of low order, with which a shared secret would be known to all (RFC 7748).
_LOW: Final = frozenset((
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    _P - 1,
))  # fmt: skip


def _spellings() -> Iterator[bytes]:
    """The base64 of every encoding of those points: high bit set or not, reduced or not."""
    for value in _LOW:
        for number in (value, value + _P):
            if number < 2**255:
                for whole in (number, number + 2**255):
                    yield base64.b64encode(whole.to_bytes(32, "little")).rstrip(b"=")


# 32 bytes in canonical base64 without padding: the last sign holds four bits.
_32: Final = rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
_X25519: Final = re.compile(rb"-> X25519 (" + _32 + rb")\n" + _32 + rb"\n")
_LOW_SPELLED: Final = frozenset(_spellings())


def recipients(data: bytes) -> int:
    """How many readers an age file is for, by its header alone; grease is none.

    X25519 and ssh-ed25519 are counted. Raises Malformed: sealed-header for what breaks the
    format, sealed-passphrase for scrypt, sealed-recipient for any other type.
    """
    if not data.startswith(_INTRO):
        raise _broken()
    position, count = len(_INTRO), 0
    while match := _X25519.match(data, position):  # most headers, without taking them apart
        if match[1] in _LOW_SPELLED:
            raise _broken()
        position, count = match.end(), count + 1
    lines = _Lines(data, position)
    while True:
        line = lines.next()
        if line.startswith(b"---"):
            if not line.startswith(b"--- ") or len(_bytes(line[4:])) != 32:
                raise _broken()
            break
        if not line.startswith(b"-> "):
            raise _broken()
        count += _stanza(line[3:].split(b" "), lines)
    if not count or len(data) - lines.position < _SMALLEST_PAYLOAD:
        raise _broken()
    return count


class _Lines:
    """The lines of a header, one after the other."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self.position = position

    def next(self) -> bytes:
        end = self._data.find(b"\n", self.position, _LONGEST)
        if end < 0:
            raise _broken()
        line = self._data[self.position : end]
        self.position = end + 1
        return line


def _stanza(words: list[bytes], lines: _Lines) -> int:
    """Check one stanza; gives 1 for a reader and 0 for grease."""
    if not all(_WORD.fullmatch(word) for word in words):
        raise _broken()
    pieces = []
    while True:
        line = lines.next()
        if len(line) > _FULL or not _LINE.fullmatch(line):
            raise _broken()
        pieces.append(line)
        if len(line) < _FULL:
            break
    body = _bytes(b"".join(pieces))
    kind, *arguments = words
    if kind.endswith(b"-grease"):
        return 0
    if kind == b"X25519":
        share = _bytes(arguments[0]) if len(arguments) == 1 else b""
        sound = len(share) == 32 and len(body) == 32
        if not sound or int.from_bytes(share, "little") % 2**255 % _P in _LOW:
            raise _broken()
        return 1
    if kind == b"ssh-ed25519":
        if len(arguments) != 2 or len(body) != 32:
            raise _broken()
        if (len(_bytes(arguments[0])), len(_bytes(arguments[1]))) != (4, 32):
            raise _broken()
        return 1
    raise _not_ours(kind)


def _bytes(text: bytes) -> bytes:
    """Unpadded base64 in its one canonical form."""
    if not _LINE.fullmatch(text) or len(text) % 4 == 1:
        raise _broken()
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if base64.b64encode(data).rstrip(b"=") != text:
        raise _broken()
    return data


def _broken() -> Malformed:
    return Malformed(
        "sealed-header",
        Text("the ciphertext is damaged or no age file", "密文已损坏，或不是 age 文件"),
    )


def _not_ours(kind: bytes) -> Malformed:
    if kind == b"scrypt":
        return Malformed(
            "sealed-passphrase",
            Text(
                "the ciphertext is for a passphrase, which values never are",
                "密文是用口令加密的，加密值不允许使用口令",
            ),
        )
    return Malformed(
        "sealed-recipient",
        Text(
            "the ciphertext is for a kind of key that this vault does not use",
            "密文使用了本库不支持的密钥类型",
        ),
    )
