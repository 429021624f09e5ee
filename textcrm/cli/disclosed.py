"""Disclosure on the command line: JSON for programs, a document for the person, both complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.cli.noted import note_read
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.cli.context import Context
    from textcrm.history.log import Entry
    from textcrm.privacy.disclosing import Disclosure, Use
    from textcrm.privacy.documents import Document
    from textcrm.schema import Field

STATES = {
    "given": Text("consent given", "已同意"),
    "withdrawn": Text("consent withdrawn", "已撤回同意"),
    "changed": Text("agreed to another wording", "用途已变更，须重新同意"),
    "none": Text("no consent on record", "无同意记录"),
}
FORMS = ("md", "html", "json")


def disclose(context: Context, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """Give all that is held on a customer, and note it."""
    from textcrm.cli.opening import Opener
    from textcrm.history.log import log
    from textcrm.privacy.disclosing import disclose as gathered

    target = Path(given["output"]) if given["output"] else None
    form = form_of(context, given["form"], target)
    demand_free(target, force=given["force"])
    vault = context.vault()
    found = gathered(vault, words[0])
    context.reveal = True
    opener = Opener(context, reveal=True)
    entries = [opener.entry(one) for one in log(vault, found.record, remember=False)]
    text = (
        _json_text(context, found, entries)
        if form == "json"
        else _text(context, form, found, entries)
    )
    if target is None:
        context.out.raw(text)
    else:
        written(target, text, force=given["force"])
        context.say(
            Text(
                "all that is held on {id}: {file} (only you can read it; send it over a closed channel)",
                "{id} 的全部资料：{file}（仅您可读；请通过加密渠道交付）",
            ),
            id=found.record.id,
            file=str(target),
        )
    note_read(context, "privacy disclose", [found.record.id], given["reason"])
    _say_locked(context, found)


def _say_locked(context: Context, found: Disclosure) -> None:
    """What stays closed makes the disclosure incomplete: that is no success."""
    if found.found.problems:
        raise found.found.problems[0][1]
    if found.found.missing is None:
        return
    labels = sorted({"+".join(one) for one in found.found.locked.values()})
    context.warn(
        Text(
            "the disclosure is incomplete: no key of yours opens {labels}; let somebody run it who "
            "reads them: textcrm member list {id}",
            "资料不完整：您的密钥无法解开 {labels}；请由有权限的人执行：textcrm member list {id}",
        ),
        labels=labels,
        id=found.record.id,
    )
    context.exit(3)


def form_of(context: Context, chosen: str | None, target: Path | None) -> str:
    """The form of a document: as asked, by the file's ending, JSON for programs, else Markdown."""
    ending = target.suffix.lstrip(".").lower() if target else ""
    ending = {"markdown": "md", "htm": "html"}.get(ending, ending)
    form = (chosen or ending or ("json" if context.json else "md")).lower()
    form = {"markdown": "md", "htm": "html"}.get(form, form)
    if form not in FORMS:
        raise Misuse(
            "unknown-format",
            Text("there is no format “{form}” here", "此处没有格式“{form}”"),
            hint=Text("one of: {known}", "可用：{known}"),
            form=form,
            known=list(FORMS),
        )
    return form


def demand_free(target: Path | None, *, force: bool) -> None:
    """Raise Misuse (file-exists) before the work where a file is in the way, NotFound for the folder."""
    from textcrm.errors import NotFound

    if target is None:
        return
    if target.exists() and not force:
        raise Misuse(
            "file-exists",
            Text("{file} is there already", "{file} 已存在"),
            hint=Text("another name, or --force", "请换一个文件名，或加 --force"),
            file=str(target),
        )
    if not target.parent.is_dir():
        raise NotFound(
            "no-such-folder",
            Text("there is no folder {folder}", "没有目录 {folder}"),
            hint=Text("make it first", "请先建立该目录"),
            folder=str(target.parent),
        )


def written(target: Path, text: str, *, force: bool) -> None:
    """Write a private file (0600), whole or not at all. Raises Conflict, StorageFailure."""
    from textcrm.access import private
    from textcrm.gitrepo.failures import disk_failed

    if not force:
        private.create(target, text.encode())
        return
    try:
        private.replace(target, text.encode())
    except OSError as error:
        raise disk_failed(error) from error


# -- for programs


def _json_text(context: Context, found: Disclosure, entries: list[Entry]) -> str:
    import json

    return json.dumps(_json(context, found, entries), ensure_ascii=False, indent=2) + "\n"


def _json(context: Context, found: Disclosure, entries: list[Entry]) -> dict[str, Any]:
    from textcrm.cli.history import entry_json
    from textcrm.cli.show import locked_tree, plain

    vault, record = context.vault(), found.record
    return {
        "id": record.id,
        "date": vault.today.isoformat(),
        "record": plain(locked_tree(vault.schema.jsonable(found.found.tree))),
        "locked": {
            "/" + "/".join(map(str, path)): list(labels)
            for path, labels in found.found.locked.items()
        },
        "derived": plain(vault.derived(record)),
        "attachments": [
            {**one._asdict(), "sealed_for": list(one.sealed_for)} for one in found.files
        ],
        "provenance": plain(record.raw.get("provenance")),
        "source": record.raw.get("source"),
        "purposes": [
            {
                "purpose": one.purpose,
                "label": _purpose(context, one).say(context.language),
                "fields": list(one.fields),
                "consent": one.consent,
                "basis": list(one.basis),
            }
            for one in found.uses
        ],
        "readers": {
            "everybody_with_a_clone": list(found.members),
            "sealed": [
                {"path": one.path, "labels": list(one.labels), "readers": list(one.readers)}
                for one in found.sealed
            ],
            "noted_reads": [
                {
                    "at": one.at.isoformat(),
                    "who": one.who,
                    "what": one.what,
                    "purpose": one.purpose,
                }
                for one in found.reads
            ],
        },
        "history": [entry_json(context, one) for one in entries],
    }


