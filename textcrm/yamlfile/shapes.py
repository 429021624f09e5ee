"""What an edit means: the shape that the text must have after it, and the proof that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import YamlInvalid
from textcrm.text import Text
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.nodes import compose, key_name
from textcrm.yamlfile.parsing import MAX_NODES
from textcrm.yamlfile.scalars import typed_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textcrm.yamlfile.nodes import Node

# A shape is [kind, anchor, tag, content]: everything of a document but its looks. Aliases are not
# unfolded, so that shapes serve for what the reader refuses, too.
Shape = list[Any]


def shape_of(node: Node) -> Shape:
    """The shape of a node of a text."""
    if node.kind == "scalar":
        return ["scalar", node.anchor, node.tag if node.value is not None else None, node.value]
    if node.kind == "alias":
        return ["alias", node.anchor, None, None]
    pairs = [[key and shape_of(key), shape_of(value)] for key, value in node.children]
    return [node.kind, node.anchor, node.tag, pairs]


def new_shape(value: Any) -> Shape:
    """The shape of a typed tree that is put in."""
    if isinstance(value, dict):
        return [
            "map",
            None,
            None,
            [[new_shape(str(name)), new_shape(inner)] for name, inner in value.items()],
        ]
    if isinstance(value, list | tuple):
        return ["seq", None, None, [[None, new_shape(inner)] for inner in value]]
    return ["scalar", None, None, typed_text(value)]


def shape_at(roots: list[Shape], indexes: Sequence[int]) -> Shape:
    """The part of the first document's shape that the indexes lead to."""
    shape = roots[0]
    for index in indexes:
        shape = shape[3][index][1]
    return shape


def as_read(value: Any) -> Any:
    """A typed tree as the reader gives it back."""
    if isinstance(value, dict):
        return {str(name): as_read(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_read(inner) for inner in value]
    return typed_text(value)


def data_of(node: Node) -> Any:
    """What a node reads as, aliases unfolded. Raises Invalid where it has no such form."""
    left = [MAX_NODES]
    return _data(node.plain, left)


def _data(node: Node, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise refused(Text("the references (*) unfold to too much", "引用（*）展开后内容过多"))
    node = node.plain
    if node.kind == "scalar":
        return node.value
    if node.kind == "seq":
        return [_data(value, left) for _, value in node.children]
    tree: dict[str, Any] = {}
    for index, (_, value) in enumerate(node.children):
        name = key_name(node, index)
        if name is None:
            raise refused()
        tree[name] = _data(value, left)
    return tree


def check_unreferenced(roots: Sequence[Node], going: Node) -> None:
    """Refuse to take away a node that an alias elsewhere still refers to. Raises Invalid."""
    inside = {id(node) for node in going.everything()}
    for node in roots[0].everything():
        if node.target is not None and id(node.target) in inside and id(node) not in inside:
            raise refused(
                Text(
                    "*{name} further down refers to what stands here",
                    "后文的 *{name} 引用了这里的内容",
                ),
                name=node.anchor,
            )


def proves(text: str, intended: Sequence[Shape]) -> bool:
    """Whether a text has the shape. Raises YamlInvalid if it has grown too large or too deep."""
    try:
        return [shape_of(root) for root in compose(text)] == intended
    except YamlInvalid as error:
        if error.code in ("yaml-too-large", "yaml-too-deep"):
            raise
        return False


def first_proven(texts: Iterable[str], intended: Sequence[Shape]) -> str:
    """The first text that has the intended shape; Invalid (edit-refused) where none has."""
    for text in texts:
        if proves(text, intended):
            return text
    raise refused()
