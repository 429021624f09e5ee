"""What an edit means: the tree it must read as, and the proof that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import AliasEvent, ScalarEvent, StreamEndEvent

from textcrm.errors import Invalid, YamlInvalid
from textcrm.yamlfile.failures import explained, refused
from textcrm.yamlfile.parsing import new_parser
from textcrm.yamlfile.reading import read
from textcrm.yamlfile.scalars import typed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.yamlfile.places import Span


def as_read(value: Any) -> Any:
    """A typed tree as the reader gives it back."""
    if isinstance(value, dict):
        return {str(name): as_read(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_read(inner) for inner in value]
    typed = typed_text(value)
    return (typed or None) if typed is not None else value


def with_value(tree: Any, steps: tuple[Any, ...], value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items = list(tree) if isinstance(tree, list) else []
        inner = with_value(items[step] if step < len(items) else None, rest, value)
        if step < len(items):
            items[step] = inner
        else:
            items.append(inner)
        return items
    mapping = dict(tree) if isinstance(tree, dict) else {}
    mapping[step] = with_value(mapping.get(step), rest, value)
    return mapping


def without(tree: Any, steps: tuple[Any, ...]) -> Any:
    step = steps[0]
    if len(steps) > 1:
        return with_value(tree, (step,), without(tree[step], steps[1:]))
    if isinstance(tree, list):
        return [item for place, item in enumerate(tree) if place != step]
    return {name: value for name, value in tree.items() if name != step}


def value_of(tree: Any, steps: Sequence[Any]) -> Any:
    for step in steps:
        tree = tree[step]
    return tree


def one_scalar(old: str, new: str, span: Span, value: Any) -> str:
    """The new text must differ from the old in that one scalar and in nothing else.

    Compared by parser events, so that it holds for what our reader refuses as well (names that are
    no plain text, several documents), and for an anchored scalar, whose aliases follow it.
    """
    wanted = as_read(value) or ""
    before = _events(old)
    # From the end: an empty key and its empty value stand at one place, the value is the later.
    for place in range(len(before) - 1, -1, -1):
        event = before[place]
        if event[:2] == (span.start, span.end) and event[2] in ("scalar", "alias"):
            anchor = event[4] if event[2] == "scalar" else None
            before[place] = (event[0], event[1], "scalar", wanted, anchor)
            break
    try:
        after = _events(new)
    except YamlInvalid as error:
        raise _why(error) from error
    if [event[2:] for event in before] != [event[2:] for event in after]:
        raise refused()
    return new


def _why(error: YamlInvalid) -> Invalid:
    """A text that has grown too large is said to be so; anything else is our own failure."""
    return error if error.code in ("yaml-too-large", "yaml-too-deep") else refused()


Event = tuple[int, int, str, Any, Any]


def _events(text: str) -> list[Event]:
    """The parser's events, as (start, end, kind, value, anchor)."""
    offset = 1 if text.startswith("\ufeff") else 0
    parser = new_parser(text[offset:])
    found: list[Event] = []
    try:
        while True:
            event = parser.get_event()
            kind = event.__class__
            if kind is StreamEndEvent:
                return found
            name = _SCALARS.get(kind, kind.__name__)
            value = event.value if kind is ScalarEvent else None
            start, end = event.start_mark.index + offset, event.end_mark.index + offset
            found.append((start, end, name, value, getattr(event, "anchor", None)))
    except yaml.YAMLError as error:
        raise explained(error, text, "") from error
    finally:
        parser.dispose()


_SCALARS = {ScalarEvent: "scalar", AliasEvent: "alias"}


def verified(old: str, new: str, steps: Sequence[Any], value: Any) -> str:
    """The new text must read as the old tree with just that value put in."""
    intended = with_value(read(old), tuple(steps), as_read(value))
    return proven(new, intended)


def proven(new: str, intended: Any) -> str:
    try:
        got = read(new)
    except YamlInvalid as error:
        raise _why(error) from error
    if got != intended:
        raise refused()
    return new
