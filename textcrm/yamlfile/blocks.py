"""New text for trees: blocks, flows, literals, whole documents."""

from __future__ import annotations

from typing import Any

from textcrm.yamlfile.scalars import (
    AMBIGUOUS,
    SPECIAL,
    double_quoted,
    fresh,
    plain_ok,
    single_quoted,
)


def blockable(body: str) -> bool:
    lines = body.split("\n")
    return (
        not SPECIAL.search(body)
        and bool(body.strip())
        and not lines[0].startswith((" ", "\t"))
        and bool(lines[0].strip())
    )


def literal(body: str, indent: int) -> str:
    """``|`` with the chomping that keeps the value's last newlines; no newline at its own end."""
    stripped = body.rstrip("\n")
    ending = len(body) - len(stripped)
    head = "|-" if ending == 0 else "|" if ending == 1 else "|+"
    pad = " " * indent
    lines = [pad + line if line else "" for line in stripped.split("\n")]
    return "\n".join([head, *lines, *([""] * (ending - 1 if ending > 1 else 0))])


def value_text(value: Any, indent: int, list_step: int) -> str:
    """What stands after ``key:`` or ``-`` for a value, with its leading space or newline."""
    if isinstance(value, dict | list) and value:
        if isinstance(value, list):
            return "\n" + block_text(value, indent + list_step)
        return "\n" + block_text(value, indent + 2)
    return _inline(value, indent)


def _inline(value: Any, indent: int) -> str:
    if isinstance(value, dict):
        return " {}"
    if isinstance(value, list):
        return " []"
    if isinstance(value, str) and "\n" in value and blockable(value):
        return " " + literal(value, indent + 2)
    piece = fresh(value)
    return " " + piece if piece else ""


def block_text(tree: Any, indent: int) -> str:
    pad = " " * indent
    lines: list[str] = []
    if isinstance(tree, dict):
        for name, value in tree.items():
            lines.append(f"{pad}{key_text(str(name))}:{value_text(value, indent, 2)}")
    else:
        lines.extend(pad + "-" + item_text(item, indent) for item in tree)
    return "\n".join(lines)


def item_text(item: Any, indent: int) -> str:
    """What stands after the dash of an item."""
    if isinstance(item, dict | list) and item:
        return " " + block_text(item, indent + 2)[indent + 2 :]
    return _inline(item, indent)


def key_text(name: str) -> str:
    if plain_ok(name, flow=False) and not AMBIGUOUS.match(name) and len(name) < 100:
        return name
    single = single_quoted(name)
    return single if single is not None else double_quoted(name)


def flow_text(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{fresh(str(n), flow=True)}: {flow_text(v)}" for n, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(v) for v in value) + "]"
    piece = fresh(value, flow=True)
    return piece or "''" if isinstance(value, str) else piece or "null"
