"""Which parameter TAB completes by what, told by its name or its place-holder; loaded at a TAB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

# A parameter's name (lower case) or place-holder, and the function of textcrm.cli.completing.
BY_WORD: Final[dict[str | None, str]] = {
    "id": "record_words",
    "path": "paths",
    "person": "people",
    "topic": "topics",
    "shell": "shells",
    "+A -B": "tag_words",
    "CHANNEL": "channels",
    "KEY=VALUE": "item_pairs",
    "LIST": "lists",
    "PATH": "paths",
    "PATH=VALUE": "pairs",
    "PERSON": "people",
    "QUERY": "query_words",
}


def late(name: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """The function of that name, which is loaded when it is called."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
        from textcrm.cli import completing

        return getattr(completing, name)(ctx, param, incomplete)

    return complete
