"""The acceptance checks on editing, by their numbers (30 to 34)."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from people_at_work import ACCOUNT, ANNA, BOB, BOT, ID_CARD, MARA, Office, Worker, script
from team_vault import git

from textcrm import ciphertext, yamlfile
from textcrm.cli.private import memory_folder

CHANGED = ACCOUNT.replace("6222", "7333")
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and modes")


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _started(worker: Worker, own: str, body: str) -> tuple[subprocess.Popen[bytes], Path]:
    """An edit in a process of its own, and the copy that its editor was given."""
    ready = worker.office.folder / "ready"
    ready.unlink(missing_ok=True)
    editor = script(
        worker.office.folder, "ed", f'echo "$1" > {ready}.new; mv {ready}.new {ready}; {body}'
    )
    process = subprocess.Popen(
        worker.words("edit", own, "--editor", editor),
        env=worker.process_environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    end = time.monotonic() + 30
    while not ready.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    return process, Path(ready.read_text("utf-8").strip())


@posix
def test_30_the_copy_is_private_and_in_memory(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    process, copy = _started(mara, own, "sleep 30")
    try:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
        assert ACCOUNT in copy.read_text("utf-8")
        memory = memory_folder()
        if memory is not None:
            assert copy.is_relative_to(memory)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)
    assert not copy.parent.exists()


@posix
@pytest.mark.parametrize("blow", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "crash"])
def test_30_the_copy_goes_however_it_ends(office: Office, blow: str) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    before = mara.file(own).read_bytes()
    process, copy = _started(mara, own, "kill -SEGV $$" if blow == "crash" else "exec sleep 30")
    if blow != "crash":
        os.killpg(process.pid, getattr(signal, blow))
    out, err = process.communicate(timeout=20)
    if blow == "SIGKILL":
        mara.ok("edit", own, "--editor", "true")  # the next start cleans up
    assert not copy.parent.exists()
    assert mara.file(own).read_bytes() == before
    assert ACCOUNT.encode() not in out + err
    assert git(office.root, "status", "--porcelain") == ""


INVALID = {
    "no yaml": ("s/^name:.*/name: [broken/", ":2:"),
    "an unknown word": ("s/^status:.*/status: nonsense/", ""),
    "a sealed value that the schema refuses": ("s/amount: .*/amount: plenty/", ""),
}


@pytest.mark.parametrize("kind", INVALID)
def test_31_what_is_invalid_changes_nothing_and_is_kept_sealed(office: Office, kind: str) -> None:
    bot = office.by(BOT)
    own = bot.add(f"bank_account={ACCOUNT}", "contacts/0/name=李明", "status=none")
    bot.ok("set", own, "contacts/0/id_number=-", given=ID_CARD)
    bot.ok("append", own, "contracts", "number=HT-1", "amount=99000")
    anna = office.by(ANNA)
    before = anna.file(own).read_bytes()
    wrong, _ = INVALID[kind]
    editor = script(office.folder, "ed", f'sed -i "s/6222/7333/; {wrong}" "$1"')
    for lang in ("en", "zh"):
        ran = anna("--lang", lang, "edit", own, "--editor", editor)
        assert ran.code == 5, ran
        assert f"{own}.yaml:" in ran.err
        told = ran.out + ran.err
        assert not any(value in told for value in (ACCOUNT, CHANGED, ID_CARD, "plenty", "99000"))
    assert anna.file(own).read_bytes() == before
    (kept,) = (office.root / ".textcrm" / "rejected").iterdir()
    assert (kept.suffix, stat.S_IMODE(kept.stat().st_mode)) == (".age", 0o600)
    assert office.by(MARA)("edit", own, "--rejected", "--editor", "true").code == 3
    mended = {
        "no yaml": "s/\\[broken/某/",
        "an unknown word": "s/nonsense/active/",
    }.get(kind, "s/amount: .*/amount: 99000/")
    again = script(office.folder, "ed2", f'grep -q 7333 "$1" && sed -i "{mended}" "$1"')
    anna.ok("edit", own, "--rejected", "--editor", again)
    assert anna.shown(own, "bank_account") == CHANGED
    assert not list((office.root / ".textcrm" / "rejected").iterdir())


@posix
def test_31_at_a_terminal_the_editor_opens_again(office: Office) -> None:
    """First nonsense, then, asked and agreed, the mended text: one commit, nothing lost."""
    pytest.importorskip("pty")
    import pty

    own = office.by(BOT).add(f"bank_account={ACCOUNT}", "status=none")
    mara = office.by(MARA)
    mark = office.folder / "once"
    editor = script(
        office.folder,
        "ed",
        f'if [ -e {mark} ]; then sed -i "s/nonsense/none/" "$1"; '
        f'else touch {mark}; sed -i "s/6222/7333/; s/status: none/status: nonsense/" "$1"; fi',
    )
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        mara.words("--lang", "en", "edit", own, "--editor", editor),
        env=mara.process_environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    end = time.monotonic() + 30
    while b"Go on editing?" not in said:
        assert time.monotonic() < end, said
        said += os.read(ours, 1000)
    os.write(ours, b"y\n")
    try:
        while (ready := select.select([ours], [], [], 30)[0]) and (data := os.read(ours, 1000)):
            said += data
        assert ready, said  # it asks for something more
    except OSError:  # the other end is closed
        pass
    assert process.wait(20) == 0, said
    os.close(ours)
    assert mara.shown(own, "bank_account") == CHANGED
    assert ACCOUNT.encode() not in said
    assert CHANGED.encode() not in said


@pytest.mark.parametrize(
    "wrong",
    [
        "s/<locked finance@1>/<locked identity@1>/",
        "s/<locked finance@1>/<locked finance@1> x/",
        's/bank_account: .*/bank_account: "see <locked finance@1>"/',
        "s/name: .*/name: <locked finance@1>/",
    ],
)
def test_32_a_placeholder_has_to_come_back_as_it_was(office: Office, wrong: str) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    bob = office.by(BOB)
    before = bob.file(own).read_bytes()
    editor = script(office.folder, "ed", f"sed -i '{wrong}' \"$1\"")
    ran = bob("edit", own, "--editor", editor)
    assert ran.code == 5, ran
    assert "<locked" in ran.err
    assert bob.file(own).read_bytes() == before
    kept = script(
        office.folder, "ed2", 'echo "notes: x" >> "$1"; grep -q "<locked finance@1>" "$1"'
    )
    bob.ok("edit", own, "--editor", kept)
    assert office.by(MARA).shown(own, "bank_account") == ACCOUNT
    gone = script(office.folder, "ed3", "sed -i '/bank_account/d' \"$1\"")
    bob.ok("edit", own, "--editor", gone)  # to delete a value one need not read it
    assert "bank_account" not in yamlfile.read_mapping(bob.file(own).read_bytes())


def test_33_a_change_made_meanwhile_is_not_lost(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}", "notes=old")
    mara = office.by(MARA)
    other = " ".join(f"'{word}'" for word in mara.words("set", own, "notes=of another"))
    editor = script(office.folder, "ed", f'{other} >/dev/null && sed -i "s/6222/7333/" "$1"')
    ran = mara("edit", own, "--editor", editor)
    assert ran.code == 7, ran
    assert own in ran.err
    assert mara.ok("show", own, "--json").data["notes"] == "of another"
    assert mara.shown(own, "bank_account") == ACCOUNT
    (kept,) = (office.root / ".textcrm" / "rejected").iterdir()
    assert CHANGED.encode() not in kept.read_bytes()
    mara.ok("edit", own, "--rejected", "--editor", "sed -i s/old/both/")
    assert mara.shown(own, "bank_account") == CHANGED


# -- 34: what a write that fails leaves

FAULTS = {"full": OSError(28, "No space left on device"), "readonly": OSError(30, "Read-only")}


@posix
@pytest.mark.parametrize("fault", ["full", pytest.param("readonly", marks=pytest.mark.slow)])
def test_34_a_failed_write_leaves_the_old_or_the_new(office: Office, fault: str) -> None:
    """Every flush and every rename of a sealing command fails once."""
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    mara.ok("set", own, "bank_account=-", given=ACCOUNT)
    start = git(office.root, "rev-parse", "HEAD")
    last = ACCOUNT
    for count in range(1, 30):
        seen = 0

        def failing(real: Any, count: int = count) -> Any:
            def call(*args: Any, **kwargs: Any) -> Any:
                nonlocal seen
                seen += 1
                if seen == count:
                    raise FAULTS[fault]
                return real(*args, **kwargs)

            return call

        wanted = f"{count + 10}{ACCOUNT[2:]}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", failing(os.fsync))
            patch.setattr(os, "replace", failing(os.replace))
            patch.setattr(os, "link", failing(os.link))
            ran = mara("set", own, "bank_account=-", given=wanted)
        assert ran.code in (0, 9), (count, ran)
        assert wanted not in ran.out + ran.err
        mara("doctor")
        assert ciphertext.is_sealed(
            yamlfile.read_mapping(mara.file(own).read_bytes())["bank_account"]
        )
        found = mara.shown(own, "bank_account")
        assert found in (last, wanted)
        assert found == wanted or ran.code == 9
        assert git(office.root, "status", "--porcelain") == ""
        last = found
        if seen < count:
            break
    else:
        raise AssertionError("more writes than were thought of")
    assert count > 3
    assert git(office.root, "rev-parse", "HEAD") != start


@posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root writes anywhere")
def test_34_a_folder_that_may_not_be_written(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    file = mara.file(own)
    before = file.read_bytes()
    file.parent.chmod(0o500)
    try:
        ran = mara("set", own, "bank_account=-", given=CHANGED)
        assert ran.code == 9
    finally:
        file.parent.chmod(0o700)
    assert file.read_bytes() == before


def _killed_sets(office: Office, kills: int) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    values = {ACCOUNT}
    for number in range(kills):
        wanted = f"{number + 10}{ACCOUNT[2:]}"
        values.add(wanted)
        process = subprocess.Popen(
            mara.words("set", own, "bank_account=-"),
            env=mara.process_environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(wanted.encode())
        process.stdin.close()
        time.sleep(0.15 + 0.45 * (number * 0.618 % 1))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        found = mara.shown(own, "bank_account")
        assert found in values
        assert found == wanted or code != 0
        mara("doctor")
    mara.ok("set", own, "bank_account=-", given=CHANGED)
    assert mara.shown(own, "bank_account") == CHANGED
    assert git(office.root, "status", "--porcelain") == ""


@posix
def test_34_killed_while_it_writes(office: Office) -> None:
    _killed_sets(office, 3)


@posix
@pytest.mark.long
@pytest.mark.slow
def test_34_killed_sixty_times_while_it_writes(office: Office) -> None:
    _killed_sets(office, 60)


def test_the_kept_text_is_for_its_writer_in_json_too(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    editor = script(office.folder, "ed", 'sed -i "s/^name:.*/name: [/" "$1"')
    ran = mara("edit", own, "--editor", editor, "--json")
    assert ran.code == 5
    error = json.loads(ran.err)["error"]
    assert (error["exit_code"], error["line"]) == (5, 3)
