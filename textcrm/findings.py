"""Findings: what check says about a record, as values that are placed and put into words later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from textcrm.text import Language, Text

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """One thing wrong, or odd, in a record.

    ``path`` leads to the value (keys and list indexes); with ``at_key`` the key itself is meant.
    Where no path leads (a comment, a commit's message) ``place`` gives line and column, from 1.
    ``code`` is stable kebab-case. ``data`` fills the places of message and hint, and never holds
    the value of a field that is sealed.
    """

    code: str
    severity: Severity
    path: Path
    message: Text
    hint: Text | None = None
    data: dict[str, Any] = {}
    at_key: bool = False
    place: tuple[int, int] | None = None

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return self.message.say(language, **self.data)

    def say_hint(self, language: Language) -> str | None:
        """What to do next, or None."""
        return self.hint.say(language, **self.data) if self.hint else None


class Problem(NamedTuple):
    """A finding with its place: file (relative to the vault), line and column from 1, record id.

    ``commit`` names the revision that holds the file, where it is not the work tree or the index.
    ``anchor`` is the finding's path with the ids of items in the place of their indexes: what stays
    when lines and items move. None where the path itself will do.
    """

    file: str
    line: int
    column: int
    id: str | None
    finding: Finding
    commit: str | None = None
    anchor: Path | None = None
