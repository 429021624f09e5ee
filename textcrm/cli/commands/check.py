"""textcrm check: every record against the schema and the rules; what is staged; a range of commits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from textcrm.cli.findings import Asked, tell
from textcrm.cli.frame import Count, argument, command, option, or_screen
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.findings import Problem


FORMATS: Final = ("text", "json", "github", "gitlab", "sarif", "junit")


@command(
    "check",
    help=Text(
        "Check all customers, or those named, against the schema and the rules; each finding with "
        "file, line and column. --staged checks what git is about to commit, --range every commit "
        "of a range, both for plain text where the schema seals as well; no key is needed. "
        "--format gives the annotations of a CI host. "
        "Exits with 1 where there are errors (--strict: warnings too).",
        "按模式和规则检查全部或指定客户，每条结果都带文件、行、列。--staged 检查 git 暂存区，"
        "--range 逐个检查一段提交，都会查出应加密而未加密的明文；检查不需要密钥。"
        "--format 输出各 CI 平台的标注。有错误时退出码为 1（--strict：有警告也为 1）。",
    ),
    examples=[
        (Text("everything", "全部"), "textcrm check"),
        (
            Text("one folder, warnings count", "一个文件夹，警告也算"),
            "textcrm check customers/2026 --strict",
        ),
        (Text("before a commit", "提交之前"), "textcrm check --staged"),
        (
            Text("before a push, or in CI", "推送之前，或在 CI 中"),
            "textcrm check --range origin/main..HEAD",
        ),
        (
            Text("what a branch has changed", "只检查分支改动过的客户"),
            "textcrm check --since origin/main",
        ),
        (
            Text("how good the data is, over a year", "一年来的数据质量"),
            "textcrm check --quality --months 12",
        ),
        (
            Text("for GitLab's merge requests", "用于 GitLab 合并请求"),
            "textcrm check --format gitlab -o gl-code-quality-report.json",
        ),
    ],
)
@argument(
    "paths",
    nargs=-1,
    metavar="[PATH|ID]...",
    help=Text("files, folders or customers; all if none", "文件、文件夹或客户，默认全部"),
)
@option("--staged", is_flag=True, help=Text("what git is about to commit", "检查 git 暂存区"))
@option(
    "--range",
    "range_",
    metavar="A..B",
    help=Text("every commit of a range", "逐个检查一段提交"),
)
@option(
    "--since",
    metavar="REV",
    help=Text(
        "only customers changed since a commit or branch, saved or not",
        "只检查自某提交或分支以来改动过的客户（含未提交的）",
    ),
)
@option(
    "--quality",
    is_flag=True,
    help=Text(
        "accuracy, completeness, consistency and timeliness as figures, worst customers first",
        "准确性、全面性、一致性、及时性得分，最差的客户在前",
    ),
)
@option(
    "--months",
    metavar="N",
    type=Count(),
    help=Text(
        "with --quality: also the ends of so many months before",
        "与 --quality 合用：另列前 N 个月末",
    ),
)
@option(
    "--sealed",
    is_flag=True,
    help=Text(
        "sealed id numbers too, opened in memory with your key; none is shown",
        "用您的密钥在内存中打开身份证号核对生日、性别，不显示内容",
    ),
)
@option("--strict", is_flag=True, help=Text("warnings fail too", "有警告也算不通过"))
@option("--errors", "errors_only", is_flag=True, help=Text("show errors only", "只显示错误"))
@option(
    "--format",
    "format_",
    metavar="|".join(FORMATS),
    type=click.Choice(FORMATS),
    help=Text("for people, programs or a CI host", "输出格式：文本、程序或 CI 平台"),
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_screen,
    help=Text("write the report to a file; text is still shown", "报告写入文件，同时显示文本"),
)
def run(
    context: Context,
    paths: tuple[str, ...],
    staged: bool,
    range_: str | None,
    since: str | None,
    quality: bool,
    months: int | None,
    sealed: bool,
    strict: bool,
    errors_only: bool,
    format_: str | None,
    output: str | None,
) -> None:
    """Check records."""
    if (bool(paths) or quality) + staged + (range_ is not None) + (since is not None) > 1:
        from textcrm.errors import Misuse

        raise Misuse(
            "one-of-three",
            Text(
                "customers, --staged, --range and --since do not go together",
                "指定客户、--staged、--range、--since 不能同时使用",
            ),
            hint=Text("one call for each", "请分别运行"),
        )
    if months is not None and not quality:
        from textcrm.errors import Misuse

        raise Misuse(
            "needs-another",
            Text("--months goes with --quality", "--months 要与 --quality 合用"),
            hint=Text(
                "textcrm check --quality --months 12", "textcrm check --quality --months 12"
            ),
        )
    if quality:
        from textcrm.cli.quality import show

        show(context, paths, months or 0)
        return
    asked = Asked(format_ or ("json" if context.json else "text"), output, strict, errors_only)
    if range_ is not None:
        _of_range(context, range_, asked)
    elif staged:
        from textcrm.quality.staged import check_staged

        found = check_staged(context.vault(), index=os.environ.get("GIT_INDEX_FILE"))
        tell(context, found.problems, {"checked": found.checked}, asked, _STAGED)
    elif since is not None:
        from textcrm.quality.since import check_since

        with context.progress(Text("checking", "检查中")) as progress:
            found = check_since(context.vault(), since, progress=progress)
        tell(context, found.problems, {"checked": found.checked}, asked, _CHECKED)
    else:
        from textcrm.quality.check import check

        with context.progress(Text("checking", "检查中")) as progress:
            found = check(context.vault(), paths, progress=progress)
        problems = found.problems + (_of_sealed(context, paths) if sealed else ())
        tell(context, problems, {"checked": found.checked}, asked, _CHECKED)


def _of_sealed(context: Context, words: tuple[str, ...]) -> tuple[Problem, ...]:
    """What sealed values show that stand beside plain ones; every read is noted."""
    from textcrm.cli.noted import note_read
    from textcrm.quality.check import paths_of
    from textcrm.quality.opened import check_opened

    vault = context.vault()
    with context.progress(Text("opening", "打开加密内容")) as progress:
        found = check_opened(vault, paths_of(vault, words), progress=progress)
    if found.read:
        note_read(context, "check --sealed", list(found.read), None)
    if found.locked:
        context.warn(
            Text(
                "{count} sealed values are not for your key; they were not checked",
                "{count} 个加密值您的密钥无法打开，未核对",
            ),
            count=found.locked,
        )
    return found.problems


def _of_range(context: Context, range_: str, asked: Asked) -> None:
    from textcrm.quality.range import check_range

    with context.progress(Text("checking", "检查中")) as progress:
        found = check_range(context.vault(), range_, progress=progress)
    counts = {"checked": found.checked, "commits": found.commits}
    tell(context, found.problems, counts, asked, _RANGE)


_CHECKED = Text(
    "{checked} customers checked: {errors} errors, {warnings} warnings",
    "已检查 {checked} 位客户：错误 {errors} 个，警告 {warnings} 个",
)
_STAGED = Text(
    "{checked} staged files checked: {errors} errors, {warnings} warnings",
    "已检查暂存的 {checked} 个文件：错误 {errors} 个，警告 {warnings} 个",
)
_RANGE = Text(
    "{commits} commits with {checked} files checked: {errors} errors, {warnings} warnings",
    "已检查 {commits} 个提交中的 {checked} 个文件：错误 {errors} 个，警告 {warnings} 个",
)
