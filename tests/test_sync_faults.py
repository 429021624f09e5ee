"""Sync under load and under fire: many clones at once, kills at every step."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sharing import Hub, fresh, git

from textcrm.errors import StorageFailure
from textcrm.gitrepo import steps
from textcrm.history.sync import sync
from textcrm.records import editing, interactions

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault

WORKER = """
import sys
from textcrm.vault import Vault
from textcrm.history.sync import sync
from textcrm.records import interactions
folder, who, one, count = sys.argv[1:5]
for number in range(int(count)):
    vault = Vault.open(folder)
    if number % 2:
        interactions.log(vault, one, f"{who} {number}", channel="phone")
    else:
        vault.add(f"{who} {number}")
    if number % 3 == 2:
        sync(Vault.open(folder))
sync(Vault.open(folder))
"""


def _race(hub: Hub, people: int, commits: int) -> None:
    first = hub.clone("first-person")
    one = first.add("热门客户").id
    sync(fresh(first))
    clones = [hub.clone(f"person{number}") for number in range(people)]

    def work(number: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-c",
                WORKER,
                str(clones[number].root),
                f"p{number}",
                one,
                str(commits),
            ],
            check=False,
            capture_output=True,
            text=True,
        )

    with ThreadPoolExecutor(people) as pool:
        for done in pool.map(work, range(people)):
            assert done.returncode == 0, done.stderr
    for vault in clones:
        sync(fresh(vault))
    heads = {git(vault.root, "rev-parse", "HEAD") for vault in clones}
    assert len(heads) == 1
    vault = fresh(clones[0])
    said = [item["summary"] for item in vault.get(one).raw["interactions"]]
    assert sorted(said) == sorted(
        f"p{number} {step}" for number in range(people) for step in range(1, commits, 2)
    )
    names = sorted(record.name for record in vault.records() if record.id != one)
    assert names == sorted(
        f"p{number} {step}" for number in range(people) for step in range(0, commits, 2)
    )
    ids = [record.id for record in vault.records()]
    uids = [record.uid for record in vault.records()]
    assert len(set(ids)) == len(ids)
    assert len(set(uids)) == len(uids)
    git(vault.root, "fsck", "--no-dangling")
    assert git(vault.root, "log", "--merges", "--format=%h") == ""


def test_three_clones_at_once(tmp_path: Path) -> None:
    _race(Hub(tmp_path), 3, 3)


@pytest.mark.slow
def test_five_clones_with_twenty_commits_each(tmp_path: Path) -> None:
    _race(Hub(tmp_path), 5, 20)


KILLED = """
import os, signal, sys
from textcrm.gitrepo import remote, steps
from textcrm.history import questions
from textcrm.history import sync as syncing
from textcrm.vault import Vault

folder, step = sys.argv[1:3]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if step == "before-push":
    remote.push = die
elif step == "after-push":
    push = remote.push
    remote.push = lambda *words: push(*words) and die()
elif step == "after-questions":
    save = questions.save
    questions.save = lambda *words: (save(*words), die())
elif step == "before-forget":
    syncing._forget = die
else:
    steps.listener = lambda reached: reached == step and die()
