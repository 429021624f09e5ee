"""What a search found: a head and lines of what was found where, facets, and the JSON of both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from textcrm.cli.opened import masked, sealed_at
from textcrm.cli.show import plain
from textcrm.cli.tables import mask_name, said
from textcrm.cli.width import char_width, clip, pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.query import Doc
    from textcrm.search import Facet, Hit, Match

_SHOWN = 3  # lines for one customer
_ABOUT = ("type", "status", "owner", "last_contact")
_NUMBERS = re.compile(r"\+?\d[\d -]{5,}\d")
_BAR = 20
_BEFORE = 12  # columns before the first hit where a line has to be cut

Spans = tuple[tuple[int, int], ...]


def json_of(context: Context, hit: Hit) -> dict[str, Any]:
    """A hit for programs."""
    typed = hit.doc.typed
    return {
        "id": hit.id,
        "name": mask_name(context, hit.doc.name),
        "type": typed.get("type"),
        "status": typed.get("status"),
        "owner": typed.get("owner"),
        "last_contact": plain(hit.doc.derived.get("last_contact")),
        "score": round(hit.score, 3),
        "matches": [_match_json(context, hit.doc, one) for one in hit.matches],
    }


def _match_json(context: Context, doc: Doc, match: Match) -> dict[str, Any]:
    snippet, spans = _snippet(context, doc, match)
    return {
        "field": match.field,
        "path": "/" + "/".join(map(str, match.path)),
        "snippet": snippet,
        "spans": [list(span) for span in spans],
    }


def _snippet(context: Context, doc: Doc, match: Match) -> tuple[str, Spans]:
    """A snippet with its places; with ``--mask`` without names and numbers (L10)."""
    sealed = None if context.reveal else sealed_at(context.vault().schema, match.path)
    if sealed is not None:
        return masked(sealed, _value_at(doc.typed, match.path)), ()
    if not context.mask:
        return match.snippet, match.spans
    from textcrm.normalize.masks import mask, mask_kind

    field = context.vault().schema.at(match.path)
    if field is not None and (kind := mask_kind(field.element)):
        return mask(kind, match.snippet), ()
    text = _NUMBERS.sub(lambda found: mask("phone", found.group()), match.snippet)
    for name in sorted({doc.name, *doc.names} - {""}, key=len, reverse=True):
        text = text.replace(name, mask("name", name))
    return text, ()


def _value_at(tree: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def print_hit(context: Context, hit: Hit) -> None:
    """Print a customer, and where the words were found."""
    out = context.out
    about = " · ".join(_about(context, hit.doc))
    room = out.columns - len(hit.id) - 2
    name = mask_name(context, hit.doc.name)
    beside = width(name) + 2 + width(about) <= room
    out.parts(
        (f"{hit.id}  {clip(name, max(room, 10))}", "bold"), (f"  {about}" if beside else "", "dim")
    )
    if not beside and about:
        out.line(f"    {clip(about, out.columns - 4)}", style="dim")
    colon = "：" if context.language == "zh" else ": "
    for match in hit.matches[:_SHOWN]:
        head = f"    {_place(context, match)}{colon}"
        snippet, spans = _snippet(context, hit.doc, match)
        out.marked(head, *fitted(snippet, spans, out.columns - width(head)))


def _place(context: Context, match: Match) -> str:
    """The field that holds a word, led by the list it is in: 跟进记录 · 沟通内容."""
    label = match.label.say(context.language)
    top = context.vault().schema.at(match.path[:1])
    inside = top is not None and "." in match.field and bool(top.fields)
    return f"{top.label.say(context.language)} · {label}" if top and inside else label


def _about(context: Context, doc: Doc) -> list[str]:
    """What tells customers apart at a glance: type, status, who, when."""
    from textcrm.search.tabulate import column

    schema = context.vault().schema
    found = []
    for name in _ABOUT:
        if name != "last_contact" and schema.at((name,)) is None:
            continue
        chosen = column(name, schema)
        found += [said(context, chosen, value) for value in chosen.distinct(doc)]
    return [text for text in found if text]


def fitted(text: str, spans: Sequence[tuple[int, int]], columns: int) -> tuple[str, Spans]:
    """Cut a line to a width so that the first place found stays on it."""
    columns = max(columns, 20)
    if width(text) <= columns:
        return text, tuple(spans)
    start = 0
    if spans:
        start, used = spans[0][0], 0
        while start and used + char_width(text[start - 1]) <= _BEFORE:
            start -= 1
            used += char_width(text[start])
        rest = width(text[start:])
        while start and rest + char_width(text[start - 1]) < columns:
            start -= 1
            rest += char_width(text[start])
    before = "…" if start and not text[start:].startswith("…") else ""
    line = clip(before + text[start:], columns)
    shift = start - len(before)
    end = len(line) - (line.endswith("…") and len(line) < len(before + text[start:]) + 1)
    kept = [(at - shift, length) for at, length in spans if at >= start]
    return line, tuple((at, min(length, end - at)) for at, length in kept if at < end)


def print_facet(context: Context, name: str, facets: Sequence[Facet]) -> None:
    """Print how often each value occurs, with a bar to compare by."""
    from textcrm.search.tabulate import column

    chosen = column(name, context.vault().schema)
    out = context.out
    out.section(chosen.label.say(context.language))
    texts = [facet_text(context, name, facet) for facet in facets]
    most = max((facet.count for facet in facets), default=1)
    digits = len(str(most))
    left = min(max((width(text) for text in texts), default=0), out.columns - digits - _BAR - 6)
    for text, facet in zip(texts, facets, strict=True):
        bar = "█" * max(1, round(_BAR * facet.count / most))
        out.line(f"  {pad(clip(text, left), left)}  {facet.count:>{digits}}  {bar}")


def facet_text(context: Context, name: str, facet: Facet) -> str:
    """A value as people read it: persons by name, codes by label."""
    from textcrm.search.tabulate import column

    chosen = column(name, context.vault().schema)
    if facet.value is None:
        return facet.label.say(context.language)
    return said(context, chosen, _masked(context, name, facet.value))


def _masked(context: Context, name: str, value: Any) -> Any:
    from textcrm.cli.tables import masked
    from textcrm.search.tabulate import column

    return masked(context, column(name, context.vault().schema), value)


def facets_json(
    context: Context, facets: dict[str, list[Facet]]
) -> dict[str, list[dict[str, Any]]]:
    """Facets for programs: per field the values, the most common first; null is none."""
    return {
        name: [
            {
                "value": plain(_masked(context, name, one.value)),
                "label": facet_text(context, name, one),
                "count": one.count,
            }
            for one in found
        ]
        for name, found in facets.items()
    }
