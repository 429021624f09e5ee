"""The workbook 客户信息总表_YYYYMMDD.xlsx beside a backup, for people without git (I2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.cli.context import Context
    from textcrm.history.bundles import Backup


def write_sheet(context: Context, made: Backup) -> Path | None:
    """Write all customers as they stand now into a workbook of the backup's name.

    Sealed values are left out. Beside an encrypted backup the workbook is encrypted too; in plain
    it lies in the clone's git directory meanwhile. A workbook that cannot be written is told and
    fails no backup: None then.
    """
    try:
        return _written(context, made)
    except (TextcrmError, OSError) as error:
        why = (
            Text(error.say("en"), error.say("zh"))
            if isinstance(error, TextcrmError)
            else error.strerror
        )
        context.warn(
            Text(
                "the backup is good, but its workbook was not written: {why}",
                "备份完好，但未能写出表格：{why}",
            ),
            why=why,
        )
        return None


def _written(context: Context, made: Backup) -> Path:
    from textcrm.cli.noted import note_read
    from textcrm.exchange import export
    from textcrm.exchange.export_customers import Source, docs_of, rows_of
    from textcrm.history import backup
    from textcrm.vault import finding

    vault = context.vault()
    form = export.format_of("xlsx")
    docs = docs_of(vault, finding.query(vault, ""), archived=True)
    settings = export.settings_of(vault, "zh")

    def write(target: Path) -> None:
        source = Source(vault, rows_of(docs), versions=form.versions, updates=form.dated)
        export.write(form, source, settings, target, force=True)

    target = backup.place_beside(vault, made, form.suffix, write)
    note_read(context, "backup xlsx", [doc.id for doc in docs])
    return target
