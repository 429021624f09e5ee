"""What is odd in a record and not wrong: empty values, unknown keys, sensitive values in plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.changes import UNRESOLVED
from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.validation.wording import clipped, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.schema import Field

Path = tuple[str | int, ...]


def noticed(
    tree: Any, known: Mapping[str, Field], path: Path, *, top: bool = False
) -> Iterator[Finding]:
    if not isinstance(tree, dict) or (not known and not top):
        return
    for name, value in tree.items():
        field = known.get(name)
        here = (*path, name)
        if value is None:
            yield Finding(
                "empty-value",
                "warning",
                here,
                Text("{field} is empty", "{field}没有内容"),
                Text("fill it in or delete the line", "请填写或删除这一行"),
                {"field": named(field, here)},
                at_key=True,
            )
        elif field is None:
            if not name.startswith("x-") and here != (UNRESOLVED,):
                yield _unknown(name, here, known)
        elif field.seal:
            continue  # the rules on sealing say what is wrong with it
        elif isinstance(value, dict) and field.fields:
            yield from noticed(value, field.by_name, here)
        elif isinstance(value, list) and field.kind == "items":
            for place, item in enumerate(value):
                yield from noticed(item, field.by_name, (*here, place))


def _unknown(name: str, path: Path, known: Mapping[str, Field]) -> Finding:
    import difflib

    words = {
        word.casefold(): field
        for field in known.values()
        for word in (field.name, field.label.zh, field.label.en, *field.aliases)
    }
    exact = words.get(name.casefold())
    near = (
        [exact]
        if exact
        else [
            words[one]
            for one in difflib.get_close_matches(name.casefold(), words, n=1, cutoff=0.7)
        ]
    )
    data: dict[str, Any] = {"name": clipped(name)}
    hint = None
    if near:
        data["near"] = Text(
            f"{near[0].name} ({near[0].label.en})", f"{near[0].name}（{near[0].label.zh}）"
        )
        hint = Text(
            "did you mean {near}? Free fields go under custom",
            "是不是 {near}？自定义内容可放在 custom 下",
        )
    return Finding(
        "unknown-key",
        "warning",
        path,
        Text("there is no field “{name}” here", "此处没有字段“{name}”"),
        hint,
        data,
        at_key=True,
    )
