"""SSH signatures without ssh-keygen: the format PROTOCOL.sshsig of OpenSSH, Ed25519 only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_END: Final = b"-----END SSH SIGNATURE-----"
_MAGIC: Final = b"SSHSIG"
_ED25519: Final = b"ssh-ed25519"


def public_key(signature: bytes) -> bytes | None:
    """The public key that a signature names; None where it is no signature."""
    parts = _parts(signature)
    return parts[0] if parts else None


def _parts(signature: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """(public key, namespace, hash, raw signature) of an armored signature."""
    text = signature.strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        return None
    try:
        blob = base64.b64decode(b"".join(text[len(_BEGIN) : -len(_END)].split()), validate=True)
        if blob[:6] != _MAGIC or struct.unpack(">I", blob[6:10])[0] != 1:
            return None
        key, rest = _string(blob[10:])
        namespace, rest = _string(rest)
        _reserved, rest = _string(rest)
        digest, rest = _string(rest)
        raw, rest = _string(rest)
    except (binascii.Error, struct.error, ValueError):
        return None
    return None if rest else (key, namespace, digest, raw)


def _string(data: bytes) -> tuple[bytes, bytes]:
    (size,) = struct.unpack(">I", data[:4])
    if len(data) < 4 + size:
        raise ValueError
    return data[4 : 4 + size], data[4 + size :]


def _packed(*strings: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(one)) + one for one in strings)


def _signed(data: bytes, namespace: bytes, digest: bytes) -> bytes:
    made = hashlib.new(digest.decode("ascii"), data).digest()
    return _MAGIC + _packed(namespace, b"", digest, made)


def verify(data: bytes, signature: bytes, namespace: str) -> bool:
    """Whether an Ed25519 signature is good for these bytes, by the key that it names."""
    parts = _parts(signature)
    if parts is None or parts[1] != namespace.encode() or parts[2] not in (b"sha256", b"sha512"):
        return False
    try:
        kind, rest = _string(parts[0])
        raw_key, _ = _string(rest)
        sig_kind, rest = _string(parts[3])
        raw, _ = _string(rest)
    except (struct.error, ValueError):
        return False
    if kind != _ED25519 or sig_kind != _ED25519:
        return False
    exceptions, ed25519, _ = _library()
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(raw_key)
        key.verify(raw, _signed(data, parts[1], parts[2]))
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True


def sign(data: bytes, key_path: Path, namespace: str) -> bytes:
    """Sign bytes with an OpenSSH private key file without a passphrase."""
    _, ed25519, serialization = _library()
    try:
        key: Any = serialization.load_ssh_private_key(key_path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(key_path) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _unusable(key_path)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    made = key.sign(_signed(data, namespace.encode(), b"sha512"))
    blob = _MAGIC + struct.pack(">I", 1)
    blob += _packed(
        _packed(_ED25519, raw), namespace.encode(), b"", b"sha512", _packed(_ED25519, made)
    )
    text = base64.b64encode(blob)
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return b"\n".join([_BEGIN, *lines, _END]) + b"\n"


def generate(path: Path, comment: str) -> None:
    """Write a new key pair in OpenSSH's form."""
    _, ed25519, serialization = _library()
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(private)
    path.with_name(path.name + ".pub").write_bytes(public + b" " + comment.encode() + b"\n")


def _unusable(path: Path) -> StorageFailure:
    return StorageFailure(
        "signing-failed",
        Text(
            "{path} is no ssh-ed25519 private key without a passphrase",
            "{path} 不是不带口令的 ssh-ed25519 私钥",
        ),
        path=str(path),
    )


def _library() -> tuple[Any, Any, Any]:
    try:
        from cryptography import exceptions
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise StorageFailure(
            "signing-missing",
            Text(
                "signatures need ssh-keygen, which is not here",
                "签名需要 ssh-keygen，当前系统没有",
            ),
            hint=Text(
                "install OpenSSH, or: pip install 'textcrm[ssh]'",
                "请安装 OpenSSH，或 pip install 'textcrm[ssh]'",
            ),
        ) from error
    return exceptions, ed25519, serialization
