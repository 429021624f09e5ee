"""The acceptance checks on erasure, by their numbers (48, 50), with real git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from erasing import ONE, OTHER, admins, blobs_of, erase, shared
from people_at_work import ANNA, BOB, Office, commit
from team_vault import git

from textcrm import store
from textcrm.gitrepo import rewriting
from textcrm.gitrepo.process import Git
from textcrm.vault import Vault, tombstones

if TYPE_CHECKING:
    from pathlib import Path


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


def _trees(root: Path, own: str) -> list[list[str]]:
    """Of each commit of main, oldest first, all files but the customer's and the tombstones."""
    found = []
    for one in git(root, "rev-list", "--reverse", "--topo-order", "main").split():
        lines = git(root, "-c", "core.quotePath=false", "ls-tree", "-r", one).splitlines()
        found.append([each for each in lines if own not in each and "/tombstones" not in each])
    return found


def test_48_no_object_is_left_and_other_records_are_as_they_were(office: Office) -> None:
    _long(office.root, 300)
    anna = office.by(ANNA)
    git(office.root, "tag", "-m", "李明远 was here", "v1", "HEAD~5")
    git(office.root, "branch", "other", "HEAD~40")
    blobs, before = blobs_of(office.root, ONE), _trees(office.root, ONE)
    assert len(blobs) > 100
    scribble = office.root / "notes.txt"
    scribble.write_text("mine", encoding="utf-8")
    data = erase(anna, ONE)
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
    assert tombstones.signer(text.encode(), signature, admins(office.root)) == ANNA
    assert tombstones.signer(text.encode() + b"#", signature, admins(office.root)) is None
    assert anna.ok("doctor", "--erased", "--json").data["remnants"] == []
    ran = anna("show", ONE, "--json")
    assert (ran.code, ran.error["code"]) == (4, "no-such-record")
    assert stones.stones[0].date in ran.error["hint"]
    assert anna.ok("check").code == 0
    assert ONE not in {one["id"] for one in anna("trash", "--json").data}


def test_48_audit_goes_on_after_a_signed_rewrite(office: Office) -> None:
    anna = office.by(ANNA)
    anna.ok("set", OTHER, "notes=一")
    assert "history-rewritten" not in anna("audit", "verify").out
    anna.ok("set", OTHER, "notes=二")
    erase(anna, ONE)
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
    erase(anna, moved)
    assert anna.ok("show", own, "--json").data["name"] == "王五乙"
    assert "张三甲" not in git(office.root, "log", "--all", "-p", "--format=")
    assert "王五乙" in git(office.root, "log", "--all", "-p", "--format=")


def test_50_what_erasing_cannot_do_is_said(office: Office) -> None:
    _, anna, _ = shared(office)
    anna.ok("set", OTHER, f"notes=由 {ONE} 介绍")
    (office.root / "draft.txt").write_text(f"call {ONE}", encoding="utf-8")
    said = anna.ok("--lang", "en", "privacy", "erase", ONE, "--reason", "request", "--rewrite",
                   "--yes")  # fmt: skip
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


def test_history_is_not_rewritten_where_nobody_can_be_asked(office: Office) -> None:
    anna = office.by(ANNA)
    before = git(office.root, "rev-parse", "HEAD")
    words = ("privacy", "erase", ONE, OTHER, "--reason", "request", "--rewrite")
    for more in ((), ("--no-input",)):
        ran = anna("--lang", "en", *more, *words, "--json")
        assert (ran.code, ran.error["code"]) == (2, "input-needed")
        assert ONE in ran.error["message"]
        assert OTHER in ran.error["message"]
        assert "every commit" in ran.error["message"]
        assert "--yes" in ran.error["hint"]
    assert git(office.root, "rev-parse", "HEAD") == before
    assert blobs_of(office.root, ONE)
    anna.ok("--no-input", *words, "--yes")
    assert not blobs_of(office.root, ONE)


def test_a_file_that_does_not_read_is_erased_as_well(office: Office) -> None:
    anna = office.by(ANNA)
    file = office.root / store.path_of(ONE)
    file.write_text(file.read_text("utf-8") + "\tbroken: [\n", encoding="utf-8")
    commit(office.root)
    erase(anna, ONE)
    assert not file.exists()
    assert not blobs_of(office.root, ONE)


def test_only_an_admin_erases_and_no_work_is_lost(office: Office) -> None:
    ran = office.by(BOB)("privacy", "erase", ONE, "--reason", "request", "--json")
    assert (ran.code, ran.error["code"]) == (8, "not-admin")
    anna = office.by(ANNA)
    file = office.root / store.path_of(ONE)
    file.write_text(file.read_text("utf-8") + "# mine\n", encoding="utf-8")
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--json")
    assert (ran.code, ran.error["code"]) == (7, "uncommitted-edit")
    git(office.root, "stash", "-q")
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--yes", "--json")
    assert (ran.code, ran.error["code"]) == (7, "git-stash")
    assert file.exists()


def test_a_rewrite_that_is_not_proved_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = office.by(ANNA)
    monkeypatch.setattr(rewriting.Mirror, "missing", lambda *_: False)
    ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--yes", "--json")
    assert (ran.code, ran.error["code"]) == (9, "rewrite-unproved")
    assert blobs_of(office.root, ONE)
    assert not list((office.root / ".git" / "textcrm").glob("rewrite-*"))
    monkeypatch.undo()


def test_several_at_once_deleted_ones_too(office: Office) -> None:
    anna = office.by(ANNA)
    own = anna.add(name="张三")
    anna.ok("rm", own, "--reason", "重复")
    data = erase(anna, own, ONE, OTHER)
    assert data["ids"] == [own, ONE, OTHER]
    for each in data["ids"]:
        assert not blobs_of(office.root, each)


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
        ran = anna("privacy", "erase", ONE, "--reason", "request", "--rewrite", "--yes", "--json")
        assert ran.code == 130
    assert git(office.root, "status", "--porcelain") == ""
    git(office.root, "fsck", "--strict")
    assert bool(blobs_of(office.root, ONE)) is (moment == "before")
    erase(anna, ONE)
    stones = tombstones.of(Vault.open(office.root))
    assert [one.ids for one in stones.rewrites] == [ONE]
    assert not blobs_of(office.root, ONE)
    assert anna.ok("doctor", "--erased", "--json").data["remnants"] == []
    assert "history-rewritten" not in anna("audit", "verify", "--json").out
