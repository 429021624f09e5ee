"""What in a record can be mended without asking: the same value in the form in which it belongs.

Nothing is guessed: a day is rewritten only where it says its year, a word only where it means one
value, a phone only where it can be dialled. Free text, ids and sealed fields are never touched.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm import store, yamlfile
from textcrm.errors import TextcrmError
from textcrm.normalize.entry import normalize_value
from textcrm.normalize.tags import listed, split_tags, words_for
from textcrm.paths import value_at
from textcrm.text import Text
from textcrm.vault import edits
from textcrm.vault.completing import completed, nameless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.schema import Field

REASONS: Final[dict[str, Text]] = {
    "phone": Text("telephone numbers", "电话号码"),
    "date": Text("dates", "日期"),
    "amount": Text("amounts and numbers", "金额和数字"),
    "choice": Text("words for a choice", "选项用词"),
    "industry": Text("industries", "行业"),
    "width": Text("widths and spaces", "全半角和空格"),
    "tags": Text("tags", "标签"),
    "lists": Text("words for a list", "应为列表的文字"),
    "quotes": Text("quotes", "引号"),
    "ids": Text("missing ids", "缺少的编号"),
}
_REASON_OF: Final = {
    "phone": "phone", "date": "date", "moment": "date", "money": "amount", "number": "amount",
    "integer": "amount", "boolean": "choice", "enum": "choice",
}  # fmt: skip
_DATED: Final = frozenset(("date", "moment"))
_BARE: Final = frozenset(("money", "number", "integer", "boolean"))
_TIDIED: Final = frozenset(("name", "person", "reference"))
_LEFT: Final = frozenset(("id", "uid", "former_ids"))
# Two other days from which a date is read: what then says another day depends on when it was said.
_ELSEWHEN: Final = (dt.timedelta(days=-411), dt.timedelta(days=37))
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}
_SPACES: Final = re.compile(r"[\s\u3000]+")


class Mend(NamedTuple):
    """One thing to mend: where, why (a key of :data:`REASONS`), and the text before and after.

    ``before`` is None where something is added.
    """

    path: Path
    reason: str
    before: str | None
    after: str


class Moment(NamedTuple):
    """What reading a value needs: the moment in the vault's zone, and its currency (ISO 4217)."""

    now: dt.datetime
    currency: str


class Tidied(NamedTuple):
    """A record's text as it would be, and what was mended in it."""

    text: str
    mends: tuple[Mend, ...]


def tidy(record: Record, moment: Moment) -> Tidied:
    """Mend a record's text; all that is not mended keeps its bytes."""
    apart = list(texts_for_lists(record))
    if apart:
        rest = tidy(_with_lists(record, apart), moment)
        return Tidied(rest.text, (*apart, *rest.mends))
    mends = list(_values(record, moment))
    text = record.text
    for mend in mends:
        text = yamlfile.set_scalar(text, mend.path, _stored(record, mend, moment))
    text, of_tags = _tags(text, record)
    text, quoted = yamlfile.quote(text, lambda path: _want(record, path))
    whole = record
    if text != record.text:
        whole = store.parse(record.path, yamlfile.encode(text), record.schema)
    added = list(_added(whole))
    if added:
        text = completed(whole)
    rewritten = {mend.path for mend in mends}
    quotes = _quotes(whole, [path for path in quoted if path not in rewritten])
    return Tidied(text, (*mends, *of_tags, *quotes, *added))


# -- texts where lists belong


def texts_for_lists(record: Record) -> Iterator[Mend]:
    """Every text of short words that stands where a list of them belongs (``tags: 高意向、技术型``)."""
    for path, field, text in _leaves(record.raw, None, record.schema.fields, ()):
        words = words_for(field, text) if isinstance(path[-1], str) else []
        if words:
            yield Mend(path, "lists", text, listed(words))


def _with_lists(record: Record, apart: list[Mend]) -> Record:
    text = record.text
    for mend in apart:
        field = record.schema.at(mend.path)
        if field is not None and mend.before is not None:
            text = yamlfile.set_value(text, mend.path, words_for(field, mend.before))
    return store.parse(record.path, yamlfile.encode(text), record.schema)


# -- values


def _values(record: Record, moment: Moment) -> Iterator[Mend]:
    for path, field, text in _leaves(record.raw, None, record.schema.fields, ()):
        value = _normal(field, text, moment)
        if value is not None and value != text:
            yield Mend(path, _reason(field), text, value)


