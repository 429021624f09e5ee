"""textcrm merge-driver: what git calls to merge a record (gitattributes(5), merge drivers)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command
from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.schema import Schema


@command(
    "merge-driver",
    help=Text(
        "Merge three versions of a record by field, for git; “textcrm doctor --fix” tells git to.",
        "供 git 按字段合并同一记录的三个版本；由 textcrm doctor --fix 登记。",
    ),
    examples=[
        (Text("as git calls it", "git 的调用方式"), "textcrm merge-driver %O %A %B %P"),
    ],
)
@argument("base", help=Text("the common version", "共同版本"))
@argument("ours", help=Text("our version; the result goes there", "我方版本，结果写入其中"))
@argument("theirs", help=Text("their version", "对方版本"))
@argument("path", help=Text("the record's path", "记录的路径"))
def run(context: Context, base: str, ours: str, theirs: str, path: str) -> None:
    """Merge one record."""
    from textcrm.history.driver import merge_files

    done = merge_files(Path(base), Path(ours), Path(theirs), _schema(path))
    for one in done.questions:
        context.warn(
            Text(
                "{file}: {path} was changed on both sides; see _conflicts in the record",
                "{file}：双方都改了 {path}，见记录中的 _conflicts",
            ),
            file=path,
            path="/".join(map(str, one.path)),
        )
    if not done.readable:
        context.warn(
            Text(
                "{file}: one side is no record; git merged its lines",
                "{file}：有一方不是可读的记录，已由 git 按行合并",
            ),
            file=path,
        )
    if done.questions or not done.readable:
        context.exit(1)


def _schema(path: str) -> Schema:
    """The vault's schema; the default one where a merge has it in pieces."""
    from textcrm.schema import Schema, default_schema_text
    from textcrm.vault import Vault

    try:
        return Vault.open(Path.cwd() / path).schema
    except TextcrmError:
        return Schema.from_json(default_schema_text())
