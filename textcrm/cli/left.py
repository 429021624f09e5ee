"""The warning to whoever writes and is no member of the vault any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textcrm.access import Access
    from textcrm.cli.context import Context
    from textcrm.vault.membership import Left


def warn(context: Context, *, people: Access | None = None) -> None:
    """Say that git's user was removed, since when and by whom; nothing to a member."""
    found = _left(context, people)
    if found is not None:
        from textcrm.vault.membership import HINT, SENTENCE

        context.warn(SENTENCE, **found.data)
        context.hint(HINT, **found.data)


def warning_json(context: Context, *, people: Access | None = None) -> list[dict[str, Any]]:
    """The same as a finding among the warnings of a command."""
    found = _left(context, people)
    if found is None:
        return []
    from textcrm.access import FILE_NAME
    from textcrm.vault.membership import HINT, SENTENCE

    return [
        {
            "file": FILE_NAME,
            "line": 1,
            "column": 1,
            "id": None,
            "path": "",
            "code": "no-member",
            "severity": "warning",
            "message": SENTENCE.say(context.language, **found.data),
            "hint": HINT.say(context.language, **found.data),
        }
    ]


def _left(context: Context, people: Access | None) -> Left | None:
    """For a member this costs nothing: git's user and access.yaml are known by then."""
    from textcrm.vault import membership

    return membership.left(context.vault(), people=people)
