"""textcrm attach: files of a customer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.show import LOCKED
from textcrm.cli.written import report
from textcrm.errors import Conflict, Misuse, StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from textcrm.cli.context import Context
    from textcrm.records.attachments import Attachment


@command(
    "attach",
    help=Text(
        "Copy a contract or other file into the vault, named YYYY-MM-DD_kind_title. "
        "--seal CLASS seals it for who reads that class; its name and title stay readable. "
        "“attach list ID”, “attach path ID WHICH” and “attach get ID WHICH DIR” find it again.",
        "把合同等文件收入客户库，统一命名为 日期_类别_标题。"
        "--seal 类别 加密保存，仅可读该类别的人能打开（文件名和标题仍可见）。"
        "用“attach list 编号”“attach path 编号 哪个”“attach get 编号 哪个 目录”查找和取出。",
    ),
    examples=[
        (
            Text("file a contract", "归档合同"),
            "textcrm attach C20240501001 合同扫描件.pdf --kind 合同 --title 年度采购合同",
        ),
        (
            Text("seal a copy of an id", "加密保存证件扫描件"),
            "textcrm attach C20240501001 scan.jpg --seal identity --title 证件",
        ),
        (Text("see what is there", "查看"), "textcrm attach list C20240501001"),
        (Text("take one out, opened", "取出（自动解密）"), "textcrm attach get C20240501001 1 ."),
    ],
)
@argument("id", help=Text("id or name; or list, path, get", "编号或名称；或 list、path、get"))
@argument("words", nargs=-1, metavar="FILE", help=Text("the file", "文件"))
@option(
    "--kind",
    metavar="KIND",
    help=Text("contract, agreement, warranty or other", "合同、服务协议、保修单或其他"),
)
@option("--title", help=Text("a title; the file's name if not given", "标题，默认取文件名"))
@option(
    "--date",
    metavar="DATE",
    help=Text("the document's date; today if not given", "文件日期，默认今天"),
)
@option("--valid-until", metavar="DATE", help=Text("until when it holds", "有效期至"))
@option(
    "--seal",
    metavar="CLASS",
    help=Text("seal it: identity, finance, contact", "加密保存：identity、finance、contact"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str,
    words: tuple[str, ...],
    kind: str | None,
    title: str | None,
    date: str | None,
    valid_until: str | None,
    seal: str | None,
    reason: str | None,
) -> None:
    """Attach, list or fetch files."""
    if id == "list" and len(words) == 1:
        _list(context, words[0])
    elif id == "path" and len(words) == 2:
        _path(context, *words)
    elif id == "get" and len(words) in (2, 3):
        _get(context, *words)
    elif len(words) == 1:
        _attach(context, id, words[0], kind, title, date, valid_until, seal, reason)
    else:
        raise Misuse(
            "nothing-given",
            Text("name one file", "请给出一个文件"),
            hint=Text("textcrm attach {id} FILE", "textcrm attach {id} 文件"),
            id=id,
        )


def _attach(
    context: Context,
    word: str,
    file: str,
    kind: str | None,
    title: str | None,
    date: str | None,
    valid_until: str | None,
    seal: str | None,
    reason: str | None,
) -> None:
    from textcrm.normalize.dates import parse_date
    from textcrm.records.attachments import attach

    vault = context.vault()
    day = parse_date(date, vault.today, prefer="past") if date else None
    done, path = attach(
        vault,
        word,
        Path(file),
        kind=kind,
        title=title,
        date=day,
        valid_until=valid_until,
        seal=seal,
        reason=reason,
    )
    report(
        context,
        done,
        Text("filed as {path} ({commit})", "已归档为 {path}（{commit}）"),
        also={"file": path},
        path=path,
    )


def _list(context: Context, word: str) -> None:
    from textcrm.records.attachments import attachments

    found = attachments(context.vault(), word)
    if context.json:
        context.emit([one._asdict() for one in found])
    elif found:
        context.out.table(
            [
                Text("No.", "序号"),
                Text("Date", "日期"),
                Text("Kind", "类别"),
                Text("Title", "标题"),
                Text("Size", "大小"),
                Text("File", "文件"),
            ],
            [_row(context, place, one) for place, one in enumerate(found, 1)],
            right={0, 4},
        )
    else:
        context.say(Text("no files", "没有文件"))
    if not found:
        context.exit(1)


def _row(context: Context, place: int, one: Attachment) -> list[str]:
    kind = context.vault().schema.at(("documents", "kind"))
    entry = kind.enum_value(one.kind) if kind else None
    size = Text("missing", "缺失").say(context.language) if one.size is None else f"{one.size:,}"
    label = entry.label.say(context.language) if entry else one.kind
    title = f"{one.title} {LOCKED} {'+'.join(one.sealed_for)}" if one.sealed_for else one.title
    return [str(place), one.date, label, title, size, one.path]


def _path(context: Context, word: str, which: str) -> None:
    from textcrm.records.attachments import find

    one = find(context.vault(), word, which)
    full = str(context.vault().root / one.path)
    if context.json:
        context.emit({"file": one.path, "path": full})
    else:
        context.out.line(full)


def _get(context: Context, word: str, which: str, folder: str = ".") -> None:
    from textcrm.records.attachments import find, plain_name, take_out

    vault = context.vault()
    if folder == "-":
        one = take_out(vault, word, which, sys.stdout.buffer)
        _noted(context, word, one)
        return
    one = find(vault, word, which)
    target = Path(folder)
    target = target / plain_name(one) if target.is_dir() else target
    if target.exists():
        raise Conflict(
            "file-exists",
            Text("{file} is there already", "{file} 已存在"),
            hint=Text("name another place", "请换一个位置"),
            file=str(target),
        )
    _written(target, lambda out: take_out(vault, word, which, out))
    _noted(context, word, one)
    if context.json:
        context.emit({"file": one.path, "path": str(target)})
    else:
        context.say(Text("copied to {path}", "已复制到 {path}"), path=str(target))


def _written(target: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file that only its owner reads, or none at all."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StorageFailure(
            "file-unwritable",
            Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
            file=str(target),
            why=error.strerror or "",
        ) from error
    try:
        with os.fdopen(handle, "wb") as out:
            write(out)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _noted(context: Context, word: str, one: Attachment) -> None:
    """Note that a sealed file was opened (K3)."""
    if one.sealed_for:
        from textcrm.vault import access_log

        access_log.note(context.vault(), "attach get", [context.vault().get(word).id])
