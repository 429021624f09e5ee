"""What ``add --from`` starts from: a record in YAML, or a note whose proposed fields are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.cli.context import Context

_YAML_NAMES: Final = (".yaml", ".yml")
_YAML_LINE: Final = re.compile(r"(?:---|%YAML|[\"']?[A-Za-z_][A-Za-z_0-9]*[\"']?\s*:(?:\s|$))")
_HIDDEN: Final = "…"
_LONGEST: Final = 30_000  # bytes of a note: a page of text has 3,000


def tree_of(context: Context, source: str | None) -> dict[str, Any] | None:
    """The tree of a file or of standard input; None where none was given.

    On a terminal somebody agrees to what a note was understood to say.
    """
    if source is None:
        return None
    from textcrm import yamlfile

    data = context.read_bytes(source)
    if source.casefold().endswith(_YAML_NAMES) or _is_yaml(data):
        tree: dict[str, Any] = yamlfile.read_mapping(data, file=source)
        for name in ("id", "uid"):
            tree.pop(name, None)
        return tree
    return _understood(context, data, source)


def _is_yaml(data: bytes) -> bool:
    """Whether a text begins like a record: with a comment, a mark, or a name and a colon."""
    lines = (line.strip() for line in data.decode("utf-8", "replace").splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return bool(_YAML_LINE.match(first)) or first[:1] == "{"


def _understood(context: Context, data: bytes, source: str) -> dict[str, Any]:
    from textcrm.errors import Invalid
    from textcrm.exchange import decoding, freetext, importing

    if len(data) > _LONGEST:
        raise Invalid(
            "note-too-long",
            Text(
                "{source} is too long for a note about one customer ({size} KB)",
                "{source} 有 {size} KB，不像关于一位客户的笔记",
            ),
            hint=Text(
                "many customers: textcrm import FILE; a document: textcrm attach ID FILE",
                "多位客户请用 textcrm import 文件；文档请用 textcrm attach 编号 文件",
            ),
            source=source,
            size=len(data) // 1000,
        )
    text = decoding.decode(data, name=source).text
    vault = context.vault()
    proposed = freetext.propose(text, importing.setting_of(vault))
    if proposed.tree:
        _show(context, proposed.tree)
        if context.interactive and not context.confirm(
            Text("Add it like this?", "按此新增？"), default=True
        ):
            context.abort()
    return proposed.tree


def _show(context: Context, tree: dict[str, Any]) -> None:
    """The proposed fields, by their labels; what will be sealed is not repeated."""
    if context.json or context.quiet:
        return
    context.say(Text("understood as:", "识别结果："))
    schema = context.vault().schema
    for path, stored in _leaves(tree, ()):
        field = schema.at(path)
        label = field.label if field is not None else Text(str(path[-1]), str(path[-1]))
        sealed = field is not None and field.seal
        chosen = field.enum_value(str(stored)) if field is not None else None
        value = chosen.label.say(context.language) if chosen is not None else stored
        shown = _HIDDEN if sealed else " ".join(str(value).split())
        context.note(Text("{label}: {value}", "{label}：{value}"), label=label, value=shown)


def _leaves(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _leaves(value, (*path, place))
    else:
        yield path, node
