"""A readable document: sections of lines and of named values, as Markdown or as one HTML page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.text import Language

_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|~&#$])")
_STYLE: Final = (
    "body{font:16px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:48rem;"
    "margin:2rem auto;padding:0 1rem;color:#222}h1{font-size:1.6rem}h2{font-size:1.2rem;"
    "margin-top:2rem;border-bottom:1px solid #ccc}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #eee;"
    "overflow-wrap:anywhere}th{width:14rem;font-weight:600}"
)


class Section(NamedTuple):
    """A heading, lines of text below it, and then a table: rows of cells below ``heads``."""

    heading: str
    lines: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


class Document(NamedTuple):
    """What is written for people: a title and sections, in one language."""

    title: str
    sections: Sequence[Section]
    language: Language


def markdown(documents: Sequence[Document]) -> str:
    """Documents as CommonMark with tables; what stands in values is shown as it is."""
    return "\n".join("".join(_markdown(one)) for one in documents)


def _markdown(document: Document) -> Iterator[str]:
    yield f"# {_inline(document.title)}\n"
    for section in document.sections:
        yield f"\n## {_inline(section.heading)}\n"
        if section.lines:
            yield "\n" + "".join(f"- {_inline(line)}\n" for line in section.lines)
        if section.rows:
            heads = section.heads or [""] * len(section.rows[0])
            yield f"\n{_row(heads)}{_rule(len(heads))}"
            yield from map(_row, section.rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_inline(cell).replace("\n", "<br>") for cell in cells) + " |\n"


def _rule(count: int) -> str:
    return "|" + " --- |" * count + "\n"


def _inline(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text.strip())


def page(documents: Sequence[Document]) -> str:
    """Documents as one HTML page that needs nothing else."""
    first = documents[0]
    body = "".join("".join(_html(one)) for one in documents)
    return (
        f'<!DOCTYPE html>\n<html lang="{_tag(first.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(first.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def _tag(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"


def _html(document: Document) -> Iterator[str]:
    yield f'<article lang="{_tag(document.language)}">\n<h1>{html.escape(document.title)}</h1>\n'
    for section in document.sections:
        yield f"<h2>{html.escape(section.heading)}</h2>\n"
        if section.lines:
            yield "<ul>\n"
            yield from (f"<li>{_cell(line)}</li>\n" for line in section.lines)
            yield "</ul>\n"
        if section.rows:
            yield from _table(section)
    yield "</article>\n"


def _table(section: Section) -> Iterator[str]:
    yield "<table>\n"
    if section.heads:
        yield "<tr>" + "".join(f"<th>{_cell(one)}</th>" for one in section.heads) + "</tr>\n"
    for first, *rest in section.rows:
        cells = "".join(f"<td>{_cell(one)}</td>" for one in rest)
        yield f"<tr><th>{_cell(first)}</th>{cells}</tr>\n"
    yield "</table>\n"


def _cell(text: str) -> str:
    return html.escape(text.strip()).replace("\n", "<br>")
