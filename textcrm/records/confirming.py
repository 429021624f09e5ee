"""A message that asks a customer to confirm what is on record, masked, from a template (F13)."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.normalize.masks import mask
from textcrm.record import main_contact
from textcrm.records.verifying import methods
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.record import Record
    from textcrm.text import Language
    from textcrm.vault import Vault

FOLDER: Final = "templates"
_DEFAULT: Final = Text(
    """Subject: Please confirm your contact details

Dear {contact},

to keep in touch we check our records from time to time. This is what we have:

{lines}

Is it right? If something has changed, please answer this mail or call us.
We show part of it only, for your protection.

{owner}
{vault}
{day}
""",
    """主题：请核对您的联系信息

{contact}，您好！

为保证沟通顺畅，我们定期核对客户信息。目前登记的内容如下：

{lines}

以上信息是否准确？如有变动，请直接回复或来电告知。
为保护您的隐私，部分内容已隐去。

{owner}
{vault}
{day}
""",
)
_PLACES: Final = ("name", "contact", "lines", "owner", "vault", "day")


def draft(vault: Vault, record: Record, language: Language, template: str | None = None) -> str:
    """The message for a customer; nothing sealed is in it, and every value is masked.

    ``template`` has the places ``{name} {contact} {lines} {owner} {vault} {day}``; without it that
    of the vault (``templates/confirmation.zh.txt``, ``.en.txt``), else one of ours. Raises Misuse
    (template-wrong).
    """
    text = template if template is not None else _own(vault, language)
    owner = record.raw.get("owner")
    contact = main_contact(record.raw)
    given = {
        "name": record.name,
        "contact": contact or record.name,
        "lines": "\n".join(_lines(vault, record, language)),
        "owner": vault.access.display(owner) if isinstance(owner, str) and owner else "",
        "vault": vault.config.name or vault.root.name,
        "day": vault.today.isoformat(),
    }
    _demand_places(text)
    filled = text.format(**given)
    return "\n".join(line.rstrip() for line in filled.splitlines()).rstrip() + "\n"


def _own(vault: Vault, language: Language) -> str:
    data = vault.file(f"{FOLDER}/confirmation.{language}.txt")
    return data.decode("utf-8-sig", "replace") if data else _DEFAULT.say(language)


def _demand_places(text: str) -> None:
    """Refuse a template with places that nothing fills."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        names = {"{"}
    wrong = sorted(names - set(_PLACES))
    if wrong:
        raise Misuse(
            "template-wrong",
            Text(
                "the template has an unknown place: {{{place}}}",
                "模板中有无法识别的占位符：{{{place}}}",
            ),
            hint=Text("places: {known}", "可用的占位符：{known}"),
            place=wrong[0],
            known=[f"{{{one}}}" for one in _PLACES],
        )


def _lines(vault: Vault, record: Record, language: Language) -> Iterator[str]:
    """Label and masked value, one a line."""
    line = Text("  {label}: {value}", "  {label}：{value}")

    def told(path: tuple[str, ...], value: str) -> str:
        field = vault.schema.at(path)
        label: Any = field.label if field is not None else path[-1]
        return line.say(language, label=label, value=value)

    yield told(("name",), record.name)
    sealed = {
        of
        for of, key in (("phones", "number"), ("emails", "address"))
        if (field := vault.schema.at(("contacts", of, key))) is not None and field.seal
    }
    for method in methods(record.raw):
        if method.kind in sealed:
            continue
        kind = "phone" if method.kind == "phones" else "email"
        yield told(("contacts", method.kind), f"{method.who} {mask(kind, method.value)}".strip())
    for address in record.typed.get("addresses") or ():
        if isinstance(address, dict):
            parts = (address.get(one) for one in ("province", "city", "district", "street"))
            whole = "".join(dict.fromkeys(one for one in parts if isinstance(one, str)))
            if whole:
                yield told(("addresses",), mask("address", whole))
