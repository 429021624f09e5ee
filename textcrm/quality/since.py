"""Changed files only: the customers that differ from a revision, saved or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import access, config, store
from textcrm.errors import NotFound
from textcrm.quality.check import Checked, check_paths
from textcrm.text import Text
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.vault import Vault

_JUDGES = (SCHEMA_FILE, access.FILE_NAME, config.FILE_NAME)


def check_since(
    vault: Vault, rev: str, *, progress: Callable[[int], None] | None = None
) -> Checked:
    """Check the customers that this branch has changed since it left a revision.

    Counted from where HEAD and the revision last had a commit in common; edits that are not
    committed count. Where schema, people or settings changed, all customers are checked: each may
    be judged otherwise now. Raises NotFound (no-such-commit).
    """
    changed = _changed(vault, rev)
    if any(vault.prefix + path in changed for path in _JUDGES):
        return check_paths(vault, None, progress=progress)
    wanted = [path for path in store.paths(vault.root) if vault.prefix + path in changed]
    return check_paths(vault, wanted, progress=progress)


def _changed(vault: Vault, rev: str) -> set[str]:
    """The paths in the repository that differ."""
    repo = vault.repo
    start = repo.resolve(rev) if rev and not rev.startswith("-") else None
    if start is None:
        raise NotFound(
            "no-such-commit",
            Text("there is no commit “{rev}” in this clone", "此克隆中没有提交“{rev}”"),
            hint=Text(
                "git fetch it first; in CI fetch the whole history (fetch-depth: 0)",
                "请先 git fetch；在 CI 中请拉取完整历史（fetch-depth: 0）",
            ),
            rev=rev,
        )
    base = repo.process.run("merge-base", start, "HEAD").out.decode("ascii", "replace").strip()
    before, now = repo.list_tree(base or start, vault.prefix), repo.list_tree("HEAD", vault.prefix)
    changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
    return changed | {file.path for file in repo.status(vault.prefix)}
