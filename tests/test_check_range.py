"""Every commit of a range, and the index, judged without a key."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_running import Shell
from sealing_vault import codes, git, keyed_vault, record, retire, sealed

SECRET = "6222021234567890128"
ID_CARD = "11010519491231002X"


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(keyed_vault(tmp_path / "vault"), capfd)


def _commit(shell: Shell, message: str = "x") -> str:
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", message)
    return git(shell.folder, "rev-parse", "HEAD").strip()


def test_plain_text_that_was_sealed_later_is_found_in_its_commit(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, bank_account=SECRET)
    first = _commit(shell, "first")
    record(shell.folder, bank_account=sealed("finance@1"))
    _commit(shell, "sealed")
    assert shell("check").code == 0
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 1
    assert (ran.data["commits"], ran.data["checked"]) == (2, 2)
    (found,) = ran.data["problems"]
    assert (found["code"], found["commit"], found["severity"]) == ("plain-sealed", first, "error")
    assert (found["file"], found["line"], found["column"]) == (
        "customers/2026/01/C20260101001.yaml",
        4,
        15,
    )
    assert (found["path"], found["id"]) == ("/bank_account", "C20260101001")
    for lang in ("en", "zh"):
        told = shell("--lang", lang, "check", "--range", "base..HEAD")
        assert told.code == 1
        assert f"{first[:10]}:customers/2026/01/C20260101001.yaml:4:15: " in told.out
        assert ("银行账户" if lang == "zh" else "Bank account") in told.out
        assert SECRET not in told.out + told.err + ran.out
    assert shell("check", "--range", f"{first}..HEAD").code == 0


def test_what_stays_is_told_once(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, bank_account=SECRET)
    first = _commit(shell)
    for note in "abc":
        record(shell.folder, bank_account=SECRET, notes=note)
        _commit(shell)
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert [(one["code"], one["commit"]) for one in ran.data["problems"]] == [
        ("plain-sealed", first)
    ]
    later = shell("check", "--range", f"{first}..HEAD", "--json")
    assert codes(later.data) == ["plain-sealed"]


def test_wrong_labels_and_forms(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, 1, bank_account=sealed("identity@1"))
    record(shell.folder, 2, bank_account=sealed("finance@9"))
    record(shell.folder, 3, bank_account=sealed("finance@1", readers=2))
    record(shell.folder, 4, bank_account=sealed("finance@1", "mallory"))
    record(shell.folder, 5, notes=sealed("finance@1"))
    record(shell.folder, 6, bank_account="\n  sealed: finance@1\n  age: bm8=\n")
    _commit(shell)
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 1
    assert sorted(codes(ran.data)) == [
        "sealed-class",
        "sealed-malformed",
        "sealed-misplaced",
        "sealed-recipients",
        "sealed-unknown-key",
        "sealed-unknown-person",
    ]


def test_a_retired_key_is_an_error_where_a_value_is_new(shell: Shell) -> None:
    record(shell.folder, 1, bank_account=sealed("finance@1"))
    _commit(shell)
    stale = git(shell.folder, "rev-parse", "HEAD").strip()
    retire(shell.folder, "finance")
    git(shell.folder, "tag", "base")
    text = record(shell.folder, 2, bank_account=sealed("finance@2")).read_text(encoding="utf-8")
    old = shell.folder / "customers/2026/01/C20260101001.yaml"
    old.write_text(old.read_text(encoding="utf-8") + "notes: x\n", encoding="utf-8")
    _commit(shell, "untouched value")
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 0
    assert [(one["code"], one["severity"]) for one in ran.data["problems"]] == [
        ("sealed-stale", "warning")
    ]
    # A clone that has not pulled the rotation, and then merges it.
    git(shell.folder, "switch", "-q", "-c", "late", stale)
    record(shell.folder, 3, bank_account=sealed("finance@1"))
    late = _commit(shell, "late")
    git(shell.folder, "-c", "core.hooksPath=/nowhere", "merge", "-q", "-m", "merge", "main")
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 1
    errors = [one for one in ran.data["problems"] if one["severity"] == "error"]
    assert [(one["code"], one["commit"], one["id"]) for one in errors] == [
        ("sealed-stale", late, "C20260101003")
    ]
    assert "age:" in text


def test_a_file_that_moves_keeps_its_values(shell: Shell) -> None:
    record(shell.folder, 1, bank_account=sealed("finance@1"))
    _commit(shell)
    retire(shell.folder, "finance")
    git(shell.folder, "tag", "base")
    (shell.folder / "customers/2026/02").mkdir()
    git(
        shell.folder,
        "mv",
        "customers/2026/01/C20260101001.yaml",
        "customers/2026/02/C20260101001.yaml",
    )
    staged = shell("check", "--staged", "--json")
    assert (staged.code, codes(staged.data)) == (0, ["sealed-stale"])
    _commit(shell)
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert (ran.code, codes(ran.data)) == (0, ["sealed-stale"])


def test_look_alikes_in_messages_comments_and_notes(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    file = record(shell.folder, notes=f"客户报了身份证 {ID_CARD}")
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"needs: x # {SECRET}\n")
    first = _commit(shell, f"客户\n\n卡号 {SECRET}")
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 0
    assert [
        (one["code"], one["file"].rsplit("/")[-1], one["line"], one["column"])
        for one in ran.data["problems"]
    ] == [
        ("looks-sensitive", "COMMIT_EDITMSG", 3, 4),
        ("looks-sensitive", "C20260101001.yaml", 4, 8),
        ("looks-sensitive", "C20260101001.yaml", 5, 12),
    ]
    assert {one["commit"] for one in ran.data["problems"]} == {first}
    assert shell("check", "--range", "base..HEAD", "--strict").code == 1
    told = shell("check", "--range", "base..HEAD")
    checked = shell("check")
    for text in (ran.out, told.out, checked.out):
        assert SECRET not in text
        assert ID_CARD not in text
    assert checked.code == 0
    assert "C20260101001.yaml:5:12: " in checked.out


def test_secret_keys_in_any_file(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    key = "AGE-SECRET-KEY-1" + "Q" * 58
    (shell.folder / "notes.txt").write_text(f"a\nmy {key}\n", encoding="utf-8")
    (shell.folder / "id_ed25519").write_text(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n", encoding="utf-8"
    )
    _commit(shell)
    (shell.folder / "notes.txt").unlink()
    _commit(shell)
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert ran.code == 1
    assert [
        (one["code"], one["file"], one["line"], one["column"]) for one in ran.data["problems"]
    ] == [
        ("secret-key", "id_ed25519", 1, 1),
        ("secret-key", "notes.txt", 2, 4),
    ]
    now = shell("check", "--json")
    assert (now.code, [one["file"] for one in now.data["problems"]]) == (1, ["id_ed25519"])
    assert key not in ran.out + now.out


def test_a_schema_that_unseals_is_told(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    file = shell.folder / "schema/customer.schema.json"
    text = file.read_text(encoding="utf-8")
    at = text.index('"bank_account"')
    file.write_text(
        text[:at] + text[at:].replace('"seal": "finance"', '"x": "y"', 1), encoding="utf-8"
    )
    record(shell.folder, bank_account=SECRET)
    _commit(shell)
    ran = shell("check", "--range", "base..HEAD", "--json")
    assert "schema-unseals" in codes(ran.data)


def test_a_schema_that_is_gone_hides_nothing(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    file = shell.folder / "schema/customer.schema.json"
    text = file.read_bytes()
    file.unlink()
    record(shell.folder, bank_account=SECRET)
    _commit(shell)
    file.write_bytes(text)
    record(shell.folder, bank_account=sealed("finance@1"))
    _commit(shell)
    assert codes(shell("check", "--range", "base..HEAD", "--json").data) == ["plain-sealed"]


def test_unreadable_versions_are_told(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, notes="a").write_text("id: 'x\n", encoding="utf-8")
    _commit(shell)
    record(shell.folder, 2, notes="\n<<<<<<< a\n").write_text(
        "id: a\n<<<<<<< HEAD\nname: b\n=======\nname: c\n>>>>>>> x\n", encoding="utf-8"
    )
    _commit(shell)
    found = shell("check", "--range", "base..HEAD", "--json").data["problems"]
    assert [(one["code"], one["line"]) for one in found] == [
        ("yaml-unclosed", 1),
        ("yaml-merge-marker", 2),
    ]


@pytest.mark.parametrize("range_", ["", "-x", "--output=x", "a\nb"])
def test_no_range(shell: Shell, range_: str) -> None:
    ran = shell("check", f"--range={range_}", "--json")
    assert (ran.code, ran.error["code"]) == (2, "bad-range")


def test_no_such_commit(shell: Shell) -> None:
    assert shell("check", "--range", "nowhere..HEAD", "--json").error["code"] == "no-such-commit"
    assert shell("check", "--range", "0" * 40 + "..HEAD").code == 0
    assert shell("check", "--range", "HEAD").code == 0
    assert shell("check", "--range", "HEAD..HEAD", "--json").data == {
        "commits": 0,
        "checked": 0,
        "problems": [],
    }


def test_one_of_three(shell: Shell) -> None:
    assert shell("check", "--staged", "--range", "a..b", "--json").error["code"] == "one-of-three"


def test_hundreds_of_commits_take_seconds(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    first = "from " + git(shell.folder, "rev-parse", "HEAD")
    stream = []
    value = sealed("finance@1")
    for number in range(400):
        text = (
            f"id: C20260101{number:03}\nname: N{number}\nbank_account:{value}"
            f"notes: |\n{'  一段备注。' * 20}\n"
        )
        stream.append(
            f"commit refs/heads/main\ncommitter T <t@example.com> {1700000000 + number} +0000\n"
            f"data 1\nx\n{first if not number else ''}"
            f"M 100644 inline customers/2026/01/C20260101{number:03}.yaml\n"
            f"data {len(text.encode())}\n{text}\n"
        )
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=shell.folder,
        input="".join(stream).encode(),
        check=True,
    )
    start = time.perf_counter()
    ran = shell("check", "--range", "base..main", "--json")
    assert ran.data["commits"] == 400
    assert ran.code == 0
    assert time.perf_counter() - start < 15


def test_staged_is_what_the_index_holds(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    assert shell("check", "--staged", "--json").data == {"checked": 0, "problems": []}
    git(shell.folder, "add", "-A")
    record(shell.folder, bank_account=sealed("finance@1"))
    ran = shell("check", "--staged", "--json")
    assert (ran.code, codes(ran.data)) == (1, ["plain-sealed"])
    assert SECRET not in ran.out + shell("check", "--staged").out
    git(shell.folder, "add", "-A")
    assert shell("check", "--staged").code == 0
    record(shell.folder, bank_account=SECRET)
    assert shell("check", "--staged").code == 0
    assert shell("check").code == 1


def test_staged_reads_the_index_it_is_given(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    record(shell.folder, bank_account=SECRET)
    other = shell.folder / ".git" / "other-index"
    git(shell.folder, "add", "-A", GIT_INDEX_FILE=str(other))
    assert shell("check", "--staged").code == 0
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    assert shell("check", "--staged").code == 1


def test_staged_tells_what_is_new(shell: Shell) -> None:
    record(shell.folder, status="nonsense", bank_account=SECRET)
    _commit(shell)
    record(shell.folder, status="nonsense", bank_account=SECRET, notes="x")
    git(shell.folder, "add", "-A")
    assert codes(shell("check", "--staged", "--json").data) == ["plain-sealed"]
    record(shell.folder, status="nonsense", type="nonsense")
    git(shell.folder, "add", "-A")
    assert codes(shell("check", "--staged", "--json").data) == ["enum"]


def test_staged_before_the_first_commit(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = keyed_vault(tmp_path / "vault")
    fresh = tmp_path / "fresh"
    git(tmp_path, "init", "-q", str(fresh))
    for name in ("textcrm.yaml", "schema", "access"):
        import shutil

        (shutil.copytree if (source / name).is_dir() else shutil.copy)(source / name, fresh / name)
    record(fresh, bank_account=SECRET)
    git(fresh, "add", "-A")
    ran = Shell(fresh, capfd)("check", "--staged", "--json")
    assert codes(ran.data) == ["plain-sealed"]


def test_no_key_and_no_pyrage_are_needed(shell: Shell, tmp_path: Path) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, 1, bank_account=SECRET)
    record(shell.folder, 2, bank_account=sealed("identity@1"))
    git(shell.folder, "add", "-A")
    code = (
        "import sys\n"
        "for name in ('pyrage', 'cryptography', 'sshsig', 'whoosh', 'git'):\n"
        "    sys.modules[name] = None\n"
        "from textcrm.cli.main import run\n"
        f"sys.exit(run(['-C', {str(shell.folder)!r}, *sys.argv[1:]]))\n"
    )

    def ran(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
        return done.returncode, done.stdout + done.stderr

    for words in (["check"], ["check", "--staged"]):
        status, out = ran(*words)
        assert status == 1, out
        assert "plain-sealed" in out
        assert "sealed-class" in out
        assert "Traceback" not in out
    _commit(shell)
    assert ran("check", "--range", "base..HEAD")[0] == 1
    assert ran("hook", "pre-commit")[0] == 0


def test_what_is_taken_back_from_history_is_not_committed_plain(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    _commit(shell, "passed the hook by")
    record(shell.folder, bank_account=sealed("finance@1"))
    _commit(shell, "sealed")
    before = git(shell.folder, "rev-parse", "HEAD")
    for words in (["undo", "HEAD"], ["restore", "C20260101001", "--at", "HEAD~1"]):
        ran = shell(*words)
        assert ran.code not in (0, 70), ran
        assert SECRET not in ran.out + ran.err
        assert git(shell.folder, "rev-parse", "HEAD") == before
        assert git(shell.folder, "status", "--porcelain") == ""
