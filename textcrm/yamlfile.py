"""YAML files: reading every scalar as typed, and careful edits that keep all other bytes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent, DocumentEndEvent, DocumentStartEvent, MappingEndEvent, MappingStartEvent,
    ScalarEvent, SequenceEndEvent, SequenceStartEvent, StreamEndEvent, StreamStartEvent,
)

from textcrm.errors import Invalid, YamlInvalid
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 200_000

Path = "tuple[str | int, ...]"


def _parser(text: str) -> Any:
    try:
        from yaml._yaml import CParser
        return CParser(text)
    except ImportError:
        return yaml.SafeLoader(text)


def _error(code: str, message: Text, file: str, line: int, column: int, hint: Text | None = None, **data: Any) -> YamlInvalid:
    return YamlInvalid(
        code,
        Text("{file}:{line}:{column}: " + message.en, "{file}:{line}:{column}：" + message.zh),
        hint=hint, file=file or "-", line=line, column=column, **data,
    )


def decode(data: bytes, *, file: str = "") -> str:
    """Decode a record file: UTF-8, a byte-order mark kept. Raises YamlInvalid."""
    if len(data) > MAX_BYTES:
        raise _error("yaml-too-large", Text("the file is larger than 5 MB", "文件超过 5 MB"), file, 1, 1,
                     Text("keep large texts as attachments", "大段内容请作为附件保存"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise _error("yaml-encoding", Text("the file is not UTF-8", "文件不是 UTF-8 编码"), file, line, column,
                     Text("save it as UTF-8 in your editor", "请在编辑器中另存为 UTF-8")) from error


def encode(text: str) -> bytes:
    """The bytes of a text. Raises Invalid (text-not-storable) for lone surrogates."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid("text-not-storable", Text("the text holds half a character and cannot be stored", "文本含有残缺字符，无法保存")) from error


def read(source: bytes | str, *, file: str = "") -> Any:
    """Read a document: every scalar as typed, an empty one None. Raises YamlInvalid."""
    text = decode(source, file=file) if isinstance(source, bytes) else source
    if len(text) > MAX_BYTES:
        raise _error("yaml-too-large", Text("the text is larger than 5 MB", "文本超过 5 MB"), file, 1, 1)
    parser = None
    try:
        parser = _parser(text[1:] if text.startswith("\ufeff") else text)
        return _Reader(parser, file).document()
    except yaml.YAMLError as error:
        raise _explained(error, text, file) from error
    except RecursionError as error:
        raise _error("yaml-too-deep", Text("nested too deeply", "嵌套过深"), file, 1, 1) from error
    finally:
        if parser is not None:
            parser.dispose()


def read_mapping(source: bytes | str, *, file: str = "") -> dict[str, Any]:
    """As :func:`read`; the document must be a mapping."""
    tree = read(source, file=file)
    if not isinstance(tree, dict):
        raise _error("yaml-not-mapping", Text("there are no “name: value” lines", "文件中没有“字段: 值”的内容"), file, 1, 1)
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
            raise self._fail("yaml-several-documents", Text("a second document starts here", "这里开始了第二个文档"), event,
                             Text("keep one customer in one file; take out the line ---", "一个文件只放一位客户，请删除 --- 行"))
        return tree

    def _fail(self, code: str, message: Text, event: Any, hint: Text | None = None, **data: Any) -> YamlInvalid:
        mark = event.start_mark
        return _error(code, message, self._file, mark.line + 1, mark.column + 1, hint, **data)

    def _node(self, event: Any, depth: int) -> Any:
        kind = event.__class__
        if kind is ScalarEvent:
            value = event.value
            self._nodes += 1
            result: Any = None if not value and event.style is None else value
        elif kind is AliasEvent:
            return self._alias(event)
        else:
            if depth > MAX_DEPTH:
                raise self._fail("yaml-too-deep", Text("nested more than 100 levels deep", "嵌套超过 100 层"), event)
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
            raise self._fail("yaml-alias", Text("*{name} refers to nothing above it", "*{name} 在前文中没有定义"), event, name=name)
        value = self._anchors[name]
        if value is _OPEN:
            raise self._fail("yaml-alias", Text("*{name} contains itself", "*{name} 包含自身"), event, name=name)
        self._nodes += self._sizes.get(id(value), 1)
        if self._nodes > MAX_NODES:
            raise self._fail("yaml-alias", Text("the references unfold to too much", "引用展开后内容过多"), event)
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        following = self._next
        while True:
            event = following()
            if event.__class__ is MappingEndEvent:
                return tree
            if event.__class__ is not ScalarEvent:
                raise self._fail("yaml-key", Text("a name must be plain text", "字段名必须是普通文本"), event,
                                 Text("quote the value if it starts with [, {{ or *", "如果值以 [、{{ 或 * 开头，请加引号"))
            key = event.value
            if key in tree:
                raise self._fail("yaml-duplicate-key", Text("“{key}” stands here a second time", "字段“{key}”重复出现"), event,
                                 Text("keep one of the two", "请只保留其中一个"), key=key)
            if event.anchor is not None:
                self._anchors[event.anchor] = key
            inner = following()
            if inner.__class__ is ScalarEvent and inner.anchor is None:
                value = inner.value
                self._nodes += 1
                tree[key] = None if not value and inner.style is None else value
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
_MARKER = re.compile(r"^(<<<<<<< |=======$|>>>>>>> )", re.MULTILINE)


