"""What TAB offers beyond commands and options: names of fields, views, and codes in queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import click
    from click.shell_completion import CompletionItem

    from textcrm.schema import Field, Schema
    from textcrm.vault import Vault


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
        views = _views(ctx)
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
) -> list[CompletionItem[str]]:
    """Ids with their names, where an id is begun; names where a name is."""
    del param
    from click.shell_completion import CompletionItem

    try:
        found = _named(ctx, incomplete) if incomplete else []
    except TextcrmError:
        return []
    by_id = [each for each in found if each[0].startswith(incomplete)]
    if by_id:
        return [CompletionItem(record_id, help=name) for record_id, name in by_id]
    return [CompletionItem(name, help=record_id) for record_id, name in found]


def _named(ctx: click.Context, word: str) -> Sequence[tuple[str, str]]:
    """Id and name of customers that a word begins: by file names, else by a glance, else in full."""
    from textcrm import __version__, store
    from textcrm.catalog import glance

    folder = _folder(ctx)
    if folder is None or not glance.is_there(folder):
        return []
    found = glance.ids(folder, word, __version__)
    if found is None:
        found = glance.names(folder, word, store.fold(word), __version__)
    if found is not None:
        return found
    catalog = _vault(ctx).catalog()
    return catalog.safely(lambda: catalog.beginning(word))


def pairs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """``PATH=VALUE``: a field, and behind ``=`` its codes, tags or people."""
    del param
    schema = _schema(ctx)
    name, equals, value = incomplete.partition("=")
    if schema is None:
        return []
    if not equals:
        return [f"{each}=" for each in _begun(schema.fields, name)]
    return [f"{name}={word}" for word in _values(ctx, schema.find(name)) if word.startswith(value)]


def item_pairs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """``KEY=VALUE`` of an item of the list that stands before it."""
    del param
    schema = _schema(ctx)
    kind = schema.find(str(ctx.params.get("list") or "")) if schema is not None else None
    if kind is None:
        return []
    name, equals, value = incomplete.partition("=")
    if not equals:
        return [f"{each}=" for each in _begun(kind.fields, name)]
    found = _values(ctx, kind.find(name))
    return [f"{name}={word}" for word in found if word.startswith(value)]


def paths(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """A field of a record."""
    del param
    schema = _schema(ctx)
    return _begun(schema.fields, incomplete) if schema is not None else []


def lists(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """A list of a record."""
    del param
    schema = _schema(ctx)
    if schema is None:
        return []
    return _begun([one for one in schema.fields if one.kind in {"items", "list"}], incomplete)


def tag_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """``+TAG`` and ``-TAG``."""
    del param
    sign = incomplete[:1]
    return [
        f"{sign}{tag}" for tag in _tags(ctx) if sign in "+-" and tag.startswith(incomplete[1:])
    ]


def channels(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """A channel of a contact, as the schema has them."""
    del param
    schema = _schema(ctx)
    contacts = schema.find("interactions") if schema is not None else None
    field = contacts.find("channel") if contacts is not None else None
    return [word for word in _values(ctx, field) if word.startswith(incomplete)]


def people(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """People of access.yaml, by id with the name, or by name."""
    del param
    from click.shell_completion import CompletionItem

    found = _people(ctx)
    by_id = [
        CompletionItem(each, help=name) for each, name in found if each.startswith(incomplete)
    ]
    return by_id or [
        CompletionItem(name, help=each) for each, name in found if name.startswith(incomplete)
    ]


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """A topic of ``help``, or a command."""
    del ctx, param
    from textcrm.cli.commands.help import TOPICS
    from textcrm.cli.main import COMMANDS

    return [each for each in (*TOPICS, "fields", *COMMANDS) if each.startswith(incomplete)]


def shells(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """A shell that completion knows."""
    del ctx, param
    from textcrm.cli.commands.completion import SHELLS

    return [each for each in SHELLS if each.startswith(incomplete)]


def _begun(fields: Iterable[Field], word: str) -> list[str]:
    """Names, and labels where one is begun, of fields."""
    known = list(fields)
    names = [one.name for one in known if one.name.startswith(word)]
    return names + [one.label.zh for one in known if word and one.label.zh.startswith(word)]


def _values(ctx: click.Context, field: Field | None) -> list[str]:
    if field is None:
        return []
    if field.path == ("tags",):
        return _tags(ctx)
    if field.kind == "person":
        return [word for pair in _people(ctx) for word in pair]
    return [word for choice in field.enum for word in (choice.code, choice.label.zh)]


def _people(ctx: click.Context) -> list[tuple[str, str]]:
    try:
        return [(one.id, one.name) for one in _vault(ctx).access.people]
    except TextcrmError:
        return []


def _tags(ctx: click.Context) -> list[str]:
    from textcrm import __version__
    from textcrm.catalog import glance

    try:
        folder = _folder(ctx)
        if folder is None or not glance.is_there(folder):
            return []
        found = glance.tags(folder, __version__)
        if found is None:
            from textcrm.vault.finding import tags

            found = sorted(tags(_vault(ctx)))
    except TextcrmError:
        return []
    return found


def _views(ctx: click.Context) -> Iterable[str]:
    try:
        return _vault(ctx).config.views
    except TextcrmError:
        return []


def _schema(ctx: click.Context) -> Schema | None:
    """The fields of the vault at hand, whose settings need not be read for their names."""
    from textcrm.schema import FILE_NAME, Schema

    folder = _folder(ctx)
    try:
        return Schema.from_json((folder / FILE_NAME).read_bytes()) if folder is not None else None
    except (OSError, TextcrmError):
        return None


def _vault(ctx: click.Context) -> Vault:
    """The vault at hand, without keys, which nothing here needs. Raises NotFound (no-vault)."""
    from textcrm.vault import Vault

    return Vault.open(_place(ctx))


def _folder(ctx: click.Context) -> Path | None:
    """The folder of the vault at hand, None where there is none."""
    from textcrm import config

    return config.folder_of(_place(ctx))


def _place(ctx: click.Context) -> Path:
    place: Path = ctx.find_root().obj.place
    return place


def _names(schema: Schema) -> list[str]:
    from textcrm.cli.fields import rows

    found = rows(schema)
    return [row.name for row in found] + [row.label.zh for row in found if "." not in row.name]
