"""What git must be told in each clone: which program merges, shows and checks records.

``.gitattributes`` travels with the vault, git's configuration does not. Only fixed lines are ever
written, and only where the vault is the root of its repository (DESIGN section 8); nothing tracked
is included, for whoever may push could then run programs in every clone.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from textcrm.vault.vault import Vault

# Where textcrm is not on the PATH git's own merge takes over: a driver that cannot be run leaves
# our side only, and no sign of it.
MERGE_DRIVER: Final = (
    'sh -c \'if command -v textcrm >/dev/null 2>&1; then exec textcrm merge-driver "$@"; '
    'else exec git merge-file -L ours -L base -L theirs "$2" "$1" "$3"; fi\' '
    "textcrm %O %A %B %P"
)
WIRES: Final[dict[str, str]] = {
    "merge.textcrm.name": "textcrm: merge by field",
    "merge.textcrm.driver": MERGE_DRIVER,
}


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
