"""Two clones, and a sync that dies between them when so many files are in place."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.history.sync import sync
from textcrm.records import attachments, editing, interactions

if TYPE_CHECKING:
    from textcrm.vault import Vault


# Dies when so many files are in place; 99: all are, and the branch has not moved.
KILLED = """
import os, signal, sys
from textcrm.cli.main import run
from textcrm.gitrepo import steps
from textcrm.gitrepo.worktree import WorkTree
from textcrm.history.sync import sync
from textcrm.vault import Vault

left = [int(sys.argv[2])]
put = WorkTree.put

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def counted(*words):
    if not left[0]:
        die()
    left[0] -= 1
    put(*words)

WorkTree.put = counted
steps.listener = lambda reached: reached == "worktree" and die()
if sys.argv[3:]:
    run(["-C", sys.argv[1], *sys.argv[3:]])
else:
    sync(Vault.open(sys.argv[1]))
"""


ALL = 99


def killed(vault: Vault, placed: int, *words: str) -> None:
    """Let a sync, or another command, die with so many files in place."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(vault.root), str(placed), *words],
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


class Scene(NamedTuple):
    """Two clones; what comes to Bob are a file, two customers, a new one, settings, in this order."""

    anna: Vault
    bob: Vault
    one: str
    two: str
    new: str
    attached: str
    shell: Shell

    def file(self, own: str) -> Path:
        """Where a customer's file lies at Bob's."""
        vault = fresh(self.bob)
        return vault.root / f"customers/{own[1:5]}/{own[5:7]}/{own}.yaml"

    def edit(self, own: str, old: str, new: str) -> None:
        """Replace a text in a customer's file."""
        file = self.file(own)
        text = file.read_bytes().decode()
        assert old in text, text
        file.write_bytes(text.replace(old, new).encode())

    def go_on(self) -> None:
        """Save, sync, and see that nothing is left and all of Anna's changes are there."""
        self.shell.ok("save")
        self.shell.ok("sync")
        assert git(self.bob.root, "status", "--porcelain") == ""
        git(self.bob.root, "fsck", "--no-dangling")
        sync(fresh(self.anna))
        heads = {git(one.root, "rev-parse", "HEAD") for one in (self.anna, self.bob)}
        assert len(heads) == 1
        assert not list((self.bob.root / ".git/textcrm/transaction").iterdir())

    def raw(self, own: str) -> dict[str, object]:
        """A customer as Anna has it in the end."""
        return dict(fresh(self.anna).get(own).raw)


def scene_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Scene:
    """Anna has shared her changes; Bob has one of his own to share as well."""
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none", stage="lead").id
    two = fresh(anna).add("海岳", status="none", stage="lead").id
    (tmp_path / "合同.bin").write_bytes(b"\0first")
    _, attached = attachments.attach(fresh(anna), one, tmp_path / "合同.bin")
    sync(fresh(anna))
    sync(bob)
    for own in (one, two):
        editing.change(fresh(anna), own, [("status", "active")])
        interactions.log(fresh(anna), own, "from anna", channel="phone")
    new = fresh(anna).add("新客户", status="none").id
    (anna.root / attached).write_bytes(b"\0second")
    settings = anna.root / "textcrm.yaml"
    text = settings.read_text("utf-8")
    assert "currency: CNY" in text
    settings.write_text(text.replace("currency: CNY", "currency: EUR"), encoding="utf-8")
    git(anna.root, "commit", "-q", "--no-verify", "-am", "by hand")
    sync(fresh(anna))
    interactions.log(fresh(bob), two, "from bob", channel="email")
    return Scene(anna, bob, one, two, new, attached, Shell(bob.root, capsys))


def said(raw: dict[str, object]) -> list[str]:
    """The summaries of a customer's interactions."""
    items = raw["interactions"]
    assert isinstance(items, list)
    return sorted(one["summary"] for one in items)
