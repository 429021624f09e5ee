"""What is wrong with a file's YAML, in our words and at its place; loaded when something is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from textcrm.text import Text
from textcrm.yamlfile.failures import located, place
from textcrm.yamlfile.parsing import new_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.errors import YamlInvalid


class _Kind(NamedTuple):
    """A parser's complaint (a piece of it) and what we say; ``opening`` points at the context."""

    piece: str
    code: str
    message: Text
    hint: Text
    opening: bool = False


_CLOSE_QUOTE = Text(
    "close it; inside single quotes a quote is written twice: ''",
    "请补上引号；单引号内的引号要写两遍：''",
)
_QUOTE_IT = Text("put the value in quotes", "请给值加上引号")
_LINE_UP = Text(
    "line the names up with those above, two spaces a level",
    "请与上面的字段对齐，每层两个空格",
)
_UNQUOTED = Text("the quote opened here is never closed", "此处的引号没有闭合")
_MISFIT = Text("the indentation does not fit, or a “:” is missing", "缩进不对，或缺少“:”")
_TAB = Text("a tab stands where spaces should", "缩进处使用了制表符")
_SPACES = Text("indent with spaces", "请用空格缩进")

_KINDS = (
    _Kind("quoted scalar found unexpected", "yaml-unclosed", _UNQUOTED, _CLOSE_QUOTE, True),
    _Kind(
        "found unknown escape",
        "yaml-syntax",
        Text("this \\ sign means nothing in double quotes", "双引号中的这个 \\ 写法无效"),
        Text(
            "write \\\\ for a backslash, or use single quotes", "反斜杠请写成 \\\\，或改用单引号"
        ),
    ),
    _Kind(
        "while parsing a flow",
        "yaml-unclosed",
        Text("the bracket opened here is never closed", "此处的括号没有闭合"),
        Text(
            "close it, or quote a text that holds brackets or commas",
            "请补上括号；文本中含括号或逗号时请加引号",
        ),
        True,
    ),
    _Kind(
        "mapping values are not allowed",
        "yaml-indent",
        Text("a “:” that does not belong here", "此处的“:”位置不对"),
        Text(
            "mend the indentation, or quote the value if the “:” is part of it",
            "请检查缩进；如果“:”是值的一部分，请给值加引号",
        ),
    ),
    _Kind(
        "sequence entries are not allowed",
        "yaml-indent",
        Text("a list item does not belong here", "此处不能出现列表项"),
        Text("put each item on its own line", "请将每个列表项单独成行"),
    ),
    _Kind(
        "simple key",
        "yaml-indent",
        Text("a “:” is missing here", "此处缺少“:”"),
        Text(
            "write “name: value”; indent a text that goes on",
            "请写成“字段: 值”；续行的文本需要缩进",
        ),
        True,
    ),
    _Kind(
        "while scanning an anchor",
        "yaml-syntax",
        Text("a value that starts with & must be quoted", "以 & 开头的值需要加引号"),
        _QUOTE_IT,
        True,
    ),
    _Kind(
        "while scanning an alias",
        "yaml-syntax",
        Text("a value that starts with * must be quoted", "以 * 开头的值需要加引号"),
        _QUOTE_IT,
        True,
    ),
    _Kind(
        "tag",
        "yaml-syntax",
        Text("a value that starts with ! must be quoted", "以 ! 开头的值需要加引号"),
        _QUOTE_IT,
        True,
    ),
    _Kind(
        "block scalar",
        "yaml-syntax",
        Text("after | or > the text starts on the next line", "| 或 > 之后的文本应从下一行开始"),
        Text("put the value in quotes, or on lines of its own", "请给值加引号，或另起一行书写"),
        True,
    ),
    _Kind(
        "start any token",
        "yaml-syntax",
        Text("a value cannot start with this sign", "值不能以这个符号开头"),
        _QUOTE_IT,
    ),
    _Kind(
        "directive",
        "yaml-syntax",
        Text("a line that starts with % must be quoted", "以 % 开头的内容需要加引号"),
        _QUOTE_IT,
        True,
    ),
    _Kind(
        "nesting",
        "yaml-too-deep",
        Text("nested more than 100 levels deep", "嵌套超过 100 层"),
        Text("take some levels out", "请减少层级"),
    ),
    _Kind("block end", "yaml-indent", _MISFIT, _LINE_UP),
    _Kind("block mapping", "yaml-indent", _MISFIT, _LINE_UP),
    _Kind("block collection", "yaml-indent", _MISFIT, _LINE_UP),
    _Kind("block sequence", "yaml-indent", _MISFIT, _LINE_UP),
    _Kind("indent", "yaml-indent", _MISFIT, _LINE_UP),
)

_ANYTHING = _Kind(
    "",
    "yaml-syntax",
    Text("this is not YAML as textcrm reads it", "此处不符合 YAML 语法"),
    Text("quote the value if it holds special signs", "如果值中有特殊符号，请加引号"),
)

