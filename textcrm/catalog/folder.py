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
_MARK: Final = b"textcrm/"


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
        if not _names_one(found, status.st_size, status.st_mtime_ns, status.st_ino):
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
    return any(path.casefold().startswith(wanted) for path in tracked.split("\0"))


@lru_cache(maxsize=4)
def _names_one(index: Path, *_signature: int) -> bool:
    """Whether git's index, as it is now, may name such a folder. Raises OSError."""
    return _MARK in index.read_bytes().lower()


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
