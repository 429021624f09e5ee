"""How every writing command reports: JSON for programs, one sentence and what was noticed for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli import left, restricting
from textcrm.cli.problems import problem_json
from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.audit import Violation
    from textcrm.cli.context import Context
    from textcrm.records.editing import Done
    from textcrm.text import Text as _Text
    from textcrm.vault import Result

_WARNED = 10  # an undo of an import may touch thousands


def report(
    context: Context,
    done: Done,
    sentence: _Text,
    *,
    also: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Say what a command did with one record; where nothing changed, say that."""
    result = done.result
    for value in done.values:
        if value.note is not None and not context.json:
            context.note(
                Text("{path}: {note}", "{path}：{note}"),
                path=label(context, value.path),
                note=Text(value.note.say("en", **value.data), value.note.say("zh", **value.data)),
            )
    if context.json:
        context.emit(result_json(context, result, done.id, also))
        return
    if result.commit is None:
        context.say(Text("{id}: nothing to change", "{id}：没有需要修改的内容"), id=done.id)
    else:
        context.say(sentence, id=done.id, commit=result.commit[:8], **data)
        restricting.warn(context, done.id, result.changed)
    warnings(context, result)


def result_json(
    context: Context, result: Result, record_id: str, also: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The JSON of a writing command (DESIGN section 6)."""
    return {
        "id": record_id,
        "commit": result.commit,
        "changed": list(result.changed),
        "warnings": warnings_json(context, result),
        **(also or {}),
    }


def warnings_json(context: Context, result: Result) -> list[dict[str, Any]]:
    """What a change made odd, each as a finding of ``check``; beyond one's role as well."""
    found = [problem_json(one, context.language) for one in result.warnings]
    beyond = [_violation_json(one, context) for one in _beyond(context, result)]
    return [*found, *beyond, *(left.warning_json(context) if result.commit else ())]


def _violation_json(one: Violation, context: Context) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": 1,
        "column": 1,
        "id": one.id,
        "path": "",
        "code": one.rule,
        "severity": "warning",
        "message": one.say(context.language),
        "hint": _AUDITED.say(context.language),
    }


def _beyond(context: Context, result: Result) -> tuple[Violation, ...]:
    """What a commit did beyond its author's role; for those who may do all, nothing is loaded."""
    vault = context.vault()
    try:
        me = vault.me()
    except TextcrmError:  # the commit is made: what cannot be read now does not undo that
        return ()
    if result.commit is None or me is None or me.role in _FREE:
        return ()
    from textcrm.audit.own import beyond_role

    return beyond_role(vault, result.commit)


_FREE = ("admin", "manager")
_AUDITED = Text(
    "it is made, and “textcrm audit verify” will show it",
    "改动已提交，textcrm audit verify 会列出",
)


def warnings(context: Context, result: Result) -> None:
    """Tell what a change made odd and what a role does not provide for; of much, the first."""
    for problem in result.warnings[:_WARNED]:
        context.warn(
            Text("{file}:{line}:{column}: {what}", "{file}:{line}:{column}：{what}"),
            file=problem.file,
            line=problem.line,
            column=problem.column,
            what=Text(problem.finding.say("en"), problem.finding.say("zh")),
        )
    more = len(result.warnings) - _WARNED
    if more > 0:
        context.warn(
            Text(
                "and {more} more of this kind: textcrm check shows them",
                "另有 {more} 条类似提醒，可用 textcrm check 查看",
            ),
            more=more,
        )
    for one in _beyond(context, result):
        context.warn(
            Text("{what} ({audited})", "{what}（{audited}）"),
            what=Text(one.say("en"), one.say("zh")),
            audited=_AUDITED,
        )
    if result.commit is not None:
        left.warn(context)


def label(context: Context, path: tuple[str | int, ...]) -> Text:
    """A path as people know it: the label of its field, the path where there is none."""
    from textcrm.paths import spell
    from textcrm.text import same

    field = context.vault().schema.at(path)
    return field.label if field is not None else same(spell(path))
