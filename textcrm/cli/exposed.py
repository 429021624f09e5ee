"""What member exposure says: which customers' sealed values somebody could read, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.cli.context import Context
    from textcrm.members.exposure import Exposure

_CHANGE = Text(
    "What they could open they may have kept. What matters is changed itself (a new account, a "
    "new number), not only its key.",
    "可读过的内容对方可能已留存。如有影响，请更换内容本身（新账号、新号码），而不只是更换密钥。",
)


def show(context: Context, word: str, *, lost: bool) -> None:
    """Show a person's exposure."""
    from textcrm.members.exposure import exposure

    vault = context.vault()
    with context.progress(Text("versions", "历史版本")) as told:
        found = exposure(vault, word, lost=lost, progress=told)
    if context.json:
        context.emit(_json(found))
    else:
        _print(context, found)
    if not found.customers:
        context.exit(1)


def _json(found: Exposure) -> dict[str, Any]:
    return {
        "person": {"id": found.id, "name": found.name},
        "keys": [
            {"label": one.label, "since": _iso(one.since), "until": _iso(one.until)}
            for one in found.keys
        ],
        "customers": len(found.customers),
        "values": sum(len(one.values) for one in found.customers),
        "records": [
            {
                "id": one.id,
                "name": one.name,
                "deleted": one.deleted,
                "values": [
                    {
                        "path": each.path,
                        "labels": list(each.labels),
                        "since": _iso(each.since),
                        "until": _iso(each.until),
                        "now": each.now,
                    }
                    for each in one.values
                ],
            }
            for one in found.customers
        ],
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _print(context: Context, found: Exposure) -> None:
    data = {"name": found.name, "id": found.id}
    if not found.customers:
        context.say(
            Text("{name} ({id}) could read no sealed value", "{name}（{id}）未曾可读任何加密内容"),
            **data,
        )
        return
    for key in found.keys:
        sentence = (
            Text("{name} holds {label} since {since}", "{name}自 {since} 起持有 {label}")
            if key.until is None
            else Text(
                "{name} was given {label} from {since} to {until}",
                "{name}于 {since} 至 {until} 获得 {label}",
            )
        )
        context.say(
            sentence,
            **data,
            label=key.label,
            since=key.since.date(),
            until=key.until.date() if key.until else "",
        )
    _table(context, found)
    context.say(
        Text("{values} values of {n} customers", "共 {n} 位客户的 {values} 个值"),
        values=sum(len(one.values) for one in found.customers),
        n=len(found.customers),
    )
    context.hint(_CHANGE)


def _table(context: Context, found: Exposure) -> None:
    def said(en: str, zh: str) -> str:
        return Text(en, zh).say(context.language)

    heads = [
        Text("Customer id", "客户编号"),
        Text("Name", "客户名称"),
        Text("Field", "字段"),
        Text("Key", "密钥"),
        Text("Since", "可读起始"),
        Text("Now", "目前"),
    ]
    rows = []
    for one in found.customers:
        for each in one.values:
            state = said("yes", "可读") if each.now else said("in history", "仅历史")
            rows.append(
                (
                    one.id,
                    one.name,
                    _field(context, each.path),
                    " + ".join(each.labels),
                    each.since.date().isoformat(),
                    said("deleted", "已删除") if one.deleted else state,
                )
            )
    context.out.table(heads, rows, whole={0, 4})


def _field(context: Context, path: str) -> str:
    """The labels of a place: 合同 / 金额."""
    schema = context.vault().schema
    steps = tuple(path.split("/"))
    words = [schema.at(steps[: depth + 1]) for depth in range(len(steps))]
    labels = dict.fromkeys(one.label.say(context.language) for one in words if one is not None)
    return " / ".join(labels) or path
