"""A vault as one commit has it, for reading where there is no work tree: on a server."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textcrm import config
from textcrm.errors import NotFound
from textcrm.text import Text
from textcrm.vault.vault import Vault

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.gitrepo import GitRepo


class CommittedVault(Vault):
    """The vault in a commit, whose files are read from git; it lies at the repository's root."""

    def __init__(self, repo: GitRepo, rev: str, *, today: dt.date | None = None) -> None:
        super().__init__(repo.git_dir, today=today)
        self._repo = repo
        self.rev = rev

    @classmethod
    def at(cls, repo: GitRepo, rev: str) -> CommittedVault:
        """The vault in a commit. Raises NotFound (no-vault) where the commit holds none."""
        vault = cls(repo, rev)
        if vault.file(config.FILE_NAME) is None:
            raise NotFound(
                "no-vault",
                Text("the commit {rev} holds no vault", "提交 {rev} 中没有客户库"),
                rev=rev[:12],
            )
        return vault

    @cached_property
    def repo(self) -> GitRepo:
        """The repository."""
        return self._repo

    @cached_property
    def prefix(self) -> str:
        """Nothing: the vault is the repository's root."""
        return ""

    def file(self, path: str) -> bytes | None:
        """The bytes of one of the vault's files in the commit."""
        return self._repo.read(self.rev, path)
