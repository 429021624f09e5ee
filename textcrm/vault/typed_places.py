"""Errors placed in the text that somebody typed: what was checked has ids and ciphertext in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Invalid
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.findings import Problem


def placed_in(error: Invalid, file: str, text: str) -> Invalid:
    """The same error, its places looked up in a text, and said first: ``file:line:column``."""
    from textcrm.paths import steps
    from textcrm.yamlfile import positions

    problems = in_text(error.data.get("problems", ()), text)
    if problems:
        first = problems[0]
        return said_first(
            error, problems=problems, file=first.file, line=first.line, column=first.column
        )
    if "told" in error.data:
        line, column = positions(text).value(steps(error.data["path"]))
        return said_first(error, file=file, line=line, column=column)
    return error


def in_text(problems: object, text: str) -> list[Problem]:
    """Problems with the places that their paths have in a text."""
    from textcrm.yamlfile import positions

    marks = positions(text)
    placed: list[Problem] = []
    for one in problems if isinstance(problems, list | tuple) else ():
        line, column = (marks.key if one.finding.at_key else marks.value)(one.finding.path)
        placed.append(one._replace(line=line, column=column))
    return placed


def said_first(error: Invalid, **place: object) -> Invalid:
    """An error that begins with its place; ``told`` keeps what it said without one."""
    told = error.data.get("told") or Text(error.say("en"), error.say("zh"))
    return Invalid(
        error.code,
        Text("{file}:{line}:{column}: {told}", "{file}:{line}:{column}：{told}"),
        hint=error.hint,
        **{**error.data, **place, "told": told},
    )
