"""Retention and the notice on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.cli.reading import report_broken
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.privacy.retention import Past


def retention(context: Context, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """List who is past their period, with the command that settles each."""
    from textcrm.privacy.retention import past

    del words
    found = past(context.vault(), type_=given["limit_type"])
    report_broken(context)
    if context.json:
        context.emit([_json(context, one) for one in found])
    elif found:
        _table(context, found)
    else:
        context.say(Text("nobody is past their period", "没有超过保存期限的客户"))
    if not found:
        context.exit(1)


def _json(context: Context, one: Past) -> dict[str, Any]:
    from textcrm.cli.tables import mask_name

    return {
        "id": one.id,
        "name": mask_name(context, one.name),
        "type": one.type or None,
        "kind": one.kind,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "days": one.days,
        "owner": one.owner or None,
        "action": one.action,
        "reason": one.reason.say(context.language),
        "command": one.command,
    }


def _table(context: Context, found: list[Past]) -> None:
    from textcrm.cli.tables import mask_name

    field = context.vault().schema.at(("type",))

    def label(code: str) -> str:
        entry = field.enum_value(code) if field is not None else None
        return entry.label.say(context.language) if entry else code

    context.out.table(
        [
            Text("Id", "编号"),
            Text("Name", "名称"),
            Text("Type", "类型"),
            Text("Last dealing", "最后往来"),
            Text("Until", "期限"),
            Text("Why", "原因"),
        ],
        [
            [
                one.id,
                mask_name(context, one.name),
                label(one.type),
                one.since.isoformat(),
                one.until.isoformat(),
                one.reason.say(context.language),
            ]
            for one in found
        ],
        whole={0},
    )
    for one in found[:20]:
        context.hint(Text("{command}", "{command}"), command=one.command)


def notice(context: Context, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """Write the notice: to a file by its ending, to both forms for a name without, else to stdout."""
    from textcrm.cli.disclosed import demand_free
    from textcrm.privacy import notice as notices

    del words
    vault = context.vault()
    targets = _targets(given["output"])
    for target in targets.values():
        demand_free(target, force=given["force"] or _is_ours(target))
    texts = {form: notices.written(vault, form) for form in targets or ("md",)}
    for form, target in targets.items():
        _write(target, texts[form])
    if context.json:
        context.emit(
            {
                "files": [str(one) for one in targets.values()],
                "missing": [one.say(context.language) for one in notices.gaps(vault)],
                **({} if targets else {"text": texts["md"]}),
            }
        )
        return
    if not targets:
        context.out.raw(texts["md"])
    for target in targets.values():
        context.say(Text("written: {file}", "已写入 {file}"), file=str(target))
    for one in notices.gaps(vault):
        context.warn(Text("the notice lacks {what}", "隐私说明还缺少{what}"), what=one)
    if targets:
        context.hint(
            Text(
                "read it, let a lawyer see it, make it public; then: textcrm save",
                "请通读并请法务审阅后公开；然后运行 textcrm save",
            )
        )


def _targets(word: str | None) -> dict[str, Path]:
    from textcrm.cli.disclosed import FORMS
    from textcrm.errors import Misuse

    if not word:
        return {}
    target = Path(word)
    form = {"md": "md", "markdown": "md", "html": "html", "htm": "html", "": ""}.get(
        target.suffix.lstrip(".").lower()
    )
    if form is None:
        raise Misuse(
            "unknown-format",
            Text("there is no format “{form}” here", "此处没有格式“{form}”"),
            hint=Text("one of: {known}", "可用：{known}"),
            form=target.suffix.lstrip("."),
            known=[one for one in FORMS if one != "json"],
        )
    if form:
        return {form: target}
    return {one: target.with_name(f"{target.name}.{one}") for one in ("md", "html")}


def _is_ours(target: Path) -> bool:
    """Whether a file may be replaced unasked: a notice of ours, or the template of init."""
    from textcrm.vault.lawful import MARK
    from textcrm.vault.layout import NOTICE

    try:
        text = target.read_text("utf-8")
    except (OSError, ValueError):
        return False
    return MARK.search(text[:500]) is not None or text == NOTICE


def _write(target: Path, text: str) -> None:
    """A notice is public: it gets the rights that any file gets."""
    from textcrm.gitrepo.failures import disk_failed

    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise disk_failed(error) from error
