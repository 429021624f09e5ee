"""Values as people say them, put into a record: PATH=VALUE, normalised by the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import paths, yamlfile
from textcrm.errors import Ambiguous, Invalid, Misuse, TextcrmError
from textcrm.normalize.entry import normalize_value
from textcrm.records import currencies
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from textcrm.paths import Path
    from textcrm.schema import Field
    from textcrm.vault import Vault

_LOG: Final = Text(
    "a new entry: textcrm log ID SUMMARY --at DAY", "新增一条：textcrm log 编号 内容 --at 日期"
)
_APPEND: Final = Text(
    "a new entry: textcrm set ID {path}/+{end}=…", "新增一条：textcrm set 编号 {path}/+{end}=…"
)
_WHICH: Final = Text(
    "{list}: {count} entries are there already; say whose {field} is meant",
    "{list}已有 {count} 条；没有说明要修改哪一条的{field}",
)
_WHICH_ENTRY: Final = Text(
    "{list}: {count} entries are there already; say which one is meant",
    "{list}已有 {count} 条；没有说明要修改哪一条",
)
IDENTITY: Final = (("id",), ("uid",))


class Assigned(NamedTuple):
    """A value at its place: path in the record, the tree to store, and a note where they differ."""

    path: Path
    value: Any
    note: Text | None
    data: dict[str, Any]
    currency: str | None = None
    """The currency that was said with an amount."""


def with_currency(
    vault: Vault, one: Assigned, path: Path, item: dict[str, Any]
) -> list[tuple[Path, Any]]:
    """What to write for an amount: itself, and beside it the currency where that changes.

    ``path`` is where it is written, ``item`` the mapping there. Raises Misuse (currency-mixed).
    """
    said = currencies.beside(vault.schema, one.path, item, one.currency, vault.config.currency)
    beside = [] if said is None else [((*path[:-1], currencies.FIELD), said)]
    return [(path, one.value), *beside]


def split_assignment(text: str) -> tuple[str, str]:
    """Split PATH=VALUE (also with ＝). Raises Misuse (assignment-invalid)."""
    for sign in ("=", "＝"):
        if sign in text:
            path, value = text.split(sign, 1)
            if "＝" in path:
                continue
            return path, value
    raise Misuse(
        "assignment-invalid",
        Text("“{text}” is not PATH=VALUE", "“{text}”不是“字段=值”的形式"),
        hint=Text("for example: status=active", "例如：状态=合作中"),
        text=text if len(text) <= 40 else text[:40] + "…",
    )


def assigned(
    vault: Vault,
    raw: dict[str, Any],
    path_text: str,
    text: str,
    before: dict[str, Any] | None = None,
) -> Assigned:
    """Resolve a path in a record and normalise the value for the field there.

    ``before`` is the record as it was before the command, where ``raw`` has some of its values already.
    """
    target = paths.find(path_text, raw, vault.schema)
    field = target.field
    if field is not None and text.strip():
        inner = inner_of(vault, field, paths.split(path_text)[-1], text)
        if inner is not None:
            target = target._replace(path=(*target.path, inner.name), field=inner)
    keep_past(vault, _first_of(target), raw if before is None else before, text)
    return at_target(vault, target, text)


def inner_of(vault: Vault, field: Field, word: str, text: str) -> Field | None:
    """The field inside a group that a text given to the group is for; None where none is told.

    下一步计划 names the step with its day, and what is to be done: a text is the latter. 客户提供 is a
    value of but one field of 资料来源.
    """
    if field.kind != "mapping":
        return None
    inner = vault.schema.find(word, field)
    if inner is not None and inner.kind == "text":
        return inner
    choices = [child for child in field.fields if child.enum and child.enum_value(text.strip())]
    return choices[0] if len(choices) == 1 else None


def _first_of(target: paths.Target) -> paths.Target:
    """A list that is given a text: the value of its first entry that the text becomes."""
    field = target.field
    if field is None or field.kind != "items" or isinstance(target.path[-1], int):
        return target
    key = field.child(field.key[0]) if len(field.key) == 1 else None
    tail = () if key is None or key.enum else (key.name,)
    assumed = (*target.assumed, target.path)
    return paths.Target((*target.path, 0, *tail), key if tail else field, assumed)


def keep_past(vault: Vault, target: paths.Target, raw: dict[str, Any], text: str) -> None:
    """Refuse to write into an entry of the past, or to rename an entry, that a path does not name:
    最近跟进日期=今天 is another contact, not another day of the first one. Raises Ambiguous (entry-not-named).
    """
    old = paths.value_at(target.path, raw)
    if old is not None and str(old) == text.strip():
        return
    for place in target.assumed:
        field = vault.schema.at(place)
        entries = paths.value_at(place, raw) or []
        if len(entries) < (2 if old in (None, "") else 1):
            continue
        if field is None:
            continue
        dated = any(
            child.name in ("at", "date") and child.kind in ("date", "moment")
            for child in field.fields
        )
        # 联系人=李雷 is another person, not another name of the first one, with that one's numbers.
        tail = target.path[len(place) + 1 :]
        names = (
            len(place) == 1
            and old is not None
            and (field.key == tail if tail else len(entries) > 1)
        )
        if not (dated or names):
            continue
        word = paths.spell(tail)
        end = f"/{word}" if word else ""
        raise Ambiguous(
            "entry-not-named",
            _WHICH if word else _WHICH_ENTRY,
            hint=_LOG if place == ("interactions",) else _APPEND,
            list=field.label,
            field=target.field.label if target.field else word,
            count=len(entries),
            path=paths.spell(place),
            end=end,
            candidates=[
                {
                    "id": f"{paths.spell(paths.stable((*place, number), raw))}{end}=…",
                    "name": _known_as(entry, field),
                }
                for number, entry in enumerate(entries)
                if isinstance(entry, dict)
            ],
        )


def _known_as(entry: dict[str, Any], field: Field) -> str:
    """What tells an entry apart for people: its day, or the key that names it."""
    keys = ("at", "date", *field.key)
    return next((str(entry[key]) for key in keys if isinstance(entry.get(key), str)), "")


def at_target(vault: Vault, target: paths.Target, text: str) -> Assigned:
    """Normalise a value for the field that a path leads to; blank is None, which takes it out."""
    field = target.field
    if target.path in IDENTITY:
        raise identity_fixed(field.label if field else target.path[0])
    if not text.strip():
        return Assigned(target.path, None, None, {})  # to set nothing is to take it out
    if field is None:
        return Assigned(target.path, text, None, {})
    field = _element(field, target.path)
    if field.kind == "items":
        place = target.path if isinstance(target.path[-1], int) else (*target.path, 0)
        return _item(vault, place, field, text)
    if field.kind == "person":
        return _person(vault, target.path, text)
    if field.kind in ("phone", "email") and (state := _state(field, text)) is not None:
        raise _is_state(target.path, field, state, text)
    try:
        entry = normalize_value(
            field,
            text,
            today=vault.today,
            now=vault.now,
            currency=vault.config.currency,
            foreign=currencies.has_field(vault.schema, target.path),
        )
    except TextcrmError as error:
        # A value that will not do is a record that would be invalid (5), not a misused command.
        data = {"path": paths.spell(target.path), **error.data}
        raise Invalid(error.code, error.message, hint=error.hint, **data) from error
    return Assigned(target.path, entry.value, entry.note, dict(entry.data), entry.currency)


def _state(field: Field, text: str) -> Field | None:
    """The field beside a number or address that a word is for: 空号 says how it does (A59)."""
    beside = field.within.child("verification") if field.within is not None else None
    return beside if beside is not None and beside.enum_value(text.strip()) else None


def _is_state(path: Path, field: Field, state: Field, text: str) -> Invalid:
    return Invalid(
        "state-not-value",
        Text("“{text}” is no {field} but its {state}", "“{text}”不是{field}，而是它的{state}"),
        hint=Text(
            "the {field} stays if you set: {path}={text}", "保留{field}，请改填：{path}={text}"
        ),
        text=text.strip(),
        field=field.label,
        state=state.label,
        path=paths.spell((*path[:-1], state.name)),
    )


def identity_fixed(field: object) -> Misuse:
    """The error where somebody would change who a record is."""
    return Misuse(
        "identity-fixed",
        Text("{field} is given once and never changed", "{field}一经生成不可修改"),
        hint=Text("it is who the customer is in every clone", "它在所有克隆中标识这位客户"),
        field=field,
    )


def without(text: str, target: paths.Target) -> str:
    """A record's text with the field or item at a path taken out, where it is there.

    Raises Misuse (identity-fixed), Invalid (field-required).
    """
    path, field = target.path, target.field
    if path in IDENTITY:
        raise identity_fixed(field.label if field else path[0])
    parent = paths.value_at(path[:-1], yamlfile.read_mapping(text))
    step = path[-1]
    there = (
        step in parent
        if isinstance(parent, dict)
        else isinstance(parent, list) and isinstance(step, int) and step < len(parent)
    )
    if not there:
        return text
    if field is not None and field.required and isinstance(step, str):
        raise _required(path, field)
    return edits.remove(text, path)


def _required(path: Path, field: Field) -> Invalid:
    if len(path) == 1:
        message = Text(
            "{field} cannot be left empty: every customer has one", "{field}为必填项，不能为空"
        )
        hint = Text("give another value: {path}=…", "请改填其他内容：{path}=…")
    else:
        message = Text(
            "{field} cannot be left empty: an entry of {list} needs it",
            "{field}不能为空：{list}的每一条都必须有",
        )
        hint = Text("take the whole entry away: --unset {entry}", "要删除整条：--unset {entry}")
    return Invalid(
        "field-required",
        message,
        hint=hint,
        field=field.label,
        list=field.within.label if field.within else "",
        path=paths.spell(path),
        entry=paths.spell(path[:-1]),
    )


def _item(vault: Vault, path: Path, field: Field, text: str) -> Assigned:
    """A text for an item of a list of mappings: an address, or the item's one key."""
    names = {child.name for child in field.fields}
    key = field.child(field.key[0]) if len(field.key) == 1 else None
    if {"province", "street"} <= names or key is None or key.enum:
        entry = normalize_value(field, text, today=vault.today, now=vault.now)
        return Assigned(path, entry.value, entry.note, dict(entry.data))
    return at_target(vault, paths.Target((*path, key.name), key), text)


