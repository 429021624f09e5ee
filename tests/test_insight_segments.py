"""Segments: sizes out of real history, whom to tell and why, export of a segment."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest
from cli_running import Shell
from insight_vault import TODAY, sample, vault_of

from textcrm.errors import Misuse
from textcrm.insight.facts import Facts
from textcrm.insight.past import Past
from textcrm.insight.segments import Aimed, aimed, overview, trend, wish_of
from textcrm.vault import Vault

PROSPECT = "id: C20260101001\nname: 甲\ntype: prospect\n"


def commit(folder: Path, day: str) -> None:
    moment = f"{day}T12:00:00+08:00"
    run = ["git", "-C", str(folder)]
    subprocess.run([*run, "add", "-A"], check=True)
    subprocess.run(
        [*run, "commit", "-q", "-m", day],
        check=True,
        env={**os.environ, "GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment},
    )


@pytest.fixture
def grown(tmp_path: Path) -> Vault:
    """Two prospects in October, one of them gone and one new by the end of November."""
    folder = tmp_path / "v"
    vault = vault_of(
        folder,
        [PROSPECT, "id: C20260101002\nname: 乙\ntype: prospect\n", "id: C20260101003\nname: 丙\n"],
        settings="views: {潜在: type:prospect, 久未联系: 'type:prospect last_contact:>30d'}\n",
    )
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    (folder / ".gitignore").write_text(".textcrm/\n")
    commit(folder, "2026-10-15")
    first = folder / "customers/2026/01/C20260101001.yaml"
    first.write_text(PROSPECT.replace("prospect", "existing"))
    (folder / "customers/2026/01/C20260101002.yaml").unlink()
    commit(folder, "2026-11-20")
    new = "id: C20260101004\nname: 丁\ntype: prospect\n"
    (folder / "customers/2026/01/C20260101004.yaml").write_text(new)
    return vault


def test_sizes_of_then_and_now(grown: Vault) -> None:
    past = Past(grown)
    assert past.size("type:prospect", dt.date(2026, 10, 20)) == 2
    assert past.size("type:prospect", dt.date(2026, 11, 25)) == 0
    assert past.size("", dt.date(2026, 10, 20)) == 3
    assert past.size("name:丙", dt.date(2026, 10, 20)) == 1
    assert past.size("", dt.date(2026, 9, 1)) is None
    table = overview(grown)
    # Never contacted is silent since creation: on 2026-10-30 both were.
    assert [row[:2] + row[2:3] + row[4:6] for row in table.rows] == [
        ("潜在", "type:prospect", 1, 2, -1),
        ("久未联系", "type:prospect last_contact:>30d", 1, 2, -1),
    ]
    assert trend(grown, "潜在", "type:prospect").rows == (
        (dt.date(2026, 10, 31), 2),
        (TODAY, 1),
    )


def test_unsaved_edits_are_not_the_past(grown: Vault) -> None:
    file = grown.root / "customers/2026/01/C20260101003.yaml"
    file.write_text("id: C20260101003\nname: 丙\ntype: prospect\n")
    assert Past(grown).size("type:prospect", dt.date(2026, 11, 25)) == 0
    assert len(Facts(grown, "type:prospect")) == 2


def test_without_history_the_size_of_today_is_told(tmp_path: Path) -> None:
    vault = sample(tmp_path / "vault")
    rows = {row[0]: row for row in overview(vault).rows}
    assert rows["重点客户"][2] == 6
    assert rows["重点客户"][4] is None


def told(tmp_path: Path) -> Vault:
    def tree(number: int, more: str) -> str:
        return f"id: C2026010100{number}\nname: n{number}\n{more}"

    liked = "preferences: {brands: [云帆科技]}\n"
    agreed = "consents: [{purpose: 营销, given: '2026-01-01'}]\n"
    return vault_of(
        tmp_path / "v",
        [
            tree(1, liked + agreed),
            tree(2, liked),
            tree(3, liked + agreed + "do_not_contact: true\n"),
            tree(4, liked + "consents: [{purpose: marketing, given: '2026-01-01', withdrawn: '2026-02-01'}]\n"),
            tree(5, agreed + "purchases: [{product: 云主机, date: '2026-03-01'}, {product: 云主机}]\n"),
            tree(6, agreed + "products: [云主机]\n"),
            tree(7, agreed),
        ],
    )  # fmt: skip


def test_only_who_agreed_is_told_and_each_has_a_reason(tmp_path: Path) -> None:
    vault = told(tmp_path)
    facts = Facts(vault)
    table = aimed(facts, Aimed((wish_of(vault, "brand=云帆"),), (), "marketing"))
    assert [row[0] for row in table.rows] == ["C20260101001"]
    assert table.rows[0][4][0].say("zh") == "品牌偏好：云帆科技"
    assert table.total == {
        "customers": 1,
        "left_out": {"no_consent": 1, "do_not_contact": 1, "withdrawn": 1},
    }
    whole = aimed(facts, Aimed((wish_of(vault, "云帆"),), (), "marketing"), everybody=True)
    assert len(whole.rows) == 4
    assert whole.total["customers"] == 1
    bought = aimed(facts, Aimed((), ("云主机",), "营销"))
    assert [(row[0], row[4][0].say("en")) for row in bought.rows] == [
        ("C20260101005", "bought 云主机: 2, last 2026-03-01"),
        ("C20260101006", "has 云主机"),
    ]
    both = aimed(facts, Aimed((wish_of(vault, "品牌=云帆"),), ("云主机",), "marketing"))
    assert not both.rows
    for wrong in ("nothing=x", "brand=", ""):
        with pytest.raises(Misuse):
            wish_of(vault, wrong)


def test_a_segment_at_the_command_line(grown: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(grown.root, capsys)
    listed = shell.ok("segment", "--json").data
    assert listed["columns"][:3] == ["segment", "query", "customers"]
    assert [row[0] for row in listed["rows"]] == ["潜在", "久未联系"]
    assert shell.ok("segment", "潜在").out
    assert shell("segment", "nope").code == 4
    assert shell("segment", "--likes", "brand=x").code == 1
    exported = shell.ok("export", "csv", "--segment", "潜在").out
    assert "C20260101004" in exported
    assert "C20260101003" not in exported
    assert shell("export", "csv", "--segment", "nope").code == 4
