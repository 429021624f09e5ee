"""The acceptance checks on erasure, by their numbers (48 to 50), with real git and a real server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from people_at_work import ANNA, BOB, Office, Worker, commit
from team_vault import git

from textcrm import access, store
from textcrm.gitrepo import rewriting
from textcrm.gitrepo.process import Git
from textcrm.vault import Vault, tombstones

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "C20240318001", "C20240905001"


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _long(root: Path, count: int) -> None:
    """A history of so many commits more, of which a third are about the customer."""
    head = git(root, "rev-parse", "HEAD").strip()
    lines = []
    paths = [store.path_of(ONE), store.path_of(OTHER), "customers/2026/04/C20260429001.yaml"]
    texts = [(root / path).read_text("utf-8") for path in paths]
    for number in range(count):
        path, text = paths[number % 3], texts[number % 3]
        data = f"{text}# {number}\n".encode()
        said = (
            f"{path[-17:-5]}: set notes\n\nTextcrm-Op: set\nTextcrm-Id: {path[-17:-5]}\n".encode()
        )
        lines.append(
            b"commit refs/heads/main\ncommitter %s <%s> %d +0800\ndata %d\n%s\n"
            % ("陈晨".encode(), b"chen@example.com", 1790000000 + number, len(said), said)
            + (f"from {head}\n".encode() if number == 0 else b"")
            + b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
        )
    subprocess.run(
        ["git", "-C", str(root), "fast-import", "--quiet"], input=b"".join(lines), check=True
    )
    git(root, "reset", "-q", "--hard", "main")


def _blobs_of(root: Path, own: str) -> set[str]:
    """Every blob that any commit has at the customer's record and below the own attachments."""
    out = git(root, "-c", "core.quotePath=false", "log", "--all", "--raw", "--no-abbrev",
              "--format=", "--", store.path_of(own), f"attachments/{own}")  # fmt: skip
    return {line.split()[3] for line in out.splitlines() if line} - {"0" * 40}


def _trees(root: Path, own: str) -> list[list[str]]:
    """Of each commit of main, oldest first, all files but the customer's and the tombstones."""
    found = []
    for one in git(root, "rev-list", "--reverse", "--topo-order", "main").split():
        lines = git(root, "-c", "core.quotePath=false", "ls-tree", "-r", one).splitlines()
        found.append([each for each in lines if own not in each and "/tombstones" not in each])
    return found


def _erase(worker: Worker, *ids: str, rewrite: bool = True) -> Any:
    more = ["--rewrite"] if rewrite else []
    return worker.ok("privacy", "erase", *ids, "--reason", "request", *more, "--json").data


def test_48_no_object_is_left_and_other_records_are_as_they_were(office: Office) -> None:
    _long(office.root, 300)
    anna = office.by(ANNA)
    git(office.root, "tag", "-m", "李明远 was here", "v1", "HEAD~5")
    git(office.root, "branch", "other", "HEAD~40")
    blobs, before = _blobs_of(office.root, ONE), _trees(office.root, ONE)
    assert len(blobs) > 100
    scribble = office.root / "notes.txt"
    scribble.write_text("mine", encoding="utf-8")
    data = _erase(anna, ONE)
    assert data["rewritten"]["objects"] >= len(blobs)
    assert data["left_in_history"] == 0
    assert not rewriting.present(Git(office.root), blobs)
    after = _trees(office.root, ONE)
    assert after[: len(before)] == before
    assert scribble.read_text("utf-8") == "mine"
    assert git(office.root, "status", "--porcelain").split() == ["??", "notes.txt"]
    git(office.root, "fsck", "--strict")
    out = git(office.root, "log", "--all", "--format=%B") + git(
        office.root, "cat-file", "-p", "v1"
    )
    assert "云杉" not in out
    assert "李明远" not in out
    assert "[erased] was here" in out
    stones = tombstones.of(Vault.open(office.root))
    text = (office.root / tombstones.FILE_NAME).read_text("utf-8")
    assert "云杉" not in text
    assert "李明远" not in text
    assert stones.of_id(ONE) is not None
    signature = (office.root / tombstones.SIGNATURE_FILE).read_bytes()
    assert tombstones.signer(text.encode(), signature, _admins(office.root)) == ANNA
    assert tombstones.signer(text.encode() + b"#", signature, _admins(office.root)) is None
    assert anna.ok("doctor", "--erased", "--json").data["remnants"] == []
    ran = anna("show", ONE, "--json")
    assert (ran.code, ran.error["code"]) == (4, "no-such-record")
    assert stones.stones[0].date in ran.error["hint"]
    assert anna.ok("check").code == 0
    assert ONE not in {one["id"] for one in anna("trash", "--json").data}


