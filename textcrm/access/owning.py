"""A person's own key files: an age identity, an ssh key to sign with, a recovery key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from textcrm.access import private
from textcrm.errors import Conflict
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path


def new_identity(path: Path, *, passphrase: str | None = None, comment: str = "") -> str:
    """Make an age key in a new file of mode 0600, protected where a passphrase is given.

    ``comment`` is put above the key, line by line. Gives the public key. Raises Conflict
    (identity-exists), StorageFailure.
    """
    from textcrm import sealing

    if path.exists():
        raise _there(path)
    secret, public = sealing.generate()
    day = dt.datetime.now(dt.UTC).date().isoformat()
    lines = [*comment.splitlines(), f"textcrm, {day}", f"public key: {public}"]
    text = "".join(f"# {line}".rstrip() + "\n" for line in lines) + secret + "\n"
    data = text.encode()
    private.create(path, sealing.protect(data, passphrase) if passphrase else data)
    return public


def new_signing_key(path: Path) -> str:
    """Make an ssh-ed25519 key pair to sign access.yaml with; gives the public half."""
    from textcrm import sealing

    if path.exists():
        raise _there(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return sealing.generate_signing_key(path)


def public_of(path: Path) -> str | None:
    """The public half of a signing key, from the file beside it; None where there is none."""
    file = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, ValueError):
        return None
    return text if text.startswith(("ssh-", "sk-ssh-")) else None


def _there(path: Path) -> Conflict:
    return Conflict(
        "identity-exists",
        Text("there is a key at {file} already", "{file} 已有密钥"),
        hint=Text(
            "it is kept: what it opens would be lost. See: textcrm key show; another file: -o FILE",
            "已保留：覆盖后将无法打开原有内容。查看：textcrm key show；另存：-o 文件",
        ),
        file=str(path),
    )
