"""Sealing and opening one value at its place in a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import ciphertext
from textcrm.errors import Misuse, TrustFailure
from textcrm.sealing import files
from textcrm.sealing.envelope import Envelope, pack, unpack
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.sealing.identities import Identity


def seal(
    value: Any, *, rec: str, path: str, labels: Sequence[str], recipients: Sequence[str]
) -> dict[str, Any]:
    """Seal a value for a place: the record's ``uid`` and the path by item ids.

    ``labels`` say whom it is for, ``recipients`` are their public keys, in the same order. Gives
    the mapping to store. str, int, Decimal, bool, None, list and dict keep their type. Raises
    Misuse (recipient-invalid, value-not-sealable).
    """
    try:
        data = pack(Envelope(rec, path, tuple(labels), value))
    except (TypeError, UnicodeEncodeError):
        raise Misuse(
            "value-not-sealable",
            Text("a value of this kind cannot be sealed", "这类值无法加密"),
        ) from None
    return ciphertext.write(labels, files.encrypt(data, recipients))


def unseal(node: Any, *, rec: str, path: str, identities: Sequence[Identity]) -> Any:
    """Open the value at a place; ``node`` is its mapping, or that taken apart.

    Raises KeyMissing (no-key), TrustFailure: sealed-damaged, or sealed-elsewhere where it was
    sealed for another place, which ``found`` and ``at`` name.
    """
    try:
        sealed = node if isinstance(node, ciphertext.Sealed) else ciphertext.read(node)
    except ciphertext.Malformed as error:
        raise files.damaged(error.message) from None
    envelope = unpack(files.decrypt(sealed.data, identities))
    if envelope is None:
        raise files.damaged(
            Text("the ciphertext holds no value of a vault", "密文中不是客户库的值")
        )
    here = Envelope(rec, path, sealed.labels, None)
    if envelope._replace(val=None) != here:
        raise _elsewhere(envelope, here)
    return envelope.val


def _elsewhere(envelope: Envelope, here: Envelope) -> TrustFailure:
    found, at = (f"{one.rec}{one.path} ({', '.join(one.to)})" for one in (envelope, here))
    return TrustFailure(
        "sealed-elsewhere",
        Text(
            "this value was sealed for {found}, and stands at {at}",
            "该值是为 {found} 加密的，却位于 {at}",
        ),
        hint=Text(
            "a sealed value cannot be moved or copied: set it anew, or undo the move",
            "加密值不能移动或复制：请重新填写，或撤销移动",
        ),
        found=found,
        at=at,
    )
