"""What git must be told in each clone: which program merges, shows and checks records.

``.gitattributes`` travels with the vault, git's configuration does not. Only fixed lines are ever
written, and only where the vault is the root of its repository (DESIGN section 8); nothing tracked
is included, for whoever may push could then run programs in every clone.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from textcrm.vault.draft import Draft
    from textcrm.vault.vault import Vault

# Where textcrm is not on the PATH git's own merge takes over: a driver that cannot be run leaves
# our side only, and no sign of it.
MERGE_DRIVER: Final = (
    'sh -c \'if command -v textcrm >/dev/null 2>&1; then exec textcrm merge-driver "$@"; '
    'else exec git merge-file -L ours -L base -L theirs "$2" "$1" "$3"; fi\' '
    "textcrm %O %A %B %P"
)
# A record without ciphertext is shown as it is, without starting Python for each of its versions.
TEXTCONV: Final = (
    'sh -c \'if grep -q "^ *age:" "$1" && command -v textcrm >/dev/null 2>&1; '
    'then exec textcrm textconv "$1"; else exec cat "$1"; fi\' textcrm'
)
WIRES: Final[dict[str, str]] = {
    "merge.textcrm.name": "textcrm: merge by field",
    "merge.textcrm.driver": MERGE_DRIVER,
    "diff.textcrm.textconv": TEXTCONV,
    # Said outright: with the cache on, git would keep decrypted text in refs/notes/textconv.
    "diff.textcrm.cachetextconv": "false",
}
# The attributes that name them, on the line of the records.
ATTRIBUTES: Final = ("merge=textcrm", "diff=textcrm")


def is_wired(vault: Vault) -> bool:
    """Whether git knows all of it, or is not ours to tell."""
    if vault.prefix:
        return True
    settings = vault.repo.settings
    return all(settings.get(name.lower()) == value for name, value in WIRES.items())


def wire(vault: Vault) -> tuple[str, ...]:
    """Tell git what it does not know yet; gives the names that were written."""
    if is_wired(vault):
        return ()
    settings = vault.repo.settings
    missing = {n: value for n, value in WIRES.items() if settings.get(n.lower()) != value}
    for name, value in missing.items():
        vault.repo.git("config", "--local", name, value)
        settings[name.lower()] = value
    return tuple(missing)


_RECORDS: Final = re.compile(rb"^customers/\*\*/\*\.yaml\b.*$", re.MULTILINE)


def attributed(attributes: bytes) -> bytes:
    """.gitattributes with what is missing on the line of the records, and that of age files.

    Other lines are not ours. An age file is bytes: a changed line end would be its loss.
    """

    def complete(line: re.Match[bytes]) -> bytes:
        words = line[0].rstrip().split()
        names = {word.split(b"=")[0].lstrip(b"-!") for word in words}
        missing = [one.encode() for one in ATTRIBUTES if one.split("=")[0].encode() not in names]
        return b" ".join([line[0].rstrip(), *missing]) if missing else line[0]

    done = _RECORDS.sub(complete, attributes)
    if _RECORDS.search(done) and b"*.age" not in done:
        done = done.rstrip(b"\n") + b"\n*.age binary\n"
    return done


def attribute(vault: Vault) -> str | None:
    """Commit a completed .gitattributes; gives the commit, None where nothing is missing.

    Raises Conflict where the file has edits that are not committed.
    """
    name = ".gitattributes"
    if vault.prefix or attributed(vault.file(name) or b"") == (vault.file(name) or b""):
        return None

    def plan(draft: Draft) -> None:
        draft.write(name, attributed(draft.read(name) or b""))

    return vault.write("fix", plan, subject="vault: .gitattributes").commit


def hook(vault: Vault) -> bool:
    """Put our pre-commit hook in force beside the user's; whether it was not.

    Raises StorageFailure where it cannot be written.
    """
    if vault.prefix:
        return False
    import sys

    from textcrm.gitrepo import own_hooks

    return own_hooks.install(vault.repo, sys.executable).written


def is_hooked(vault: Vault) -> bool:
    """Whether our pre-commit hook is in force, or is not ours to install."""
    from textcrm.gitrepo import own_hooks

    return bool(vault.prefix) or own_hooks.state(vault.repo) == "ours"


def wire_quietly(vault: Vault) -> None:
    """As :func:`hook`, and :func:`wire` where the vault asks for it; fails nothing that is done."""
    with contextlib.suppress(TextcrmError):
        hook(vault)
    attributes = vault.file(".gitattributes") or b""
    if b"merge=textcrm" in attributes:
        with contextlib.suppress(TextcrmError):
            wire(vault)