def _explained(error: yaml.YAMLError, text: str, file: str) -> YamlInvalid:
    """Put a parser's error into our words, at its place."""
    marker = _MARKER.search(text)
    if marker and _MARKER.findall(text).count("=======") + len(_MARKER.findall(text)) >= 3:
        line = text.count("\n", 0, marker.start()) + 1
        return _error("yaml-merge-marker", Text("a merge conflict is not resolved here", "此处有未解决的合并冲突"), file, line, 1,
                      Text("keep one side and take out the lines <<<<<<<, =======, >>>>>>>", "保留一方内容，删除 <<<<<<<、=======、>>>>>>> 各行"))
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else _place(error, text)
    problem = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    context_mark = getattr(error, "context_mark", None)
    if isinstance(error, yaml.reader.ReaderError) or "control characters" in problem or "unacceptable character" in problem:
        return _error("yaml-control", Text("a control character stands here", "此处有控制字符"), file, *_place(error, text),
                      Text("delete it, or write it in double quotes as \\x..", "请删除，或在双引号中写成 \\x.. 形式"))
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or ("cannot start any token" in problem and "\t" in here):
        return _error("yaml-tab", Text("a tab stands where spaces should", "缩进处使用了制表符"), file, line, here.index("\t") + 1,
                      Text("indent with spaces", "请用空格缩进"))
    if "quoted scalar" in context or "quoted scalar" in problem:
        begin = context_mark or mark
        return _error("yaml-unclosed", Text("the quote opened here is never closed", "此处的引号没有闭合"), file,
                      begin.line + 1 if begin else line, begin.column + 1 if begin else column,
                      Text("close it, or double a quote inside: ''", "请补上引号；单引号内的引号要写两遍"))
    if "flow" in context:
        begin = context_mark or mark
        return _error("yaml-unclosed", Text("the bracket opened here is never closed", "此处的括号没有闭合"), file,
                      begin.line + 1 if begin else line, begin.column + 1 if begin else column)
    if "mapping values are not allowed" in problem:
        return _error("yaml-indent", Text("a “:” that does not belong here", "此处的“:”位置不对"), file, line, column,
                      Text("mend the indentation, or quote the value", "请检查缩进，或给值加引号"))
    if "expected <block end>" in problem or "could not find expected ':'" in problem or "indent" in problem:
        return _error("yaml-indent", Text("the indentation does not fit, or a “:” is missing", "缩进不对，或缺少“:”"), file, line, column,
                      Text("line the names up with those above; two spaces a level", "请与上面的字段对齐，每层两个空格"))
    return _error("yaml-syntax", Text("this is not YAML: {problem}", "不符合 YAML 语法：{problem}"), file, line, column,
                  Text("quote the value if it holds special signs", "如果值中有特殊符号，请加引号"), problem=problem)


def _place(error: Any, text: str) -> tuple[int, int]:
    position = getattr(error, "position", None)
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", text)
    if bad:
        position = bad.start()
    if not isinstance(position, int):
        return 1, 1
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


# -- places


class Span:
    """A node of the text with its place: offsets of start and end, its children."""

    __slots__ = ("anchor", "children", "column", "end", "flow", "key", "kind", "line", "start", "style", "value")

    def __init__(self, kind: str, event: Any) -> None:
        self.kind = kind
        self.line = event.start_mark.line
        self.column = event.start_mark.column
        self.start = event.start_mark.index
        self.end = event.end_mark.index
        self.style = getattr(event, "style", None)
        self.flow = bool(getattr(event, "flow_style", False))
        self.value = getattr(event, "value", None)
        self.anchor = getattr(event, "anchor", None)
        self.children: list[tuple[Span, Span]] = []
        self.key: Span | None = None


