"""What somebody could read: by class and by name, today and in history."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from team_vault import Team, git, team_at

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "6222021001112223338"


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    made = team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(made.keys / "chen-chen.throw-away-signing-key"))
    return made


def new(team: Team, *words: str) -> str:
    own: str = team.by("chen-chen").ok("add", "新客户", "--json", *words).data["id"]
    return own


def exposed(team: Team, who: str, own: str) -> dict[str, dict[str, Any]]:
    """The places of one customer that somebody could read."""
    found = team.by(None)("member", "exposure", who, "--json").data
    assert found["customers"] == len(found["records"])
    assert found["values"] == sum(len(one["values"]) for one in found["records"])
    records = [one for one in found["records"] if one["id"] == own]
    return {each["path"]: each for one in records for each in one["values"]}


def test_a_class_opens_what_is_sealed_for_it_and_no_other(team: Team) -> None:
    own = new(
        team,
        "--set",
        f"bank_account={ACCOUNT}",
        "--set",
        "contacts/0/id_number=11010519491231002X",
    )
    contact = team.shell.ok("show", own, "--json").data["contacts"][0]["id"]
    assert set(exposed(team, "chen-chen", own)) == {
        "bank_account",
        f"contacts/{contact}/id_number",
    }
    manager = exposed(team, "王芳", own)
    assert set(manager) == {"bank_account"}
    assert manager["bank_account"]["labels"] == ["finance@1"]
    assert manager["bank_account"]["now"] is True
    assert exposed(team, "li-qiang", own) == {}


def test_the_owner_reads_by_name_and_what_was_once_readable_stays_so(team: Team) -> None:
    own = new(team, "--set", f"bank_account={ACCOUNT}", "--set", "owner=李强")
    assert exposed(team, "li-qiang", own)["bank_account"]["labels"] == ["li-qiang"]
    team.by("chen-chen").ok("assign", own, "none")
    left = exposed(team, "li-qiang", own)["bank_account"]
    assert left["now"] is False
    assert dt.datetime.fromisoformat(left["until"]) >= dt.datetime.fromisoformat(left["since"])
    said = team.by(None).ok("--lang", "zh", "member", "exposure", "李强").out
    assert "仅历史" in said
    assert ACCOUNT not in said


def test_who_left_is_found_with_what_they_could_read_and_nothing_newer(team: Team) -> None:
    old = new(team, "--set", f"bank_account={ACCOUNT}")
    team.by("chen-chen").ok("member", "remove", "wang-fang")
    late = new(team, "--set", f"bank_account={ACCOUNT}")
    assert exposed(team, "王芳", old)["bank_account"]["now"] is True
    assert exposed(team, "王芳", late) == {}
    keys = team.by(None).ok("member", "exposure", "wang-fang", "--json").data["keys"]
    assert [one["label"] for one in keys if one["until"]] != []
    team.by("chen-chen").ok("rekey")
    assert exposed(team, "wang-fang", old)["bank_account"]["now"] is False
    assert exposed(team, "chen-chen", old)["bank_account"]["labels"] == ["finance@1", "finance@2"]


def test_since_is_when_both_the_value_and_the_key_were_there(team: Team) -> None:
    own = new(team, "--set", f"bank_account={ACCOUNT}")
    date(team, "2030-01-02T03:04:05+0800")
    team.by("chen-chen").ok("member", "role", "zhao-min", "manager")
    date(team, "2030-03-01T00:00:00+0800")
    assert exposed(team, "wang-fang", own)["bank_account"]["since"].startswith("2030-01-02")
    assert exposed(team, "zhao-min", own)["bank_account"]["since"].startswith("2030-03-01")


def date(team: Team, moment: str) -> None:
    """Give the last commit another date."""
    git(team.root, "commit", "-q", "--amend", "--no-edit", "--no-verify", "--date", moment)


def test_a_deleted_customer_and_another_branch_count_too(team: Team) -> None:
    own = new(team, "--set", f"bank_account={ACCOUNT}")
    git(team.root, "branch", "beside")
    team.by("chen-chen").ok("rm", own, "--reason", "x")
    found = team.by(None).ok("member", "exposure", "wang-fang", "--json").data
    record = next(one for one in found["records"] if one["id"] == own)
    assert record["deleted"] is True
    assert record["values"][0]["now"] is False
    git(team.root, "reset", "-q", "--hard", "HEAD~2")
    assert exposed(team, "wang-fang", own)["bank_account"]["now"] is False


def test_attachments_are_named_by_whom_they_are_for(team: Team, tmp_path: Path) -> None:
    own = new(team)
    file = tmp_path / "合同.txt"
    file.write_text("秘密", encoding="utf-8")
    team.by("chen-chen").ok("attach", own, str(file), "--seal", "finance")
    assert [path.split("/")[0] for path in exposed(team, "wang-fang", own)] == ["documents"]


def test_nobody_of_that_name_and_nothing_to_read(team: Team) -> None:
    assert team.by(None)("member", "exposure", "谁", "--json").error["code"] == "no-such-person"
    own = new(team)
    assert exposed(team, "zhao-min", own) == {}
    assert team.by(None)("member", "exposure", "zhao-min").code == 1
    assert team.by(None)("member", "exposure").code == 2


def test_a_lost_key_opens_what_was_there_and_nothing_sealed_since(
    team: Team, tmp_path: Path
) -> None:
    from textcrm.access import owning

    mine = new(team, "--set", f"bank_account={ACCOUNT}", "--set", "owner=li-qiang")
    class_wide = new(team, "--set", f"bank_account={ACCOUNT}")
    for who in ("li-qiang", "wang-fang"):
        fresh = owning.new_identity(tmp_path / who)
        done = team.by("chen-chen")("member", "replace-key", who, fresh, "--json")
        assert done.code == 0, done
    late = new(team, "--set", f"bank_account={ACCOUNT}", "--set", "owner=li-qiang")
    assert lost(team, "li-qiang", late) == {}
    assert exposed(team, "li-qiang", late)["bank_account"]["now"] is True
    assert lost(team, "li-qiang", mine)["bank_account"]["now"] is False
    # replace-key seals anew what the old key opens
    assert lost(team, "wang-fang", class_wide)["bank_account"]["now"] is False
    assert exposed(team, "wang-fang", class_wide)["bank_account"]["now"] is True
    assert lost(team, "chen-chen", class_wide) == {}


def lost(team: Team, who: str, own: str) -> dict[str, dict[str, Any]]:
    found = team.by(None)("member", "exposure", who, "--lost", "--json").data
    return {
        each["path"]: each
        for one in found["records"]
        if one["id"] == own
        for each in one["values"]
    }
