"""The warm check says what a cold one says."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.generate import vault as make_vault
from textcrm import store
from textcrm.errors import TrustFailure
from textcrm.quality import keys, looking
from textcrm.quality.check import Checked, check, check_paths
from textcrm.vault import Vault

DAY = "2026-05-01"
PLAIN = "6222020200112233445"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_vault(tmp_path / "v", 60)
    return tmp_path / "v"


def vault(root: Path, day: str = DAY) -> Vault:
    return Vault.open(root, today=dt.date.fromisoformat(day))


def cold(root: Path, day: str = DAY) -> Checked:
    place = root.with_name("cold")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(root, place, ignore=shutil.ignore_patterns(".textcrm"), symlinks=True)
    return check(vault(place, day))


def warm(root: Path, day: str = DAY) -> Checked:
    return check(vault(root, day))


def files(root: Path) -> list[Path]:
    return sorted((root / "customers").rglob("*.yaml"))


def aged(root: Path) -> None:
    """As if everything had been written, and looked at, some time ago."""
    long_ago = time.time() - 60
    for folder, _, names in os.walk(root):
        for name in names:
            os.utime(Path(folder) / name, (long_ago, long_ago), follow_symlinks=False)


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are looked at from now on."""
    seen: list[str] = []
    look = looking.look

    def watching(one: Vault, path: str) -> looking.Looked:
        seen.append(path)
        return look(one, path)

    monkeypatch.setattr(looking, "look", watching)
    return seen


