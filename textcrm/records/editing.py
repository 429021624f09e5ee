"""Adding a customer and changing fields of one: add, set, tag, append."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import paths, yamlfile
from textcrm.errors import Misuse, NotFound
from textcrm.normalize.tags import split_tags
from textcrm.records.by_kind import spelled_out
from textcrm.records.values import (
    Assigned,
    apply,
    assigned,
    at_target,
    keep_past,
    split_assignment,
    with_currency,
    without,
)
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.record import Record
    from textcrm.records.typed_tree import TypedTree
    from textcrm.schema import Field
    from textcrm.vault import Draft, Result, Vault

    Edit = Callable[[Record], str]


class Done(NamedTuple):
    """What a writing command did, with what was read differently from how it was typed."""

    result: Result
    values: tuple[Assigned, ...]

    @property
    def id(self) -> str:
        """The id of the (first) record."""
        return self.result.ids[0] if self.result.ids else ""


def add(
    vault: Vault,
    name: str,
    assignments: Sequence[tuple[str, str]] = (),
    *,
    tree: dict[str, Any] | None = None,
    start: TypedTree | None = None,
    reason: str | None = None,
    before: Callable[[dict[str, Any]], Sequence[tuple[str, str]]] | None = None,
) -> Done:
    """Add a customer. ``tree`` is a record to start from, ``start`` one as somebody typed it;
    assignments are (path, value) as typed.

    ``before`` is told what is to be written, gives assignments to go with it, and may raise. Raises
    Invalid where the record would break the schema, Misuse for a path or value.
    """
    order = vault.schema.order()
    tree = (tree or {}) if start is None else start.tree
    kept = None if start is None else start.text
    if kept is None:
        whole = {"name": name, **{k: v for k, v in tree.items() if k != "name"}}
        text = yamlfile.dump(whole, order=order)
    else:
        text = yamlfile.set_value(kept, ("name",), name, key_order=order)
    values: list[Assigned] = list(start.values) if start is not None else []
    text = _set(vault, text, assignments, values)
    if before is not None:
        text = _set(vault, text, before(yamlfile.read_mapping(text)), values)
    raw = yamlfile.read_mapping(text)
    typed = text if kept is not None else None
    result = vault.write("add", lambda draft: _add(vault, draft, raw, typed), reason=reason)
    return Done(result, tuple(values))


def _add(vault: Vault, draft: Draft, raw: dict[str, Any], text: str | None) -> None:
    if text is None:
        draft.add(raw, vault.today)
    else:
        draft.add_text(text, vault.today)


def change(
    vault: Vault,
    word: str,
    sets: Sequence[tuple[str, str]],
    unsets: Sequence[str] = (),
    *,
    op: str = "set",
    reason: str | None = None,
) -> Done:
    """Set and unset fields of one record in one commit."""
    record = vault.get(word)
    values: list[Assigned] = []
    edit = setting(vault, sets, unsets, values)
    result = vault.write(op, lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(_named(result, record), tuple(values))


def setting(
    vault: Vault, sets: Sequence[tuple[str, str]], unsets: Sequence[str], values: list[Assigned]
) -> Edit:
    """The edit that sets and unsets fields; what was read is put into ``values``."""

    def edit(current: Record) -> str:
        values.clear()
        text = _set(vault, current.text, sets, values)
        for path in unsets:
            raw = yamlfile.read_mapping(text)
            target = paths.find(path, raw, vault.schema)
            keep_past(vault, target, raw, "")
            text = without(text, target)
        return text

    return edit


def _set(vault: Vault, text: str, sets: Sequence[tuple[str, str]], values: list[Assigned]) -> str:
    """The text with values set, each read where the ones before it are set already."""
    said: dict[paths.Path, str] = {}
    before = yamlfile.read_mapping(text) if sets else {}
    for word, said_value in sets:
        raw = yamlfile.read_mapping(text)
        for path, value in spelled_out(vault.schema, raw, word, said_value):
            one = assigned(vault, yamlfile.read_mapping(text), path, value, before)
            if said.setdefault(one.path, value) != value:
                raise _twice(one.path, said[one.path], value, vault)
            values.append(one)
            text = apply(vault, text, [one])
    return text


def _twice(path: paths.Path, first: str, second: str, vault: Vault) -> Misuse:
    """The error where one command sets a field twice: the first value would be lost."""
    field = vault.schema.at(path)
    listed = next((n for n in range(len(path) - 1, 0, -1) if isinstance(path[n], int)), None)
    if field is not None and field.kind == "list":
        hint = Text(
            "give both at once: {path}={first},{second}", "请一次给出：{path}={first}、{second}"
        )
    elif listed is not None:
        hint = Text("one more: {new}=…", "再加一条：{new}=…")
    else:
        hint = Text("leave one of them out", "请只保留其中一个")
    if field is not None and field.seal:
        first = second = "…"
    return Misuse(
        "set-twice",
        Text(
            "{field} is set twice: “{first}” and “{second}”",
            "{field}给出了两次：“{first}”和“{second}”",
        ),
        hint=hint,
        field=field.label if field else paths.spell(path),
        path=paths.spell(path),
        new=paths.spell((*path[:listed], "+", *path[listed + 1 :])) if listed is not None else "",
        first=first[:40],
        second=second[:40],
    )


def _named(result: Result, record: Record) -> Result:
    """The result names the record even where nothing had to change."""
    return result if result.ids else result._replace(ids=(record.id,))


def tag(
    vault: Vault,
    word: str,
    plus: Sequence[str],
    minus: Sequence[str],
    *,
    reason: str | None = None,
) -> Done:
    """Add and take off tags; several in one word are split by 、 , ; (D10)."""
    record = vault.get(word)
    edit = retagging(vault, plus, minus)
    result = vault.write("tag", lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(_named(result, record), ())


def retagging(vault: Vault, plus: Sequence[str], minus: Sequence[str]) -> Edit:
    """The edit that adds and takes off tags."""
    adding = [tag for text in plus for tag in split_tags(text)]
    taking = [tag for text in minus for tag in split_tags(text)]
    return lambda current: retag(vault, current.text, adding, taking)


def retag(vault: Vault, text: str, adding: Sequence[str], taking: Sequence[str]) -> str:
    """Change the ``tags`` of a record's text, leaving the other tags as they stand."""
    for tag in taking:
        tags = _tags(text)
        if tag in tags:
            text = edits.remove(text, ("tags", tags.index(tag)))
    for tag in adding:
        if tag not in _tags(text):
            text = edits.append(text, ("tags",), tag, vault.schema)
    return text


