"""The search engine of this clone: git's setting here, else that of textcrm.yaml."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from textcrm.config import ENGINES
from textcrm.errors import Invalid, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.vault.vault import Vault

SETTING: Final = "textcrm.searchBackend"
_MARK: Final = b"searchbackend"


def engine_of(vault: Vault) -> str:
    """``whoosh`` or ``sqlite``. Raises Invalid (config-invalid).

    ``git config textcrm.searchBackend sqlite`` is for one clone, ``search: {backend: sqlite}`` in
    textcrm.yaml for everybody.
    """
    here = _here(vault)
    if here and here not in ENGINES:
        raise Invalid(
            "config-invalid",
            Text("git config {name} should be {wanted}", "git config {name} 应为{wanted}"),
            hint=Text(
                "git config {name} sqlite, or git config --unset {name}",
                "git config {name} sqlite，或 git config --unset {name}",
            ),
            name=SETTING,
            wanted=Text("whoosh or sqlite", " whoosh 或 sqlite"),
        )
    return here or vault.config.search_backend


def _here(vault: Vault) -> str:
    """What git's own settings of this clone say; git is only asked where they name it."""
    place = vault.root / ".git"
    with contextlib.suppress(OSError):
        if place.is_dir() and _MARK not in (place / "config").read_bytes().lower():
            return ""
    if not place.exists():
        return ""
    try:
        found = vault.repo.git("config", "--get", "--default", "", SETTING)
    except TextcrmError:
        return ""
    return found.decode("utf-8", "replace").strip()
