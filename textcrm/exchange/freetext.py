"""A note in free text as a proposed customer: ``云帆科技 张经理 13812345678 要报价`` (G3, H2)."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.exchange.likeness import NameTable, of_values
from textcrm.exchange.targets import parse
from textcrm.exchange.values import Values
from textcrm.normalize import surnames
from textcrm.normalize.identifiers import check_resident_id
from textcrm.normalize.names import looks_personal, parse_salutation
from textcrm.normalize.phone import parse_phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.exchange.incoming import Setting

_HAN: Final = "\u3400-\u9fff"
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)
_URL: Final = re.compile(r"(?:https?://|www\.)[^\s，。；、]+", re.IGNORECASE)
_RESIDENT: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_ACCOUNT: Final = re.compile(r"(?<![0-9A-Za-z])\d{16,19}(?![0-9A-Za-z])")
_USCC: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])"
)
_PHONE: Final = re.compile(
    r"(?<![\w+])\+?(?:\d[\d\s-]{5,18}\d|\d{3,4}-\d{7,8})(?:\s*(?:转|-)\s*\d{1,6})?(?!\w)", re.ASCII
)
_SOCIAL: Final = re.compile(
    r"(微信号?|wechat|QQ号?|钉钉号?)\s*[:：]?\s*([A-Za-z0-9_-]{4,30})", re.IGNORECASE
)
_NETWORKS: Final = (("微", "wechat"), ("we", "wechat"), ("qq", "qq"), ("钉", "dingtalk"))
_LABELLED: Final = re.compile(rf"^\s*([{_HAN}A-Za-z ]{{1,16}}?)\s*[:：]\s*(.+?)\s*$")
# A label within a line, and 电话 or the like right before what it means.
_BARE: Final = re.compile(
    r"^(电话|手机号?|座机|邮箱)\s*([+\d０-９(（][\d０-９\s()（）+－-]*(?:(?:转|分机)\s*[\d０-９]+)?|[\w.+-]+@[\w.-]+)[；;，,。]?$"
)
_WITHIN: Final = re.compile(
    rf"(?:^|[；;，,。|\s])\s*(?P<label>(?P<bare>电话|手机号?|座机|邮箱)(?=\s*[+\d０-９(（]|\s*[\w.+-]+@)"
    rf"|[{_HAN}A-Za-z]{{1,12}}(?=\s*[:：]))"
)
_SPLIT: Final = re.compile(r"[\s，,。；;、!！|/]+")
_COMPANY: Final = re.compile(
    rf"[{_HAN}A-Za-z0-9（）()·&]{{1,30}}?(?:有限责任公司|股份有限公司|有限公司|分公司|公司|集团|事务所|工作室|研究院"
    r"|大学|医院|酒店|超市|科技|商贸|贸易|实业|网络|传媒|物流|建材|食品|电子|软件)(?:公司)?"
)
_LATIN_COMPANY: Final = re.compile(
    r"(?<![A-Za-z0-9&.'-])(?:[A-Z][\w&.'-]{0,40}\s+){1,5}(?:Inc|Ltd|LLC|GmbH|Corp|Co|Limited|Company|PLC)\b\.?"
)
# What goes before a company's name in a sentence is no part of it.
_BEFORE: Final = re.compile(
    r".*(?:认识了?|见了?|拜访了?|联系了?|遇到了?|来自|来了|有个|一家|客户|[的了在是与和跟把给])(?=.{2,})"
)
_TITLED: Final = re.compile(
    rf"(?:^|[^{_HAN}]|[的了是找和跟与])((?:{'|'.join(sorted(surnames.COMPOUND))}|[{''.join(sorted(surnames.SINGLE))}])"
    rf"[{_HAN}]{{0,4}}?(?:经理|总监|主任|总|工|老师|先生|女士|小姐|老板|主管|店长|院长|校长|科长|处长|部长|厂长))"
)
_LATIN_PERSON: Final = re.compile(r"\b[A-Z][a-z]+(?:\s[A-Z]\.)?\s[A-Z][a-z'-]+\b")
_WANTS: Final = re.compile(
    r"(?:想|需|要|求|询|咨询|希望|打算|准备|了解).*|.*(?:报价|需求|采购|试用|演示)"
)
_SPACES: Final = re.compile(r"\s{3,}")  # runs of them would be tried in every division
_BLANK: Final = re.compile(r"[ \t]{2,}")


class Proposed(NamedTuple):
    """What a note proposes: a record's tree, and the texts that were understood, by target."""

    tree: dict[str, Any]
    found: tuple[tuple[str, str], ...]


