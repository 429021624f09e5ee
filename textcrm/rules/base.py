"""What a rule is given and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from textcrm.schema import Schema

Path = tuple[str | int, ...]


class RuleContext(NamedTuple):
    """What the rules know beside the record: the vault's schema, people, day and limits."""

    schema: Schema
    people: frozenset[str]
    today: dt.date
    file_id: str | None = None
    summary_limit: int = 200


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
