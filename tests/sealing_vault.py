"""A vault with keys for the checks that need none: ciphertext of nobody's, labels of anybody's."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pyrage
from ready_made import copied

from textcrm import access
from textcrm.access import writing
from textcrm.access.reading import key_file
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "id: {id}\nuid: {uid}\nname: {id}\n"


def ciphertext(readers: int = 1, text: bytes = b"{}") -> str:
    """An age file for so many readers, whose keys are thrown away, as one line of base64."""
    keys = [pyrage.x25519.Identity.generate().to_public() for _ in range(readers)]
    return base64.b64encode(pyrage.encrypt(text.ljust(64), keys)).decode()


def sealed(*labels: str, readers: int | None = None) -> str:
    """A sealed value as YAML, indented for a top-level field."""
    label = labels[0] if len(labels) == 1 else f"[{', '.join(labels)}]"
    return f"\n  sealed: {label}\n  age: {ciphertext(readers or len(labels))}\n"


def git(folder: Path, *words: str, check: bool = True, **env: str) -> str:
    """Run git in a folder and give what it prints on both channels."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, **env},
    )
    if check:
        assert done.returncode == 0, done
    return done.stdout + done.stderr


def record(folder: Path, number: int = 1, **fields: str) -> Path:
    """Write a record with some fields as raw YAML; gives the file."""
    own = f"C20260101{number:03}"
    file = folder / "customers" / "2026" / "01" / f"{own}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = HEAD.format(id=own, uid=f"01KDW0ZB00AAAAAAAAAAAAA{number:03}")
    for name, value in fields.items():
        text += f"{name}:{value if value.startswith(chr(10)) else f' {value}' + chr(10)}"
    file.write_text(text, encoding="utf-8")
    return file


def codes(document: Any) -> list[str]:
    """The codes of a check's findings."""
    return [one["code"] for one in document["problems"]]


def keyed_vault(folder: Path) -> Path:
    """A vault with keys for the classes of the default schema, which nobody holds."""
    copied("keyed", folder, make_keyed)
    return folder


def make_keyed(folder: Path) -> None:
    """As ``keyed_vault``, made on the spot: a vault in a sub-folder of a repository, say."""
    create(folder, language="en")
    file = folder / access.FILE_NAME
    if not access.read(file.read_bytes()).has_keys:
        text = file.read_text(encoding="utf-8")
        file.write_text(writing.complete(text, (_nobodys(),)), encoding="utf-8", newline="\n")
        keys = {
            name: access.ClassKeys(1, {1: _generation(folder, f"{name}@1")})
            for name in ("finance", "identity")
        }
        _write(file, keys)
        _commit(folder, "keys")


def retire(folder: Path, name: str) -> None:
    """Start a new generation of a class, as one commit."""
    file = folder / access.FILE_NAME
    classes = dict(access.read(file.read_bytes()).classes)
    old = classes[name]
    number = old.current + 1
    fresh = _generation(folder, f"{name}@{number}")
    classes[name] = access.ClassKeys(number, {**old.generations, number: fresh})
    _write(file, classes)
    _commit(folder, "rotate")


def _nobodys() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def _generation(folder: Path, label: str) -> access.Generation:
    """A class key that nobody kept, in a key file for the recovery key alone."""
    recovery = access.read((folder / access.FILE_NAME).read_bytes()).recovery
    keys = [pyrage.x25519.Recipient.from_str(key) for key in recovery]
    data = pyrage.encrypt(b"AGE-SECRET", keys)
    file = folder / key_file(label)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return access.Generation(_nobodys(), (), hashlib.sha256(data).hexdigest())


def _write(file: Path, classes: dict[str, access.ClassKeys]) -> None:
    text = writing.set_keys(file.read_text(encoding="utf-8"), 1, classes)
    file.write_text(text, encoding="utf-8", newline="\n")


def _commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", message)
