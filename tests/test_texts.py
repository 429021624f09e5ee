"""The house: every sentence in both languages, every module with its line, none too long."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "textcrm"
MODULES = sorted(PACKAGE.rglob("*.py"))


def _texts(tree: ast.AST) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Text"
            and len(node.args) == 2
        ):
            first, second = node.args
            if isinstance(first, ast.Constant) and isinstance(second, ast.Constant):
                found.append((str(first.value), str(second.value)))
    return found


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)", sentence.replace("{{", "").replace("}}", "")))


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_sentences_agree_in_both_languages(module: Path) -> None:
    for en, zh in _texts(ast.parse(module.read_text(encoding="utf-8"))):
        assert _places(en) == _places(zh), (en, zh)
        if en != zh and re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}|textcrm [a-z -]+", "", en)):
            assert re.search(r"[\u4e00-\u9fff]", zh) or not re.search(r" [a-z]+ [a-z]+ ", en), (
                en,
                zh,
            )


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_module_says_what_it_is_and_is_not_too_long(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    head = ast.get_docstring(ast.parse(text)) or ""
    assert head.splitlines()[0].endswith("."), module
    assert len(text.splitlines()) <= 400
