"""textcrm audit: whether history is what the rules allow, and who did how much."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.cli.days import first_day
from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.audit import Report, Verified, Violation
    from textcrm.cli.context import Context
    from textcrm.findings import Problem
    from textcrm.vault.access_log import Read


@command(
    "audit",
    help=Text(
        "“audit verify [A..B]” looks at every commit since the last time: not rewritten, by a "
        "member whose role may, signed where the vault requires it, nothing plain where it is "
        "sealed. Exit 1 where something is wrong. “audit report” counts for a review: who changed "
        "how much, deletions, changes of access, what was read here. “audit reads” lists the access "
        "log of this clone: what was revealed, exported and searched in sealed values.",
        "“audit verify [A..B]”检查上次以来的每个提交：历史未被改写、作者是成员且角色允许、"
        "按要求签名、加密字段没有明文；有问题时退出码为 1。"
        "“audit report”供安全审查：谁改了多少、删除、权限变更、本机的敏感读取。"
        "“audit reads”列出本机的访问日志：查看明文、导出、搜索加密内容。",
    ),
    examples=[
        (Text("since the last time", "自上次以来"), "textcrm audit verify"),
        (Text("all of history", "全部历史"), "textcrm audit verify --all"),
        (
            Text("what a branch brings, in CI", "在 CI 中检查分支"),
            "textcrm audit verify origin/main..HEAD",
        ),
        (Text("for the review", "安全审查"), "textcrm audit report --since 2026-01-01"),
        (Text("who read what here", "本机谁看过什么"), "textcrm audit reads"),
    ],
)
@argument(
    "action",
    metavar="verify|report|reads",
    help=Text("verify, report or reads", "verify、report 或 reads"),
)
@argument(
    "range_",
    metavar="A..B",
    required=False,
    help=Text("commits; else since the last time", "提交范围，默认自上次以来"),
)
@option("--all", "everything", is_flag=True, help=Text("all of history", "全部历史"))
@option(
    "--since",
    metavar="DATE",
    help=Text("report, reads: from that day", "报告、访问日志的起始日期"),
)
def run(
    context: Context, action: str, range_: str | None, everything: bool, since: str | None
) -> None:
    """Verify or report."""
    if action == "verify":
        _verify(context, range_, everything=everything)
    elif action == "report" and range_ is None:
        _report(context, since)
    elif action == "reads" and range_ is None:
        _reads(context, since)
    else:
        raise Misuse(
            "audit-words",
            Text("audit knows verify, report and reads", "audit 只有 verify、report 和 reads"),
            hint=Text(
                "textcrm audit verify; textcrm audit report; textcrm audit reads",
                "textcrm audit verify；textcrm audit report；textcrm audit reads",
            ),
        )


def _verify(context: Context, range_: str | None, *, everything: bool) -> None:
    from textcrm.audit import Checkpoint, Checkpoints, verify
    from textcrm.quality.range import check_range, told_as_mended
    from textcrm.vault.trusting import repository_key

    vault = context.vault()
    marks = pins = None
    seen = None
    branch = vault.repo.head().ref or ""
    key = ""
    if vault.pins is not None and range_ is None:
        pins = vault.pins
        marks = Checkpoints(pins.folder.parent / "checkpoints")
        key = repository_key(vault, pins)
        seen = marks.get(key, branch)
    with context.progress(Text("commits", "提交")) as progress:
        done = verify(
            vault, range_, seen=seen._replace(clean=False) if seen and everything else seen,
            progress=progress,
        )  # fmt: skip
    span = range_ or done.span
    rewritten = any(one.rule == "history-rewritten" for one in done.violations)
    plain = told_as_mended(vault, check_range(vault, "HEAD" if rewritten else span).problems)
    wrong = done.errors + sum(one.finding.severity == "error" for one in plain)
    if marks is not None and not rewritten:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        marks.put(key, Checkpoint(done.tip, branch, not wrong, at), place=str(vault.root))
    tell(context, done, plain)
    if wrong:
        context.exit(1)


def tell(context: Context, done: Verified, plain: list[Problem]) -> None:
    """Print what a verification found, or emit it."""
    from textcrm.cli.problems import print_problem, problem_json

    if context.json:
        context.emit(
            {
                "commits": done.commits,
                "tip": done.tip,
                "violations": [_json(one, context.language) for one in done.violations],
                "problems": [problem_json(one, context.language) for one in plain],
            }
        )
        return
    for one in done.violations:
        _print(context, one)
    for problem in plain:
        print_problem(context, problem)
    if not done.violations and not plain:
        context.say(
            Text("{count} commits, all as they should be", "{count} 个提交，全部合规"),
            count=done.commits,
        )
    else:
        context.say(
            Text("{count} commits, {wrong} findings", "{count} 个提交，{wrong} 处发现"),
            count=done.commits,
            wrong=len(done.violations) + len(plain),
        )
        context.hint(
            Text(
                "see a commit: textcrm log, git show COMMIT",
                "查看提交：textcrm log、git show 提交号",
            )
        )


def _json(one: Violation, language: str) -> dict[str, Any]:
    return {
        "commit": one.commit,
        "by": one.by,
        "rule": one.rule,
        "severity": one.severity,
        "file": one.file,
        "id": one.id,
        "message": one.say(language),
    }


def _print(context: Context, one: Violation) -> None:
    style = "red" if one.severity == "error" else "yellow"
    word = {
        "error": Text("error", "错误"),
        "warning": Text("warning", "警告"),
    }[one.severity].say(context.language)
    head = f"{one.commit[:8]}  {one.by}  " if one.by else f"{one.commit[:8]}  "
    context.out.line(f"{head}{word} [{one.rule}] {one.say(context.language)}", style=style)


def _report(context: Context, since: str | None) -> None:
    from textcrm.audit import report
    from textcrm.vault import access_log

    vault = context.vault()
    found = report(vault, first_day(context, since), reads=access_log.reads(vault))
    if context.json:
        context.emit(_report_json(found))
    else:
        _print_report(context, found)


def _reads(context: Context, since: str | None) -> None:
    from textcrm.vault import access_log, moments

    day = first_day(context, since)
    found = [
        one
        for one in access_log.reads(context.vault())
        if day is None or one.at >= moments.first(context.vault(), day)
    ]
    if context.json:
        context.emit([_read_json(one) for one in found])
    else:
        for one in found:
            context.out.line(_read_line(context, one))
    if not found:
        if not context.json:
            context.say(Text("nothing noted", "没有记录"))
        context.exit(1)


def _read_json(one: Read) -> dict[str, Any]:
    return {**one._asdict(), "at": one.at.isoformat(), "ids": list(one.ids)}


def _read_line(context: Context, one: Read) -> str:
    ids = " ".join(one.ids[:5]) + (f" … ({one.number})" if one.number > 5 else "")
    parts = (context.clock(one.at.astimezone()), one.who, one.what, ids, one.purpose)
    return "  ".join(part for part in parts if part)


def _report_json(found: Report) -> dict[str, Any]:
    return {
        "since": found.since,
        "people": [one._asdict() for one in found.activities],
        "deletions": list(found.deletions),
        "access_changes": list(found.access_changes),
        "reads": [_read_json(one) for one in found.reads],
    }


def _print_report(context: Context, found: Report) -> None:
    out = context.out
    nobody = Text(" (not a member)", "（非成员）").say(context.language)
    out.table(
        [
            Text("Who", "人员"),
            Text("Commits", "提交"),
            Text("Customers", "客户数"),
            Text("Deleted", "删除"),
            Text("What", "操作"),
        ],
        [
            [
                one.who + ("" if one.known else nobody),
                str(one.commits),
                str(one.records),
                str(one.deleted),
                Text(", ", "、")
                .say(context.language)
                .join(f"{op} {count}" for op, count in list(one.operations.items())[:5]),
            ]
            for one in found.activities
        ],
        right={1, 2, 3},
    )
    _section(
        context,
        Text("Deleted", "删除的客户"),
        [
            f"{one['at'][:10]}  {one['by']}  {one['id']}  {one['reason']}"
            for one in found.deletions
        ],
    )
    _section(
        context,
        Text("Access and schema", "权限与字段结构"),
        [f"{one['at'][:10]}  {one['by']}  {one['file']}" for one in found.access_changes],
    )
    _section(
        context,
        Text("Read in this clone", "本机的敏感读取"),
        [_read_line(context, one) for one in reversed(found.reads)],
    )


_SHOWN = 20  # lines of a section, the newest first


def _section(context: Context, title: Text, lines: list[str]) -> None:
    if lines:
        context.out.line("")
        context.out.line(title.say(context.language), style="bold")
        for line in lines[:_SHOWN]:
            context.out.line("  " + line)
        if len(lines) > _SHOWN:
            more = Text("  and {count} before that: --json", "  另有更早的 {count} 条：--json")
            context.out.line(more.say(context.language, count=len(lines) - _SHOWN))
