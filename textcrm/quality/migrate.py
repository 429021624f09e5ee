"""Migrate: when a vault renames, moves or drops a field, its values go along in one commit (A60)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import paths, yamlfile
from textcrm.errors import Misuse
from textcrm.paths import locate, value_at
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Move(NamedTuple):
    """One value that moves: from where to where in which record; ``blocked`` where one stands."""

    id: str
    name: str
    path: str
    source: tuple[str | int, ...]
    target: tuple[str | int, ...]
    blocked: bool


def plan(vault: Vault, source: str, target: str) -> list[Move]:
    """Find what would move. ``source`` is the old path as it stands in the files, ``target`` a path
    that the schema knows, or one below ``custom``. Raises Misuse for a target that it does not.
    """
    old = paths.split(source)
    moves = []
    for record in vault.records():
        place = locate(tuple(_step(word) for word in old), record.raw)
        value = value_at(place, record.raw) if place else None
        if place is None or value is None:
            continue
        new = paths.find(target, record.raw, vault.schema).path
        if new == place:
            raise Misuse(
                "same-place",
                Text(
                    "{source} and {target} are the same place", "{source} 与 {target} 是同一位置"
                ),
                hint=Text(
                    "name the old key as it stands in the files", "请写出文件中原来的字段名"
                ),
                source=source,
                target=target,
            )
        standing = value_at(new, record.raw)
        blocked = standing is not None and standing != value
        moves.append(Move(record.id, record.name, record.path, place, new, blocked))
    return moves


def _step(word: str) -> str | int:
    return int(word) if word.isascii() and word.isdigit() else word


def migrate(vault: Vault, moves: list[Move], *, reason: str | None = None) -> Result:
    """Move the values that are not blocked, all in one commit; a blocked one stays where it is."""
    wanted = [move for move in moves if not move.blocked]

    def change(record: Record, move: Move) -> str:
        value: Any = value_at(move.source, record.raw)
        if value is None:
            return record.text
        known = vault.schema.plain(_nested(move.target, value))
        text = edits.put(record.text, move.target, _inner(known, move.target), vault.schema)
        if value_at(move.source, yamlfile.read_mapping(text)) is None:
            return text
        return edits.remove(text, move.source)

    def build(draft: Draft) -> None:
        for move in wanted:
            draft.edit(move.path, lambda record, move=move: change(record, move))  # type: ignore[misc]

    return vault.write("migrate", build, reason=reason)


def _nested(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    result: dict[str, Any] = value
    return result


def _inner(tree: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        tree = tree[0] if isinstance(step, int) else tree[step]
    return tree
