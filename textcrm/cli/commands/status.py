"""textcrm status: what is not saved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import command
from textcrm.cli.problems import print_problem, problem_json
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.worktree import Edited, Status

KINDS = {
    "added": Text("new", "新增"),
    "changed": Text("changed", "修改"),
    "deleted": Text("deleted", "删除"),
}


@command(
    "status",
    help=Text(
        "What was edited by hand and is not saved yet, by field, never by value; what stands in plain "
        "text and should be sealed; and how far the clone is from its remote.",
        "手工编辑后尚未保存的内容（只列字段，不列值）、应加密而未加密的字段，以及与远端相差多少提交。",
    ),
    examples=[
        (Text("look", "查看"), "textcrm status"),
        (Text("then save", "然后保存"), "textcrm save -m '更新联系方式'"),
    ],
)
def run(context: Context) -> None:
    """Show hand edits."""
    from textcrm.history.worktree import status

    found = status(context.vault())
    if context.json:
        context.emit(_json(context, found))
        return
    for one in found.edited:
        _print(context, one)
    for problem in found.problems:
        print_problem(context, problem)
    plain = [one for one in found.problems if one.finding.code == "plain-sealed"]
    if plain:
        context.hint(
            Text(
                "{count} values stand in plain text; seal them in place: textcrm seal, "
                "or seal and commit: textcrm save",
                "有 {count} 个应加密的值是明文；就地加密：textcrm seal，加密并提交：textcrm save",
            ),
            count=len(plain),
        )
    elif found.edited:
        context.hint(Text("commit them: textcrm save", "提交这些改动：textcrm save"))
    else:
        context.say(Text("nothing to save", "没有需要保存的改动"))
    _say_hook(context)
    if found.ahead or found.behind:
        context.say(
            Text(
                "{ahead} commits to push, {behind} to pull",
                "待推送 {ahead} 个提交，待拉取 {behind} 个提交",
            ),
            ahead=found.ahead or 0,
            behind=found.behind or 0,
        )
    _say_questions(context)
    _say_backup(context)


def _say_questions(context: Context) -> None:
    """Say that sync left questions: until they are answered the remote's values stand."""
    from textcrm.history import resolve

    count = len(resolve.find(context.vault()))
    if count:
        context.say(
            Text("{count} questions of sync are open", "有 {count} 处同步冲突待解决"), count=count
        )
        context.hint(Text("decide them: textcrm resolve", "逐个决定：textcrm resolve"))


def _say_backup(context: Context) -> None:
    """Say where a backup failed or is late, where this clone makes any (I3)."""
    from textcrm.vault.safekeeping import state

    found = state(context.vault())
    if found is None:
        return
    for one in found.failed:
        context.warn(
            Text("the last backup to {where} failed", "最近一次备份到 {where} 失败"),
            where=one.where,
        )
    if found.late:
        good = found.good.good_at if found.good else None
        context.warn(
            Text("the last good backup is of {day}", "最近一次成功的备份是 {day}"),
            day=f"{good.astimezone():%Y-%m-%d}" if good else Text("never", "从未"),
        )
    if found.failed or found.late:
        context.hint(Text("back up: textcrm backup DEST", "备份：textcrm backup 目标"))


def _say_hook(context: Context) -> None:
    """Say where nothing stops plain text from being committed by git itself."""
    from textcrm.vault.wiring import is_hooked

    if not is_hooked(context.vault()):
        context.hint(
            Text(
                "git commits here without a look for plain text; put the hook in: textcrm doctor --fix",
                "此处用 git 提交时不会检查明文；安装钩子：textcrm doctor --fix",
            )
        )


def _json(context: Context, found: Status) -> dict[str, Any]:
    from textcrm.history import resolve

    def of_kind(kind: str) -> list[dict[str, Any]]:
        return [_entry(one) for one in found.edited if one.kind == kind]

    return {
        "changed": of_kind("changed"),
        "added": of_kind("added"),
        "deleted": of_kind("deleted"),
        "problems": [problem_json(one, context.language) for one in found.problems],
        "ahead": found.ahead,
        "behind": found.behind,
        "questions": len(resolve.find(context.vault())),
        "backup": _backup_json(context),
    }


def _backup_json(context: Context) -> dict[str, Any] | None:
    from textcrm.vault.safekeeping import state

    found = state(context.vault())
    if found is None:
        return None
    good = found.good
    return {
        "at": good.good_at.isoformat() if good and good.good_at else None,
        "where": good.where if good else None,
        "late": found.late,
        "failed": [one.where for one in found.failed],
    }


def _entry(one: Edited) -> dict[str, Any]:
    return {
        "file": one.path,
        "id": one.id,
        "name": one.name,
        "paths": ["/" + "/".join(map(str, change.path)) for change in one.changes],
        "error": one.error.code if one.error else None,
    }


def _print(context: Context, one: Edited) -> None:
    kind = KINDS[one.kind].say(context.language)
    context.out.line("  ".join(part for part in (kind, one.path, one.name) if part), style="bold")
    if one.error is not None:
        context.out.line("    " + one.error.say(context.language), style="red")
    if one.kind == "changed":
        for change in one.changes:
            field = context.vault().schema.at(change.path)
            label = field.label.say(context.language) if field else ""
            path = "/".join(map(str, change.path))
            context.out.line(f"    {label}  {path}" if label else f"    {path}")
