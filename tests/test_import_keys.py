"""Importing the reference exports: everything arrives that the files and their answer keys hold."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from importing import balanced, new_vault, reading_of, records, rows_of, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from textcrm.vault import Vault

Person = dict[str, Any]
_FILES = {
    "google_contacts_new": "utf-8-sig",
    "hubspot_contacts": "utf-8",
    "outlook_contacts_cp1252": "cp1252",
}


def _rows(data: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def _expected(layout: str, row: Mapping[str, str]) -> Person:
    """A row by the headings of its program: read here by hand, not by what is tested."""
    if layout.startswith("google"):
        address = "Address 1 - "
        return {
            "name": f"{row['First Name']} {row['Last Name']}".strip(),
            "company": row["Organization Name"],
            "phones": [row["Phone 1 - Value"], row["Phone 2 - Value"]],
            "emails": [row["E-mail 1 - Value"], row["E-mail 2 - Value"]],
            "address": [
                row[address + part]
                for part in ("Street", "City", "Region", "Postal Code", "Country")
            ],
            "notes": row["Notes"],
        }
    if layout.startswith("hubspot"):
        return {
            "name": f"{row['First Name']} {row['Last Name']}".strip(),
            "company": row["Company Name"],
            "phones": [row["Phone Number"], row["Mobile Phone Number"]],
            "emails": [row["Email"]],
            "address": [
                row[part]
                for part in (
                    "Street Address", "City", "State/Region", "Postal Code", "Country/Region",
                )
            ],
            "notes": row["Notes"],
        }  # fmt: skip
    return {
        "name": f"{row['First Name']} {row['Last Name']}".strip(),
        "company": row["Company"],
        "phones": [row[f"{kind} Phone"] for kind in ("Business", "Home", "Mobile")]
        + [row["Business Fax"], row["Home Fax"]],
        "emails": [row["E-mail Address"], row["E-mail 2 Address"]],
        "address": [
            row[f"Business {part}"]
            for part in ("Street", "City", "State", "Postal Code", "Country/Region")
        ],
        "notes": row["Notes"],
    }


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _people(vault: Vault) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for record in records(vault):
        for contact in record.get("contacts", ()):
            yield record, contact


@pytest.mark.parametrize(
    "layout",
    [
        "hubspot_contacts",
        pytest.param("google_contacts_new", marks=pytest.mark.slow),
        pytest.param("outlook_contacts_cp1252", marks=pytest.mark.slow),
    ],
)
def test_every_contact_of_an_export_arrives_once(
    layout: str, tmp_path: Path, shared_data: Path
) -> None:
    data = (shared_data / "import" / f"{layout}.csv").read_bytes()
    key = json.loads((shared_data / "import" / f"{layout}.ids.json").read_text())
    wanted = [_expected(layout, row) for row in _rows(data, _FILES[layout])]
    assert len(wanted) == len(key)
    vault = new_vault(tmp_path)
    outcome = take_in(vault, data, f"{layout}.csv")
    assert (outcome.rows, outcome.created) == (len(key), len(key))
    assert balanced(outcome)
    found = {
        (contact.get("name", ""), record["name"] if record["kind"] == "organization" else ""): (
            record,
            contact,
        )
        for record, contact in _people(vault)
    }
    for person in wanted:
        record, contact = found[person["name"], person["company"]]
        numbers = {_digits(item["number"])[-6:] for item in contact.get("phones", ())}
        assert {_digits(one)[-6:] for one in person["phones"] if one} <= numbers, person
        said = json.dumps(contact, ensure_ascii=False)
        for mail in filter(None, person["emails"]):
            assert mail in said, person
        everywhere = [
            " ".join(str(value) for value in one.values()) for one in record.get("addresses", ())
        ]
        parts = [part for part in person["address"] if part]
        assert not parts or any(all(part in one for part in parts) for one in everywhere), person
        if person["notes"].strip():
            notes = contact.get("notes") or record.get("notes", "")
            assert person["notes"].strip().replace("\r\n", "\n") in notes, person
    before = [dict(one) for one in records(vault)]
    again = take_in(vault, data, "the same file again.csv")
    assert (again.skipped, again.commit) == (again.rows, None)
    assert records(vault) == before


def test_the_same_person_is_the_same_in_every_export(tmp_path: Path, shared_data: Path) -> None:
    """The answer keys join the three exports: name and company agree row by row."""
    vault = new_vault(tmp_path)
    told: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for layout in _FILES:
        folder = shared_data / "import"
        key = [tuple(one) for one in json.loads((folder / f"{layout}.ids.json").read_text())]
        reading = reading_of(vault, (folder / f"{layout}.csv").read_bytes(), f"{layout}.csv")
        assert (
            reading.layout
            == {
                "google_contacts_new": "google",
                "hubspot_contacts": "hubspot",
                "outlook_contacts_cp1252": "outlook",
            }[layout]
        )
        told[layout] = {
            own: (row.tree["contacts"][0]["name"], row.tree["name"])
            for own, row in zip(key, reading.rows(), strict=True)
        }
    common = set.intersection(*(set(one) for one in told.values()))
    assert len(common) == 549
    for own in common:
        assert len({told[layout][own] for layout in _FILES}) == 1, own


def test_two_thousand_chinese_customers_are_read_alike_in_both_encodings(
    tmp_path: Path, shared_data: Path
) -> None:
    folder = shared_data / "import"
    key = json.loads((folder / "zh_crm_customers.json").read_text(encoding="utf-8"))
    vault = new_vault(tmp_path)
    gbk = rows_of(vault, (folder / "zh_crm_customers_gbk.csv").read_bytes())
    bom = rows_of(vault, (folder / "zh_crm_customers_utf8bom.csv").read_bytes())
    assert [row.tree["name"] for row in gbk] == [one["客户名称"] for one in key]
    assert [(row.tree, row.left) for row in gbk] == [(row.tree, row.left) for row in bom]


@pytest.mark.slow
def test_two_thousand_chinese_customers_arrive_whole(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "import"
    key = json.loads((folder / "zh_crm_customers.json").read_text(encoding="utf-8"))
    vault = new_vault(tmp_path)
    outcome = take_in(vault, (folder / "zh_crm_customers_gbk.csv").read_bytes(), "gbk.csv")
    assert outcome.reading.encoding == "gb18030"
    assert (outcome.rows, outcome.created, outcome.records["created"]) == (2000, 2000, 2000)
    found = {record["name"]: record for record in records(vault)}
    for one in key:
        record = found[one["客户名称"]]
        said = json.dumps(record, ensure_ascii=False)
        (contact,) = record["contacts"]
        assert contact["name"] == one["联系人"]
        numbers = {_digits(item["number"]).removeprefix("86") for item in contact["phones"]}
        assert {one["手机"], _digits(one["电话"]).removeprefix("0")} <= {
            number.removeprefix("0") for number in numbers
        }
        assert (contact["social"]["qq"], contact["social"]["wechat"]) == (one["QQ"], one["微信"])
        parts = record["addresses"][0]
        whole = "".join(parts.get(name, "") for name in ("province", "city", "district", "street"))
        assert whole == one["地址"] or parts["street"] in one["地址"]
        if one["备注"]:
            assert record["notes"] == one["备注"]
        for name in ("创建时间", "更新时间", "创建人"):
            assert one[name] in said
    again = take_in(vault, (folder / "zh_crm_customers_utf8bom.csv").read_bytes(), "bom.csv")
    assert (again.rows, again.skipped, again.commit) == (2000, 2000, None)


@pytest.mark.parametrize(
    ("name", "layout", "rows", "created"),
    [
        ("Google.csv", "google-old", 1, 1),
        ("Outlook365.csv", "outlook", 6, 6),
        ("ThunderbirdUtf8.csv", "thunderbird-de", 1, 1),
        ("NoHeader.csv", "", 2, 0),
        ("csvtext_BOM_UTF8.csv", "", 2, 0),
        ("csvtext_BOM_UTF16LE.csv", "", 2, 0),
        ("csvEscapedQuotes.csv", "", 2, 0),
    ],
)
def test_real_exports_are_read(
    name: str, layout: str, rows: int, created: int, tmp_path: Path, shared_data: Path
) -> None:
    vault = new_vault(tmp_path)
    outcome = take_in(vault, (shared_data / "import" / name).read_bytes(), name)
    assert outcome.reading.layout == layout
    assert (outcome.rows, outcome.created) == (rows, created)
    assert balanced(outcome)


def test_a_map_makes_a_table_of_strange_columns_useful(tmp_path: Path, shared_data: Path) -> None:
    vault = new_vault(tmp_path)
    data = (shared_data / "import" / "csvtext_BOM_UTF16LE.csv").read_bytes()
    mapping = {"column1": "name", "column2": "notes", "column3": ""}
    outcome = take_in(vault, data, "bom.csv", mapping=mapping)
    assert outcome.created == 2
    assert [(one["name"], one["notes"]) for one in records(vault)] == [
        ("row1-1", "row1-2"),
        ("row2-1", "row2-2"),
    ]


def test_the_one_contact_of_the_old_google_export_is_whole(
    tmp_path: Path, shared_data: Path
) -> None:
    vault = new_vault(tmp_path)
    take_in(vault, (shared_data / "import" / "Google.csv").read_bytes(), "Google.csv")
    (record,) = records(vault)
    (contact,) = record["contacts"]
    assert (record["name"], contact["title"], contact["department"]) == (
        "Firma",
        "Position",
        "Abteilung",
    )
    kinds = {item["number"]: item.get("kind") for item in contact["phones"]}
    assert kinds["Handy"] == "mobile"
    assert kinds["Fax privat"] == "fax"
    assert {"Other Phone", "Tel9"} <= set(kinds)
    assert [item["address"] for item in contact["emails"]].count("privat2@folker.de") == 1
    assert [one["city"] for one in record["addresses"]] == ["Leipzig", "Ort", "Berlin"]
    assert record["tags"] == ["Importiert am 29.3."]
    custom = contact["custom"]
    assert (custom["Spouse"], custom["Anniversary"], custom["Bezeichnung"]) == (
        "Petra",
        "2001-01-04",
        "Benutzerdefiniert1",
    )
