"""textcrm backup: history in a dated file that is proved, checked, and restored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.backup import Made
    from textcrm.history.restoring import Proof


@command(
    "backup",
    help=Text(
        "Back all history up into a folder, as 客户信息总表_YYYYMMDD.bundle (only what is new since "
        "the last one there) with a workbook of that name, and prove it by restoring it; or push it "
        "to a second remote. "
        "“backup verify PLACE” proves one again, “backup restore PLACE DIR” makes a vault of it. "
        "--encrypt lets only the recovery key open it: for a place that others can read.",
        "把全部历史备份到文件夹，文件名为 客户信息总表_年月日.bundle（只含上次备份以来的新内容），"
        "附同名 xlsx 表格，并通过实际恢复来验证；也可推送到第二个远端。"
        "“backup verify 位置”重新验证，“backup restore 位置 目录”恢复成客户库。"
        "加 --encrypt 后只有恢复密钥能打开，适合放在他人也能读取的位置。",
    ),
    examples=[
        (Text("to another disk", "备份到另一块硬盘"), "textcrm backup /mnt/usb/textcrm"),
        (Text("prove it", "验证"), "textcrm backup verify /mnt/usb/textcrm"),
        (Text("restore it", "恢复"), "textcrm backup restore /mnt/usb/textcrm restored"),
        (
            Text("to a place that others can read", "备份到他人可读的位置"),
            "textcrm backup /mnt/cloud/textcrm --encrypt",
        ),
        (Text("every week", "每周自动备份"), "textcrm backup /mnt/usb/textcrm --schedule"),
    ],
)
@argument(
    "dest",
    help=Text("a folder or a remote; or verify, restore", "文件夹或远端；或 verify、restore"),
)
@argument("words", nargs=-1, metavar="PLACE", help=Text("what to verify or restore", "备份的位置"))
@option("--full", is_flag=True, help=Text("all of it, not only what is new", "完整备份，而非增量"))
@option(
    "--encrypt",
    is_flag=True,
    help=Text("only the recovery key opens it", "加密备份，只有恢复密钥能打开"),
)
@option(
    "--no-xlsx",
    is_flag=True,
    help=Text("without the workbook beside it", "不附带 xlsx 表格"),
)
@option(
    "--insecure",
    is_flag=True,
    help=Text("allow http://, git:// and ftp:// remotes", "允许 http://、git://、ftp:// 远端"),
)
@option(
    "--schedule",
    is_flag=True,
    help=Text("print lines for cron and systemd, do nothing", "只打印 cron 和 systemd 的定时配置"),
)
def run(
    context: Context,
    dest: str,
    words: tuple[str, ...],
    full: bool,
    encrypt: bool,
    no_xlsx: bool,
    insecure: bool,
    schedule: bool,
) -> None:
    """Back up, verify or restore."""
    if dest == "verify" and len(words) == 1:
        _verify(context, Path(words[0]))
    elif dest == "restore" and len(words) == 2:
        _restore(context, Path(words[0]), Path(words[1]))
    elif words or dest in ("verify", "restore"):
        raise Misuse(
            "backup-words",
            Text("that is not how backup is called", "backup 的用法不对"),
            hint=Text(
                "textcrm backup DEST; backup verify PLACE; backup restore PLACE DIR",
                "textcrm backup 目标；backup verify 位置；backup restore 位置 目录",
            ),
        )
    elif schedule:
        _schedule(context, dest, encrypt=encrypt)
    else:
        _backup(context, dest, full=full, encrypt=encrypt, insecure=insecure, sheet=not no_xlsx)


def _backup(
    context: Context, dest: str, *, full: bool, encrypt: bool, insecure: bool, sheet: bool
) -> None:
    from textcrm.history import backup, mirroring

    workbook = None

    vault = context.vault()
    if mirroring.is_address(vault, dest):
        if encrypt or full:
            raise Misuse(
                "options-clash",
                Text(
                    "--encrypt and --full are for a folder, and {dest} is a git remote",
                    "--encrypt 和 --full 用于文件夹，而 {dest} 是 git 远端",
                ),
                hint=Text("name a folder", "请指定文件夹"),
                dest=dest,
            )
        made = mirroring.push(vault, dest, insecure=insecure)
    else:
        made = backup.backup(vault, Path(dest), full=full, encrypt=encrypt)
        if sheet and made.backup is not None and made.commits:
            from textcrm.cli.backup_sheet import write_sheet

            workbook = write_sheet(context, made.backup)
    if context.json:
        context.emit(_json(made, workbook))
        return
    _tell(context, made, workbook)


def _json(made: Made, workbook: Path | None) -> dict[str, Any]:
    one = made.backup
    return {
        "where": made.where,
        "xlsx": str(workbook) if workbook else None,
        "commits": made.commits,
        "records": made.records,
        "size": made.size,
        "full": one.full if one else None,
        "encrypted": one.encrypted if one else None,
        "tip": one.tip if one else None,
        "unsaved": made.unsaved,
    }


def _tell(context: Context, made: Made, workbook: Path | None) -> None:
    if made.backup is not None and not made.commits:
        context.say(
            Text("nothing new since {file}", "自 {file} 以来没有新内容"),
            file=made.backup.file.name,
        )
    elif made.backup is not None:
        context.say(
            Text(
                "backed up and proved: {where} ({records} customers, {commits} commits, {size} KB)",
                "已备份并验证：{where}（{records} 位客户，{commits} 个提交，{size} KB）",
            ),
            where=made.where,
            records=made.records,
            commits=made.commits,
            size=(made.size + 1023) // 1024,
        )
        if workbook is not None:
            context.note(
                Text("a workbook of all customers beside it: {file}", "同时写出客户总表：{file}"),
                file=workbook.name,
            )
        context.note(
            Text(
                "only the recovery key opens it: be sure that you have it (textcrm doctor --drill)",
                "只有恢复密钥能打开此备份，请确认密钥在手（textcrm doctor --drill）",
            )
            if made.backup.encrypted
            else Text(
                "names, phones and all that is not sealed can be read in it: keep it safe, or --encrypt",
                "未加密的姓名、电话等内容在备份中可直接读取，请妥善保管，或加 --encrypt",
            )
        )
    else:
        context.say(
            Text("pushed to {where}: {records} customers", "已推送到 {where}：{records} 位客户"),
            where=made.where,
            records=made.records,
        )
    if made.unsaved:
        context.warn(
            Text(
                "{count} edited files are not saved and so not in the backup",
                "{count} 个文件有未保存的编辑，不在备份中",
            ),
            count=made.unsaved,
        )
        context.hint(Text("save them: textcrm save", "保存：textcrm save"))


def _verify(context: Context, place: Path) -> None:
    from textcrm.cli.ownkeys import keyring
    from textcrm.history import restoring

    last = restoring.latest(place)
    proof = restoring.verify(last, context.vault_or_none(), keyring=keyring(context))
    if context.json:
        context.emit(_proof_json(proof))
        return
    context.say(
        Text(
            "{file} is good: restored from {files} files, {records} customers read",
            "{file} 完好：由 {files} 个文件恢复，{records} 位客户均可读取",
        ),
        file=proof.backup.file.name,
        files=proof.files,
        records=proof.records,
    )
    if proof.compared:
        context.note(
            Text(
                "each is the same as in this vault at that time",
                "每一位都与本客户库当时的内容一致",
            )
        )
    _unreadable(context, proof)


def _unreadable(context: Context, proof: Proof) -> None:
    for path in proof.unreadable[:10]:
        context.warn(
            Text("{file} does not read, and did not then", "{file} 无法读取（备份时即如此）"),
            file=path,
        )


def _proof_json(proof: Proof) -> dict[str, Any]:
    return {
        "file": str(proof.backup.file),
        "made": proof.backup.made,
        "tip": proof.backup.tip,
        "files": proof.files,
        "records": proof.records,
        "compared": proof.compared,
        "unreadable": list(proof.unreadable),
    }


def _restore(context: Context, place: Path, target: Path) -> None:
    from textcrm.cli.ownkeys import keyring
    from textcrm.history import restoring

    proof = restoring.restore(place, target, keyring=keyring(context))
    if context.json:
        context.emit({**_proof_json(proof), "path": str(target)})
        return
    context.say(
        Text(
            "restored into {path}: {records} customers, as of {made}",
            "已恢复到 {path}：{records} 位客户，备份时间 {made}",
        ),
        path=str(target),
        records=proof.records,
        made=proof.backup.made[:16],
    )
    context.hint(
        Text("look at it: textcrm -C {path} list", "查看：textcrm -C {path} list"),
        path=str(target),
    )
    _unreadable(context, proof)


def _schedule(context: Context, dest: str, *, encrypt: bool) -> None:
    import shlex
    import sys

    root = context.vault().root
    program = f"{shlex.quote(sys.executable)} -m textcrm"
    place = shlex.quote(dest if "://" in dest else str(Path(dest).absolute()))
    line = f"{program} -C {shlex.quote(str(root))} -q backup {place}"
    line += " --encrypt" if encrypt else ""
    cron = f"0 18 * * 5  {line}"
    unit = [
        "# ~/.config/systemd/user/textcrm-backup.service",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={line}",
        "# ~/.config/systemd/user/textcrm-backup.timer",
        "[Timer]",
        "OnCalendar=Fri 18:00",
        "Persistent=true",
        "[Install]",
        "WantedBy=timers.target",
    ]
    if context.json:
        context.emit({"cron": cron, "systemd": unit})
        return
    context.out.line(
        Text("# crontab -e, every Friday at six", "# crontab -e，每周五 18:00").say(
            context.language
        )
    )
    context.out.line(cron)
    for each in unit:
        context.out.line(each)
