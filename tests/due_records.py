"""One customer in a vault, and what is due of it: what the tests of due share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insight_vault import vault_of

from textcrm.insight.due import Due, due

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault

ID = "C20260101001"
HEAD = f"id: {ID}\nname: 甲\n"


def found(folder: Path, body: str, *, settings: str = "", **asked: Any) -> list[Due]:
    """What is due of one customer, the same by the catalog and by the record itself."""
    vault = vault_of(folder, [HEAD + body], settings=settings)
    listed = due(vault, **asked)
    assert due(vault, vault.records(), **asked) == listed
    return listed


def kinds(folder: Path, body: str, **asked: Any) -> set[str]:
    return {one.kind for one in found(folder, body, **asked)}


def write(vault: Vault, body: str, record: str = ID) -> None:
    file = vault.root / f"customers/{record[1:5]}/{record[5:7]}/{record}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD.replace(ID, record) + body, encoding="utf-8")
