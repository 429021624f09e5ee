"""JSON and JSON Lines: our own export, whole records, and flat objects as rows of a table."""

from __future__ import annotations

import heapq
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange import decoding, finishing, jsontext, targets
from textcrm.exchange.assembling import Assembled, Assembler, Column
from textcrm.exchange.csvrows import Row
from textcrm.exchange.grouping import absorb
from textcrm.exchange.incoming import Cell, Incoming, Reading
from textcrm.exchange.likeness import NameTable
from textcrm.exchange.naming import is_borrowed
from textcrm.exchange.values import Values
from textcrm.findings import Finding
from textcrm.schema.words import folded
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textcrm.exchange.incoming import Setting, Source
    from textcrm.schema import Field

# Entries of the past are said as a list in a record, not by one key of it.
_ALONE: Final = ("interactions", "purchases", "payments", "contracts", "services", "feedback")
_COMPUTED: Final = frozenset(("derived", "score", "matches", "file", "path", "problems"))


def tells(source: Source) -> bool:
    """Whether the bytes begin like JSON."""
    head = source.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] in (b"{", b"[")


def read(source: Source, setting: Setting) -> Reading:
    """Read an array of objects, an object with such an array in it, or an object a line.

    Objects in the form of our records are taken as records; flat ones are rows of a table whose
    headings are their keys. A line that is no JSON beside others that are is a row that is rejected.
    Raises Invalid (json-unreadable, json-too-deep, json-key-twice; file, line, column).
    """
    decoded = decoding.decode(source.data, setting.encoding, name=source.name)
    text = decoded.text.removeprefix("\ufeff")
    objects, lines, bad = jsontext.objects(text, source.name)
    name = "jsonl" if lines else "json"
    if any(_is_record(one, setting) for one in objects[:50]):
        return Reading(
            name,
            lambda: _beside(_records(objects, lines, setting), bad),
            suffix=".jsonl",
            layout="textcrm",
        )
    return _table(objects, lines, bad, setting, name)


def _beside(rows: Iterator[Incoming], bad: Sequence[jsontext.Bad]) -> Iterator[Incoming]:
    """The rows of lines with the lines that cannot be read among them, where they stand."""
    if not bad:
        yield from rows
        return
    ready = (Incoming(0, str(one.line), {}, raw=one.raw, problem=one.why) for one in bad)
    merged = heapq.merge(rows, ready, key=lambda row: int(row.place))
    for number, row in enumerate(merged, 1):
        yield replace(row, number=number)


def _is_record(one: Mapping[str, Any], setting: Setting) -> bool:
    """Whether an object has the form of a record: nested lists of ours, or our id beside a name."""
    for name, value in one.items():
        field = setting.schema.find(name) if isinstance(value, list | dict) else None
        if field is None or field.kind not in ("items", "mapping", "size"):
            continue
        if field.name == name or any(isinstance(each, dict) for each in value):
            return True
    return "uid" in one and "name" in one


def _records(
    objects: list[dict[str, Any]], lines: list[int], setting: Setting
) -> Iterator[Incoming]:
    values = Values(setting, spoken=False)
    fields = {field.name: field for field in setting.schema.fields}
    for number, one in enumerate(objects, 1):
        made = Assembled()
        tree = {k: v for k, v in one.items() if k not in _COMPUTED}
        made.tree = _clean(tree, fields, made, values, top=True)
        _flat(made, setting)
        if not made.tree.get("name"):
            finishing.name_customer(made.tree, made, setting.schema)
        yield Incoming(
            number,
            str(lines[number - 1]) if lines else f"[{number - 1}]",
            made.tree,
            raw=json.dumps(one, ensure_ascii=False) + "\n",
            left=tuple(made.left),
            warnings=tuple(made.warnings),
            problem=made.problem,
        )


def _flat(made: Assembled, setting: Setting) -> None:
    """Keys of a record that are headings of a table (电话, 邮箱) go where a table's would."""
    table = NameTable.of(setting.schema)
    said = {
        key: target
        for key, value in made.tree.items()
        if isinstance(value, str)
        and setting.schema.by_name.get(key) is None
        and (target := table.by_name(key))
        and target.partition("/")[0] not in _ALONE
    }
    if not said:
        return
    columns = [
        Column(place, key, targets.parse(target, setting.schema))
        for place, (key, target) in enumerate(said.items())
    ]
    row = Assembler(columns, setting).row([made.tree.pop(key) for key in said])
    made.warnings += [one for one in row.warnings if one.code != "row-named-by-contact"]
    made.left += row.left
    if row.problem is not None and row.problem.code != "row-nameless":
        made.problem = made.problem or row.problem
    if is_borrowed(row.tree):
        row.tree.pop("name", None)
        row.tree.pop("kind", None)
    for one in absorb(made.tree, row.tree):
        made.warnings.append(one)


