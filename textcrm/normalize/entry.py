"""A value in words, made what is stored: the one function that writing commands call (B2, B19)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from textcrm.errors import Misuse, TextcrmError
from textcrm.normalize import coded, parts
from textcrm.normalize.keys import levelled, shortened
from textcrm.normalize.noted import Entry, Moment, noted
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.normalize.dates import Prefer
    from textcrm.schema import Field

__all__ = ["Entry", "normalize_value", "spell_moment"]

_AHEAD: Final = ("due", "ends", "expected_close", "valid_until", "warranty_until", "remind_on")
_AHEAD_PARTS: Final = ("due", "until", "deadline", "expir")
_LONGEST: Final = 100
_A_YEAR: Final = dt.timedelta(days=400)
_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,199})")
_PERCENT: Final = re.compile(r"(?:百分之(?P<said>.+)|(?P<figure>.+?)\s*%)")
_COUNTED: Final = re.compile(
    r"(?<=[\d零一二三四五六七八九十百千万亿两])\s*(?:天|日|人|名|个|次|分|岁|days?)$"
)
_WEEKDAYS: Final = (
    ("Mon", "一"),
    ("Tue", "二"),
    ("Wed", "三"),
    ("Thu", "四"),
    ("Fri", "五"),
    ("Sat", "六"),
    ("Sun", "日"),
)
_ODD_PHONES: Final = {
    "masked": Text("digits are masked", "号码被遮盖"),
    "several": Text("it is several numbers; write each as its own", "其中有多个号码，请分别填写"),
    "scientific": Text("a spreadsheet has cut its digits", "表格软件已丢失部分数字"),
    "no-area-code": Text("the area code is missing", "缺少区号"),
    "invalid": Text("no such number exists", "不是有效号码"),
}


def normalize_value(
    field: Field,
    text: str,
    *,
    today: dt.date,
    now: dt.datetime | None = None,
    currency: str = "CNY",
    foreign: bool = False,
) -> Entry:
    """Make what is stored of a value in words, by the kind of its field.

    ``currency`` (ISO 4217) is the vault's: money said in another is refused unless ``foreign``, for
    the field beside it must say so: the entry then names it. A masked or odd phone and an industry in plain words are kept as typed (a warning of
    check); free text is never touched. Raises Misuse (date-unreadable, date-ambiguous,
    amount-unreadable, amount-currency, number-unreadable, size-unreadable, email-invalid,
    unknown-value, value-has-parts) and Invalid (checksum); none of them repeats a sealed value.
    """
    start = now or dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)
    moment = Moment(today, start, currency, foreign)
    if not field.seal:
        return _entry(field, text, moment)
    try:
        entry = _entry(field, text, moment)
        return Entry(entry.value, currency=entry.currency)
    except TextcrmError as error:
        raise _unsaid(field, error) from None


def _unsaid(field: Field, error: TextcrmError) -> TextcrmError:
    """The same error without the words that were typed: the field is sealed."""
    if error.code == "checksum":
        return error
    return type(error)(
        error.code,
        Text(
            "what was typed for {field} cannot be read (it is not repeated: the field is sealed)",
            "{field}的输入无法识别（该字段加密，不回显内容）",
        ),
        hint=Text("check it and enter it again", "请核对后重新输入"),
        field=field.label,
    )


def _entry(field: Field, text: str, moment: Moment) -> Entry:
    """Free text stays as typed; a currency is a code, whatever kind the schema calls it."""
    read = _KINDS.get("code" if field.name == "currency" else field.kind)
    if read is None:
        return Entry(text)
    return read(field, text, moment) if text.strip() else Entry(None)


def _phone(_field: Field, text: str, _moment: Moment) -> Entry:
    from textcrm.normalize.phone import parse_phone

    phone = parse_phone(text)
    if phone.problem is None:
        return noted(text, phone.stored, phone.stored)
    return Entry(
        text.strip(),
        Text("{typed} is kept as typed: {why}", "{typed} 按原样保留：{why}"),
        {"typed": shortened(text), "why": _ODD_PHONES[phone.problem]},
    )


def _email(_field: Field, text: str, _moment: Moment) -> Entry:
    from textcrm.normalize.email import parse_email

    address = parse_email(text)
    return noted(text, address, address)


def _date(field: Field, text: str, moment: Moment) -> Entry:
    from textcrm.normalize.dates import parse_date

    day = parse_date(text, moment.today, prefer=_prefer(field))
    # A birthday without its year must not get this one: read from another year, it would differ.
    if "birth" in field.name and day != parse_date(text, moment.today - _A_YEAR, prefer="past"):
        raise Misuse(
            "date-ambiguous",
            Text("“{text}” says no year", "“{text}”没有写明年份"),
            hint=Text("write the whole date: 1990-05-01", "请写出完整日期，例如 1990-05-01"),
            text=shortened(text),
            readings=[],
        )
    return noted(text, day.isoformat(), with_weekday(day, day.isoformat()))


def _moment_of(field: Field, text: str, moment: Moment) -> Entry:
    from textcrm.normalize.dates import parse_moment

    found = parse_moment(text, moment.now, prefer=_prefer(field))
    stored = spell_moment(found)
    typed = text.strip()
    # A time zone or a T more is no other moment.
    if stored.startswith(typed[:10]) and stored[11:16] == typed[11:16]:
        return Entry(stored)
    return noted(text, stored, with_weekday(found, stored))


def spell_moment(moment: dt.date | dt.datetime) -> str:
    """Write a day or a moment as records hold it: 2024-05-01, 2024-05-01T15:30+08:00."""
    if not isinstance(moment, dt.datetime):
        return moment.isoformat()
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _prefer(field: Field) -> Prefer:
    """Whether a day without its year lies ahead: dues and ends do, what happened does not."""
    ahead = field.name in _AHEAD or any(part in field.name for part in _AHEAD_PARTS)
    return "future" if ahead else "past"


def with_weekday(day: dt.date, stored: str) -> Text:
    """A day as it is stored, with its weekday."""
    en, zh = _WEEKDAYS[day.weekday()]
    return Text(f"{stored} ({en})", f"{stored}（周{zh}）")


def _money(_field: Field, text: str, moment: Moment) -> Entry:
    from textcrm.normalize.amount import parse_amount_with_currency

    value, currency = parse_amount_with_currency(text)
    if currency not in (None, moment.currency) and not moment.foreign:
        raise Misuse(
            "amount-currency",
            Text(
                "“{text}” is in {currency}; this field is in {home}",
                "“{text}”的币种是 {currency}，该字段的币种是 {home}",
            ),
            hint=Text("write the amount in {home}", "请换算成 {home} 后填写"),
            text=shortened(text),
            currency=currency,
            home=moment.currency,
        )
    plain = format(value, "f")
    if plain == text.strip():
        return Entry(value)
    shown = plain if currency in (None, moment.currency) else f"{currency} {plain}"
    return noted(text, value, shown)._replace(currency=currency)


def _number(field: Field, text: str, _moment: Moment) -> Entry:
    value = _figure(field, text)
    if value is None:
        raise Misuse(
            "number-unreadable",
            Text("“{text}” is not a number for {field}", "“{text}”不是{field}可用的数字"),
            hint=Text("write digits, such as 30", "请填写数字，例如 30"),
            text=shortened(text),
            field=field.label,
        )
    stored = int(value) if field.kind == "integer" else value
    plain = format(value, "f")
    return Entry(stored) if plain == text.strip() else noted(text, stored, plain)


def _figure(field: Field, text: str) -> Decimal | None:
    """A bare number, a percentage, or a number with the word of what is counted."""
    from textcrm.normalize.amount import parse_number

    if field.kind == "integer" and _WHOLE.fullmatch(text):
        return Decimal(text)  # of any size; the arithmetic below has 28 digits
    word = levelled(text[:_LONGEST])
    if match := _PERCENT.fullmatch(word):
        value = parse_number(match["said"] or match["figure"])
        # A share is 0 to 1 where the schema says so, else a percentage is its number.
        if value is not None and field.node.get("maximum") == 1:
            value /= 100
    else:
        value = parse_number(_COUNTED.sub("", word))
    if value is None or (field.kind == "integer" and value != value.to_integral_value()):
        return None
    return value.quantize(Decimal(1)) if field.kind == "integer" else value


def _boolean(field: Field, text: str, _moment: Moment) -> Entry:
    from textcrm.normalize.choices import parse_boolean

    return Entry(parse_boolean(field, text))


def _enum(field: Field, text: str, _moment: Moment) -> Entry:
    from textcrm.normalize.choices import choose

    value = choose(field, text)
    known = {word.casefold() for word in (value.code, value.label.zh, value.label.en)}
    if levelled(text).casefold() in known:
        return Entry(value.code)
    return noted(text, value.code, value.label)


def _person(_field: Field, text: str, _moment: Moment) -> Entry:
    return Entry(text.strip())


def _list(field: Field, text: str, moment: Moment) -> Entry:
    from textcrm.normalize.tags import split_names, split_tags

    element = field.element
    names = element.kind == "name" or field.name == "aliases"
    entries = [
        _entry(element, part, moment) for part in (split_names if names else split_tags)(text)
    ]
    values = [entry.value for entry in entries if entry.value is not None]
    return Entry(list({str(value): value for value in values}.values()))


_KINDS: Final[dict[str, Callable[[Field, str, Moment], Entry]]] = {
    "phone": _phone,
    "email": _email,
    "url": coded.url,
    "date": _date,
    "moment": _moment_of,
    "money": _money,
    "number": _number,
    "integer": _number,
    "boolean": _boolean,
    "enum": _enum,
    "person": _person,
    "reference": _person,
    "code": coded.code,
    "list": _list,
    "items": parts.parts,
    "mapping": parts.parts,
    "size": parts.parts,
}
