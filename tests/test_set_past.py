"""Setting a field that names no entry: what happened before is not written over (A22, A24, K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cli_running import Shell

from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path

ONE = "C20240501001"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    vault = create(tmp_path / "vault").vault
    file = vault.root / "customers/2024/05" / f"{ONE}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"id: {ONE}\nname: 晨光五金\ntags: [华东]\nphone_note: x\ninteractions:\n"
        "  - {id: kaeqv, at: '2026-07-03', summary: 去看货架}\n"
        "  - {id: nxwme, at: '2026-10-29', summary: 催款}\n"
        "purchases:\n  - {id: txyz3, date: '2026-07-20', product: 泵, amount: 100}\n",
        "utf-8",
    )
    shell = Shell(tmp_path / "vault", capsys)
    shell.ok("save")
    return shell


def _tree(shell: Shell, own: str = ONE) -> dict[str, object]:
    (file,) = shell.folder.glob(f"customers/*/*/{own}.yaml")
    found: dict[str, object] = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
    return found


@pytest.mark.parametrize(
    "word",
    [
        "最近跟进日期=今天",
        "沟通内容=聊得不错",
        "下一步计划=送样",
        "购买日期=2026-11-29",
        "interactions/at=今天",
    ],
)
def test_an_entry_of_the_past_is_named_before_it_is_changed(shell: Shell, word: str) -> None:
    before = _tree(shell)
    failed = shell("set", ONE, word, "--json")
    assert failed.code == 6
    error = failed.error
    assert error["code"] == "entry-not-named"
    assert all("/" in one["id"] for one in error["candidates"])
    assert _tree(shell) == before


@pytest.mark.parametrize(
    ("word", "code"),
    [("联系人=李雷", 6), ("姓名=李雷", 6), ("合同编号=HT-2", 6), ("联系人=周建国", 0), ("职务=经理", 0),
     ("contacts/0/name=李雷", 0), ("contacts/+/name=李雷", 0), ("地址=杭州市余杭区文一路1号", 0),
     ("电话=13955550201", 0)],
)  # fmt: skip
def test_another_person_is_no_other_name_of_the_first_one(
    shell: Shell, word: str, code: int
) -> None:
    shell.ok(
        "set", ONE, "联系人=周建国", "电话=13955550200", "合同编号=HT-1", "地址=苏州市吴中区1号"
    )
    assert shell("set", ONE, word).code == code


def test_of_several_addresses_one_is_named(shell: Shell) -> None:
    shell.ok("set", ONE, "地址=苏州市吴中区1号", "addresses/+=杭州市余杭区文一路1号")
    failed = shell("set", ONE, "地址=上海市浦东新区1号", "--json")
    assert failed.code == 6
    assert "addresses/+=" in failed.error["hint"]
    first = failed.error["candidates"][0]["id"].removesuffix("=…")
    shell.ok("set", ONE, f"{first}=上海市浦东新区1号")


def test_taking_out_names_its_entry_too(shell: Shell) -> None:
    assert shell("set", ONE, "--unset", "购买日期").code == 6
    shell.ok("set", ONE, "--unset", "purchases/txyz3/product")


def test_what_is_named_or_missing_is_set(shell: Shell) -> None:
    shell.ok("set", ONE, "interactions/nxwme/下一步计划=送样", "订单号=SO-1")
    tree = _tree(shell)
    assert tree["interactions"][1]["next"] == {"what": "送样"}  # type: ignore[index]
    assert tree["purchases"][0]["number"] == "SO-1"  # type: ignore[index]


def test_a_new_customers_first_entry_is_made_of_several_words(shell: Shell) -> None:
    own = shell.ok(
        "add", "新公司", "--set", "最近跟进日期=2026-11-01", "--set", "沟通内容=聊了",
        "--set", "下一步计划=送样", "--json",
    ).data["id"]  # fmt: skip
    entries: Any = _tree(shell, own)["interactions"]
    (entry,) = entries
    assert (entry["at"], entry["summary"], entry["next"]) == (
        "2026-11-01",
        "聊了",
        {"what": "送样"},
    )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["标签=甲", "标签=乙"], "tags="),
        (["电话=13955550201", "电话=13955550202"], "contacts/0/phones/+/number="),
        (["状态=合作中", "status=暂停合作"], ""),
    ],
)
def test_a_field_that_is_set_twice_loses_no_value(
    shell: Shell, words: list[str], hint: str
) -> None:
    failed = shell("set", ONE, *words, "--json")
    assert failed.code == 2
    assert failed.error["code"] == "set-twice"
    assert hint in failed.error["hint"]
    many = [part for one in words for part in ("--set", one)]
    assert shell("add", "又一家", *many).code == 2


def test_a_field_that_is_set_twice_to_the_same_is_set(shell: Shell) -> None:
    shell.ok("set", ONE, "状态=合作中", "状态=合作中")


@pytest.mark.parametrize("word", ["电话=空号", "电话=待核实", "邮箱=无效"])
def test_a_dead_number_is_marked_and_kept(shell: Shell, word: str) -> None:
    shell.ok("set", ONE, "电话=13955550200", "邮箱=a@b.cn")
    before = _tree(shell)
    failed = shell("set", ONE, word, "--json")
    assert failed.code == 5
    assert failed.error["code"] == "state-not-value"
    assert _tree(shell) == before
    shell.ok("set", ONE, failed.error["hint"].split(": ")[-1].split("：")[-1])
    item = _tree(shell)["contacts"][0]["phones" if "电话" in word else "emails"][0]  # type: ignore[index]
    assert item["verification"] in ("dead", "unverified")
    assert "number" in item or "address" in item


def test_a_choice_that_only_one_field_of_a_group_knows_is_its_value(shell: Shell) -> None:
    shell.ok("set", ONE, "资料来源=客户提供")
    assert _tree(shell)["provenance"] == {"kind": "self"}
    assert shell("set", ONE, "资料来源=随便").code == 5


def test_a_kind_names_its_entry(shell: Shell) -> None:
    shell.ok("set", ONE, "联系人=周建国", "地址=苏州市吴中区1号")
    shell.ok("set", ONE, "决策关键人=采购经理", "仓库地址=杭州市余杭区文一路1号")
    tree: Any = _tree(shell)
    first, second = tree["contacts"]
    assert (first["name"], first.get("role")) == ("周建国", None)
    assert (second["title"], second["role"]) == ("采购经理", "decision_maker")
    assert [one.get("kind") for one in tree["addresses"]] == [None, "warehouse"]
    shell.ok("set", ONE, "决策关键人=王五", "仓库地址=上海市浦东新区1号")
    tree = _tree(shell)
    assert tree["contacts"][1]["name"] == "王五"
    assert tree["addresses"][1]["city"] == "上海市"
    shell.ok("set", ONE, "决策关键人=周建国")
    tree = _tree(shell)
    assert [one["name"] for one in tree["contacts"]] == ["周建国", "王五"]
    assert tree["contacts"][0]["role"] == "decision_maker"
    own = shell.ok("add", "新公司", "--set", "决策关键人=李雷", "--json").data["id"]
    made: Any = _tree(shell, own)["contacts"]
    assert [one["role"] for one in made] == ["decision_maker"]
    more = ["--set", "联系人=韩梅梅", "--set", "决策关键人=李雷"]
    own = shell.ok("add", "又一家", *more, "--json").data["id"]
    made = _tree(shell, own)["contacts"]
    assert [one["name"] for one in made] == ["韩梅梅", "李雷"]
