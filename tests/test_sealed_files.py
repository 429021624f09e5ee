"""Sealed attachments: streamed, opened by who reads the class, known to check, followed by rekey."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from team_vault import Team, git, team_at

from textcrm.records import attachments
from textcrm.vault import Vault, sealed_files

if TYPE_CHECKING:
    from pathlib import Path

CANARY = b"the contract itself, \x00\xc3\xa9\r\n not for everybody " * 3000


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    file = tmp_path / "outside" / "合同.pdf"
    file.parent.mkdir()
    file.write_bytes(CANARY)
    return file


def attached(team: Team, scan: Path, *words: str, owner: str = "") -> tuple[str, str]:
    """A customer with a sealed file, attached by one without any key: id and path."""
    shell = team.by(None)
    more = ("--set", f"owner={owner}") if owner else ()
    one = str(shell.ok("add", "甲公司", *more, "--json").data["id"])
    done = shell.ok("attach", one, str(scan), "--seal", "finance", *words, "--json").data
    return one, str(done["file"])


def codes(team: Team, *words: str) -> list[str]:
    found = team.by(None)("check", *words, "--json").data["problems"]
    return [one["code"] for one in found if one["code"].startswith("attachment")]


def test_it_is_sealed_by_anybody_and_opened_by_readers_alone(
    team: Team, scan: Path, tmp_path: Path
) -> None:
    one, path = attached(team, scan)
    assert path.endswith("合同.pdf.age")
    out = tmp_path / "outside"
    for who in (None, "zhao-min"):
        ran = team.by(who)("attach", "get", one, "1", str(out / "no.pdf"))
        assert ran.code == 3
        assert not (out / "no.pdf").exists()
    team.by("wang-fang").ok("attach", "get", one, "1", str(out / "yes.pdf"))
    assert (out / "yes.pdf").read_bytes() == CANARY
    if os.name != "nt":
        assert stat.S_IMODE((out / "yes.pdf").stat().st_mode) == 0o600
    assert team.by("wang-fang")("attach", "get", one, "1", str(out / "yes.pdf")).code == 7


def test_plain_bytes_are_nowhere_in_the_vault(team: Team, scan: Path) -> None:
    one, _ = attached(team, scan)
    team.by("wang-fang")("attach", "get", one, "1", "/nowhere/at/all")
    for file in team.root.rglob("*"):
        if file.is_file():
            assert CANARY[:40] not in file.read_bytes(), file
    blobs = subprocess.run(
        ["git", "-C", str(team.root), "cat-file", "--batch", "--batch-all-objects"],
        check=True,
        capture_output=True,
    )
    assert CANARY[:40] not in blobs.stdout
    assert not list((team.root / ".git" / "textcrm").glob("attach-*"))
    assert git(team.root, "status", "--porcelain") == ""


def test_the_record_says_for_whom_and_the_list_shows_it(
    team: Team, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    one, path = attached(team, scan, owner="li-qiang")
    item: dict[str, Any] = Vault.open(team.root).get(one).raw["documents"][0]
    assert item["sealed_for"] == ["finance@1", "li-qiang"]
    assert len(item["sha256"]) == 64
    assert "🔒 finance@1+li-qiang" in team.by(None).ok("attach", "list", one).out
    row = team.by(None).ok("attach", "list", one, "--json").data[0]
    assert (row["path"], row["sealed_for"]) == (path, ["finance@1", "li-qiang"])
    assert team.by("li-qiang").ok("attach", "get", one, "1", "-").code == 0
    (line,) = [x for x in team.by(None).ok("member", "list", one).out.splitlines() if path in x]
    assert "李强" in line
    assert "赵敏" not in line
    told = team.by("li-qiang").ok("privacy", "disclose", one, "--format", "json", "-o", "-").out
    assert path in {each["path"] for each in json.loads(told)["readers"]["sealed"]}


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_age_itself_opens_it(team: Team, scan: Path) -> None:
    _, path = attached(team, scan, owner="li-qiang")
    key = team.keys / "li-qiang.throw-away-key.txt"
    done = subprocess.run(
        ["age", "-d", "-i", str(key), str(team.root / path)], check=True, capture_output=True
    )
    assert done.stdout == CANARY


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: b"plain", "attachment-plain"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "attachment-changed"),
        (lambda data: None, "attachment-missing"),
    ],
)
def test_check_finds_it_plain_changed_or_gone_without_a_key(
    team: Team, scan: Path, change: Any, code: str
) -> None:
    one, path = attached(team, scan)
    assert codes(team) == []
    data = change((team.root / path).read_bytes())
    (team.root / path).unlink()
    if data is not None:
        (team.root / path).write_bytes(data)
    assert codes(team) == [code]
    ran = team.by("wang-fang")("attach", "get", one, "1", "-")
    assert (ran.code, ran.out) == (4 if data is None else 8, "")


def test_swapped_files_are_refused(team: Team, scan: Path, tmp_path: Path) -> None:
    one, first = attached(team, scan)
    _, second = attached(team, scan)
    a, b = team.root / first, team.root / second
    data = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(data)
    assert codes(team) == ["attachment-changed"] * 2
    assert team.by("wang-fang")("attach", "get", one, "1", str(tmp_path / "x")).code == 8
    assert not (tmp_path / "x").exists()


def test_the_hook_refuses_a_plain_one(team: Team, scan: Path) -> None:
    _, path = attached(team, scan)
    (team.root / path).write_bytes(b"typed over")
    git(team.root, "add", path)
    found = team.by(None)("check", "--staged", "--json")
    assert [one["code"] for one in found.data["problems"]] == ["attachment-plain"]
    git(team.root, "commit", "-q", "--no-verify", "-m", "by hand")
    found = team.by(None)("check", "--range", "HEAD~1..HEAD", "--json")
    assert [one["code"] for one in found.data["problems"]] == ["attachment-plain"]


def test_rekey_follows_and_the_content_stays(
    team: Team, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, path = attached(team, scan)
    before = (team.root / path).read_bytes()
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(team.keys / "chen-chen.throw-away-signing-key"))
    team.by("chen-chen").ok("member", "remove", "wang-fang")
    assert codes(team, one) == ["attachment-stale"]
    assert team.by("zhao-min")("rekey", one).code == 1
    assert (team.root / path).read_bytes() == before
    team.by("chen-chen").ok("rekey", one)
    assert codes(team, one) == []
    assert team.by("wang-fang")("attach", "get", one, "1", "-").code == 3
    team.by("chen-chen").ok("attach", "get", one, "1", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == CANARY
    assert team.by("chen-chen").ok("rekey", one, "--json").data["values"] == 0


def test_a_new_owner_reads_it_from_the_same_commit_on(
    team: Team, scan: Path, tmp_path: Path
) -> None:
    one, path = attached(team, scan, owner="li-qiang")
    second = str(
        team.by(None).ok("attach", one, str(scan), "--seal", "finance", "--json").data["file"]
    )
    open_one = str(team.by(None).ok("attach", one, str(scan), "--json").data["file"])
    plain = (team.root / open_one).read_bytes()
    before = {name: (team.root / name).read_bytes() for name in (path, second)}
    head = int(git(team.root, "rev-list", "--count", "HEAD"))
    assert team.by("chen-chen")("set", one, "owner=zhao-min").code == 2  # zhao reads no finance
    assert int(git(team.root, "rev-list", "--count", "HEAD")) == head
    ran = team.by("chen-chen").ok("--lang", "en", "assign", one, "zhao-min")
    assert "rekey" not in ran.out + ran.err
    assert int(git(team.root, "rev-list", "--count", "HEAD")) == head + 1
    for number in ("1", "2"):
        team.by("zhao-min").ok("attach", "get", one, number, str(tmp_path / number))
        assert (tmp_path / number).read_bytes() == CANARY
        assert team.by("li-qiang")("attach", "get", one, number, "-").code == 3
    assert codes(team, one) == []
    assert (team.root / open_one).read_bytes() == plain
    assert git(team.root, "status", "--porcelain") == ""
    assert not list((team.root / ".git" / "textcrm").glob("attach-*"))
    team.by("chen-chen").ok("undo")
    assert {name: (team.root / name).read_bytes() for name in (path, second)} == before
    team.by("li-qiang").ok("attach", "get", one, "1", "-")


@pytest.mark.parametrize(
    "words",
    [
        ("assign", "{id}", "zhao-min"),
        ("set", "{id}", "owner=zhao-min", "--grant"),
        ("assign", "--all", "li-qiang", "zhao-min", "--yes"),
        ("set", "--query", "甲公司", "owner=zhao-min", "--yes", "--grant"),
        ("assign", "{id}", "none"),
    ],
)
def test_every_way_to_another_owner_takes_it_along(
    team: Team, scan: Path, words: tuple[str, ...]
) -> None:
    one, path = attached(team, scan, owner="li-qiang")
    before = (team.root / path).read_bytes()
    team.by("chen-chen").ok(*(word.format(id=one) for word in words))
    assert (team.root / path).read_bytes() != before
    shown = team.by(None).ok("show", one, "--json").data["documents"][0]
    assert shown["sealed_for"] == (
        ["finance@1", "zhao-min"] if "none" not in words else ["finance@1"]
    )
    assert team.by("li-qiang")("attach", "get", one, "1", "-").code == 3
    assert codes(team, one) == []


def test_one_that_nobody_here_opens_is_named_and_stays(team: Team, scan: Path) -> None:
    one, path = attached(team, scan)
    before = (team.root / path).read_bytes()
    for words in (
        ("assign", one, "li-qiang"),
        ("assign", "--all", "li-qiang", "wang-fang", "--yes"),
    ):
        ran = team.by("zhao-min" if words[1] == one else "chen-chen").ok("--lang", "en", *words)
        if words[1] != one:
            assert path not in ran.err  # chen-chen opens it
            continue
        assert f"{path} stays sealed for finance@1 and not for the new owner" in ran.err
        assert (team.root / path).read_bytes() == before
        team.by("chen-chen").ok("rekey", one, "--grant")
        team.by("li-qiang").ok("attach", "get", one, "1", "-")


def test_one_that_was_changed_is_named_and_stays(team: Team, scan: Path) -> None:
    one, path = attached(team, scan, owner="li-qiang")
    file = team.root / path
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    git(team.root, "commit", "-qam", "x", "--no-verify")
    swapped = file.read_bytes()
    ran = team.by("chen-chen").ok("--json", "assign", one, "zhao-min")
    (told,) = [each for each in ran.data["warnings"] if each["code"] == "attachment-left"]
    assert path in told["message"]
    assert file.read_bytes() == swapped


def test_mistakes_are_said_and_leave_nothing(team: Team, scan: Path, tmp_path: Path) -> None:
    one = str(team.by(None).ok("add", "乙公司", "--json").data["id"])
    head = git(team.root, "rev-parse", "HEAD")
    assert team.shell("attach", one, str(scan), "--seal", "secret").code == 2
    assert team.shell("attach", one, str(tmp_path / "none"), "--seal", "finance").code == 4
    assert team.shell("attach", one, str(tmp_path), "--seal", "finance").code == 9
    access = team.root / "access" / "access.yaml"
    access.write_text(access.read_text("utf-8") + "# changed\n", encoding="utf-8")
    assert team.shell("attach", one, str(scan), "--seal", "finance").code == 8
    assert git(team.root, "rev-parse", "HEAD") == head
    assert not (team.root / "attachments" / one).exists()


def test_a_file_left_by_a_killed_run_is_swept(team: Team, scan: Path) -> None:
    folder = team.root / ".git" / "textcrm"
    left = folder / "attach-99999999-1.age"
    left.write_bytes(b"x")
    attached(team, scan)
    assert not left.exists()


def test_the_library_gives_it_as_a_stream(team: Team, scan: Path, tmp_path: Path) -> None:
    from team_vault import opened

    one, path = attached(team, scan)
    vault = opened(team.root, "wang-fang")
    with (tmp_path / "out").open("wb") as target:
        assert attachments.take_out(vault, one, "1", target).path == path
    assert (tmp_path / "out").read_bytes() == CANARY
    named = sealed_files.at_path(vault.get(one), path)
    assert named is not None
    assert sealed_files.at_path(vault.get(one), "elsewhere") is None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measured by Linux's ru_maxrss")
def test_200_megabytes_pass_through_little_memory(team: Team, tmp_path: Path) -> None:
    one = str(team.by(None).ok("add", "大文件公司", "--json").data["id"])
    large = tmp_path / "large.bin"
    piece = os.urandom(1 << 20)
    with large.open("wb") as out:
        for _ in range(200):
            out.write(piece)
    team.by("wang-fang")
    for words in (("attach", one, str(large), "--seal", "finance"),
                  ("attach", "get", one, "1", str(tmp_path / "back"))):  # fmt: skip
        command = [sys.executable, "-m", "textcrm", "-C", str(team.root), *words]
        # By a small process between: what is forked here would begin with our own memory.
        between = (
            "import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        done = subprocess.run(
            [sys.executable, "-c", between, *command], check=True, capture_output=True
        )
        assert int(done.stdout) < 120 * 1024
    assert (tmp_path / "back").stat().st_size == 200 << 20
