"""The format of a vault: one that is newer than this program is read, never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import config
from textcrm.errors import Invalid, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.vault.vault import Vault


def demand_known(vault: Vault) -> None:
    """Raise Invalid (vault-too-new) where the vault's files are of a format yet to be learnt."""
    if vault.config.format > config.FORMAT:
        raise too_new(vault.config.format)


def demand_known_at(vault: Vault, rev: str) -> None:
    """As :func:`demand_known`, of the settings in a revision: what a sync would take in."""
    data = vault.repo.read(rev, vault.prefix + config.FILE_NAME)
    try:
        found = config.read(data).format
    except TextcrmError:
        return  # what is wrong with them is said where they are merged
    if found > config.FORMAT:
        raise too_new(found)


def too_new(found: int) -> Invalid:
    """The error of a program that is older than the vault."""
    return Invalid(
        "vault-too-new",
        Text(
            "this vault has format {format}; this textcrm writes up to {known}, and wrote nothing",
            "此客户库的格式版本为 {format}，当前 textcrm 最高支持 {known}，未写入任何内容",
        ),
        hint=Text(
            "upgrade textcrm: pipx upgrade textcrm, or pip install --upgrade textcrm; "
            "reading goes on until then",
            "请升级 textcrm：pipx upgrade textcrm 或 pip install --upgrade textcrm；"
            "升级之前仍可读取",
        ),
        format=found,
        known=config.FORMAT,
    )
