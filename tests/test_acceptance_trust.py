"""The acceptance checks on people, trust, rotation and keys, by their numbers (35 to 39b)."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOB,
    BOT,
    EVE,
    MARA,
    Office,
    commit,
    script,
)
from team_vault import git

from textcrm import access, sealing
from textcrm.access import writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

from trusting import (
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


def _with_eve(office: Office) -> Callable[[str], str]:
    """Eve in access.yaml as a manager, her key among the readers of finance, the serial raised."""
    key = public_key(office, EVE)

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
        edit_access(root, _with_eve(office))
        return ("eve",)
    if kind == "b: signed by herself":
        edit_access(root, _with_eve(office))
        public = eves.with_suffix(".pub").read_text("utf-8").strip()
        edit_access(
            root,
            lambda t: writing.change_person(
                t,
                access.Person(
                    "eve", "Eve", "admin", "eve@example.com", (public_key(office, EVE),), public
                ),
            ),
        )
        sign_access(root, eves)
        return ("Eve",)
    if kind == "c: signed by one who is no admin":
        bobs = office.home(BOB) / "textcrm" / "signing_ed25519"
        public = sealing.generate_signing_key(bobs)
        edit_access(root, _with_eve(office))
        edit_access(
            root,
            lambda t: t.replace(
                "    email: liqiang@example.com\n",
                f"    email: liqiang@example.com\n    signing: {public}\n",
            ),
        )
        sign_access(root, bobs)
        return ("eve",)
    if kind == "d: the serial lowered":
        edit_access(root, lambda t: re.sub(r"(?m)^serial: \d+", "serial: 1", t))
        return ()
    if kind == "e: only the key file swapped":
        secret, _ = sealing.generate()
        (root / "access/keys/finance@1.age").write_bytes(
            sealing.encrypt(secret.encode(), [public_key(office, EVE)])
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


def _stopped(office: Office, own: str, words_said: tuple[str, ...]) -> None:
    """No sealing command does anything; reading goes on, with a warning."""
    anna = office.by(ANNA)
    before = state_of(office.root)
    for words, given in sealing_commands(own):
        ran = anna("--lang", "en", *words, given=given)
        assert ran.code == 8, (words, ran)
        assert all(word in ran.err for word in words_said), (words, ran.err)
        assert ACCOUNT not in ran.out + ran.err
        assert state_of(office.root) == before, words
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
    assert state_of(office.root)[1] == before[1]
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
    before = state_of(bob.root)
    for lang in ("en", "zh"):
        ran = bob("--lang", lang, "set", own, "bank_account=-", given=ACCOUNT)
        assert ran.code == 8
        assert office.admins_fingerprint in ran.err
        assert "陈晨" in ran.err
    assert state_of(bob.root) == before
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
    before = all_values(anna)
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
    after = all_values(anna)
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


def test_two_admins_who_change_access_at_once_are_asked_once(office: Office) -> None:
    server = office.folder / "server.git"
    git(office.folder, "clone", "-q", "--bare", str(office.root), str(server))
    git(office.root, "remote", "add", "origin", str(server))
    git(office.root, "fetch", "-q", "origin")
    git(office.root, "branch", "-q", "--set-upstream-to=origin/main", "main")
    other = office.clone("other", server)
    for place, name in ((office.root, "Carl"), (other, "Dora")):
        git(place, "config", "user.name", "陈晨")
        git(place, "config", "user.email", "chen@example.com")
        _, public = sealing.generate()
        admin = office.by(ANNA, place)
        admin.ok("member", "trust", office.admins_fingerprint)  # each clone as another admin's
        admin.ok("member", "add", name, "--role", "sales", "--key", public)
    office.by(ANNA).ok("sync")
    there = office.by(ANNA, other)
    assert there("sync").code == 7
    (question,) = there.ok("resolve", "--json").data  # not one for each signature and key file
    assert question["file"] == "access/access.yaml"
    said = there.ok("--lang", "en", "resolve").out
    assert "Carl" in said
    assert "Dora" in said
    assert "textcrm resolve access --theirs, then do yours again" in said
    refused = there("resolve", "access", "--mine", "--json")
    assert (refused.code, refused.error["code"]) == (2, "signed-file")
    there.ok("resolve", "access", "--theirs")
    there.ok("member", "trust", office.admins_fingerprint)  # another one of the same serial
    _, public = sealing.generate()
    there.ok("member", "add", "Dora", "--role", "sales", "--key", public)
    assert there.ok("sync").code == 0
    people = (other / "access/access.yaml").read_text("utf-8")
    assert "Carl" in people
    assert "Dora" in people
