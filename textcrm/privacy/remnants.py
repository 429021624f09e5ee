"""Remnants: what all objects of this clone still hold of customers that were erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.vault import tombstones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.gitrepo.objects import Blobs
    from textcrm.vault import Vault
    from textcrm.vault.tombstones import Tombstones

_LARGEST = 4 * 1024 * 1024  # a record is never larger


class Remnant(NamedTuple):
    """An object of an erased customer: id of the customer, object id, what it is (record or file),
    and whether a branch, tag, remote or reflog still leads to it.
    """

    id: str
    object: str
    kind: str
    reachable: bool


def remnants(
    vault: Vault, *, progress: Callable[[int], None] | None = None
) -> tuple[Remnant, ...]:
    """Look at every object that this clone has, reachable or not, packed or loose.

    Records are known by uid or id, attachments by the folder of any tree that names them. An
    attachment whose every tree is gone cannot be told from others.
    """
    stones = tombstones.of(vault)
    if not stones.stones:
        return ()
    found: dict[str, tuple[str, str]] = {}
    with vault.repo.blobs() as blobs:
        for number, (name, kind, size) in enumerate(_objects(vault)):
            if progress is not None and number % 2000 == 0:
                progress(number)
            if kind == "blob" and size <= _LARGEST:
                stone = stones.of_data(blobs.read(name) or b"")
                if stone is not None:
                    found[name] = (stone.ids[0], "record")
            elif kind == "tree":
                for own, blob in _attached(blobs, stones, name):
                    found.setdefault(blob, (own, "file"))
    reached = _reachable(vault) if found else set()
    return tuple(
        Remnant(own, name, kind, name in reached) for name, (own, kind) in sorted(found.items())
    )


def _objects(vault: Vault) -> Iterator[tuple[str, str, int]]:
    out = vault.repo.git(
        "cat-file", "--batch-all-objects", "--unordered",
        "--batch-check=%(objectname) %(objecttype) %(objectsize)",
    )  # fmt: skip
    for line in out.decode("ascii").splitlines():
        name, kind, size = line.split()
        yield name, kind, int(size)


def _attached(blobs: Blobs, stones: Tombstones, tree: str) -> Iterator[tuple[str, str]]:
    """The blobs below the folders that a tree names by an erased id."""
    for mode, name, own in _entries(blobs, tree):
        if mode == "40000" and name in stones.ids:
            yield from ((name, blob) for blob in _below(blobs, own))


def _below(blobs: Blobs, tree: str) -> Iterator[str]:
    for mode, _, own in _entries(blobs, tree):
        if mode == "40000":
            yield from _below(blobs, own)
        else:
            yield own


def _entries(blobs: Blobs, tree: str) -> Iterator[tuple[str, str, str]]:
    """Mode, name and object of each entry of a tree (git's own form: mode, name, NUL, 20 or 32 bytes)."""
    found = blobs.find(tree)
    data = found.data if found else b""
    size = len(tree) // 2
    place = 0
    while place < len(data):
        end = data.index(b"\0", place)
        mode, _, name = data[place:end].partition(b" ")
        place = end + 1 + size
        yield mode.decode(), name.decode("utf-8", "replace"), data[end + 1 : place].hex()


def _reachable(vault: Vault) -> set[str]:
    out = vault.repo.git("rev-list", "--objects", "--all", "--reflog", "--no-object-names")
    return set(out.decode("ascii").split())
