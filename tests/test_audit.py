"""Audit: the whole matrix of roles and actions; strangers, times, merges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from auditing import audited, be, commit, found, head, ids
from sharing import git

from textcrm import yamlfile
from textcrm.records import editing, interactions, lifecycle
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return audited(tmp_path / "vault")


def _status(name: str) -> Callable[[Vault], Any]:
    return lambda vault: editing.change(vault, ids(vault)[name], [("status", "active")])


def _log(name: str) -> Callable[[Vault], Any]:
    return lambda vault: interactions.log(vault, ids(vault)[name], "call", channel="phone")


def _delete(name: str) -> Callable[[Vault], Any]:
    return lambda vault: lifecycle.remove(vault, ids(vault)[name], reason="double")


def _file(path: str) -> Callable[[Vault], Any]:
    def change(vault: Vault) -> None:
        file = vault.root / path
        file.write_text(file.read_text("utf-8") + "\n", encoding="utf-8")
        commit(vault, f"change {path}")

    return change


def _owner(name: str, owner: str) -> Callable[[Vault], Any]:
    return lambda vault: editing.change(vault, ids(vault)[name], [("owner", owner)])


def _attach(name: str, *, remove: bool = False) -> Callable[[Vault], Any]:
    """A file laid beside a customer by hand, or taken from there."""

    def change(vault: Vault) -> None:
        file = vault.root / "attachments" / ids(vault)[name] / "contract.txt"
        if remove:
            file.unlink()
        else:
            file.write_text("changed\n", encoding="utf-8")
        commit(vault, "a file")

    return change


def _settings(*path: str, value: str) -> Callable[[Vault], Any]:
    def change(vault: Vault) -> None:
        file = vault.root / "textcrm.yaml"
        text = yamlfile.set_value(file.read_text("utf-8"), path, value)
        file.write_text(text, encoding="utf-8")
        commit(vault, "settings")

    return change


def _new_name(name: str) -> Callable[[Vault], Any]:
    """A record's file under another id, as plain git would move it."""

    def change(vault: Vault) -> None:
        record = Vault.open(vault.root).get(ids(vault)[name])
        fresh = record.id[:-3] + "888"
        text = record.text.replace(f"id: {record.id}", f"id: {fresh}", 1)
        (vault.root / record.path).with_name(f"{fresh}.yaml").write_text(text, encoding="utf-8")
        (vault.root / record.path).unlink()
        commit(vault, "moved")

    return change


ACTIONS: dict[str, Callable[[Vault], Any]] = {
    "take from the pool": _owner("nobody's", "bob"),
    "give away": _owner("Bob's", "mara"),
    "take from another": _owner("Mara's", "bob"),
    "attach own": _attach("Bob's"),
    "attach other's": _attach("Mara's"),
    "remove other's file": _attach("Mara's", remove=True),
    "move other's": _new_name("Mara's"),
    "a view": _settings("views", "open", value="状态:合作中"),
    "thresholds": _settings("thresholds", "silent_days", value="5"),
    "signatures": _settings("signatures", value="optional"),
    "hook": _file(".gitattributes"),
    "add": lambda vault: vault.add("new"),
    "own": _status("Bob's"),
    "other's": _status("Mara's"),
    "pool": _status("nobody's"),
    "log other's": _log("Mara's"),
    "delete own": _delete("Bob's"),
    "delete other's": _delete("Mara's"),
    "schema": _file("schema/customer.schema.json"),
    "access": _file("access/access.yaml"),
    "settings": _file("textcrm.yaml"),
    "privacy": _file("privacy/notice.md"),
}
FORBIDDEN: dict[str, dict[str, tuple[str, str]]] = {
    "anna": {},
    "mara": {
        "schema": ("schema-by-role", "error"),
        "access": ("access-by-role", "error"),
        "signatures": ("settings-by-role", "error"),
    },
    "bob": {
        "take from another": ("record-not-own", "error"),
        "attach other's": ("attachment-not-own", "error"),
        "remove other's file": ("attachment-not-own", "error"),
        "move other's": ("delete-by-role", "error"),
        "thresholds": ("file-by-role", "warning"),
        "signatures": ("settings-by-role", "error"),
        "hook": ("file-by-role", "warning"),
        "other's": ("record-not-own", "error"),
        "log other's": ("record-not-own", "error"),
        "delete own": ("delete-by-role", "warning"),
        "delete other's": ("delete-by-role", "error"),
        "schema": ("schema-by-role", "error"),
        "access": ("access-by-role", "error"),
        "privacy": ("file-by-role", "warning"),
    },
    "cai": {
        "give away": ("record-not-own", "error"),
        "take from another": ("record-not-own", "error"),
        "attach own": ("attachment-not-own", "error"),
        "attach other's": ("attachment-not-own", "error"),
        "remove other's file": ("attachment-not-own", "error"),
        "move other's": ("delete-by-role", "error"),
        "thresholds": ("file-by-role", "warning"),
        "signatures": ("settings-by-role", "error"),
        "hook": ("file-by-role", "warning"),
        "own": ("record-not-own", "error"),
        "other's": ("record-not-own", "error"),
        "delete own": ("delete-by-role", "error"),
        "delete other's": ("delete-by-role", "error"),
        "schema": ("schema-by-role", "error"),
        "access": ("access-by-role", "error"),
        "privacy": ("file-by-role", "warning"),
    },
}


