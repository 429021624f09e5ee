"""Reading: every scalar as it was typed, from the parser's events; bounded in size and depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
from textcrm.yamlfile.bounds import MAX_BYTES
from textcrm.yamlfile.failures import located, place
from textcrm.yamlfile.lines import read_lines
from textcrm.yamlfile.parsing import (
    MAX_DEPTH,
    MAX_NODES,
    SECOND_LOOK,
    check_size,
    events_of,
    new_parser,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def decode(data: bytes, *, file: str = "") -> str:
    """Decode a record file: UTF-8, a byte-order mark kept. Raises YamlInvalid (yaml-encoding)."""
    if len(data) > MAX_BYTES:
        raise too_large(file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _encoding(data, file, error.start) from error
    if "\0" in text[:2]:
        raise _encoding(data, file, 0)
    return text


def _encoding(data: bytes, file: str, start: int) -> YamlInvalid:
    """The error for bytes that are not UTF-8, with a guess of what they are."""
    return located(
        "yaml-encoding",
        Text(
            "the file is not UTF-8 (it looks like {encoding})",
            "文件不是 UTF-8 编码（看起来是 {encoding}）",
        ),
        file,
        data.count(b"\n", 0, start) + 1,
        start - data.rfind(b"\n", 0, start),
        Text("save it as UTF-8 in your editor", "请在编辑器中另存为 UTF-8"),
        encoding=_guess(data),
    )


def _guess(data: bytes) -> str | Text:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]:
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return Text("another encoding", "其他编码")
    return "GBK"


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
    """Read a document: mappings, lists, text; every scalar as typed, only an empty one is None.

    Tags are passed over (``!!int 3`` is "3"), ``<<`` is a name like any other, an alias is the
    value it refers to. ``file`` is named in errors. Raises YamlInvalid with a line and a column
    (DESIGN section 1).
    """
    text = decode(source, file=file) if isinstance(source, bytes) else source
    check_size(text, file)
    tree = read_lines(text)
    if tree is not None:
        return tree
    tree = _tree(text, file)
    half = _HALF.search(text)
    if half is None:
        return tree
    try:
        return _whole(tree)
    except UnicodeDecodeError as error:
        raise located(
            "yaml-half-character",
            Text("half a character is written here", "此处写的是残缺字符（半个代理对）"),
            file,
            *place(text, half.start()),
            Text(
                "write the character itself, or both halves: \\ud83d\\ude00",
                "请直接写出该字符，或写全两半：\\ud83d\\ude00",
            ),
        ) from error


def _tree(text: str, file: str) -> Any:
    try:
        return _parsed(text, file, pure=False)
    except (yaml.YAMLError, UnicodeError) as error:
        if len(text) <= SECOND_LOOK:
            try:
                return _parsed(text, file, pure=True)
            except (yaml.YAMLError, UnicodeError):
                pass
        from textcrm.yamlfile.complaints import explained

        raise explained(error, text, file) from error


# JSON writes a sign such as an emoji as two halves, which YAML's readers leave as they are.
_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def _whole(tree: Any) -> Any:
    """A tree with the halves of characters put together. Raises UnicodeDecodeError for one alone."""
    if isinstance(tree, str):
        return tree.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    if isinstance(tree, list):
        return [_whole(one) for one in tree]
    if isinstance(tree, dict):
        return {_whole(name): _whole(one) for name, one in tree.items()}
    return tree


def read_mapping(source: bytes | str, *, file: str = "") -> dict[str, Any]:
    """As :func:`read`; the document must be a mapping, else YamlInvalid (yaml-not-mapping)."""
    text = decode(source, file=file) if isinstance(source, bytes) else source
    tree = read(text, file=file)
    if isinstance(tree, dict):
        return tree
    from textcrm.yamlfile.complaints import merge_marker

    raise merge_marker(text, file) or located(
        "yaml-not-mapping",
        Text("there are no “name: value” lines", "文件中没有“字段: 值”的内容"),
        file,
        1,
        1,
        Text("write one field a line: name: value", "每行写一个字段：字段: 值"),
    )


def _parsed(text: str, file: str, *, pure: bool) -> Any:
    parser = new_parser(text.removeprefix("\ufeff"), pure=pure)
    try:
        return _Reader(events_of(parser, text, file), text, file).document()
    finally:
        parser.dispose()


class _Reader:
    """Builds the tree from events; depth and size are counted before anything is built."""

    def __init__(self, following: Callable[[], Any], text: str, file: str) -> None:
        self._next = following
        self._text = text
        self._file = file
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._nodes = 0
        self._unfolded = 0

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
        from textcrm.yamlfile.complaints import merge_marker

        index = event.start_mark.index + self._text.startswith("\ufeff")
        line, column = place(self._text, index)
        marker = merge_marker(self._text, self._file, near=line)
        return marker or located(code, message, self._file, line, column, hint, **data)

    def _node(self, event: Any, depth: int) -> Any:
        kind = event.__class__
        if kind is ScalarEvent:
            value = event.value
            self._nodes += 1
            if event.anchor is not None:
                return self._keep(event.anchor, None if not value and not event.style else value)
            return None if not value and not event.style else value
        if kind is AliasEvent:
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._fail(
                "yaml-too-deep",
                Text("nested more than 100 levels deep", "嵌套超过 100 层"),
                event,
                Text("take some levels out", "请减少层级"),
            )
        before = self._nodes
        name = event.anchor
        if name is not None:
            self._anchors[name] = _OPEN
        result = self._mapping(depth) if kind is MappingStartEvent else self._sequence(depth)
        self._nodes += 1
        return result if name is None else self._keep(name, result, self._nodes - before)

    def _keep(self, name: str, value: Any, size: int = 1) -> Any:
        self._anchors[name] = value
        self._sizes[name] = size
        return value

    def _alias(self, event: Any) -> Any:
        name = event.anchor
        value = self._anchors.get(name, _UNKNOWN)
        if value is _UNKNOWN:
            raise self._fail(
                "yaml-alias",
                Text("*{name} refers to nothing above it", "*{name} 在前文中没有定义"),
                event,
                Text("quote a value that starts with *", "以 * 开头的值请加引号"),
                name=name,
            )
        if value is _OPEN:
            raise self._fail(
                "yaml-alias",
                Text("*{name} contains itself", "*{name} 包含自身"),
                event,
                Text("write the values out", "请直接写出内容"),
                name=name,
            )
        self._nodes += self._sizes[name]
        self._unfolded += self._sizes[name]
        if self._unfolded > MAX_NODES:
            raise self._fail(
                "yaml-alias",
                Text("the references (*) unfold to too much", "引用（*）展开后内容过多"),
                event,
                Text("write the values out", "请直接写出内容"),
            )
        return value

    def _key(self, event: Any) -> str:
        if event.__class__ is AliasEvent:
            target = self._alias(event)
            if isinstance(target, str):
                return target
        elif event.__class__ is ScalarEvent:
            if event.anchor is not None:
                self._keep(event.anchor, event.value)
            return str(event.value)
        raise self._fail(
            "yaml-key",
            Text("a name must be plain text", "字段名必须是普通文本"),
            event,
            Text(
                "quote the value if it starts with [, {{ or *",
                "如果值以 [、{{ 或 * 开头，请加引号",
            ),
        )

    def _mapping(self, depth: int) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        following = self._next
        while True:
            event = following()
            kind = event.__class__
            if kind is MappingEndEvent:
                self._nodes += len(tree)
                return tree
            key = event.value if kind is ScalarEvent and event.anchor is None else self._key(event)
            if key in tree:
                raise self._twice(event, key)
            inner = following()
            if inner.__class__ is ScalarEvent and inner.anchor is None:
                value = inner.value
                tree[key] = None if not value and not inner.style else value
            else:
                tree[key] = self._node(inner, depth + 1)

    def _twice(self, event: Any, key: str) -> YamlInvalid:
        return self._fail(
            "yaml-duplicate-key",
            Text("“{key}” stands here a second time", "字段“{key}”重复出现"),
            event,
            Text("keep one of the two", "请只保留其中一个"),
            key=key,
        )

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return items
            items.append(self._node(event, depth + 1))


_OPEN: Any = object()
_UNKNOWN: Any = object()