@pytest.fixture
def settled(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault whose files are old enough for their signatures to be believed."""
    monkeypatch.setattr("textcrm.catalog.scanning.GRAIN", 1)
    warm(root)
    warm(root)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_wrong_is_said_again(root: Path, seed: int) -> None:
    chooser = random.Random(seed)
    lines = (
        "status: nonsense\n",
        "x: [\n",
        "owner: nobody\n",
        "zz: 1\n",
        f"bank_account: '{PLAIN}'\n",
        "former_ids: [C20240501001]\n",
        "verified: '2026-06-01'\n",
        "registration_number: 91310000MA1FL0N12X\n",
        "# no more\n",
    )
    tags = ("tags: [渠道]\n", "tags: [ 渠道 ]\n", "tags: [VIP, vip]\n", "tags: [ＶＩＰ]\n")
    for _ in range(14 if seed else 8):
        here = files(root)
        file, other = chooser.sample(here, 2)
        deed = chooser.randrange(8)
        if deed == 0:
            shutil.copy(file, other)
        elif deed == 1:
            file.unlink()
        elif deed == 2:
            other.replace(file)
        elif deed == 3:
            text = file.read_text("utf-8").splitlines(keepends=True)
            tagged = [one for one in text if not one.startswith("tags:")]
            file.write_text("".join([*tagged, chooser.choice(tags)]), "utf-8")
        elif deed == 4:
            shutil.copy(file, file.with_name("C20990101001.yaml"))
        elif deed == 5:
            was = file.stat()
            whole = file.read_text("utf-8")
            file.write_text(whole.replace("status: active", "status: absent"), "utf-8")
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
        else:
            file.write_text(file.read_text("utf-8") + chooser.choice(lines), "utf-8")
        assert warm(root) == cold(root)
        assert warm(root) == cold(root)
    assert warm(root).problems


def test_nothing_is_looked_at_twice(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = warm(settled)
    monkeypatch.setattr(Vault, "findings", None)
    monkeypatch.setattr(looking, "across", None)
    assert warm(settled) == found
    assert check_paths(vault(settled), None).checked == 60


def test_of_a_changed_record_only_that_is_looked_at(
    settled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files(settled)[7]
    file.write_text(file.read_text("utf-8") + "owner: nobody\n", "utf-8")
    seen = watched(monkeypatch)
    found = warm(settled)
    assert seen == [file.relative_to(settled).as_posix()]
    assert found == cold(settled)


@pytest.mark.parametrize("what", ["day", "schema", "settings", "people", "version"])
def test_all_is_looked_at_again_where_something_else_counts(
    root: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(root)
    day = DAY
    if what == "day":
        day = "2020-01-01"
    elif what == "schema":
        file = root / "schema" / "customer.schema.json"
        file.write_text(file.read_text("utf-8").replace('"prospect"', '"prospects"'), "utf-8")
    elif what == "settings":
        (root / "textcrm.yaml").write_text("thresholds: {summary_limit: 3}\n", "utf-8")
    elif what == "people":
        (root / "access" / "access.yaml").write_text("people: []\n", "utf-8")
    before = cold(root, day)
    if what == "version":
        monkeypatch.setattr("textcrm.__version__", "99")
        seen = watched(monkeypatch)
        assert warm(root, day) == before
        assert len(seen) == 60
        return
    assert before.problems
    assert warm(root, day) == before


def test_what_git_brings_is_seen(root: Path) -> None:
    git(root, "config", "user.email", "a@example.com")
    git(root, "config", "user.name", "A")
    first = warm(root)
    file = files(root)[3]
    text = file.read_text("utf-8")
    file.write_text(text + "owner: nobody\n", "utf-8")
    git(root, "commit", "-aqm", "one")
    aged(root)
    second = warm(root)
    assert second == cold(root) != first
    git(root, "checkout", "-q", "HEAD~1")
    assert warm(root) == first
    git(root, "checkout", "-q", "-")
    assert warm(root) == second
    git(root, "stash", "list")
    git(root, "mv", file.relative_to(root).as_posix(), "customers/C20240101999.yaml")
    assert warm(root) == cold(root)


def test_what_lies_beside_the_records_is_seen(settled: Path) -> None:
    root = settled
    before = warm(root)
    key = root / "notes.txt"
    key.write_text("AGE-SECRET-KEY-1" + "Q" * 58 + "\n", "utf-8")
    assert warm(root) == before  # nobody gave it to git
    git(root, "add", "notes.txt")
    assert [one.finding.code for one in warm(root).problems if one.file == "notes.txt"] == [
        "secret-key"
    ]
    assert warm(root) == cold(root)
    key.write_text("nothing\n", "utf-8")
    assert warm(root) == before
    git(root, "config", "diff.textcrm.cachetextconv", "true")
    assert {one.finding.code for one in warm(root).problems} >= {"textconv-cache"}
    git(root, "config", "diff.textcrm.cachetextconv", "false")
    assert warm(root) == before


def test_git_is_not_asked_for_files_again(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = warm(settled)
    monkeypatch.setattr(keys, "Search", None)
    assert warm(settled) == found


def test_a_sealed_attachment_that_changes_is_seen(settled: Path) -> None:
    root = settled
    file = files(root)[5]
    place = f"attachments/{file.stem}/a.txt.age"
    named = (
        "documents:\n  - id: k3f9a\n    kind: contract\n    file: "
        f"{place}\n    sealed_for: [finance@1]\n    sha256: '{'0' * 64}'\n"
    )
    file.write_text(file.read_text("utf-8") + named, "utf-8")

    def codes() -> set[str]:
        found = warm(root)
        assert found == cold(root)
        assert warm(root) == found
        return {one.finding.code for one in found.problems if "attachment" in one.finding.code}

    assert "attachment-missing" in codes()
    (root / place).parent.mkdir(parents=True)
    (root / place).write_text("plain\n", "utf-8")
    found = codes()
    assert "attachment-plain" in found
    assert "attachment-missing" not in found
    kept = root / ".textcrm" / "checked"
    kept.write_bytes(kept.read_bytes()[:-30] + b"x" * 30)  # where the findings do not stand
    (root / place).unlink()
    assert "attachment-missing" in codes()


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "body", "folder", "gone", "link"])
def test_a_damaged_memory_is_none(settled: Path, damage: str) -> None:
    found = warm(settled)
    place = settled / ".textcrm" / "checked"
    data = place.read_bytes()
    if damage == "cut":
        place.write_bytes(data[: len(data) // 2])
    elif damage == "garbage":
        place.write_bytes(os.urandom(4000))
    elif damage == "empty":
        place.write_bytes(b"")
    elif damage == "body":
        place.write_bytes(data[:-9] + b"[" + data[-8:])
    elif damage == "folder":
        place.unlink()
        place.mkdir()
    elif damage == "gone":
        shutil.rmtree(place.parent)
    else:
        place.rename(settled / "elsewhere")
        place.symlink_to(settled / "elsewhere")
    assert warm(settled) == found
    assert warm(settled) == found


def test_where_nothing_can_be_written_nothing_is_kept(root: Path) -> None:
    (root / ".textcrm").write_text("", "utf-8")
    assert warm(root) == cold(root)
    assert (root / ".textcrm").read_text("utf-8") == ""


def test_nothing_in_plain_that_is_to_be_sealed_is_kept(root: Path) -> None:
    file = files(root)[0]
    secret = "秘密标签"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    kept_lines = [one for one in lines if not one.startswith("products:")]
    added = f"bank_account: '{PLAIN}'\nproducts: [{secret}]\n"
    file.write_text("".join(kept_lines) + added, "utf-8")
    found = warm(root)
    assert "plain-sealed" in {one.finding.code for one in found.problems}
    kept = (root / ".textcrm" / "checked").read_bytes()
    assert PLAIN.encode() not in kept
    assert secret.encode() not in kept
    assert oct((root / ".textcrm" / "checked").stat().st_mode & 0o777) == "0o600"
    assert warm(root) == found == cold(root)


def test_a_memory_that_came_with_a_clone_is_refused(root: Path) -> None:
    warm(root)
    git(root, "add", "-f", ".textcrm/checked")
    with pytest.raises(TrustFailure):
        warm(root)


def test_many_files_are_looked_at_by_several(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cold(root)
    monkeypatch.setattr(looking, "_MANY", 10)
    monkeypatch.setattr(looking, "_PART", 7)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    counts: list[int] = []
    assert check(vault(root), progress=counts.append) == found
    assert max(counts) <= 60


def test_a_helper_that_dies_costs_nothing_but_time(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textcrm.quality import forked

    if not forked.possible():
        pytest.skip("no copies of this process")
    found = cold(root)
    own, look, fork = os.getpid(), looking.look, os.fork
    made: list[int] = []

    def forking() -> int:
        pid = fork()
        if pid:
            made.append(pid)
        return pid

    def dying(v: Vault, path: str) -> looking.Looked:
        if os.getpid() != own:
            os._exit(1)
        return look(v, path)

    monkeypatch.setattr(looking, "look", dying)
    monkeypatch.setattr(looking, "_MANY", 10)
    monkeypatch.setattr(looking, "_PART", 7)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(os, "fork", forking)
    assert warm(root) == found
    assert made
    for pid in made:  # other tests may have left processes of their own
        with pytest.raises(ChildProcessError):  # it was waited for
            os.waitpid(pid, os.WNOHANG)


def test_some_files_are_checked_among_themselves(root: Path) -> None:
    here = [one.relative_to(root).as_posix() for one in files(root)[:5]]
    assert check_paths(vault(root), here).checked == 5
    assert list(store.paths(root))[:5] == here