_WIDE_COLON = re.compile(r"^[ -]*[^\s:：'\"#\[{|>]+：", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?\r?$|^={7}\r?$", re.MULTILINE)


def explained(error: Exception, text: str, file: str) -> YamlInvalid:
    """Put a parser's error into our words, at its place in the text."""
    problem = str(getattr(error, "problem", None) or error)
    if isinstance(error, yaml.reader.ReaderError | UnicodeError) or "control char" in problem:
        return merge_marker(text, file) or _control(text, file)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    offset = int(text.startswith("\ufeff"))
    index = mark.index + offset if mark is not None else 0
    marker = merge_marker(text, file, near=place(text, index)[0])
    if marker is not None:
        return marker
    tab = _tab_before(text, index)
    context = str(getattr(error, "context", None) or "")
    if tab is not None and ("quoted" not in context or "tab" in problem):
        return located("yaml-tab", _TAB, file, *place(text, tab), _SPACES)
    opening = getattr(error, "context_mark", None) or mark
    begin = opening.index + offset if opening is not None else index
    return _in_words(f"{context} {problem}", text, file, begin, index)


def _in_words(words: str, text: str, file: str, begin: int, index: int) -> YamlInvalid:
    kind = next((one for one in _KINDS if one.piece in words), _ANYTHING)
    if kind.code in ("yaml-indent", "yaml-unclosed") and "quoted scalar" not in words:
        likelier = _wide_colon(text, file, begin, index) or _quote_trouble(text, file, index)
        if likelier is not None:
            return likelier
    at = begin if kind.opening else index
    return located(
        kind.code, kind.message, file, *place(text, at), kind.hint, problem=words.strip()
    )


def _wide_colon(text: str, file: str, begin: int, index: int) -> YamlInvalid | None:
    """A name with the Chinese colon after it, on the lines that the parser stumbled over."""
    line_start = text.rfind("\n", 0, min(begin, index)) + 1
    first = text.rfind("\n", 0, max(line_start - 1, 0)) + 1
    found = _WIDE_COLON.search(text, first, text.find("\n", index) % (len(text) + 1))
    if found is None:
        return None
    return located(
        "yaml-colon",
        Text("a Chinese colon “：” stands where “:” should", "此处使用了中文冒号“：”"),
        file,
        *place(text, found.end() - 1),
        Text("write a plain colon and a space: name: value", "请改为英文冒号加空格：字段: 值"),
    )


def merge_marker(text: str, file: str, *, near: int | None = None) -> YamlInvalid | None:
    """The error for the first merge conflict marker; a lone ======= counts only near a line."""
    found = [
        (match.group()[0], place(text, match.start())[0])
        for match in _first(_MARKER.finditer(text), 1000)
    ]
    if all(sign == "=" for sign, _ in found):
        found = [pair for pair in found if near is not None and abs(pair[1] - near) <= 1]
    if not found:
        return None
    return located(
        "yaml-merge-marker",
        Text("a merge conflict is not resolved here", "此处有未解决的合并冲突"),
        file,
        found[0][1],
        1,
        Text(
            "keep one side and take out the lines <<<<<<<, =======, >>>>>>>",
            "保留一方内容，删除 <<<<<<<、=======、>>>>>>> 各行",
        ),
    )


def _first(matches: Iterator[re.Match[str]], count: int) -> Iterator[re.Match[str]]:
    for _, match in zip(range(count), matches, strict=False):
        yield match


def _control(text: str, file: str) -> YamlInvalid:
    """The error for a character that YAML does not allow as it is."""
    found = _CONTROL.search(text) or re.search("(?<=.)\ufeff", text, re.DOTALL)
    index = found.start() if found else 0
    return located(
        "yaml-control",
        Text("a control character ({character}) stands here", "此处有控制字符（{character}）"),
        file,
        *place(text, index),
        Text(
            "delete it, or write it in double quotes as \\x..",
            "请删除，或在双引号中写成 \\x.. 形式",
        ),
        character=f"U+{ord(text[index]) if text else 0:04X}",
    )


def _tab_before(text: str, index: int) -> int | None:
    """The offset of a tab in the white space that leads to a place, or at it."""
    start = text.rfind("\n", 0, index) + 1
    line = text[start : text.find("\n", start) % (len(text) + 1)]
    lead = line[: len(line) - len(line.lstrip(" \t-?"))]
    if "\t" in lead:
        return start + lead.index("\t")
    return index if text[index : index + 1] == "\t" else None


def _quote_trouble(text: str, file: str, index: int) -> YamlInvalid | None:
    """A quoted text that ends right before the place of an error.

    One that runs over several lines has most likely lost its closing quote and ends at the next
    value's opening one; one on a single line holds a quote that should be written twice.
    """
    last = _last_scalar(text)
    offset = int(text.startswith("\ufeff"))
    if last is None or last.style not in ("'", '"'):
        return None
    end = last.end_mark.index + offset
    if text[end:index].strip(" "):
        return None
    if last.start_mark.line != last.end_mark.line:
        at = last.start_mark.index + offset
        return located("yaml-unclosed", _UNQUOTED, file, *place(text, at), _CLOSE_QUOTE)
    follows = Text("something follows the closing quote", "引号闭合之后还有文字")
    hint = Text(
        "inside double quotes write \\\", inside single quotes ''",
        "双引号中的引号写成 \\\"，单引号中的引号写成 ''",
    )
    return located("yaml-syntax", follows, file, *place(text, end), hint)


def _last_scalar(text: str) -> Any:
    """The last scalar that the parser gets to see before it gives up."""
    parser = new_parser(text.removeprefix("\ufeff"))
    last: Any = None
    try:
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.events.ScalarEvent):
                last = event
    except (yaml.YAMLError, UnicodeError):
        return last
    finally:
        parser.dispose()
    return last