def _element(field: Field, path: Path) -> Field:
    """The field of one element where the path leads into a list of scalars."""
    if field.kind == "list" and path and isinstance(path[-1], int):
        return field.element
    return field


def _person(vault: Vault, path: Path, text: str) -> Assigned:
    """A person by id or name; one whom access.yaml does not know is kept (a warning of check)."""
    word = text.strip()
    if word in ("me", "我"):
        return Assigned(path, vault.require_me().id, None, {})
    person = vault.access.find(word)
    if person is None or person.id == word:
        return Assigned(path, word or None, None, {})
    return Assigned(
        path,
        person.id,
        Text("{typed} → {stored}", "{typed} → {stored}"),
        {"typed": word, "stored": person.id},
    )


def apply(vault: Vault, text: str, values: list[Assigned]) -> str:
    """Put values into a record's text, one after the other."""
    for one in values:
        if one.value is None:
            text = without(text, paths.Target(one.path, vault.schema.at(one.path)))
            continue
        for path, value in _parts(vault, one, text):
            text = edits.put(text, path, value, vault.schema)
    return text


def _parts(vault: Vault, one: Assigned, text: str) -> list[tuple[Path, Any]]:
    """A size said in words sets the ranges that it names and leaves the others (A20); an amount
    said with its currency sets that beside it.
    """
    if one.currency is not None:
        item = paths.value_at(one.path[:-1], yamlfile.read_mapping(text))
        return with_currency(vault, one, one.path, item if isinstance(item, dict) else {})
    field = vault.schema.at(one.path)
    if isinstance(one.value, dict) and field is not None and field.kind == "size":
        return [((*one.path, name), part) for name, part in one.value.items()]
    return [(one.path, one.value)]