def _clean(
    tree: Mapping[str, Any],
    fields: Mapping[str, Field],
    made: Assembled,
    values: Values,
    *,
    top: bool = False,
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for said, value in tree.items():
        field = fields.get(said) or _labelled(said, tree, fields, aliases=not top)
        name = said if field is None else field.name
        if value is None or value in ("", [], {}):
            continue
        if field is None:
            result[name] = value
        elif isinstance(value, dict) and "sealed" in value:
            made.warnings.append(_locked(field))  # ciphertext is bound to its record and vault
        elif isinstance(value, dict):
            result[name] = _clean(value, {one.name: one for one in field.fields}, made, values)
        elif isinstance(value, list) and field.kind == "items":
            found = [_item(one, field, made, values) for one in value]
            result[name] = [one for one in found if one]
        elif field.kind == "items" and top and said != field.name:
            result[said] = str(value)  # a heading of a table, as people type it
        elif field.kind == "items":
            result[name] = [one for one in (_item(value, field, made, values),) if one]
        elif isinstance(value, list):
            result[name] = [str(one) for one in value if one not in (None, "")]
        else:
            _scalar(result, name, field, value, made, values)
    return result


def _labelled(
    said: str, tree: Mapping[str, Any], fields: Mapping[str, Field], *, aliases: bool
) -> Field | None:
    """The field that a key means by its label in either language, where it is not there by name.

    ``aliases`` count within an item; of the whole record they are headings of a table.
    """
    word = folded(said)
    for more in (False, True)[: 1 + aliases]:
        for field in fields.values():
            words = field.aliases if more else (field.label.zh, field.label.en)
            if word in map(folded, words):
                return None if field.name in tree else field
    return None


def _item(one: Any, field: Field, made: Assembled, values: Values) -> dict[str, Any]:
    """An item of a list; of a mere text the value that tells items apart, a number or a name."""
    inner = {child.name: child for child in field.fields}
    if isinstance(one, dict):
        return _clean(one, inner, made, values)
    if one is None or not str(one).strip():
        return {}
    if field.name == "addresses":
        read = values.read(field, str(one))
        return read.value if isinstance(read.value, dict) else {"street": str(one)}
    key = inner.get(field.key[0]) if len(field.key) == 1 else None
    if key is None or isinstance(one, list) or key.enum:
        text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
        made.set_aside(field.label.zh, text, field)
        return {}
    result: dict[str, Any] = {}
    _scalar(result, key.name, key, one, made, values)
    return result


def _scalar(
    result: dict[str, Any],
    name: str,
    field: Field,
    value: Any,
    made: Assembled,
    values: Values,
) -> None:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if (
        field.kind in ("text", "name", "reference")
        or field.name in ("id", "uid")
        or _is_stored(field, text)
    ):
        result[name] = text
        return
    read = values.read(field, text)
    if read.warning is not None:
        made.warnings.append(read.warning)
    if read.kept and not read.field:
        result[name] = read.value
    elif field.seal:
        made.problem = made.problem or read.warning
    else:
        made.left.append(Cell(field.label.zh, text))


def _is_stored(field: Field, text: str) -> bool:
    """Whether a day or moment is written as records hold it, and needs no reading."""
    pattern = field.node.get("pattern")
    if field.kind not in ("date", "moment") or not isinstance(pattern, str):
        return False
    return re.search(pattern, text) is not None


def _locked(field: Field) -> Finding:
    return Finding(
        "sealed-left-out",
        "warning",
        field.path,
        Text(
            "{field} is sealed in the file and cannot be taken over",
            "{field}在文件中是加密的，无法带入",
        ),
        Text(
            "export it with --reveal, with a key that opens it", "请用能解密的密钥以 --reveal 导出"
        ),
        {"field": field.label},
    )


def _table(
    objects: list[dict[str, Any]],
    lines: list[int],
    bad: Sequence[jsontext.Bad],
    setting: Setting,
    name: str,
) -> Reading:
    from textcrm.exchange import tables

    headings = list(dict.fromkeys(str(key) for one in objects for key in one))
    rows = [Row("1", headings)]
    for number, one in enumerate(objects):
        place = str(lines[number]) if lines else f"[{number}]"
        raw = json.dumps(one, ensure_ascii=False) + "\n"
        rows.append(Row(place, [_cell(one.get(heading)) for heading in headings], raw))
    found = tables.reading(
        lambda: iter(rows), setting, format_name=name, suffix=".jsonl", encoding="utf-8"
    )
    return Reading(
        format=name,
        rows=lambda: _beside(found.rows(), bad),
        suffix=".jsonl",
        layout=found.layout,
        columns=found.columns,
        notes=found.notes,
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
