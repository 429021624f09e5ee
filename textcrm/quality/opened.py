"""Cross-checks of what is sealed, opened in memory for who holds a key (B13); no value is ever said."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from textcrm import ciphertext
from textcrm.errors import TextcrmError
from textcrm.rules import RuleView
from textcrm.rules.identity import id_numbers
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from textcrm.findings import Problem
    from textcrm.paths import Path
    from textcrm.vault import Vault


class Opened(NamedTuple):
    """What was found in opened values, in whose records any was opened, and how many stayed locked."""

    problems: tuple[Problem, ...]
    read: tuple[str, ...]
    locked: int


def check_opened(
    vault: Vault, paths: list[str], *, progress: Callable[[int], None] | None = None
) -> Opened:
    """Open what the keys at hand open in these files, and check it against what stands beside it.

    A value that is damaged or stands in the wrong place is an error of its own.
    """
    problems: list[Problem] = []
    read: list[str] = []
    locked = 0
    for count, path in enumerate(paths, 1):
        if progress is not None:
            progress(count)
        try:
            record = vault.load(path)
        except TextcrmError:
            continue  # check says so
        if "sealed" not in record.text and "\\" not in record.text:
            continue
        found = reveal(vault, record)
        locked += len(found.locked)
        raw = copy.deepcopy(record.raw)
        places = list(_opened(record.raw, found.tree, ()))
        for place, value in places:
            _put(raw, place, value)
        if places:
            read.append(record.id)
            context = vault.rule_context(path)
            told = list(id_numbers(RuleView(raw, found.tree), context))
            problems += vault.placed(record, told)
    return Opened(tuple(problems), tuple(read), locked)


def _opened(raw: Any, tree: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Where a sealed value of the record became a value."""
    if ciphertext.is_sealed(raw):
        if not ciphertext.is_sealed(tree):
            yield path, tree
    elif isinstance(raw, dict) and isinstance(tree, dict):
        for name, value in raw.items():
            if name in tree:
                yield from _opened(value, tree[name], (*path, name))
    elif isinstance(raw, list) and isinstance(tree, list) and len(raw) == len(tree):
        for place, value in enumerate(raw):
            yield from _opened(value, tree[place], (*path, place))


def _put(tree: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value
