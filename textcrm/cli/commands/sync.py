"""textcrm sync: share what is committed, take in what others shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.sync import Synced


@command(
    "sync",
    help=Text(
        "Take in what others shared and share what is committed here, merged field by field. What "
        "two people changed in two ways stays a question for “textcrm resolve”; all else is shared. "
        "Edits that are not saved are never touched.",
        "取回他人分享的改动，并分享本地已提交的改动，按字段合并。两人改成不同值的字段留给 textcrm resolve "
        "决定，其余照常同步；尚未保存的编辑不受影响。",
    ),
    examples=[
        (Text("share and take in", "同步"), "textcrm sync"),
        (Text("then answer what is left", "然后处理冲突"), "textcrm resolve"),
    ],
)
@option(
    "--insecure",
    is_flag=True,
    help=Text("allow http://, git:// and ftp:// remotes", "允许 http://、git://、ftp:// 远端"),
)
@option(
    "--accept-rewritten",
    is_flag=True,
    help=Text("go on where the remote's history was replaced", "远端历史被改写时仍继续"),
)
def run(context: Context, insecure: bool, accept_rewritten: bool) -> None:
    """Sync the vault with its remote."""
    from textcrm.cli import left
    from textcrm.history.sync import sync
    from textcrm.vault import membership

    vault = context.vault()
    done = sync(vault, insecure=insecure, accept_rewritten=accept_rewritten)
    unsaved = len(vault.repo.status(vault.prefix.rstrip("/")))
    people = membership.now(vault)  # a removal may just have come in
    if context.json:
        warnings = left.warning_json(context, people=people)
        context.emit({**_json(context, done, unsaved), "warnings": warnings})
    else:
        _tell(context, done, unsaved)
        left.warn(context, people=people)
    if done.questions:
        context.exit(7)


def _json(context: Context, done: Synced, unsaved: int) -> dict[str, Any]:
    from textcrm.cli.questions import question_json

    return {
        "pulled": done.pulled,
        "pushed": done.pushed,
        "merged": list(done.merged),
        "renumbered": done.renumbered,
        "renamed": dict(done.renamed),
        "questions": [question_json(context, one) for one in done.questions],
        "offline": done.offline,
        "waiting": done.waiting,
        "unsaved": unsaved,
    }


def _tell(context: Context, done: Synced, unsaved: int) -> None:
    if done.offline:
        context.say(
            Text(
                "the remote is out of reach; {count} commits wait to be shared",
                "无法连接远端；有 {count} 个提交等待分享",
            ),
            count=done.waiting,
        )
    elif done.pulled or done.pushed:
        context.say(
            Text(
                "synced: {pulled} changes taken in, {pushed} shared",
                "已同步：取回 {pulled} 个提交，分享 {pushed} 个",
            ),
            pulled=done.pulled,
            pushed=done.pushed,
        )
    elif not unsaved and not done.questions:
        context.say(Text("up to date", "已是最新"))
    for old, new in done.renumbered.items():
        context.say(
            Text(
                "{old} had been given to another customer meanwhile: yours is {new} now",
                "{old} 已被另一位客户占用，您新增的客户改为 {new}",
            ),
            old=old,
            new=new,
        )
    for old, new in done.renamed:
        context.say(
            Text(
                "{old} is a file of another's; yours is {new} now",
                "{old} 已是他人附上的文件，您的文件改为 {new}",
            ),
            old=old,
            new=new,
        )
    if done.merged and not context.quiet:
        context.say(
            Text("merged by field: {ids}", "按字段合并：{ids}"), ids=list(done.merged[:10])
        )
    if unsaved:
        context.say(
            Text(
                "{count} edited files are not saved and so not shared",
                "{count} 个文件有未保存的编辑，尚未分享",
            ),
            count=unsaved,
        )
        context.hint(Text("save them: textcrm save", "保存：textcrm save"))
    if done.questions:
        context.warn(
            Text(
                "{count} values were changed by two people in two ways",
                "{count} 处被两人改成了不同的值",
            ),
            count=len(done.questions),
        )
        context.hint(Text("decide them: textcrm resolve", "逐个决定：textcrm resolve"))
