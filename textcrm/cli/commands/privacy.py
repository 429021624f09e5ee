"""textcrm privacy: notice, consents, disclosure, erasure, retention (PIPL 13-17, 44-50)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option, or_screen
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.cli.context import Context

# Which options belong to which action: another one is a mistake that is told, never passed over.
_TAKES: dict[str, frozenset[str]] = {
    "notice": frozenset(("output", "force")),
    "consent": frozenset(
        ("purpose", "channel", "basis", "date", "note", "notice", "withdraw", "reason")
    ),
    "disclose": frozenset(("output", "force", "form", "reason")),
    "erase": frozenset(("reason", "rewrite", "yes")),
    "retention": frozenset(("limit_type",)),
}
_WORDS = {
    "notice": (range(1), Text("[-o FILE]", "[-o 文件]")),
    "consent": (
        range(1, 2),
        Text("ID --purpose P --channel C", "编号 --purpose 用途 --channel 渠道"),
    ),
    "disclose": (range(1, 2), Text("ID [-o FILE]", "编号 [-o 文件]")),
    "erase": (
        range(1, 1000),
        Text("ID [ID ...] --reason REASON", "编号 [编号 ...] --reason 原因"),
    ),
    "retention": (range(1), Text("", "")),
}


@command(
    "privacy",
    help=Text(
        "What the law on personal data asks. “consent” records what a customer agreed to or took "
        "back; a purpose that the schema words anew asks again. “disclose” gives all that is held "
        "on a customer. “erase” removes customers for good, --rewrite out of history as well, and "
        "says what it cannot reach. “retention” lists what is past its period. “notice” writes "
        "the privacy notice. See docs/privacy.md. No legal advice.",
        "个人信息保护法要求的事。consent 登记客户的同意或撤回；用途改动后须重新征得同意。"
        "disclose 给出某位客户的全部资料。erase 彻底删除客户，加 --rewrite 则连同历史一并清除，"
        "并说明做不到的部分。retention 列出超过保存期限的记录。notice 生成隐私说明。"
        "详见 docs/privacy.zh-CN.md。不构成法律意见。",
    ),
    examples=[
        (
            Text("the customer agreed", "客户同意营销"),
            "textcrm privacy consent C20240501001 --purpose 营销 --channel 电话",
        ),
        (
            Text("and took it back", "客户撤回"),
            "textcrm privacy consent C20240501001 --purpose marketing --withdraw",
        ),
        (
            Text("all that is held on a customer", "客户要求查询、复制资料"),
            "textcrm privacy disclose C20240501001 -o C20240501001.html",
        ),
        (
            Text("remove a customer for good", "客户要求删除"),
            "textcrm privacy erase C20240501001 --reason request --rewrite --yes",
        ),
        (Text("what is past its period", "超过保存期限的"), "textcrm privacy retention"),
        (Text("write the notice", "生成隐私说明"), "textcrm privacy notice -o privacy/notice.md"),
    ],
)
@argument(
    "action",
    metavar="ACTION",
    help=Text(
        "notice, consent, disclose, erase or retention",
        "notice、consent、disclose、erase 或 retention",
    ),
)
@argument("words", nargs=-1, metavar="ID", help=Text("id or name", "编号或名称"))
@option(
    "--purpose", metavar="P", help=Text("a purpose of the schema", "用途（schema 中的用途之一）")
)
@option(
    "--channel",
    metavar="C",
    help=Text("by which it was given: phone, paper", "取得同意的渠道：电话、微信、纸质"),
)
@option(
    "--basis",
    metavar="B",
    help=Text(
        "lawful basis: consent (unless said otherwise), contract, legal_duty ...",
        "依据：同意（默认）、合同、法定义务等",
    ),
)
@option("--date", metavar="DATE", help=Text("on which day (today)", "日期（默认今天）"))
@option("--note", metavar="TEXT", help=Text("evidence, anything to add", "凭据、备注"))
@option(
    "--notice",
    metavar="VERSION",
    help=Text("the notice that was shown", "当时出示的隐私说明版本"),
)
@option("--withdraw", is_flag=True, help=Text("the customer takes it back", "客户撤回同意"))
@option(
    "--reason",
    metavar="WHY",
    help=Text(
        "erase: request, withdrawn, expired, purpose_done, unlawful, other; else a note",
        "erase：request、withdrawn、expired、purpose_done、unlawful、other；其他操作为说明",
    ),
)
@option("--rewrite", is_flag=True, help=Text("out of git's history, too", "同时从 git 历史中清除"))
@option(
    "--yes",
    is_flag=True,
    help=Text(
        "without asking; --rewrite wants it off a terminal",
        "不再询问；不在终端时 --rewrite 必须加上",
    ),
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_screen,
    help=Text("write a file (.md, .html, .json)", "写入文件"),
)
@option("--force", is_flag=True, help=Text("in place of a file that is there", "覆盖已有文件"))
@option("--format", "form", metavar="FORM", help=Text("md, html or json", "md、html 或 json"))
@option(
    "--type", "limit_type", metavar="TYPE", help=Text("of one type of customer", "只看某类客户")
)
def run(context: Context, action: str, words: tuple[str, ...], **given: Any) -> None:
    """Do what the law asks."""
    if action not in _actions():
        raise Misuse(
            "unknown-action",
            Text("there is no “privacy {word}”", "没有 privacy {word} 这一操作"),
            hint=Text("privacy {known}", "可用：privacy {known}"),
            word=action,
            known=list(_actions()),
        )
    _demand_fitting(action, words, given)
    _actions()[action](context, words, given)


def _actions() -> dict[str, Callable[[Context, tuple[str, ...], dict[str, Any]], None]]:
    from textcrm.cli import consented, disclosed, erased, retained

    return {
        "consent": consented.consent,
        "disclose": disclosed.disclose,
        "erase": erased.erase,
        "notice": retained.notice,
        "retention": retained.retention,
    }


def _demand_fitting(action: str, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """Raise Misuse where words or options are not those of the action."""
    counts, wanted = _WORDS[action]
    if len(words) not in counts:
        raise Misuse(
            "words-wrong",
            Text(
                "it is: textcrm privacy {action} {wanted}",
                "用法：textcrm privacy {action} {wanted}",
            ),
            hint=Text("see: textcrm privacy --help", "见 textcrm privacy --help"),
            action=action,
            wanted=wanted,
        )
    names = {"form": "format", "limit_type": "type"}
    for name, value in given.items():
        if value and name not in _TAKES[action]:
            raise Misuse(
                "option-unused",
                Text(
                    "--{option} means nothing to “privacy {action}”",
                    "privacy {action} 不使用 --{option}",
                ),
                hint=Text(
                    "it is: textcrm privacy {action} {wanted}",
                    "用法：textcrm privacy {action} {wanted}",
                ),
                option=names.get(name, name),
                action=action,
                wanted=wanted,
            )
