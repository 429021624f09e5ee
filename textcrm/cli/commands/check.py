"""textcrm check: every record against the schema and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.problems import print_problem, problem_json
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "check",
    help=Text(
        "Check all customers, or those named, against the schema and the rules; each finding with "
        "file, line and column. Exits with 1 where there are errors (--strict: warnings too).",
        "按模式和规则检查全部或指定客户，每条结果都带文件、行、列。有错误时退出码为 1（--strict：有警告也为 1）。",
    ),
    examples=[
        (Text("everything", "全部"), "textcrm check"),
        (
            Text("one folder, warnings count", "一个文件夹，警告也算"),
            "textcrm check customers/2026 --strict",
        ),
        (Text("for a program", "供程序使用"), "textcrm check --json"),
    ],
)
@argument(
    "paths",
    nargs=-1,
    metavar="[PATH|ID]...",
    help=Text("files, folders or customers; all if none", "文件、文件夹或客户，默认全部"),
)
@option("--strict", is_flag=True, help=Text("warnings fail too", "有警告也算不通过"))
@option("--errors", "errors_only", is_flag=True, help=Text("show errors only", "只显示错误"))
def run(context: Context, paths: tuple[str, ...], strict: bool, errors_only: bool) -> None:
    """Check records."""
    from textcrm.quality.check import check

    with context.progress(Text("checking", "检查中")) as progress:
        found = check(context.vault(), paths, progress=progress)
    shown = [one for one in found.problems if not errors_only or one.finding.severity == "error"]
    if context.json:
        context.emit(
            {
                "checked": found.checked,
                "problems": [problem_json(one, context.language) for one in shown],
            }
        )
    else:
        for problem in shown:
            print_problem(context, problem)
        context.say(
            Text(
                "{checked} customers checked: {errors} errors, {warnings} warnings",
                "已检查 {checked} 位客户：错误 {errors} 个，警告 {warnings} 个",
            ),
            checked=found.checked,
            errors=found.errors,
            warnings=len(found.problems) - found.errors,
        )
    if found.errors or (strict and found.problems):
        context.exit(1)