syncing.sync(Vault.open(folder))
"""
STEPS = (
    "before-push",
    "after-push",
    "after-questions",
    "before-forget",
    steps.STEPS[1],
    # Each step of the transaction is killed at in tests/test_gitrepo_crash.py as well.
    *(pytest.param(one, marks=pytest.mark.slow) for one in steps.STEPS[2:]),
)


def _both_changed_one(hub: Hub) -> None:
    """Both changed one customer, and both made a new one of the same id; one of them shared."""
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none").id
    for vault in (anna, bob):
        sync(fresh(vault))
    interactions.log(fresh(anna), one, "from anna", channel="phone")
    editing.change(fresh(anna), one, [("status", "active")])
    anna_s = fresh(anna).add("甲").id
    interactions.log(fresh(bob), one, "from bob", channel="phone")
    editing.change(fresh(bob), one, [("status", "paused")])
    bob_s = fresh(bob).add("乙").id
    assert anna_s == bob_s
    sync(fresh(anna))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_loses_nothing_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    hub = Hub(tmp_path, prepare=_both_changed_one)
    anna, bob = hub.member("anna"), hub.member("bob")
    one = anna.get("云帆").id
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(bob.root), step], check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # Somebody goes on working in the clone before the next sync.
    interactions.log(fresh(bob), one, "after the kill", channel="phone")
    result = sync(fresh(bob))
    assert [(q.id, q.path, q.mine) for q in result.questions] == [(one, ("status",), "paused")]
    sync(fresh(anna))
    for vault in (anna, bob):
        raw = fresh(vault).get(one).raw
        assert sorted(item["summary"] for item in raw["interactions"]) == [
            "after the kill",
            "from anna",
            "from bob",
        ]
        names = sorted(record.name for record in fresh(vault).records())
        assert names == sorted(["云帆", "甲", "乙"])
        assert git(vault.root, "status", "--porcelain") == ""
        git(vault.root, "fsck", "--no-dangling")
    assert git(anna.root, "rev-parse", "HEAD") == git(bob.root, "rev-parse", "HEAD")
    assert not list((bob.root / ".git").rglob("*.lock"))
    assert not (bob.root / ".git" / "textcrm" / "sync.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("step", ["before-forget", "worktree1", "ref"])
def test_an_old_id_is_the_others_once_the_move_is_completed(tmp_path: Path, step: str) -> None:
    """What is written about their customer after the kill is not taken for one of ours."""
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("甲", needs="none").id
    assert bob.add("乙", needs="none").id == one
    sync(fresh(anna))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(bob.root), step], check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    fresh(bob).repo.recover()
    assert fresh(bob).get(one).name == "甲"
    editing.change(fresh(bob), one, [("needs", "theirs")])
    interactions.log(fresh(bob), one, "of theirs", channel="phone")
    sync(fresh(anna))
    fresh(anna).add("丙")
    sync(fresh(anna))
    assert not sync(fresh(bob)).questions
    sync(fresh(anna))
    records = {record.name: record.raw for record in fresh(anna).records()}
    assert sorted(records) == sorted(["甲", "乙", "丙"])
    assert (records["甲"]["needs"], records["乙"]["needs"]) == ("theirs", "none")
    assert [item["summary"] for item in records["甲"]["interactions"]] == ["of theirs"]
    assert "interactions" not in records["乙"]


def _through(vault: Vault, hub: Hub, script: str) -> None:
    """Let a clone reach its hub through a line that a script is."""
    line = hub.folder / "line.sh"
    line.write_text(script, encoding="utf-8")
    line.chmod(0o755)
    git(vault.root, "config", "core.sshCommand", str(line))
    git(vault.root, "config", "ssh.variant", "simple")
    git(vault.root, "remote", "set-url", "origin", f"ssh://host{hub.path}")


ANSWER_LOST = """#!/bin/sh
shift
path=${*#git-*-pack }
case "$*" in
git-receive-pack*)
  size=$(sh -c "git receive-pack --http-backend-info-refs $path" | wc -c)
  sh -c "git receive-pack $path" | head -c "$size"
  echo "Connection reset by peer" >&2
  exit 255 ;;
esac
exec sh -c "git upload-pack $path"
"""
CUT_SHORT = f"""#!{sys.executable}
import os, subprocess, sys
verb, path = sys.argv[-1].split(" ", 1)
words = ["git", verb.removeprefix("git-"), path.strip("'")]
peer = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
left = %d
while left and (block := os.read(peer.stdout.fileno(), left)):
    os.write(1, block)
    left -= len(block)
peer.kill()
sys.stderr.write("Connection reset by peer")
sys.exit(255)
"""
WHOLE = """#!/bin/sh
shift
path=${*#git-*-pack }
verb=${*%% *}
exec sh -c "git ${verb#git-} $path"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for ssh")
def test_a_push_whose_answer_is_lost_counts_once(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("甲").id
    assert bob.add("乙").id == one
    editing.change(fresh(bob), one, [("status", "paused")])
    sync(fresh(anna))
    _through(bob, hub, ANSWER_LOST)
    before = git(bob.root, "rev-parse", "HEAD")
    assert sync(fresh(bob)).offline
    assert git(bob.root, "rev-parse", "HEAD") == before
    assert git(hub.path, "log", "-1", "--format=%an", "main") == "Bob"
    interactions.log(fresh(bob), one, "meanwhile", channel="phone")
    _through(bob, hub, WHOLE)
    done = sync(fresh(bob))
    assert list(done.renumbered) == [one]
    sync(fresh(anna))
    for vault in (anna, bob):
        records = {record.name: record for record in fresh(vault).records()}
        assert sorted(records) == sorted(["甲", "乙"])
        assert records["乙"].raw["status"] == "paused"
        assert [each["summary"] for each in records["乙"].raw["interactions"]] == ["meanwhile"]
        assert "interactions" not in records["甲"].raw


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for ssh")
@pytest.mark.parametrize("size", [0, 30, 700])
def test_a_line_that_breaks_changes_nothing(tmp_path: Path, size: int) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("甲").id
    for number in range(5):
        interactions.log(fresh(anna), one, f"call {number}", channel="phone")
    sync(fresh(anna))
    bob.add("乙")
    _through(bob, hub, CUT_SHORT.replace("%d", str(size)))
    before = git(bob.root, "rev-parse", "HEAD")
    try:
        assert sync(fresh(bob)).offline
    except StorageFailure as error:
        assert error.code == "remote-failed"
    assert git(bob.root, "rev-parse", "HEAD") == before
    assert git(bob.root, "status", "--porcelain") == ""
    assert git(hub.path, "rev-parse", "main") == git(anna.root, "rev-parse", "HEAD")
    _through(bob, hub, WHOLE)
    assert sync(fresh(bob)).pulled
    assert sorted(record.name for record in fresh(bob).records()) == sorted(["甲", "乙"])