def _compose(text: str) -> Span | None:
    """The tree of places of a text that reads well."""
    offset = 1 if text.startswith("\ufeff") else 0
    parser = _parser(text[offset:])
    try:
        return _Composer(parser, offset).document()
    except yaml.YAMLError as error:
        raise _explained(error, text, "") from error
    finally:
        parser.dispose()


class _Composer:
    def __init__(self, parser: Any, offset: int) -> None:
        self._next = parser.get_event
        self._offset = offset
        self._anchored: dict[str, str] = {}

    def document(self) -> Span | None:
        while True:
            event = self._next()
            if event.__class__ is StreamEndEvent:
                return None
            if event.__class__ in (StreamStartEvent, DocumentStartEvent, DocumentEndEvent):
                continue
            return self._node(event, 0)

    def _node(self, event: Any, depth: int) -> Span:
        kind = event.__class__
        span = Span({ScalarEvent: "scalar", AliasEvent: "alias", MappingStartEvent: "map", SequenceStartEvent: "seq"}[kind], event)
        span.start += self._offset
        span.end += self._offset
        if kind is AliasEvent:
            span.value = self._anchored.get(event.anchor)
        elif kind is ScalarEvent and event.anchor:
            self._anchored[event.anchor] = event.value
        if depth > MAX_DEPTH * 2:
            raise Invalid("edit-refused", Text("nested too deeply", "嵌套过深"))
        if kind is MappingStartEvent:
            while (key := self._next()).__class__ is not MappingEndEvent:
                one = self._node(key, depth + 1)
                span.children.append((one, self._node(self._next(), depth + 1)))
            span.end = key.end_mark.index + self._offset
        elif kind is SequenceStartEvent:
            while (item := self._next()).__class__ is not SequenceEndEvent:
                one = self._node(item, depth + 1)
                span.children.append((one, one))
            span.end = item.end_mark.index + self._offset
        return span


class Positions:
    """Where each value of a text stands."""

    def __init__(self, root: Span | None) -> None:
        self._root = root

    def value(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the value; of the nearest mapping above where it is missing."""
        span, _key, whole = self._walk(path)
        if span is None:
            return 1, 1
        if not whole and span.kind == "map" and span.children:
            span = span.children[0][0]
        return span.line + 1, span.column + 1

    def key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the key of the value."""
        span, key, whole = self._walk(path)
        chosen = key if whole and key is not None else span
        return (chosen.line + 1, chosen.column + 1) if chosen is not None else (1, 1)

    def _walk(self, path: Sequence[str | int]) -> tuple[Span | None, Span | None, bool]:
        span, key = self._root, None
        for step in path:
            found = _child(span, step) if span is not None else None
            if found is None:
                return span, key, False
            key, span = found
        return span, key, True


def positions(source: bytes | str) -> Positions:
    """Places of the values of a text that reads well; everything at 1:1 for one that does not."""
    try:
        text = decode(source) if isinstance(source, bytes) else source
        return Positions(_compose(text))
    except (yaml.YAMLError, Invalid):
        return Positions(None)


def _child(span: Span, step: str | int) -> tuple[Span, Span] | None:
    if span.kind == "seq" and isinstance(step, int):
        return span.children[step] if 0 <= step < len(span.children) else None
    if span.kind == "map":
        for key, value in span.children:
            if key.value == step:
                return key, value
    return None


# -- scalars as text

_AMBIGUOUS = re.compile(
    r"""(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N
    |[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+)
    |[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    |[-+]?(?:\.[0-9]|[0-9])[0-9_,]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    |=|<<)\Z""", re.VERBOSE)
_LEADING = set("-?:,[]{}#&*!|>'\"%@` \t")
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]|\r")


def _plain_ok(value: str, *, flow: bool) -> bool:
    """Whether a text may stand without quotes and be read back as itself."""
    if not value or value != value.strip() or "\n" in value or _SPECIAL.search(value) or "\t" in value:
        return False
    first = value[0]
    if first in _LEADING and not (first in "-?:" and len(value) > 1 and value[1] not in " \t" and not (flow and value[1] in ",[]{}")):
        return False
    if ": " in value or " #" in value or value.endswith(":") or value.startswith(("---", "...")):
        return False
    return not (flow and (any(char in value for char in ",[]{}") or ":" in value))


def _single(value: str) -> str | None:
    if "\n" in value or _SPECIAL.search(value):
        return None
    return "'" + value.replace("'", "''") + "'"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\xa0": "\\_"}


