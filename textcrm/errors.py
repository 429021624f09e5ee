"""The errors of textcrm: each carries data, a bilingual sentence, a hint and an exit code.

TextcrmError
├── Misuse                   2   the words of a call are off
├── KeyMissing               3   no key for a sealed value
├── NotFound                 4   no vault, no such record, commit, file or item
├── Invalid                  5   the record would be invalid
│   └── YamlInvalid          5   a file is not YAML as textcrm reads it (file, line, column)
├── Ambiguous                6   several records fit (candidates)
├── Conflict                 7   somebody else's change, or one's own uncommitted edit, is in the way
├── TrustFailure             8   trust or integrity failure
└── StorageFailure           9   git or the disk refused
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from textcrm.text import Language, Text


class TextcrmError(Exception):
    """Anything that a user, a file or the machine can cause.

    ``code`` is a stable kebab-case word for programs, ``exit_code`` that of DESIGN section 6.
    Data never holds the plaintext of a sealed field.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self, code: str, message: Text, *, hint: Text | None = None, **data: object
    ) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.hint = hint
        self.data: dict[str, Any] = data

    def say(self, language: Language = "en") -> str:
        """The sentence, filled in."""
        return self.message.say(language, **self.data)

    def say_hint(self, language: Language = "en") -> str | None:
        """What to do next, filled in; None where there is nothing to say."""
        return self.hint.say(language, **self.data) if self.hint else None

    def __str__(self) -> str:
        return self.say()


class Misuse(TextcrmError):
    """The words of a call are off: an unknown field, a date that cannot be read."""

    exit_code = 2


class KeyMissing(TextcrmError):
    """A sealed value is needed and no key at hand opens it."""

    exit_code = 3


class NotFound(TextcrmError):
    """No vault here, or nothing of that name in it."""

    exit_code = 4


class Invalid(TextcrmError):
    """The record would break its schema; nothing was written."""

    exit_code = 5


class YamlInvalid(Invalid):
    """A file that is not YAML as textcrm reads it; data holds file, line and column (from 1)."""


class Ambiguous(TextcrmError):
    """Several records fit; ``data["candidates"]`` lists them as ``{"id", "name"}``."""

    exit_code = 6


class Conflict(TextcrmError):
    """Somebody's change, or an uncommitted edit of one's own, stands in the way."""

    exit_code = 7


class TrustFailure(TextcrmError):
    """A signature, pin or checkpoint does not hold."""

    exit_code = 8


class StorageFailure(TextcrmError):
    """Git or the disk refused; the vault is as it was."""

    exit_code = 9
