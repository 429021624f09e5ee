"""What ``add --from`` starts from: a record in YAML or JSON, or a note whose proposed fields are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.cli.context import Context
    from textcrm.records.typed_tree import TypedTree

_RECORD_NAMES: Final = (".yaml", ".yml", ".json")
_YAML_LINE: Final = re.compile(r"(?:---|%YAML|[\"']?[A-Za-z_][A-Za-z_0-9]*[\"']?\s*:(?:\s|$))")
_JSON: Final = re.compile(r"\{|\[\s*(?:\{|$)")
_LABELLED: Final = re.compile(r"[^\s:][^:]*:(?:\s|$)")
_HIDDEN: Final = "…"
_LONGEST: Final = 30_000  # bytes of a note: a page of text has 3,000


def tree_of(context: Context, source: str | None) -> TypedTree | None:
    """What a file or standard input says; None where none was given.

    On a terminal somebody agrees to what a note was understood to say.
    """
    if source is None:
        return None
    from textcrm import yamlfile
    from textcrm.records.typed_tree import TypedTree, read_typed

    data = context.read_bytes(source)
    if source.casefold().endswith(_RECORD_NAMES) or _is_record(context, data):
        return read_typed(context.vault(), yamlfile.decode(data, file=source), file=source)
    return TypedTree(_understood(context, data, source))


def _is_record(context: Context, data: bytes) -> bool:
    """Whether a text is a record: it begins like one, or its keys are labels of fields."""
    lines = (line.strip() for line in data.decode("utf-8", "replace").splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if _YAML_LINE.match(first) or _JSON.match(first):
        return True
    if not _LABELLED.match(first) or len(data) > _LONGEST:
        return False
    from textcrm import yamlfile
    from textcrm.errors import Invalid
    from textcrm.records.typed_tree import is_record

    try:
        return is_record(context.vault(), yamlfile.read_mapping(data))
    except Invalid:
        return False


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
