"""Sync between clones: nothing lost, nobody asked without need, nothing half done."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from sharing import Hub, fresh, git

from textcrm.errors import Conflict, Invalid, NotFound, StorageFailure, TrustFailure
from textcrm.history import questions
from textcrm.history.sync import Synced, sync
from textcrm.records import editing, interactions, lifecycle

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def synced(vault: Vault, **options: Any) -> Synced:
    return sync(fresh(vault), wait=lambda _seconds: None, **options)


def two_with(hub: Hub, **fields: Any) -> tuple[Vault, Vault, str]:
    """Two clones that both have one customer."""
    anna, bob = hub.clone("anna"), hub.clone("bob")
    record = anna.add("云帆科技", **fields)
    synced(anna)
    synced(bob)
    return fresh(anna), fresh(bob), record.id


def said(vault: Vault, word: str) -> dict[str, Any]:
    return dict(fresh(vault).get(word).raw)


def settle(*vaults: Vault) -> None:
    """Sync everybody until all have everything."""
    for _ in range(2):
        for vault in vaults:
            synced(vault)
    assert len({git(vault.root, "rev-parse", "HEAD") for vault in vaults}) == 1
    for vault in vaults:
        assert git(vault.root, "status", "--porcelain") == ""
        git(vault.root, "fsck", "--no-dangling")


def test_what_one_adds_the_other_gets(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    record = anna.add("云帆科技")
    first = synced(anna)
    assert (first.pushed, first.pulled) == (1, 0)
    second = synced(bob)
    assert (second.pushed, second.pulled) == (0, 1)
    assert fresh(bob).get(record.id).name == "云帆科技"
    assert synced(bob) == Synced(0, 0, (), {}, (), offline=False, waiting=0)


def test_different_fields_of_one_customer_merge(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none", stage="lead")
    editing.change(anna, one, [("status", "active")])
    editing.change(bob, one, [("stage", "won")])
    synced(anna)
    result = synced(bob)
    assert result.merged == (one,)
    assert not result.questions
    settle(anna, bob)
    assert said(anna, one)["status"] == "active"
    assert said(anna, one)["stage"] == "won"


def test_interactions_tags_and_contacts_of_both_arrive_once(hub: Hub) -> None:
    anna, bob, one = two_with(hub, tags=["x"])
    for vault, who in ((anna, "a"), (bob, "b")):
        interactions.log(vault, one, f"call {who}", channel="phone")
        editing.tag(fresh(vault), one, [f"tag-{who}"], [])
        editing.append(fresh(vault), one, "contacts", [f"name=Person {who}"])
    settle(anna, bob)
    raw = said(bob, one)
    assert sorted(item["summary"] for item in raw["interactions"]) == ["call a", "call b"]
    assert sorted(raw["tags"]) == ["tag-a", "tag-b", "x"]
    assert sorted(item["name"] for item in raw["contacts"]) == ["Person a", "Person b"]
    log = git(anna.root, "log", "--format=%an %s")
    assert log.count("Bob") == 3
    assert "Merge" not in log


def test_one_field_changed_twice_is_a_question_and_the_rest_is_shared(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none", stage="lead")
    editing.change(anna, one, [("status", "active")])
    editing.change(bob, one, [("status", "paused"), ("stage", "won")])
    other = fresh(bob).add("另一家")
    synced(anna)
    result = synced(bob)
    assert [(q.id, q.path, q.base, q.mine, q.theirs) for q in result.questions] == [
        (one, ("status",), "none", "paused", "active")
    ]
    assert (result.questions[0].mine_by, result.questions[0].theirs_by) == ("Bob", "Anna")
    assert said(bob, one)["status"] == "active"
    assert said(bob, one)["stage"] == "won"
    synced(anna)
    assert said(anna, one)["stage"] == "won"
    assert fresh(anna).get(other.id).name == "另一家"
    assert [q.path for q in questions.load(fresh(bob))] == [("status",)]


@pytest.mark.parametrize("deleter", ["first", "second"])
def test_a_deletion_against_an_edit_is_a_question(hub: Hub, deleter: str) -> None:
    anna, bob, one = two_with(hub, status="none")
    first, second = (anna, bob) if deleter == "first" else (bob, anna)
    steps = {
        "delete": lambda vault: lifecycle.remove(vault, one, reason="double"),
        "edit": lambda vault: editing.change(vault, one, [("status", "active")]),
    }
    steps["delete" if deleter == "first" else "edit"](first)
    steps["edit" if deleter == "first" else "delete"](second)
    synced(first)
    result = synced(second)
    assert [(q.id, q.whole) for q in result.questions] == [(one, True)]
    assert (result.questions[0].mine is None) == (deleter == "second")
    synced(first)
    assert git(first.root, "rev-parse", "HEAD") == git(second.root, "rev-parse", "HEAD")


def test_both_take_the_same_new_id(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    mine, other = anna.add("甲公司"), bob.add("乙公司")
    assert mine.id == other.id
    interactions.log(fresh(bob), other.id, "first call")
    synced(anna)
    result = synced(bob)
    assert list(result.renumbered) == [other.id]
    fresh_id = result.renumbered[other.id]
    settle(anna, bob)
    assert fresh(anna).get(mine.id).name == "甲公司"
    moved = fresh(anna).get(fresh_id)
    assert (moved.name, moved.uid) == ("乙公司", other.uid)
    assert moved.raw["former_ids"] == [other.id]
    assert moved.raw["interactions"][0]["summary"] == "first call"
    assert f"Textcrm-Former-Id: {other.id}" in git(anna.root, "log", "--format=%B")
    assert f"{fresh_id}: add" in git(anna.root, "log", "--format=%s")


def test_a_dirty_work_tree_is_left_alone(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none")
    two = bob.add("本地在改")
    synced(bob)
    file = bob.root / fresh(bob).get(two.id).path
    file.write_text(file.read_text("utf-8") + "notes: by hand\n", encoding="utf-8")
    (bob.root / "staged.txt").write_text("staged", encoding="utf-8")
    git(bob.root, "add", "staged.txt")
    before = git(bob.root, "status", "--porcelain")
    editing.change(anna, one, [("status", "active")])
    synced(anna)
    synced(bob)
    assert said(bob, one)["status"] == "active"
    assert git(bob.root, "status", "--porcelain") == before
    assert "by hand" in file.read_text("utf-8")


def test_an_incoming_change_to_an_edited_file_stops_before_anything_moves(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none")
    editing.change(anna, one, [("status", "active")])
    synced(anna)
    file = bob.root / fresh(bob).get(one).path
    file.write_text(file.read_text("utf-8") + "notes: by hand\n", encoding="utf-8")
    bob.add("未推送")
    head = git(bob.root, "rev-parse", "HEAD")
    with pytest.raises(Conflict) as caught:
        synced(bob)
    assert caught.value.code == "sync-uncommitted"
    assert git(bob.root, "rev-parse", "HEAD") == head
    assert "by hand" in file.read_text("utf-8")


def test_offline_says_what_waits(hub: Hub) -> None:
    anna = hub.clone("anna")
    anna.add("云帆")
    git(anna.root, "remote", "set-url", "origin", "https://nowhere.invalid/x.git")
    result = synced(anna)
    assert (result.offline, result.waiting) == (True, 1)


def test_without_a_remote_or_a_safe_one(hub: Hub, tmp_path: Path) -> None:
    anna = hub.clone("anna")
    git(anna.root, "remote", "set-url", "origin", "http://user:secret@nowhere.invalid/x.git")
    with pytest.raises(TrustFailure) as caught:
        synced(anna)
    assert "secret" not in caught.value.say()
    assert synced(anna, insecure=True).offline
    git(anna.root, "remote", "remove", "origin")
    with pytest.raises(NotFound):
        synced(anna)
    git(anna.root, "remote", "add", "origin", str(tmp_path / "missing"))
    with pytest.raises(StorageFailure) as failed:
        synced(anna)
    assert failed.value.code == "remote-failed"


def test_an_empty_remote_gets_everything(hub: Hub, tmp_path: Path) -> None:
    anna = hub.clone("anna")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "new.git")], check=True)
    git(anna.root, "remote", "set-url", "origin", str(tmp_path / "new.git"))
    anna.add("云帆")
    assert synced(anna).pushed == 2
    assert git(tmp_path / "new.git", "rev-parse", "main") == git(anna.root, "rev-parse", "HEAD")


def test_another_branch_than_main(hub: Hub) -> None:
    anna = hub.clone("anna")
    git(anna.root, "switch", "-q", "-c", "trial")
    anna.add("试用")
    synced(anna)
    assert git(hub.path, "rev-parse", "trial") == git(anna.root, "rev-parse", "HEAD")
    assert git(anna.root, "rev-parse", "--abbrev-ref", "@{upstream}") == "origin/trial"


def test_a_rewritten_remote_stops_and_offers(hub: Hub) -> None:
    anna, bob, one = two_with(hub)
    git(anna.root, "commit", "-q", "--no-verify", "--amend", "-m", "rewritten")
    git(anna.root, "push", "-q", "--force")
    editing.change(bob, one, [("status", "active")])
    head = git(bob.root, "rev-parse", "HEAD")
    with pytest.raises(TrustFailure) as caught:
        synced(bob)
    assert caught.value.code == "remote-rewritten"
    assert git(bob.root, "rev-parse", "HEAD") == head
    synced(bob, accept_rewritten=True)
    assert "rewritten" in git(bob.root, "log", "--format=%s")
    assert said(bob, one)["status"] == "active"


def test_unrelated_and_shallow_histories_are_explained(hub: Hub, tmp_path: Path) -> None:
    other = Hub(tmp_path / "other", "another")
    anna = hub.clone("anna")
    git(anna.root, "remote", "set-url", "origin", str(other.path))
    git(anna.root, "update-ref", "-d", "refs/remotes/origin/main")
    with pytest.raises(StorageFailure) as caught:
        synced(anna)
    assert caught.value.code == "unrelated-histories"


def test_a_record_that_does_not_read_is_never_shared(hub: Hub) -> None:
    anna, bob, one = two_with(hub)
    path = fresh(bob).get(one).path
    (bob.root / path).write_text("id: [broken\n", encoding="utf-8")
    git(bob.root, "commit", "-q", "--no-verify", "-am", "by hand")
    editing.change(anna, one, [("status", "active")])
    synced(anna)
    with pytest.raises(Invalid) as caught:
        synced(bob)
    assert path in caught.value.say()
    assert "by hand" not in git(hub.path, "log", "--format=%s", "main")


def test_a_broken_record_at_the_remote_is_named_and_mine_is_kept(hub: Hub) -> None:
    anna, bob, one = two_with(hub)
    hub.push_by_hand(anna, fresh(anna).get(one).path, "id: [broken\n")
    editing.change(bob, one, [("status", "active")])
    result = synced(bob)
    assert [q.whole for q in result.questions] == [True]


def test_a_record_moved_by_one_and_edited_by_the_other(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none")
    path = fresh(anna).get(one).path
    place = "customers/2020/01/C20200101001.yaml"
    (anna.root / place).parent.mkdir(parents=True)
    text = (anna.root / path).read_text("utf-8")
    (anna.root / place).write_text(text.replace(one, "C20200101001", 1), encoding="utf-8")
    git(anna.root, "rm", "-q", "--cached", path)
    (anna.root / path).unlink()
    git(anna.root, "add", place)
    git(anna.root, "commit", "-q", "--no-verify", "-m", "moved")
    editing.change(bob, one, [("status", "active")])
    synced(anna)
    synced(bob)
    assert said(bob, "C20200101001")["status"] == "active"
    assert not (bob.root / path).exists()


def test_a_merge_made_elsewhere_stays_a_merge(hub: Hub) -> None:
    anna, bob, one = two_with(hub, status="none", stage="lead")
    git(bob.root, "switch", "-q", "-c", "side")
    editing.change(fresh(bob), one, [("status", "active")])
    git(bob.root, "switch", "-q", "main")
    other = fresh(bob).add("主线")
    git(bob.root, "merge", "-q", "--no-edit", "side")
    editing.change(anna, one, [("stage", "won")])
    synced(anna)
    synced(bob)
    settle(anna, bob)
    assert said(anna, one)["status"] == "active"
    assert said(anna, one)["stage"] == "won"
    assert fresh(anna).get(other.id).name == "主线"


def test_settings_merge_by_lines_and_foreign_files_are_git_s(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    for vault, line in ((anna, "# top\n"), (bob, None)):
        file = vault.root / "textcrm.yaml"
        text = file.read_text("utf-8")
        file.write_text(line + text if line else text + "# bottom\n", encoding="utf-8")
        git(vault.root, "commit", "-q", "--no-verify", "-am", "settings")
    settle(anna, bob)
    text = (anna.root / "textcrm.yaml").read_text("utf-8")
    assert text.startswith("# top\n")
    assert text.endswith("# bottom\n")


def test_a_remote_that_refuses_is_quoted(hub: Hub) -> None:
    hook = hub.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no pushes on Fridays' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    anna = hub.clone("anna")
    anna.add("云帆")
    with pytest.raises(StorageFailure) as caught:
        synced(anna)
    assert caught.value.code == "remote-refused"
    assert "Fridays" in caught.value.say()


def test_a_shallow_clone_is_explained(hub: Hub, tmp_path: Path) -> None:
    anna = hub.clone("anna")
    for number in range(3):
        fresh(anna).add(f"客户 {number}")
    synced(anna)
    place = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{hub.path}", str(place)], check=True
    )
    git(place, "config", "user.name", "Shallow")
    git(place, "config", "user.email", "s@example.com")
    shallow = fresh(hub.clone("bob"))
    shallow.root = place
    fresh(shallow).add("浅克隆也能用")
    assert synced(shallow).pushed == 1


def test_an_operation_of_git_in_hand_is_named(hub: Hub) -> None:
    anna = hub.clone("anna")
    git(anna.root, "switch", "-q", "--detach")
    with pytest.raises(StorageFailure) as caught:
        sync(fresh(anna))
    assert caught.value.code == "git-detached"
    git(anna.root, "switch", "-q", "main")
    anna.add("甲")
    git(anna.root, "rebase", "-q", "--exec", "false", "HEAD~1", check=False)
    with pytest.raises(StorageFailure) as caught:
        sync(fresh(anna))
    assert caught.value.code != "no-remote"
