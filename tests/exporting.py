"""Vaults to export, and what an export of them gives."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from ready_made import created

from textcrm import store, yamlfile
from textcrm.exchange import export
from textcrm.exchange.export_customers import Source
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DAY = dt.date(2026, 11, 24)


@contextlib.contextmanager
def own_git(folder: Path) -> Iterator[Path]:
    """A home with git's identity while a fixture of a whole module makes its vault."""
    config = folder / "gitconfig"
    config.write_text("[user]\n\tname = Test Person\n\temail = test@example.com\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(folder))
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield folder


def vault_of(folder: Path, *trees: dict[str, Any]) -> Vault:
    """A vault of its own with these records, not committed."""
    created(folder, language="zh")
    vault = Vault.open(folder, today=DAY)
    for number, tree in enumerate(trees, 1):
        put(vault, {"id": f"C20260501{number:03d}", "name": f"客户{number}", **tree})
    return vault


def put(vault: Vault, tree: dict[str, Any]) -> None:
    """Write a record's file."""
    path = vault.root / store.path_of(tree["id"])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yamlfile.dump(vault.schema.plain(tree), order=vault.schema.order())
    path.write_bytes(yamlfile.encode(text))


def source_of(vault: Vault, **options: Any) -> Source:
    """All customers."""
    return Source(vault, vault.catalog().rows(), **options)


def text_of(vault: Vault, form: str, source: Iterable[Any] | None = None) -> str:
    """An export in a text format."""
    chosen = export.format_of(form)
    settings = export.settings_of(vault, "zh")
    return "".join(export.chunks(chosen, source or source_of(vault), settings))
