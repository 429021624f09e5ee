"""search --sealed and list --reveal: sealed values found in memory by who holds a key, and by no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from team_vault import Team, team_at

from textcrm.schema import Schema
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "6222020200112233445"


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


def add(team: Team, *words: str) -> str:
    return str(team.by(None).ok("add", "测试公司甲", *words, "--json").data["id"])


@pytest.mark.parametrize(
    "text", [ACCOUNT, "6222", "0112233", "33445", "6222 0202 0011", "6222-0202-0011-2233-445"]
)
def test_check_46_any_part_in_any_grouping_finds_it(team: Team, text: str) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    found = team.by("wang-fang").ok("search", "--sealed", text, "--json")
    assert [hit["id"] for hit in found.data] == [one]
    assert found.data[0]["matches"][0]["field"] == "bank_account"
    assert ACCOUNT not in found.out + found.err
    assert team.by("wang-fang")("search", text).code == 1


def test_what_is_found_is_masked_unless_revealed(team: Team) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    assert "****3445" in team.by("wang-fang").ok("search", "--sealed", "6222").out
    ran = team.by("wang-fang").ok("search", "--reveal", "6222")
    assert ACCOUNT in ran.out
    assert one in ran.out
    ran = team.by("wang-fang")("search", "--sealed", "6222", "--facet", "bank_account")
    assert (ran.code, ran.out) == (2, "")


def test_without_a_key_that_opens_anything_it_is_3_with_the_places_looked_at(team: Team) -> None:
    add(team, "--set", f"bank_account={ACCOUNT}")
    ran = team.by(None)("search", "--sealed", "6222")
    assert (ran.code, ran.out) == (3, "")
    assert "identity.txt" in ran.err
    ran = team.by("zhao-min")("search", "--sealed", "6222", "--json")
    assert (ran.code, ran.error["code"]) == (3, "no-key")


def test_who_reads_some_is_told_of_the_rest(team: Team) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}", "--set", "owner=li-qiang")
    two = add(team, "--set", f"bank_account={ACCOUNT}")
    ran = team.by("li-qiang").ok("search", "--sealed", "6222", "--json")
    assert [hit["id"] for hit in ran.data] == [one]
    assert "finance@1" in ran.err
    assert two not in ran.out


def test_conditions_numbers_and_unsealed_words_go_together(team: Team) -> None:
    add(team, "--set", f"bank_account={ACCOUNT}", "--set", "status=paused")
    two = add(team, "--set", "contracts/0/amount=125000.50", "--set", "status=active")
    boss = team.by("wang-fang")
    assert boss("search", "--sealed", "6222", "status:active").code == 1
    found = boss.ok("search", "--sealed", "125000", "测试公司", "status:active", "--json").data
    assert [hit["id"] for hit in found] == [two]


def test_a_list_shows_masks_to_who_reads_and_locks_to_others(team: Team) -> None:
    add(team, "--set", f"bank_account={ACCOUNT}")
    words = ("list", "测试公司甲", "--columns", "name,bank_account")
    assert "****3445" in team.by("wang-fang").ok(*words).out
    assert "🔒 finance@1" in team.by("zhao-min").ok(*words).out
    for who in ("wang-fang", "zhao-min", None):
        ran = team.by(who).ok(*words, "--json")
        assert ran.data[0]["bank_account"] == {"sealed": "finance@1", "locked": True}
    assert ACCOUNT in team.by("wang-fang").ok(*words, "--format", "csv", "--reveal").out
    assert team.by(None)(*words, "--reveal").code == 3


def test_sealed_amounts_are_compared_and_added_up_only_revealed(team: Team) -> None:
    one = add(team, "--set", "contracts/0/amount=125000.50")
    query = ("list", "测试公司甲 contracts.amount:>=125000")
    assert team.by("wang-fang")(*query).code == 1
    rows = team.by("wang-fang").ok(*query, "--reveal", "--json").data
    assert [row["id"] for row in rows] == [one]
    summed = team.by("wang-fang").ok(*query, "--reveal", "--sum", "contracts.amount", "--json")
    assert "125000.50" in summed.out


def test_a_query_on_a_sealed_field_says_that_it_looked_into_nothing(team: Team) -> None:
    add(team, "--set", "contracts/0/amount=125000.50")
    boss = team.by("wang-fang")
    query = "contracts.amount:>1000"
    boss.ok("view", "save", "big", query)
    said = "sealed and not looked into: Amount (contracts.amount)"
    for words in (
        ("list", query),
        ("list", "@big"),
        ("list", "type:prospect OR 合同(金额:5万)"),
        ("list", "--group", "contracts.amount"),
        ("list", "--sort", "-contracts.amount"),
        ("search", query, "--json"),
        ("report", "--by", "contracts.amount"),
        ("report", "sources", query),
        ("segment", "big"),
        ("export", "csv", query),
        ("set", "--query", query, "status=active", "--yes"),
    ):
        ran = boss("--lang", "en", *words)
        assert ran.err.count(said) == 1, (words, ran)
        assert "--reveal" in ran.err
        assert "no customer has" not in ran.err
    for others in (
        ("list", query, "--reveal"),
        ("search", query, "--sealed"),
        ("list", "has:contracts.amount"),
        ("list", "contracts.amount:*"),
        ("list", "no:contracts.amount"),
        ("list", "amount:>1000"),
        ("list", "测试公司甲", "--columns", "contracts.amount"),
        ("search", "125000"),
    ):
        assert "sealed and not looked" not in boss("--lang", "en", *others).err, others


def test_nothing_that_was_opened_is_on_disk(team: Team, tmp_path: Path) -> None:
    add(team, "--set", f"bank_account={ACCOUNT}", "--set", "contracts/0/amount=125000.57")
    boss = team.by("wang-fang")
    boss.ok("search", "--sealed", "0202001122")
    boss.ok("list", "测试公司甲", "--columns", "bank_account,contracts.amount", "--reveal")
    boss("search", "--sealed", "987001122")
    needles = (ACCOUNT.encode(), b"125000.57", b"0202001122", b"987001122")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not [one for one in needles if one in data], file
    assert (team.root / ".git" / "textcrm" / "reads.jsonl").exists()


def test_a_moved_value_is_not_found_and_told(team: Team) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    two = add(team)
    vault = Vault.open(team.root)
    source, target = vault.get(one), vault.get(two)
    block = source.text[source.text.index("bank_account:") :]
    (team.root / target.path).write_text(target.text + block, encoding="utf-8")
    ran = team.by("wang-fang").ok("search", "--sealed", "6222", "--json")
    assert [hit["id"] for hit in ran.data] == [one]
    assert two in ran.err


def test_plans_with_and_without_what_is_sealed_differ_in_that_alone(team: Team) -> None:
    from textcrm.query.doc import plan_of

    schema: Schema = Vault.open(team.root).schema
    shut, open_ = plan_of(schema), plan_of(schema, reveal=True)
    assert shut.skipped - open_.skipped == {"bank_account"}
    assert not open_.skipped - shut.skipped
