"""Line ends: what ``.gitattributes`` and ``core.autocrlf`` make of a file that has CR LF."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.gitrepo.process import Git

    Changes = dict[str, bytes | None]


def as_git_stores(
    git: Git,
    changes: Mapping[str, bytes | None],
    committed: Callable[[str], bytes | None],
    autocrlf: str,
) -> Changes:
    """Give files the line ends that git would commit, so that they are clean afterwards.

    Follows gitattributes(5), "End-of-line conversion": only from CR LF to LF, only where the
    attributes or ``core.autocrlf`` say so, never for a file that has CR LF in history unless the
    attribute ``text`` is set outright.
    """
    affected = [path for path, data in changes.items() if data is not None and b"\r\n" in data]
    result = dict(changes)
    if not affected:
        return result
    attributes = _attributes(git, affected)
    for path in affected:
        data = changes[path] or b""
        if _converts(attributes.get(path, {}), autocrlf, data, committed(path)):
            result[path] = data.replace(b"\r\n", b"\n")
    return result


def _attributes(git: Git, paths: list[str]) -> dict[str, dict[str, str]]:
    given = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    out = git.output("check-attr", "-z", "--stdin", "text", "eol", given=given)
    words = out.decode("utf-8", "surrogateescape").split("\0")
    result: dict[str, dict[str, str]] = {}
    for path, name, value in zip(words[0::3], words[1::3], words[2::3], strict=False):
        result.setdefault(path, {})[name] = value
    return result


def _converts(
    attributes: dict[str, str], autocrlf: str, data: bytes, committed: bytes | None
) -> bool:
    text = attributes.get("text", "unspecified")
    if text == "unset":
        return False
    if text == "set":
        return True
    eol = attributes.get("eol") in ("lf", "crlf")
    if text == "unspecified" and eol:
        return True
    guesses = text == "auto" or autocrlf.lower() in ("true", "input", "yes", "on", "1")
    return guesses and b"\0" not in data and b"\r\n" not in (committed or b"")


def differs_only_in_line_ends(one: bytes, other: bytes) -> bool:
    """Whether two contents are the same text."""
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")


def like(data: bytes, other: bytes) -> bytes:
    """A text in the line ends of another; as it is where the other has none, or both kinds."""
    marked = other.count(b"\r\n")
    if b"\n" not in other or 0 < marked < other.count(b"\n"):
        return data
    plain = data.replace(b"\r\n", b"\n")
    return plain.replace(b"\n", b"\r\n") if marked else plain
