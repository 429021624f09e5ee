"""History through gitrepo: reading it, writing a whole one, its upkeep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from authored import WANG, git, put

from textcrm.errors import NotFound
from textcrm.gitrepo import GitRepo, PastCommit, Person, compose_message, failures
from textcrm.gitrepo.log import read_date
from textcrm.gitrepo.worktree import blob_id

if TYPE_CHECKING:
    from pathlib import Path


LI = Person("Li Lei", "li@example.com")


# -- history


def test_log_of_an_unborn_branch_is_empty(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    assert list(repo.log()) == []
    assert repo.head() == ("refs/heads/main", None)
    assert repo.paths_ever() == set()
    assert repo.commit_at(dt.date(2030, 1, 1)) is None


def test_log_tells_raw_changes_and_trailers(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    zone = dt.timezone(dt.timedelta(hours=8))
    message = compose_message(
        "C1: add", reason="客户要求\n\nTextcrm-Op: forged", trailers=[("Textcrm-Op", "add")]
    )
    at = dt.datetime(2024, 5, 1, 9, 30, tzinfo=zone)
    repo.commit(lambda _read: {"c/一 1.yaml": b"1\n"}, message, author=WANG, at=at)
    put(repo, {"c/一 1.yaml": b"2\n", "d.yaml": b"1\n"}, "second\n\nwords\nof a body\n")
    put(repo, {"c/一 1.yaml": None})
    third, second, first = repo.log()
    assert first.author == WANG
    assert first.at == at
    assert first.at.utcoffset() == dt.timedelta(hours=8)
    assert first.subject == "C1: add"
    assert first.parents == ()
    assert first.trailers == {
        "Textcrm-Op": ["add"],
        "Textcrm-Reason": ["客户要求 Textcrm-Op: forged"],
    }
    assert second.body == "words\nof a body"
    assert [(one.status, one.path) for one in second.changes] == [
        ("M", "c/一 1.yaml"),
        ("A", "d.yaml"),
    ]
    assert second.changes[0].before == first.changes[0].after
    assert third.changes[0].after is None
    assert [one.id for one in repo.log(paths=["d.yaml"])] == [second.id]
    assert [one.id for one in repo.log(reverse=True)] == [first.id, second.id, third.id]
    assert [one.id for one in repo.log(limit=1)] == [third.id]
    assert [one.id for one in repo.log(author="王芳")] == [first.id]
    assert [one.id for one in repo.log(until=dt.date(2024, 5, 2))] == [first.id]
    assert [one.id for one in repo.log(since=dt.date(2024, 5, 2))] == [third.id, second.id]
    assert [one.id for one in repo.log(rev=second.id, limit=1)] == [second.id]


def test_log_shows_the_side_of_a_merge_that_lost(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    put(repo, {"a": b"1\n"}, "base")
    git(git_repo, "checkout", "-qb", "side")
    put(repo, {"a": b"lost\n"}, "lost")
    git(git_repo, "checkout", "-q", "main")
    put(repo, {"a": b"kept\n"}, "kept")
    git(git_repo, "merge", "-q", "-s", "ours", "-m", "merge", "side")
    commits = {commit.subject: commit for commit in repo.log(paths=["a"])}
    assert set(commits) >= {"base", "lost", "kept"}
    whole = {commit.subject: commit for commit in repo.log()}
    assert len(whole["merge"].parents) == 2
    assert whole["merge"].changes == ()


def test_log_shows_what_a_merge_itself_changed(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    put(repo, {"a": b"1\n"}, "base")
    git(git_repo, "checkout", "-qb", "side")
    put(repo, {"a": b"2\n"}, "side")
    git(git_repo, "checkout", "-q", "main")
    put(repo, {"a": b"3\n"}, "main")
    git(git_repo, "merge", "-q", "-s", "ours", "--no-commit", "side")
    (git_repo / "a").write_text("4\n", encoding="utf-8")
    git(git_repo, "commit", "-qam", "merge")
    merge, *_ = repo.log()
    [change] = merge.changes
    assert (change.status, change.path) == ("M", "a")
    assert repo.git("cat-file", "blob", change.before or "") == b"3\n"
    assert repo.git("cat-file", "blob", change.after or "") == b"4\n"


def test_log_survives_being_left_early_and_bad_revisions(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    for number in range(30):
        put(repo, {"a": b"%d\n" % number})
    commits = repo.log()
    assert next(commits).changes
    commits.close()  # type: ignore[attr-defined]
    for rev in ("nothing", "--output=x", "0" * 40):
        with pytest.raises(NotFound):
            list(repo.log(rev=rev))
    assert not (git_repo / "x").exists()


def test_log_of_foreign_bytes_and_absurd_dates(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    tree = repo.git("write-tree").decode().strip()
    raw = f"tree {tree}\nauthor caf".encode() + b"\xe9 <x> 99999999999999 +0000\n"
    raw += b"committer x <x> 1700000000 +0000\n\nm\xff\x01n\n"
    made = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=raw)
    [commit] = repo.log(rev=made.decode().strip())
    assert commit.author.name == "caf\ufffd"
    assert "\ufffd" in commit.subject
    assert commit.at.year >= 1970
    assert read_date("junk").year == 1970


def test_commit_at(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    days = [dt.datetime(2024, 5, day, 12).astimezone() for day in (1, 2, 3)]
    made = [repo.commit(lambda _r, n=n: {"a": b"%d" % n}, "x", at=at) for n, at in enumerate(days)]  # type: ignore[misc]
    assert repo.commit_at(dt.date(2024, 4, 30)) is None
    assert repo.commit_at(dt.date(2024, 5, 2)) == made[1]
    assert repo.commit_at(days[2]) == made[2]
    assert repo.commit_at(days[2] - dt.timedelta(seconds=1)) == made[1]


def test_paths_ever_knows_deleted_files_and_other_branches(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    put(repo, {"c/1.yaml": b"1\n", "other": b"1\n"})
    put(repo, {"c/1.yaml": None})
    git(git_repo, "checkout", "-qb", "side")
    put(repo, {"c/二.yaml": b"1\n"})
    git(git_repo, "update-ref", "refs/remotes/origin/main", "side")
    git(git_repo, "checkout", "-q", "main")
    git(git_repo, "branch", "-qD", "side")
    assert repo.paths_ever("c") == {"c/1.yaml", "c/二.yaml"}
    today = dt.datetime.now(dt.UTC).date()
    assert repo.paths_ever("c/", since=today) == {"c/1.yaml", "c/二.yaml"}
    assert repo.paths_ever("c", since=today + dt.timedelta(days=9)) == set()


def test_remotes_and_distance(git_repo: Path, tmp_path: Path) -> None:
    repo = GitRepo.open(git_repo)
    put(repo, {"a": b"1\n"})
    assert repo.remotes() == {}
    assert repo.ahead_behind() is None
    git(tmp_path, "clone", "-q", str(git_repo), "clone")
    clone = GitRepo.open(tmp_path / "clone")
    assert clone.remotes() == {"origin": str(git_repo)}
    assert clone.ahead_behind() == (0, 0)
    put(clone, {"a": b"2\n"})
    put(clone, {"a": b"3\n"})
    put(repo, {"b": b"1\n"})
    git(clone.top, "fetch", "-q")
    assert clone.ahead_behind() == (2, 1)


# -- a whole history


def test_write_history(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "demo 示例")
    zone = dt.timezone(dt.timedelta(hours=8))
    start = dt.datetime(2024, 1, 1, 9, tzinfo=zone)
    commits = [
        PastCommit("init", WANG, start, {"客户/一.yaml": b"1\n", "b.yaml": b"1\n"}),
        PastCommit(
            "edit", LI, start + dt.timedelta(days=1), {"客户/一.yaml": b"2\n", "b.yaml": None}
        ),
        PastCommit("more", WANG, start + dt.timedelta(days=2), {"c d.yaml": b"1\n"}),
    ]
    made = repo.write_history(commits)
    told = list(repo.log(reverse=True))
    assert [(one.subject, one.author, one.at) for one in told] == [one[:3] for one in commits]
    assert made == told[-1].id == repo.head().commit
    assert (repo.top / "客户/一.yaml").read_bytes() == b"2\n"
    assert not (repo.top / "b.yaml").exists()
    assert repo.status() == []
    assert git(repo.top, "diff-files") == ""
    put(repo, {"c d.yaml": b"2\n"})
    with pytest.raises(Exception, match="history"):
        repo.write_history(commits)


def test_maintenance_tidies_by_itself(git_repo: Path) -> None:
    git(git_repo, "config", "gc.auto", "6700")
    repo = GitRepo.open(git_repo)
    contents = (b"%d\n" % number for number in range(20_000))
    sample = [data for data in contents if blob_id(data).startswith("17")][:30]
    put(repo, {f"{number}.yaml": data for number, data in enumerate(sample)})
    assert "count: 0" in git(git_repo, "count-objects", "-v")
    graph = git_repo / ".git/objects/info/commit-graph"
    assert b"BIDX" in graph.read_bytes()  # the filters by changed path
    assert not (git_repo / ".git/textcrm/tidied").exists()


def test_maintenance_that_is_switched_off_is_not_asked_each_time(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    loose = git_repo / ".git/objects/17"
    loose.mkdir()
    for number in range(30):
        (loose / f"{number:038d}").write_bytes(b"")
    put(repo, {"a": b"1\n"})
    marker = git_repo / ".git/textcrm/tidied"
    asked = marker.stat().st_mtime_ns
    put(repo, {"a": b"2\n"})
    assert marker.stat().st_mtime_ns == asked


def test_every_failure_is_bilingual() -> None:
    for error in (
        failures.disk_full(),
        failures.git_missing(),
        failures.locked("x"),
        failures.vault_busy("x"),
        failures.disk_failed(OSError(5, "Input/output error", "f")),
        failures.git_failed("log", "fatal: Unable to create '/x/index.lock': File exists."),
        failures.git_failed("log", "fatal: No space left on device"),
    ):
        assert error.say("zh") != error.say("en")
        assert error.say_hint("zh")
        assert error.exit_code == 9
