"""What a rule is given and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

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

    ``keys`` is None in a vault that has none yet, where nothing can be sealed. ``former`` are the ids
    of those who left.
    """

    schema: Schema
    people: frozenset[str]
    today: dt.date
    file_id: str | None = None
    summary_limit: int = 200
    keys: Keys | None = None
    former: frozenset[str] = frozenset()


class RuleView(NamedTuple):
    """A record as rules see it: as typed in the file, and with its values typed.

    ``text`` is the file where it is known: what does not stand there need not be looked for.
    """

    raw: dict[str, Any]
    typed: dict[str, Any]
    text: str | None = None

    def may_hold(self, word: str) -> bool:
        """Whether a name may occur in the record; in double quotes it may be written in escapes."""
        return self.text is None or word in self.text or "\\" in self.text


def items(tree: Any, name: str) -> Sequence[tuple[int, dict[str, Any]]]:
    """The mappings in a list, with their indexes, whatever else stands there."""
    value = tree.get(name) if tree.__class__ is dict else None
    if value.__class__ is not list:
        return ()
    return [(place, item) for place, item in enumerate(value) if item.__class__ is dict]


def text_of(tree: Any, name: str) -> str:
    """A text at a key, empty where there is none."""
    value = tree.get(name) if tree.__class__ is dict else None
    return value if value.__class__ is str else ""


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
