"""Checks 40 to 45 of sealing: keys that are renewed, lost, no keys, or left open."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOT,
    CAI,
    ID_CARD,
    MARA,
    Office,
    commit,
    script,
    write_private,
)
from team_vault import git

from textcrm import ciphertext, sealing, yamlfile

if TYPE_CHECKING:
    from pathlib import Path

from trusting import (
    access_of,
    all_values,
    edit_access,
    public_key,
    sealing_commands,
    sign_access,
    state_of,
)


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


# -- 40


def _many(office: Office, count: int) -> None:
    folder = office.root / "customers" / "2026" / "01"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        own = f"C20260131{number:03}"
        (folder / f"{own}.yaml").write_text(
            f"id: {own}\nname: 客户{number}\nbank_account: '62220202001{number:08}'\n"
            f"contacts:\n  - name: 张{number}\n    id_number: {ID_CARD}\n",
            encoding="utf-8",
        )
    office.by(BOT).ok("save")


def _killed_rekeys(office: Office, kills: int, records: int) -> None:
    _many(office, records)
    office.by(ANNA).ok("member", "remove", "王芳")
    anna = office.by(ANNA)
    before = all_values(anna)
    start_of_all = git(office.root, "rev-parse", "HEAD").strip()
    started = time.perf_counter()
    subprocess.run(
        anna.words("rekey", "--grant"),
        env=anna.process_environment,
        check=True,
        capture_output=True,
    )
    whole = time.perf_counter() - started
    git(office.root, "reset", "-q", "--hard", start_of_all)
    for number in range(kills):
        process = subprocess.Popen(
            anna.words("rekey", "--grant"),
            env=anna.process_environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(whole * (0.15 + 0.85 * (number * 0.618 % 1)))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert all_values(anna) == before, number
        anna("doctor")  # any next command finishes or takes back what was cut short
        if number % 4 != 3:  # and now and then go on from where it was killed
            git(office.root, "reset", "-q", "--hard", start_of_all)
    anna.ok("rekey", "--grant")
    assert all_values(anna) == before
    codes = {p["code"] for p in anna("check", "--json").data["problems"]}
    assert not codes & {"sealed-stale", "sealed-unknown-person", "sealed-malformed"}
    assert git(office.root, "status", "--porcelain") == ""
    git(office.root, "fsck", "--no-dangling", "--strict")


def test_40_a_killed_rekey_loses_nothing(office: Office) -> None:
    _killed_rekeys(office, 2, 12)


@pytest.mark.long
@pytest.mark.slow
def test_40_twenty_kills(office: Office) -> None:
    _killed_rekeys(office, 20, 200)


def test_41_rekey_does_what_it_can_and_lists_the_rest(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}", "contacts/0/name=李明")
    office.by(BOT).ok("set", own, "contacts/0/id_number=-", given=ID_CARD)
    anna = office.by(ANNA)
    _, key = sealing.generate()
    anna.ok("member", "add", "孙丽", "--role", "admin", "--key", key)
    anna.ok("member", "remove", "孙丽")
    before = yamlfile.read_mapping(anna.file(own).read_bytes())
    mara = office.by(MARA)  # finance, not identity
    ran = mara("rekey", "--grant", "--json")
    assert (ran.code, set(ran.data["missing"])) == (1, {"identity@1"})
    told = mara("--lang", "en", "rekey", "--grant")
    assert (told.code, "identity@1" in told.err) == (1, True)
    after = yamlfile.read_mapping(anna.file(own).read_bytes())
    assert ciphertext.read(after["bank_account"]).labels == ("finance@2",)
    assert after["contacts"] == before["contacts"]
    assert anna.shown(own, "contacts/0/id_number") == ID_CARD
    assert anna.shown(own, "bank_account") == ACCOUNT


def test_41_a_damaged_value_stops_nothing_and_is_named(office: Office) -> None:
    one = office.by(BOT).add(f"bank_account={ACCOUNT}")
    two = office.by(BOT).add(f"bank_account={ACCOUNT}", name="测试公司乙")
    anna = office.by(ANNA)
    file = anna.file(one)
    text = file.read_text("utf-8")
    age = re.findall("age: (.*)", text)[0]
    broken = age[:-10] + ("A" if age[-10] != "A" else "B") + age[-9:]
    file.write_text(text.replace(age, broken), encoding="utf-8")
    commit(office.root)
    anna.ok("member", "remove", "王芳")
    ran = anna("--lang", "en", "rekey", "--grant")
    assert ran.code == 8
    assert f"{one}.yaml:" in ran.err
    assert broken in file.read_text("utf-8")
    node = yamlfile.read_mapping(anna.file(two).read_bytes())["bank_account"]
    assert ciphertext.read(node).labels == ("finance@2",)


def test_42_the_recovery_key_opens_everything(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    anna = office.by(ANNA)
    anna.ok("member", "remove", "王芳")  # two generations of two classes
    key = office.keys / "recovery.throw-away-key.txt"
    before = state_of(office.root)
    found = anna.ok("doctor", "--drill", str(key), "--json").data
    assert set(found["keys"]) == {
        "contact@1",
        "contact@2",
        "finance@1",
        "finance@2",
        "identity@1",
    }
    assert found["values"] >= 2
    assert state_of(office.root) == before
    wrong = anna("doctor", "--drill", str(office.keys / "li-qiang.throw-away-key.txt"))
    assert wrong.code in (3, 8)
    # Anna's key is lost: the recovery key reads, and gives her new key access; no record changes.
    (office.home(ANNA) / "textcrm" / "identity.txt").unlink()
    assert anna("show", own, "bank_account", "--reveal").code == 3
    records = git(office.root, "rev-parse", "HEAD:customers")
    anna.ok("key", "new")
    public = public_key(office, ANNA)
    anna.ok("--identity", str(key), "member", "add", "陈晨", "--key", public, "--replace")
    assert git(office.root, "rev-parse", "HEAD:customers") == records
    assert anna.shown(own, "bank_account") == ACCOUNT


def test_42_a_key_file_without_the_recovery_key_is_found(office: Office) -> None:
    anna = office.by(ANNA)
    secret = sealing.decrypt(
        (office.root / "access/keys/finance@1.age").read_bytes(),
        sealing.identities(
            (office.home(ANNA) / "textcrm/identity.txt").read_text("utf-8"), source="x"
        ),
    )
    data = sealing.encrypt(secret, [public_key(office, ANNA), public_key(office, MARA)])
    (office.root / "access/keys/finance@1.age").write_bytes(data)
    import hashlib

    old = str(access_of(office.root)["classes"]["finance"]["keys"]["1"]["sha256"])
    new = hashlib.sha256(data).hexdigest()
    edit_access(office.root, lambda text: text.replace(old, new))
    edit_access(office.root, lambda text: re.sub(r"(?m)^serial: \d+", "serial: 2", text))
    sign_access(office.root, office.home(ANNA) / "textcrm" / "signing_ed25519")
    commit(office.root)
    drill = anna("doctor", "--drill", str(office.keys / "recovery.throw-away-key.txt"))
    assert drill.code == 3
    assert "finance@1" in drill.err
    problems = anna("check", "--json").data["problems"]
    assert "key-file-readers" in {p["code"] for p in problems}
    assert "key-file-readers" in {row["check"] for row in anna("doctor", "--json").data}


def _plugin_key() -> str:
    """A well-formed recipient of the plugin “evil” (bech32 with the prefix age1evil)."""
    signs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    prefix, data = "age1evil", [0] * 8

    def polymod(values: list[int]) -> int:
        check = 1
        for value in values:
            top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
            for place, word in enumerate(
                (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
            ):
                check ^= word if top >> place & 1 else 0
        return check

    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = polymod(expanded + data + [0] * 6) ^ 1
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(signs[one] for one in data)}"


@pytest.mark.parametrize("signed", [False, True])
def test_43_no_plugin_is_ever_run(office: Office, signed: bool) -> None:
    own = office.by(BOT).add()
    bin_folder = office.folder / "bin"
    bin_folder.mkdir()
    ran_file = office.folder / "it-ran"
    plugin = bin_folder / "age-plugin-evil"
    plugin.write_text(f"#!/bin/sh\ntouch {ran_file}\n", encoding="utf-8")
    plugin.chmod(0o755)
    office.patch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    key = _plugin_key()
    anna = office.by(ANNA)
    refused = anna("member", "add", "坏人", "--role", "sales", "--key", key)
    assert (refused.code, key in refused.err) == (2, False)
    old = public_key(office, MARA)
    edit_access(office.root, lambda text: text.replace(old, key))
    if signed:
        edit_access(office.root, lambda text: re.sub(r"(?m)^serial: \d+", "serial: 2", text))
        sign_access(office.root, office.home(ANNA) / "textcrm" / "signing_ed25519")
    commit(office.root)
    for words, given in sealing_commands(own):
        ran = anna(*words, given=given)
        assert ran.code == 8, (words, ran)
    for reading in (["show", own, "--reveal"], ["check"], ["doctor"], ["member", "list"]):
        anna(*reading)
    assert not ran_file.exists()


def test_44_keys_that_cannot_be_public_keys(office: Office) -> None:
    anna = office.by(ANNA)
    secret, public = sealing.generate()
    rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7"
    before = state_of(office.root)
    for key in (
        secret,
        secret.lower(),
        public.upper(),
        public[:-1] + ("q" if public[-1] != "q" else "p"),
        public[:-3],
        rsa,
        "age1pq1" + public[5:],
        "",
        "nonsense",
    ):
        for lang in ("en", "zh"):
            words = ["member", "add", "孙丽", "--role", "sales", "--key", key]
            ran = anna("--lang", lang, *words)
            assert ran.code == 2, (key[:12], ran)
            assert not key or key not in ran.out + ran.err
            assert secret[20:40] not in ran.out + ran.err
    assert state_of(office.root) == before
    anna.ok("member", "add", "孙丽", "--role", "sales", "--key", public, "--key", public)
    keys = access_of(office.root)["people"][-1]["keys"]
    assert keys == [public]
    taken = anna("member", "add", "别人", "--role", "sales", "--key", public)
    assert taken.code == 2
    assert "sun-li" in taken.err


def test_45_an_open_identity_is_refused_with_the_cure(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    anna = office.by(ANNA)
    file = office.home(ANNA) / "textcrm" / "identity.txt"
    for mode in (0o644, 0o640, 0o604):
        file.chmod(mode)
        ran = anna("show", own, "bank_account", "--reveal")
        assert ran.code == 3
        assert f"chmod 600 {file}" in ran.err
    shown = anna("key", "show")
    assert f"chmod 600 {file}" in shown.out + shown.err
    file.chmod(0o600)
    assert anna.shown(own, "bank_account") == ACCOUNT


def test_45_the_key_stands_in_no_process_and_no_environment(office: Office) -> None:
    """The editor's environment, all command lines, every repr."""
    from searching_disk import Processes

    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    anna = office.by(ANNA)
    secret = re.findall(
        "AGE-SECRET-KEY-[0-9A-Z]+",
        (office.home(ANNA) / "textcrm" / "identity.txt").read_text("utf-8"),
    )[0]
    seen = office.folder / "seen"
    editor = script(
        office.folder, "ed", f'env > {seen}; tr "\\0" "\\n" < /proc/$PPID/environ >> {seen}'
    )
    with Processes([secret, ACCOUNT]) as watched:
        ran = anna.ok("edit", own, "--editor", editor)
        shown = anna.ok("key", "show", "-v")
    assert watched.found == set()
    assert secret not in seen.read_text("utf-8", "replace")
    assert secret not in ran.out + ran.err + shown.out + shown.err
    (identity,) = sealing.identities(secret, source="x")
    assert secret not in repr(identity) + str(identity) + repr([identity])
    for wrong in (f"{secret}\nnonsense\n", secret[:-4] + "\n", f"x{secret}\n"):
        other = office.folder / "wrong.txt"
        write_private(other, wrong)
        (office.home(CAI) / "textcrm").mkdir(exist_ok=True)
        ran = office.by(CAI)("--identity", str(other), "show", own, "bank_account", "--reveal")
        assert secret[16:40] not in ran.out + ran.err
