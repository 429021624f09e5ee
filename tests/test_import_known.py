"""Importing tables: who is there already, and what textcrm wrote itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from importing import new_vault, only, reading_of, records, take_in

from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def shell(vault: Vault, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(vault.root, capsys)


# -- who is there already


def test_a_newer_file_updates_by_key(vault: Vault) -> None:
    take_in(
        vault,
        "客户名称,联系人,电话,邮箱,税号,核心需求\n云海有限公司,陈伟,13655556666,a@example.com,91440300708461136T,甲\n",
    )
    for text in (
        "客户名称,电话,核心需求\n云海贸易,13655556666,乙\n",
        "客户名称,邮箱,核心需求\n云海,A@Example.com,丙\n",
        "客户名称,税号,核心需求\n另名公司,9144 0300 7084 61136T,丁\n",
        "客户名称,核心需求\n云海有限公司,戊\n",
    ):
        outcome = take_in(vault, text)
        assert (outcome.updated, outcome.created) == (1, 0), text
        again = take_in(vault, text)
        assert (again.skipped, again.commit) == (1, None), text
    record = only(vault)
    assert (record["name"], record["needs"]) == ("云海有限公司", "戊")
    assert record["aliases"] == ["云海贸易", "云海", "另名公司"]


def test_an_id_means_its_customer_and_may_rename_it(vault: Vault) -> None:
    take_in(vault, "客户编号,客户名称\nC20240501001,云海\n")
    outcome = take_in(vault, "客户编号,客户名称\nC20240501001,云海集团\n")
    assert outcome.updated == 1
    assert only(vault)["name"] == "云海集团"


def test_a_shared_landline_makes_no_two_customers_one(vault: Vault) -> None:
    take_in(vault, "客户名称,联系人,电话\n云海有限公司,陈伟,021-62345678\n")
    outcome = take_in(vault, "客户名称,联系人,电话\n高山食品厂,吴芳,021-62345678\n")
    assert (outcome.created, outcome.updated) == (1, 0)
    assert "may-be-there" in {notice.finding.code for notice in outcome.noticed}


@pytest.mark.parametrize(
    ("policy", "counts", "customers"),
    [("update", (0, 1, 0), 1), ("skip", (0, 0, 1), 1), ("create", (1, 0, 0), 2)],
)
def test_the_policy_for_those_who_are_there(
    vault: Vault, policy: Any, counts: tuple[int, int, int], customers: int
) -> None:
    take_in(vault, "客户名称,核心需求\n云海有限公司,甲\n")
    outcome = take_in(vault, "客户名称,核心需求\n云海有限公司,乙\n", policy=policy)
    assert (outcome.created, outcome.updated, outcome.skipped) == counts
    assert len(records(vault)) == customers


def test_create_still_groups_people_of_one_company(vault: Vault) -> None:
    text = "公司,姓名\n云海有限公司,陈伟\n云海有限公司,吴芳\n"
    take_in(vault, text)
    outcome = take_in(vault, text, policy="create")
    assert (outcome.created, outcome.records["created"]) == (2, 1)
    assert [len(record["contacts"]) for record in records(vault)] == [2, 2]


def test_two_people_of_one_name_stay_two(vault: Vault) -> None:
    text = "姓名,手机\n张三,13655556666\n张三,13655557777\n"
    assert take_in(vault, text).records["created"] == 2
    assert take_in(vault, text).skipped == 2


def test_people_whom_nobody_can_reach_are_told_apart_again(vault: Vault) -> None:
    text = "姓名,手机,备注\n张三,13655556661,a\n张三,13655556661,b\n张三,,c\n张三,,d\n"
    assert take_in(vault, text).records["created"] == 3
    assert take_in(vault, text).skipped == 4


def test_an_update_takes_nothing_away(vault: Vault, shell: Shell) -> None:
    take_in(vault, "客户名称,联系人,电话,标签,备注\n云海有限公司,陈伟,13655556666,甲、乙,旧的\n")
    (record,) = records(vault)
    file = vault.root / f"customers/{record['id'][1:5]}/{record['id'][5:7]}/{record['id']}.yaml"
    file.write_text(
        file.read_text(encoding="utf-8") + "# 手写的注释\nmine: 自己的\n", encoding="utf-8"
    )
    shell.ok("save")
    outcome = take_in(
        vault,
        "客户名称,联系人,电话,标签,备注\n云海有限公司,陈伟,13655557777,乙、丙,新的\n云海有限公司,吴芳,,,\n",
    )
    assert outcome.updated == 2
    after = only(vault)
    assert after["tags"] == ["甲", "乙", "丙"]
    assert after["notes"] == "旧的\n新的"
    numbers = [one["number"] for one in after["contacts"][0]["phones"]]
    assert numbers == ["+8613655556666", "+8613655557777"]
    assert [one["name"] for one in after["contacts"]] == ["陈伟", "吴芳"]
    assert "# 手写的注释\nmine: 自己的\n" in file.read_text(encoding="utf-8")


def test_uncommitted_hand_edits_are_not_written_over(vault: Vault, shell: Shell) -> None:
    take_in(vault, "客户名称,核心需求\n云海有限公司,甲\n")
    (record,) = records(vault)
    file = vault.root / f"customers/{record['id'][1:5]}/{record['id'][5:7]}/{record['id']}.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    table = vault.root.parent / "a.csv"
    table.write_text("客户名称,核心需求\n云海有限公司,乙\n", encoding="utf-8")
    ran = shell("--json", "import", str(table))
    assert ran.code == 7
    assert file.read_text(encoding="utf-8").endswith("# mine\n")


def test_ids_of_the_file_are_kept_or_said_to_be_taken(vault: Vault) -> None:
    outcome = take_in(vault, "客户编号,客户名称\nC20240501001,云海\nKH-7,云山\n")
    one, two = sorted(records(vault), key=lambda record: str(record["name"]) != "云海")
    assert one["id"] == "C20240501001"
    assert two["custom"] == {"客户编号": "KH-7"}
    assert "value-kept-aside" in {notice.finding.code for notice in outcome.noticed}
    again = take_in(vault, "客户编号,客户名称\nC20240501001,另一家\n", policy="create")
    assert "id-taken" in {notice.finding.code for notice in again.noticed}
    assert len(records(vault)) == 3


# -- what textcrm wrote itself


def test_only_what_was_edited_in_an_exported_row_changes(vault: Vault) -> None:
    """With the row as it was written (``base``) nothing else of it is meant."""
    from dataclasses import replace

    from textcrm.exchange import importing

    take_in(vault, "客户编号,客户名称,核心需求,备注\nC20240501001,云海,甲,好\n")
    base = {"id": "C20240501001", "name": "云海", "needs": "甲", "notes": "好"}
    take_in(vault, "客户编号,客户名称,客户来源\nC20240501001,云海,展会\n")

    def edited(tree: dict[str, Any]) -> importing.Outcome:
        reading = reading_of(vault, "客户名称\n云海\n")
        (row,) = reading.rows()
        fresh = replace(row, tree=tree, base=base)
        return importing.Importer(
            Vault.open(vault.root), replace(reading, rows=lambda: iter([fresh]))
        ).run()

    assert edited({**base, "notes": "很好"}).updated == 1
    take_in(vault, "客户编号,客户名称,核心需求\nC20240501001,云海,别人改的\n")
    outcome = edited({**base, "needs": "我改的"})
    assert [one.why.code for one in outcome.rejected] == ["changed-meanwhile"]
    record = only(vault)
    assert (record["needs"], record["source"]) == ("别人改的", "exhibition")


def test_our_own_table_comes_back_as_it_went(vault: Vault, shell: Shell) -> None:
    """客户信息总表 as textcrm writes it: computed columns are left out, nothing else differs."""
    text = (
        "客户编号,客户名称,联系人,联系方式,最近跟进日期,跟进人,沟通内容摘要,合作状态,客户规模,信用额度,备注\n"
        "C20240501001,云海有限公司,陈伟,13655556666,2024-05-02,小王,谈价格,合作中,"
        "50-100人；年营收5000万+,200000,两行\n"
    )
    take_in(vault, text)
    record = only(vault)
    assert record["size"]["annual_revenue"]["min"] == "50000000"
    table = vault.root.parent / "out.csv"
    shell.ok("set", "C20240501001", "credit/days=60", "custom/面积=1200亩")
    shell.ok("export", "csv", "-o", str(table))
    assert "更新提醒" in table.read_text(encoding="utf-8-sig")
    told = shell.ok("--json", "import", str(table)).data
    assert (told["skipped"], told["commit"]) == (1, None)
    fresh = new_vault(vault.root.parent / "other")
    take_in(fresh, table.read_bytes())
    copy = only(fresh)
    assert (copy["credit"]["days"], copy["custom"]) == ("60", {"面积": "1200亩"})


def test_json_with_chinese_keys_and_lists_is_read_as_records(vault: Vault) -> None:
    take_in(
        vault,
        json.dumps(
            [
                {
                    "客户名称": "甲公司",
                    "电话": 13955551001,
                    "标签": ["a", "b"],
                    "地址": "杭州市余杭区文一路1号",
                    "联系人": [{"姓名": "张三", "电话": "13955551009", "职务": "经理"}],
                    "购买记录": [{"日期": "2024/5/3", "产品": "泵", "金额": "1.2万"}],
                },
                {
                    "客户名称": "丙公司",
                    "联系人": "李四",
                    "电话": "13955551010",
                    "自有": {"x": "1"},
                },
            ]
        ),
        "file.json",
    )
    one, two = records(vault)
    assert [each.get("name") for each in one["contacts"]] == ["张三", None]
    assert one["contacts"][0]["phones"][0]["number"] == "+8613955551009"
    assert (one["addresses"][0]["city"], one["tags"]) == ("杭州市", ["a", "b"])
    (bought,) = one["purchases"]
    assert (bought["date"], bought["product"], bought["amount"]) == ("2024-05-03", "泵", "12000")
    (contact,) = two["contacts"]
    assert (contact["name"], contact["phones"][0]["number"]) == ("李四", "+8613955551010")
    assert two["自有"] == {"x": "1"}
