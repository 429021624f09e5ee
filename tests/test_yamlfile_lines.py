"""Reading by lines gives what PyYAML's events give, or leaves it to them."""

from __future__ import annotations

import random
import time

import pytest

from benchmarks.generate import record
from textcrm import yamlfile
from textcrm.errors import YamlInvalid
from textcrm.yamlfile import reading
from textcrm.yamlfile.lines import LARGEST, read_lines

ALL = """\
# a comment
a: 1
b:
  - x
  - y: 2
    z: [q, 'r s', "t"]  # another
c:
- 1
- k: v

d: {}
e: []
f: 'it''s'
g: "h"
h:
  i:
    j: -k
  l:
"""
PIECES = (
    ": ", ":", " ", "  ", "- ", "-", "#", " #", "\n", "\n  ", "'", '"', "[", "]", "{", "}", ",",
    "|", ">", "&a ", "*a", "!t ", "%", "@", "`", "?", "? ", "\t", "\r", "\x85", "\u2028", "\ufeff",
    "\xa0", "\u3000", "---", "--- ", "...", "\\", "~", "-1", "a: b", "key:", "- x", "::", "张",
    "\U0001f600", "\x7f", "\x00", "<<", "\n---\n", "- - a", "[a,b]", "{ }", "\ud800", "x:y", "a #",
    "\u200b", "''", "\n\n", "   ", "\n# c\n", " a", "[a: b]", "[a?]", "['a''b']",
)  # fmt: skip


def by_events(text: str) -> object:
    try:
        return reading._parsed(text, "", pure=False)
    except Exception as error:  # noqa: BLE001 - any refusal is one
        return error


def test_what_records_are_made_of_is_read_by_lines() -> None:
    for text in (ALL, *(record(n, 1000)[1] for n in range(0, 1000, 100))):
        tree = read_lines(text)
        assert tree is not None
        assert repr(tree) == repr(by_events(text))


@pytest.mark.parametrize(
    "text",
    [
        "a: b\n  c\n", "a: b\n  c: d\n", "a: |\n  b\n", "a: b: c\n", "a: &x b\n", "a: 'b\n  c'\n",
        'a: "\\n"\n', "a: {b: c}\n", "a: b\na: c\n", "- a\n", "a\n", "", "# a\n", "a:\tb\n",
        "a: b\r\n", "a: \x85\n", "a: 'b' c\n", "a: [b: c]\n", "  a: b\nc: d\n", "a:\n - b\n  - c\n",
        "a:\n-  b: c\n", "a: b\n---\nc: d\n", "? a\n: b\n", "a: *b\n", "a: !!str b\n", "a: - b\n",
        "a: " + "b" * LARGEST,
    ],
)  # fmt: skip
def test_all_else_is_left_to_events(text: str) -> None:
    assert read_lines(text) is None


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_read_in_another_way(seed: int) -> None:
    chooser = random.Random(seed)
    texts = [ALL, ALL, record(7, 1000)[1]]
    read = 0
    for _ in range(2500):
        text = chooser.choice(texts)
        for _ in range(chooser.choice((1, 1, 2, 3))):
            place = chooser.randrange(len(text) + 1)
            end = place + chooser.choice((0, 0, 1, 3))
            text = text[:place] + chooser.choice(PIECES) + text[end:]
        if chooser.random() < 0.4:
            lines = text.split("\n")
            place = chooser.randrange(len(lines))
            lines[place] = " " * chooser.choice((0, 1, 2, 4)) + lines[place].lstrip(" ")
            text = "\n".join(lines)
        tree = read_lines(text)
        if tree is not None:
            read += 1
            assert repr(tree) == repr(by_events(text)), text
    assert read > 100


@pytest.mark.parametrize(
    "text",
    [
        "a: x" + " " * 250_000 + "\x01", " " * 250_000 + "\x01", "a: [a" + " " * 250_000 + "!",
        "a: [" + "a," * 100_000 + "!", "a: " + "'" * 250_001 + "x", "a: " + "a#" * 100_000 + "\x01",
        "a: x" + " #" * 100_000 + "\x01", "a: " + "a:" * 100_000, ("a: x" + " " * 99 + "y ") * 2000,
        "a: ['a" + " " * 250_000, "a" * 250_000, "#" * 250_000 + "\x01", "\n" * 250_000,
    ],
)  # fmt: skip
def test_no_line_takes_long(text: str) -> None:
    start = time.process_time()
    assert read_lines(text) is None
    assert time.process_time() - start < 2


def test_errors_are_those_of_the_parser() -> None:
    with pytest.raises(YamlInvalid) as caught:
        yamlfile.read("a: 1\nb: 2\na: 3\n")
    assert (caught.value.code, caught.value.data["line"]) == ("yaml-duplicate-key", 3)
