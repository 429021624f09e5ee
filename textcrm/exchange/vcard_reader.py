"""vCard in, 2.1 to 4.0: a card is a person with how they are reached, and the company they are of.

Cards that textcrm wrote are whole customers again: what phones and mail programs changed in them
holds, what they do not know is taken from our own properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Invalid
from textcrm.exchange import decoding, vcard_ours
from textcrm.exchange.incoming import Incoming, Reading
from textcrm.exchange.vcard_card import Reader
from textcrm.exchange.vcard_fields import RECORD
from textcrm.exchange.vcard_lines import Card, cards
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.exchange.incoming import Setting, Source

NAME = "vcard"


def tells(source: Source) -> bool:
    """Whether the bytes begin like a card, in whatever encoding."""
    head = source.data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head[:12].upper().replace(b" ", b"").startswith(b"BEGIN:VCARD")


def read(source: Source, setting: Setting) -> Reading:
    """Read the cards of a file. Raises Invalid (no-cards, undecodable)."""
    decoded = decoding.decode(source.data, setting.encoding, name=source.name)
    text = decoded.text.removeprefix("\ufeff")
    if next(cards(text), None) is None:
        raise Invalid(
            "no-cards",
            Text("there is no card in {file}", "{file} 中没有名片"),
            hint=Text("a card begins with BEGIN:VCARD", "名片以 BEGIN:VCARD 开头"),
            file=source.name,
        )
    return Reading(
        NAME,
        lambda: _rows(text, setting),
        suffix=".vcf",
        encoding="utf-8",
        layout="textcrm" if RECORD + ":" in text else "vcard",
    )


def _rows(text: str, setting: Setting) -> Iterator[Incoming]:
    """A row for each card; for each customer, where the cards are our own."""
    reader = Reader(setting)
    for number, group in enumerate(_grouped(text), 1):
        if _customer(group[0]) is not None:
            yield vcard_ours.row(number, group, reader)
        else:
            yield _row(number, group[0], reader)


def _grouped(text: str) -> Iterator[list[Card]]:
    """Cards of ours that follow each other and are of one customer; every other one alone."""
    group: list[Card] = []
    for card in cards(text):
        own = _customer(card)
        if group and (own is None or own != _customer(group[0])):
            yield group
            group = []
        if own is None:
            yield [card]
        else:
            group.append(card)
    if group:
        yield group


def _customer(card: Card) -> str | None:
    found = card.all(RECORD)
    return found[0].value.strip() if found else None


def _row(number: int, card: Card, reader: Reader) -> Incoming:
    made = reader.read(card)
    problem = None
    if not card.whole:
        problem = _broken(
            "card-cut", Text("the card ends before END:VCARD", "名片不完整，缺少 END:VCARD")
        )
    elif not made.tree.get("name"):
        problem = _broken(
            "card-nameless",
            Text("the card names nobody and nothing", "名片上没有姓名、单位、邮箱或电话"),
        )
    return Incoming(
        number,
        str(card.first),
        made.tree,
        raw=card.text.rstrip("\n") + "\n",
        left=tuple(made.left),
        left_with_contact=True,
        warnings=tuple(made.warnings),
        problem=problem or made.problem,
    )


def _broken(code: str, message: Text) -> Finding:
    return Finding(
        code,
        "error",
        ("name",),
        message,
        Text("mend it in the file of rejected cards", "请在退回的名片文件中修改后重新导入"),
    )
