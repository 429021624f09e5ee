"""Whole files for readers: key files, kept texts, attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NoReturn, Protocol

from textcrm import ciphertext
from textcrm.errors import KeyMissing, TrustFailure
from textcrm.sealing.engine import engine
from textcrm.sealing.recipients import parse_all
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.sealing.identities import Identity

_HEADER = 64 * 1024


class Target(Protocol):
    """What a stream is written to."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""
        ...

    def flush(self) -> None:
        """See them through."""
        ...


def encrypt(data: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt bytes to public keys. Raises Misuse (recipient-invalid), StorageFailure."""
    sealed: bytes = engine().encrypt(data, parse_all(recipients))
    return sealed


def decrypt(data: bytes, identities: Sequence[Identity]) -> bytes:
    """Open an age file. Raises KeyMissing (no-key), TrustFailure (sealed-damaged)."""
    check_header(data)
    if not identities:
        raise no_key()
    rage = engine()
    try:
        opened: bytes = rage.decrypt(data, [one.key for one in identities])
    except rage.DecryptError as error:
        refuse(error)
    return opened


def encrypt_file(source: BinaryIO, target: Target, recipients: Sequence[str]) -> None:
    """Encrypt a stream in bounded memory; on failure the target is incomplete: throw it away."""
    engine().encrypt_io(source, target, parse_all(recipients))


def decrypt_file(source: BinaryIO, target: Target, identities: Sequence[Identity]) -> None:
    """Open a stream; what is written before a failure is to be thrown away.

    ``source`` must be seekable. Raises KeyMissing (no-key), TrustFailure (sealed-damaged).
    """
    start = source.tell()
    check_header(source.read(_HEADER))
    source.seek(start)
    if not identities:
        raise no_key()
    rage = engine()
    try:
        rage.decrypt_io(source, target, [one.key for one in identities])
    except rage.DecryptError as error:
        refuse(error)
    except OSError as error:
        if error.errno is not None:  # the disk's, not the ciphertext's
            raise
        refuse(error)


def check_header(data: bytes) -> None:
    """Refuse a header that is none of ours, before any key is tried (a costly scrypt above all)."""
    try:
        ciphertext.recipients(data)
    except ciphertext.Malformed as error:
        raise damaged(error.message) from None


def refuse(error: Exception) -> NoReturn:
    """Raise what the engine's refusal means."""
    if "No matching keys" in str(error):
        raise no_key() from None
    raise damaged() from None


def no_key() -> KeyMissing:
    """The error where no key at hand fits."""
    return KeyMissing(
        "no-key",
        Text("none of your keys opens this", "您的密钥都无法解开此内容"),
        hint=Text("see your keys: textcrm key show", "查看您的密钥：textcrm key show"),
    )


def damaged(why: Text | None = None) -> TrustFailure:
    """The error where a ciphertext is not what was written."""
    return TrustFailure(
        "sealed-damaged",
        why or Text("the ciphertext is damaged or was changed", "密文已损坏或被改动"),
        hint=Text(
            "see who changed it: textcrm log ID; bring it back: textcrm undo COMMIT",
            "查看改动者：textcrm log 编号；恢复：textcrm undo 提交号",
        ),
    )
