"""Tables of customers: cells as people read them, CSV, JSON, and what does not fit the screen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.cli.opened import masked as sealed_mask
from textcrm.cli.opened import sealed_at
from textcrm.cli.show import LOCKED, plain
from textcrm.cli.width import width
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.cli.context import Context
    from textcrm.query import Doc
    from textcrm.schema import Field
    from textcrm.search.tabulate import Column

FORMATS = ("table", "csv", "tsv", "ids")
_LEAST = 8  # columns of the screen that a cell needs to be of use


def listed(words: Iterable[str]) -> list[str]:
    """The names in ``a,b、c``, and in an option given more than once."""
    return [
        part.strip()
        for word in words
        for part in word.replace("，", ",").replace("、", ",").split(",")
        if part.strip()
    ]


def checked_format(word: str | None) -> str:
    """The format asked for. Raises Misuse (unknown-format)."""
    form = (word or "table").casefold()
    if form in FORMATS:
        return form
    raise Misuse(
        "unknown-format",
        Text("there is no format “{form}”", "没有格式“{form}”"),
        hint=Text("formats: {known}; for JSON: --json", "可用格式：{known}；JSON 请用 --json"),
        form=form,
        known=list(FORMATS),
    )


# -- cells


def masked(context: Context, column: Column, value: Any) -> Any:
    """A value, hidden where it is sealed, or ``--mask`` wants that and it is personal (L10)."""
    if value is None:
        return value
    if not context.reveal and (field := sealed_field(context, column)) is not None:
        return sealed_mask(field, value)
    return _personally(context, column, value)


def _personally(context: Context, column: Column, value: Any) -> Any:
    if not context.mask:
        return value
    kind = _mask_kind(column)
    if kind is None:
        return value
    from textcrm.normalize.masks import mask

    if isinstance(value, list):
        return [mask(kind, str(each)) for each in value]
    return mask(kind, str(value))


def _mask_kind(column: Column) -> str | None:
    from textcrm.normalize.masks import mask_kind

    for target in column.targets:
        if target.derived == "main_contact":
            return "name"
        if target.path == ("contacts",):  # told by their names
            return "name"
        if target.path[-1:] == ("social",):
            return "account"
        field = target.field
        if field is not None and (kind := mask_kind(field.element) or mask_kind(field)):
            return kind
    return None


def sealed_field(context: Context, column: Column) -> Field | None:
    """The sealed field that a column shows or looks into, None where nothing of it is sealed."""
    schema = context.vault().schema
    found = (sealed_at(schema, target.path) for target in column.targets)
    return next((field for field in found if field is not None), None)


def mask_name(context: Context, name: str) -> str:
    """A customer's name, hidden where ``--mask`` wants that."""
    if not context.mask:
        return name
    from textcrm.normalize.masks import mask

    return mask("name", name)


class Cells:
    """The cells of one column; what comes again and again is put into words once.

    ``exact`` leaves out thousands marks, for other programs.
    """

    def __init__(self, context: Context, column: Column, *, exact: bool = False) -> None:
        self.context = context
        self.column = column
        self.exact = exact
        self.comma = "、" if context.language == "zh" else ", "
        self._read = column.reader()
        self._sealed = None if context.reveal else sealed_field(context, column)
        # One scalar is either there or locked; of several each may be.
        self._several = any(len(target.path) > 1 for target in column.targets)
        self._known: dict[Any, str] = {}
        # Names and ids are all different and said as they stand.
        self._as_is = self._sealed is None and not context.mask and column.is_plain

    def of(self, docs: Iterable[Doc]) -> list[str]:
        """What stands in the cell of each record."""
        read, known, single, as_is = self._read, self._known, not self._several, self._as_is
        found: list[str] = []
        for doc in docs:
            values = read(doc)
            if single and len(values) == 1:
                value = values[0]
                if as_is and type(value) is str:
                    found.append(value)
                else:
                    found.append(known.get(value) or self._text(value))
            else:
                found.append(self._joined(doc, values))
        return found

    def _joined(self, doc: Doc, values: list[Any]) -> str:
        texts = [self._text(value) for value in dict.fromkeys(values)]
        if (self._several or not texts) and self.column.locked(doc):
            texts.append(" ".join([LOCKED, *self.column.labels(doc)]))
        return texts[0] if len(texts) == 1 else self.comma.join(texts)

    def _text(self, value: Any) -> str:
        known = self._known.get(value)
        if known is None:
            shown = value if value is None else self._masked(value)
            known = said(self.context, self.column, shown, exact=self.exact)
            self._known[value] = known
        return known

    def _masked(self, value: Any) -> Any:
        if self._sealed is not None:
            return sealed_mask(self._sealed, value)
        return _personally(self.context, self.column, value)


def rows_of(
    context: Context, columns: Sequence[Column], docs: Iterable[Doc], *, exact: bool = False
) -> Iterator[list[str]]:
    """The rows of a table."""
    listed = list(docs)
    # Column by column: what is to be known of one is looked up once.
    cells = [Cells(context, column, exact=exact).of(listed) for column in columns]
    return map(list, zip(*cells, strict=True))


def said(context: Context, column: Column, value: Any, *, exact: bool = False) -> str:
    """One value as people read it."""
    import datetime as dt

    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f" if exact else ",f")
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if column.kind == "person" and isinstance(value, str):
        return context.vault().access.display(value)
    return column.label_of(value).say(context.language)


def json_cell(context: Context, column: Column, doc: Doc) -> Any:
    """A cell for programs: codes, ISO dates, money as text; sealed values locked."""
    value = masked(context, column, column.value(doc))
    if value is None and column.locked(doc):
        labels = list(dict.fromkeys(one for each in column.labels(doc) for one in each.split("+")))
        return {"sealed": labels[0] if len(labels) == 1 else labels, "locked": True}
    if value is not None and not context.reveal and sealed_field(context, column) is not None:
        return {"locked": True, "masked": value}
    return plain(value)


# -- printing


def print_table(
    context: Context,
    heads: Sequence[Text],
    rows: list[list[str]],
    right: set[int],
    whole: set[int] | None = None,
) -> None:
    """Print a table; one block a row where so many columns cannot stand side by side."""
    out = context.out
    titles = [head.say(context.language) for head in heads]
    needed = [min(_LEAST, max(map(width, column))) for column in zip(titles, *rows, strict=True)]
    if sum(needed) + 2 * (len(needed) - 1) <= out.room:
        out.table(heads, rows, right=right, whole=whole)
        return
    for row in rows:
        out.line(row[0], style="bold")
        for title, text in zip(titles[1:], row[1:], strict=True):
            if text:
                out.pair(title, text, depth=1)


def print_separated(
    context: Context, form: str, heads: Sequence[Text], rows: Iterable[Sequence[str]]
) -> None:
    """Print CSV (RFC 4180, LF) or TSV that a spreadsheet opens without running anything in it."""
    import csv
    import io

    from textcrm.exchange.csv_writer import inert

    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if form == "csv" else "\t", lineterminator="\n")
    writer.writerow([head.say(context.language) for head in heads])
    writer.writerows([inert(one) for one in row] for row in rows)
    context.out.separated(text.getvalue())
