"""Noting a read in the access log, and saying so where that was not possible (K3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.cli.context import Context


def note_read(context: Context, what: str, ids: Iterable[str], purpose: str | None = None) -> None:
    """Note that ``what`` (a command: ``export csv``) showed the customers ``ids`` to a person."""
    from textcrm.vault import access_log

    if not access_log.note(context.vault(), what, ids, purpose=purpose or ""):
        context.warn(
            Text(
                "this read could not be noted in the access log of this clone",
                "未能将本次读取记入本机的访问日志",
            )
        )
