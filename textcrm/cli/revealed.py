"""Sealed values open for the screen: only on --reveal, only with one's own key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.errors import TextcrmError
    from textcrm.record import Record
    from textcrm.vault.revealing import Revealed


class Shown(NamedTuple):
    """A record for showing only, and the error to end with once it is shown, if any."""

    record: Record
    error: TextcrmError | None


def revealed(context: Context, record: Record, purpose: str | None = None) -> Shown:
    """The record with what the keys at hand open; what stays locked is said on stderr.

    The error is that of the first value that is damaged or stands in the wrong place, or, where
    nothing at all could be opened, the missing key's. Reads are noted in this clone's log.
    """
    from textcrm.cli.noted import note_read
    from textcrm.record import Record as Tree
    from textcrm.vault.revealing import reveal

    vault = context.vault()
    found = reveal(vault, record)
    context.reveal = True
    shown = Tree(record.path, record.text, record.raw, record.schema)
    shown.__dict__["typed"] = found.tree
    if found.opened:
        note_read(context, "show --reveal", [record.id], purpose)
    error = found.problems[0][1] if found.problems else None
    if error is None and found.missing is not None and not found.opened:
        error = found.missing
    elif not context.json or error is None:
        _warn(context, record, found)
    return Shown(shown, error)


def _warn(context: Context, record: Record, found: Revealed) -> None:
    for _, problem in found.problems[1:]:
        context.warn(Text("{why}", "{why}"), why=Text(problem.say("en"), problem.say("zh")))
    damaged = {path for path, _ in found.problems}
    locked = sorted(
        {"+".join(label) for path, label in found.locked.items() if path not in damaged}
    )
    if locked:
        context.warn(
            Text(
                "no key of yours opens {labels}; see: textcrm member list {id}",
                "您的密钥无法解开 {labels}；见 textcrm member list {id}",
            ),
            labels=locked,
            id=record.id,
        )


def one_value(
    context: Context, record: Record, word: str, *, reveal: bool, purpose: str | None = None
) -> None:
    """Print the value at a path, bare, so that it can be handed on to another program.

    Raises NotFound (no-value), KeyMissing, TrustFailure where a sealed one does not open.
    """
    from textcrm import ciphertext, paths
    from textcrm.cli.noted import note_read
    from textcrm.errors import NotFound
    from textcrm.vault import revealing

    vault = context.vault()
    path, field, _ = paths.find(word, record.raw, record.schema)
    value = paths.value_at(path, record.typed)
    if value is None:
        raise NotFound(
            "no-value",
            Text("{id} has nothing at {path}", "{id} 的 {path} 没有内容"),
            hint=Text("see what it has: textcrm show {id}", "查看已有内容：textcrm show {id}"),
            id=record.id,
            path=paths.spell(path),
        )
    if reveal and ciphertext.looks_sealed(value):
        value = revealing.demanded(vault, record, path, field)
        context.reveal = True
        note_read(context, "show --reveal", [record.id], purpose)
    _print_value(context, record, path, value)


def _print_value(context: Context, record: Record, path: Any, value: Any) -> None:
    from textcrm import paths
    from textcrm.cli.show import locked_tree, masked_tree, plain, value_text

    named = tuple(step for step in path if isinstance(step, str))
    field = record.schema.at(named)
    if isinstance(value, dict) and "age" in value and not context.json:
        context.out.line(value_text(context, field, value))
        return
    shown = plain(locked_tree(record.schema.jsonable(value)))
    if context.mask:
        shown = masked_tree(shown, record.schema, named)
    if context.json:
        context.emit({"id": record.id, "path": paths.spell(path), "value": shown})
    elif isinstance(shown, str):
        context.out.raw(shown + "\n")
    else:
        context.emit(shown)
