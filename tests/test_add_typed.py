"""``add --from``: a record as people type it is understood as ``set`` understands words."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from importing import new_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TYPED = """\
# met at the fair
客户名称: 云帆科技   # as on the card
客户类型: 潜在客户
status: 未合作
tags: 重点客户、高意向
联系人:
  # the buyer
  - 姓名: 张伟明
    电话: 136 5555 6666   # mobile
    email: ' Zhang@Example.com '
首次合作时间: 2024年5月1日
foo: bar
purchases:
  - 日期: 2024/5/3
    产品: 云服务器
    金额: 5万元
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(new_vault(tmp_path).root, capsys)


@pytest.fixture
def add(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def add(text: str, name: str = "typed.yaml", *words: str) -> Any:
        if name == "-":
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            return shell("--lang", "en", "add", "--from", "-", *words)
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return shell("--lang", "en", "add", "--from", name, *words)

    return add


def the_file(shell: Shell) -> str:
    (file,) = shell.folder.glob("customers/*/*/*.yaml")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["typed.yaml", "-"])
def test_labels_lists_and_values_are_understood(
    add: Callable[..., Any], shell: Shell, name: str
) -> None:
    ran = add(TYPED, name)
    assert ran.code == 0, ran
    assert "136 5555 6666 → +8613655556666" in ran.out + ran.err
    assert "2024年5月1日 → 2024-05-01 (Wed)" in ran.out + ran.err
    shown = shell.ok("--json", "show", "云帆科技").data
    assert (shown["type"], shown["status"], shown["foo"]) == ("prospect", "none", "bar")
    assert shown["tags"] == ["重点客户", "高意向"]
    (contact,) = shown["contacts"]
    assert (contact["name"], contact["phones"][0]["number"]) == ("张伟明", "+8613655556666")
    assert contact["emails"][0]["address"] == "Zhang@example.com"
    (purchase,) = shown["purchases"]
    assert (purchase["date"], purchase["amount"]) == ("2024-05-03", "50000")


def test_comments_and_unknown_keys_stay(add: Callable[..., Any], shell: Shell) -> None:
    assert add(TYPED).code == 0
    text = the_file(shell)
    assert text.startswith("# met at the fair\nid: C")
    assert "name: 云帆科技   # as on the card\n" in text
    assert "  # the buyer\n" in text
    assert "# mobile\n" in text
    assert "foo: bar\n" in text
    assert "tags:\n  - 重点客户\n  - 高意向\n" in text
    assert shell("check").code == 0


def test_json_is_understood_alike(add: Callable[..., Any], shell: Shell) -> None:
    tree = {"客户名称": "云帆", "客户类型": "潜在客户", "标签": "a、b", "联系人": ["李四", "王五"]}
    for name in ("typed.json", "-"):
        assert add(json.dumps(tree, ensure_ascii=False, indent="\t"), name).code == 0
        record = only_of(shell)
        assert (record["type"], record["tags"]) == ("prospect", ["a", "b"])
        assert [one["name"] for one in record["contacts"]] == ["李四", "王五"]
        shell.ok("rm", record["id"], "--reason", "test")


def only_of(shell: Shell) -> Any:
    (one,) = shell.ok("--json", "list").data
    return shell.ok("--json", "show", one["id"]).data


def test_words_that_lead_below_and_several_numbers(add: Callable[..., Any], shell: Shell) -> None:
    typed = (
        "名称: 云帆\n联系人: 李四\n电话: 0571-88886666\n手机: 13655556666\n邮箱: li@example.com\n"
    )
    ran = add(typed, "-")
    assert ran.code == 0, ran
    assert "手机 → contacts/0/phones/1/number" in ran.out + ran.err
    (contact,) = only_of(shell)["contacts"]
    assert contact["name"] == "李四"
    assert [one["number"] for one in contact["phones"]] == ["+8657188886666", "+8613655556666"]
    assert contact["emails"][0]["address"] == "li@example.com"


def test_empty_values_set_nothing(add: Callable[..., Any], shell: Shell) -> None:
    assert add("name: 云帆\ntags:\n标签: \n", "-").code == 5
    assert add("name: 云海\ntags:\n状态:\nneeds: ''\n").code == 0
    assert "tags" not in the_file(shell)