# -- for people


def _purpose(context: Context, use: Use) -> Text:
    known = context.vault().schema.purposes
    return known.get(use.purpose) or (
        Text("(no purpose is stated)", "（未注明用途）")
        if use.purpose == "-"
        else Text(use.purpose, use.purpose)
    )


def _text(context: Context, form: str, found: Disclosure, entries: list[Entry]) -> str:
    from textcrm.privacy import documents

    made = _document(context, found, entries)
    return documents.page([made]) if form == "html" else documents.markdown([made])


def _document(context: Context, found: Disclosure, entries: list[Entry]) -> Document:
    from textcrm.privacy.documents import Document, Section

    say = context.language
    who = context.vault().access.display
    head = [Text("Field", "字段").say(say), Text("Value", "内容").say(say)]
    sections = [
        Section(
            Text("What is held", "所保存的资料").say(say), (), head,
            list(_rows(context, context.vault().schema.fields, found.found.tree, "")),
        ),
        Section(
            Text("What for", "用途").say(say), (),
            [one.say(say) for one in (
                Text("Purpose", "用途"), Text("Consent", "同意情况"), Text("Basis", "依据"), Text("Fields", "字段"),
            )],
            [_use_row(context, one) for one in found.uses],
        ),
        _origin(context, found),
        Section(
            Text("Files", "文件").say(say),
            () if found.files else [Text("none", "无").say(say)],
            [Text("File", "文件").say(say), Text("Bytes", "字节数").say(say), "SHA-256"],
            [[one.path, str(one.size), one.sha256] for one in found.files],
        ),
        Section(
            Text("Who could read it", "谁可以读到").say(say),
            [
                Text("unsealed fields: everybody with a clone: {who}", "未加密的字段：所有持有仓库副本的人：{who}").say(
                    say, who=[who(one) for one in found.members]
                ),
                *(
                    Text("{path}: {who}, and the recovery key", "{path}：{who}，以及恢复密钥").say(
                        say, path=one.path, who=[who(each) for each in one.readers]
                    )
                    for one in found.sealed
                ),
                *(
                    f"{context.clock(one.at.astimezone())}  {who(one.who)}  {one.what}  {one.purpose}"
                    for one in found.reads
                ),
            ],
        ),
        Section(Text("History", "历史").say(say), list(_history(context, entries))),
    ]  # fmt: skip
    title = Text("All that is held on {name} ({id}), {day}", "{name}（{id}）的全部资料，{day}")
    record, day = found.record, context.vault().today.isoformat()
    return Document(title.say(say, name=record.name, id=record.id, day=day), sections, say)


def _use_row(context: Context, use: Use) -> list[str]:
    schema, say = context.vault().schema, context.language
    field = schema.require("basis", schema.require("consents"))
    basis = [
        found.label.say(say) if (found := field.enum_value(one)) else one for one in use.basis
    ]
    labels = [schema.require(one).label.say(say) for one in use.fields]
    comma = "、" if say == "zh" else ", "
    return [
        _purpose(context, use).say(say), STATES[use.consent].say(say), comma.join(basis), comma.join(labels),
    ]  # fmt: skip


def _origin(context: Context, found: Disclosure) -> Any:
    from textcrm.privacy.documents import Section

    schema, say = context.vault().schema, context.language
    fields = [one for name in ("provenance", "source") if (one := schema.at((name,)))]
    rows = list(_rows(context, fields, found.found.tree, ""))
    lines = () if rows else [Text("not recorded", "没有记录").say(say)]
    return Section(Text("Where it came from", "资料来源").say(say), lines, (), rows)


def _rows(
    context: Context, fields: Any, tree: dict[str, Any], before: str
) -> Iterator[tuple[str, str]]:
    """Each value with its label, in the schema's order; keys that it does not know come last."""
    known: dict[str, Field] = {one.name: one for one in fields}
    for name in [
        *(one for one in known if one in tree),
        *(one for one in tree if one not in known),
    ]:
        field = known.get(name)
        label = before + (field.label.say(context.language) if field else str(name))
        yield from _values(context, field, tree[name], label)


def _values(
    context: Context, field: Field | None, value: Any, label: str
) -> Iterator[tuple[str, str]]:
    from textcrm.cli.show import value_text

    if value is None or value in ([], {}):
        return
    if isinstance(value, dict) and not ("sealed" in value and "age" in value):
        yield from _rows(context, field.fields if field else (), value, label + " · ")
    elif isinstance(value, list) and all(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, 1):
            yield from _values(context, field, one, f"{label} {number}")
    elif isinstance(value, list):
        yield (
            label,
            ("、" if context.language == "zh" else ", ").join(
                value_text(context, field, one) for one in value
            ),
        )
    else:
        yield label, value_text(context, field, value)


def _history(context: Context, entries: list[Entry]) -> Iterator[str]:
    from textcrm.cli.history import change_line

    for entry in entries:
        head = f"{context.clock(entry.at)}  {entry.by}  {entry.op}  {entry.reason}".rstrip()
        lines = [change_line(context, one) for record in entry.records for one in record.changes]
        yield "\n".join([head, *lines])
