"""What is due as the body of a mail, and the lines that send it every morning (F15)."""

from __future__ import annotations

import shlex
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from textcrm.cli.due_list import SECTIONS, shown, what, when
from textcrm.cli.tables import mask_name
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.cli.context import Context
    from textcrm.insight.due import Due


def digest(context: Context, found: Sequence[Due], owner: str | None) -> Iterator[str]:
    """The lines of a plain-text mail: no colours, no columns, each thing with its command."""
    vault, language = context.vault(), context.language
    name = vault.config.name or vault.root.name
    yield Text("To do, {day}: {vault}", "待办提醒 {day} · {vault}").say(
        language, day=vault.today.isoformat(), vault=name
    )
    if owner is not None:
        who = vault.access.display(owner) if owner != "none" else Text("(pool)", "（公海）")
        yield Text("Owner: {who}", "跟进人：{who}").say(language, who=who)
    if not found:
        yield ""
        yield Text("Nothing is due.", "没有待办事项。").say(language)
        return
    listed, left = shown(found, everything=False)
    for section, group in groupby(listed, key=lambda one: one.section):
        yield ""
        number = sum(one.section == section for one in found)
        yield Text("{title} ({n})", "【{title}】{n} 项").say(
            language, title=SECTIONS[section], n=number
        )
        for one in group:
            yield from _entry(context, one, owner)
    if left:
        yield ""
        yield Text("and {n} more: textcrm due --all", "另有 {n} 项：textcrm due --all").say(
            language, n=left.total()
        )


def _entry(context: Context, one: Due, owner: str | None) -> Iterator[str]:
    head = f"- {one.due.isoformat()} " if one.due else "- "
    if moment := when(context, one):
        head += f"[{moment}] "
    line = f"{head}{mask_name(context, one.name)} {one.id}"
    if owner is None and one.owner:
        line += f" ({context.vault().access.display(one.owner)})"
    yield line
    yield f"  {what(context, one)}"
    yield f"  > {one.settle(context.language)}"


def schedule(context: Context, owner: str | None, within: int) -> None:
    """Print lines for cron and systemd that write the mail each workday; do nothing."""
    root = context.vault().root
    line = f"{shlex.quote(sys.executable)} -m textcrm -C {shlex.quote(str(root))}"
    line += f" --lang {context.language} due --digest --within {within}"
    line += f" --owner {shlex.quote(owner)}" if owner else ""
    subject = Text("To do", "待办提醒").say(context.language)
    escaped = line.replace("%", "\\%")  # cron ends a command there
    cron = f'30 8 * * 1-5  {escaped} | mail -s "{subject}" "$LOGNAME"'
    unit = [
        "# ~/.config/systemd/user/textcrm-due.service",
        "[Service]",
        "Type=oneshot",
        f"ExecStart=/bin/sh -c '{_inner(line)} | mail -s \"{subject}\" %u'",
        "# ~/.config/systemd/user/textcrm-due.timer",
        "[Timer]",
        "OnCalendar=Mon..Fri 08:30",
        "Persistent=true",
        "[Install]",
        "WantedBy=timers.target",
    ]
    if context.json:
        context.emit({"cron": cron, "systemd": unit})
        return
    head = Text("# crontab -e, workdays at half past eight", "# crontab -e，工作日 8:30")
    context.out.line(head.say(context.language))
    context.out.line(cron)
    context.out.line("")
    for each in unit:
        context.out.line(each)
    enable = "systemctl --user enable --now textcrm-due.timer"
    context.hint(Text("then: {command}", "然后执行：{command}"), command=enable)


def _inner(line: str) -> str:
    """A command inside the single quotes of a unit file, whose percent signs are doubled."""
    return line.replace("%", "%%").replace("'", "'\\''")
