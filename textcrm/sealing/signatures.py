"""Signatures by SSH keys over the access file (PROTOCOL.sshsig), by ssh-keygen or without it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcrm.errors import StorageFailure
from textcrm.sealing import sshsig
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMESPACE: Final = "textcrm-access"
_KINDS: Final = ("ssh-ed25519", "sk-ssh-ed25519@openssh.com")


def generate_signing_key(path: Path, *, comment: str = "textcrm") -> str:
    """Make an ssh-ed25519 key pair, the private half 0600, the public one beside it; gives that.

    Raises StorageFailure (key-exists, signing-failed).
    """
    if path.exists():
        raise StorageFailure(
            "key-exists", Text("{path} is there already", "{path} 已存在"), path=str(path)
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    program = _program()
    if program is None:
        sshsig.generate(path, comment)
    else:
        _run([program, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])
    return path.with_name(path.name + ".pub").read_text("utf-8").strip()


def sign(data: bytes, key_path: Path, *, namespace: str = NAMESPACE) -> bytes:
    """Sign bytes; gives the armored signature. Raises StorageFailure (signing-failed)."""
    program = _program()
    if program is None:
        return sshsig.sign(data, key_path, namespace)
    return _run([program, "-Y", "sign", "-q", "-f", str(key_path), "-n", namespace], data)


def verify(
    data: bytes, signature: bytes, keys: Mapping[str, str], *, namespace: str = NAMESPACE
) -> str | None:
    """Who of ``keys`` (SSH public keys by person) signed these bytes; None for nobody of them."""
    signer = sshsig.public_key(signature)
    if signer is None:
        return None
    named = [person for person, key in keys.items() if blob_of(key) == signer]
    if not named or not _kind_is_fine(signer):
        return None
    program = _program()
    if program is None:
        good = sshsig.verify(data, signature, namespace)
    else:
        good = _verified(program, data, signature, keys[named[0]], namespace)
    return named[0] if good else None


def _verified(program: str, data: bytes, signature: bytes, key: str, namespace: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="textcrm-verify-") as folder:
        allowed, sig = Path(folder) / "allowed", Path(folder) / "sig"
        bare = " ".join(key.split()[:2])
        allowed.write_text(f'signer namespaces="{namespace}" {bare}\n', encoding="ascii")
        sig.write_bytes(signature)
        done = subprocess.run(
            [program, "-Y", "verify", "-f", str(allowed), "-I", "signer", "-n", namespace,
             "-s", str(sig)],
            input=data, capture_output=True, check=False, env=_environment(),
        )  # fmt: skip
        return done.returncode == 0


def blob_of(public: str) -> bytes | None:
    """The key itself in a line such as ``ssh-ed25519 AAAA... comment``; None where it is none."""
    words = public.split()
    if len(words) < 2 or words[0] not in _KINDS:
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        return None
    return blob if blob[4 : 4 + len(words[0])] == words[0].encode() else None


def _kind_is_fine(blob: bytes) -> bool:
    return any(blob[4:].startswith(kind.encode()) for kind in _KINDS)


def fingerprint(public: str) -> str:
    """``SHA256:...`` of a public key, as ``ssh-keygen -l`` prints it; empty where it is none."""
    blob = blob_of(public)
    if blob is None:
        return ""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def can_sign() -> bool:
    """Whether this system can make signatures at all, by ssh-keygen or without it."""
    return _program() is not None or find_spec("cryptography") is not None


def _program() -> str | None:
    return shutil.which("ssh-keygen")


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "LANGUAGE": ""}


def _run(command: list[str], given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(
            command,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
            env=_environment(),
        )
    except OSError as error:
        raise _failed(error.strerror or "") from error
    if done.returncode:
        raise _failed(done.stderr.decode("utf-8", "replace").strip()[-300:])
    return done.stdout


def _failed(why: str) -> StorageFailure:
    return StorageFailure(
        "signing-failed",
        Text("the signature could not be made: {why}", "签名失败：{why}"),
        hint=Text("see your keys: textcrm key show", "查看您的密钥：textcrm key show"),
        why=why,
    )
