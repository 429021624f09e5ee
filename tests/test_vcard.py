"""vCard: the grammar, cards of other programs, and our own out and in again."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from exporting import DAY, own_git, source_of, text_of, vault_of
from hypothesis import given
from hypothesis import strategies as st
from team_vault import team_vault

from textcrm.errors import Invalid
from textcrm.exchange import export, vcard_lines, vcard_reader
from textcrm.exchange.export_customers import without_sealed
from textcrm.exchange.incoming import Incoming, Setting, Source
from textcrm.normalize.phone import parse_phone
from textcrm.schema import Schema, default_schema_text
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = Schema.from_json(default_schema_text())
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.just("\n"))


def read(data: str | bytes) -> list[Incoming]:
    """The rows of a file of cards."""
    setting = Setting(
        SCHEMA, DAY, dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC), "CNY", lambda _word: None
    )
    given = data.encode() if isinstance(data, str) else data
    return list(vcard_reader.read(Source("cards.vcf", given), setting).rows())


def one(*lines: str, version: str = "3.0") -> Incoming:
    """The row of a card with these lines."""
    return read("\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]))[0]


# -- the grammar


@given(TEXT)
def test_texts_come_back(text: str) -> None:
    line = vcard_lines.spelled("NOTE", vcard_lines.escaped(text), {"X": 'a:b;"c"'})
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    card = next(vcard_lines.cards(f"BEGIN:VCARD\r\n{line}END:VCARD\r\n"))
    found = card.all("NOTE")[0]
    assert vcard_lines.unescaped(found.value) == text
    assert found.params["X"] == ('a:b;"c"',)


@given(st.lists(TEXT.map(str.strip), min_size=1, max_size=7))
def test_components_come_back(parts: list[str]) -> None:
    assert vcard_lines.parts(vcard_lines.structured(parts)) == parts


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    for line in (text, f"TEL;{text}:1", f"NOTE;ENCODING=QUOTED-PRINTABLE:{text}"):
        read(f"BEGIN:VCARD\nFN:x\n{line}\nEND:VCARD\n")


# -- cards of other programs


def test_every_card_of_the_companies(shared_data: Path) -> None:
    folder = shared_data / "import"
    wanted = json.loads((folder / "zh_companies.json").read_text("utf-8"))
    found = read((folder / "zh_companies.vcf").read_bytes())
    assert len(found) == len(wanted) == 314
    for row, key in zip(found, wanted, strict=True):
        contact = row.tree.get("contacts", [{}])[0]
        assert row.tree["name"] == key["org"]
        assert row.tree["kind"] == "organization"
        numbers = list(dict.fromkeys(parse_phone(one).number for one in key["tel"]))
        assert [one["number"] for one in contact.get("phones", [])] == numbers
        assert [one["address"] for one in contact.get("emails", [])] == key["email"]
        assert row.tree.get("website", "").rstrip("/") == (key["url"] or "").rstrip("/")
        assert row.tree["tags"] == [key["category"]]
        assert row.problem is None
        assert row.left == ()


def test_android_21_in_quoted_printable_with_a_photo() -> None:
    row = one(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F;;;",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=",
        "=E4=BC=9F",
        "TEL;CELL;PREF:138-1234-5678",
        "TEL;WORK;FAX:010-88886666",
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=C4=E3=BA=C3=0D=0A=D4=D9=BC=FB",
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "",
        "EMAIL;HOME:zhang@example.com",
        version="2.1",
    )
    assert row.tree["name"] == "张伟"
    assert row.tree["kind"] == "person"
    contact = row.tree["contacts"][0]
    assert contact["phones"] == [
        {"number": "+8613812345678", "kind": "mobile"},
        {"number": "+861088886666", "kind": "fax"},
    ]
    assert contact["emails"] == [{"address": "zhang@example.com", "kind": "private"}]
    assert contact["notes"] == "你好\n再见"
    assert [warning.code for warning in row.warnings] == ["card-picture"]


def test_a_plain_comma_cuts_no_note() -> None:
    note = one("FN:x", "NOTE:a, b; c\\nd\\, e").tree["contacts"][0]["notes"]
    assert note == "a, b; c\nd, e"


def test_apple_groups_labels_and_company() -> None:
    row = one(
        "N:;;;;",
        "FN:云帆科技",
        "ORG:云帆科技;",
        "X-ABShowAs:COMPANY",
        "item1.TEL:+86 10 8888 6666",
        "item1.X-ABLabel:_$!<HomeFAX>!$_",
        "item2.TEL;type=WORK;type=VOICE;type=pref:400-800-1024",
        "item3.URL:https://example.com",
        "item3.X-ABLabel:_$!<HomePage>!$_",
        "item4.X-ABDATE:2020-01-02",
        "item4.X-ABLabel:周年",
        "X-SOCIALPROFILE;type=wechat;x-user=yunfan:x-apple:yunfan",
        "UID:abc",
    )
    assert row.tree["kind"] == "organization"
    contact = row.tree["contacts"][0]
    assert "name" not in contact
    assert contact["phones"] == [
        {"number": "+864008001024", "kind": "work"},
        {"number": "+861088886666", "note": "HomeFAX"},
    ]
    assert contact["social"] == {"wechat": "yunfan"}
    assert row.tree["website"] == "https://example.com"
    assert [(cell.heading, cell.text) for cell in row.left] == [("周年", "2020-01-02")]


def test_40_uris_types_and_partial_birthday() -> None:
    row = one(
        "FN:Jane Doe",
        "N:Doe;Jane;;Dr;",
        "ORG:Ac\\;me\\, Inc;Sales",
        'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+8613812345678;ext=12',
        "IMPP;PREF=1:qq:12345",
        'ADR;LABEL="x^ny";TYPE=home:;;1 St\\, a;Paris;;75001;France',
        "BDAY:--0501",
        "GENDER:F;grrrl",
        "ROLE:决策人",
        "LANG:fr",
        version="4.0",
    )
    contact = row.tree["contacts"][0]
    assert row.tree["name"] == "Ac;me, Inc"
    assert contact["name"] == "Jane Doe"
    assert contact["department"] == "Sales"
    assert contact["salutation"] == "Dr"
    assert contact["phones"] == [{"number": "+8613812345678", "kind": "mobile", "extension": "12"}]
    assert contact["social"] == {"qq": "12345"}
    assert contact["gender"] == "female"
    assert contact["role"] == "decision_maker"
    assert row.tree["addresses"][0]["street"] == "1 St, a"
    assert {cell.heading for cell in row.left} == {"BDAY", "LANG"}


def test_a_chinese_address_in_one_line_is_taken_apart() -> None:
    row = one("FN:x", "ADR:;;浙江省杭州市西湖区文三路1号;;;;")
    assert row.tree["addresses"][0]["city"] == "杭州市"
    assert row.tree["addresses"][0]["district"] == "西湖区"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str) -> None:
    data = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:张伟与深圳市云帆科技\r\nEND:VCARD\r\n".encode(
        encoding
    )
    assert read(data)[0].tree["name"] == "张伟与深圳市云帆科技"


def test_nested_cards_cut_cards_and_noise() -> None:
    rows = read(
        "noise\nBEGIN:VCARD\nVERSION:2.1\nFN:甲\nAGENT:\nBEGIN:VCARD\nFN:乙\nEND:VCARD\n"
        "what is this\nEND:VCARD\n\nBEGIN:VCARD\nFN:丙\n"
    )
    assert [row.tree["name"] for row in rows] == ["甲", "丙"]
    assert {cell.text for cell in rows[0].left} == {"FN:乙", "what is this"}
    assert rows[1].problem is not None
    assert rows[1].problem.code == "card-cut"
    assert rows[1].raw == "BEGIN:VCARD\nFN:丙\n"


def test_nobody_and_no_cards() -> None:
    assert read("BEGIN:VCARD\nNOTE:x\nEND:VCARD\n")[0].problem is not None
    with pytest.raises(Invalid) as caught:
        read("BEGIN:VCALENDAR\n")
    assert caught.value.code == "no-cards"


# -- out and in again


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    with own_git(tmp_path_factory.mktemp("team")) as folder:
        return Vault.open(team_vault(folder), today=DAY)


def cards(vault: Vault, version: str, **changed: Any) -> str:
    """The vault's cards."""
    settings = export.settings_of(vault, "zh")._replace(vcard=version, **changed)
    return "".join(export.chunks(export.format_of("vcard"), source_of(vault), settings))


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_nothing_of_a_record_is_lost(team: Vault, version: str) -> None:
    found = [SCHEMA.typed(row.tree) for row in read(cards(team, version))]
    wanted = [without_sealed(dict(doc.typed))[0] for doc in team.docs()]
    assert [one["name"] for one in found] == [one["name"] for one in wanted]
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine == theirs


