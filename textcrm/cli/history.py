"""History on the screen and as JSON: who changed which field from what to what, when, why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.opening import Opener
from textcrm.cli.show import plain, value_text
from textcrm.cli.tables import mask_name
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.changes import Change
    from textcrm.cli.context import Context
    from textcrm.history.log import Entry
    from textcrm.history.versions import RecordChange
    from textcrm.record import Record
    from textcrm.schema import Field

OPS: dict[str, Text] = {
    "init": Text("vault made", "建库"),
    "import": Text("imported", "导入"),
    "add": Text("added", "新增"),
    "set": Text("changed", "修改"),
    "edit": Text("edited", "编辑"),
    "tag": Text("tagged", "标签"),
    "append": Text("appended", "追加"),
    "log": Text("contact logged", "记录沟通"),
    "attach": Text("file attached", "添加附件"),
    "archive": Text("archived", "归档"),
    "unarchive": Text("taken from the archive", "取消归档"),
    "rm": Text("deleted", "删除"),
    "restore": Text("restored", "恢复"),
    "save": Text("saved by hand", "手工编辑"),
    "migrate": Text("fields migrated", "迁移字段"),
    "undo": Text("undone", "撤销"),
    "redo": Text("redone", "重做"),
    "resolve": Text("conflict resolved", "解决冲突"),
    "merge": Text("joined", "合并"),
    "assign": Text("assigned", "分配"),
    "verify": Text("verified", "核实"),
    "fix": Text("mended", "修正"),
    "view": Text("view saved", "保存视图"),
    "seal": Text("sealed", "加密"),
    "rekey": Text("sealed anew", "重新加密"),
    "member-keys": Text("keys made", "建立密钥"),
    "member-add": Text("member added", "新增成员"),
    "member-remove": Text("member removed", "移除成员"),
    "member-role": Text("role changed", "调整角色"),
    "member-sign": Text("access signed", "签署权限"),
}
KINDS = {
    "added": Text("new customer", "新客户"),
    "removed": Text("deleted", "已删除"),
    "unreadable": Text("unreadable version", "无法读取的版本"),
}


def tell(context: Context, word: str | None, given: dict[str, Any]) -> None:
    """Print the history of a customer or of the vault."""
    from textcrm.cli.days import first_day, last_day
    from textcrm.history.log import log

    vault = context.vault()
    opener = Opener(context, reveal=bool(given["reveal"]))
    record, records = _meant(context, word)
    since, until = first_day(context, given["since"]), last_day(context, given["until"])
    limit = given["limit"] or (None if context.json or record else 20)
    entries = log(
        vault,
        record,
        records=records,
        limit=limit,
        by=_person(context, given["by"]),
        since=since,
        until=until,
        op=_op(given["op"]),
        field=_field_names(context, given["field"]),
        deleted=bool(given["deleted"]),
        remember=not opener.reveal,
    )
    told = map(opener.entry, entries)
    if context.json:
        found = [entry_json(context, entry) for entry in told]
        context.emit(found)
        count = len(found)
    else:
        count = _printed(context, told, single=record is not None)
    opener.close("log --reveal", given["purpose"])
    if not count:
        context.say(Text("no changes", "没有改动"))
        context.exit(1)


def _printed(context: Context, entries: Iterable[Entry], *, single: bool) -> int:
    count = 0
    with context.out.paged():
        for entry in entries:
            count += 1
            _print(context, entry, single=single)
    return count


def _meant(context: Context, word: str | None) -> tuple[Record | None, list[Record] | None]:
    """The record that a word names, or those that it finds as a query."""
    if word is None:
        return None, None
    from textcrm.errors import NotFound
    from textcrm.history.past import find

    vault = context.vault()
    try:
        return find(vault, word), None
    except NotFound:
        from textcrm.vault.finding import search

        found = search(vault, word, archived=True)
        if not found:
            raise
    return None, [vault.get(hit.id) for hit in found]


def _person(context: Context, word: str | None) -> str | None:
    if word in ("me", "我"):
        return context.vault().repo.identity().email
    return word


def _field_names(context: Context, word: str | None) -> list[str] | None:
    """The names along the path of a field that was typed; an unknown word stays as it is."""
    if word is None:
        return None
    from textcrm.errors import TextcrmError
    from textcrm.paths import find, split

    schema = context.vault().schema
    words = split(word.strip("/"))
    if len(words) > 1:
        names: list[str] = []
        for one in words:
            within = schema.at(names) if names else None
            field = schema.find(one, within)
            if field is not None:  # an item's id or number is no field
                names.append(field.name)
        return names or [word]
    try:
        path = find(word, {}, schema).path
    except TextcrmError:
        return [word]
    return [step for step in path if isinstance(step, str)]


def _op(word: str | None) -> str | None:
    """The code of an operation, which may be said in words: 导入 is import."""
    said = {text.say(language): code for code, text in OPS.items() for language in ("en", "zh")}
    return said.get(word, word) if word else word


def entry_json(context: Context, entry: Entry) -> dict[str, Any]:
    """One commit for programs (DESIGN section 6)."""
    return {
        "commit": entry.commit,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "email": entry.email,
        "op": entry.op,
        "reason": entry.reason,
        "subject": entry.subject,
        "records": [
            {
                "id": one.id,
                "name": mask_name(context, one.name),
                "kind": one.kind,
                "changes": [
                    {"path": "/" + "/".join(map(str, path)), "before": before, "after": after}
                    for path, before, after in _public(context, one)
                ],
            }
            for one in entry.records
        ],
        "files": list(entry.other_files),
    }


def _public(
    context: Context, one: RecordChange
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    for change in one.changes:
        yield (
            change.path,
            guarded(context, change.path, change.before),
            guarded(context, change.path, change.after),
        )


def guarded(context: Context, path: tuple[Any, ...], value: Any) -> Any:
    """A value of history with everything sensitive in it hidden."""
    if isinstance(value, dict):
        if "sealed" in value and "age" in value:
            return {"sealed": value["sealed"], "locked": True}
        return {name: guarded(context, (*path, name), inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [guarded(context, path, inner) for inner in value]
    field = context.vault().schema.at(tuple(path))
    if field is not None and field.seal and value is not None and not context.reveal:
        return {"sealed": [field.seal], "locked": True}
    if context.mask and field is not None and isinstance(value, str):
        from textcrm.normalize.masks import mask, mask_kind

        kind = mask_kind(field.element) or mask_kind(field)
        return mask(kind, value) if kind else value
    return plain(value)


def _print(context: Context, entry: Entry, *, single: bool) -> None:
    out = context.out
    op = OPS.get(entry.op, same(entry.op) if entry.op else Text("committed", "提交"))
    head = f"{entry.commit[:8]}  {context.clock(entry.at)}  {entry.by}  {op.say(context.language)}"
    out.line(head, style="bold")
    if entry.reason:
        out.line("  “" + entry.reason + "”", style="dim")
    shown = entry.records[:10]
    for one in shown:
        if not single or one.kind != "changed":
            kind = KINDS[one.kind].say(context.language) if one.kind in KINDS else ""
            out.line(
                "  "
                + "  ".join(part for part in (one.id, mask_name(context, one.name), kind) if part)
            )
        if one.kind == "changed":
            for change in one.changes:
                out.line(("  " if single else "    ") + change_line(context, change))
    if len(entry.records) > len(shown):
        out.line(
            "  "
            + Text("... and {n} more", "……另有 {n} 位客户").say(
                context.language, n=len(entry.records) - len(shown)
            )
        )
    for file in entry.other_files[:5]:
        out.line("  " + file, style="dim")


def change_line(context: Context, change: Change) -> str:
    """One changed field: label, before → after."""
    schema = context.vault().schema
    field = schema.at(change.path)
    label = field_label(context, change.path)
    before = _said(context, field, change.before)
    after = _said(context, field, change.after)
    if is_sealed(change.before) and is_sealed(change.after):
        return f"{label}: " + Text("changed (sealed)", "已更改（加密）").say(context.language)
    if isinstance(change.before, list) and isinstance(change.after, list):
        gone = [_said(context, field, v) for v in change.before if v not in change.after]
        new = [_said(context, field, v) for v in change.after if v not in change.before]
        return f"{label}: " + " ".join([*(f"+{one}" for one in new), *(f"-{one}" for one in gone)])
    if change.before is None:
        return f"{label}: + {after}"
    if change.after is None:
        return f"{label}: - {before}"
    return f"{label}: {before} → {after}"


def is_sealed(value: Any) -> bool:
    """Whether a value of history is a sealed one."""
    return isinstance(value, dict) and "sealed" in value


def field_label(context: Context, path: tuple[str | int, ...]) -> str:
    """The labels along a path: 联系人[k3f9] 职务."""
    schema = context.vault().schema
    parts: list[str] = []
    for depth, step in enumerate(path):
        field = schema.at(path[: depth + 1])
        above = schema.at(path[:depth]) if depth else None
        if isinstance(step, int) or (
            above is not None and above.kind == "items" and field is above
        ):
            parts[-1] += f"[{step}]"
        else:
            parts.append(field.label.say(context.language) if field is not None else str(step))
    return " ".join(parts)


def _said(context: Context, field: Field | None, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and "sealed" not in value:
        pieces = []
        for name, inner in value.items():
            if name == "id" or inner in (None, [], {}):
                continue
            child = field.child(name) if field else None
            pieces.append(_said(context, child, inner))
        return " · ".join(pieces)
    if isinstance(value, list):
        return "、".join(_said(context, field, inner) for inner in value)
    text = value_text(context, field, value)
    return text if len(text) <= 120 else text[:119] + "…"
