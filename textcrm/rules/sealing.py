"""Sealed values without any key: their form, labels and number of readers, and plain ones."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from textcrm import ciphertext
from textcrm.findings import Finding
from textcrm.rules.base import error, items, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.rules.base import Path, RuleContext, RuleView
    from textcrm.schema import Field, Schema

_TYPE_AGAIN = Text(
    "type the value again, or take the last one back: textcrm restore, git checkout",
    "请重新填写，或用 textcrm restore、git checkout 取回旧值",
)
CODES = frozenset(
    (
        "plain-sealed",
        "sealed-malformed",
        "sealed-class",
        "sealed-unknown-key",
        "sealed-unknown-person",
        "sealed-recipients",
        "sealed-stale",
        "sealed-misplaced",
        "owner-not-in-label",
        "duplicate-ciphertext",
    )
)


def sealed_values(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Whatever should be sealed is, for the right readers, and only that (DESIGN section 3)."""
    owner = record.raw.get("owner")
    if not record.may_hold("sealed") and not _any_to_seal(record.raw, _routes(context.schema)):
        return
    for path, field, value in sealed_places(record.raw, context.schema):
        if field is None:
            yield _misplaced(path)
        elif not ciphertext.looks_sealed(value):
            yield _plain(path, field, context)
        else:
            yield from _judged(path, field, value, owner, context)


