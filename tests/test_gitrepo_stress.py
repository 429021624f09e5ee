"""Several writers at once, killed now and then, beside plain git: nothing told as saved is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from textcrm.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")

RECORDS = 12
WRITER = """
import random, sys, time
from textcrm.gitrepo import GitRepo

top, name, first, last, told = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]), sys.argv[5]
chance = random.Random(f"{name}{first}")
repo = GitRepo.open(top)
with open(told, "a", buffering=1) as acknowledged:
    for number in range(first, last):
        record = 0 if chance.random() < 0.3 else chance.randrange(12)
        path, line = f"c/{record:02d}.yaml", f"- {name}.{number}\\n"
        repo.commit(lambda read: {path: read(path) + line.encode()}, f"{name}.{number}")
        acknowledged.write(f"{name}.{number} {path}\\n")
"""


class Load(NamedTuple):
    """How hard a run is."""

    writers: int
    commits: int
    kills: int
    foreign: int


class Writer:
    """One writing process, started again where it stopped when it is killed."""

    def __init__(self, top: Path, told: Path, name: str, commits: int) -> None:
        self.top, self.told, self.name, self.commits = top, told, name, commits
        self.process = self._start(0)

    def _start(self, first: int) -> subprocess.Popen[bytes]:
        self.first = first
        words = [str(self.top), self.name, str(first), str(self.commits), str(self.told)]
        return subprocess.Popen([sys.executable, "-c", WRITER, *words], start_new_session=True)

    def acknowledged(self) -> list[tuple[str, str]]:
        if not self.told.exists():
            return []
        lines = self.told.read_text(encoding="utf-8").splitlines()
        return [(line.split()[0], line.split()[1]) for line in lines]

    def kill(self, *, group: bool) -> None:
        (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.wait()
        done = self.acknowledged()
        # One may have been rolled forward untold: its number is used up, so go on behind it.
        last = int(done[-1][0].split(".")[1]) if done else -1
        self.commits += 1
        self.process = self._start(max(last + 2, self.first + 1))


def git(folder: Path, *args: str, check: bool = True) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *args], check=check, capture_output=True, text=True
    )
    return done.stdout


def prepare(top: Path) -> GitRepo:
    repo = GitRepo.open(top)
    base: dict[str, bytes | None] = {f"c/{n:02d}.yaml": b"log:\n" for n in range(RECORDS)}
    repo.commit(lambda _read: {**base, "notes.txt": b"a\n", "foreign.txt": b"f\n"}, "base")
    (top / "notes.txt").write_bytes(b"staged\n")
    git(top, "add", "notes.txt")
    (top / "notes.txt").write_bytes(b"staged\nand not\n")
    return repo


def run(repo: GitRepo, folder: Path, load: Load) -> tuple[list[Writer], int, int]:
    """Let the writers work; gives them, the kills, and the commits by plain git."""
    chance = random.Random(5)
    writers = [
        Writer(repo.top, folder / f"told{n}", f"w{n}", load.commits) for n in range(load.writers)
    ]
    kills = foreign = 0
    # Paced by what was acknowledged, not by the clock: a fast machine is killed as often as a slow one.
    pace = load.writers * load.commits / (load.kills + 2) if load.kills else 0
    while any(writer.process.poll() is None for writer in writers):
        writer = chance.choice(writers)
        told = sum(len(one.acknowledged()) for one in writers) if kills < load.kills else 0
        if kills < load.kills and told >= pace * (kills + 1) and writer.process.poll() is None:
            time.sleep(chance.uniform(0, 0.02))  # anywhere in a transaction, not just behind one
            writer.kill(group=kills % 2 == 0)
            kills += 1
        if foreign < load.foreign:
            (repo.top / "foreign.txt").write_bytes(b"%d\n" % foreign)
            done = subprocess.run(
                ["git", "-C", str(repo.top), "commit", "-qm", "foreign", "--", "foreign.txt"],
                check=False,
                capture_output=True,
            )
            foreign += done.returncode == 0
        time.sleep(0.01)
    return writers, kills, foreign


def check(repo: GitRepo, writers: list[Writer], foreign: int) -> None:
    repo.recover()
    lost = [
        (tag, path)
        for writer in writers
        for tag, path in writer.acknowledged()
        if (repo.read("HEAD", path) or b"").count(f"- {tag}\n".encode()) != 1
    ]
    assert lost == []
    told = sum(len(writer.acknowledged()) for writer in writers)
    subjects = [commit.subject for commit in repo.log()]
    assert subjects.count("foreign") == foreign
    assert len(subjects) - foreign - 1 >= told
    assert len(set(subjects)) == len(subjects) - max(0, foreign - 1)  # none was made twice
    own = [one for one in repo.status() if one.path != "foreign.txt"]
    assert own == [("notes.txt", "M", "M")]
    assert not list(repo.common_dir.rglob("*.lock"))
    assert repo.parked() == []
    git(repo.top, "fsck", "--no-dangling")


def all_done(writers: list[Writer]) -> None:
    assert [writer.process.returncode for writer in writers] == [0] * len(writers)


def test_three_writers_some_kills_and_plain_git(git_repo: Path, tmp_path: Path) -> None:
    repo = prepare(git_repo)
    writers, kills, foreign = run(repo, tmp_path, Load(3, 20, 6, 8))
    check(repo, writers, foreign)
    assert kills > 3
    all_done(writers)


@pytest.mark.slow
@pytest.mark.parametrize("foreign", [0, 100])
def test_eight_writers_fifty_commits_sixty_kills(
    git_repo: Path, tmp_path: Path, foreign: int
) -> None:
    repo = prepare(git_repo)
    writers, kills, made = run(repo, tmp_path, Load(8, 50, 60, foreign))
    check(repo, writers, made)
    assert kills > 50
    all_done(writers)


@pytest.mark.slow
def test_eight_writers_fifty_commits(git_repo: Path, tmp_path: Path) -> None:
    repo = prepare(git_repo)
    start = time.monotonic()
    writers, _, _ = run(repo, tmp_path, Load(8, 50, 0, 0))
    check(repo, writers, 0)
    all_done(writers)
    assert len(list(repo.log())) == 401
    assert 400 / (time.monotonic() - start) > 5