def _admins(root: Path) -> dict[str, str]:
    people = access.read((root / access.FILE_NAME).read_bytes())
    return {one.id: one.signing for one in people.admins if one.signing}


def _shared(office: Office) -> tuple[Path, Worker, Worker]:
    """A server with the hook, Anna's clone and Bob's, which will be stale."""
    server = office.folder / "server.git"
    git(office.folder, "clone", "-q", "--bare", str(office.root), str(server))
    git(office.root, "remote", "add", "origin", str(server))
    git(office.root, "fetch", "-q", "origin")
    git(office.root, "branch", "-q", "--set-upstream-to=origin/main", "main")
    bobs = office.clone("bob", server)
    anna, bob = office.by(ANNA), office.by(BOB, bobs)
    git(bobs, "config", "user.name", "李强")
    git(bobs, "config", "user.email", "li@example.com")
    return server, anna, bob


def test_49_a_stale_clone_that_merges_and_pushes_is_refused(office: Office, program: Path) -> None:
    server, anna, bob = _shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    _erase(anna, ONE)
    git(office.root, "push", "-q", "--force", "origin", "main")
    assert not _blobs_of(server, ONE)
    hook = server / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nexec "{program}" hook pre-receive\n', encoding="utf-8")
    hook.chmod(0o755)
    # an ordinary pull and push, as people do it
    done = _run(bob.root, "pull", "-q", "--no-rebase", "--no-edit", "--allow-unrelated-histories",
                "-X", "ours", "origin", "main")  # fmt: skip
    if done.returncode:  # a deletion against a change: whatever they decide, it is in history
        git(bob.root, "add", "-A")
        git(bob.root, "commit", "-q", "--no-verify", "-m", "merge")
    ran = bob("check", "--range", "origin/main..HEAD", "--json")
    assert ran.code == 1
    wrong = [one for one in ran.data["problems"] if one["code"] == "erased-comes-back"]
    assert store.path_of(ONE) in {one["file"] for one in wrong}
    assert ONE in wrong[0]["message"]
    pushed = _run(bob.root, "push", "origin", "HEAD:main", PATH=f"{program.parent}:/usr/bin:/bin")
    assert pushed.returncode != 0
    assert store.path_of(ONE) in pushed.stderr
    assert not _blobs_of(server, ONE)


def _run(root: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, text=True, check=False,
        env={**os.environ, **env},
    )  # fmt: skip


def test_49_sync_tells_of_the_erasure_and_takes_the_new_history_over(office: Office) -> None:
    server, anna, bob = _shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    _erase(anna, ONE)
    ran = anna("sync", "--json")
    assert (ran.code, ran.error["code"]) == (8, "erased-comes-back")
    assert ran.error["path"] == store.path_of(ONE) or ONE in ran.error["path"]
    git(office.root, "push", "-q", "--force", "origin", "main")
    anna.ok("sync")
    ran = bob("sync", "--json")
    assert (ran.code, ran.error["code"]) == (8, "remote-erased")
    assert ONE in ran.error["message"]
    ran = bob.ok("sync", "--accept-rewritten", "--json")
    assert ran.data["questions"] == []
    assert bob.ok("show", OTHER, "--json").data["notes"] == "续约"
    assert bob("show", ONE).code == 4
    assert not _blobs_of(server, ONE)
    assert "续约" in git(server, "show", f"main:{store.path_of(OTHER)}")
    assert bob("doctor", "--erased").code == 1  # the old commits lie in reflogs still
    bob.ok("doctor", "--erased", "--prune")
    bob.ok("doctor", "--erased")


def test_49_the_hook_takes_a_signed_rewrite_and_no_other(office: Office, program: Path) -> None:
    server, anna, _ = _shared(office)
    hook = server / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nexec "{program}" hook pre-receive\n', encoding="utf-8")
    hook.chmod(0o755)
    before = git(server, "rev-parse", "main")
    git(office.root, "checkout", "-q", "--orphan", "forged")
    git(office.root, "rm", "-q", "--cached", store.path_of(ONE))
    commit(office.root, "forged")
    pushed = _run(office.root, "push", "--force", "origin", "forged:main")
    assert pushed.returncode
    assert git(server, "rev-parse", "main") == before
    git(office.root, "checkout", "-q", "--force", "main")
    git(office.root, "branch", "-q", "-D", "forged")
    _erase(anna, ONE)
    pushed = _run(office.root, "push", "--force", "origin", "main")
    assert pushed.returncode == 0, pushed.stderr
    assert not _blobs_of(server, ONE)


