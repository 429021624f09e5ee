"""Every format of export keeps the contract of ``exchange_contract``."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import exchange_contract as contract
import pytest
from conftest import CHECKOUT
from exchange_contract import Form
from exporting import DAY, own_git, vault_of
from team_vault import team_vault

from textcrm.exchange.export import FORMATS
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

SHARED = CHECKOUT.parent / "shared" / "data"


def _csv(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [_uninert(one["客户名称"]) for one in rows]


def _uninert(text: str) -> str:
    from textcrm.exchange.csv_writer import inert

    return text[1:] if text.startswith("'") and inert(text[1:]) == text else text


def _xlsx(file: Path) -> list[str]:
    import openpyxl

    book = openpyxl.load_workbook(file)
    sheet = book["客户信息总表"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert all(one.data_type == "s" for one in cells)
    return [openpyxl.utils.escape.unescape(str(one.value)) for one in cells]


def _json(file: Path) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return data


def _jsonl(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _vcard(file: Path) -> list[str]:
    from textcrm.exchange.vcard_lines import cards, unescaped

    data = file.read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = [one.all("X-TEXTCRM-NAME")[0] for one in cards(data.decode())]
    texts = [(unescaped(one.value), "FORM" in one.params) for one in lines]
    return [json.loads(text) if is_json else text for text, is_json in texts]


def _sqlite(file: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return [name for (name,) in database.execute("SELECT name FROM customers ORDER BY rowid")]


def _md(file: Path) -> list[str]:
    found = re.findall(r"^## (.*) \(C\d+\)$", file.read_text("utf-8"), re.MULTILINE)
    return [re.sub(r"\\(.)", r"\1", one.replace("<br>", "\n")) for one in found]


FORMS = [
    Form("vcard", _vcard),
    Form("sqlite", _sqlite),
    Form("md", _md),
    Form("csv", _csv),
    Form("xlsx", _xlsx),
    Form("json", lambda file: [one["name"] for one in _json(file)], _json),
    Form("jsonl", lambda file: [one["name"] for one in _jsonl(file)], _jsonl),
]
each = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
whole = pytest.mark.parametrize(
    "form", [one for one in FORMS if one.records], ids=lambda one: one.name
)

AGAIN = [one for one in FORMS if one.name in ("csv", "json", "jsonl", "vcard")]
again = pytest.mark.parametrize("form", AGAIN, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The sample team's vault, in which a text ends without a line break of its own."""
    with own_git(tmp_path_factory.mktemp("team")) as folder:
        return Vault.open(team_vault(folder), today=DAY)


def test_every_format_is_here() -> None:
    assert {form.name for form in FORMS} == set(FORMATS) - {"ics"}


@each
def test_empty_vault(form: Form, tmp_path: Path) -> None:
    contract.empty_vault(form, tmp_path)


@each
def test_chinese(form: Form, tmp_path: Path) -> None:
    contract.chinese(form, tmp_path)


@each
def test_formula_cells(form: Form, tmp_path: Path) -> None:
    contract.formula_cells(form, tmp_path)


@pytest.fixture(scope="module")
def naughty_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """Customers whose names and notes are the naughty strings."""
    file = SHARED / "text" / "blns.json"
    if not file.is_file():
        pytest.skip("the reference data is not beside this checkout")
    strings = json.loads(file.read_text("utf-8"))
    wanted = [one for one in dict.fromkeys(strings) if one.strip() and len(one) < 2000]
    with own_git(tmp_path_factory.mktemp("naughty")) as folder:
        return vault_of(folder / "vault", *({"name": text, "notes": text} for text in wanted))


@each
def test_naughty_strings(form: Form, tmp_path: Path, naughty_vault: Vault) -> None:
    contract.naughty(form, tmp_path, naughty_vault)


@whole
def test_whole_records(form: Form, tmp_path: Path, team: Vault) -> None:
    contract.whole_records(form, tmp_path, team)


@again
def test_in_again_changes_nothing(form: Form, tmp_path: Path, team: Vault) -> None:
    contract.in_again_changes_nothing(form, tmp_path, team)


@pytest.mark.parametrize(
    "form", [one for one in AGAIN if one.name != "csv"], ids=lambda one: one.name
)
def test_elsewhere_all_is_there(form: Form, tmp_path: Path, team: Vault) -> None:
    contract.elsewhere_all_is_there(form, tmp_path, team)


@pytest.mark.slow
@each
def test_10k_records_in_bounded_memory(form: Form, tmp_path: Path) -> None:
    tree = {"needs": "提升系统稳定性" * 20, "notes": "备注" * 100, "tags": ["高意向"]}
    vault = vault_of(tmp_path / "vault", *[tree] * 10_000)
    contract.bounded(form, tmp_path, vault, 60_000_000)
