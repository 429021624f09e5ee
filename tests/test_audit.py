"""Audit: the whole matrix of roles and actions, signatures, rewritten history, the server's hook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from ready_made import copied
from sharing import git

from textcrm import sealing, yamlfile
from textcrm.audit import Checkpoint, Checkpoints, report, verify
from textcrm.records import editing, interactions, lifecycle
from textcrm.vault import Vault, access_log
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PEOPLE = {
    "anna": ("Anna", "anna@example.com", "admin"),
    "mara": ("Mara", "mara@example.com", "manager"),
    "bob": ("Bob", "bob@example.com", "sales"),
    "cai": ("Cai", "cai@example.com", "service"),
    "eve": ("Eve", "eve@example.com", ""),
}


def be(vault: Vault, who: str) -> Vault:
    """Go on as somebody else."""
    name, email, _ = PEOPLE[who]
    git(vault.root, "config", "user.name", name)
    git(vault.root, "config", "user.email", email)
    return Vault.open(vault.root)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault of four people; Bob's customer, Mara's customer, one of nobody."""
    copied("audit", tmp_path / "vault", _make)
    return Vault.open(tmp_path / "vault")


def _make(folder: Path) -> None:
    made = create(folder, name="team").vault
    lines = ["people:"]
    for own, (name, email, role) in PEOPLE.items():
        if role:
            lines += [
                f"  - id: {own}",
                f"    name: {name}",
                f"    role: {role}",
                f"    email: {email}",
            ]
    (made.root / "access" / "access.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    vault = be(made, "anna")
    commit(vault, "people")
    for name, owner in (("Bob's", "bob"), ("Mara's", "mara"), ("nobody's", "")):
        added = Vault.open(vault.root).add(
            name, status="none", **({"owner": owner} if owner else {})
        )
        file = vault.root / "attachments" / added.id / "contract.txt"
        file.parent.mkdir(parents=True)
        file.write_text("signed\n", encoding="utf-8")
    commit(vault, "contracts")


def commit(vault: Vault, message: str, *words: str) -> str:
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-q", "--no-verify", "-m", message, *words)
    return git(vault.root, "rev-parse", "HEAD")


def found(vault: Vault, since: str) -> list[tuple[str, str]]:
    return [
        (one.rule, one.severity)
        for one in verify(Vault.open(vault.root), f"{since}..HEAD").violations
    ]


def head(vault: Vault) -> str:
    return git(vault.root, "rev-parse", "HEAD")


def ids(vault: Vault) -> dict[str, str]:
    return {record.name: record.id for record in Vault.open(vault.root).records()}


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


# -- signatures


def _sign_with(vault: Vault, key: Path) -> None:
    git(vault.root, "config", "gpg.format", "ssh")
    git(vault.root, "config", "user.signingkey", str(key))
    git(vault.root, "config", "commit.gpgsign", "true")


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="git signs with ssh-keygen")
def test_signatures_where_they_are_required(vault: Vault, tmp_path: Path) -> None:
    keys = {who: sealing.generate_signing_key(tmp_path / who) for who in ("anna", "bob", "eve")}
    access = vault.root / "access" / "access.yaml"
    text = access.read_text("utf-8")
    for who in ("anna", "bob"):
        text = text.replace(f"  - id: {who}\n", f"  - id: {who}\n    signing: {keys[who]}\n")
    access.write_text(text, encoding="utf-8")
    settings = vault.root / "textcrm.yaml"
    settings.write_text(settings.read_text("utf-8") + "signatures: required\n", encoding="utf-8")
    commit(vault, "sign from now on")

    start = head(vault)
    be(vault, "bob").add("unsigned")
    assert found(vault, start) == [("unsigned", "error")]
    start = head(vault)
    _sign_with(vault, tmp_path / "bob")
    be(vault, "bob").add("signed")
    assert found(vault, start) == []
    start = head(vault)
    be(vault, "anna").add("in anna's name, with bob's key")
    assert found(vault, start) == [("signer-not-author", "error")]
    start = head(vault)
    _sign_with(vault, tmp_path / "eve")
    be(vault, "anna").add("with a key of nobody")
    assert found(vault, start) == [("signature-bad", "error")]
    start = head(vault)
    _sign_with(vault, tmp_path / "bob")
    be(vault, "bob").add("signed again")
    raw = git(vault.root, "cat-file", "commit", "HEAD") + "\n"
    forged = subprocess.run(
        ["git", "-C", str(vault.root), "hash-object", "-t", "commit", "-w", "--stdin"],
        input=raw.replace(": add", ": axx"), capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    git(vault.root, "update-ref", "refs/heads/main", forged)
    assert ("signature-bad", "error") in found(vault, start)


# -- history that was seen


def test_a_rewritten_history_is_seen_by_the_checkpoint(vault: Vault, tmp_path: Path) -> None:
    marks = Checkpoints(tmp_path / "marks")
    assert marks.get("repo", "refs/heads/main") is None
    marks.put(
        "repo", Checkpoint(head(vault), "refs/heads/main", clean=True, at="2026-01-01T00:00")
    )
    seen = marks.get("repo", "refs/heads/main")
    assert verify(vault, seen=seen).commits == 0
    be(vault, "anna").add("one more")
    assert verify(Vault.open(vault.root), seen=seen).commits == 1
    git(vault.root, "reset", "-q", "--hard", "HEAD~2")
    rules = [one.rule for one in verify(Vault.open(vault.root), seen=seen).violations]
    assert rules[0] == "history-rewritten"


def test_from_the_command_line(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(vault.root, capsys)
    assert shell("audit", "verify", "--all").code in (0, 1)
    first = shell("audit", "verify", "--json").data
    be(vault, "bob")
    editing.change(Vault.open(vault.root), ids(vault)["Mara's"], [("status", "active")])
    ran = shell("--lang", "zh", "audit", "verify", f"{first['tip']}..HEAD")
    assert ran.code == 1
    assert "record-not-own" in ran.out
    assert "负责" in ran.out
    assert shell("audit", "verify", "no..where").code == 4
    assert shell("audit", "nothing").code == 2


def test_a_change_beyond_ones_role_is_made_and_warned_of(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    shell, own = Shell(vault.root, capsys), ids(vault)
    be(vault, "bob")
    ran = shell.ok("--lang", "zh", "set", own["Mara's"], "status=active")
    assert "负责" in ran.err
    assert "audit verify" in ran.err
    data = shell.ok("tag", own["Mara's"], "+vip", "--json").data
    assert "record-not-own" in [one["code"] for one in data["warnings"]]
    shell.ok("undo")
    for word in ("Bob's", "nobody's"):
        data = shell.ok("tag", own[word], "+vip", "--json").data
        assert "record-not-own" not in [one["code"] for one in data["warnings"]]
    be(vault, "mara")
    assert "belongs to" not in shell.ok("--lang", "en", "tag", own["Bob's"], "+x").err


def test_the_report_counts(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.remove(be(vault, "bob"), ids(vault)["Bob's"], reason="double")
    access_log.note(Vault.open(vault.root), "show --reveal", ["C1"], purpose="付款")
    told = report(Vault.open(vault.root), reads=access_log.reads(vault))
    bob = next(one for one in told.activities if one.who == "Bob")
    assert (bob.commits, bob.deleted, bob.operations) == (1, 1, {"rm": 1})
    assert [one["reason"] for one in told.deletions] == ["double"]
    assert told.reads[0].purpose == "付款"
    shell = Shell(vault.root, capsys)
    data = shell.ok("audit", "report", "--json").data
    assert data["reads"][0]["ids"] == ["C1"]
    assert "Bob" in shell.ok("audit", "report").out
    file = vault.root / ".git" / "textcrm" / "reads.jsonl"
    file.write_text(file.read_text("utf-8") + '{"half', encoding="utf-8")
    assert len(access_log.reads(vault)) == 1


# -- on a server


def test_the_pre_receive_hook_refuses_and_accepts(vault: Vault, tmp_path: Path) -> None:
    hub = tmp_path / "hub.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(vault.root), str(hub)], check=True)
    hook = hub / "hooks" / "pre-receive"
    source = os.pathsep.join(path for path in sys.path if path)
    hook.write_text(
        f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}" -m textcrm hook pre-receive\n',
        encoding="utf-8",
    )
    hook.chmod(0o755)
    git(vault.root, "remote", "add", "origin", str(hub))

    def push(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "-C", str(vault.root), "push", "-q", *words, "origin", "main"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    be(vault, "mara").add("fine")
    done = push()
    assert done.returncode == 0, done.stderr
    good = head(vault)
    editing.change(be(vault, "bob"), ids(vault)["Mara's"], [("status", "active")])
    done = push()
    assert done.returncode != 0
    assert "record-not-own" in done.stderr
    git(vault.root, "reset", "-q", "--hard", good)
    file = vault.root / Vault.open(vault.root).get(ids(vault)["Bob's"]).path
    secret, _ = sealing.generate()
    file.write_text(file.read_text("utf-8") + f"notes: {secret}\n", encoding="utf-8")
    commit(be(vault, "bob"), "a private key")
    done = push()
    assert done.returncode != 0
    assert secret not in done.stderr
    git(vault.root, "reset", "-q", "--hard", f"{good}~1")
    be(vault, "anna").add("rewritten")
    done = push("--force")
    assert done.returncode != 0
    assert "rewrite" in done.stderr
    assert git(hub, "rev-parse", "main") == good