def test_awkward_records_come_back(tmp_path: Path) -> None:
    trees: list[dict[str, Any]] = [
        {
            "contacts": [
                {
                    "id": "a1",
                    "name": "甲",
                    "phones": [{"id": "p1", "number": "95588", "note": "a,b;c"}],
                },
                {"id": "b2", "name": "乙", "custom": {"x": "1\n2"}},
            ],
            "main_contact": "b2",
        },
        {"contacts": [{"id": "c3", "phones": [{"id": "q", "number": "+8613812345678"}]}]},
        {"notes": "只有备注", "unknown_key": {"a": ["b"]}},
        {
            "name": "张三",
            "kind": "person",
            "notes": "客户的备注",
            "contacts": [{"id": "d", "name": "张三", "notes": "联系人的备注"}],
        },
        {"name": " 全角　空格 ", "tags": ["a,b", "c;d"]},
    ]
    vault = vault_of(tmp_path / "vault", *trees)
    for version in ("3.0", "4.0"):
        found = [SCHEMA.typed(row.tree) for row in read(cards(vault, version))]
        assert found == [dict(doc.typed) for doc in vault.docs()]


def test_what_a_phone_changed_holds(team: Vault) -> None:
    text = cards(team, "3.0").replace("PREF:+8619900000011", "PREF:+8613912345678")
    text = text.replace("TITLE:技术总监", "TITLE:总经理").replace(
        "江南大道示例园区3幢;杭州市", "新址1号;杭州市"
    )
    row = next(row for row in read(text) if row.tree["id"] == "C20240318001")
    contact = row.tree["contacts"][0]
    kept = team.get("C20240318001").raw["contacts"][0]["phones"][1]
    assert contact["title"] == "总经理"
    assert [one["number"] for one in contact["phones"]] == [
        kept["number"],
        "+8613912345678",
    ]
    assert contact["interests"] == ["羽毛球", "摄影"]
    assert [one.get("street") for one in row.tree["addresses"]] == [
        "文三路示例大厦1201室",
        "滨江区新址1号",
    ]


def test_a_card_for_outside_says_name_and_contact_only(team: Vault) -> None:
    """L9: nothing of the cooperation, of notes, tags or our ids."""
    text = cards(team, "3.0", contact_only=True)
    names = {
        line.partition(":")[0].partition(";")[0]
        for line in text.split("\r\n")
        if line[:1] not in ("", " ")
    }
    assert names <= {
        "BEGIN",
        "VERSION",
        "FN",
        "N",
        "ORG",
        "TITLE",
        "TEL",
        "EMAIL",
        "X-SOCIALPROFILE",
        "END",
        "KIND",
        "X-ABSHOWAS",
    }
    assert "C2024" not in text


def test_sealed_values_are_in_no_card(team: Vault) -> None:
    text = text_of(team, "vcard").replace("\r\n ", "")
    assert "YWdl" not in text
    assert '"sealed"' not in text
