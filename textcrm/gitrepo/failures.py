"""What git and the disk say when they refuse, put into our words."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from textcrm.errors import NotFound, StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.errors import TextcrmError

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")


def git_failed(command: str, stderr: str) -> TextcrmError:
    """The error for a git command that failed, by what git wrote (in English: LC_ALL=C)."""
    said = stderr.strip()
    if "dubious ownership" in said:
        return _dubious(said)
    if any(words in said for words in _FULL_WORDS):
        return disk_full()
    if ".lock': File exists" in said or "could not lock" in said:
        return locked(_quoted(said))
    if "not a git repository" in said:
        return no_repository("")
    return StorageFailure(
        "git-failed",
        Text("git {command} failed: {detail}", "git {command} 失败：{detail}"),
        hint=Text("see what is wrong: textcrm doctor", "查看原因：textcrm doctor"),
        command=command,
        detail=said[-600:] or "-",
    )


def _quoted(said: str) -> str:
    return said.split("'", 2)[1] if said.count("'") >= 2 else said[-200:]


def _dubious(said: str) -> StorageFailure:
    return StorageFailure(
        "git-refused",
        Text("git does not trust this repository: {detail}", "git 不信任这个仓库：{detail}"),
        hint=Text(
            "if the folder is yours, run the git config command that git names above",
            "如果这个文件夹确实是您的，请运行上面 git 给出的 git config 命令",
        ),
        detail=said,
    )


def no_repository(path: str) -> NotFound:
    """The error for a folder that is in no git work tree."""
    return NotFound(
        "no-repository",
        Text("{path} is not in a git repository", "{path} 不在 git 仓库中"),
        hint=Text("make a vault: textcrm init", "新建客户库：textcrm init"),
        path=path or ".",
    )


def git_missing() -> StorageFailure:
    """The error for a machine without git."""
    return StorageFailure(
        "git-missing",
        Text("git is not installed, or not on the PATH", "没有安装 git，或 git 不在 PATH 中"),
        hint=Text("install it from https://git-scm.com", "请从 https://git-scm.com 安装"),
    )


def disk_full() -> StorageFailure:
    """The error for a disk, or a quota, that is used up."""
    return StorageFailure(
        "disk-full",
        Text("the disk is full; nothing was changed", "磁盘已满，没有做任何改动"),
        hint=Text("free some space and run the command again", "清理磁盘空间后重新运行命令"),
    )


def locked(lock: str) -> StorageFailure:
    """The error for a lock of another git process that does not go away."""
    return StorageFailure(
        "git-locked",
        Text("another git process holds {lock}", "另一个 git 进程占用了 {lock}"),
        hint=Text(
            "wait for it and try again; if no git is running, remove that file",
            "等它结束后重试；如果没有 git 在运行，请删除该文件",
        ),
        lock=lock,
    )


def vault_busy(lock: str) -> StorageFailure:
    """The error for waiting too long for other textcrm commands."""
    return StorageFailure(
        "vault-busy",
        Text("other textcrm commands keep the vault busy", "其他 textcrm 命令正在占用客户库"),
        hint=Text("try again when they are done", "等它们结束后重试"),
        lock=lock,
    )


def disk_failed(error: OSError) -> StorageFailure:
    """An operating-system error while writing, in our words."""
    if error.errno in _FULL:
        return disk_full()
    return StorageFailure(
        "disk-failed",
        Text("{path} cannot be written: {why}", "无法写入 {path}：{why}"),
        hint=Text("check that the folder may be written to", "请检查该文件夹是否可写"),
        path=str(error.filename or ""),
        why=error.strerror or str(error),
    )
