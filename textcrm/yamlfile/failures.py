"""What is wrong with a file's YAML, in our words and at its place."""

from __future__ import annotations

import re
from typing import Any

import yaml

from textcrm.errors import Invalid, YamlInvalid
from textcrm.text import Text


def located(
    code: str,
    message: Text,
    file: str,
    line: int,
    column: int,
    hint: Text | None = None,
    **data: Any,
) -> YamlInvalid:
    return YamlInvalid(
        code,
        Text("{file}:{line}:{column}: " + message.en, "{file}:{line}:{column}：" + message.zh),
        hint=hint,
        file=file or "-",
        line=line,
        column=column,
        **data,
    )


_MARKER = re.compile(r"^(<<<<<<< |=======$|>>>>>>> )", re.MULTILINE)


def explained(error: yaml.YAMLError, text: str, file: str) -> YamlInvalid:
    """Put a parser's error into our words, at its place."""
    marker = _MARKER.search(text)
    if marker and _MARKER.findall(text).count("=======") + len(_MARKER.findall(text)) >= 3:
        line = text.count("\n", 0, marker.start()) + 1
        return located(
            "yaml-merge-marker",
            Text("a merge conflict is not resolved here", "此处有未解决的合并冲突"),
            file,
            line,
            1,
            Text(
                "keep one side and take out the lines <<<<<<<, =======, >>>>>>>",
                "保留一方内容，删除 <<<<<<<、=======、>>>>>>> 各行",
            ),
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else _place(error, text)
    problem = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    context_mark = getattr(error, "context_mark", None)
    if (
        isinstance(error, yaml.reader.ReaderError)
        or "control characters" in problem
        or "unacceptable character" in problem
    ):
        return located(
            "yaml-control",
            Text("a control character stands here", "此处有控制字符"),
            file,
            *_place(error, text),
            Text(
                "delete it, or write it in double quotes as \\x..",
                "请删除，或在双引号中写成 \\x.. 形式",
            ),
        )
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or (
        "cannot start any token" in problem and "\t" in here
    ):
        return located(
            "yaml-tab",
            Text("a tab stands where spaces should", "缩进处使用了制表符"),
            file,
            line,
            here.index("\t") + 1,
            Text("indent with spaces", "请用空格缩进"),
        )
    if "nesting depth" in problem:
        return located(
            "yaml-too-deep",
            Text("nested more than 100 levels deep", "嵌套超过 100 层"),
            file,
            line,
            column,
        )
    if "quoted scalar" in context or "quoted scalar" in problem:
        begin = context_mark or mark
        return located(
            "yaml-unclosed",
            Text("the quote opened here is never closed", "此处的引号没有闭合"),
            file,
            begin.line + 1 if begin else line,
            begin.column + 1 if begin else column,
            Text("close it, or double a quote inside: ''", "请补上引号；单引号内的引号要写两遍"),
        )
    if "flow" in context:
        begin = context_mark or mark
        return located(
            "yaml-unclosed",
            Text("the bracket opened here is never closed", "此处的括号没有闭合"),
            file,
            begin.line + 1 if begin else line,
            begin.column + 1 if begin else column,
        )
    if "mapping values are not allowed" in problem:
        return located(
            "yaml-indent",
            Text("a “:” that does not belong here", "此处的“:”位置不对"),
            file,
            line,
            column,
            Text("mend the indentation, or quote the value", "请检查缩进，或给值加引号"),
        )
    if (
        "expected <block end>" in problem
        or "could not find expected ':'" in problem
        or "indent" in problem
    ):
        return located(
            "yaml-indent",
            Text("the indentation does not fit, or a “:” is missing", "缩进不对，或缺少“:”"),
            file,
            line,
            column,
            Text(
                "line the names up with those above; two spaces a level",
                "请与上面的字段对齐，每层两个空格",
            ),
        )
    return located(
        "yaml-syntax",
        Text("this is not YAML: {problem}", "不符合 YAML 语法：{problem}"),
        file,
        line,
        column,
        Text("quote the value if it holds special signs", "如果值中有特殊符号，请加引号"),
        problem=problem,
    )


def _place(error: Any, text: str) -> tuple[int, int]:
    position = getattr(error, "position", None)
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", text)
    if bad:
        position = bad.start()
    if not isinstance(position, int):
        return 1, 1
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def refused() -> Invalid:
    return Invalid(
        "edit-refused",
        Text(
            "this place of the file cannot be edited safely; nothing was changed",
            "无法安全修改文件的这个位置，未作任何改动",
        ),
        hint=Text(
            "edit the file by hand, then: textcrm save", "请手工编辑文件，再运行 textcrm save"
        ),
    )
