"""Consents on the command line: given or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.written import report
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.cli.context import Context


def consent(context: Context, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """Record a consent of one customer, or its withdrawal."""
    from textcrm.privacy import consents
    from textcrm.records.editing import Done

    vault = context.vault()
    purpose = _needed(context, given, "purpose", Text("For which purpose", "用途"))
    day = _day(context, given["date"])
    code = consents.purpose_of(vault.schema, purpose).code
    label = vault.schema.purposes[code]
    if given["withdraw"]:
        result = consents.withdraw(
            vault,
            words[0],
            purpose=purpose,
            channel=given["channel"],
            on=day,
            reason=given["reason"],
        )
        sentence = Text(
            "{id}: consent to {purpose} withdrawn ({commit})",
            "{id}：已登记撤回“{purpose}”的同意（{commit}）",
        )
    else:
        channel = _needed(context, given, "channel", Text("By which channel", "渠道"))
        result = consents.give(
            vault,
            words[0],
            purpose=purpose,
            channel=channel,
            basis=given["basis"],
            given=day,
            note=given["note"],
            notice=given["notice"],
            reason=given["reason"],
        )
        sentence = Text(
            "{id}: consent to {purpose} noted ({commit})",
            "{id}：已登记对“{purpose}”的同意（{commit}）",
        )
    if not result.ids:
        result = result._replace(ids=(vault.get(words[0]).id,))
    also = {"purpose": code, "withdrawn": bool(given["withdraw"])}
    report(context, Done(result, ()), sentence, also=also, purpose=label)


def _needed(context: Context, given: dict[str, Any], name: str, question: Text) -> str:
    value = given[name] or context.ask(question, option=f"--{name}")
    if not value.strip():
        raise Misuse(
            "option-empty",
            Text("--{option} is empty", "--{option} 为空"),
            hint=Text("see: textcrm privacy --help", "见 textcrm privacy --help"),
            option=name,
        )
    return str(value)


def _day(context: Context, word: str | None) -> dt.date | None:
    """A day that may be said; a consent of tomorrow is a mistake. Raises Misuse (future-date)."""
    from textcrm.normalize.dates import parse_date

    if not word:
        return None
    today = context.vault().today
    day = parse_date(word, today, prefer="past")
    if day > today:
        raise Misuse(
            "future-date",
            Text("{day} has not come yet", "{day} 尚未到来"),
            hint=Text("write the day on which it was said", "请写实际发生的日期"),
            day=day.isoformat(),
        )
    return day