def _leaves(
    node: Any, field: Field | None, fields: tuple[Field, ...], path: Path
) -> Iterator[tuple[Path, Field, str]]:
    """Every text of a field that the schema knows, but for what is sealed or to be sealed."""
    if isinstance(node, dict):
        known = {one.name: one for one in fields}
        for name, value in node.items():
            child = known.get(name)
            if child is not None and not child.seal and name not in _LEFT:
                yield from _leaves(value, child, child.fields, (*path, name))
    elif isinstance(node, list):
        for place, item in enumerate(node):
            if field is not None and field.kind == "list" and field.name != "tags":
                yield from _leaves(item, field.element, (), (*path, place))
            elif field is not None and field.kind == "items":
                yield from _leaves(item, field, fields, (*path, place))
    elif isinstance(node, str) and field is not None and node.strip():
        yield path, field, node


def _normal(field: Field, text: str, moment: Moment) -> str | None:
    """The value as it belongs, None where that is not known for sure."""
    if field.kind in _TIDIED or (field.kind == "text" and field.index == "name"):
        return levelled_name(text)
    if field.kind not in _REASON_OF and field.kind not in ("email", "url", "code"):
        return None
    if field.kind in _DATED and re.search(str(field.node.get("pattern", r"\0")), text):
        return None  # as it should be, with a time zone or without
    value = _read(field, text, moment)
    if field.kind in _DATED and value is not None:
        for step in _ELSEWHEN:
            if _read(field, text, moment._replace(now=moment.now + step)) != value:
                return None
    return value


def _read(field: Field, text: str, moment: Moment) -> str | None:
    try:
        entry = normalize_value(
            field, text, today=moment.now.date(), now=moment.now, currency=moment.currency
        )
    except TextcrmError:
        return None
    if isinstance(entry.value, str | bool | int | Decimal):
        return _plain(entry.value)
    return None


def _plain(value: str | bool | int | Decimal) -> str:
    """A value as the text that this reader gives for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def levelled_name(text: str) -> str:
    """A name without stray spaces, its letters and digits in half width; signs stay as they are."""
    return _SPACES.sub(" ", text.translate(_FULL_WIDTH)).strip()


def _stored(record: Record, mend: Mend, moment: Moment) -> Any:
    """What to write: a number or boolean bare, where the schema wants one."""
    field = record.schema.at(mend.path)
    if field is not None and field.element.kind in _BARE and mend.before is not None:
        return normalize_value(
            field.element,
            mend.before,
            today=moment.now.date(),
            now=moment.now,
            currency=moment.currency,
        ).value
    return mend.after


def _reason(field: Field) -> str:
    if field.name == "industry":
        return "industry"
    return _REASON_OF.get(field.kind, "width")


# -- tags, quotes, ids


def _tags(text: str, record: Record) -> tuple[str, list[Mend]]:
    """Each tag once, levelled, and several in one written apart (D10)."""
    given = record.raw.get("tags")
    if not isinstance(given, list) or not all(isinstance(tag, str) for tag in given):
        return text, []
    apart = [levelled_name(part) for tag in given for part in (split_tags(tag) or [tag])]
    wanted = list(dict.fromkeys(tag for tag in apart if tag))
    if wanted == given or not wanted:
        return text, []
    for tag in [
        tag for place, tag in enumerate(given) if tag not in wanted or tag in given[:place]
    ]:
        own = yamlfile.read_mapping(text)["tags"]
        last = len(own) - 1 - own[::-1].index(tag)
        if len(own) == 1:
            text = yamlfile.set_scalar(text, ("tags", 0), wanted[0])
        else:
            text = edits.remove(text, ("tags", last))
    for tag in wanted:
        if tag not in yamlfile.read_mapping(text)["tags"]:
            text = edits.append(text, ("tags",), tag, record.schema)
    return text, [Mend(("tags",), "tags", "、".join(given), "、".join(wanted))]


def _want(record: Record, path: Path) -> Literal["text", "bare"] | None:
    """What a value is meant to be to other readers; nothing is said of what is sealed or unknown."""
    above = [record.schema.at(path[:depth]) for depth in range(1, len(path) + 1)]
    field = above[-1]
    if field is None or any(one is not None and one.seal for one in above):
        return None
    kind = field.element.kind
    return "bare" if kind in _BARE else None if kind == "any" else "text"


def _quotes(record: Record, quoted: list[Path]) -> Iterator[Mend]:
    for path in quoted:
        value = str(value_at(path, record.raw))
        told = (f"'{value}'", value) if _want(record, path) == "bare" else (value, f"'{value}'")
        yield Mend(path, "quotes", *told)


def _added(record: Record) -> Iterator[Mend]:
    if not record.uid:
        yield Mend(("uid",), "ids", None, "uid")
    for path in nameless(record):
        yield Mend((*path, "id"), "ids", None, "id")
