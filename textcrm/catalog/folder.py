"""The folder ``.textcrm``: made for its owner alone, never followed, never from a clone.

What lies in it is believed without a question, so it must have been made here. A folder that git
tracks came with the clone, and whoever may push could have written it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final

from textcrm.errors import TrustFailure
from textcrm.text import Text

NAME: Final = ".textcrm"
_IGNORE: Final = "# local and disposable: never committed\n*\n"
_MARKS: Final = (b".textcrm/", b".textcrm\0")  # what lies in it; it as a repository of its own
_BEGINNING: Final = 65_536  # bytes of git's index that hold the names that begin with a dot


def make_folder(folder: Path) -> None:
    """Make the folder where it is missing, for its owner alone, ignored by git. Raises OSError."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    with contextlib.suppress(OSError):
        (folder / ".gitignore").write_text(_IGNORE, encoding="utf-8")


def require_own(root: Path, folder: Path) -> None:
    """Refuse a folder that leads elsewhere or that git tracks. Raises TrustFailure."""
    for place in (folder, folder / "catalog.db", folder / "index"):
        try:
            status = place.lstat()
        except OSError:
            continue
        if stat.S_ISLNK(status.st_mode):
            raise _refused("local-folder-linked", place.relative_to(root).as_posix())
    if folder.parent == root and _is_tracked(root):
        raise _refused("local-folder-tracked", NAME)


def _refused(code: str, path: str) -> TrustFailure:
    if code == "local-folder-linked":
        return TrustFailure(
            code,
            Text("{path} is a symbolic link", "{path} 是符号链接"),
            hint=Text(
                "remove it; textcrm makes it anew: rm {path}",
                "请删除，textcrm 会重新生成：rm {path}",
            ),
            path=path,
        )
    return TrustFailure(
        code,
        Text(
            "{path} is tracked by git: it must never come with a clone",
            "{path} 已被 git 跟踪：它不应随仓库分发",
        ),
        hint=Text(
            "take it out: git rm -r -q --cached {path}, delete it, and commit",
            "请移出版本库：git rm -r -q --cached {path}，删除该目录后提交",
        ),
        path=path,
    )


def _is_tracked(root: Path) -> bool:
    """Whether git has anything below it; git is only asked where its index names such a folder."""
    found = _index_of(root)
    if found is None:
        return False
    try:
        status = found.stat()
        if not _names_one(root, found, status.st_size, status.st_mtime_ns, status.st_ino):
            return False
    except OSError:
        return False
    from textcrm.errors import TextcrmError
    from textcrm.gitrepo import GitRepo

    try:
        repo = GitRepo.open(root)
        inside = root.resolve().relative_to(repo.top.resolve()).as_posix()
        start = NAME if inside == "." else f"{inside}/{NAME}"
        tracked = repo.git("ls-files", "-z").decode("utf-8", "surrogateescape")
    except (TextcrmError, ValueError):
        return False
    # Where upper and lower case are one, .TextCRM/ is the same folder.
    wanted = start.casefold() + "/"
    return any(f"{path.casefold()}/".startswith(wanted) for path in tracked.split("\0"))


@lru_cache(maxsize=4)
def _names_one(root: Path, index: Path, *_signature: int) -> bool:
    """Whether git's index, as it is now, may name such a folder. Raises OSError."""
    if next(index.parent.glob("sharedindex.*"), None):
        return True  # most names may stand in that one
    with index.open("rb") as file:
        head = file.read(_BEGINNING)
        if index.parent == root / ".git" and not _has_long_hashes(index.parent):
            known = _first_names_one(head)
            if known is not None:
                return known
        data = head + file.read()
    # Version 4 writes of each name only what it does not share with the one before.
    return data[7:8] == b"\4" or any(map(data.lower().__contains__, _MARKS))


def _first_names_one(head: bytes) -> bool | None:
    """Whether an index that begins so names such a folder at the top of the work tree.

    Names are in the order of their bytes: of an index of many megabytes only those up to the
    first one behind the dot are read (gitformat-index). None where the beginning does not tell.
    """
    version = head[4:8]
    if head[:4] != b"DIRC" or version not in (b"\0\0\0\2", b"\0\0\0\3", b"\0\0\0\4"):
        return None
    at, name = 12, b""
    for _ in range(int.from_bytes(head[8:12], "big")):
        flags = int.from_bytes(head[at + 60 : at + 62], "big")
        start, shared = at + (64 if flags & 0x4000 else 62), 0
        if version[3] == 4:
            start, dropped = _number(head, start)
            shared = max(0, len(name) - dropped)
        end = head.find(b"\0", start)
        name = name[:shared] + head[start:end]
        if end < 0 or flags & 0xFFF != min(len(name), 0xFFF):
            return None
        if name[:1] > b".":
            return False
        if (name + b"\0").lower().startswith(_MARKS):
            return True
        at = end + 1 if version[3] == 4 else at + (end - at) // 8 * 8 + 8
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Where a number of variable width ends, and the number (as of offsets in a pack)."""
    value = -1
    for index, byte in enumerate(data[at : at + 9], at + 1):
        value = (value + 1) << 7 | byte & 0x7F
        if not byte & 0x80:
            return index, value
    return len(data), 0


def _has_long_hashes(git: Path) -> bool:
    """Whether the repository is one of SHA-256, whose index has longer entries."""
    return b"sha256" in (git / "config").read_bytes().lower()


def _index_of(root: Path) -> Path | None:
    """Git's index, found without git: that of the work tree that the vault lies in."""
    for parent in (root, *root.parents):
        place = parent / ".git"
        if place.is_dir():
            return place / "index"
        if place.is_file():  # a work tree of its own, or a submodule
            with contextlib.suppress(OSError, ValueError):
                word, _, target = place.read_text(encoding="utf-8").partition(":")
                if word == "gitdir":
                    return Path(os.path.normpath(parent / target.strip())) / "index"
            return None
    return None
