"""The acceptance checks on people, trust, rotation and keys, by their numbers (35 to 45)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOB,
    BOT,
    CAI,
    EVE,
    ID_CARD,
    MARA,
    Office,
    Worker,
    commit,
    script,
    write_private,
)
from team_vault import git

from textcrm import access, ciphertext, sealing, yamlfile
from textcrm.access import writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _access(root: Path) -> Any:
    return yamlfile.read_mapping((root / access.FILE_NAME).read_bytes())


def _edit_access(root: Path, change: Callable[[str], str]) -> None:
    file = root / access.FILE_NAME
    file.write_text(change(file.read_text("utf-8")), encoding="utf-8", newline="\n")


def _sign(root: Path, key: Path) -> None:
    data = (root / access.FILE_NAME).read_bytes()
    signature = sealing.sign(data, key, namespace="textcrm-access")
    (root / access.SIGNATURE_FILE).write_bytes(signature)


def _public(office: Office, who: str) -> str:
    secret = (office.home(who) / "textcrm" / "identity.txt").read_text("utf-8")
    return str(sealing.identities(secret, source="x")[0].public)


def _with_eve(office: Office) -> Callable[[str], str]:
    """Eve in access.yaml as a manager, her key among the readers of finance, the serial raised."""
    key = _public(office, EVE)

    def change(text: str) -> str:
        person = access.Person("eve", "Eve", "manager", "eve@example.com", (key,), "")
        text = writing.add_person(text, person)
        text = text.replace("          - wang-fang\n", "          - wang-fang\n          - eve\n")
        return re.sub(r"(?m)^serial: \d+", "serial: 7", text)

    return change


def _attack(office: Office, kind: str) -> tuple[str, ...]:
    """Do what somebody with push rights can do; gives words that the refusal has to say."""
    root = office.root
    eves = office.home(EVE) / "textcrm" / "signing_ed25519"
    if kind == "a: added under the old signature":
        _edit_access(root, _with_eve(office))
        return ("eve",)
    if kind == "b: signed by herself":
        _edit_access(root, _with_eve(office))
        public = eves.with_suffix(".pub").read_text("utf-8").strip()
        _edit_access(
            root,
            lambda t: writing.change_person(
                t,
                access.Person(
                    "eve", "Eve", "admin", "eve@example.com", (_public(office, EVE),), public
                ),
            ),
        )
        _sign(root, eves)
        return ("Eve",)
    if kind == "c: signed by one who is no admin":
        bobs = office.home(BOB) / "textcrm" / "signing_ed25519"
        public = sealing.generate_signing_key(bobs)
        _edit_access(root, _with_eve(office))
        _edit_access(
            root,
            lambda t: t.replace(
                "    email: liqiang@example.com\n",
                f"    email: liqiang@example.com\n    signing: {public}\n",
            ),
        )
        _sign(root, bobs)
        return ("eve",)
    if kind == "d: the serial lowered":
        _edit_access(root, lambda t: re.sub(r"(?m)^serial: \d+", "serial: 1", t))
        return ()
    if kind == "e: only the key file swapped":
        secret, _ = sealing.generate()
        (root / "access/keys/finance@1.age").write_bytes(
            sealing.encrypt(secret.encode(), [_public(office, EVE)])
        )
        return ("access/keys/finance@1.age",)
    raise AssertionError(kind)


ATTACKS = (
    "a: added under the old signature",
    "b: signed by herself",
    "c: signed by one who is no admin",
    "d: the serial lowered",
    "e: only the key file swapped",
)


def _sealing_commands(own: str) -> list[tuple[tuple[str, ...], str | None]]:
    return [
        (("add", "新客户", "--set", f"bank_account={ACCOUNT}"), None),
        (("set", own, "bank_account=-"), ACCOUNT),
        (("append", own, "contracts", "number=HT-9", "amount=5"), None),
        (("assign", own, "赵敏"), None),
        (("rekey",), None),
        (("member", "add", "孙丽", "--role", "sales", "--key", sealing.generate()[1]), None),
        (("member", "remove", "李强"), None),
        (("member", "trust"), None),
    ]


def _state(root: Path) -> tuple[str, str]:
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")


def _stopped(office: Office, own: str, words_said: tuple[str, ...]) -> None:
    """No sealing command does anything; reading goes on, with a warning."""
    anna = office.by(ANNA)
    before = _state(office.root)
    for words, given in _sealing_commands(own):
        ran = anna("--lang", "en", *words, given=given)
        assert ran.code == 8, (words, ran)
        assert all(word in ran.err for word in words_said), (words, ran.err)
        assert ACCOUNT not in ran.out + ran.err
        assert _state(office.root) == before, words
    error = anna("set", own, "bank_account=-", "--json", given=ACCOUNT).error
    assert error["exit_code"] == 8
    typed = anna.file(own).with_name(f"{own[:-3]}999.yaml")
    plain = f"id: {own[:-3]}999\nname: 手工\nbank_account: '1234567890'\n"
    typed.write_text(plain, encoding="utf-8")
    for words in (("seal",), ("save",)):
        assert anna(*words).code == 8, words
    assert typed.read_text("utf-8") == plain
    typed.unlink()
    editor = script(
        office.folder, "ed", 'echo "second_account: 1" >> "$1"; sed -i "s/6222/7222/" "$1"'
    )
    assert anna("edit", own, "--editor", editor).code == (
        8 if anna("show", own, "--reveal").code == 0 else 0
    )
    assert _state(office.root)[1] == before[1]
    anna.ok("set", own, "notes=nothing sealed in this")
    anna.ok("show", own)
    listed = anna.ok("--lang", "en", "member", "list")
    assert "warning" in listed.err
    assert anna.ok("member", "list", "--json").data["trusted"] is False
    rows = anna("doctor", "--json").data
    assert any(row["check"].startswith(("access-", "key-file-")) for row in rows), rows


@pytest.mark.parametrize("kind", ATTACKS)
def test_35_attacks_stop_all_sealing(office: Office, kind: str) -> None:
    own = office.by(BOT).add("owner=li-qiang", "contacts/0/name=李明")
    office.by(ANNA).ok("set", own, "bank_account=-", given=ACCOUNT)
    if kind[0] == "d":
        office.by(ANNA).ok("member", "remove", "赵敏")
    said = _attack(office, kind)
    commit(office.root, kind)
    _stopped(office, own, said)
    if kind[0] != "e":
        assert office.by(ANNA).shown(own, "bank_account") == ACCOUNT


def test_35f_what_was_there_before_is_no_way_back(office: Office) -> None:
    """access.yaml and its signature of yesterday, restored: good signature, lower serial."""
    own = office.by(BOT).add("owner=li-qiang", "contacts/0/name=李明")
    anna = office.by(ANNA)
    anna.ok("member", "remove", "赵敏")
    office.by(MARA).ok("set", own, "notes=pin", "bank_account=-", given=ACCOUNT)
    git(office.root, "checkout", "-q", "HEAD~2", "--", "access")
    shutil.rmtree(office.root / "access")
    git(office.root, "checkout", "-q", "HEAD~2", "--", "access")
    commit(office.root, "yesterday")
    _stopped(office, own, ("serial",))


def test_35_an_attack_is_told_with_what_it_would_change(office: Office) -> None:
    own = office.by(BOT).add()
    office.by(ANNA)
    _attack(office, ATTACKS[0])
    commit(office.root)
    for lang, words in (("en", ("eve", "finance")), ("zh", ("eve", "finance"))):
        ran = office.by(ANNA)("--lang", lang, "set", own, "bank_account=-", given=ACCOUNT)
        assert all(word in ran.err for word in words)


def test_36_a_fresh_clone_trusts_nobody_unasked(office: Office) -> None:
    own = office.by(BOT).add()
    bob = office.by(BOB, office.clone("bobs"), trusting=False)
    before = _state(bob.root)
    for lang in ("en", "zh"):
        ran = bob("--lang", lang, "set", own, "bank_account=-", given=ACCOUNT)
        assert ran.code == 8
        assert office.admins_fingerprint in ran.err
        assert "陈晨" in ran.err
    assert _state(bob.root) == before
    shown = office.by(ANNA).ok("key", "show").out
    assert office.admins_fingerprint in shown  # the admin's own screen says the same
    public = sealing.generate_signing_key(office.folder / "another")
    wrong = bob("member", "trust", sealing.fingerprint(public))
    assert wrong.code == 8
    assert bob("set", own, "bank_account=-", given=ACCOUNT).code == 8
    bob.ok("member", "trust", office.admins_fingerprint)
    bob.ok("set", own, "bank_account=-", given=ACCOUNT)
    git(bob.root, "push", "-q", "origin", "HEAD:theirs")
    assert office.by(ANNA, bob.root).shown(own, "bank_account") == ACCOUNT


def test_37_a_signed_change_is_told_once(office: Office) -> None:
    own = office.by(BOT).add()
    bob = office.by(BOB, office.clone("bobs"))
    _, key = sealing.generate()
    office.by(ANNA).ok("member", "add", "孙丽", "--role", "manager", "--key", key)
    git(bob.root, "pull", "-q")
    first = bob.ok("--lang", "en", "set", own, "bank_account=-", given=ACCOUNT)
    assert "sun-li" in first.err
    assert "contact, finance" in first.err
    second = bob.ok("--lang", "en", "set", own, "bank_account=-", given=ACCOUNT[:-1] + "6")
    assert "sun-li" not in second.err
    assert bob.ok("member", "trust", "--json").data["serial"] == 2


def test_38_adding_somebody_touches_key_files_only(office: Office) -> None:
    _, key = sealing.generate()
    office.by(ANNA).ok("member", "add", "孙丽", "--role", "manager", "--key", key)
    changed = set(git(office.root, "diff", "--name-only", "HEAD~1").split())
    assert changed == {
        "access/access.yaml",
        "access/access.yaml.sig",
        "access/keys/contact@1.age",
        "access/keys/finance@1.age",
    }


@pytest.mark.slow
def test_38_in_a_vault_of_ten_thousand_records(office: Office) -> None:
    stream = []
    head = git(office.root, "rev-parse", "HEAD").strip()
    for number in range(10_000):
        own = f"C2025{number // 900 + 1:02}28{number % 900 + 1:03}"
        text = f"id: {own}\nuid: 01M8KWWWWWWWWWWWWWWWW{number:05}\nname: 客户{number}\n"
        stream.append(
            f"M 100644 inline customers/{own[1:5]}/{own[5:7]}/{own}.yaml\n"
            f"data {len(text.encode())}\n{text}\n"
        )
    whole = (
        "commit refs/heads/main\ncommitter T <t@example.com> 1770000000 +0000\ndata 1\nx\n"
        f"from {head}\n" + "".join(stream)
    )
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=office.root,
        input=whole.encode(),
        check=True,
    )
    git(office.root, "reset", "-q", "--hard")
    anna = office.by(ANNA)
    anna.ok("list", "--limit", "1")
    start = time.perf_counter()
    anna.ok("member", "add", "孙丽", "--role", "manager", "--key", sealing.generate()[1])
    spent = time.perf_counter() - start
    assert len(git(office.root, "diff", "--name-only", "HEAD~1").split()) == 4
    assert spent < 10, spent  # the goal is 2 s on a quiet machine; benchmarks/sealing.py measures


def _all_values(worker: Worker) -> dict[str, Any]:
    """What somebody reads of every record that holds something sealed; labels may change."""
    shown = {}
    for file in sorted((worker.root / "customers").rglob("*.yaml")):
        if b"sealed" not in file.read_bytes():
            continue
        ran = worker("show", file.stem, "--reveal", "--json")
        assert ran.code in (0, 3), ran
        # Whom a sealed file is for changes with a rekey, as the labels of values do.
        files = [
            {name: one for name, one in item.items() if name not in ("sealed_for", "sha256")}
            for item in ran.data.get("documents", ())
        ]
        shown[file.stem] = {**ran.data, "derived": None, "documents": files}
    return shown


def _by_age(office: Office, who: str, label: str) -> bool:
    """Whether somebody's key opens a key file, by age itself or else by what it is made with."""
    data = (office.root / f"access/keys/{label}.age").read_bytes()
    key = office.home(who) / "textcrm" / "identity.txt"
    if shutil.which("age"):
        done = subprocess.run(
            ["age", "-d", "-i", str(key)], input=data, capture_output=True, check=False
        )
        return done.returncode == 0
    try:
        sealing.decrypt(data, sealing.identities(key.read_text("utf-8"), source="x"))
    except Exception:  # noqa: BLE001
        return False
    return True