def _double(value: str) -> str:
    out = []
    for char in value:
        code = ord(char)
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif 0xD800 <= code <= 0xDFFF:
            raise Invalid("text-not-storable", Text("the text holds half a character and cannot be stored", "文本含有残缺字符，无法保存"))
        elif code < 0x20 or 0x7F <= code < 0xA0:
            out.append(f"\\x{code:02x}")
        elif code in (0xFEFF, 0xFFFE, 0xFFFF):
            out.append(f"\\u{code:04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _typed_text(value: Any) -> str | None:
    """The text of a value that is no string; None for a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return None


def _fresh(value: Any, *, flow: bool = False) -> str:
    """A new scalar, quoted wherever another reader would misread it."""
    typed = _typed_text(value)
    if typed is not None:
        return typed
    text = str(value)
    if _plain_ok(text, flow=flow) and not _AMBIGUOUS.match(text):
        return text
    return _single(text) or _double(text)


def _restyled(value: Any, style: str | None, *, flow: bool, key: bool = False) -> str:
    """A scalar that takes the place of another, in its style where that holds the value."""
    typed = _typed_text(value)
    text = str(value) if typed is None else typed
    if style in (None, "") and (_plain_ok(text, flow=flow) or (typed == "" and not key)):
        return text
    if style == '"':
        return _double(text)
    if style == "'":
        return _single(text) or _double(text)
    if typed is not None and typed:
        return typed
    return _single(text) or _double(text)


# -- edits


def set_scalar(text: str, path: Sequence[str | int], value: Any, *, key_order: Sequence[str] | None = None) -> str:
    """Replace the scalar at a path, or make it; all other bytes stay. Raises Invalid."""
    steps = tuple(path)
    span = _find(text, steps)
    if span is None or span.kind in ("map", "seq"):
        return set_value(text, steps, value, key_order=key_order)
    flow = _inside_flow(text, steps)
    if span.kind == "alias":
        new = _splice(text, span.start, span.end, _restyled(value, None, flow=flow))
    elif span.style in ("|", ">"):
        new = _replace_block(text, span, value, steps)
    else:
        start = _after_anchor(text, span)
        replaced = _restyled(value, None if span.style in (None, "") else span.style, flow=flow)
        if start == span.end and span.start == span.end:
            return _fill_empty(text, span, steps, replaced, value)
        new = _splice(text, start, span.end, replaced)
    return _one_scalar(text, new, span, value)


def _fill_empty(text: str, span: Span, steps: tuple[Any, ...], replaced: str, value: Any) -> str:
    """A value where nothing stood after ``key:`` or ``-``."""
    if not replaced:
        return text
    found = _parent_and_key(text, steps)
    key = found[1] if found is not None else None
    tries: list[tuple[int, str]] = []
    colon = re.compile(r"\s*:").match(text, key.end) if key is not None else None
    if colon is not None:
        tries.append((colon.end(), replaced))
    for place in dict.fromkeys((span.start, key.end if key is not None else span.start)):
        tries += [(place, replaced), (place, ": " + replaced)]
        if found is not None and found[0].kind == "map":
            tries.append((place, _newline(text) + " " * found[0].column + ": " + replaced))
    for place, piece in tries:
        for before in ("", " "):
            if before == "" and place and text[place - 1] not in " \n" and not piece.startswith("\n"):
                continue
            try:
                return _one_scalar(text, _splice(text, place, place, before + piece), span, value)
            except Invalid:
                continue
    raise _refused()


def _after_anchor(text: str, span: Span) -> int:
    """Where a scalar's own text starts, behind its anchor and tag."""
    match = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+|$))*").match(text, span.start, span.end)
    return match.end() if match else span.start


def _find(text: str, steps: Sequence[Any]) -> Span | None:
    span = _compose(text)
    for step in steps:
        found = _child(span, step) if span is not None else None
        if found is None:
            return None
        span = found[1]
    return span


def _parent_and_key(text: str, steps: Sequence[Any]) -> tuple[Span, Span | None] | None:
    parent = _find(text, steps[:-1])
    if parent is None:
        return None
    found = _child(parent, steps[-1])
    if found is None:
        return None
    return parent, (found[0] if parent.kind == "map" else None)


def _inside_flow(text: str, steps: Sequence[Any]) -> bool:
    span = _compose(text)
    for step in steps:
        if span is None:
            return False
        if span.flow:
            return True
        found = _child(span, step)
        span = found[1] if found else None
    return False


