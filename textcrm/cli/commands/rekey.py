"""textcrm rekey: seal anew what is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.records.resealing import Rekeyed


@command(
    "rekey",
    help=Text(
        "Seal anew, with the current keys, what is sealed with a retired one, for people who left, "
        "or not for the customer's owner. It may be stopped at any time: the next run goes on. "
        "What your keys do not open is listed (exit 1), what is damaged too (exit 8). Who left may have kept what they could "
        "read, and history keeps it: where that matters, change the value itself.",
        "用现行密钥重新加密：使用已停用密钥的、含离职人员的、负责人无法读取的值。可随时中断，下次继续。"
        "您的密钥打不开的会列出（退出码 1），损坏的也会列出（退出码 8）。离职者可能已保存读过的内容，历史中也仍保留；如很重要，请更换该值本身。",
    ),
    examples=[
        (Text("all that is stale", "全部过期的值"), "textcrm rekey"),
        (Text("one class only", "只处理一个类别"), "textcrm rekey --class finance"),
    ],
)
@argument("query", required=False, help=Text("only of these customers", "只处理这些客户"))
@option("--class", "class_name", metavar="CLASS", help=Text("only this class", "只处理此类别"))
@option(
    "--person",
    metavar="NAME",
    help=Text(
        "also all that is sealed to a person whose key was replaced", "以及加密给已更换密钥者的值"
    ),
)
@option("--grant", is_flag=True, help=Text("let owners read", "允许负责人读取"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    query: str | None,
    class_name: str | None,
    person: str | None,
    grant: bool,
    reason: str | None,
) -> None:
    """Seal stale values anew."""
    from textcrm.cli import granting
    from textcrm.members import people
    from textcrm.records.resealing import Scope, rekey
    from textcrm.vault.finding import search

    vault = context.vault()
    if class_name is not None and class_name not in vault.access.classes:
        raise Misuse(
            "unknown-class",
            Text("there is no class “{word}”", "没有类别“{word}”"),
            hint=Text("classes: {known}", "已有类别：{known}"),
            word=class_name,
            known=list(vault.access.classes),
        )
    granting.allow(context, vault, given=grant)
    if query is None:
        records = list(vault.records())
    else:
        records = [vault.get(hit.id) for hit in search(vault, query, archived=True)]
    who = people.find(vault.access, person).id if person else None
    with context.progress(Text("customers", "客户")) as progress:
        scope = Scope(class_name, who)
        done = rekey(vault, records, scope=scope, reason=reason, progress=progress)
    if context.json:
        context.emit(
            {
                "values": done.values,
                "ids": list(done.records),
                "commits": list(done.commits),
                "missing": done.missing,
                "damaged": [error.say(context.language) for error in done.damaged],
            }
        )
    else:
        tell(context, done)
    if done.damaged:
        raise done.damaged[0]
    if done.missing:
        context.exit(1)


def tell(context: Context, done: Rekeyed) -> None:
    """Say how much was sealed anew, and what stays."""
    context.say(
        Text(
            "{values} values of {records} customers sealed anew",
            "已重新加密 {records} 位客户的 {values} 个值",
        ),
        values=done.values,
        records=len(done.records),
    )
    for label, count in done.missing.items():
        context.warn(
            Text(
                "{count} values of {label} stay: none of your keys opens them",
                "{label} 的 {count} 个值未处理：您的密钥打不开",
            ),
            count=count,
            label=label,
        )
    for error in done.damaged[1:]:
        context.warn(Text("{why}", "{why}"), why=Text(error.say("en"), error.say("zh")))
