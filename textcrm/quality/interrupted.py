"""What interrupted commands left: completed, and what of it waits for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.quality.doctor import Row
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault import Vault


def of_vault(vault: Vault) -> Iterator[Row]:
    """Complete what was interrupted; tell of it, and of edits that are kept aside since."""
    yield from _set_aside(vault)
    yield from _parked(vault)
    yield from _recovery(vault)


def _recovery(vault: Vault) -> Iterator[Row]:
    count = vault.repo.recover()
    if count:
        yield Row(
            "recovery",
            "ok",
            Text("{count} interrupted changes were completed", "已完成 {count} 个中断的改动"),
            None,
            {"count": count},
        )


def _set_aside(vault: Vault) -> Iterator[Row]:
    from textcrm.gitrepo.recovery import set_aside

    found = set_aside(vault.repo)
    if found:
        yield Row(
            "set-aside",
            "warning",
            Text(
                "{count} edits that found no place after an interrupted command are kept in {folder}",
                "命令中断后有 {count} 处编辑无处可放，保存在 {folder}",
            ),
            Text(
                "put them in again from there, then delete that folder",
                "请据此补上编辑，然后删除该文件夹",
            ),
            {"count": len(found), "folder": str(vault.repo.local_folder / "set-aside")},
        )


def _parked(vault: Vault) -> Iterator[Row]:
    """Commits that found no place: somebody had committed the same files before recovery."""
    for ref in vault.repo.parked():
        yield Row(
            "interrupted-commit",
            "warning",
            Text(
                "an interrupted change was not made: others had changed the same files; kept as {ref}",
                "一次被中断的改动没有生效：其文件已被另行提交；保存为 {ref}",
            ),
            Text(
                "look: git show {ref}; make it again where it is wanted, then: git update-ref -d {ref}",
                "查看：git show {ref}；需要时重新执行，然后：git update-ref -d {ref}",
            ),
            {"ref": ref},
        )