def test_49_nothing_here_brings_it_back(office: Office) -> None:
    anna = office.by(ANNA)
    text = (office.root / store.path_of(ONE)).read_text("utf-8")
    _erase(anna, ONE, rewrite=False)
    for words in (("restore", ONE), ("undo",), ("restore", ONE, "--at", "HEAD~1")):
        ran = anna(*words, "--json")
        assert ran.code == 8, (words, ran)
        assert ran.error["code"] == "erased-comes-back"
    for path in (store.path_of(ONE), "customers/2026/04/C20260429009.yaml"):
        file = office.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(ONE, file.stem), encoding="utf-8")
        assert anna("check").code == 1
        assert anna("save", "--json").code == 8
        git(office.root, "add", "-A")
        ran = anna("hook", "pre-commit", "--json")
        assert ran.code == 1
        assert "erased-comes-back" in {one["code"] for one in ran.data["problems"]}
        git(office.root, "reset", "-q")
        file.unlink()
    day = anna.ok("add", "新客户", "--json").data["id"]
    assert day != ONE


def test_49_an_id_is_never_given_again(office: Office) -> None:
    anna = office.by(ANNA)
    own = anna.add(name="张三")
    _erase(anna, own)
    assert anna.add(name="李四") != own
    _erase(anna, own)  # once more: nothing is left, and that is no mistake


def test_49_a_tombstone_that_is_touched_is_found(office: Office) -> None:
    anna = office.by(ANNA)
    _erase(anna, ONE, rewrite=False)
    before = git(office.root, "rev-parse", "HEAD").strip()
    file = office.root / tombstones.FILE_NAME
    file.write_text(file.read_text("utf-8").replace(ONE, "C20240318009"), encoding="utf-8")
    assert "tombstones-unsigned" in anna("check").out
    commit(office.root, "hide it")
    ran = anna("check", "--range", f"{before}..HEAD", "--json")
    assert {"tombstone-removed", "tombstones-unsigned"} <= {
        one["code"] for one in ran.data["problems"]
    }


def test_48_audit_goes_on_after_a_signed_rewrite(office: Office) -> None:
    anna = office.by(ANNA)
    anna.ok("set", OTHER, "notes=一")
    assert "history-rewritten" not in anna("audit", "verify").out
    anna.ok("set", OTHER, "notes=二")
    _erase(anna, ONE)
    ran = anna("audit", "verify", "--json")
    assert "history-rewritten" not in {one["rule"] for one in ran.data["violations"]}, ran
    git(office.root, "commit", "-q", "--no-verify", "--amend", "-m", "rewritten by hand")
    ran = anna("audit", "verify", "--json")
    assert "history-rewritten" in {one["rule"] for one in ran.data["violations"]}


def test_48_another_who_once_had_the_id_is_not_touched(office: Office) -> None:
    """Two clones gave one id: the one that moved on is erased, the other one stays."""
    anna = office.by(ANNA)
    own = anna.add(name="张三甲")
    file = anna.file(own)
    mine = file.read_text("utf-8")
    moved = own[:-3] + "777"
    uid = tombstones.uid_of(mine.encode())
    new = uid[:-4] + "ZZZZ"
    file.write_text(mine.replace(uid, new).replace("张三甲", "王五乙"), encoding="utf-8")
    other = file.with_name(f"{moved}.yaml")
    other.write_text(mine.replace(f"id: {own}", f"id: {moved}").replace(
        "name:", f"former_ids: [{own}]\nname:", 1), encoding="utf-8")  # fmt: skip
    commit(office.root, "renumbered")
    _erase(anna, moved)
    assert anna.ok("show", own, "--json").data["name"] == "王五乙"
    assert "张三甲" not in git(office.root, "log", "--all", "-p", "--format=")
    assert "王五乙" in git(office.root, "log", "--all", "-p", "--format=")


def test_50_what_erasing_cannot_do_is_said(office: Office) -> None:
    _, anna, _ = _shared(office)
    anna.ok("set", OTHER, f"notes=由 {ONE} 介绍")
    (office.root / "draft.txt").write_text(f"call {ONE}", encoding="utf-8")
    said = anna.ok("--lang", "en", "privacy", "erase", ONE, "--reason", "request", "--rewrite")
    for word in ("gc --prune=now", "forks", "clones", "backups", "CI", "cannot be recalled",
                 "push --force origin main"):  # fmt: skip
        assert word in said.out
    assert store.path_of(OTHER) in said.err
    assert "draft.txt" in said.err
    own = anna.add(name="张三")
    said = anna.ok("--lang", "zh", "privacy", "erase", own, "--reason", "客户要求")
    for word in ("gc --prune=now", "fork", "克隆", "备份", "无法收回", "--rewrite"):
        assert word in said.out


