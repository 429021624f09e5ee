"""A note in free text becomes a customer: what is understood, and that nothing is lost (G3, H2)."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import new_vault, only

from textcrm.exchange import freetext, importing

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    import os

    os.environ.setdefault("HOME", str(tmp_path_factory.mktemp("home")))
    return new_vault(tmp_path_factory.mktemp("notes"))


@pytest.mark.parametrize(
    ("text", "name", "person", "number", "needs"),
    [
        ("云帆科技 张经理 13812345678 要报价", "云帆科技", "张经理", "+8613812345678", "要报价"),
        ("张经理，13655556666，云帆 询价", "云帆", "张经理", "+8613655556666", "询价"),
        (
            "今天在展会上认识了云杉网络的李总，电话 13655556667，想了解报价",
            "云杉网络",
            "李总",
            "+8613655556667",
            "想了解报价",
        ),
        (
            "公司：蓝河贸易\n联系人：王芳\n电话：021-62345678\n需求：仓储",
            "蓝河贸易",
            "王芳",
            "+862162345678",
            "仓储",
        ),
        (
            "Blue Lake Ltd. Jane Smith +44 20 7946 0019",
            "Blue Lake Ltd.",
            "Jane Smith",
            "+442079460019",
            None,
        ),
        ("陈伟 13655556668", "陈伟", "陈伟", "+8613655556668", None),
    ],
)
def test_what_a_note_says(
    vault: Vault, text: str, name: str, person: str, number: str, needs: str | None
) -> None:
    tree = freetext.propose(text, importing.setting_of(vault)).tree
    assert tree["name"] == name
    contact = tree["contacts"][0]
    assert (contact["name"], contact["phones"][0]["number"]) == (person, number)
    assert tree.get("needs") == needs
    assert tree["notes"] == text


def test_numbers_that_are_sealed_are_not_in_the_notes(vault: Vault) -> None:
    text = "陈伟 身份证110101199003070134 卡号 6222021234567890123"
    tree = freetext.propose(text, importing.setting_of(vault)).tree
    assert tree["contacts"][0]["id_number"] == "110101199003070134"
    assert tree["bank_account"] == "6222021234567890123"
    assert "110101199003070134" not in tree["notes"]
    assert "6222021234567890123" not in tree["notes"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_note_is_kept(vault: Vault, text: str) -> None:
    tree = freetext.propose(text, importing.setting_of(vault)).tree
    if text.strip() and tree:
        assert tree["name"]
        if "…" not in tree["notes"]:
            assert text.strip() in tree["notes"]


def test_add_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = new_vault(tmp_path)
    shell = Shell(vault.root, capsys)

    def typed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    typed("云帆科技 张经理 13655556666 要报价\n")
    ran = shell.ok("--lang", "zh", "add", "--from", "-")
    assert "识别结果：" in ran.out
    assert "客户名称：云帆科技" in ran.out
    record = only(vault)
    assert record["notes"] == "云帆科技 张经理 13655556666 要报价"
    typed("name: 云海\nneeds: 报价\n")
    told = shell.ok("--json", "add", "--from", "-").data
    assert told["name"] == "云海"
    typed("\n")
    assert shell("--json", "add", "--from", "-").code == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "客户：南京星辰教育；联系人：赵敏 电话０２５－８４５１２２３３转８０６；需求：在线课堂；地址：南京市鼓楼区中山路1号",
            {
                "name": "南京星辰教育",
                "contacts/0/name": "赵敏",
                "contacts/0/phones/0/number": "０２５－８４５１２２３３转８０６",
                "needs": "在线课堂",
                "addresses/office": "南京市鼓楼区中山路1号",
            },
        ),
        (
            "Company: Blue River Ltd; Contact: Jane Smith; Email: jane@b.com",
            {
                "name": "Blue River Ltd",
                "contacts/0/name": "Jane Smith",
                "contacts/0/emails/0/address": "jane@b.com",
            },
        ),
        (
            "公司：远大物流\n需求：报价，50台服务器，预算20万",
            {"name": "远大物流", "needs": "报价，50台服务器，预算20万"},
        ),
    ],
)
def test_labels_within_a_line(vault: Vault, text: str, found: dict[str, str]) -> None:
    assert dict(freetext.propose(text, importing.setting_of(vault)).found) == found


def test_a_number_in_a_sentence_ends_with_the_number(vault: Vault) -> None:
    text = "见了王总，电话13855550702，想要报价：50台"
    proposed = freetext.propose(text, importing.setting_of(vault))
    (contact,) = proposed.tree["contacts"]
    assert contact["phones"] == [{"number": "+8613855550702"}]