def test_39_who_leaves_reads_nothing_that_comes_after(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    anna = office.by(ANNA)
    before = _all_values(anna)
    other = office.by(ANNA, office.clone("other"))
    told = other.ok("--lang", "zh", "member", "remove", "李强")
    assert "可能已留存" in told.out
    shutil.rmtree(office.home(ANNA) / "textcrm" / "trust", ignore_errors=True)
    anna.ok("member", "trust", office.admins_fingerprint)
    told = anna.ok("--lang", "en", "member", "remove", "王芳")
    assert "they may have kept" in told.out
    assert not _by_age(office, MARA, "finance@2")
    assert not _by_age(office, MARA, "contact@2")
    assert _by_age(office, MARA, "finance@1")  # what she had she has: that is what the text says
    assert not (office.root / "access/keys/identity@2.age").exists()  # she never read those
    office.by(BOT).ok("set", own, "bank_account=-", given=ACCOUNT[:-1] + "7")
    mara = office.by(MARA)
    assert mara("show", own, "bank_account", "--reveal").code == 3
    assert anna.shown(own, "bank_account") == ACCOUNT[:-1] + "7"
    stale = [p for p in anna("check", "--json").data["problems"] if p["code"] == "sealed-stale"]
    assert stale
    assert {p["severity"] for p in stale} == {"warning"}
    anna.ok("rekey", "--grant")
    codes = {p["code"] for p in anna("check", "--json").data["problems"]}
    assert not codes & {"sealed-stale", "sealed-unknown-person", "sealed-recipients"}
    after = _all_values(anna)
    before[own]["bank_account"] = ACCOUNT[:-1] + "7"
    assert after == before
    for one in after:  # nor does her own key, by owner's label or otherwise
        ran = mara("show", one, "--reveal", "--json")
        assert ran.code in (0, 3)
        if ran.code == 0:
            assert '"age"' not in ran.out


def test_39b_a_clone_that_has_not_heard_of_the_rotation(office: Office) -> None:
    office.by(BOT).add(f"bank_account={ACCOUNT}")
    late = office.by(BOB, office.clone("late"))
    anna = office.by(ANNA)
    anna.ok("member", "remove", "王芳")
    git(office.root, "tag", "base")
    late.add(f"bank_account={ACCOUNT}", name="晚到公司")
    git(late.root, "push", "-q", "origin", "HEAD:late")
    git(office.root, "merge", "-q", "-m", "merge", "late")
    ran = anna("check", "--range", "base..HEAD", "--json")
    found = {(p["code"], p["severity"]) for p in ran.data["problems"]}
    assert (ran.code, ("sealed-stale", "error") in found) == (1, True)
    assert ("sealed-stale", "warning") not in {
        (p["code"], p["severity"]) for p in ran.data["problems"] if p["id"].endswith("002")
    }


def test_what_was_sealed_with_an_old_key_is_history_once_it_is_mended(office: Office) -> None:
    """Else a team of which one was offline over a rotation would never be clean again."""
    late = office.by(BOB, office.clone("late"))
    anna = office.by(ANNA)
    anna.ok("member", "remove", "王芳")
    late.add(f"bank_account={ACCOUNT}", name="晚到公司")
    git(late.root, "-c", "core.hooksPath=/nowhere", "pull", "-q", "--rebase", "origin", "main")
    git(late.root, "push", "-q", "origin", "HEAD:late")
    git(office.root, "merge", "-q", "--ff-only", "late")

    def told() -> list[tuple[str, str | None]]:
        ran = anna("--lang", "en", "audit", "verify", "--all", "--json")
        found = [one for one in ran.data["problems"] if one["code"] == "sealed-stale"]
        return [(one["severity"], one["hint"]) for one in found]

    before = told()
    assert {severity for severity, _ in before} == {"error"}
    anna.ok("rekey", "--grant")
    after = told()
    assert len(after) == len(before)
    assert {severity for severity, _ in after} == {"warning"}
    assert all("sealed anew since" in (hint or "") for _, hint in after)


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
    before = _all_values(anna)
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
        assert _all_values(anna) == before, number
        anna("doctor")  # any next command finishes or takes back what was cut short
        if number % 4 != 3:  # and now and then go on from where it was killed
            git(office.root, "reset", "-q", "--hard", start_of_all)
    anna.ok("rekey", "--grant")
    assert _all_values(anna) == before
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
    before = _state(office.root)
    found = anna.ok("doctor", "--drill", str(key), "--json").data
    assert set(found["keys"]) == {
        "contact@1",
        "contact@2",
        "finance@1",
        "finance@2",
        "identity@1",
    }
    assert found["values"] >= 2
    assert _state(office.root) == before
    wrong = anna("doctor", "--drill", str(office.keys / "li-qiang.throw-away-key.txt"))
    assert wrong.code in (3, 8)
    # Anna's key is lost: the recovery key reads, and gives her new key access; no record changes.
    (office.home(ANNA) / "textcrm" / "identity.txt").unlink()
    assert anna("show", own, "bank_account", "--reveal").code == 3
    records = git(office.root, "rev-parse", "HEAD:customers")
    anna.ok("key", "new")
    public = _public(office, ANNA)
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
    data = sealing.encrypt(secret, [_public(office, ANNA), _public(office, MARA)])
    (office.root / "access/keys/finance@1.age").write_bytes(data)
    import hashlib

    old = str(_access(office.root)["classes"]["finance"]["keys"]["1"]["sha256"])
    new = hashlib.sha256(data).hexdigest()
    _edit_access(office.root, lambda text: text.replace(old, new))
    _edit_access(office.root, lambda text: re.sub(r"(?m)^serial: \d+", "serial: 2", text))
    _sign(office.root, office.home(ANNA) / "textcrm" / "signing_ed25519")
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
    old = _public(office, MARA)
    _edit_access(office.root, lambda text: text.replace(old, key))
    if signed:
        _edit_access(office.root, lambda text: re.sub(r"(?m)^serial: \d+", "serial: 2", text))
        _sign(office.root, office.home(ANNA) / "textcrm" / "signing_ed25519")
    commit(office.root)
    for words, given in _sealing_commands(own):
        ran = anna(*words, given=given)
        assert ran.code == 8, (words, ran)
    for reading in (["show", own, "--reveal"], ["check"], ["doctor"], ["member", "list"]):
        anna(*reading)
    assert not ran_file.exists()


def test_44_keys_that_cannot_be_public_keys(office: Office) -> None:
    anna = office.by(ANNA)
    secret, public = sealing.generate()
    rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7"
    before = _state(office.root)
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
    assert _state(office.root) == before
    anna.ok("member", "add", "孙丽", "--role", "sales", "--key", public, "--key", public)
    keys = _access(office.root)["people"][-1]["keys"]
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
