"""The errors of this door: at a place of a file, or at an edit."""

from __future__ import annotations

from typing import Any

from textcrm.errors import Invalid, YamlInvalid
from textcrm.text import Text


def located(
    code: str,
    message: Text,
    file: str,
    line: int,
    column: int,
    hint: Text | None = None,
    **data: Any,
) -> YamlInvalid:
    """An error at a place of a file; line and column from 1."""
    return YamlInvalid(
        code,
        Text("{file}:{line}:{column}: " + message.en, "{file}:{line}:{column}：" + message.zh),
        hint=hint,
        file=file or "-",
        line=line,
        column=column,
        **data,
    )


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, as editors count them, of an offset."""
    start = text.rfind("\n", 0, index) + 1
    column = index - start + 1
    return text.count("\n", 0, index) + 1, column - (start == 0 and text.startswith("\ufeff"))


def refused(reason: Text | None = None, **data: object) -> Invalid:
    """The error for a place that cannot be edited with all else kept."""
    why = reason or Text(
        "this place of the file cannot be edited safely", "无法安全修改文件的这个位置"
    )
    return Invalid(
        "edit-refused",
        Text(why.en + "; nothing was changed", why.zh + "，未作任何改动"),
        hint=Text(
            "edit the file by hand, then: textcrm save", "请手工编辑文件，再运行 textcrm save"
        ),
        **data,
    )
