"""What lies inside a sealed value: JSON that binds the value to its place and keeps its type.

``{"v":1,"rec":uid,"path":"/contacts/k3f9/id_number","to":["finance@2"],"val":...}``, padded with
spaces to a multiple of 64 bytes, so that short values of any length look alike. age itself knows
no associated data: the place stands inside the ciphertext.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION: Final = 1
_PAD: Final = 64
_DEEPEST: Final = 50


class Envelope(NamedTuple):
    """A value with the place that it was sealed for."""

    rec: str
    path: str
    to: tuple[str, ...]
    val: Any


def pack(envelope: Envelope) -> bytes:
    """Write an envelope. Raises TypeError for a value that JSON does not hold."""
    head = json.dumps(
        {"v": _VERSION, "rec": envelope.rec, "path": envelope.path, "to": list(envelope.to)},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    data = f'{head[:-1]},"val":{_json(envelope.val, 0)}}}'.encode("utf-8", "surrogatepass")
    return data + b" " * (-len(data) % _PAD)


def unpack(data: bytes) -> Envelope | None:
    """Read an envelope; None where the bytes are none."""
    try:
        tree = _DECODER.decode(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(tree, dict) or tree.keys() != {"v", "rec", "path", "to", "val"}:
        return None
    rec, path, to = tree["rec"], tree["path"], tree["to"]
    texts = isinstance(rec, str) and isinstance(path, str) and isinstance(to, list)
    if (
        tree["v"] is not True
        and tree["v"] == _VERSION
        and texts
        and all(isinstance(one, str) for one in to)
    ):
        return Envelope(rec, path, tuple(to), tree["val"])
    return None


def _json(value: Any, depth: int) -> str:
    """JSON in which a Decimal keeps its digits and stays apart from a whole number."""
    if depth > _DEEPEST:
        raise TypeError("too deep")
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(_key(k), ensure_ascii=False)}:{_json(v, depth + 1)}"
            for k, v in value.items()
        )
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_json(one, depth + 1) for one in value) + "]"
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(type(value).__name__)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("keys are texts")
    return key


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("no number")
    text = format(value, "f")
    # A whole amount would come back as an int: an exponent of nothing keeps it a decimal.
    return text if "." in text else text + "e0"


def _no_constant(_word: str) -> NoReturn:
    raise ValueError


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError
    return tree


_DECODER: Final = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
)
