"""export: the workbook."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from exporting import DAY, own_git, put, source_of, text_of, vault_of
from hypothesis import given, settings
from hypothesis import strategies as st
from team_vault import git, opened, team_vault

from textcrm.exchange import export
from textcrm.exchange.export_cells import dialled_at_home
from textcrm.exchange.export_columns import HEADINGS
from textcrm.normalize.phone import parse_phone
from textcrm.vault.updated import last_updates

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault


H4 = [
    "客户编号",
    "客户名称",
    "联系人",
    "联系方式",
    "所属行业",
    "客户来源",
    "核心需求",
    "最近跟进日期",
    "跟进人",
    "沟通内容摘要",
    "合作状态",
    "客户标签",
]
ONE = "C20240318001"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The team's vault, for reading."""
    with own_git(tmp_path_factory.mktemp("team")) as folder:
        return team_vault(folder)


def workbook(vault: Vault, file: Path, **options: Any) -> Any:
    """The workbook of a vault, read by another library."""
    form = export.format_of("xlsx")
    source = source_of(vault, versions=True, updates=True, **options)
    export.write(form, source, export.settings_of(vault, "zh"), file, force=True)
    return openpyxl.load_workbook(file)


def test_the_headings_are_those_of_the_article(root: Path, tmp_path: Path) -> None:
    sheet = workbook(opened(root), tmp_path / "a.xlsx")["客户信息总表"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:13] == [*H4, "更新提醒"]
    assert [one.zh for one in HEADINGS] == H4
    assert len(heads) == len(set(heads))
    assert sheet.freeze_panes == "A2"


def test_phones_are_text_days_are_days_choices_are_lists(root: Path, tmp_path: Path) -> None:
    vault = opened(root)
    sheet = workbook(vault, tmp_path / "a.xlsx")["客户信息总表"]
    heads = {cell.value: cell for cell in sheet[1]}
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == ONE)
    phone = row[heads["联系方式"].column - 1]
    assert (phone.value, phone.data_type, phone.number_format) == ("19900000011", "s", "@")
    day = row[heads["最近跟进日期"].column - 1]
    assert (day.value, day.number_format) == (dt.datetime(2026, 11, 18), "yyyy-mm-dd")  # noqa: DTZ001
    lists = {
        str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation
    }
    for heading, choices in (
        ("客户类型", "新客户,老客户,潜在客户,流失客户"),
        ("客户来源", "展会,转介绍,线上推广,陌生拜访,其他"),
        ("合作状态", "未合作,合作中,暂停合作,终止合作"),
    ):
        assert lists[f"{heads[heading].column_letter}2"] == f'"{choices}"'


def test_day_30_is_not_red_and_day_31_is(tmp_path: Path) -> None:
    """F1: the rule is above 30; the cell counts from the last update."""
    vault = vault_of(tmp_path / "vault", {}, {}, {})
    days = {"C20260501001": 30, "C20260501002": 31}
    git(vault.root, "add", "-A")
    for record_id, ago in days.items():
        when = f"{DAY - dt.timedelta(days=ago)}T12:00:00+08:00"
        path = f"customers/2026/05/{record_id}.yaml"
        _commit(vault.root, when, path)
    sheet = workbook(vault, tmp_path / "a.xlsx")["客户信息总表"]
    cached = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["客户信息总表"]
    column = next(cell for cell in sheet[1] if cell.value == "更新提醒")
    values = {row[0].value: row[column.column - 1].value for row in cached.iter_rows(min_row=2)}
    assert {one: values[one] for one in days} == days
    assert sheet[f"{column.column_letter}2"].value == "=TODAY()-N2"
    ranges = {
        str(key.sqref): rules for key, rules in sheet.conditional_formatting._cf_rules.items()
    }
    rule = next(
        rules[0]
        for place, rules in ranges.items()
        if place.startswith(f"{column.column_letter}2:")
    )
    assert (rule.type, rule.operator, rule.formula) == ("cellIs", "greaterThan", ["30"])
    assert rule.dxf.font.color.rgb == "FFFF0000"


def _commit(root: Path, when: str, path: str, *, op: str = "set") -> None:
    subprocess.run(
        ["git", "-C", str(root), "commit", "-q", "--no-verify", "-m", f"x\n\nTextcrm-Op: {op}", "--", path],
        check=True,
        env={**__import__("os").environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when},
    )  # fmt: skip


def test_upkeep_is_no_update(tmp_path: Path) -> None:
    vault = vault_of(tmp_path / "vault", {})
    path = "customers/2026/05/C20260501001.yaml"
    git(vault.root, "add", "-A")
    _commit(vault.root, "2026-10-01T12:00:00+08:00", path)
    assert last_updates(vault) == {path: dt.date(2026, 10, 1)}
    put(vault, {"id": "C20260501001", "name": "客户1", "notes": "x"})
    _commit(vault.root, "2026-11-01T12:00:00+08:00", path, op="fix")
    assert last_updates(vault) == {path: dt.date(2026, 10, 1)}


def test_one_sheet_a_list(root: Path, tmp_path: Path) -> None:
    book = workbook(opened(root), tmp_path / "a.xlsx")
    names = book.sheetnames
    assert names[:4] == ["客户信息总表", "联系人", "联系人-电话", "联系人-邮箱"]
    assert {"跟进记录", "购买记录", "付款记录", "合同", "合同-分期"} <= set(names)
    assert book["_textcrm"].sheet_state == "veryHidden"
    heads = [cell.value for cell in book["购买记录"][1]]
    assert heads[:3] == ["客户编号", "客户名称", "购买日期"]


def test_a_field_of_ones_own_is_a_column(tmp_path: Path) -> None:
    """Adding a property to the schema is enough (DESIGN section 2)."""
    vault = vault_of(tmp_path / "vault", {"grade": "gold"})
    file = vault.root / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["properties"]["grade"] = {
        "title": "会员等级 · Grade",
        "description": "会员等级。\n\nThe grade.",
        "type": "string",
        "enum": ["gold", "silver"],
        "x-textcrm": {
            "label": {"zh": "会员等级", "en": "Grade"},
            "group": "custom",
            "enum": {
                "gold": {"zh": "金卡", "en": "Gold"},
                "silver": {"zh": "银卡", "en": "Silver"},
            },
        },
    }
    file.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    vault = type(vault).open(vault.root, today=DAY)
    rows = list(csv.DictReader(text_of(vault, "csv").removeprefix("\ufeff").splitlines()))
    assert rows[0]["会员等级"] == "金卡"
    sheet = workbook(vault, tmp_path / "a.xlsx")["客户信息总表"]
    assert '"金卡,银卡"' in [one.formula1 for one in sheet.data_validations.dataValidation]


@settings(deadline=None)
@given(
    st.sampled_from(["+8613800138000", "+8675588886666", "+864008001024", "+861088886666"])
    | st.from_regex(r"\+861[3-9]\d{9}", fullmatch=True)
    | st.text(max_size=20)
)
def test_numbers_dialled_at_home_are_the_same_numbers(number: str) -> None:
    shown = dialled_at_home(number)
    assert shown == number or parse_phone(shown).stored == number