def _splice(text: str, start: int, end: int, piece: str) -> str:
    return text[:start] + piece + text[end:]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _replace_block(text: str, span: Span, value: Any, steps: tuple[Any, ...]) -> str:
    """A block scalar keeps being one where the value has lines, else it becomes quoted."""
    end = span.end
    own = text[span.start : end]
    eol = _newline(text)
    body = str(value) if _typed_text(value) is None else _typed_text(value) or ""
    indent = _block_indent(own)
    tail = "" if end >= len(text) and not own.endswith("\n") else eol
    if "\n" in body and span.style == "|" and indent and _blockable(body):
        piece = _literal(body, indent).replace("\n", eol)
        return _splice(text, span.start, end, piece + tail)
    return _splice(text, span.start, end, _restyled(body, None, flow=False) + tail)


def _block_indent(own: str) -> int:
    for line in own.split("\n")[1:]:
        if line.strip():
            return len(line) - len(line.lstrip(" "))
    return 0


def _blockable(body: str) -> bool:
    lines = body.split("\n")
    return not _SPECIAL.search(body) and bool(body.strip()) and not lines[0].startswith((" ", "\t")) and bool(lines[0].strip())


def _literal(body: str, indent: int) -> str:
    """``|`` with the chomping that keeps the value's last newlines; no newline at its own end."""
    stripped = body.rstrip("\n")
    ending = len(body) - len(stripped)
    head = "|-" if ending == 0 else "|" if ending == 1 else "|+"
    pad = " " * indent
    lines = [pad + line if line else "" for line in stripped.split("\n")]
    return "\n".join([head, *lines, *([""] * (ending - 1 if ending > 1 else 0))])


def _one_scalar(old: str, new: str, span: Span, value: Any) -> str:
    """The new text must differ from the old in that one scalar and in nothing else.

    Compared by parser events, so that it holds for what our reader refuses as well (names that are
    no plain text, several documents), and for an anchored scalar, whose aliases follow it.
    """
    wanted = _raw(value) or ""
    before = _events(old)
    for place, event in enumerate(before):
        if event[0] == span.start and event[1] in ("scalar", "alias"):
            before[place] = (event[0], "scalar", wanted, event[3] if event[1] == "scalar" else None)
            break
    try:
        after = _events(new)
    except YamlInvalid as error:
        raise _refused() from error
    if [event[1:] for event in before] != [event[1:] for event in after]:
        raise _refused()
    return new


def _events(text: str) -> list[tuple[int, str, Any, Any]]:
    """The parser's events, as (offset, kind, value, anchor)."""
    offset = 1 if text.startswith("\ufeff") else 0
    parser = _parser(text[offset:])
    found: list[tuple[int, str, Any, Any]] = []
    try:
        while True:
            event = parser.get_event()
            kind = event.__class__
            if kind is StreamEndEvent:
                return found
            name = "scalar" if kind is ScalarEvent else "alias" if kind is AliasEvent else kind.__name__
            value = event.value if kind is ScalarEvent else None
            found.append((event.start_mark.index + offset, name, value, getattr(event, "anchor", None)))
    except yaml.YAMLError as error:
        raise _explained(error, text, "") from error
    finally:
        parser.dispose()


def _verified(old: str, new: str, steps: Sequence[Any], value: Any) -> str:
    """The new text must read as the old tree with just that value put in."""
    intended = _with(read(old), tuple(steps), _raw(value))
    return _same(new, intended)


def _same(new: str, intended: Any) -> str:
    try:
        got = read(new)
    except YamlInvalid as error:
        raise _refused() from error
    if got != intended:
        raise _refused()
    return new


def _refused() -> Invalid:
    return Invalid(
        "edit-refused",
        Text("this place of the file cannot be edited safely; nothing was changed", "无法安全修改文件的这个位置，未作任何改动"),
        hint=Text("edit the file by hand, then: textcrm save", "请手工编辑文件，再运行 textcrm save"),
    )


