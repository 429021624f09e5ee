"""textcrm fix: mend what is safe to mend, shown first; ask for what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.fix import Plan


@command(
    "fix",
    help=Text(
        "Mend what can be mended without asking, in one commit: telephone numbers, dates, amounts, "
        "words for a choice, industries, widths, tags, quotes that other YAML readers need, missing "
        "ids. What would change is shown first; a terminal asks, --yes does not. All other bytes of "
        "the files stay. --ask walks through the fields that customers lack.",
        "一次提交修正可以放心修正的内容：电话、日期、金额、选项用词、行业、全半角、标签、其他 YAML 程序需要的引号、"
        "缺少的编号。先显示改动，在终端中询问，--yes 则不问。文件的其余内容一个字节都不变。"
        "--ask 逐项询问客户缺少的信息。",
    ),
    examples=[
        (Text("look first", "先看看"), "textcrm fix --dry-run"),
        (Text("all of it", "全部修正"), "textcrm fix --yes"),
        (Text("some customers", "部分客户"), "textcrm fix owner:me status:active"),
        (
            Text("a file being edited, not committed", "正在编辑的文件，不提交"),
            "textcrm fix customers/2026/05/C20260501001.yaml --no-commit --yes",
        ),
        (
            Text("fill in what is missing", "补全缺少的信息"),
            "textcrm fix --ask status:active --field phone,industry",
        ),
    ],
    dash_words=True,
)
@argument(
    "words",
    nargs=-1,
    metavar="[QUERY|PATH|ID]...",
    help=Text(
        "a query, files, folders or customers; all if none", "条件、文件、文件夹或客户，默认全部"
    ),
)
@option("--dry-run", is_flag=True, help=Text("only show what would change", "只显示，不写入"))
@option("--yes", is_flag=True, help=Text("do not ask", "不询问"))
@option(
    "--no-commit",
    is_flag=True,
    help=Text(
        "mend the files as they are, hand edits too, and leave them to be saved",
        "直接修正文件（含未提交的编辑），不提交",
    ),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
@option("--ask", is_flag=True, help=Text("ask for missing fields", "询问缺少的信息"))
@option(
    "--field",
    "fields",
    metavar="FIELD[,...]",
    help=Text("with --ask: only these", "与 --ask 合用：只问这些字段"),
)
def run(
    context: Context,
    words: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    no_commit: bool,
    reason: str | None,
    ask: bool,
    fields: str | None,
) -> None:
    """Mend, or ask."""
    if ask:
        from textcrm.cli.asking import walk

        walk(context, words, fields, reason)
        return
    if fields is not None:
        from textcrm.errors import Misuse

        raise Misuse(
            "needs-another",
            Text("--field goes with --ask", "--field 要与 --ask 合用"),
            hint=Text("textcrm fix --ask --field phone", "textcrm fix --ask --field 电话"),
        )
    from textcrm.quality.fix import plan, write, write_in_place

    vault = context.vault()
    with context.progress(Text("looking", "查看中")) as progress:
        found = plan(vault, words, progress=progress)
    if words and not found.checked:
        from textcrm.cli.findings import nobody

        nobody(context, words)
    if not context.json:
        _show(context, found)
    commit = None
    written: list[str] = []
    if found.files and not dry_run and _agreed(context, yes):
        if no_commit:
            written = write_in_place(vault, found.files)
        else:
            result = write(vault, found.files, reason=reason)
            commit, written = result.commit, [file.path for file in found.files]
    if context.json:
        context.emit(_json(context, found, commit, written))
    else:
        _told(context, found, commit, written, dry_run=dry_run)


def _agreed(context: Context, yes: bool) -> bool:
    """Whether to write: who asks for it with --yes, or says so; off a terminal nobody is asked."""
    if yes:
        return True
    if context.interactive:
        if not context.confirm(Text("Write these changes?", "写入这些改动？"), default=False):
            context.abort()
        return True
    from textcrm.errors import Misuse

    raise Misuse(
        "input-needed",
        Text("nothing was written: nobody can be asked here", "未写入：此处无法询问"),
        hint=Text("add --yes to write, --dry-run to look", "写入请加 --yes，只查看请加 --dry-run"),
    )


def _show(context: Context, found: Plan) -> None:
    from textcrm.cli.written import label
    from textcrm.quality.tidying import REASONS

    for file in found.files:
        context.out.line(f"{file.path}  {file.name}", style="bold")
        for mend in file.mends:
            if mend.before is None:
                continue
            where = label(context, mend.path).say(context.language)
            reason = REASONS[mend.reason].say(context.language)
            before, after = (str(one).replace("\n", "\\n") for one in (mend.before, mend.after))
            context.out.line(f"  {where} [{reason}]  {before} → {after}")
        added = sum(mend.before is None for mend in file.mends)
        if added:
            context.note(Text("{count} ids are added", "补上 {count} 个编号"), count=added)


def _told(
    context: Context, found: Plan, commit: str | None, written: list[str], *, dry_run: bool
) -> None:
    from textcrm.cli.problems import print_problem

    for problem in found.unreadable:
        print_problem(context, problem, on_error=True)
    if not found.files:
        context.say(
            Text("nothing to mend in {count} customers", "{count} 位客户，没有可修正的内容"),
            count=found.checked,
        )
        return
    count = sum(len(file.mends) for file in found.files)
    if commit:
        sentence = Text(
            "{files} customers mended in {count} places ({commit})",
            "已修正 {files} 位客户的 {count} 处（{commit}）",
        )
    elif written:
        sentence = Text(
            "{files} files mended in {count} places, not committed; textcrm save commits them",
            "已修正 {files} 个文件的 {count} 处，尚未提交；请用 textcrm save 提交",
        )
    else:
        sentence = Text(
            "{files} customers would be mended in {count} places",
            "将修正 {files} 位客户的 {count} 处",
        )
    context.say(sentence, files=len(found.files), count=count, commit=(commit or "")[:8])
    if dry_run:
        context.hint(Text("write it: textcrm fix --yes", "写入：textcrm fix --yes"))


def _json(
    context: Context, found: Plan, commit: str | None, written: list[str]
) -> dict[str, object]:
    from textcrm.cli.problems import problem_json
    from textcrm.paths import spell

    return {
        "checked": found.checked,
        "commit": commit,
        "written": written,
        "changes": [
            {
                "id": file.id,
                "file": file.path,
                "path": "/" + spell(mend.path),
                "reason": mend.reason,
                "before": mend.before,
                "after": mend.after if mend.before is not None else None,
            }
            for file in found.files
            for mend in file.mends
        ],
        "problems": [problem_json(one, context.language) for one in found.unreadable],
    }
