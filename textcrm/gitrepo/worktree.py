"""The work tree: its status, paths that are safe to write, reading and putting files."""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import Conflict, Misuse
from textcrm.gitrepo import system
from textcrm.gitrepo.values import FileStatus
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.gitrepo.process import Git

_FEW = 100
_EDITED = (" ", "M")  # in the work tree only


class Entry(NamedTuple):
    """A path that git finds changed: its two letters, and what the index has of it."""

    staged: str
    edited: str
    indexed: str | None


class State(NamedTuple):
    """HEAD and, for some paths, what differs from it; ``branch`` is None when detached."""

    commit: str | None
    branch: str | None
    entries: dict[str, Entry]


def state_of(git: Git, paths: Sequence[str]) -> State:
    """Where HEAD stands and how git sees some paths, in one process.

    New files are left to the caller: git would have to look through whole folders for them.
    """
    few = ["--", *paths] if len(paths) <= _FEW else []
    out = git.output(
        "status", "--porcelain=v2", "--branch", "-z", "-uno",
        "--no-ahead-behind", "--no-renames", *few,
    )  # fmt: skip
    commit: str | None = None
    branch: str | None = None
    entries: dict[str, Entry] = {}
    for line in out.decode("utf-8", "surrogateescape").split("\0"):
        kind, _, rest = line.partition(" ")
        if line.startswith("# branch.oid "):
            commit = None if line.endswith("(initial)") else line[13:]
        elif line.startswith("# branch.head "):
            branch = None if line == "# branch.head (detached)" else "refs/heads/" + line[14:]
        elif kind == "1":
            letters, *_, index, path = rest.split(" ", 7)
            entries[path] = Entry(letters[0], letters[1], index if index.strip("0") else None)
        elif kind == "u":
            entries[rest.split(" ", 9)[-1]] = Entry("U", "U", "unmerged")
    return State(commit, branch, entries)


def read_status(git: Git, prefix: str) -> list[FileStatus]:
    """What differs from HEAD below a folder, untracked files each.

    Git takes a tracked file of another size for changed; one that only has the line ends of another
    system, which git takes off again, is not.
    """
    limit = ["--", prefix] if prefix else []
    out = git.output("status", "--porcelain=v1", "-z", "-uall", "--no-renames", *limit)
    lines = out.decode("utf-8", "surrogateescape").split("\0")
    found = [FileStatus(line[3:], line[0], line[1]) for line in lines if line]
    same = _same_to_git(git, [file.path for file in found if file[1:] == _EDITED])
    return [file for file in found if file.path not in same]


def _same_to_git(git: Git, edited: list[str]) -> set[str]:
    """Those of the tracked files with CR LF whose content is what the index has, for git."""
    from textcrm.gitrepo.staging import read_indexed

    marked = [path for path in edited if "\n" not in path and _has_crlf(git.folder / path)]
    if not marked:
        return set()
    given = "".join(f"{path}\n" for path in marked).encode("utf-8", "surrogateescape")
    blobs = git.output("hash-object", "--stdin-paths", given=given).decode("ascii").split()
    indexed = read_indexed(git, marked if len(marked) <= _FEW else [], None)
    return {path for path, blob in zip(marked, blobs, strict=True) if indexed.get(path) == blob}


def _has_crlf(file: Path) -> bool:
    try:
        return b"\r\n" in file.read_bytes()
    except OSError:
        return False


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    """The id that git gives to a blob."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


class WorkTree:
    """The files of a work tree by their paths in git (relative to its top, with slashes)."""

    def __init__(self, top: Path, algorithm: str) -> None:
        self.top = top
        self._algorithm = algorithm
        self._sound: set[str] = set()

    def check_path(self, path: str) -> None:
        """Refuse a path that leads, or might lead, out of the work tree, or into ``.git``.

        Raises Misuse (path-outside), Conflict (path-blocked).
        """
        parts = path.split("/")
        reserved = any(part in ("", ".", "..") or _is_git(part) for part in parts)
        if reserved or "\0" in path or "\n" in path or system.is_drive_path(path):
            raise outside(path)
        self._check_parents(path, parts)
        file = self.top / path
        if file.is_symlink():
            raise outside(path)
        if file.is_dir():
            raise _blocked(path, path)

    def _check_parents(self, path: str, parts: list[str]) -> None:
        for count in range(1, len(parts)):
            folder = "/".join(parts[:count])
            if folder in self._sound:
                continue
            place = self.top / folder
            if place.is_symlink():
                raise outside(path)
            if place.exists() and not place.is_dir():
                raise _blocked(path, folder)
            self._sound.add(folder)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        try:
            return (self.top / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def id(self, data: bytes | None) -> str | None:
        """The id git would give to these bytes as they are."""
        return None if data is None else blob_id(data, self._algorithm)

    def put(self, path: str, staged: Path | None) -> None:
        """Put a prepared file in place, or (None) remove what is there with its empty folders."""
        target = self.top / path
        if staged is None:
            self._remove(target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _keep_mode(target, staged)
        try:
            system.replace(staged, target)
        except OSError as error:
            if not _crosses(error):
                raise
            beside = sibling(target)
            beside.write_bytes(staged.read_bytes())
            system.replace(beside, target)
            staged.unlink()

    def set_mode(self, path: str, mode: str) -> None:
        """Make a file a program, or a plain file, as git has it."""
        file = self.top / path
        now = stat.S_IMODE(file.stat().st_mode)
        readers = (now & 0o444) >> 2
        wanted = now | readers if mode == "100755" else now & ~0o111
        if wanted != now:
            file.chmod(wanted)

    def _remove(self, target: Path) -> None:
        target.unlink(missing_ok=True)
        folder = target.parent
        while folder != self.top:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def sync(self, path: str) -> None:
        """Make a file's place in its folder durable."""
        folder = (self.top / path).parent
        while not folder.is_dir():
            folder = folder.parent
        system.sync_folder(folder)


def sibling(target: Path) -> Path:
    """Where a file waits whose folder lies on another disk than the git directory."""
    return target.with_name(f".{target.name}.textcrm~")


def _keep_mode(target: Path, staged: Path) -> None:
    try:
        mode = stat.S_IMODE(target.stat().st_mode) & 0o666
    except OSError:
        return
    staged.chmod(mode)


def _crosses(error: OSError) -> bool:
    import errno

    return error.errno == errno.EXDEV


def _is_git(part: str) -> bool:
    """Whether git, on any platform, might take a name for its own folder (CVE-2019-1352)."""
    bare = part.rstrip(". ").casefold().split(":", 1)[0]
    return bare in (".git", "git~1") or bare.replace("\u200c", "").replace("\u200d", "") == ".git"


def outside(path: str) -> Misuse:
    """The error for a path that is none inside the repository."""
    return Misuse(
        "path-outside",
        Text("{path} is not a file path inside the vault", "{path} 不是客户库内的文件路径"),
        hint=Text(
            "use a plain relative path without links and without “..”",
            "请使用不含链接和“..”的相对路径",
        ),
        path=path,
    )


def _blocked(path: str, by: str) -> Conflict:
    return Conflict(
        "path-blocked",
        Text(
            "{path} cannot be written: {by} stands in its place",
            "无法写入 {path}：{by} 占用了位置",
        ),
        hint=Text("move {by} away and try again", "请移走 {by} 后重试"),
        path=path,
        by=by,
    )