def _raw(value: Any) -> Any:
    """A typed tree as the reader gives it back."""
    if isinstance(value, dict):
        return {str(name): _raw(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_raw(inner) for inner in value]
    typed = _typed_text(value)
    return (typed or None) if typed is not None else value


def _with(tree: Any, steps: tuple[Any, ...], value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items = list(tree) if isinstance(tree, list) else []
        inner = _with(items[step] if step < len(items) else None, rest, value)
        if step < len(items):
            items[step] = inner
        else:
            items.append(inner)
        return items
    mapping = dict(tree) if isinstance(tree, dict) else {}
    mapping[step] = _with(mapping.get(step), rest, value)
    return mapping


def set_value(text: str, path: Sequence[str | int], value: Any, *, key_order: Sequence[str] | None = None) -> str:
    """Put any tree at a path, replacing what stands there, making what is missing on the way."""
    steps = tuple(path)
    depth = _depth(text, steps)
    if depth == len(steps):
        span = _find(text, steps)
        if span is not None and span.kind in ("scalar", "alias") and not isinstance(value, dict | list):
            return set_scalar(text, steps, value)
        return _replace_node(text, steps, value)
    for step in reversed(steps[depth + 1 :]):
        value = [value] if isinstance(step, int) else {step: value}
    parent, step = steps[:depth], steps[depth]
    span = _find(text, parent)
    if span is None or (span.kind == "scalar" and not span.value):
        return set_value(text, parent, [value] if isinstance(step, int) else {step: value}) if parent else _start(text, {step: value})
    if isinstance(step, int):
        return insert_item(text, parent, step, value)
    if span.kind != "map":
        raise _refused()
    new = _insert_key(text, span, str(step), value, key_order)
    return _verified(text, new, (*parent, step), value)


def _start(text: str, tree: dict[str, Any]) -> str:
    eol = _newline(text)
    body = dump(tree).replace("\n", eol)
    joint = "" if not text or text.endswith("\n") or text == "\ufeff" else eol
    return _same(text + joint + body, _raw(tree))


def _depth(text: str, steps: tuple[Any, ...]) -> int:
    span = _compose(text)
    for depth, step in enumerate(steps):
        found = _child(span, step) if span is not None else None
        if found is None:
            return depth
        span = found[1]
    return len(steps)


def _replace_node(text: str, steps: tuple[Any, ...], value: Any) -> str:
    if not steps:
        raise _refused()
    parent = _find(text, steps[:-1])
    assert parent is not None
    key, span = _child(parent, steps[-1]) or (parent, parent)
    if parent.flow or _inside_flow(text, steps):
        new = _splice(text, span.start, span.end, _flow(value))
        return _verified(text, new, steps, value)
    eol = _newline(text)
    indent = parent.column
    start = text.index(":", key.end) + 1 if parent.kind == "map" else text.rindex("-", 0, max(span.start, 1)) + 1
    end = _content_end(text, span, start)
    piece = _value_text(value, indent, _list_step(text)).rstrip("\n").replace("\n", eol)
    tail = text[end:]
    if end and text[end - 1] == "\n" and tail:
        piece += eol
    return _verified(text, text[:start] + piece + tail, steps, value)


def _content_end(text: str, span: Span, start: int) -> int:
    """The end of a node's own text: after its last line's content, before what follows."""
    end = max(_last(span), start)
    if span.kind == "scalar" and span.style in ("|", ">"):
        while end > start and text[end - 1] in "\r\n":
            end -= 1
    return end


def _last(span: Span) -> int:
    """The offset where the last scalar inside a node ends (a block's end mark lies further on)."""
    if span.kind in ("map", "seq") and not span.flow and span.children:
        return max(_last(child) if child.end > child.start or child.kind != "scalar" else max(child.end, key.end + 1)
                   for key, child in span.children[-1:])
    return span.end


def _value_text(value: Any, indent: int, list_step: int) -> str:
    """What stands after ``key:`` or ``-`` for a value, with its leading space or newline."""
    if isinstance(value, dict | list) and value:
        if isinstance(value, list):
            return "\n" + _block(value, indent + list_step)
        return "\n" + _block(value, indent + 2)
    return _inline(value, indent)


def _inline(value: Any, indent: int) -> str:
    if isinstance(value, dict):
        return " {}"
    if isinstance(value, list):
        return " []"
    if isinstance(value, str) and "\n" in value and _blockable(value):
        return " " + _literal(value, indent + 2)
    piece = _fresh(value)
    return " " + piece if piece else ""


def _block(tree: Any, indent: int) -> str:
    pad = " " * indent
    lines: list[str] = []
    if isinstance(tree, dict):
        for name, value in tree.items():
            lines.append(f"{pad}{_key(str(name))}:{_value_text(value, indent, 2)}")
    else:
        for item in tree:
            lines.append(pad + "-" + _item_text(item, indent))
    return "\n".join(lines)


def _item_text(item: Any, indent: int) -> str:
    """What stands after the dash of an item."""
    if isinstance(item, dict | list) and item:
        return " " + _block(item, indent + 2)[indent + 2 :]
    return _inline(item, indent)


def _key(name: str) -> str:
    if _plain_ok(name, flow=False) and not _AMBIGUOUS.match(name) and len(name) < 100:
        return name
    single = _single(name)
    return single if single is not None else _double(name)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_fresh(str(n), flow=True)}: {_flow(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    piece = _fresh(value, flow=True)
    return piece or "''" if isinstance(value, str) else piece or "null"


def _list_step(text: str) -> int:
    """How far lists are indented under their keys in this text: 0 or 2."""
    match = re.search(r"^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\r?\n(?:[ ]*(?:#[^\n]*)?\r?\n)*( *)- ", text, re.MULTILINE)
    return 0 if match and len(match[1]) == len(match[2]) else 2


def _insert_key(text: str, span: Span, name: str, value: Any, key_order: Sequence[str] | None) -> str:
    """Add a key to a mapping: after the last of those that the order puts before it."""
    if span.flow:
        return _insert_flow(text, span, f"{_fresh(name, flow=True)}: {_flow(value)}", len(span.children))
    place = _place_for(span, name, key_order)
    eol = _newline(text)
    line = (_key(name) + ":" + _value_text(value, span.column, _list_step(text))).replace("\n", eol)
    if place == 0:
        first = span.children[0][0]
        return _splice(text, first.start, first.start, line + eol + " " * span.column)
    key, previous = span.children[place - 1]
    end = _line_end(text, previous, key)
    joint = "" if end and text[end - 1] == "\n" else eol
    return _splice(text, end, end, joint + " " * span.column + line + (eol if not joint else "" if end >= len(text) else eol))


def _place_for(span: Span, name: str, key_order: Sequence[str] | None) -> int:
    names = [key.value for key, _ in span.children]
    if not key_order or name not in key_order:
        return len(names)
    before = set(key_order[: list(key_order).index(name)])
    places = [place for place, one in enumerate(names, 1) if one in before]
    return max(places, default=0)


def _line_end(text: str, span: Span, key: Span | None = None) -> int:
    """The offset behind the line on which a node ends (with its comment and line break)."""
    end = _last(span)
    if span.kind == "scalar" and span.start == span.end and key is not None:
        end = max(text.find(":", key.end) + 1, key.end) if key is not span else end
    if end and text[end - 1] == "\n" and end > span.start:
        if span.kind == "scalar" and span.style not in ("|", ">"):
            return end
        trimmed = end
        while trimmed > 1 and text[trimmed - 1] == "\n" and text[:trimmed - 1].rstrip(" \r").endswith("\n") and not _keeps(text, span):
            trimmed = text.rfind("\n", 0, trimmed - 1) + 1
        return trimmed
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def _keeps(text: str, span: Span) -> bool:
    last = span
    while last.children:
        last = last.children[-1][1]
    head = text[last.start : text.find("\n", last.start)] if last.kind == "scalar" else ""
    return "+" in head[:4]


def _insert_flow(text: str, span: Span, piece: str, index: int) -> str:
    if not span.children:
        return _splice(text, span.start + (text[span.start : span.end].index("[") if span.kind == "seq" else text[span.start : span.end].index("{")) + 1, span.end - 1, piece)
    if index >= len(span.children):
        end = span.children[-1][1].end
        if span.children[-1][1].start == end:
            end = max(end, span.children[-1][0].end)
        return _splice(text, end, end, ", " + piece)
    start = span.children[index][0].start
    return _splice(text, start, start, piece + ", ")


def append_item(text: str, path: Sequence[str | int], value: Any) -> str:
    """Add an item at the end of a list: block, flow, empty or missing."""
    span = _find(text, tuple(path))
    count = len(span.children) if span is not None and span.kind == "seq" else 0
    return insert_item(text, path, count, value)


def insert_item(text: str, path: Sequence[str | int], index: int, value: Any) -> str:
    """Put an item into a list before the one at ``index``."""
    steps = tuple(path)
    span = _find(text, steps)
    if span is None or span.kind != "seq":
        if span is not None and not (span.kind == "scalar" and not span.value and span.style in (None, "")):
            raise _refused()
        return set_value(text, steps, [value])
    intended = read(text)
    items = list(_at(intended, steps))
    items.insert(index, _raw(value))
    intended = _with(intended, steps, items)
    if span.flow:
        if not span.children and isinstance(value, dict | list) and not _inside_flow(text, steps):
            return _same(_replace_node(text, steps, [value]), intended)
        return _same(_insert_flow(text, span, _flow(value), index), intended)
    eol = _newline(text)
    pad = " " * span.column
    piece = ("-" + _item_text(value, span.column)).replace("\n", eol)
    if index < len(span.children):
        target = span.children[index][0]
        start = text.rindex("-", 0, max(target.start, 1)) if target.start > target.end - 1 or text[target.start] != "-" else target.start
        start = _dash(text, span, index)
        return _same(_splice(text, start, start, piece + eol + pad), intended)
    end = _line_end(text, span.children[-1][1])
    joint = "" if end and text[end - 1] == "\n" else eol
    after = eol if not joint else ""
    return _same(_splice(text, end, end, joint + pad + piece + after), intended)


def _at(tree: Any, steps: Sequence[Any]) -> Any:
    for step in steps:
        tree = tree[step]
    return tree


def _dash(text: str, span: Span, index: int) -> int:
    """The offset of the dash of an item of a block list."""
    if index == 0:
        return span.start if text[span.start] == "-" else text.index("-", span.start)
    start = _line_end(text, span.children[index - 1][1])
    match = re.compile(r"(?:[ ]*(?:#[^\n]*)?\r?\n)*[ ]*-").match(text, start)
    if match is None:
        raise _refused()
    return match.end() - 1


def delete(text: str, path: Sequence[str | int]) -> str:
    """Take out a key or item, with its own comment: on its line, and directly above at its indent."""
    steps = tuple(path)
    parent = _find(text, steps[:-1])
    found = _child(parent, steps[-1]) if parent is not None else None
    if parent is None or found is None:
        return text
    key, span = found
    intended = _without(read(text), steps)
    if parent.flow:
        return _same(_delete_flow(text, parent, steps[-1]), intended)
    if len(parent.children) == 1:
        if len(steps) == 1:
            raise _refused()
        empty: Any = [] if parent.kind == "seq" else {}
        return _same(_emptied(text, steps[:-1], empty), intended)
    index = next(place for place, pair in enumerate(parent.children) if pair[1] is span)
    dash = _dash(text, parent, index) if parent.kind == "seq" else key.start
    line_start = text.rfind("\n", 0, dash) + 1
    end = _line_end(text, span, key if parent.kind == "map" else None)
    if text[line_start:dash].strip():
        following = parent.children[index + 1]
        stop = _dash(text, parent, index + 1) if parent.kind == "seq" else following[0].start
        return _same(text[:dash] + text[stop:], intended)
    start = _own_comment(text, line_start, dash - line_start)
    new = text[:start] + text[end:]
    if end >= len(text) and not text.endswith("\n"):
        new = new.rstrip("\r\n")
    return _same(new, intended)


def _own_comment(text: str, line_start: int, indent: int) -> int:
    """Comment lines directly above, at the same indent, belong to what is deleted."""
    start = line_start
    while start:
        previous = text.rfind("\n", 0, start - 1) + 1
        line = text[previous:start]
        if not (line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) == indent):
            return start
        start = previous
    return line_start if not text[:line_start].strip("\ufeff") or start == 0 else start


def _emptied(text: str, steps: tuple[Any, ...], empty: Any) -> str:
    return _replace_node(text, steps, empty)


def _without(tree: Any, steps: tuple[Any, ...]) -> Any:
    step = steps[0]
    if len(steps) > 1:
        return _with(tree, (step,), _without(tree[step], steps[1:]))
    if isinstance(tree, list):
        return [item for place, item in enumerate(tree) if place != step]
    return {name: value for name, value in tree.items() if name != step}


def _delete_flow(text: str, parent: Span, step: Any) -> str:
    index = next(place for place, pair in enumerate(parent.children) if pair == _child(parent, step))
    key, value = parent.children[index]
    end = max(value.end, key.end)
    if index + 1 < len(parent.children):
        return _splice(text, key.start, parent.children[index + 1][0].start, "")
    if index:
        before_key, before = parent.children[index - 1]
        return _splice(text, max(before.end, before_key.end), end, "")
    return _splice(text, key.start, end, "")


def dump(tree: Any, *, order: Sequence[str] | None = None) -> str:
    """A new document in line form: LF, two spaces, what others would misread quoted."""
    if isinstance(tree, dict) and order:
        rank = {name: place for place, name in enumerate(order)}
        tree = dict(sorted(tree.items(), key=lambda pair: rank.get(pair[0], len(rank))))
    if isinstance(tree, dict | list) and tree:
        text = _block(tree, 0) + "\n"
    else:
        text = "{}\n" if isinstance(tree, dict) else "[]\n" if isinstance(tree, list) else _fresh(tree) + "\n"
    return _same(text, _raw(tree))


def scalars(text: str) -> Iterator[str]:
    """Every scalar of a text, as typed."""
    span = _compose(text)
    stack = [span] if span is not None else []
    while stack:
        one = stack.pop()
        if one.kind == "scalar":
            yield one.value or ""
        stack.extend(child for _, child in one.children)
