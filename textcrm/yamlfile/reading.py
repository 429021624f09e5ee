"""Reading: every scalar as it was typed, from the parser's events; bounded in size and depth."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from textcrm.errors import Invalid, YamlInvalid
from textcrm.text import Text
from textcrm.yamlfile.failures import explained, located

MAX_BYTES = 5 * 1024 * 1024


MAX_DEPTH = 100


MAX_NODES = 200_000


def new_parser(text: str) -> Any:
    try:
        from yaml._yaml import CParser

        return CParser(text)
    except ImportError:
        return yaml.SafeLoader(text)


def decode(data: bytes, *, file: str = "") -> str:
    """Decode a record file: UTF-8, a byte-order mark kept. Raises YamlInvalid."""
    if len(data) > MAX_BYTES:
        raise located(
            "yaml-too-large",
            Text("the file is larger than 5 MB", "文件超过 5 MB"),
            file,
            1,
            1,
            Text("keep large texts as attachments", "大段内容请作为附件保存"),
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise located(
            "yaml-encoding",
            Text("the file is not UTF-8", "文件不是 UTF-8 编码"),
            file,
            line,
            column,
            Text("save it as UTF-8 in your editor", "请在编辑器中另存为 UTF-8"),
        ) from error


def encode(text: str) -> bytes:
    """The bytes of a text. Raises Invalid (text-not-storable) for lone surrogates."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid(
            "text-not-storable",
            Text(
                "the text holds half a character and cannot be stored",
                "文本含有残缺字符，无法保存",
            ),
        ) from error


def read(source: bytes | str, *, file: str = "") -> Any:
    """Read a document: every scalar as typed, an empty one None. Raises YamlInvalid."""
    text = decode(source, file=file) if isinstance(source, bytes) else source
    if len(text) > MAX_BYTES:
        raise located(
            "yaml-too-large", Text("the text is larger than 5 MB", "文本超过 5 MB"), file, 1, 1
        )
    parser = None
    try:
        parser = new_parser(text.removeprefix("\ufeff"))
        return _Reader(parser, file).document()
    except yaml.YAMLError as error:
        raise explained(error, text, file) from error
    except RecursionError as error:
        raise located(
            "yaml-too-deep", Text("nested too deeply", "嵌套过深"), file, 1, 1
        ) from error
    finally:
        if parser is not None:
            parser.dispose()


def read_mapping(source: bytes | str, *, file: str = "") -> dict[str, Any]:
    """As :func:`read`; the document must be a mapping."""
    tree = read(source, file=file)
    if not isinstance(tree, dict):
        raise located(
            "yaml-not-mapping",
            Text("there are no “name: value” lines", "文件中没有“字段: 值”的内容"),
            file,
            1,
            1,
        )
    return tree


class _Reader:
    def __init__(self, parser: Any, file: str) -> None:
        self._next = parser.get_event
        self._file = file
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[int, int] = {}
        self._nodes = 0

    def document(self) -> Any:
        self._next()
        event = self._next()
        if event.__class__ is StreamEndEvent:
            return None
        tree = self._node(self._next(), 1)
        self._next()
        event = self._next()
        if event.__class__ is not StreamEndEvent:
            raise self._fail(
                "yaml-several-documents",
                Text("a second document starts here", "这里开始了第二个文档"),
                event,
                Text(
                    "keep one customer in one file; take out the line ---",
                    "一个文件只放一位客户，请删除 --- 行",
                ),
            )
        return tree

    def _fail(
        self, code: str, message: Text, event: Any, hint: Text | None = None, **data: Any
    ) -> YamlInvalid:
        mark = event.start_mark
        return located(code, message, self._file, mark.line + 1, mark.column + 1, hint, **data)

    def _node(self, event: Any, depth: int) -> Any:
        kind = event.__class__
        if kind is ScalarEvent:
            value = event.value
            self._nodes += 1
            result: Any = None if not value and not event.style else value
        elif kind is AliasEvent:
            return self._alias(event)
        else:
            if depth > MAX_DEPTH:
                raise self._fail(
                    "yaml-too-deep",
                    Text("nested more than 100 levels deep", "嵌套超过 100 层"),
                    event,
                )
            start = self._nodes
            if event.anchor is not None:
                self._anchors[event.anchor] = _OPEN
            result = self._mapping(depth) if kind is MappingStartEvent else self._sequence(depth)
            self._nodes += 1
            if event.anchor is not None:
                self._sizes[id(result)] = self._nodes - start
        if event.anchor is not None:
            self._anchors[event.anchor] = result
        return result

    def _alias(self, event: Any) -> Any:
        name = event.anchor
        if name not in self._anchors:
            raise self._fail(
                "yaml-alias",
                Text("*{name} refers to nothing above it", "*{name} 在前文中没有定义"),
                event,
                name=name,
            )
        value = self._anchors[name]
        if value is _OPEN:
            raise self._fail(
                "yaml-alias", Text("*{name} contains itself", "*{name} 包含自身"), event, name=name
            )
        self._nodes += self._sizes.get(id(value), 1)
        if self._nodes > MAX_NODES:
            raise self._fail(
                "yaml-alias",
                Text("the references unfold to too much", "引用展开后内容过多"),
                event,
            )
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        following = self._next
        while True:
            event = following()
            if event.__class__ is MappingEndEvent:
                return tree
            if event.__class__ is not ScalarEvent:
                raise self._fail(
                    "yaml-key",
                    Text("a name must be plain text", "字段名必须是普通文本"),
                    event,
                    Text(
                        "quote the value if it starts with [, {{ or *",
                        "如果值以 [、{{ 或 * 开头，请加引号",
                    ),
                )
            key = event.value
            if key in tree:
                raise self._fail(
                    "yaml-duplicate-key",
                    Text("“{key}” stands here a second time", "字段“{key}”重复出现"),
                    event,
                    Text("keep one of the two", "请只保留其中一个"),
                    key=key,
                )
            if event.anchor is not None:
                self._anchors[event.anchor] = key
            inner = following()
            if inner.__class__ is ScalarEvent and inner.anchor is None:
                value = inner.value
                self._nodes += 1
                tree[key] = None if not value and not inner.style else value
            else:
                tree[key] = self._node(inner, depth + 1)

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return items
            items.append(self._node(event, depth + 1))


_OPEN: Any = object()
