"""The trees of the small files that every command reads, kept as JSON: reading YAML costs 10 ms."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from textcrm import __version__
from textcrm.catalog.folder import NAME, require_own
from textcrm.errors import TrustFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LARGEST: Final = 256 * 1024

Tree = dict[str, Any]


def tree_of(root: Path, file: str, data: bytes, read: Callable[[bytes], Tree]) -> Tree:
    """What ``read`` makes of the bytes of a file of the vault, or made of them before.

    A kept tree is believed only for this very text, read by this very release, in a folder that
    was made here. One is written where that folder is there already, and never has to be. Raises
    what ``read`` raises.
    """
    kept = root / NAME / f"{file.replace('/', '-')}.json"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return read(data)
    tree = _believed(root, kept, text)
    if tree is None:
        tree = read(data)
        if len(data) <= _LARGEST and kept.parent.is_dir():
            _keep(root, kept, text, tree)
    return tree


def _believed(root: Path, kept: Path, text: str) -> Tree | None:
    try:
        found = json.loads(kept.read_bytes())
        if found["release"] != __version__ or found["text"] != text:
            return None
        tree = found["tree"]
        require_own(root, kept.parent)
    except (OSError, ValueError, TypeError, KeyError, RecursionError, TrustFailure):
        return None  # not there, damaged or not to be trusted; who reads the catalog says so
    return tree if isinstance(tree, dict) else None


def _keep(root: Path, kept: Path, text: str, tree: Tree) -> None:
    from textcrm.access.private import replace

    made = json.dumps({"release": __version__, "text": text, "tree": tree}, ensure_ascii=False)
    if json.loads(made)["tree"] != tree:
        return
    with contextlib.suppress(OSError, TrustFailure, UnicodeEncodeError):
        require_own(root, kept.parent)
        replace(kept, made.encode("utf-8"))
