"""Commit messages: a subject and trailers that nobody's words can forge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence


def compose_message(
    subject: str, *, reason: str | None = None, trailers: Sequence[tuple[str, str]] = ()
) -> str:
    """Put a commit message together: subject, trailers, ``Textcrm-Reason`` last.

    Every value becomes one line, for git takes a last paragraph of a user's text that reads
    ``Textcrm-Op: x`` for a trailer. Raises Misuse (trailer-name).
    """
    pairs = [*trailers, *([("Textcrm-Reason", reason)] if reason and reason.strip() else [])]
    lines = [f"{_name(name)}: {one_line(value)}" for name, value in pairs]
    head = one_line(subject) or "textcrm"
    return f"{head}\n" + ("\n" + "\n".join(lines) + "\n" if lines else "")


def one_line(text: str) -> str:
    """Fold a text to one line; git ends a message at a NUL, so these go."""
    parts = (part.strip() for part in text.replace("\0", "").splitlines())
    return " ".join(part for part in parts if part)


def _name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        raise Misuse(
            "trailer-name",
            Text("“{name}” cannot name a trailer", "“{name}”不能用作提交附注的名称"),
            name=name,
        )
    return name


def encoded(message: str) -> bytes:
    """The bytes of a message for git: UTF-8, no NUL, one line end at its end."""
    return message.replace("\0", "").rstrip().encode("utf-8", "replace") + b"\n"
