"""Plain text that a refused commit left in git's objects: found, and taken away when asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcrm import ciphertext, store
from textcrm.errors import TextcrmError
from textcrm.rules.sealing import sealed_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault import Vault

_LARGEST: Final = 1024 * 1024
_NAME: Final = "customers/left/over.yaml"


def plain_blobs(vault: Vault) -> list[str]:
    """The unreachable blobs that hold a record with plain values in sealed fields, by object id.

    ``git add`` stores a file at once; a hook that then refuses the commit cannot take it back. What
    no branch, reflog, stash, index or work tree leads to is looked at, nothing else; such objects
    are never pushed. Empty in a vault without keys, where nothing can be sealed.
    """
    if not vault.access.has_keys:
        return []
    with vault.repo.blobs() as blobs:
        return [
            one
            for one in _unreachable(vault)
            if (data := blobs.read(one)) is not None
            and len(data) <= _LARGEST
            and _is_plain(vault, data)
        ]


def remove(vault: Vault, blobs: list[str]) -> int:
    """Take such blobs away; gives how many are gone. Packed ones need ``git gc --prune=now``.

    They are looked for again first: what has become reachable since is kept.
    """
    still = set(_unreachable(vault))
    gone = 0
    for one in blobs:
        file = Path(vault.repo.common_dir) / "objects" / one[:2] / one[2:]
        if one in still and file.is_file():
            file.chmod(0o600)
            file.unlink()
            gone += 1
    return gone


def _unreachable(vault: Vault) -> Iterator[str]:
    git = vault.repo.process
    listed = git.run(
        "fsck", "--unreachable", "--connectivity-only", "--no-dangling", "--no-progress"
    ).out
    found = [
        line.split()[2]
        for line in listed.decode("ascii", "replace").splitlines()
        if line.startswith("unreachable blob ")
    ]
    if found:  # git before 2.40 does not look at what is staged in linked work trees
        staged = set(_staged_elsewhere(vault))
        yield from (one for one in found if one not in staged)


def _staged_elsewhere(vault: Vault) -> Iterator[str]:
    for index in (Path(vault.repo.common_dir) / "worktrees").glob("*/index"):
        told = vault.repo.process.run("ls-files", "-s", "-z", env={"GIT_INDEX_FILE": str(index)})
        for entry in told.out.split(b"\0"):
            words = entry.split()
            if len(words) > 1:
                yield words[1].decode("ascii", "replace")


def _is_plain(vault: Vault, data: bytes) -> bool:
    """Whether bytes are a record of the vault in which something to be sealed is not."""
    try:
        record = store.parse(_NAME, data, vault.schema)
    except TextcrmError:
        return False
    return any(
        field is not None and not ciphertext.looks_sealed(value)
        for _, field, value in sealed_places(record.raw, vault.schema)
    )
