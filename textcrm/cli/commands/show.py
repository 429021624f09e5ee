"""textcrm show: one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "show",
    help=Text(
        "Show a customer, by id, former id or unambiguous name; with PATH one value, bare. With "
        "--reveal sealed values stand there in clear, as far as your key opens them; where it "
        "opens none of them the exit code is 3, where one is damaged or was moved 8.",
        "显示一位客户；可用编号、曾用编号或唯一的名称；加上字段路径则只输出该值。"
        "--reveal 用您的密钥显示加密字段的明文；一个都打不开时退出码为 3，有值损坏或被挪动时为 8。",
    ),
    examples=[
        (Text("on the screen", "在屏幕上看"), "textcrm show C20240501001"),
        (Text("as it was", "看以前的内容"), "textcrm show C20240501001 --at 2026-06-01"),
        (
            Text("contacts since May, newest first", "五月以来的沟通，最近的在前"),
            "textcrm show C20240501001 --only interactions --since 2026-05-01",
        ),
        (
            Text("with what only you may read", "显示您有权读取的加密字段"),
            "textcrm show C20240501001 --reveal",
        ),
        (
            Text("one value, for another program", "只取一个值，交给其他程序"),
            "textcrm show C20240501001 电话",
        ),
        (Text("a portrait", "客户画像"), "textcrm show C20240501001 --summary"),
        (Text("for a program", "供程序使用"), "textcrm show 杭州云杉科技有限公司 --json"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@argument("path", required=False, help=Text("one field", "某个字段"))
@option(
    "--at",
    "rev",
    metavar="REV|DATE",
    help=Text("as it was at a commit or day", "某次提交或某日的内容"),
)
@option(
    "--only",
    multiple=True,
    metavar="LIST",
    help=Text(
        "the items of lists as a timeline: interactions,services; or all",
        "只看某些列表，按时间倒序：interactions,services；all 为全部",
    ),
)
@option(
    "--since", metavar="DATE", help=Text("of the timeline: from that day on", "时间线起始日期")
)
@option("--until", metavar="DATE", help=Text("of the timeline: up to that day", "时间线截止日期"))
@option(
    "--reveal",
    is_flag=True,
    help=Text(
        "sealed values in clear, as far as your key opens them", "用您的密钥显示加密字段的明文"
    ),
)
@option(
    "--purpose",
    metavar="WHY",
    help=Text("why it is revealed, for the access log", "查看明文的目的，记入访问日志"),
)
@option(
    "--summary",
    is_flag=True,
    help=Text(
        "a portrait: who, needs, habits, value, risks, what to do next",
        "客户画像：基本情况、需求、习惯、价值、风险、下一步建议",
    ),
)
@option("--text", is_flag=True, help=Text("the file itself, byte for byte", "原样输出文件内容"))
def run(
    context: Context,
    id: str,
    path: str | None,
    rev: str | None,
    only: tuple[str, ...],
    since: str | None,
    until: str | None,
    text: bool,
    reveal: bool,
    purpose: str | None,
    summary: bool,
) -> None:
    """Show a customer."""
    from textcrm.cli.show import json_of, screen

    vault = context.vault()
    if rev is None:
        record = vault.get(id)
    else:
        from textcrm.history.past import at

        record = at(vault, id, rev)
    if path is not None:
        from textcrm.cli.revealed import one_value

        one_value(context, record, path, reveal=reveal, purpose=purpose)
        return
    if summary:
        from textcrm.cli.portrayed import print_portrait

        print_portrait(context, record)
        return
    error = None
    if reveal:
        from textcrm.cli.revealed import revealed

        record, error = revealed(context, record, purpose)
    if only or since or until:
        from textcrm.cli.timeline import timeline

        timeline(context, record, only, since, until)
    elif context.json:
        context.emit(json_of(context, record))
    elif text:
        context.out.raw(record.text)
    else:
        with context.out.paged():
            screen(context, record)
    if error is not None:
        raise error
