"""textcrm edit: a customer's file in the editor, checked before it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.errors import Invalid, Misuse, StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.vault import Draft, Result


@command(
    "edit",
    help=Text(
        "Open a customer's file in your editor ($VISUAL, $EDITOR); what you save is checked and "
        "committed. Where it is invalid you may go on editing; nothing is lost.",
        "用编辑器（$VISUAL、$EDITOR）打开客户文件；保存后先检查再提交。有错误时可继续编辑，内容不会丢失。",
    ),
    examples=[
        (Text("edit", "编辑"), "textcrm edit C20240501001"),
        (Text("with another editor", "用其他编辑器"), "textcrm edit C20240501001 --editor nano"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option("--editor", metavar="COMMAND", help=Text("the editor to use", "要使用的编辑器"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, editor: str | None, reason: str | None) -> None:
    """Edit a record."""
    from textcrm.records.editing import Done

    vault = context.vault()
    record = vault.get(id)
    result = _until_valid(context, record, editor, reason)
    if result is None:
        context.say(Text("{id}: nothing changed", "{id}：没有改动"), id=record.id)
        return
    done = Done(result if result.ids else result._replace(ids=(record.id,)), ())
    report(context, done, Text("changed {id} ({commit})", "已修改 {id}（{commit}）"))


def _until_valid(
    context: Context, record: Record, editor: str | None, reason: str | None
) -> Result | None:
    """Edit and commit, again where it is invalid and the user wants to; None for no change."""
    text = record.text
    while True:
        text = _edited(context, record, text, editor)
        if text == record.text:
            return None
        try:
            return context.vault().write("edit", _plan(record, text), reason=reason)
        except Invalid as error:
            if not _again(context, error):
                _keep(context, record, text)
                raise


def _plan(record: Record, text: str) -> Callable[[Draft], None]:
    from textcrm.errors import Conflict
    from textcrm.history.worktree import completed
    from textcrm.store import parse
    from textcrm.yamlfile import encode

    def plan(draft: Draft) -> None:
        def change(current: Record) -> str:
            if current.text != record.text:
                raise Conflict(
                    "changed-meanwhile",
                    Text(
                        "{id} was changed by somebody while you edited",
                        "编辑期间 {id} 已被他人修改",
                    ),
                    hint=Text(
                        "your text is kept; look at the change: textcrm log {id}",
                        "您的内容已保留；查看改动：textcrm log {id}",
                    ),
                    id=record.id,
                )
            return completed(parse(record.path, encode(text), record.schema))

        draft.edit(record.path, change)

    return plan


def _edited(context: Context, record: Record, text: str, editor: str | None) -> str:
    """Let the editor change a private copy and read it back."""
    import os
    import subprocess
    import tempfile
    from pathlib import Path

    from textcrm.yamlfile import decode, encode

    words = context.editor(editor)
    with tempfile.TemporaryDirectory(prefix="textcrm-", dir=context.private_folder()) as folder:
        file = Path(folder) / f"{record.id}.yaml"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(encode(text))
        try:
            code = subprocess.run([*words, str(file)], check=False).returncode
        except OSError as error:
            raise Misuse(
                "editor-missing",
                Text("the editor “{editor}” does not start", "无法启动编辑器“{editor}”"),
                hint=Text("name another: --editor or $EDITOR", "请用 --editor 或 $EDITOR 指定"),
                editor=" ".join(words),
            ) from error
        if code:
            raise StorageFailure(
                "editor-failed",
                Text(
                    "the editor ended with {status}; nothing was changed",
                    "编辑器以 {status} 退出，未作任何修改",
                ),
                status=code,
            )
        return decode(file.read_bytes(), file=record.path)


def _again(context: Context, error: Invalid) -> bool:
    context.show_error(error)
    return context.interactive and context.confirm(
        Text("Go on editing?", "继续编辑？"), default=True
    )


def _keep(context: Context, record: Record, text: str) -> None:
    """Keep what could not be committed where the user finds it, readable by them only."""
    import os

    from textcrm.yamlfile import encode

    folder = context.vault().root / ".textcrm" / "rejected"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{record.id}.yaml"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(encode(text))
    context.hint(Text("your text is kept in {file}", "您的内容保存在 {file}"), file=str(file))