@pytest.mark.parametrize(
    ("typed", "place", "code"),
    [
        ("name: 云帆\n客户类型: 潜客户咯\n", "2:7", "unknown-value"),
        ("name: 云帆\ncontacts:\n  - 姓名: 李四\n    生日: 五月\n", "4:9", "date-ambiguous"),
        ("name: 云帆\nsize: {employees: {min: many}}\n", "2:25", "number-unreadable"),
        ("name: 云帆\n客户名称: 云海\n", "2:1", "key-twice"),
        (
            "name: 云帆\npurchases:\n  - amount: 5万美元\n    currency: CNY\n",
            "3:13",
            "currency-mixed",
        ),
        ("name: 云帆\nstatus: [active]\n", "2:9", "record-invalid"),
        ("name: 云帆\n状态: {a: b}\n", "2:5", "record-invalid"),
        ("name: 云帆\n首次合作时间: 2024-05-01\nowner: [a\n", "", "yaml-syntax"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(
    add: Callable[..., Any], shell: Shell, typed: str, place: str, code: str
) -> None:
    ran = add(typed, "typed.yaml", "--json")
    assert ran.code == 5, ran
    error = ran.error
    assert error["file"] == "typed.yaml"
    assert (error["code"], f"{error['line']}:{error['column']}") == (code, place) or not place
    assert not list(shell.folder.glob("customers/*/*/*.yaml"))


def test_an_id_of_its_own_is_not_taken_over(add: Callable[..., Any], shell: Shell) -> None:
    assert add("# c\nid: C20200101001\n名称: 云帆\nuid: x\n").code == 0
    assert add("客户编号: C20200101001\n名称: 云海\n", "-").code == 0
    found = shell.ok("--json", "list").data
    assert [one["name"] for one in found] == ["云帆", "云海"]
    assert "C20200101001" not in [one["id"] for one in found]
    assert shell("check").code == 0


def test_many_customers_are_no_record(add: Callable[..., Any], shell: Shell) -> None:
    assert add('[{"name": "x"}]', "-").code == 5
    assert not list(shell.folder.glob("customers/*/*/*.yaml"))


def test_a_note_stays_a_note(add: Callable[..., Any], tmp_path: Path) -> None:
    del tmp_path
    ran = add("云帆科技 张经理: 要报价\n", "-")
    assert ran.code == 0
    assert "understood as" in ran.out


def test_a_sealed_value_is_never_repeated(add: Callable[..., Any]) -> None:
    ran = add("name: 云帆\n联系人:\n  - 姓名: 李四\n    身份证号: 110101199003079999\n")
    assert "110101199003079999" not in ran.out + ran.err


def test_a_plan_as_a_text_is_what_is_to_be_done(add: Callable[..., Any], shell: Shell) -> None:
    assert add("客户名称: 甲公司\n最近跟进日期: 2026-11-01\n下一步计划: 提供方案\n").code == 0
    assert "next:\n      what: 提供方案" in the_file(shell)


def test_a_kind_names_its_entry(add: Callable[..., Any], shell: Shell) -> None:
    """The words that ``set`` takes for an entry of a kind are keys as well."""
    typed = (
        "客户名称: 云帆\n决策关键人: 李雷 # met\n仓库地址: 杭州市余杭区文一路1号\n资料来源: 客户提供\n"
        "联系人: [韩梅梅, 李雷]\n采购人: 采购经理\n地址: 苏州市吴中区1号\n"
    )
    ran = add(typed, "-")
    assert ran.code == 0, ran
    assert "仓库地址 → addresses/1" in ran.out + ran.err
    record = only_of(shell)
    contacts = [(one.get("name"), one.get("title"), one.get("role")) for one in record["contacts"]]
    assert contacts == [
        ("韩梅梅", None, None),
        ("李雷", None, "decision_maker"),
        (None, "采购经理", "purchasing"),
    ]
    assert [(one["city"], one.get("kind")) for one in record["addresses"]] == [
        ("苏州市", None),
        ("杭州市", "warehouse"),
    ]
    assert record["provenance"] == {"kind": "self"}
    assert not {"决策关键人", "仓库地址", "资料来源"} & set(record)
    assert shell("check").code == 0


def test_a_kind_that_contradicts_its_entry_is_refused(add: Callable[..., Any]) -> None:
    typed = "name: 云帆\n联系人: {姓名: 李雷, 角色: 使用人}\n决策关键人: 李雷\n"
    ran = add(typed, "typed.yaml", "--json")
    assert (ran.code, ran.error["code"]) == (5, "key-twice")
    assert "typed.yaml:3:1" in ran.error["message"]


@pytest.mark.parametrize("named", [True, False])
def test_a_number_is_the_first_contacts_in_any_order(
    add: Callable[..., Any], shell: Shell, named: bool
) -> None:
    more = "联系人姓名: 韩梅梅\n" if named else ""
    typed = f"客户名称: 云帆\n电话: 13655556666\n决策关键人: 李雷\n{more}"
    assert add(typed, "-").code == 0
    first = only_of(shell)["contacts"][0]
    assert first["name"] == ("韩梅梅" if named else "李雷")
    assert first["phones"][0]["number"] == "+8613655556666"
