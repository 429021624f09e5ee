"""Private keys: age identity files, protected ones, ssh-ed25519; never shown, never logged."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import KeyMissing, Misuse
from textcrm.sealing.engine import engine
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY: Final = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")
_INTRO: Final = b"age-encryption.org/v1\n"
_ARMOR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_SSH: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
# age derives with 2^18 by default, a second; 2^23 takes 80 s and 8 GB, so it is refused unread.
_HARDEST: Final = 20


class Identity:
    """One private key that opens what was sealed for its ``public`` one.

    ``source`` says where the key came from.
    """

    __slots__ = ("_key", "public", "source")

    def __init__(self, key: Any, public: str, source: str) -> None:
        self._key = key
        self.public = public
        self.source = source

    def __repr__(self) -> str:
        return f"Identity({self.public!r}, source={self.source!r})"

    @property
    def key(self) -> Any:
        """The key as the engine has it."""
        return self._key


def generate() -> tuple[str, str]:
    """Make an X25519 key: (secret ``AGE-SECRET-KEY-1...``, public ``age1...``)."""
    key = engine().x25519.Identity.generate()
    return str(key), str(key.to_public())


def identities(
    text: str | bytes, *, source: str, passphrase: Callable[[str], str] | None = None
) -> list[Identity]:
    """Read the private keys in a file: an age identity file, a protected one, an OpenSSH key.

    ``passphrase`` is asked for that of a protected file, by its source. Raises KeyMissing
    (identity-protected) where nobody can be asked, (passphrase-wrong), Misuse (identity-invalid).
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if data.lstrip().startswith((_INTRO, _ARMOR)):
        data = _unlocked(data.lstrip(), source, passphrase)
    if data.lstrip().startswith(_SSH):
        return [_ssh(data, source)]
    return _listed(data.decode("utf-8", "replace"), source)


def _listed(text: str, source: str) -> list[Identity]:
    rage = engine()
    found = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        try:
            if not _KEY.fullmatch(word):
                raise _invalid(source, number)
            key = rage.x25519.Identity.from_str(word)
        except rage.IdentityError:
            raise _invalid(source, number) from None  # its text might hold the key
        found.append(Identity(key, str(key.to_public()), source))
    if not found:
        raise _invalid(source, 1)
    return found


def _invalid(source: str, line: int) -> Misuse:
    return Misuse(
        "identity-invalid",
        Text(
            "{source}, line {line}: no private key of age (AGE-SECRET-KEY-1…)",
            "{source} 第 {line} 行不是 age 私钥（AGE-SECRET-KEY-1…）",
        ),
        hint=Text("make one: textcrm key new", "新建密钥：textcrm key new"),
        source=source,
        line=line,
    )


def _ssh(data: bytes, source: str) -> Identity:
    rage = engine()
    try:
        key = rage.ssh.Identity.from_buffer(data)
    except rage.IdentityError as error:
        locked = "decrypt" in str(error)
        raise Misuse(
            "identity-invalid",
            Text(
                "{source}: an SSH key with a passphrase cannot be used",
                "{source}：不能使用带口令的 SSH 密钥",
            )
            if locked
            else Text("{source}: no ssh-ed25519 private key", "{source}：不是 ssh-ed25519 私钥"),
            hint=Text("make an age key: textcrm key new", "请新建 age 密钥：textcrm key new"),
            source=source,
        ) from None
    return Identity(key, _public(data), source)


def _public(data: bytes) -> str:
    """The public half in an OpenSSH private key file (PROTOCOL.key), where it is not encrypted."""
    body = data.split(_SSH, 1)[1].split(b"-----END", 1)[0]
    rest = base64.b64decode(b"".join(body.split())).removeprefix(b"openssh-key-v1\0")
    for _ in range(3):  # cipher, key derivation and its options
        _, rest = _string(rest)
    blob, _ = _string(rest[4:])  # behind the number of keys, which is 1
    kind, _ = _string(blob)
    return f"{kind.decode('ascii', 'replace')} {base64.b64encode(blob).decode()}"


def _string(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:4], "big")
    return data[4 : 4 + size], data[4 + size :]


def _unlocked(data: bytes, source: str, passphrase: Callable[[str], str] | None) -> bytes:
    binary = _binary(data)
    factor = _work_factor(binary)
    if factor is None or factor > _HARDEST:
        raise Misuse(
            "identity-invalid",
            Text(
                "{source} is no identity file protected by a passphrase",
                "{source} 不是受口令保护的密钥文件",
            )
            if factor is None
            else Text(
                "{source}: its passphrase protection asks for more work than is reasonable",
                "{source}：口令保护的计算量过大，已拒绝",
            ),
            source=source,
        )
    if passphrase is None:
        raise KeyMissing(
            "identity-protected",
            Text(
                "{source} is protected by a passphrase, and nobody can be asked for it",
                "{source} 受口令保护，当前无法询问口令",
            ),
            source=source,
        )
    rage = engine()
    try:
        opened: bytes = rage.passphrase.decrypt(binary, passphrase(source))
    except rage.DecryptError:
        raise KeyMissing(
            "passphrase-wrong",
            Text("{source}: the passphrase is wrong", "{source}：口令不正确"),
            source=source,
        ) from None
    return opened


def _binary(data: bytes) -> bytes:
    if not data.startswith(_ARMOR):
        return data
    body = data.split(_ARMOR, 1)[1].split(b"-----END", 1)[0]
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        return b""


def _work_factor(data: bytes) -> int | None:
    """log2 of the work that scrypt asks for, from the header alone; None where it is not scrypt."""
    match = re.match(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]+ ([1-9][0-9]?)\n", data)
    return int(match[1]) if match else None


def protect(data: bytes, passphrase: str) -> bytes:
    """Lock an identity file with a passphrase (scrypt); ``age -d`` opens it as well."""
    locked: bytes = engine().passphrase.encrypt(data, passphrase)
    return locked
