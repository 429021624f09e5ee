"""A record that an editor gave the line ends of another system: no edit, and in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sharing import Hub, fresh, git

from textcrm.history.sync import sync
from textcrm.history.worktree import changed_files
from textcrm.records import editing

if TYPE_CHECKING:
    from pathlib import Path


def test_line_ends_alone_are_no_edit(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    record = anna.add("云帆", status="none")
    sync(fresh(anna))
    sync(fresh(bob))
    file = bob.root / record.path
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert record.path in git(bob.root, "status", "--porcelain")  # git looks at the size only
    assert not list(changed_files(fresh(bob)))
    editing.change(fresh(bob), record.id, [("notes", "x")])
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    editing.change(fresh(anna), record.id, [("status", "active")])
    sync(fresh(anna))
    assert sync(fresh(bob)).pulled
    assert fresh(bob).get(record.id).raw["status"] == "active"
    assert not list(changed_files(fresh(bob)))


def test_an_edit_in_other_line_ends_is_one(tmp_path: Path) -> None:
    vault = Hub(tmp_path).clone("anna")
    record = vault.add("云帆", status="none")
    file = vault.root / record.path
    file.write_bytes(file.read_bytes().replace(b"none", b"paused").replace(b"\n", b"\r\n"))
    assert list(changed_files(fresh(vault))) == [(record.path, "changed")]