def test_mistakes_erase_nothing(office: Office) -> None:
    anna = office.by(ANNA)
    before = git(office.root, "rev-parse", "HEAD")
    for words, code, error in (
        (("C20240318999", "--reason", "request"), 4, None),
        ((ONE,), 2, "input-needed"),
        ((ONE, "--reason", " "), 2, "reason-needed"),
    ):
        ran = anna("privacy", "erase", *words, "--json")
        assert ran.code == code, ran
        assert error is None or ran.error["code"] == error
    assert git(office.root, "rev-parse", "HEAD") == before


def test_a_file_that_does_not_read_is_erased_as_well(office: Office) -> None:
    anna = office.by(ANNA)
    file = office.root / store.path_of(ONE)
    file.write_text(file.read_text("utf-8") + "\tbroken: [\n", encoding="utf-8")
    commit(office.root)
    _erase(anna, ONE)
    assert not file.exists()
    assert not _blobs_of(office.root, ONE)


def test_only_an_admin_erases_and_no_work_is_lost(office: Office) -> None:
    ran = office.by(BOB)("privacy", "erase", ONE, "--reason", "request", "--json")
    assert (ran.code, ran.error["code"]) == (8, "not-admin")
    anna = office.by(ANNA)
    file = office.root / store.path_of(ONE)
    file.write_text(file.read_text("utf-8") + "# mine\n", encoding="utf-8")
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--json")
    assert (ran.code, ran.error["code"]) == (7, "uncommitted-edit")
    git(office.root, "stash", "-q")
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--json")
    assert (ran.code, ran.error["code"]) == (7, "git-stash")
    assert file.exists()


def test_a_rewrite_that_is_not_proved_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = office.by(ANNA)
    monkeypatch.setattr(rewriting.Mirror, "missing", lambda *_: False)
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--json")
    assert (ran.code, ran.error["code"]) == (9, "rewrite-unproved")
    assert _blobs_of(office.root, ONE)
    assert not list((office.root / ".git" / "textcrm").glob("rewrite-*"))
    monkeypatch.undo()


def test_several_at_once_deleted_ones_too(office: Office) -> None:
    anna = office.by(ANNA)
    own = anna.add(name="张三")
    anna.ok("rm", own, "--reason", "重复")
    data = _erase(anna, own, ONE, OTHER)
    assert data["ids"] == [own, ONE, OTHER]
    for each in data["ids"]:
        assert not _blobs_of(office.root, each)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_rewrite_that_is_killed_loses_nothing_and_is_completed(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    anna = office.by(ANNA)
    swap = rewriting.Mirror.swap

    def killed(mirror: rewriting.Mirror) -> None:
        if moment == "after":
            swap(mirror)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rewriting.Mirror, "swap", killed)
        ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--json")
        assert ran.code == 130
    assert git(office.root, "status", "--porcelain") == ""
    git(office.root, "fsck", "--strict")
    assert bool(_blobs_of(office.root, ONE)) is (moment == "before")
    _erase(anna, ONE)
    stones = tombstones.of(Vault.open(office.root))
    assert [one.ids for one in stones.rewrites] == [ONE]
    assert not _blobs_of(office.root, ONE)
    assert anna.ok("doctor", "--erased", "--json").data["remnants"] == []
    assert "history-rewritten" not in anna("audit", "verify", "--json").out


def test_49_an_edit_that_was_not_shared_yet_does_not_bring_it_back(office: Office) -> None:
    _, anna, bob = _shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    _erase(anna, ONE, rewrite=False)
    anna.ok("sync")
    data = bob.ok("sync", "--json").data
    assert data["questions"] == []
    assert bob("show", ONE).code == 4
    anna.ok("sync")
    assert anna.ok("show", OTHER, "--json").data["notes"] == "续约"
    assert anna("show", ONE).code == 4


def test_49_copies_of_edits_that_a_recovery_set_aside_go_too(office: Office) -> None:
    folder = office.root / ".git/textcrm/set-aside/1"
    copies = [folder / store.path_of(ONE), folder / f"attachments/{ONE}/a.pdf"]
    other = folder / store.path_of(OTHER)
    for file in (*copies, other):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("notes: by hand\n", encoding="utf-8")
    _erase(office.by(ANNA), ONE, rewrite=False)
    assert [file for file in (*copies, other) if file.exists()] == [other]
