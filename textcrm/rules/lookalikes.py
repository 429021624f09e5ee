"""Look-alikes: plain text that seems to be what this vault seals, and secret keys anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.findings import Finding
from textcrm.normalize.lookalikes import KINDS, find_lookalikes, may_hold
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.normalize.lookalikes import Kind
    from textcrm.rules.base import Path, RuleContext, RuleView
    from textcrm.schema import Field, Schema

_SHORTEST: Final = 15
_TELEPHONE: Final = frozenset(("phone",))


def lookalikes(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Notes, summaries and the like hold no id, card or account number, no key (L3, L8)."""
    if not may_hold("\n".join(_long(record.raw))):
        return
    for path, text in _texts(record.raw, ()):
        for one in find_lookalikes(text):
            field = context.schema.at(path)
            if not _is_meant(field, one.kind) and not _in_sealed(path, context.schema):
                name = field.label if field is not None else str(path[-1] if path else "")
                yield told(one.kind, path, where=name)
                break


def _long(raw: Any) -> list[str]:
    """The texts of a record that are long enough, in any order: what most records are told by."""
    found = []
    nodes = [raw]
    while nodes:
        node = nodes.pop()
        if node.__class__ is dict:
            if "sealed" in node and "age" in node:
                continue
            node = node.values()
        for value in node:
            kind = value.__class__
            if kind is str:
                if len(value) >= _SHORTEST:
                    found.append(value)
            elif kind is dict or kind is list:
                nodes.append(value)
    return found


def in_comments(comments: Iterable[tuple[int, int, str]]) -> list[Finding]:
    """The same for comments, each given as (line, column, text)."""
    where = Text("a comment", "注释")
    return [
        told(one.kind, (), where=where, place=(line, column + one.start))
        for line, column, text in comments
        for one in find_lookalikes(text)
    ]


def in_text(text: str, where: Text) -> Iterator[Finding]:
    """The same for any other text, such as a commit's message, placed by line and column."""
    for number, line in enumerate(text.split("\n"), 1):
        for one in find_lookalikes(line):
            yield told(one.kind, (), where=where, place=(number, one.start + 1))


def told(
    kind: Kind, path: Path, *, where: Text | str, place: tuple[int, int] | None = None
) -> Finding:
    """A look-alike as a finding: what it seems to be and where, never the value."""
    data = {"kind": KINDS[kind], "where": where}
    if kind == "secret-key":
        return Finding(
            "secret-key",
            "error",
            path,
            Text("{where} holds a secret key", "{where}中有私钥"),
            Text(
                "take it out and make a new one: whoever can clone has this one now",
                "请删除并更换新密钥：能克隆仓库的人都已拿到它",
            ),
            data,
            place=place,
        )
    return Finding(
        "looks-sensitive",
        "warning",
        path,
        Text("{where} holds what looks like {kind}", "{where}中疑似有{kind}"),
        Text(
            "if it is one, move it to a sealed field; history keeps what was committed",
            "如果确实是，请移到加密字段；已提交的内容会留在历史中",
        ),
        data,
        place=place,
    )


def _texts(tree: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text long enough to matter, with its path; ciphertext is passed over."""
    if tree.__class__ is str:
        if len(tree) >= _SHORTEST:
            yield path, tree
    elif tree.__class__ is dict:
        if "sealed" not in tree or "age" not in tree:
            for name, value in tree.items():
                yield from _texts(value, (*path, name))
    elif tree.__class__ is list:
        for place, item in enumerate(tree):
            yield from _texts(item, (*path, place))


def _is_meant(field: Field | None, kind: Kind) -> bool:
    """Whether such a number is what the field is for.

    Telephones and the codes of orders and contracts pass a card's check digit now and then.
    """
    if field is None or kind == "secret-key":
        return False
    held = field.element.kind
    return held in _TELEPHONE or (kind == "bank-card" and held == "code")


def _in_sealed(path: Path, schema: Schema) -> bool:
    """Whether a path lies in a field to be sealed: plain text there is a finding of its own."""
    fields = (schema.at(path[:depth]) for depth in range(1, len(path) + 1))
    return any(field is not None and field.seal for field in fields)