def _tags(text: str) -> list[Any]:
    tags = yamlfile.read_mapping(text).get("tags")
    return tags if isinstance(tags, list) else []


def append(
    vault: Vault,
    word: str,
    list_path: str,
    assignments: Sequence[str],
    *,
    reason: str | None = None,
) -> Done:
    """Add an item to a list: of mappings by KEY=VALUE ..., of scalars by the values themselves."""
    record = vault.get(word)
    values: list[Assigned] = []
    edit = appending(vault, list_path, assignments, values)
    result = vault.write("append", lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(_named(result, record), tuple(values))


def appending(
    vault: Vault, list_path: str, assignments: Sequence[str], values: list[Assigned]
) -> Edit:
    """The edit that adds an item to a list; what was read is put into ``values``."""

    def edit(current: Record) -> str:
        values.clear()
        target = paths.find(list_path, current.raw, vault.schema)
        field = _list_field(vault, target)
        if field.kind == "list":
            text = current.text
            for value in assignments:
                for part in split_tags(value):
                    text = edits.append(text, target.path, part, vault.schema)
            return text
        item, read = item_of(vault, field, target.path, assignments)
        values.extend(read)
        return edits.append(current.text, target.path, item, vault.schema)

    return edit


def _list_field(vault: Vault, target: paths.Target) -> Field:
    field = target.field
    if field is not None and field.kind in ("items", "list"):
        return field
    lists = [one.name for one in vault.schema.fields if one.kind in ("items", "list")]
    raise Misuse(
        "not-a-list",
        Text("{path} is not a list", "{path} 不是列表"),
        hint=Text("lists are: {lists}", "可用的列表有：{lists}"),
        path=paths.spell(target.path),
        lists=lists,
    )


def item_of(
    vault: Vault, field: Field, list_path: paths.Path, assignments: Sequence[str]
) -> tuple[dict[str, Any], list[Assigned]]:
    """Build one item of a list of mappings from KEY=VALUE words."""
    if not assignments:
        raise Misuse(
            "nothing-given",
            Text("nothing was given to append to {list}", "没有给出要添加到{list}的内容"),
            hint=Text(
                "write KEY=VALUE, for example {example}=…", "请写 字段=值，例如 {example}=…"
            ),
            list=field.label,
            example=next(child.name for child in field.fields if child.name != "id"),
        )
    text = yamlfile.dump({"item": {}})
    read: list[Assigned] = []
    for word in assignments:
        key, value = split_assignment(word)
        target = _below(vault, list_path, key)
        one = at_target(vault, target, value)
        if one.value is None:
            continue
        inner = one._replace(path=("item", *one.path[len(list_path) + 1 :]))
        read.append(one)
        holder = paths.value_at(inner.path[:-1], yamlfile.read_mapping(text))
        known = holder if isinstance(holder, dict) else {}
        for path, part in with_currency(vault, one, inner.path, known):
            text = edits.put(text, path, part, vault.schema)
    item = yamlfile.read_mapping(text)["item"]
    order = {name: place for place, name in enumerate(vault.schema.order(field.path))}
    return dict(sorted(item.items(), key=lambda pair: order.get(pair[0], len(order)))), read


def _below(vault: Vault, list_path: paths.Path, key: str) -> paths.Target:
    """Where a KEY of a new item leads, as if the item were the first of an empty list."""
    base = paths.spell(list_path)
    return paths.find(f"{base}/0/{'/'.join(paths.split(key))}", {}, vault.schema)


def rename_tag(vault: Vault, old: str, new: str, *, reason: str | None = None) -> Result:
    """Rename a tag across the vault in one commit (D10). Raises NotFound where nobody bears it."""
    bearing = [record.path for record in vault.records() if old in _tags(record.text)]
    if not bearing:
        import difflib

        known = {tag for record in vault.records() for tag in _tags(record.text)}
        near = difflib.get_close_matches(old, known, n=3, cutoff=0.5)
        raise NotFound(
            "no-such-tag",
            Text("no customer has the tag “{tag}”", "没有客户带有标签“{tag}”"),
            hint=Text("did you mean {near}?", "是不是 {near}？")
            if near
            else Text("see the tags in use: textcrm tag list", "查看已有标签：textcrm tag list"),
            tag=old,
            near=near,
        )

    def edit(current: Record) -> str:
        tags = _tags(current.text)
        if old not in tags:
            return current.text
        if new in tags:
            return edits.remove(current.text, ("tags", tags.index(old)))
        return yamlfile.set_scalar(current.text, ("tags", tags.index(old)), new)

    def plan(draft: Draft) -> None:
        for path in bearing:
            draft.edit(path, edit)

    return vault.write("tag", plan, reason=reason)
