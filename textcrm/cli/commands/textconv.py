"""textcrm textconv: what git calls to show a record in a diff (gitattributes(5), textconv)."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command
from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "textconv",
    help=Text(
        "Print a record for git's diff: sealed values as a line each, which tells that they changed "
        "and not what they are. With TEXTCRM_REVEAL=1 what your keys open is in plain. “textcrm "
        "doctor --fix” tells git to call it; nothing that it prints is kept.",
        "供 git diff 显示记录：加密值各占一行，只看得出是否变更。设 TEXTCRM_REVEAL=1 时以明文显示"
        "您的密钥能打开的值。由 textcrm doctor --fix 登记，输出不会被缓存。",
    ),
    examples=[
        (Text("as git calls it", "git 的调用方式"), "textcrm textconv FILE"),
        (Text("with what you may read", "显示您可读的值"), "TEXTCRM_REVEAL=1 git diff"),
    ],
)
@argument("file", help=Text("a version of a record", "记录的某个版本"))
def run(context: Context, file: str) -> None:
    """Print one version of a record; whatever is no record comes out as it is."""
    data = Path(file).read_bytes()
    # Conflict markers, no vault, a schema in pieces: git shows the lines themselves.
    with contextlib.suppress(TextcrmError):
        data = _readable(context, Path(file).name, data)
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _readable(context: Context, name: str, data: bytes) -> bytes:
    from textcrm import store, yamlfile
    from textcrm.records.readable import readable

    vault = context.vault()
    # An empty side (a new or deleted file) and a file without fields are shown as they are.
    if not data.strip():
        return data
    record = store.parse(name, data, vault.schema)
    reveal = os.environ.get("TEXTCRM_REVEAL", "") not in ("", "0")
    text, opened = readable(vault, record, context.language, reveal=reveal)
    if opened:
        from textcrm.cli.noted import note_read

        note_read(context, "git diff", [record.id])
    return yamlfile.encode(text)
