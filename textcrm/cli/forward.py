"""What migrate says when it brings a vault forward: the change first, then the question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.forward import Forward
    from textcrm.quality.schema_merge import Clash, Side

_SHOWN: Final = 20
_WHAT: Final = {
    "added": Text("new", "新增"),
    "changed": Text("changed", "修改"),
    "removed": Text("dropped", "删除"),
}
_SIDES: Final[dict[str, Text]] = {
    "vault": Text("as this vault has it", "保留客户库的"),
    "default": Text("as the new default has it", "采用新的默认"),
}


def run_forward(
    context: Context, *, prefer: str | None, dry_run: bool, yes: bool, reason: str | None
) -> None:
    """Show what would change, ask, and bring the vault forward."""
    from textcrm.quality import forward

    vault = context.vault()

    def decide(clash: Clash) -> Side | None:
        if prefer is not None:
            return _side(prefer)
        return _asked(context, clash) if context.interactive and not dry_run else None

    with context.progress(Text("looked at", "已查看")) as told:
        found = forward.plan(vault, decide=decide, progress=told)
    if not found.is_needed:
        if context.json:
            context.emit(_json(found, None))
        context.say(Text("nothing to bring forward", "客户库已是最新，无需升级"))
        return
    if not context.json:
        _show(context, found)
    if dry_run:
        if context.json:
            context.emit(_json(found, None))
        context.say(Text("nothing was written (--dry-run)", "未写入任何内容（--dry-run）"))
        return
    if found.clashes:
        raise forward.clash(found.clashes)
    if not yes and not context.confirm(
        Text("Bring the vault forward?", "确认升级？"), default=False
    ):
        context.abort()
    result = forward.bring(vault, found, reason=reason)
    if context.json:
        context.emit(_json(found, result.commit))
    context.say(
        Text(
            "the vault is up to date ({commit}); textcrm undo takes all of it back",
            "客户库已升级（{commit}）；用 textcrm undo 可整体撤销",
        ),
        commit=(result.commit or "")[:8],
    )


def _side(word: str) -> Side:
    from textcrm.errors import Misuse

    if word in ("vault", "ours", "mine"):
        return "vault"
    if word in ("default", "theirs"):
        return "default"
    raise Misuse(
        "bad-choice",
        Text(
            "--prefer wants vault or default, not “{word}”",
            "--prefer 应为 vault 或 default，而不是“{word}”",
        ),
        hint=Text(
            "vault keeps what this vault changed, default takes the new",
            "vault 保留客户库的改动，default 采用新的默认定义",
        ),
        word=word,
    )


def _asked(context: Context, clash: Clash) -> Side:
    context.say(
        Text("both changed: {place}", "两边都改了：{place}"),
        place=_place(context, clash.field, clash.key),
    )
    for side in _SIDES:
        value = json.dumps(getattr(clash, side), ensure_ascii=False)
        context.out.line(f"    {_SIDES[side].say(context.language)}: {value[:200]}")
    answer = context.choose(
        Text("Which one?", "选择哪一个"), _SIDES, option="--prefer", default="vault"
    )
    return _side(answer)


def _place(context: Context, field: str, key: str) -> str:
    if not field:
        return key or Text("the schema", "字段定义").say(context.language)
    known = context.vault().schema.at(tuple(field.split("/")))
    own = known is not None and known.name == field.rsplit("/", 1)[-1]
    label = known.label.say(context.language) if known is not None and own else ""
    name = f"{field} ({label})" if label and context.language == "en" else field
    name = f"{label}（{field}）" if label and context.language == "zh" else name
    return f"{name}: {key}" if key else name


def _show(context: Context, found: Forward) -> None:
    line = context.out.line
    if found.format != found.known:
        context.say(
            Text("format {old} → {new}", "格式版本 {old} → {new}"),
            old=found.format,
            new=found.known,
        )
    if found.changes or found.clashes:
        context.say(
            Text(
                "schema, from the default {name}: {n} changes, {clashes} to decide",
                "字段定义（出自默认版本 {name}）：{n} 处更新，{clashes} 处需决定",
            ),
            name=found.origin.name,
            n=len(found.changes),
            clashes=len(found.clashes),
        )
    for change in found.changes[:_SHOWN]:
        what = _WHAT[change.what].say(context.language)
        line(f"  {what}  {_place(context, change.field, change.key)}")
    if len(found.changes) > _SHOWN:
        more = Text("... and {n} more", "……另有 {n} 处").say(
            context.language, n=len(found.changes) - _SHOWN
        )
        line("  " + more)
    for clash in found.clashes:
        what = Text("decide", "待定").say(context.language)
        line(f"  {what}  {_place(context, clash.field, clash.key)}")
    for name, value in found.settings:
        line(f"textcrm.yaml: {name}: {value}")
    for path in found.files:
        if path not in ("textcrm.yaml", "schema/customer.schema.json"):
            context.say(Text("file: {path}", "文件：{path}"), path=path)
    _effects(context, found)


def _effects(context: Context, found: Forward) -> None:
    if found.plain:
        context.warn(
            Text(
                "{n} customers hold plain values where the schema now seals: {ids}; "
                "afterwards: textcrm seal, then textcrm save",
                "{n} 位客户在加密字段中仍有明文：{ids}；升级后请运行 textcrm seal，再 textcrm save",
            ),
            n=len(found.plain),
            ids=list(found.plain)[:5],
        )
    if found.worse:
        context.warn(
            Text(
                "{n} customers have values that the new schema calls errors: {ids}; "
                "textcrm check says which",
                "{n} 位客户的内容不符合新的字段定义：{ids}；升级后用 textcrm check 查看",
            ),
            n=len(found.worse),
            ids=list(found.worse)[:5],
        )


def _json(found: Forward, commit: str | None) -> dict[str, Any]:
    return {
        "commit": commit,
        "format": {"from": found.format, "to": found.known},
        "schema": {
            "base": found.origin.name,
            "found": found.origin.how,
            "changes": [one._asdict() for one in found.changes],
            "clashes": [one._asdict() for one in found.clashes],
        },
        "settings": dict(found.settings),
        "files": list(found.files),
        "plain": list(found.plain),
        "worse": found.worse,
        "moved": [],
        "blocked": [],
    }
