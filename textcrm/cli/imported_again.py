"""import of a workbook that textcrm wrote: what was edited in it, and what is to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.cli.context import Context
    from textcrm.exchange.incoming import Setting
    from textcrm.exchange.sheet_writing import Answer, Outcome, Question
    from textcrm.findings import Finding

_ZIP: Final = b"PK\x03\x04"
_MOST: Final = 20
ANSWERS: Final = {
    "theirs": Text("keep the vault's", "保留客户库的值"),
    "mine": Text("take the file's", "采用文件的值"),
    "later": Text("leave it open", "暂不处理"),
}


class Wish(NamedTuple):
    """How a workbook is to be taken in again."""

    on_conflict: str | None
    dry_run: bool
    reason: str | None


def came_back(context: Context, file: str, data: bytes, setting: Setting, wish: Wish) -> bool:
    """Take in a workbook that textcrm wrote; False for any other file, of which nothing is done."""
    policy = _policy(wish.on_conflict)
    if not data.startswith(_ZIP):
        return False
    from textcrm.exchange import export, sheet_again
    from textcrm.exchange.sheet_edits import edits_of, is_of
    from textcrm.exchange.sheet_writing import Writing

    book = sheet_again.read(data)
    if book is None:
        return False
    vault = context.vault()
    if not is_of(vault, book):
        context.warn(
            Text(
                "the workbook was written from another vault; its customers are imported as from any table",
                "该工作簿由其他客户库导出，按普通表格导入",
            )
        )
        return False
    with context.progress(Text("comparing rows", "比较各行")):
        found = edits_of(vault, book, export.settings_of(vault, book.language))
    writing = Writing(vault, found, setting, _decider(context, policy, dry_run=wish.dry_run))
    outcome = writing.preview() if wish.dry_run else writing.run(reason=wish.reason)
    _report(context, file, outcome, dry_run=wish.dry_run)
    if found.unread:
        context.warn(
            Text(
                "{n} cells of sealed fields were not read: no key of yours opens what they were",
                "有 {n} 个加密字段的单元格未读取：您的密钥无法解开原值",
            ),
            n=found.unread,
        )
    if outcome.rows == 0:
        context.exit(1)
    if outcome.questions:
        context.exit(7)
    if outcome.rejected and not (outcome.updated or outcome.created):
        context.exit(5)
    return True


def _policy(word: str | None) -> str:
    """What to do with rows that were changed meanwhile. Raises Misuse (unknown-policy)."""
    chosen = (word or "ask").casefold()
    if chosen in ("ask", "mine", "theirs"):
        return chosen
    raise Misuse(
        "unknown-policy",
        Text("“{word}” is no way to settle a conflict", "不支持的冲突处理方式“{word}”"),
        hint=Text("choose one of: {known}", "可选：{known}"),
        word=word,
        known=["mine", "theirs", "ask"],
    )


def _decider(
    context: Context, policy: str, *, dry_run: bool
) -> Callable[[Sequence[Question]], Answer | None] | None:
    if policy == "mine":
        return lambda _asked: "mine"
    if policy == "theirs":
        return lambda _asked: "theirs"
    if dry_run or not context.interactive:
        return None

    def ask(asked: Sequence[Question]) -> Answer | None:
        for one in asked:
            _show(context, one)
        question = Text(
            f"{asked[0].name} was changed by somebody meanwhile",
            f"{asked[0].name} 在导出之后已被他人修改",
        )
        answer = context.choose(question, ANSWERS, option="--on-conflict mine", default="later")
        return None if answer == "later" else answer  # type: ignore[return-value]

    return ask


def _show(context: Context, one: Question) -> None:
    context.out.line(f"{one.id} {one.name}  {one.label.say(context.language)}", style="bold")
    for label, value in (
        (Text("as exported", "导出时"), one.base),
        (Text("in the file", "文件中"), one.mine),
        (Text("in the vault", "客户库中"), one.theirs),
    ):
        context.out.pair(label.say(context.language), _shown(context, value), depth=1)


def _shown(context: Context, value: str) -> str:
    return value or Text("(nothing)", "（空）").say(context.language)


def _report(context: Context, file: str, outcome: Outcome, *, dry_run: bool) -> None:
    if context.json:
        context.emit(document(context, outcome, dry_run=dry_run))
        return
    context.say(
        Text("{file}: a workbook of this vault", "{file}：由本客户库导出的工作簿"), file=file
    )
    for one in outcome.changed[:_MOST]:
        context.note(Text("{id} {path}", "{id} {path}"), id=one.id, path=one.path)
    if len(outcome.changed) > _MOST:
        context.note(Text("and {n} more", "另有 {n} 处"), n=len(outcome.changed) - _MOST)
    for row, finding in outcome.rejected[:_MOST]:
        context.warn(
            Text("{place} is not taken in: {why}", "{place} 未导入：{why}"),
            place=row.place,
            why=Text(finding.say("en"), finding.say("zh")),
        )
    for question in outcome.questions[:_MOST]:
        if not context.quiet:
            _show(context, question)
    context.say(
        Text(
            "would be: {rows} rows: {created} created, {updated} updated, {skipped} unchanged, {rejected} rejected",
            "预计：共 {rows} 行，新增 {created}，更新 {updated}，未变 {skipped}，未导入 {rejected}",
        )
        if dry_run
        else Text(
            "{rows} rows: {created} created, {updated} updated, {skipped} unchanged, {rejected} rejected",
            "共 {rows} 行：新增 {created}，更新 {updated}，未变 {skipped}，未导入 {rejected}",
        ),
        rows=outcome.rows,
        created=outcome.created,
        updated=outcome.updated,
        skipped=outcome.skipped,
        rejected=len({row.place for row, _ in outcome.rejected}),
    )
    if outcome.questions:
        context.hint(
            Text(
                "decide: import again with --on-conflict mine (the file's) or theirs (the vault's)",
                "请决定：加 --on-conflict mine（用文件的值）或 theirs（用客户库的值）再次导入",
            )
        )
    if outcome.commit:
        context.hint(Text("take it all back: textcrm undo", "全部撤销：textcrm undo"))


def document(context: Context, outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    """The JSON of it: that of any import (DESIGN section 6), with what changed and the questions."""
    language = context.language
    return {
        "rows": outcome.rows,
        "created": outcome.created,
        "updated": outcome.updated,
        "skipped": outcome.skipped,
        "rejected": len({row.place for row, _ in outcome.rejected}),
        "warnings": [],
        "rejected_file": None,
        "rejects": [
            _reject(row.number, row.place, why, language) for row, why in outcome.rejected
        ],
        "questions": [
            {
                "id": one.id,
                "name": one.name,
                "path": one.path,
                "label": one.label.say(language),
                "place": one.place,
                "base": one.base or None,
                "mine": one.mine or None,
                "theirs": one.theirs or None,
            }
            for one in outcome.questions
        ],
        "changed": [{"id": one.id, "path": one.path} for one in outcome.changed],
        "records": len(set(outcome.ids)),
        "ids": list(dict.fromkeys(outcome.ids)),
        "commit": outcome.commit,
        "dry_run": dry_run,
        "format": "xlsx",
        "layout": "textcrm",
    }


def _reject(row: int, place: str, why: Finding, language: Any) -> dict[str, Any]:
    return {
        "row": row,
        "place": place,
        "code": why.code,
        "reason": why.say(language),
        "hint": why.say_hint(language),
    }