def sealed_documents(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Whom sealed attachments are for: a key in use, people who are there, the owner (L8)."""
    if context.keys is None:
        return
    field = context.schema.at(("documents", "file"))
    owner = record.raw.get("owner")
    for place, item in items(record.raw, "documents"):
        given = item.get("sealed_for")
        listed = [given] if isinstance(given, str) else given
        if not listed or field is None:
            continue
        path = ("documents", place, "sealed_for")
        named = isinstance(listed, list) and all(isinstance(one, str) for one in listed)
        labels = tuple(listed) if named else ("?",)
        if ciphertext.parse_class(labels[0]) is None:
            yield error(
                "attachment-class",
                path,
                "“sealed_for” names a class key such as finance@2 first",
                "“加密对象”的第一项应为密级密钥，如 finance@2",
                Text("attach the file anew: textcrm attach", "请重新归档：textcrm attach"),
            )
            continue
        for finding in _of_keys(path, field, labels, owner, context):
            yield finding._replace(code=finding.code.replace("sealed-", "attachment-", 1))


def sealed_places(raw: Any, schema: Schema) -> Iterator[tuple[Path, Field | None, Any]]:
    """Every value of a field to be sealed, plain ones too, and with None what is sealed elsewhere.

    Empty values (None) are passed over: there is nothing to seal.
    """
    yield from _below(raw, schema.by_name, ())


@lru_cache(maxsize=8)
def _routes(schema: Schema) -> dict[str, Any]:
    """The names of fields to be sealed, and of those that lead to them with what is in them."""
    return _routes_in(schema.fields)


def _routes_in(fields: tuple[Field, ...]) -> dict[str, Any]:
    made = {one.name: one.seal or _routes_in(one.fields) for one in fields}
    return {name: one for name, one in made.items() if one}


def _any_to_seal(tree: Any, routes: dict[str, Any]) -> bool:
    """Whether a record may have a value at a field to be sealed, told without places."""
    if tree.__class__ is list:
        return any(_any_to_seal(item, routes) for item in tree)
    if tree.__class__ is not dict:
        return False
    for name, route in routes.items():
        if name in tree:
            value = tree[name]
            if value is not None and (route.__class__ is str or _any_to_seal(value, route)):
                return True
    return False


def _below(
    tree: Any, fields: Mapping[str, Field], path: Path
) -> Iterator[tuple[Path, Field | None, Any]]:
    for name, value in tree.items():
        field = fields.get(name)
        if field is not None and field.seal:
            if value is not None:
                yield (*path, name), field, value
        elif value.__class__ is dict or value.__class__ is list:
            yield from _inside(value, field, (*path, name))


def _inside(
    value: Any, field: Field | None, path: Path
) -> Iterator[tuple[Path, Field | None, Any]]:
    if value.__class__ is list:
        for place, item in enumerate(value):
            if item.__class__ is dict or item.__class__ is list:
                yield from _inside(item, field, (*path, place))
    elif ciphertext.is_sealed(value):
        yield path, None, value
    else:
        yield from _below(value, _table(field), path)


def _table(field: Field | None) -> Mapping[str, Field]:
    return field.by_name if field is not None else {}


def sealed_prints(raw: Any, schema: Schema) -> list[tuple[Path, bytes]]:
    """The fingerprint of each ciphertext of a record, which no two places may share."""
    found = []
    for path, _, value in sealed_places(raw, schema):
        if ciphertext.looks_sealed(value):
            try:
                data = ciphertext.read(value).data
            except ciphertext.Malformed:
                continue
            found.append((path, sha256(data).digest()[:16]))
    return found


def _plain(path: Path, field: Field, context: RuleContext) -> Finding:
    can_seal = context.keys is not None
    return Finding(
        "plain-sealed",
        "error" if can_seal else "warning",
        path,
        Text(
            "{field} is sensitive ({label}) and stands here in plain text",
            "{field}属敏感信息（{label}），此处为明文",
        ),
        Text(
            "seal it: textcrm seal (textcrm save does so, too)",
            "加密：textcrm seal（textcrm save 也会自动加密）",
        )
        if can_seal
        else Text(
            "this vault has no keys yet: textcrm doctor --fix",
            "客户库还没有密钥：textcrm doctor --fix",
        ),
        {"field": field.label, "label": field.seal},
    )


def _misplaced(path: Path) -> Finding:
    return error(
        "sealed-misplaced",
        path,
        "a sealed value stands where the schema seals nothing",
        "此字段未设为加密，却有加密值",
        Text(
            "mark the field with “seal” in the schema, or take it out",
            "请在字段定义中设置 seal，或删除此值",
        ),
    )


def _judged(
    path: Path, field: Field, value: Any, owner: Any, context: RuleContext
) -> Iterator[Finding]:
    """What is wrong with one sealed value."""
    try:
        sealed = ciphertext.read(value)
        count = ciphertext.recipients(sealed.data)
    except ciphertext.Malformed as flaw:
        yield error(
            "sealed-malformed",
            path,
            "{field}: {why}",
            "{field}：{why}",
            _TYPE_AGAIN,
            field=field.label,
            why=flaw.message,
        )
        return
    if count != len(sealed.labels):
        yield error(
            "sealed-recipients",
            path,
            "{field}: sealed for {count} readers, and the label names {named}",
            "{field}：密文有 {count} 个接收者，标签却写了 {named} 个",
            Text(
                "somebody may read it who is not named: seal it anew",
                "可能有未列出的人能读，请重新加密",
            ),
            field=field.label,
            count=count,
            named=len(sealed.labels),
        )
    key = ciphertext.parse_class(sealed.labels[0])
    if key is None or key[0] != field.seal:
        yield error(
            "sealed-class",
            path,
            "{field}: sealed for {label}, where {wanted} is wanted",
            "{field}：密级为 {label}，应为 {wanted}",
            _TYPE_AGAIN,
            field=field.label,
            label=_shown(sealed.labels[0]),
            wanted=field.seal,
        )
    elif context.keys is not None:
        yield from _of_keys(path, field, sealed.labels, owner, context)


_LABEL: Final = re.compile(r"[a-z][a-z0-9-]{0,40}(@[0-9]{1,6})?")


def _shown(label: str) -> str:
    """A label as it may be said: one that is no label at all could be the value itself."""
    return label if _LABEL.fullmatch(label) else "?"


def _of_keys(
    path: Path, field: Field, labels: tuple[str, ...], owner: Any, context: RuleContext
) -> Iterator[Finding]:
    """What access.yaml says to a label whose class is right."""
    keys = context.keys
    key = ciphertext.parse_class(labels[0])
    if keys is None or key is None:
        return
    name, generation = key
    current = keys.current.get(name)
    if generation not in keys.generations.get(name, ()):
        yield error(
            "sealed-unknown-key",
            path,
            "{field}: access.yaml knows no key {label}",
            "{field}：access.yaml 中没有密钥 {label}",
            _TYPE_AGAIN,
            field=field.label,
            label=_shown(labels[0]),
        )
        return
    if generation != current:
        yield warning(
            "sealed-stale",
            path,
            "{field}: sealed with {label}, a retired key; {current} is in use",
            "{field}：使用了已停用的密钥 {label}，现用 {current}",
            Text("seal it anew: textcrm rekey", "重新加密：textcrm rekey"),
            field=field.label,
            label=labels[0],
            current=f"{name}@{current}",
        )
    for person in labels[1:]:
        if person not in keys.people:
            # A person who was removed is named until the rekey, which the retired key asks for.
            yield (error if generation == current else warning)(
                "sealed-unknown-person",
                path,
                "{field}: sealed for “{who}”, who is nobody in access.yaml",
                "{field}：接收者“{who}”不在 access.yaml 中",
                Text("seal it anew: textcrm rekey", "重新加密：textcrm rekey"),
                field=field.label,
                who=_shown(person),
            )
    who = keys.owners.get(owner) if isinstance(owner, str) else None
    if (
        who is not None
        and name in keys.owner_reads
        and who not in labels
        and who not in keys.readers.get(name, ())
    ):
        yield warning(
            "owner-not-in-label",
            path,
            "{field}: the owner {owner} cannot read it",
            "{field}：负责人 {owner} 无法读取",
            Text("seal it for the owner, too: textcrm rekey", "为负责人重新加密：textcrm rekey"),
            field=field.label,
            owner=owner[:40] if isinstance(owner, str) else "",
        )
