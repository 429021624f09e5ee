"""Opening sealed values for those who hold a key, in memory only."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import ciphertext
from textcrm.changes import item_id
from textcrm.errors import KeyMissing, TextcrmError, TrustFailure
from textcrm.paths import spell
from textcrm.rules.sealing import sealed_places
from textcrm.text import Text
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.access import Access
    from textcrm.changes import StablePath
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.schema import Field
    from textcrm.vault.vault import Vault


class Revealed(NamedTuple):
    """A record with what could be opened: its typed tree, what stays locked, and what is wrong.

    ``locked`` gives the labels by path; ``problems`` the errors of values that are damaged or
    stand in the wrong place; ``opened`` counts what was opened, and ``missing`` is the error of
    the first value that no key at hand opens.
    """

    tree: dict[str, Any]
    locked: dict[Path, tuple[str, ...]]
    problems: tuple[tuple[Path, TextcrmError], ...]
    opened: int
    missing: KeyMissing | None


def reveal(vault: Vault, record: Record) -> Revealed:
    """Open what the keys at hand open; plain values in sealed fields are shown as they stand."""
    tree = copy.deepcopy(record.typed)
    locked: dict[Path, tuple[str, ...]] = {}
    problems: list[tuple[Path, TextcrmError]] = []
    missing: KeyMissing | None = None
    count = 0
    for path, field, node in places(vault, record):
        try:
            value = open_at(vault, record, path, node)
        except KeyMissing as error:
            locked[path] = _labels(node)
            missing = missing or error
        except TextcrmError as error:
            locked[path] = _labels(node)
            problems.append((path, located(record, path, field, error)))
        else:
            _put(tree, path, value)
            count += 1
    return Revealed(tree, locked, tuple(problems), count, missing)


def located(record: Record, path: Path, field: Field | None, error: TextcrmError) -> TextcrmError:
    """The same error with the file, line and field of the value that it is about."""
    from textcrm.yamlfile import positions

    line, column = positions(record.text).value(path)
    return type(error)(
        error.code,
        Text("{file}:{line}:{column}: {field}: {why}", "{file}:{line}:{column}：{field}：{why}"),
        hint=error.hint,
        **{
            **error.data,
            "file": record.path,
            "line": line,
            "column": column,
            "id": record.id,
            "path": spell(path),
            "field": field.label if field is not None else spell(path),
            "why": Text(error.say("en"), error.say("zh")),
        },
    )


def places(vault: Vault, record: Record) -> Iterator[tuple[Path, Field | None, Any]]:
    """The sealed values of a record: path, field (None where the schema seals nothing), mapping."""
    for path, field, node in sealed_places(record.raw, vault.schema):
        if ciphertext.looks_sealed(node):
            yield path, field, node


def open_at(vault: Vault, record: Record, path: Path, node: Any) -> Any:
    """Open the value at a path of a record. Raises KeyMissing (no-key), TrustFailure."""
    place = spelled(path, record.raw)
    return opened(vault, vault.access, node, rec=record.uid or "", place=place)


def demanded(vault: Vault, record: Record, path: Path, field: Field | None) -> Any:
    """Open the one value that is asked for. Raises KeyMissing, TrustFailure, with the place."""
    from textcrm.paths import value_at

    try:
        return open_at(vault, record, path, value_at(path, record.raw))
    except TextcrmError as error:
        raise located(record, path, field, error) from error


class OpenedInside(NamedTuple):
    """A value with what could be opened in it, how many, and what stays locked and why."""

    value: Any
    opened: int
    locked: tuple[tuple[tuple[str, ...], TextcrmError], ...]


def open_inside(vault: Vault, uid: str, path: StablePath, value: Any) -> OpenedInside:
    """Open what is sealed in a value of an old version, at a stable path of the record ``uid``."""
    if isinstance(value, dict) and ciphertext.looks_sealed(value):
        place = "/" + "/".join(map(str, path))
        try:
            plain = opened(vault, vault.access, value, rec=uid, place=place)
        except TextcrmError as error:
            return OpenedInside(value, 0, ((_labels(value), error),))
        return OpenedInside(plain, 1, ())
    if isinstance(value, dict):
        found = {name: open_inside(vault, uid, (*path, name), one) for name, one in value.items()}
        return _gathered({name: one.value for name, one in found.items()}, found.values())
    if isinstance(value, list):
        items = [
            open_inside(vault, uid, (*path, _step(one, place)), one)
            for place, one in enumerate(value)
        ]
        return _gathered([one.value for one in items], items)
    return OpenedInside(value, 0, ())


def _gathered(value: Any, parts: Iterable[OpenedInside]) -> OpenedInside:
    told = list(parts)
    locked = tuple(one for part in told for one in part.locked)
    return OpenedInside(value, sum(part.opened for part in told), locked)


def _step(item: Any, place: int) -> str | int:
    return (item_id(item) or place) if isinstance(item, dict) else place


def opened(vault: Vault, access: Access, node: Any, *, rec: str, place: str) -> Any:
    """Open one value with the key that its labels name. Raises KeyMissing, TrustFailure."""
    from textcrm import sealing

    labels = _labels(node)
    keys = vault.keyring.opening(labels, access, vault.file) if labels else []
    try:
        return sealing.unseal(node, rec=rec, path=place, identities=keys)
    except KeyMissing as error:
        raise _false_label(labels) from error


def _false_label(labels: tuple[str, ...]) -> TrustFailure:
    """The key that the label names is at hand and does not open the value."""
    return TrustFailure(
        "sealed-false-label",
        Text(
            "the label says {labels}, and that key does not open it: the label or the value was "
            "changed",
            "标签写的是 {labels}，但该密钥打不开：标签或密文已被改动",
        ),
        hint=Text(
            "see who changed it: textcrm log ID; bring it back: textcrm undo COMMIT; where a person's "
            "key was replaced, an admin runs textcrm rekey --person NAME",
            "查看改动者：textcrm log 编号；恢复：textcrm undo 提交号；"
            "如有人更换过密钥，请管理员运行 textcrm rekey --person 姓名",
        ),
        labels=list(labels),
    )


def _labels(node: Any) -> tuple[str, ...]:
    try:
        return ciphertext.read(node).labels
    except ciphertext.Malformed:
        return ()


def _put(tree: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value
