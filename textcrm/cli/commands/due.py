"""textcrm due: what needs doing, most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import Count, command, option
from textcrm.cli.reading import report_broken
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.due import Due


@command(
    "due",
    help=Text(
        "What needs doing, most urgent first, each with its reason and the command that settles it: "
        "next steps, money owed, complaints, contracts and warranties that end, after-sales calls, "
        "expected purchases, silent prospects, records that nobody updates, verification, surveys.",
        "待办清单，最急的在前，每条注明事由和办理命令：下一步计划、应收款、投诉、合同和质保到期、"
        "售后回访、预计再购、久未联系的潜在客户、久未更新的资料、信息核对、满意度调查等。",
    ),
    examples=[
        (Text("mine, this week", "我的，一周内"), "textcrm due --owner me"),
        (Text("the next 30 days", "30 天内"), "textcrm due --within 30"),
        (Text("one kind", "只看某一类"), "textcrm due --kind payment"),
        (Text("into a calendar", "写成日历文件"), "textcrm due --owner me --ics 待办.ics"),
        (Text("a mail every morning", "每天早上发邮件"), "textcrm due --owner me --schedule"),
    ],
)
@option(
    "--within",
    type=Count(),
    default=7,
    metavar="DAYS",
    help=Text("look so many days ahead (7)", "往后看多少天（默认 7）"),
)
@option(
    "--owner",
    metavar="PERSON",
    help=Text("me, a person, or none for the public pool", "me、某人，或 none（公海）"),
)
@option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help=Text("only that kind; may be repeated", "只看某一类，可重复使用"),
)
@option("--limit", type=Count(), metavar="N", help=Text("at most so many", "最多条数"))
@option(
    "--all",
    "everything",
    is_flag=True,
    help=Text("every line, however many of a kind there are", "全部列出，不省略同类条目"),
)
@option("--count", is_flag=True, help=Text("print the number only", "只输出数量"))
@option("--ics", metavar="FILE", help=Text("write them into a calendar file", "写成日历文件"))
@option("--force", is_flag=True, help=Text("over a file that is there", "覆盖已有文件"))
@option("--digest", is_flag=True, help=Text("the body of a mail", "输出邮件正文"))
@option(
    "--schedule",
    is_flag=True,
    help=Text("print lines for cron and systemd, do nothing", "只打印 cron 和 systemd 的定时配置"),
)
@option(
    "--reveal",
    is_flag=True,
    help=Text(
        "sealed amounts and next steps too, with your key", "用您的密钥显示加密的金额和下一步"
    ),
)
def run(
    context: Context,
    within: int,
    owner: str | None,
    kinds: tuple[str, ...],
    limit: int | None,
    everything: bool,
    count: bool,
    ics: str | None,
    force: bool,
    digest: bool,
    schedule: bool,
    reveal: bool,
) -> None:
    """List what is due."""
    from textcrm.catalog.collecting import uncollected
    from textcrm.cli import due_list, due_mail

    if reveal and (ics or digest or schedule):
        raise _no_reveal()
    whose = _owner(context, owner)
    if schedule:
        due_mail.schedule(context, owner, within)
        return
    with uncollected():
        found = _found(context, within, whose, kinds)
        report_broken(context)
        error = None
        if reveal:
            from textcrm.cli.debts import due_opened

            found, error = due_opened(context, found)
        found = due_list.hidden(context, found)
        _give(context, found, whose, limit, everything or bool(kinds), count, ics, force, digest)
    if error is not None:
        raise error
    if not found and not (count or ics or digest):
        context.exit(1)


def _no_reveal() -> Misuse:
    return Misuse(
        "no-reveal",
        Text(
            "--reveal is for the screen and --json: a calendar or a mail would carry sealed amounts "
            "in plain",
            "--reveal 只用于屏幕和 --json：日历或邮件会带出加密金额的明文",
        ),
        hint=Text("leave out --reveal", "请去掉 --reveal"),
    )


def _give(
    context: Context,
    found: list[Due],
    whose: str | None,
    limit: int | None,
    everything: bool,
    count: bool,
    ics: str | None,
    force: bool,
    digest: bool,
) -> None:
    """Print the list in the form that was asked for, or write it."""
    from textcrm.cli import due_list, due_mail

    if count:
        context.out.line(str(len(found)))
        return
    if ics is not None:
        _calendar(context, found, ics, force=force)
        return
    if digest:
        for line in due_mail.digest(context, found[:limit], whose):
            context.out.line(line)
        return
    if context.json:
        context.emit([due_list.as_json(context, one) for one in found[:limit]])
    elif found:
        whole = everything or limit is not None
        with context.out.paged():
            due_list.tell(context, found[:limit], everything=whole)
            if limit is not None and len(found) > limit:
                context.hint(Text("and {n} more", "另有 {n} 项"), n=len(found) - limit)
            due_list.note_unknown_holidays(context, found)
    else:
        context.say(Text("nothing is due", "没有待办事项"))


def _found(context: Context, within: int, owner: str | None, kinds: tuple[str, ...]) -> list[Due]:
    """What is due, what was entered late among it."""
    from textcrm.cli.lately import entered_late
    from textcrm.insight.due import due

    vault = context.vault()
    only = [_kind(word) for word in kinds]
    history = not only or {"late", "stage"} & set(only)
    entered = entered_late(vault) if history else []
    return due(vault, within=within, owner=owner, kinds=only, entered=entered)


def _kind(word: str) -> str:
    """A kind by its code or its name in either language. Raises Misuse (unknown-kind)."""
    from textcrm.insight.due import KINDS

    wanted = word.strip().casefold()
    for code, name in KINDS.items():
        if wanted in (code, code.replace("_", "-"), name.en.casefold(), name.zh):
            return code
    raise Misuse(
        "unknown-kind",
        Text("there is no kind “{word}”", "没有“{word}”这一类"),
        hint=Text("kinds: {known}", "可用：{known}"),
        word=word[:40],
        known=[Text(code, f"{name.zh} {code}") for code, name in KINDS.items()],
    )


def _calendar(context: Context, found: list[Due], file: str, *, force: bool) -> None:
    """Write a calendar file, or to standard output for ``-``; in the order of the list."""
    from pathlib import Path

    from textcrm.cli.exported import send
    from textcrm.cli.exported_due import entries
    from textcrm.exchange import export as exporting

    form = exporting.format_of("ics")
    settings = exporting.settings_of(context.vault(), context.language)
    own = list(entries(context, found, settings.language))
    if file == "-":
        send(context, exporting.chunks(form, own, settings))
        return
    exporting.write_own(form, own, settings, Path(file), force=force)
    if context.json:
        context.emit({"file": file, "entries": len(own)})
    else:
        context.say(
            Text("{n} entries in {file}", "已写入 {file}，共 {n} 条"), n=len(own), file=file
        )


def _owner(context: Context, word: str | None) -> str | None:
    """The id of a person, or none for the pool. Raises Misuse (who-is-me, no-such-person)."""
    if word is None or word in ("none", "公海", "无"):
        return word and "none"
    from textcrm.vault.unfound import no_such_person

    vault = context.vault()
    if word in ("me", "我"):
        return vault.require_me().id
    person = vault.access.find(word)
    if person is not None:
        return person.id
    if any(record.typed.get("owner") == word for record in vault.docs()):
        return word  # somebody who left: their customers still name them
    raise no_such_person(vault, word)
