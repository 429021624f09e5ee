"""Printing a report in the form that was asked for: table, chart, JSON, CSV, a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcrm.cli import cells, tables
from textcrm.cli.width import wrap
from textcrm.errors import Misuse
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.insight.table import Table

FORMS: Final = ("table", "chart", "json", "csv", "tsv", "html", "svg")
SCREENFUL: Final = 30
_NOTE: Final = 100


def form_of(word: str | None, output: str | None, default: str) -> str:
    """The form asked for: the word, else what the output's name ends with, else the default.

    Raises Misuse (unknown-format).
    """
    form = word
    if form is None and output is not None:
        form = {"htm": "html", "txt": "table"}.get(_ending(output), _ending(output))
    if form is None:
        return default
    form = form.casefold()
    if form in FORMS:
        return form
    raise Misuse(
        "unknown-format",
        Text("there is no format “{form}”", "没有格式“{form}”"),
        hint=Text("formats: {known}", "可用格式：{known}"),
        form=form[:40],
        known=list(FORMS),
    )


def _ending(output: str) -> str:
    return Path(output).suffix.lstrip(".").casefold()


class Printing:
    """How tables leave: ``form``, the file they go to (None: the screen), rows at most.

    ``force`` lets it take the place of a file that is there; ``private`` makes one that nobody
    else may read.
    """

    def __init__(
        self,
        context: Context,
        form: str,
        output: str | None,
        limit: int | None,
        *,
        force: bool = False,
        private: bool = False,
    ) -> None:
        self.force = force
        self.private = private
        self.context = context
        self.form = "json" if context.json else form
        self.output = output
        self.limit = limit

    def give(self, found: Sequence[Table], title: Text | None = None) -> None:
        """Print tables, or write them to the file. Raises StorageFailure,
        Misuse (one-only, file-exists).
        """
        found = [cells.masked(self.context, table) for table in found]
        if len(found) > 1 and self.form in ("csv", "tsv", "svg"):
            raise Misuse(
                "one-only",
                Text("{form} holds one report", "{form} 只能放一个报表"),
                hint=Text("name one, or use --format html", "请指定一个报表，或用 --format html"),
                form=self.form,
            )
        if self.form in ("table", "chart") and self.output is None:
            self._screen(found)
            return
        text = self._text(found, title)
        if self.output is None:
            self._raw(text)
        else:
            self._write(text)

    def _screen(self, found: Sequence[Table]) -> None:
        with self.context.out.paged():
            for place, table in enumerate(found):
                if place:
                    self.context.out.line()
                self._one(table)

    def _one(self, table: Table) -> None:
        context = self.context
        limit = SCREENFUL if self.limit is None else self.limit or None
        if self.form == "chart" and table.chart is not None and table.rows:
            from textcrm.cli.bars import print_chart

            print_chart(context, table, limit)
        else:
            context.out.title(table.title.say(context.language))
            if table.rows:
                self._table(table, limit)
            else:
                context.say(Text("nothing to show", "没有数据"))
        for note in table.notes:
            for line in wrap(note.say(context.language), min(context.out.room, _NOTE) - 2):
                context.note(same("{line}"), line=line)

    def _table(self, table: Table, limit: int | None) -> None:
        context = self.context
        late = table.chart is not None and table.chart.over_time
        chosen = table.rows[-limit:] if late and limit else table.rows[:limit]
        seen = cells.shown(context, table, rows=chosen)
        rows = [*seen.rows, seen.total] if seen.total else seen.rows
        right = {place for place, one in enumerate(seen.columns) if one.is_number}
        whole = {place for place, one in enumerate(seen.columns) if one.kind in ("id", "date")}
        tables.print_table(context, [same(head) for head in seen.heads], rows, right, whole)
        left = len(table.rows) - len(chosen)
        if left:
            context.note(
                Text("and {n} more rows: --limit 0", "另有 {n} 行：--limit 0 全部显示"), n=left
            )

    def _text(self, found: Sequence[Table], title: Text | None) -> str:
        if self.form == "json":
            return self._json(found)
        if self.form == "html":
            return self._html(found, title)
        if self.form == "svg":
            from textcrm.cli.page import draw

            return draw(self.context, found[0])
        if self.form in ("csv", "tsv"):
            return self._separated(found[0])
        return self._captured(found)

    def _json(self, found: Sequence[Table]) -> str:
        import json

        trees = [table.as_dict(self.context.language) for table in found]
        for tree in trees if self.limit else ():
            tree["rows"] = tree["rows"][: self.limit]
        tree = trees[0] if len(trees) == 1 else {one["report"]: one for one in trees}
        return json.dumps(tree, ensure_ascii=False, indent=2, default=str) + "\n"

    def _html(self, found: Sequence[Table], title: Text | None) -> str:
        from textcrm.cli.page import page

        context = self.context
        vault = context.vault()
        heading = (title or found[0].title).say(context.language)
        about = Text("{name} · {day}", "{name} · {day}").say(
            context.language,
            name=vault.config.name or vault.root.name,
            day=vault.today.isoformat(),
        )
        return page(context, found, heading, about)

    def _separated(self, table: Table) -> str:
        import csv
        import io

        from textcrm.exchange.csv_writer import inert

        seen = cells.shown(self.context, table, exact=True)
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter="," if self.form == "csv" else "\t", lineterminator="\n"
        )
        writer.writerow(seen.heads)
        rows = seen.rows[: self.limit] if self.limit else seen.rows
        writer.writerows([inert(one) for one in row] for row in rows)
        return text.getvalue()

    def _captured(self, found: Sequence[Table]) -> str:
        """A table or chart as a text file has it: without colour, as wide as it needs."""
        import io

        from textcrm.cli.output import Output

        stream = io.StringIO()
        before, self.context.out = self.context.out, Output(stream, self.context.language)
        try:
            self._screen(found)
        finally:
            self.context.out = before
        return stream.getvalue()

    def _raw(self, text: str) -> None:
        if self.form == "json":
            self.context.out.raw_json(text.removesuffix("\n"))
        elif self.form in ("csv", "tsv"):
            self.context.out.separated(text)
        else:
            self.context.out.plain(text)

    def _write(self, text: str) -> None:
        """Write the file, whole or not at all; never in the place of another unasked."""
        from textcrm.exchange.export_file import placed

        assert self.output is not None  # noqa: S101 - the caller looked
        # A spreadsheet takes UTF-8 for what it is only where a mark says so.
        mark = "\ufeff" if self.form in ("csv", "tsv") else ""
        with placed(Path(self.output), force=self.force, private=self.private) as file:
            file.write_text(mark + text, encoding="utf-8", errors="backslashreplace", newline="")
        self.context.say(Text("written: {file}", "已写入 {file}"), file=self.output)
