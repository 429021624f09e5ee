"""What of this system matters to a vault: locks, links, letter case of names, line ends."""

from __future__ import annotations

import contextlib
import os
import platform
import tempfile
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textcrm import sealing
from textcrm.gitrepo import system
from textcrm.quality.doctor import Row
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.vault import Vault


class FileSystem(NamedTuple):
    """What the file system of a folder can do."""

    locks: bool
    links: bool
    knows_case: bool


def of_vault(vault: Vault) -> Iterator[Row]:
    """The rows of doctor on what this system is like."""
    yield from _system(vault)
    yield from _names(vault)
    yield from _line_ends(vault)


def of_system() -> Iterator[Row]:
    """The rows of doctor without a vault: who cannot sign can make no vault, and change nobody's rights in one."""
    if sealing.can_sign():
        return
    yield Row(
        "signing",
        "warning",
        Text(
            "nothing here makes signatures: no vault can be made, nobody's rights changed",
            "当前系统无法签名：不能新建客户库，也不能更改人员权限",
        ),
        Text(
            "install OpenSSH, or pip install 'textcrm[ssh]'",
            "请安装 OpenSSH，或 pip install 'textcrm[ssh]'",
        ),
    )


def probe(folder: Path) -> FileSystem:
    """Try a folder with files of our own, which are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="probe-", dir=folder) as name:
        here = Path(name)
        one = here / "Name"
        one.write_bytes(b"1")
        handle = os.open(one, os.O_RDWR)
        try:
            locks = system.try_lock(handle)
            system.unlock(handle)
        finally:
            os.close(handle)
        links = False
        with contextlib.suppress(OSError):
            os.link(one, here / "link")
            links = True
        return FileSystem(locks, links, not (here / "NAME").exists())


def _system(vault: Vault) -> Iterator[Row]:
    folder = vault.repo.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = probe(folder)
    except OSError as error:
        yield Row(
            "read-only",
            "warning",
            Text(
                "nothing can be written in {folder} ({why}): this vault can be read, not changed",
                "无法写入 {folder}（{why}）：此客户库只能查看，不能修改",
            ),
            Text("to change it: check the folder's permissions", "如需修改，请检查文件夹权限"),
            {"folder": str(folder), "why": error.strerror or str(error)},
        )
        return
    data = {"system": platform.system() or os.name, "release": platform.release()}
    names = (
        Text("names by letter case", "文件名区分大小写")
        if found.knows_case
        else Text("names without letter case", "文件名不区分大小写")
    )
    links = (
        Text("hard links", "支持硬链接") if found.links else Text("no hard links", "不支持硬链接")
    )
    yield Row(
        "system",
        "ok",
        Text("{system} {release}: {names}, {links}", "{system} {release}：{names}，{links}"),
        None,
        {**data, "names": names, "links": links},
    )
    if not found.locks:
        yield Row(
            "locks",
            "error",
            Text(
                "files in {folder} cannot be locked: two programs could write at once",
                "无法锁定 {folder} 中的文件：两个程序可能同时写入",
            ),
            Text(
                "keep the vault on a disk of this machine and share it with textcrm sync",
                "请把客户库放在本机磁盘上，用 textcrm sync 共享",
            ),
            {"folder": str(folder)},
        )


def alike(paths: Iterable[str]) -> list[tuple[str, ...]]:
    """Paths that are one and the same where names have no letter case, or one form of accents."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[unicodedata.normalize("NFC", path).casefold()].append(path)
    return [tuple(sorted(group)) for group in groups.values() if len(group) > 1]


def _names(vault: Vault) -> Iterator[Row]:
    for group in alike(vault.repo.list_tree("HEAD", vault.prefix.rstrip("/"))):
        yield Row(
            "names-alike",
            "warning",
            Text(
                "{names} differ by letter case only: on Windows and macOS one takes the other's place",
                "{names} 仅大小写不同：在 Windows 和 macOS 上会互相覆盖",
            ),
            Text("rename one: git mv {last} NEW-NAME", "请改名：git mv {last} 新名称"),
            {"names": list(group), "last": group[-1]},
        )


def _line_ends(vault: Vault) -> Iterator[Row]:
    where = [vault.prefix + "customers"]
    out = vault.repo.git("ls-files", "--eol", "-z", "--", *where).decode("utf-8", "replace")
    lines = [line.partition("\t") for line in out.split("\0") if line]
    stored = [path for kinds, _, path in lines if kinds.startswith(("i/crlf", "i/mixed"))]
    here = sum(" w/crlf" in kinds or " w/mixed" in kinds for kinds, _, _ in lines)
    if stored:
        yield Row(
            "crlf",
            "warning",
            Text(
                "{n} records are stored with CR LF line ends, such as {path}: edits on other "
                "systems show as changes of every line",
                "{n} 个记录以 CRLF 换行存入仓库（如 {path}）：在其他系统上编辑会显示为整篇改动",
            ),
            Text(
                "git add --renormalize {folder}, then commit",
                "git add --renormalize {folder} 后提交",
            ),
            {"n": len(stored), "path": stored[0], "folder": where[0]},
        )
    elif here:
        yield Row(
            "crlf",
            "ok",
            Text(
                "{n} records have CR LF line ends here; git stores LF",
                "本机有 {n} 个记录为 CRLF 换行；仓库中存为 LF",
            ),
            None,
            {"n": here},
        )
