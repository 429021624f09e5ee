"""A table's chart as SVG: bars or upright columns, labels in the reader's own fonts."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textcrm.cli.bars import Bar

_WIDTH: Final = 860
_SIZE: Final = 13  # of a letter, in units of the drawing
_LINE: Final = 24
_GAP: Final = 8
_MOST_LABEL: Final = 320


def measured(text: str) -> float:
    """About how wide a text is: a Chinese character is one letter square, a Latin one half."""
    total = 0.0
    for char in text:
        if unicodedata.combining(char):
            continue
        total += 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.58
    return total * _SIZE


def clipped(text: str, room: float) -> str:
    """A text cut to a width, with an ellipsis."""
    if measured(text) <= room:
        return text
    while text and measured(text + "…") > room:
        text = text[:-1]
    return text + "…"


def bars(found: list[Bar], title: str) -> str:
    """Horizontal bars: a label at the left, a figure at the end of each."""
    labels = min(max(measured(bar.label) for bar in found), _MOST_LABEL)
    figures = max(measured(bar.figure) for bar in found)
    start = labels + _GAP
    room = _WIDTH - start - figures - 2 * _GAP
    most = max(abs(bar.size) for bar in found) or 1.0
    height = _LINE * len(found)
    parts = [_open(height, title)]
    for place, bar in enumerate(found):
        top = place * _LINE
        middle = top + _LINE / 2 + _SIZE * 0.36
        length = max(abs(bar.size) / most * room, 1.5 if bar.size else 0)
        kind = "bar below" if bar.size < 0 else "bar"
        parts += [
            (
                f'<text x="{labels:.1f}" y="{middle:.1f}" text-anchor="end">'
                f"{escape(clipped(bar.label, labels))}<title>{escape(bar.label)}</title></text>"
            ),
            (
                f'<rect class="{kind}" x="{start:.1f}" y="{top + 4}" width="{length:.1f}" '
                f'height="{_LINE - 8}" rx="2"><title>{escape(bar.label)}: {escape(bar.figure)}'
                "</title></rect>"
            ),
            (
                f'<text class="figure" x="{start + length + _GAP:.1f}" y="{middle:.1f}">'
                f"{escape(bar.figure)}</text>"
            ),
        ]
    parts.append(f'<line x1="{start:.1f}" x2="{start:.1f}" y1="0" y2="{height}"/></svg>')
    return "\n".join(parts)


def columns(found: list[Bar], title: str) -> str:
    """Upright columns over time: as many labels below as there is room for, the greatest named."""
    height, below, above = 240.0, 28.0, 24.0
    step = _WIDTH / len(found)
    top, bottom = max(0.0, *(bar.size for bar in found)), min(0.0, *(bar.size for bar in found))
    scale = height / ((top - bottom) or 1.0)
    every = max(1, -(-int(max(measured(bar.label) for bar in found) + 12) // max(int(step), 1)))
    greatest = max(range(len(found)), key=lambda place: found[place].size)
    zero, base = above + top * scale, above + height
    parts = [_open(base + below, title)]
    for place, bar in enumerate(found):
        left = place * step
        tall = abs(bar.size) * scale
        start, kind = (zero, "bar below") if bar.size < 0 else (zero - tall, "bar")
        parts.append(
            f'<rect class="{kind}" x="{left + step * 0.12:.1f}" y="{start:.1f}" '
            f'width="{step * 0.76:.1f}" height="{tall:.1f}">'
            f"<title>{escape(bar.label)}: {escape(bar.figure)}</title></rect>"
        )
        if place % every == 0:
            parts.append(_centred(left + step / 2, base + 19, bar.label, ""))
    figure = found[greatest].figure
    parts.append(
        _centred(
            (greatest + 0.5) * step,
            zero - max(found[greatest].size, 0.0) * scale - 6,
            figure,
            "figure",
        )
    )
    parts.append(f'<line x1="0" x2="{_WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}"/></svg>')
    return "\n".join(parts)


def _centred(x: float, y: float, text: str, kind: str) -> str:
    """A text around a place, kept inside the drawing."""
    half = measured(text) / 2
    x = min(max(x, half), _WIDTH - half)
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
    )


def _open(height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="{_SIZE}">'
    )