class _Note:
    """A text being read: what is understood is taken out of it."""

    def __init__(self, text: str, setting: Setting) -> None:
        self.rest = text
        self.setting = setting
        self.values = Values(setting)
        self.found: list[tuple[str, str]] = []

    def take(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """What fits a pattern; it is gone from the rest."""
        for match in pattern.findall(self.rest):
            self.rest = self.rest.replace(match, "\u2003", 1)
            yield match

    def put(self, target: str, text: str) -> None:
        """Note a text for a target."""
        if text.strip():
            self.found.append((target, text.strip()))


def propose(text: str, setting: Setting) -> Proposed:
    """Read a note. The whole of it is kept in ``notes``, but for numbers that would be sealed.

    Companies, people with their titles, numbers, addresses, needs and lines such as ``电话：…`` are
    understood; the first words that are nothing else are the name. Never raises for what it holds;
    an empty note gives an empty tree.
    """
    note = _Note(text, setting)
    secrets = list(_secret(note))
    _labelled(note)
    _marked(note)
    _named(note)
    _words(note)
    return Proposed(_tree(note, _kept(text, secrets)), tuple(note.found))


def _secret(note: _Note) -> Iterator[str]:
    """Numbers of identity cards and of accounts: sealed, and not repeated in the notes."""
    for one in _RESIDENT.findall(note.rest):
        if not check_resident_id(one):
            note.rest = re.sub(rf"(?:身份证号?码?\s*[:：]?\s*)?{one}", " ", note.rest, count=1)
            note.put("contacts/0/id_number", one)
            yield one
    for one in _ACCOUNT.findall(note.rest):
        if not _USCC.fullmatch(one):
            note.rest = note.rest.replace(one, " ", 1)
            note.put("bank_account", one)
            yield one


def _kept(text: str, secrets: list[str]) -> str:
    for one in secrets:
        text = text.replace(one, "…")
    return text.strip()


def _labelled(note: _Note) -> None:
    """Lines of the form ``电话：13812345678``, and several of them on one line."""
    table = NameTable.of(note.setting.schema)
    lines = []
    for line in note.rest.split("\n"):
        parts = _parts(_SPACES.sub("  ", line.strip()), table)
        left = [one for one in parts if not _is_put(note, one, table)]
        lines.append(line if len(left) == len(parts) else " ".join(left))
    note.rest = "\n".join(lines)


def _is_put(note: _Note, part: str, table: NameTable) -> bool:
    match = _LABELLED.match(part)
    target = table.by_name(match[1]) if match else ""
    if not match or not target or _SPLIT.search(match[1].strip()):
        return False
    note.put(target, match[2].rstrip("；;，,。 "))
    return True


def _parts(line: str, table: NameTable) -> list[str]:
    """A line divided before each label that is known: 客户：星辰教育；联系人：赵敏 电话025-84512233."""
    starts = [
        match.start("label")
        for match in _WITHIN.finditer(line)
        if match["bare"] or table.by_name(match["label"])
    ]
    if len(starts) < 2 and not (starts and _LABELLED.match(line)):
        return [line]
    cuts = sorted({0, *starts, len(line)})
    parts = [line[one:two].strip() for one, two in itertools.pairwise(cuts)]
    return [_BARE.sub(r"\1：\2", one) for one in parts if one]


def _marked(note: _Note) -> None:
    """What its own form tells: addresses of mail and web, codes, numbers, accounts."""
    for one in note.take(_MAIL):
        note.put("contacts/0/emails/0/address", one)
    for one in note.take(_URL):
        note.put("website", one)
    for one in note.take(_USCC):
        note.put("registration_number", one)
    for label, account in _SOCIAL.findall(note.rest):
        network = next(name for mark, name in _NETWORKS if label.casefold().startswith(mark))
        note.put(f"contacts/0/social/{network}", account)
    note.rest = _SOCIAL.sub("\u2003", note.rest)
    note.rest = re.sub(
        r"(?:电话|手机|座机|邮箱|联系方式|tel|mobile|phone)[:：]?(?=\s*[\u2003+\d])",
        " ",
        note.rest,
        flags=re.IGNORECASE,
    )
    for one in list(_PHONE.findall(note.rest)):
        if parse_phone(one).problem is None:
            note.rest = note.rest.replace(one, "\u2003", 1)
            note.put("contacts/0/phones/0/number", one)


def _named(note: _Note) -> None:
    """A person with a title anywhere; a company anywhere."""
    for pattern in (_LATIN_COMPANY, _COMPANY):
        match = pattern.search(note.rest)
        if match and not _has(note, "name"):
            name = _BEFORE.sub("", match[0]) if pattern is _COMPANY else match[0]
            note.rest = note.rest.replace(name, "\u2003", 1)
            note.put("name", name.strip())
    for match in _TITLED.finditer(note.rest):
        if parse_salutation(match[1]) and not _has(note, "contacts/0/name"):
            note.rest = note.rest.replace(match[1], "\u2003", 1)
            note.put("contacts/0/name", match[1])
            return
    if not _has(note, "contacts/0/name"):
        for one in list(note.take(_LATIN_PERSON))[:1]:
            note.put("contacts/0/name", one)


def _has(note: _Note, target: str) -> bool:
    return any(one == target for one, _ in note.found)


def _words(note: _Note) -> None:
    """The words that are left: a person, an address, a source, needs; the first others a name."""
    source = note.setting.schema.find("source")
    others: list[str] = []
    for line in note.rest.split("\n"):
        for word in filter(None, (one.strip() for one in _SPLIT.split(line))):
            if looks_personal(word) and not _has(note, "contacts/0/name"):
                note.put("contacts/0/name", word)
            elif of_values([word], ("contacts/0/name", "name")) == "addresses/office":
                note.put("addresses/office", word)
            elif source is not None and source.enum_value(word) and not _has(note, "source"):
                note.put("source", word)
            elif _WANTS.fullmatch(word):
                note.put("needs", word)
            else:
                others.append(word)
    if not _has(note, "name") and not _has(note, "contacts/0/name") and others:
        note.put("name", _BLANK.sub(" ", others[0]))
    elif not _has(note, "name") and len(others) == 1 and _is_name(note, others[0]):
        note.put("name", others[0])


def _is_name(note: _Note, word: str) -> bool:
    """Whether the one word that is left is the company's name: somebody is 张经理 of something."""
    person = next((text for target, text in note.found if target == "contacts/0/name"), "")
    return parse_salutation(person) is not None and 2 <= len(word) <= 12 and not word.isdecimal()


def _tree(note: _Note, text: str) -> dict[str, Any]:
    """The texts as a record, by the same hand that reads tables."""
    from textcrm.exchange.assembling import Assembler, Column

    schema = note.setting.schema
    counted: dict[str, int] = {}
    columns = []
    for place, (target, _) in enumerate(note.found):
        number = counted[target] = counted.get(target, -1) + 1
        fresh = re.sub(r"/0/(number|address)$", rf"/{number}/\1", target)
        columns.append(Column(place, target, parse(fresh, schema)))
    made = Assembler(columns, note.setting).row([value for _, value in note.found])
    tree = made.tree
    if not tree and not text:
        return {}
    tree.setdefault("name", text.split("\n", 1)[0][:40])
    notes = [
        text,
        *(f"{cell.heading}: {cell.text}" for cell in made.left if cell.text not in text),
    ]
    tree["notes"] = "\n".join(notes)
    return tree
