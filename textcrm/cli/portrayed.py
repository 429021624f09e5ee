"""The portrait of a customer on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.catalog.collecting import uncollected
from textcrm.cli.show import plain
from textcrm.cli.tables import mask_name
from textcrm.text import Text, spoken

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.portrait import Fact
    from textcrm.record import Record

_PERSONAL = ("contact",)


@uncollected()
def print_portrait(context: Context, record: Record) -> None:
    """Print who a customer is, and what to do next."""
    from textcrm.insight.portrait import SECTIONS, portrait

    found = portrait(context.vault(), record)
    if context.json:
        context.emit(
            {
                "id": record.id,
                "name": mask_name(context, record.name),
                **{
                    name: [_json(context, fact) for fact in facts] for name, facts in found.items()
                },
            }
        )
        return
    with context.out.paged():
        context.out.title(f"{mask_name(context, record.name)}  {record.id}")
        for name, facts in found.items():
            if facts:
                context.out.section(SECTIONS[name].say(context.language))
            for fact in facts:
                context.out.pair("•", _said(context, fact), depth=1)
        context.out.line()
        context.note(
            Text(
                "from the records alone, by fixed rules and fitted models; sealed values are not used",
                "仅依据客户资料，由固定规则和拟合模型得出；不使用加密的值",
            )
        )


def _data(context: Context, fact: Fact) -> dict[str, Any]:
    return {
        name: mask_name(context, value) if name in _PERSONAL else value
        for name, value in fact.data.items()
    }


def _said(context: Context, fact: Fact) -> str:
    return fact.text.say(context.language, **_data(context, fact))


def _json(context: Context, fact: Fact) -> dict[str, Any]:
    data = {name: _worded(context, value) for name, value in _data(context, fact).items()}
    return {"code": fact.code, "text": _said(context, fact), "data": data}


def _worded(context: Context, value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(context, each) for each in value]
    return plain(spoken(value, context.language))
