"""The acceptance checks on sealing that need no key, by their numbers (14 to 29, 51).

Check 28 is tests/test_canary.py. What needs a key of the same checks is in the other acceptance
files.
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from sealing_vault import ciphertext, codes, git, keyed_vault, record, retire, sealed

from textcrm import yamlfile
from textcrm.errors import TextcrmError

CHECKOUT = Path(__file__).resolve().parent.parent
SECRET = "6222021234567890128"
ID_CARD = "11010519491231002X"
IBAN = "DE89370400440532013000"
FIRST = "customers/2026/01/C20260101001.yaml"


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(keyed_vault(tmp_path / "vault"), capfd)


def _checked(shell: Shell, *words: str) -> list[dict[str, Any]]:
    ran = shell("check", "--json", *words)
    problems: list[dict[str, Any]] = ran.data["problems"]
    assert ran.code == int(any(one["severity"] == "error" for one in problems))
    return problems


def test_14_a_copied_value_is_named_with_both_places(shell: Shell) -> None:
    value = sealed("finance@1")
    record(shell.folder, 1, bank_account=value)
    record(shell.folder, 2, bank_account=value)
    (found,) = _checked(shell)
    assert (found["code"], found["severity"]) == ("duplicate-ciphertext", "error")
    assert found["file"].endswith("C20260101002.yaml")
    assert "C20260101001.yaml /bank_account" in found["message"]


@pytest.mark.parametrize(
    ("label", "readers", "code"),
    [
        ("contact@1", 1, "sealed-class"),
        ("finance@1", 2, "sealed-recipients"),
        ("[finance@1, test-person]", 1, "sealed-recipients"),
        ("finance@4", 1, "sealed-unknown-key"),
        ("[finance@1, bob]", 2, "sealed-unknown-person"),
    ],
)
def test_15_and_17_a_label_that_lies_is_found_without_a_key(
    shell: Shell, label: str, readers: int, code: str
) -> None:
    value = f"\n  sealed: {label}\n  age: {ciphertext(readers)}\n"
    record(shell.folder, bank_account=value)
    assert [(one["code"], one["severity"]) for one in _checked(shell)] == [(code, "error")]


def test_18_a_huge_work_factor_costs_nothing(shell: Shell, shared_data: Path) -> None:
    vector = (shared_data / "age-vectors" / "scrypt_work_factor_23").read_bytes()
    age = base64.b64encode(vector.partition(b"\n\n")[2]).decode()
    record(shell.folder, bank_account=f"\n  sealed: finance@1\n  age: {age}\n")
    start = time.perf_counter()
    assert [one["code"] for one in _checked(shell)] == ["sealed-malformed"]
    assert time.perf_counter() - start < 1
    # A process of its own asks: a child of this one would start with what this one holds.
    asking = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    words = [sys.executable, "-m", "textcrm", "-C", str(shell.folder), "check"]
    done = subprocess.run(
        [sys.executable, "-c", asking, *words], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 200 * (1 << 20 if sys.platform == "darwin" else 1 << 10)


def test_20_conflict_markers_are_named_and_nothing_is_written(shell: Shell) -> None:
    text = record(shell.folder, bank_account=sealed("finance@1")).read_text(encoding="utf-8")
    lines = text.split("\n")
    file = shell.folder / FIRST
    ours, theirs = lines[5], f"  age: {ciphertext()}"
    broken = "\n".join([*lines[:5], "<<<<<<< HEAD", ours, "=======", theirs, ">>>>>>> x", ""])
    file.write_text(broken, encoding="utf-8")
    (found,) = _checked(shell)
    assert (found["code"], found["line"]) == ("yaml-merge-marker", 6)
    for words in (
        ["show", "C20260101001"],
        ["seal"],
        ["save"],
        ["set", "C20260101001", "notes=x"],
    ):
        ran = shell(*words)
        if ran.code == 2 and "there is no command" in ran.err:
            continue
        assert ran.code not in (0, 70), words
        assert file.read_text(encoding="utf-8") == broken


def test_21_plain_text_is_refused_by_git_commit(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    out = git(shell.folder, "commit", "-m", "x", check=False)
    assert "Bank account" in out
    assert FIRST in out
    assert SECRET not in out
    record(shell.folder, bank_account=sealed("finance@1"))
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-m", "x")


def test_22_the_index_is_what_is_looked_at(shell: Shell) -> None:
    head = git(shell.folder, "rev-parse", "HEAD")
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    record(shell.folder, bank_account=sealed("finance@1"))
    assert SECRET not in git(shell.folder, "commit", "-m", "x", check=False)
    assert git(shell.folder, "rev-parse", "HEAD") == head


def test_23_a_range_names_the_first_commit(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "x")
    first = git(shell.folder, "rev-parse", "HEAD").strip()
    record(shell.folder, bank_account=sealed("finance@1"))
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "-m", "y")
    found = _checked(shell, "--range", "base..HEAD")
    assert [(one["code"], one["commit"]) for one in found] == [("plain-sealed", first)]


def test_24_without_pyrage_without_a_key_offline(shell: Shell) -> None:
    record(shell.folder, 1, bank_account=SECRET)
    record(shell.folder, 2, bank_account=sealed("identity@1"))
    code = (
        "import socket, sys\n"
        "sys.modules['pyrage'] = None\n"
        "def refused(*_a, **_k): raise AssertionError('network')\n"
        "socket.socket.connect = refused\n"
        "from textcrm.cli.main import run\n"
        f"sys.exit(run(['-C', {str(shell.folder)!r}, 'check', '--json']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env=dict(os.environ),
    )
    assert done.returncode == 1
    assert codes(json.loads(done.stdout)) == ["plain-sealed", "sealed-class"]
    assert SECRET not in done.stdout + done.stderr


def test_25_other_validators_agree(shell: Shell) -> None:
    """check-jsonschema on the shipped schema and records as any YAML reader gives them."""
    program = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("check-jsonschema is not installed")
    age = ciphertext()
    good = [
        {"sealed": "finance@1", "age": age},
        {"sealed": ["finance@1", "test-person"], "age": age},
    ]
    bad: list[Any] = [
        SECRET,
        6222021234567890,
        {"sealed": "finance@1", "age": base64.b64encode(b"x" * 300).decode()},
        {"sealed": "finance@1", "age": age, "hint": "x"},
        {"sealed": "Everyone!", "age": age},
        {"sealed": [], "age": age},
        {"sealed": "finance@1"},
        {"age": age},
    ]
    own = {"id": "C20260101001", "name": "A"}
    for number, value in enumerate([*good, *bad]):
        (shell.folder / f"{number}.json").write_text(json.dumps({**own, "bank_account": value}))
    schema = CHECKOUT / "schema" / "customer.schema.json"

    def passes(*numbers: int) -> bool:
        files = [str(shell.folder / f"{number}.json") for number in numbers]
        words = [program, "--no-cache", "--schemafile", str(schema), *files]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    assert passes(0, 1)
    for number in range(2, 2 + len(bad)):
        assert not passes(number), bad[number - 2]


def test_26_look_alikes_in_a_comment_in_notes_and_in_a_message(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    file = record(shell.folder, notes=f"新账户 {IBAN}")
    file.write_text(file.read_text(encoding="utf-8") + f"# {ID_CARD}\n", encoding="utf-8")
    found = _checked(shell)
    assert [(one["code"], one["severity"], one["line"]) for one in found] == [
        ("looks-sensitive", "warning", 4),
        ("looks-sensitive", "warning", 5),
    ]
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "-m", f"account {IBAN}")
    ranged = _checked(shell, "--range", "base..HEAD")
    assert [one["file"].rsplit("/", 1)[-1] for one in ranged] == [
        "COMMIT_EDITMSG",
        "C20260101001.yaml",
        "C20260101001.yaml",
    ]
    for words in (["check"], ["check", "--range", "base..HEAD"]):
        for lang in ("en", "zh"):
            told = shell("--lang", lang, *words)
            assert IBAN not in told.out + told.err
            assert ID_CARD not in told.out + told.err


def test_27_a_sealed_value_where_nothing_is_sealed(shell: Shell) -> None:
    record(shell.folder, notes=sealed("finance@1"))
    assert "sealed-misplaced" in [one["code"] for one in _checked(shell)]


def test_29_git_may_not_keep_decrypted_text(shell: Shell) -> None:
    assert "true" not in git(shell.folder, "config", "--get-regexp", "cachetextconv", check=False)
    git(shell.folder, "update-ref", "refs/notes/textconv/x", "HEAD")
    assert [one["code"] for one in _checked(shell)] == ["textconv-notes"]
    assert "textconv-notes" in {row["check"] for row in shell("doctor", "--json").data}


def test_39b_a_value_added_under_a_retired_key(shell: Shell) -> None:
    record(shell.folder, 1, bank_account=sealed("finance@1"))
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "-m", "x")
    retire(shell.folder, "finance")
    git(shell.folder, "tag", "base")
    assert [(one["code"], one["severity"]) for one in _checked(shell)] == [
        ("sealed-stale", "warning")
    ]
    record(shell.folder, 2, bank_account=sealed("finance@1"))
    git(shell.folder, "add", "-A")
    assert "sealed-stale" in git(shell.folder, "commit", "-m", "x", check=False)
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "x")
    found = _checked(shell, "--range", "base..HEAD")
    assert [(one["code"], one["severity"], one["id"]) for one in found] == [
        ("sealed-stale", "error", "C20260101002")
    ]


def test_44_a_secret_key_anywhere_in_the_repository(shell: Shell) -> None:
    key = "AGE-SECRET-KEY-1" + "Q" * 58
    record(shell.folder, notes=key)
    (shell.folder / "notes.bin").write_bytes(b"\0\1" + key.encode())
    git(shell.folder, "add", "-A")
    found = _checked(shell)
    assert [(one["code"], one["file"]) for one in found] == [
        ("secret-key", FIRST),
        ("secret-key", "notes.bin"),
    ]
    assert key not in json.dumps(found)


PIECES = ["sealed", "age", "finance@1", "finance@", "@", "[", "]", "{", "}", ":", "\n", "  ", "-", "\t", "'", '"',
          "-----BEGIN AGE ENCRYPTED FILE-----", "&a", "*a", "\u3000", "=", "A", "é", "\x00", "---", "#", "!!int"]  # fmt: skip


def _mutated(text: str, rng: random.Random) -> str:
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        place = rng.randrange(len(text) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:place] + text[place + rng.randrange(1, 9) :]
        elif kind == 1:
            text = text[:place] + rng.choice(PIECES) + text[place:]
        elif kind == 2:
            text = text[:place] + chr(rng.randrange(32, 127)) + text[place + 1 :]
        else:
            other = rng.randrange(len(text) + 1)
            text = text[:place] + text[other : other + 40] + text[place:]
    return text


def _fuzz_records(folder: Path, count: int, seed: int) -> None:
    from textcrm.quality.versions import Version
    from textcrm.vault import Vault

    vault = Vault.open(folder)
    files = {
        name: vault.file(name)
        for name in ("schema/customer.schema.json", "access/access.yaml", "textcrm.yaml")
    }
    version = Version(vault, files)
    whole = record(
        folder, owner="test-person", bank_account=sealed("finance@1", "test-person")
    ).read_text("utf-8")
    rng = random.Random(seed)
    from textcrm import store

    for _ in range(count):
        text = _mutated(whole, rng)
        start = time.process_time()
        try:
            parsed = store.parse(FIRST, text.encode("utf-8", "surrogatepass"), version.schema)
        except TextcrmError:
            parsed = None
        if parsed is not None:
            version.placed(parsed, version.findings(parsed))
        assert time.process_time() - start < 0.5, text


def _fuzz_access(folder: Path, count: int, seed: int) -> None:
    from textcrm import access

    whole = (folder / access.FILE_NAME).read_text(encoding="utf-8")
    rng = random.Random(seed)
    for _ in range(count):
        text = _mutated(whole, rng)
        start = time.process_time()
        try:
            people = access.read(text.encode())
            list(people.words())
        except TextcrmError as error:
            assert error.exit_code in (5, 8), text
        assert time.process_time() - start < 0.5, text


def test_51_mutations_end_in_findings_and_errors(shell: Shell) -> None:
    _fuzz_records(shell.folder, 400, 1)
    _fuzz_access(shell.folder, 1000, 1)


@pytest.mark.long
@pytest.mark.slow
def test_51_a_hundred_thousand_mutations(shell: Shell) -> None:
    _fuzz_records(shell.folder, 100_000, 2)
    _fuzz_access(shell.folder, 100_000, 2)


def test_a_record_that_reads_is_the_same_for_every_reader(shell: Shell) -> None:
    file = record(shell.folder, bank_account=sealed("finance@1"))
    text = file.read_text(encoding="utf-8")
    for other in ("\ufeff" + text, text.replace("\n", "\r\n")):
        file.write_bytes(other.encode())
        assert _checked(shell) == []
        assert yamlfile.read_mapping(other.encode())["bank_account"]["sealed"] == "finance@1"
