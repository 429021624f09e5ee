"""Backup to a second remote: all branches and tags pushed, nothing there ever overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.errors import StorageFailure
from textcrm.gitrepo import remote
from textcrm.history.backup import Made, count_records, remember, unsaved
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.vault import Vault


def is_address(vault: Vault, word: str) -> bool:
    """Whether a destination is a git remote: a known name, an address, or a bare repository."""
    if "://" in word or word in vault.repo.remotes():
        return True
    if Path(word).exists():
        return (Path(word) / "HEAD").is_file() and (Path(word) / "objects").is_dir()
    head, colon, _ = word.partition(":")
    return bool(colon) and len(head) > 1 and "/" not in head and "\\" not in head


def push(vault: Vault, word: str, *, insecure: bool = False) -> Made:
    """Push all branches and tags to another remote; nothing there is ever overwritten.

    Raises TrustFailure (remote-insecure), StorageFailure (remote-failed, backup-refused).
    """
    shown = remote.without_password(word)
    if not insecure:
        for address in remote.addresses(vault.repo.process, word):
            remote.demand_closed(address, word if word in vault.repo.remotes() else None)
    outcome = vault.repo.process.run(
        "push", "--quiet", word, "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*", write=True
    )
    if outcome.code:
        remember(vault, shown, ok=False)
        raise StorageFailure(
            "backup-refused",
            Text("{where} did not take the backup: {detail}", "{where} 没有接受备份：{detail}"),
            hint=Text(
                "check the address and your access; a history that was rewritten is never overwritten there",
                "请检查地址和权限；若历史被改写，备份端不会被覆盖",
            ),
            where=shown,
            detail=remote.without_password(outcome.err.strip())[-600:],
        )
    remember(vault, shown, ok=True)
    head = vault.repo.head().commit or ""
    count = int(vault.repo.git("rev-list", "--count", "HEAD", "--"))
    return Made(shown, None, count, count_records(vault, head), 0, unsaved(vault))
