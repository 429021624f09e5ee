"""Audit: signatures, rewritten history, the report, the server's hook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from auditing import audited, be, commit, found, head, ids
from cli_running import Shell
from sharing import git

from textcrm import sealing
from textcrm.audit import Checkpoint, Checkpoints, report, verify
from textcrm.records import editing, lifecycle
from textcrm.vault import Vault, access_log

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return audited(tmp_path / "vault")


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
