"""The mapping that a sealed value is: ``{sealed: labels, age: one line of base64 or armor}``."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYS: Final = frozenset(("sealed", "age"))
_CLASS: Final = re.compile(r"([a-z][a-z0-9-]*)@([1-9][0-9]{0,8})")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_ARMOR: Final = re.compile(
    r"-----BEGIN AGE ENCRYPTED FILE-----\n"
    r"((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)"
    r"-----END AGE ENCRYPTED FILE-----\n?"
)


class Malformed(ValueError):
    """A sealed value that cannot be one: a stable code and a sentence without any of its content."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class Sealed(NamedTuple):
    """A sealed value taken apart: whom it is for by its label, and the age file itself.

    The first label is a class key such as ``finance@2``, the others ids of people.
    """

    labels: tuple[str, ...]
    data: bytes


def is_sealed(node: object) -> bool:
    """Whether a value has the form of a sealed one: the keys ``sealed`` and ``age`` and no more."""
    return isinstance(node, dict) and node.keys() == _KEYS


def looks_sealed(node: object) -> bool:
    """Whether a value is meant to be a sealed one: it has either key."""
    return isinstance(node, dict) and ("sealed" in node or "age" in node)


def read(node: object) -> Sealed:
    """Take a sealed value apart. One line of base64 or an armored block, line ends of any kind.

    Raises Malformed (sealed-form, sealed-label, sealed-base64).
    """
    if not isinstance(node, dict) or node.keys() != _KEYS:
        raise Malformed(
            "sealed-form",
            Text(
                "a sealed value has the lines “sealed” and “age” and no others",
                "加密值应只含 sealed 和 age 两行",
            ),
        )
    return Sealed(_labels(node["sealed"]), _decoded(node["age"]))


def _labels(given: object) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if (
        not isinstance(listed, list)
        or not listed
        or not all(isinstance(label, str) and label for label in listed)
        or len(set(listed)) != len(listed)
    ):
        raise Malformed(
            "sealed-label",
            Text(
                "“sealed” names a class key such as finance@2, and then people, each once",
                "sealed 应为密级密钥（如 finance@2），其后可列人员，不能重复",
            ),
        )
    return tuple(listed)


def _decoded(given: object) -> bytes:
    text = given.replace("\r\n", "\n") if isinstance(given, str) else ""
    armor = _ARMOR.fullmatch(text)
    body = armor[1].replace("\n", "") if armor else text.strip("\n")
    if _BASE64.fullmatch(body):
        try:
            data = base64.b64decode(body, validate=True)
        except binascii.Error:
            data = b""
        if data and base64.b64encode(data).decode() == body:
            return data
    raise Malformed(
        "sealed-base64",
        Text(
            "“age” is no age file: one line of base64, or an armored block, is wanted",
            "age 不是有效的 age 文件：应为一行 base64 或 armor 块",
        ),
    )


def parse_class(label: str) -> tuple[str, int] | None:
    """Class and generation of a label such as ``finance@2``; None where it names a person."""
    match = _CLASS.fullmatch(label)
    return (match[1], int(match[2])) if match else None


def write(labels: Sequence[str], data: bytes) -> dict[str, Any]:
    """The mapping of a sealed value: one label stands alone, several as a list."""
    return {
        "sealed": labels[0] if len(labels) == 1 else list(labels),
        "age": base64.b64encode(data).decode("ascii"),
    }
