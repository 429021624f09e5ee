"""textcrm edit: a customer's file in the editor, checked and sealed before it is committed."""

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
    from textcrm.records.plain_copy import PlainCopy
    from textcrm.vault import Draft, Result


@command(
    "edit",
    help=Text(
        "Open a customer's file in your editor ($VISUAL, $EDITOR); what you save is checked, sealed "
        "where it is sensitive, and committed. Sealed values that your key opens stand there in "
        "plain, in a private file in memory; the others as <locked ...>, to be left as they are. "
        "Where it is invalid you may go on editing; nothing is lost.",
        "用编辑器（$VISUAL、$EDITOR）打开客户文件；保存后先检查，敏感字段加密，再提交。"
        "您的密钥能解开的加密值以明文显示在内存中的私有文件里，其余显示为 <locked ...>，请保持原样。"
        "有错误时可继续编辑，内容不会丢失。",
    ),
    examples=[
        (Text("edit", "编辑"), "textcrm edit C20240501001"),
        (Text("with another editor", "用其他编辑器"), "textcrm edit C20240501001 --editor nano"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option("--editor", metavar="COMMAND", help=Text("the editor to use", "要使用的编辑器"))
@option(
    "--rejected",
    is_flag=True,
    help=Text("go on with the text that could not be committed", "继续编辑上次未能提交的内容"),
)
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str,
    editor: str | None,
    rejected: bool,
    grant: bool,
    reason: str | None,
) -> None:
    """Edit a record."""
    from textcrm.cli import granting
    from textcrm.cli.rejected import forget, kept
    from textcrm.records.editing import Done
    from textcrm.vault.formats import demand_known

    vault = context.vault()
    demand_known(vault)  # before anything is typed
    granting.allow(context, vault, given=grant)
    record = vault.get(id)
    start = kept(context, record) if rejected else None
    result = _until_valid(context, record, editor, reason, start)
    if result is None:
        context.say(Text("{id}: nothing changed", "{id}：没有改动"), id=record.id)
        return
    forget(vault, record)
    done = Done(result if result.ids else result._replace(ids=(record.id,)), ())
    report(context, done, Text("changed {id} ({commit})", "已修改 {id}（{commit}）"))


def _until_valid(
    context: Context,
    record: Record,
    editor: str | None,
    reason: str | None,
    start: str | None,
) -> Result | None:
    """Edit and commit, again where it is invalid and the user wants to; None for no change."""
    from textcrm.cli import becoming
    from textcrm.cli.rejected import keep
    from textcrm.errors import Conflict
    from textcrm.records.plain_copy import plain_copy, taken_back
    from textcrm.vault.typed_places import placed_in

    vault = context.vault()
    copy = plain_copy(vault, record)
    text = start if start is not None else copy.text
    while True:
        text = _edited(context, record, text, editor, secret=copy.secret)
        try:
            sealed = taken_back(vault, record, copy, text)
            if sealed == record.text:
                return None
            whole = becoming.completed(context, record, sealed)
            return vault.write("edit", _plan(record, whole), reason=reason)
        except Invalid as invalid:
            error = placed_in(invalid, record.path, text)
            if not _again(context, error):
                keep(context, record, text, secret=_secret(context, copy, text))
                raise error from None
        except Conflict:
            keep(context, record, text, secret=_secret(context, copy, text))
            raise


def _secret(context: Context, copy: PlainCopy, text: str) -> bool:
    """Whether a text that was typed may hold what is to be sealed; where it does not read, yes."""
    from textcrm import store
    from textcrm.errors import TextcrmError
    from textcrm.vault.seals import plain_values

    vault = context.vault()
    if copy.secret:
        return True
    try:
        record = store.parse("typed.yaml", text.encode(), vault.schema)
    except TextcrmError:
        return bool(vault.access.has_keys)
    return bool(plain_values(vault, record)) and vault.access.has_keys


def _plan(record: Record, text: str) -> Callable[[Draft], None]:
    from textcrm.errors import Conflict
    from textcrm.store import parse
    from textcrm.vault.completing import completed
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
                        "look at the change: textcrm log {id}", "查看改动：textcrm log {id}"
                    ),
                    id=record.id,
                )
            return completed(parse(record.path, encode(text), record.schema))

        draft.edit(record.path, change)

    return plan


def _edited(
    context: Context, record: Record, text: str, editor: str | None, *, secret: bool
) -> str:
    """Let the editor change a private copy and read it back."""
    import subprocess

    from textcrm.cli.private import memory_folder, private_file, quiet_editor
    from textcrm.yamlfile import decode, encode

    words = context.editor(editor)
    if secret:
        words = quiet_editor(words)
        if memory_folder() is None:
            context.warn(
                Text(
                    "this system has no memory-backed folder: the open text lies on the disk while "
                    "you edit",
                    "本系统没有内存目录：编辑期间明文会暂存在磁盘上",
                )
            )
    with private_file(f"{record.id}.yaml", encode(text)) as file:
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
    """Whether somebody is there who wants to mend it; else it is told when it ends the command."""
    if not context.interactive:
        return False
    context.show_error(error)
    return context.confirm(Text("Go on editing?", "继续编辑？"), default=True)
