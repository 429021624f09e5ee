"""Matching: keys in one spelling, names set apart, the index that an import asks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcrm.demo.make import sample_folder
from textcrm.matching import Key, KeyIndex, key_of, keys_of
from textcrm.matching.keys import key_paths
from textcrm.matching.names import Name, core_of, parse_name
from textcrm.schema import Schema, default_schema_text
from textcrm.vault import Vault
from textcrm.vault.identities import key_index

SCHEMA = Schema.from_json(default_schema_text())


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("phone", "138 1234 5679", "+8613812345679"),
        ("phone", "+86 138-1234-5679", "+8613812345679"),
        ("phone", "１３８１２３４５６７９", "+8613812345679"),
        ("phone", "010-88886666 转 8012", "+861088886666"),
        ("phone", "+861088886666;ext=8013", "+861088886666"),
        ("phone", "95588", "95588"),
        ("email", "Wang@Example.COM", "wang@example.com"),
        ("email", "王 <ＷＡＮＧ＠example.com>", "wang@example.com"),
        ("registration", "91330110ma2b0k3x-0a", "91330110MA2B0K3X0A"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
    ],
)
def test_a_key_has_one_spelling(kind: Any, text: Any, value: Any) -> None:
    assert key_of(kind, text) == Key(kind, value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "138****5679"),
        ("phone", "13800138000"),
        ("phone", "11111111"),
        ("phone", "12345678"),
        ("phone", "无"),
        ("phone", ""),
        ("email", "w***@example.com"),
        ("email", "none"),
        ("registration", "无"),
        ("registration", "000000000"),
    ],
)
def test_what_names_nobody_gives_no_key(kind: Any, text: Any) -> None:
    assert key_of(kind, text) is None


def test_the_schema_says_where_keys_stand() -> None:
    paths = key_paths(SCHEMA)
    assert paths["contacts", "phones", "number"] == "phone"
    assert paths["contacts", "emails", "address"] == "email"
    assert paths["registration_number",] == "registration"
    assert paths["former_ids",] == "id"
    assert ("contacts", "id") not in paths


def test_keys_of_a_tree_leave_out_what_is_sealed() -> None:
    tree = {
        "id": "C20240501001",
        "former_ids": ["C20240401001"],
        "contacts": [
            {"phones": [{"number": "13912345679"}], "emails": [{"address": "A@b.cn"}]},
            {"phones": {"sealed": "contact@1", "age": "x"}, "id_number": {"sealed": "identity@1"}},
            "odd",
        ],
    }
    assert keys_of(tree, SCHEMA) == {
        Key("id", "C20240501001"),
        Key("id", "C20240401001"),
        Key("phone", "+8613912345679"),
        Key("email", "a@b.cn"),
    }


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("杭州云栖科技有限公司", "云栖科技（杭州）有限公司"),
        ("雲棲科技股份有限公司", "云栖科技"),
        ("浙江省杭州市云栖科技有限责任公司", " 云栖　科技 "),
        ("云栖科技(上海)有限公司", "云栖科技（上海）公司"),
        ("Acme Software Co., Ltd.", "ACME software"),
        ("The Blue River Ltd", "Blue River Inc."),
    ],
)
def test_names_that_are_one_have_one_core(one: Any, two: Any) -> None:
    assert core_of(one) == core_of(two)


@pytest.mark.parametrize(
    "text", ["北京市", "有限公司", "北京有限公司", "（杭州）", "Ltd", "?", "集团"]
)
def test_a_name_is_never_folded_to_nothing(text: Any) -> None:
    assert core_of(text)


def test_the_parts_of_a_name() -> None:
    name = parse_name("云栖科技（杭州）有限公司上海分公司")
    assert (name.core, name.organization, name.branch) == ("云栖科技", True, "上海分公司")
    assert name.regions[-1] == "330100"
    assert parse_name("张三") == Name("张三", (), False, "")


@given(st.text(max_size=40))
def test_any_name_can_be_set_apart(text: Any) -> None:
    assert isinstance(core_of(text), str)
    assert core_of(text) == core_of(f" {text} ")


@given(st.text(max_size=40), st.sampled_from(["phone", "email", "registration", "id_number"]))
def test_any_text_can_be_asked_for_a_key(text: Any, kind: Any) -> None:
    key = key_of(kind, text)
    assert key is None or key_of(kind, key.value) == key


def test_an_index_names_the_strongest_match_first() -> None:
    index = KeyIndex()
    phone, mail = Key("phone", "+8613912345679"), Key("email", "a@b.cn")
    code = Key("registration", "91330110MA2B0K3X0A")
    index.add("one", [phone])
    index.add("two", [phone, mail])
    index.add("three", [code])
    found = index.matches([phone, mail, code])
    assert [(match.id, len(match.keys)) for match in found] == [
        ("three", 1),
        ("two", 2),
        ("one", 1),
    ]
    index.remove("two")
    assert index.holders(phone) == ("one",)
    assert index.matches([mail]) == ()
    assert len(index) == 2


def test_the_index_of_a_vault_is_that_of_its_records(tmp_path: Path) -> None:
    shutil.copytree(sample_folder(), tmp_path / "vault")
    vault = Vault.open(tmp_path / "vault")
    index = key_index(vault)
    records = list(vault.records())
    assert len(index) == len(records)
    for record in records:
        assert index.keys(record.id) == keys_of(record.typed, vault.schema)
