"""Writing a changed schema as it was laid out: what stood on one line does so again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = tuple[str | int, ...]
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')


def rewritten(document: Any, sources: Sequence[str]) -> str:
    """The document as JSON in the layout of ``sources``, of which the first counts most.

    What says the same as in a source is taken from it byte by byte; a changed list or object stands
    on one line where it did. Indent and line ends are those of the first.
    """
    first = sources[0]
    indent = re.search(r"\n([ \t]+)\S", first)
    spans: dict[Place, str] = {}
    for source in reversed(sources):
        spans.update(_spans(source.replace("\r\n", "\n")))
    text = _write(document, (), spans, indent[1] if indent else "  ", "") + "\n"
    return text.replace("\n", "\r\n") if "\r\n" in first else text


def _spans(source: str) -> dict[Place, str]:
    """The text of each list and object of a JSON text, by its path."""
    found: dict[Place, str] = {}
    path: list[str | int] = []
    opened: list[int] = []
    awaiting_key = False
    for token in _TOKEN.finditer(source):
        word = token[0]
        if word in ("{", "["):
            opened.append(token.start())
            path.append(0 if word == "[" else "")
            awaiting_key = word == "{"
        elif word in ("}", "]"):
            path.pop()
            found[tuple(path)] = source[opened.pop() : token.end()]
            awaiting_key = False
        elif word == ",":
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
            awaiting_key = isinstance(last, str)
        elif awaiting_key and word.startswith('"'):
            path[-1] = json.loads(word)
            awaiting_key = False
    return found


def _write(value: Any, path: Place, spans: dict[Place, str], step: str, margin: str) -> str:
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    span = spans.get(path)
    if span is not None and _same(value, span) and ("\n" not in span or _ends_at(span, margin)):
        return span
    flat = span is not None and "\n" not in span
    inner = margin if flat else margin + step
    parts = [
        (f"{json.dumps(name, ensure_ascii=False)}: " if isinstance(name, str) else "")
        + _write(each, (*path, name), spans, step, inner)
        for name, each in (value.items() if isinstance(value, dict) else enumerate(value))
    ]
    left, right = "{}" if isinstance(value, dict) else "[]"
    if flat and not any("\n" in part for part in parts):
        return left + ", ".join(parts) + right
    inner = margin + step
    return left + "\n" + ",\n".join(inner + part for part in parts) + "\n" + margin + right


def _same(value: Any, span: str) -> bool:
    # The order of keys counts: a field that only moved is written where it now stands.
    return json.dumps(value) == json.dumps(json.loads(span))


def _ends_at(span: str, margin: str) -> bool:
    """Whether the last line of a span of several lines is indented as it would be here."""
    last = span.rsplit("\n", 1)[1]
    return last[: -len(last.lstrip())] == margin if last.lstrip() != last else not margin