@pytest.mark.parametrize("who", FORBIDDEN)
def test_the_matrix_of_roles_and_actions(vault: Vault, who: str) -> None:
    start = head(vault)
    told = {}
    for action, act in ACTIONS.items():
        git(vault.root, "reset", "-q", "--hard", start)
        act(be(vault, who))
        told[action] = found(vault, start)
    wanted = {action: [FORBIDDEN[who][action]] for action in FORBIDDEN[who]}
    assert told == {action: wanted.get(action, []) for action in ACTIONS}


def test_a_stranger_and_one_who_lets_himself_in(vault: Vault) -> None:
    start = head(vault)
    be(vault, "eve").add("by eve")
    assert found(vault, start) == [("author-unknown", "error")]
    start = head(vault)
    file = vault.root / "access" / "access.yaml"
    eve = "  - id: eve\n    name: Eve\n    role: admin\n    email: eve@example.com\n"
    file.write_text(file.read_text("utf-8") + eve, encoding="utf-8")
    commit(vault, "let me in")
    assert found(vault, start) == [("author-unknown", "error")]


def test_identity_times_and_messages(vault: Vault) -> None:
    bobs = Vault.open(vault.root).get(ids(vault)["Bob's"])
    start = head(vault)
    file = vault.root / bobs.path
    file.write_text(
        bobs.text.replace(str(bobs.uid), "01JDEX0W3PZ4M9J7T6Q2C8R5VN"), encoding="utf-8"
    )
    commit(vault, "uid")
    assert found(vault, start) == [("uid-changed", "error")]
    start = head(vault)
    file.write_text("id: [\n", encoding="utf-8")
    commit(vault, "broken")
    assert found(vault, start) == [("unreadable", "error")]
    start = head(vault)
    git(vault.root, "checkout", "-q", "HEAD~1", "--", bobs.path)
    commit(vault, "mended", "--date", "2020-01-01T00:00:00")
    file.write_text(bobs.text + "notes: x\n", encoding="utf-8")
    commit(vault, f"x\n\nTextcrm-Op: set\nTextcrm-Id: {ids(vault)['Mara' + chr(39) + 's']}")
    rules = dict(found(vault, start))
    assert rules["trailer-mismatch"] == "warning"
    assert "uid-changed" in rules


def test_a_replayed_change_is_no_clock_that_ran_backwards(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sync keeps when a change was made and commits it later; who sets a clock back is told."""
    start = head(vault)
    file = vault.root / Vault.open(vault.root).get(ids(vault)["nobody's"]).path
    file.write_text(file.read_text(encoding="utf-8") + "notes: x\n", encoding="utf-8")
    commit(vault, "made long ago", "--date", "2020-01-01T00:00:00+0000")
    assert found(vault, start) == []
    file.write_text(file.read_text(encoding="utf-8") + "needs: y\n", encoding="utf-8")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-01-02T00:00:00+0000")
    commit(vault, "clock set back")
    assert found(vault, start) == [("time-backwards", "warning")]


def test_a_merge_is_held_against_its_first_parent(vault: Vault) -> None:
    start = head(vault)
    git(vault.root, "switch", "-q", "-c", "side")
    be(vault, "mara").add("side")
    git(vault.root, "switch", "-q", "main")
    be(vault, "anna").add("main", notes="x")
    git(vault.root, "merge", "-q", "--no-edit", "-s", "ours", "side")
    assert found(vault, start) == []
