"""What is due by git: records that nobody updates (F1), and what was entered late (F2, F3)."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from insight_vault import TODAY, vault_of

from textcrm.cli.lately import entered_late
from textcrm.insight.due import Due, due
from textcrm.insight.touched import touched
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

from due_records import HEAD, ID, write

# -- history


def commit(folder: Path, day: str, message: str = "x") -> None:
    moment = f"{day}T12:00:00+08:00" if "T" not in day else day
    env = {**os.environ, "GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}
    subprocess.run(["git", "-C", str(folder), "add", "-A"], check=True)
    subprocess.run(["git", "-C", str(folder), "commit", "-qm", message], check=True, env=env)


@pytest.fixture
def kept(tmp_path: Path) -> Vault:
    """A customer in git since September."""
    vault = vault_of(tmp_path / "v", [HEAD + "type: existing\n"])
    subprocess.run(["git", "init", "-q", "-b", "main", str(vault.root)], check=True)
    (vault.root / ".gitignore").write_text(".textcrm/\n")
    commit(vault.root, "2026-09-01")
    return vault


class TestStale:
    """F1: not updated, by git; another measure than silence."""

    def test_since_the_last_commit_that_changed_it(self, kept: Vault) -> None:
        (one,) = due(kept)
        assert (one.kind, one.due, one.days) == ("stale", dt.date(2026, 10, 1), -59)
        assert "89 天" in one.say("zh")
        write(kept, "type: existing\nnotes: 新\n")
        commit(kept.root, "2026-11-20")
        assert due(Vault.open(kept.root, today=TODAY)) == []

    @pytest.mark.parametrize("op", ["rekey", "fix", "renumber", "migrate"])
    def test_what_only_rewrites_does_not_count(self, kept: Vault, op: str) -> None:
        write(kept, "type: existing # neu\n")
        commit(kept.root, "2026-11-20", f"{ID}: {op}\n\nTextcrm-Op: {op}\n")
        assert [str(one.due) for one in due(kept)] == ["2026-10-01"]

    def test_a_new_number_keeps_the_day(self, kept: Vault) -> None:
        (kept.root / f"customers/2026/01/{ID}.yaml").unlink()
        write(kept, f"type: existing\nformer_ids: [{ID}]\n", "C20260101007")
        commit(kept.root, "2026-11-20", "x\n\nTextcrm-Op: renumber\n")
        assert [(one.id, str(one.due)) for one in due(kept)] == [("C20260101007", "2026-10-01")]

    def test_history_that_was_rewritten_is_read_anew(self, kept: Vault) -> None:
        write(kept, "type: existing\nnotes: a\n")
        commit(kept.root, "2026-11-20")
        assert due(kept) == []
        subprocess.run(
            ["git", "-C", str(kept.root), "reset", "-q", "--hard", "HEAD~1"], check=True
        )
        assert [one.kind for one in due(Vault.open(kept.root, today=TODAY))] == ["stale"]

    def test_without_history_nothing_is_said(self, tmp_path: Path) -> None:
        vault = vault_of(tmp_path / "v", [HEAD])
        assert touched(vault).day([ID]) is None
        assert due(vault) == []

    def test_by_type(self, kept: Vault) -> None:
        settings = kept.root / "textcrm.yaml"
        settings.write_text("format: 1\ntypes: {existing: {stale_days: 120}}\n", encoding="utf-8")
        assert due(Vault.open(kept.root, today=TODAY)) == []


class TestLate:
    """F2, F3: entered more than 24 hours after it happened."""

    def seen(self, vault: Vault) -> list[Due]:
        vault = Vault.open(vault.root, today=TODAY)
        return [one for one in due(vault, entered=entered_late(vault)) if one.kind != "stale"]

    def test_a_contact_entered_days_later(self, kept: Vault) -> None:
        write(
            kept, "type: existing\ninteractions:\n  - {id: aaaaa, at: 2026-11-20, summary: 电话}\n"
        )
        commit(kept.root, "2026-11-25")
        (one,) = self.seen(kept)
        assert (one.kind, one.due) == ("late", dt.date(2026, 11, 20))
        assert "晚 108 小时" in one.say("zh")
        assert "电话" in one.say("zh")

    @pytest.mark.parametrize(
        ("at", "day", "op"),
        [
            ("2026-11-24", "2026-11-25", "log"),
            ("2026-11-24T13:00", "2026-11-25", "log"),
            ("2026-11-01", "2026-11-25", "import"),
            ("2026-11-01", "2026-11-10", "log"),
        ],
    )
    def test_in_time_imported_or_long_ago(self, kept: Vault, at: str, day: str, op: str) -> None:
        write(kept, f"type: existing\ninteractions:\n  - {{id: aaaaa, at: '{at}'}}\n")
        commit(kept.root, day, f"x\n\nTextcrm-Op: {op}\n")
        assert self.seen(kept) == []

    def test_a_deal_won_by_its_stated_day(self, kept: Vault) -> None:
        write(kept, "type: existing\nstage: won\nstage_since: 2026-11-18\n")
        commit(kept.root, "2026-11-25")
        (one,) = self.seen(kept)
        assert (one.kind, one.due) == ("stage", dt.date(2026, 11, 18))
        assert "“成交”" in one.say("zh")

    def test_a_lost_one_entered_at_once(self, kept: Vault) -> None:
        write(kept, "type: existing\nstage: lost\nstage_since: 2026-11-25\n")
        commit(kept.root, "2026-11-25")
        assert self.seen(kept) == []
