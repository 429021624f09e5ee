"""The library on real git: undo by field, history of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from by_hand import git
from ready_made import created

from textcrm.errors import Conflict, Misuse, NotFound
from textcrm.history import log, trash, undo, worktree
from textcrm.records import editing, interactions
from textcrm.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault")


# -- undo


def test_undo_is_by_field_and_keeps_what_came_after(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    change = editing.change(vault, record_id, [("intent", "high"), ("needs", "x")]).result.commit
    editing.change(vault, record_id, [("stage", "lead")])
    undo.undo(vault, change)
    raw = vault.get(record_id).raw
    assert raw["stage"] == "lead"
    assert not {"intent", "needs"} & set(raw)


def test_undo_of_a_field_changed_again_is_a_conflict(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    change = editing.change(vault, record_id, [("intent", "high")]).result.commit
    editing.change(vault, record_id, [("intent", "low")])
    with pytest.raises(Conflict) as caught:
        undo.undo(vault, change)
    assert caught.value.data["fields"] == ["intent"]
    assert vault.get(record_id).raw["intent"] == "low"


def test_undo_goes_further_back_and_redo_returns(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    editing.change(vault, record_id, [("intent", "high")])
    editing.change(vault, record_id, [("stage", "lead")])
    undo.undo(vault)
    undo.undo(vault)
    assert not {"intent", "stage"} & set(vault.get(record_id).raw)
    undo.redo(vault)
    assert vault.get(record_id).raw["intent"] == "high"
    undo.undo(vault)
    undo.undo(vault)
    with pytest.raises(NotFound):
        vault.get(record_id)
    with pytest.raises(NotFound) as caught:
        undo.undo(vault)
    assert caught.value.code == "nothing-to-undo"


def test_undo_takes_only_my_changes(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    editing.change(vault, record_id, [("intent", "high")])
    git(
        vault,
        "-c",
        "user.name=Other",
        "-c",
        "user.email=other@example.com",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "theirs",
    )
    undo.undo(vault)
    assert "intent" not in vault.get(record_id).raw


def test_undo_of_items_that_others_followed(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    first = interactions.log(vault, record_id, "one").result.commit
    interactions.log(vault, record_id, "two")
    undo.undo(vault, first)
    assert [one["summary"] for one in vault.get(record_id).raw["interactions"]] == ["two"]


# -- history


def test_history_tells_hand_made_commits_and_several_records(vault: Vault) -> None:
    one, two = editing.add(vault, "A").id, editing.add(vault, "B").id
    for record_id in (one, two):
        record = vault.get(record_id)
        (vault.root / record.path).write_text(record.text + "notes: n\n", encoding="utf-8")
    git(vault, "commit", "-qam", "both by hand")
    entry = next(iter(log.log(vault)))
    assert [(one.id, one.changes[0].path) for one in entry.records] == [
        (one, ("notes",)),
        (two, ("notes",)),
    ]
    assert entry.op == ""
    assert len(list(log.log(vault, vault.get(one)))) == 2


def test_trash_knows_what_plain_git_deleted_and_brings_it_back(vault: Vault) -> None:
    record = vault.get(editing.add(vault, "A").id)
    git(vault, "rm", "-q", record.path)
    git(vault, "commit", "-qm", "gone")
    assert [one.id for one in trash.trash(vault)] == [record.id]
    trash.restore(vault, "A")
    assert vault.get(record.id).text == record.text
    with pytest.raises(Conflict):
        trash.restore(vault, record.id)


def test_a_merge_in_history_is_read(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    git(vault, "switch", "-qc", "side")
    editing.change(vault, record_id, [("intent", "high")])
    git(vault, "switch", "-q", "main")
    editing.add(vault, "B")
    git(vault, "merge", "-q", "--no-edit", "side")
    assert {entry.op for entry in log.log(vault)} >= {"set", "add", ""}
    with pytest.raises(Misuse):
        undo.undo(vault, "HEAD")


def test_partly_staged_work_is_not_saved(vault: Vault) -> None:
    record = vault.get(editing.add(vault, "A").id)
    file = vault.root / record.path
    file.write_text(record.text + "notes: staged\n", encoding="utf-8")
    git(vault, "add", record.path)
    file.write_text(record.text + "notes: later\n", encoding="utf-8")
    with pytest.raises(Conflict):
        worktree.save(vault)
    assert "staged" in git(vault, "diff", "--cached")
    git(vault, "add", record.path)
    worktree.save(vault)
    assert vault.get(record.id).raw["notes"] == "later"
