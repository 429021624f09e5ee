"""Our own pre-commit hook: installed beside the user's hooks, which run first and stay as they are.

Where git's hooks lie in the repository, a hook that is there already gets another name and is run
by ours. Where ``core.hooksPath`` points elsewhere (husky, a folder of the company's), nothing is
written there: a folder of ours is put before it and hands every hook on.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from textcrm.gitrepo import failures, system

if TYPE_CHECKING:
    from textcrm.gitrepo.repository import GitRepo

NAME: Final = "pre-commit"
CHECKED: Final = {"TEXTCRM_HOOK": "checked"}
"""The environment in which our hook runs only what was there before it: our own commits."""
_MARK: Final = "# textcrm hook, version 1"
_SUFFIX: Final = ".before-textcrm"
_LEGACY: Final = "pre-commit.legacy"  # what the pre-commit framework makes of ours, and runs
# What users' tools put there; reference-transaction and the like are handed on where they exist.
_HANDED_ON: Final = (
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-merge-commit",
    "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout",
    "post-merge", "pre-push", "pre-auto-gc", "post-rewrite",
)  # fmt: skip

_HEAD: Final = """#!/bin/sh
{mark}: {what}
# Written by textcrm. What was here before it runs first and is left as it was.
before={before}
"""
_HAND_ON: Final = """if [ -x "$before" ]; then
  exec "$before" "$@"
fi
"""
_CHECK: Final = """if [ -n "$TEXTCRM_INSIDE" ]; then
  exit 0
fi
if [ -x "$before" ]; then
  TEXTCRM_INSIDE=1 "$before" "$@" || exit $?
fi
if [ "$TEXTCRM_HOOK" = checked ]; then
  exit 0
fi
if command -v textcrm >/dev/null 2>&1; then
  exec textcrm hook pre-commit
fi
python={python}
if "$python" -c 'import textcrm' >/dev/null 2>&1; then
  exec "$python" -m textcrm hook pre-commit
fi
cat >&2 <<'END'
textcrm: the commit is refused: textcrm is not found, so nobody looked for plain text in it
hint: put textcrm on the PATH, or answer for it yourself: git commit --no-verify
textcrm：提交被拒绝：找不到 textcrm，无法检查是否含有敏感明文
提示：请安装 textcrm 或把它加入 PATH；确需跳过检查时用 git commit --no-verify
END
exit 1
"""


class Installed(NamedTuple):
    """Where our hook lies, whether it was written now, and the user's hook that runs before it."""

    path: Path
    written: bool
    before: Path | None


State = Literal["ours", "other", "none"]


def state(repo: GitRepo) -> State:
    """Whether our hook is in force, another one is without ours, or none is."""
    file = repo.hooks_dir / NAME
    if _is_ours(file) or _is_ours(file.with_name(_LEGACY)):
        return "ours"
    return "other" if system.is_runnable(file) else "none"


def install(repo: GitRepo, python: str) -> Installed:
    """Put our hook in force; nothing is written where it is. Raises StorageFailure.

    ``python`` is the interpreter to fall back on where ``textcrm`` is not on the PATH.
    """
    file = repo.hooks_dir / NAME
    try:
        if state(repo) == "ours":
            return Installed(file, False, _before(file, repo.top))
        if repo.hooks_dir == (repo.common_dir / "hooks").resolve():
            return _beside(file, python, repo.top)
        return _in_front(repo, python)
    except OSError as error:
        raise failures.disk_failed(error) from error


def runs_more(repo: GitRepo, file: Path) -> bool:
    """Whether a hook's file does more than our own check: it is the user's, or one is behind it."""
    if not system.is_runnable(file):
        return False
    return not _is_ours(file) or _before(file, repo.top) is not None


def _beside(file: Path, python: str, top: Path) -> Installed:
    """Our hook in git's own folder; one that was there gets another name in the same folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = file.with_name(NAME + _SUFFIX)
    if os.path.lexists(file):
        number = 1
        while os.path.lexists(kept):
            number += 1
            kept = file.with_name(f"{NAME}{_SUFFIX}-{number}")
        file.rename(kept)
    _write(file, f'"$(dirname "$0")/{kept.name}"', _CHECK, python)
    return Installed(file, True, _before(file, top))


def _in_front(repo: GitRepo, python: str) -> Installed:
    """A folder of ours before the one that ``core.hooksPath`` names."""
    old = repo.hooks_dir
    folder = (repo.common_dir / "textcrm" / "hooks").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    there = (
        {file.name for file in old.iterdir() if system.is_runnable(file)}
        if old.is_dir()
        else set()
    )
    for name in sorted(there.intersection(_ALL) | set(_HANDED_ON)):
        _write(folder / name, shlex.quote((old / name).as_posix()), _HAND_ON, python)
    file = folder / NAME
    _write(file, shlex.quote((old / NAME).as_posix()), _CHECK, python)
    repo.git("config", "--local", "textcrm.hookspath", str(old))
    repo.git("config", "--local", "core.hooksPath", str(folder))
    repo.hooks_dir = folder
    return Installed(file, True, _before(file, repo.top))


_ALL: Final = frozenset(
    (*_HANDED_ON, "reference-transaction", "post-index-change", "push-to-checkout")
)


def _write(file: Path, before: str, body: str, python: str) -> None:
    what = "refuses plain text where the schema seals" if body is _CHECK else "hands on"
    head = _HEAD.format(mark=_MARK, what=what, before=before)
    text = head + body.replace("{python}", shlex.quote(Path(python).as_posix()))
    note = file.with_name(f".{file.name}.new")
    note.write_text(text, encoding="utf-8", newline="\n")
    note.chmod(0o755)
    system.replace(note, file)


def _is_ours(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return _MARK.encode() in opened.read(400)
    except OSError:
        return False


_BEFORE: Final = re.compile(r"^before=(.*)$", re.MULTILINE)


def _before(file: Path, top: Path) -> Path | None:
    """The user's hook behind a file of ours, None where there is none that would run."""
    if not _is_ours(file):
        return file if system.is_runnable(file) else None
    match = _BEFORE.search(file.read_text(encoding="utf-8", errors="replace"))
    if match is None:
        return None
    if "dirname" in match[1]:
        hook = file.with_name(match[1].rpartition("/")[2].rstrip('"'))
    else:
        hook = top / shlex.split(match[1])[0]
    return hook if system.is_runnable(hook) else None
