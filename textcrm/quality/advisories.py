"""Programs below a version that is known to be unsafe: a small table, looked up offline (L12).

What matters to somebody who clones a vault and seals values. ``pip-audit`` knows more and needs the
network: CONTRIBUTING.md names the command, the project's CI runs it.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm import __version__
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOOKED_UP: Final = "2026-11-24"
"""The day on which the advisories were last looked through."""


class Advisory(NamedTuple):
    """A hole: the program, its name, the day it was told, the first safe version of each series."""

    program: str
    name: str
    told: str
    safe: tuple[str, ...]
    what: Text


TABLE: Final = (
    Advisory(
        "git",
        "CVE-2025-48384",
        "2025-07-08",
        ("2.43.7", "2.44.4", "2.45.4", "2.46.4", "2.47.3", "2.48.2", "2.49.1", "2.50.1"),
        Text(
            "cloning a hostile repository with its submodules may run a program",
            "克隆带子模块的恶意仓库可能执行程序",
        ),
    ),
    Advisory(
        "git",
        "CVE-2024-32002",
        "2024-05-14",
        ("2.39.4", "2.40.2", "2.41.1", "2.42.2", "2.43.4", "2.44.1", "2.45.1"),
        Text("cloning a hostile repository may run a program", "克隆恶意仓库可能执行程序"),
    ),
    Advisory(
        "age",
        "GHSA-32gq-x56h-299c",
        "2024-12-18",
        ("1.2.1",),
        Text(
            "a recipient's text may name a program that is run", "接收者公钥中可指定要执行的程序"
        ),
    ),
    Advisory(
        "pyrage",
        "GHSA-4fg7-vxc8-qx5w",
        "2024-12-18",
        ("1.2.3",),
        Text(
            "a recipient's text may name a program that is run", "接收者公钥中可指定要执行的程序"
        ),
    ),
    Advisory(
        "GitPython",
        "CVE-2026-78676",
        "2026-09-09",
        ("3.1.59",),
        Text("a setting of git may be forged and run a program", "可伪造 git 设置并执行程序"),
    ),
)


class Unsafe(NamedTuple):
    """A program here, its version, and the newest hole that it has."""

    version: str
    advisory: Advisory


def unsafe_programs(versions: Mapping[str, str | None]) -> list[Unsafe]:
    """Which of some programs, given with their versions, are below a safe one (None: not here)."""
    found: dict[str, Unsafe] = {}
    for one in TABLE:
        version = versions.get(one.program)
        if version and not is_safe(version, one.safe):
            found.setdefault(one.program, Unsafe(version, one))
    return list(found.values())


def is_safe(version: str, safe: tuple[str, ...]) -> bool:
    """Whether a version is at or above the first safe one of its series, or above all of them."""
    own = _numbers(version)
    mends = [_numbers(one) for one in safe]
    return own >= max(mends) or any(own[:2] == one[:2] and own >= one for one in mends)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def versions_here(git_version: str = "") -> dict[str, str | None]:
    """The versions of what the table knows, without running more than ``age --version``."""
    return {
        "git": _first_version(git_version),
        "age": _first_version(_asked("age", "--version")),
        "pyrage": _installed("pyrage"),
        "GitPython": _installed("GitPython"),
        "textcrm": __version__,
    }


def _first_version(text: str) -> str | None:
    match = re.search(r"\d+\.\d+(?:\.\d+)?", text)
    return match[0] if match else None


def _installed(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _asked(*words: str) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def told(found: list[Unsafe]) -> Iterator[tuple[Text, Text, dict[str, str | Text]]]:
    """Each as a sentence, its cure and their data, for doctor."""
    for version, advisory in found:
        yield (
            Text(
                "{program} {version} has a known hole ({name}, {told}): {what}",
                "{program} {version} 有已知漏洞（{name}，{told}）：{what}",
            ),
            Text(
                "update to {safe} or later, unless your distribution has mended its own",
                "请升级到 {safe} 或更高版本（发行版可能已自行修补）",
            ),
            {
                "program": advisory.program,
                "version": version,
                "name": advisory.name,
                "told": advisory.told,
                "what": advisory.what,
                "safe": advisory.safe[-1],
            },
        )
