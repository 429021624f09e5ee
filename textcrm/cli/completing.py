"""What TAB offers beyond commands and options: names of fields, views, and codes in queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from textcrm.schema import Schema


def field_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Fields for ``--columns`` and its like; those after a comma go on from what stands there."""
    del param
    schema = _schema(ctx)
    if schema is None:
        return []
    head, comma, word = incomplete.rpartition(",")
    sign = word[:1] if word[:1] in "+-" else ""
    return [
        f"{head}{comma}{sign}{name}"
        for name in _names(schema)
        if name.startswith(word[len(sign) :])
    ]


def query_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """``@views``, ``field:`` and, behind a field with choices, its codes."""
    del param
    schema = _schema(ctx)
    if schema is None:
        return []
    sign = incomplete[:1] if incomplete[:1] == "-" else ""
    word = incomplete[len(sign) :]
    if word.startswith("@"):
        views = ctx.find_root().obj.vault().config.views
        return [f"{sign}@{name}" for name in views if name.startswith(word[1:])]
    name, colon, value = word.partition(":")
    if not colon:
        return [f"{sign}{each}:" for each in _names(schema) if word and each.startswith(word)]
    field = schema.find(name)
    choices = field.enum if field is not None else ()
    words = [word for choice in choices for word in (choice.code, choice.label.zh)]
    if field is not None and field.path == ("tags",):
        words = _tags(ctx)
    return [f"{sign}{name}:{word}" for word in words if word.startswith(value)]


def record_words(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Ids with their names, where an id is begun; names where a name is."""
    del param
    from click.shell_completion import CompletionItem

    try:
        vault = ctx.find_root().obj.vault()
        if not incomplete or not vault.has_catalog():
            return []
        catalog = vault.catalog()
        found = catalog.safely(lambda: catalog.beginning(incomplete))
    except TextcrmError:
        return []
    by_id = [each for each in found if each[0].startswith(incomplete)]
    if by_id:
        return [CompletionItem(record_id, help=name) for record_id, name in by_id]
    return [CompletionItem(name, help=record_id) for record_id, name in found]


def _tags(ctx: click.Context) -> list[str]:
    from textcrm.vault.finding import tags

    vault = ctx.find_root().obj.vault()
    try:
        return sorted(tags(vault)) if vault.has_catalog() else []
    except TextcrmError:
        return []


def _schema(ctx: click.Context) -> Schema | None:
    try:
        schema: Schema = ctx.find_root().obj.vault().schema
    except TextcrmError:
        return None
    return schema


def _names(schema: Schema) -> list[str]:
    from textcrm.cli.fields import rows

    found = rows(schema)
    return [row.name for row in found] + [row.label.zh for row in found if "." not in row.name]
