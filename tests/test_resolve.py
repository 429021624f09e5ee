"""Questions that a sync left, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.errors import Misuse, NotFound
from textcrm.history import questions, resolve, trash
from textcrm.history.sync import sync
from textcrm.records import editing, lifecycle

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def clash(hub: Hub, field: str, first: str, second: str, **fields: Any) -> tuple[Vault, str]:
    """A clone in which a field was changed to the second value, the remote having the first."""
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", **fields).id
    for vault in (anna, bob):
        sync(fresh(vault))
    editing.change(fresh(anna), one, [(field, first)])
    editing.change(fresh(bob), one, [(field, second)])
    sync(fresh(anna))
    assert sync(fresh(bob)).questions
    return fresh(bob), one


def test_mine_replaces_theirs_in_a_commit_of_its_own(hub: Hub) -> None:
    bob, one = clash(hub, "status", "active", "paused", status="none")
    (question,) = resolve.find(bob, one, "status")
    result = resolve.resolve(bob, question, "mine")
    assert result is not None
    assert fresh(bob).get(one).raw["status"] == "paused"
    assert questions.load(fresh(bob)) == []
    assert "Textcrm-Op: resolve" in git(bob.root, "log", "-1", "--format=%B")
    assert not sync(fresh(bob)).questions


def test_theirs_stays_and_commits_nothing(hub: Hub) -> None:
    bob, one = clash(hub, "status", "active", "paused")
    head = git(bob.root, "rev-parse", "HEAD")
    (question,) = resolve.find(bob, one)
    assert resolve.resolve(bob, question, "theirs") is None
    assert git(bob.root, "rev-parse", "HEAD") == head
    assert questions.load(fresh(bob)) == []


def test_both_is_for_lists_and_texts(hub: Hub) -> None:
    bob, one = clash(hub, "notes", "one\nfirst", "one\nsecond", notes="one\nzero")
    (question,) = resolve.find(bob, one)
    resolve.resolve(bob, question, "both")
    assert fresh(bob).get(one).raw["notes"].split() == ["one", "first", "one", "second"]
    with pytest.raises(Misuse):
        resolve.resolve(bob, question._replace(mine="a", theirs="b"), "both")


def test_a_deleted_record_comes_back_with_mine(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none").id
    for vault in (anna, bob):
        sync(fresh(vault))
    lifecycle.remove(fresh(anna), one, reason="double")
    editing.change(fresh(bob), one, [("status", "active")])
    sync(fresh(anna))
    (question,) = sync(fresh(bob)).questions
    with pytest.raises(NotFound):
        fresh(bob).get(one)
    resolve.resolve(fresh(bob), question, "mine")
    assert fresh(bob).get(one).raw["status"] == "active"


def test_deleted_and_brought_back_is_no_question(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none", needs="a").id
    for vault in (anna, bob):
        sync(fresh(vault))
    editing.change(fresh(anna), one, [("status", "active")])
    sync(fresh(anna))
    lifecycle.remove(fresh(bob), one, reason="x")
    trash.restore(fresh(bob), one)
    editing.change(fresh(bob), one, [("needs", "b")])
    assert sync(fresh(bob)).questions == ()
    raw = fresh(bob).get(one).raw
    assert (raw["status"], raw["needs"]) == ("active", "b")


def test_my_deletion_settles_what_was_asked_of_its_fields(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none").id
    for vault in (anna, bob):
        sync(fresh(vault))
    editing.change(fresh(anna), one, [("status", "active")])
    sync(fresh(anna))
    editing.change(fresh(bob), one, [("status", "paused")])
    sync(fresh(bob))
    editing.change(fresh(anna), one, [("needs", "b")])
    sync(fresh(anna))
    lifecycle.remove(fresh(bob), one, reason="x")
    sync(fresh(bob))
    assert len(questions.load(fresh(bob))) == 2
    ran = Shell(bob.root, capsys)("resolve", one, "--mine", "--json")
    assert ran.code == 0, ran
    assert questions.load(fresh(bob)) == []
    assert list(fresh(bob).records()) == []


def test_no_such_question(hub: Hub) -> None:
    anna = hub.clone("anna")
    assert resolve.find(anna) == []
    with pytest.raises(NotFound):
        resolve.find(anna, "C20240501001")


def test_from_the_command_line(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    first, second = Shell(anna.root, capsys), Shell(bob.root, capsys)
    one = first.ok("add", "云帆", "--set", "状态=未合作", "--json").data["id"]
    assert first.ok("sync", "--json").data["pushed"] == 1
    assert "1" in second.ok("sync").out
    first.ok("set", one, "status=active")
    second.ok("set", one, "status=paused")
    first.ok("sync")
    ran = second("sync")
    assert ran.code == 7
    assert "textcrm resolve" in ran.out + ran.err
    ran = second("--lang", "zh", "resolve")
    assert ran.code == 0
    assert "状态" in ran.out
    assert "Anna" in ran.out
    assert "Bob" in ran.out
    (listed,) = second.ok("resolve", "--json").data
    assert (listed["path"], listed["mine"], listed["theirs"]) == ("/status", "paused", "active")
    assert second("resolve", one, "--mine", "--theirs").code == 2
    assert second("resolve", "--mine").code == 2
    assert second("resolve", one, "stage", "--mine").code == 4
    ran = second.ok("resolve", one, "状态", "--value", "终止合作", "--json")
    assert ran.data["commit"]
    assert second.ok("show", one, "--json").data["status"] == "ended"
    assert second.ok("resolve", "--json").data == []
    assert second.ok("sync", "--json").data["pushed"] == 1
    first.ok("sync")
    assert first.ok("show", one, "--json").data["status"] == "ended"


def test_sync_says_what_is_not_saved(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    anna = hub.clone("anna")
    shell = Shell(anna.root, capsys)
    assert shell.ok("sync").out.strip() == "up to date"
    one = shell.ok("add", "云帆", "--json").data["id"]
    file = anna.root / fresh(anna).get(one).path
    file.write_text(file.read_text("utf-8") + "notes: x\n", encoding="utf-8")
    out = shell.ok("sync").out
    assert "textcrm save" in out
    assert "up to date" not in shell.ok("sync").out
    git(anna.root, "remote", "remove", "origin")
    ran = shell("sync")
    assert (ran.code, "git remote add" in ran.err) == (4, True)
