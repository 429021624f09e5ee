"""What a rule is given and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from textcrm.schema import Schema

Path = tuple[str | int, ...]


class Keys(NamedTuple):
    """What access.yaml says of the keys that values are sealed with, as plain data.

    ``generations`` and ``current`` go by class, ``readers`` gives the ids of those whose role
    reads a class, ``owners`` the id of everybody with a key of their own, by any word for them.
    """

    generations: Mapping[str, frozenset[int]]
    current: Mapping[str, int]
    people: frozenset[str]
    readers: Mapping[str, frozenset[str]]
    owners: Mapping[str, str]
    owner_reads: frozenset[str]


class RuleContext(NamedTuple):
    """What the rules know beside the record: the vault's schema, people, keys, day and limits.

    ``keys`` is None in a vault that has none yet, where nothing can be sealed.
    """

    schema: Schema
    people: frozenset[str]
    today: dt.date
    file_id: str | None = None
    summary_limit: int = 200
    keys: Keys | None = None


class RuleView(NamedTuple):
    """A record as rules see it: as typed in the file, and with its values typed."""

    raw: dict[str, Any]
    typed: dict[str, Any]


def items(tree: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings in a list, with their indexes, whatever else stands there."""
    value = tree.get(name) if isinstance(tree, dict) else None
    if isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, dict):
                yield place, item


def text_of(tree: Any, name: str) -> str:
    """A text at a key, empty where there is none."""
    value = tree.get(name) if isinstance(tree, dict) else None
    return value if isinstance(value, str) else ""


def warning(
    code: str, path: Path, en: str, zh: str, hint: Text | None = None, **data: Any
) -> Finding:
    """An oddity."""
    return Finding(code, "warning", path, Text(en, zh), hint, data)


def error(
    code: str, path: Path, en: str, zh: str, hint: Text | None = None, **data: Any
) -> Finding:
    """A fault."""
    return Finding(code, "error", path, Text(en, zh), hint, data)
