"""Values with a form of their own: industries, registration and identity numbers, web addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Invalid
from textcrm.normalize.keys import levelled, shortened
from textcrm.normalize.noted import Entry, noted
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.normalize.noted import Moment
    from textcrm.schema import Field

_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def code(field: Field, text: str, moment: Moment) -> Entry:
    read = _CODES.get(field.name)
    if read is not None:
        return read(field, text, moment)
    word = levelled(text)
    return noted(text, word, word)


def _industry(_field: Field, text: str, _moment: Moment) -> Entry:
    from textcrm.normalize.industry import find_industry, industry_suggestions

    industry = find_industry(text)
    if industry is not None:
        return noted(text, industry.code, f"{industry.code} {industry.name}")
    near = [f"{one.code} {one.name}" for one in industry_suggestions(text)]
    return Entry(
        text.strip(),
        Text(
            "{typed} is kept as typed: no industry of GB/T 4754; perhaps {near}",
            "{typed} 按原样保留：不是 GB/T 4754 行业；是否为 {near}",
        )
        if near
        else Text(
            "{typed} is kept as typed: no industry of GB/T 4754",
            "{typed} 按原样保留：不是 GB/T 4754 行业",
        ),
        {"typed": shortened(text), "near": near},
    )


def _registration(field: Field, text: str, _moment: Moment) -> Entry:
    """A 统一社会信用代码 is checked; a foreign or an old number is kept."""
    from textcrm.normalize.identifiers import check_uscc, code_key

    code = code_key(text)
    if len(code) != 18 or not code.isascii() or not code.isalnum():
        return Entry(text.strip())
    _refuse_flaw(field, check_uscc(code))
    return noted(text, code, code)


def _resident(field: Field, text: str, moment: Moment) -> Entry:
    """A 居民身份证 number is checked and stored with 18 digits; another document's is kept."""
    from textcrm.normalize.identifiers import check_resident_id, resident_id_18

    number = resident_id_18(text)
    if number is None:
        return Entry(text.strip())
    _refuse_flaw(field, check_resident_id(number, today=moment.today))
    return noted(text, number, number)


def _refuse_flaw(field: Field, flaw: Any) -> None:
    if flaw is not None:
        raise Invalid(
            "checksum",
            Text("{field} is mistyped: {reason}", "{field}有误：{reason}"),
            hint=Text("compare it with the document", "请与证件或执照核对"),
            field=field.label,
            reason=flaw.message,
        )


def _account(_field: Field, text: str, _moment: Moment) -> Entry:
    digits = re.sub(r"[\s-]", "", levelled(text))
    return Entry(digits if digits.isascii() and digits.isdigit() else text.strip())


def url(_field: Field, text: str, _moment: Moment) -> Entry:
    """A web address: half width, scheme and host in small letters; https where none was written."""
    word = levelled(text)
    if match := _SCHEME.fullmatch(word):
        word = f"{match[1].lower()}://{match[2].lower()}{match[3]}"
    elif _DOMAIN.fullmatch(word):
        host, slash, path = word.partition("/")
        word = f"https://{host.lower()}{slash}{path}"
    else:
        return Entry(text.strip())
    return noted(text, word, word)


def _currency(_field: Field, text: str, _moment: Moment) -> Entry:
    """An ISO 4217 code, or the word or sign for one."""
    from textcrm.normalize.amount import find_currency

    found = find_currency(text)
    return noted(text, found, found) if found else Entry(text.strip())


_CODES: Final[dict[str, Callable[[Field, str, Moment], Entry]]] = {
    "currency": _currency,
    "industry": _industry,
    "registration_number": _registration,
    "id_number": _resident,
    "bank_account": _account,
}
