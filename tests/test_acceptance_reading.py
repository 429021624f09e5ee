"""The acceptance checks on who reads and who writes, by their numbers (1 to 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    commit,
    seal_field,
    write_private,
)
from team_vault import git

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = "+8613900000077"


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _of_all_classes(office: Office) -> str:
    """A customer with a value of each class, written by one who holds no key at all."""
    seal_field(office.root, "private_line", "contact", type="phone")
    bot = office.by(BOT)
    own = bot.add("contacts/0/name=李明")
    for path, value in (
        ("bank_account", ACCOUNT),
        ("private_line", PRIVATE),
        ("contacts/0/id_number", ID_CARD),
    ):
        bot.ok("set", own, f"{path}=-", given=value)
    return own


def test_01_each_role_reads_its_classes_and_no_byte_more(office: Office) -> None:
    own = _of_all_classes(office)
    reads = {
        ANNA: {PRIVATE, ACCOUNT, ID_CARD},
        MARA: {PRIVATE, ACCOUNT},
        BOB: {PRIVATE},
        CAI: {PRIVATE},
    }
    for who, wanted in reads.items():
        for lang in ("en", "zh"):
            ran = office.by(who).ok("--lang", lang, "show", own, "--reveal")
            said = ran.out + ran.err
            for value in (PRIVATE, ACCOUNT, ID_CARD):
                assert (value in said) == (value in wanted), (who, value)
                assert (value[-6:] in said) == (value in wanted), (who, value)
            for label, value in (("finance@1", ACCOUNT), ("identity@1", ID_CARD)):
                assert (f"🔒 {label}" in ran.out) == (value not in wanted)
    data = office.by(BOB).ok("show", own, "--reveal", "--json").data
    assert data["private_line"] == PRIVATE
    assert data["bank_account"] == {"sealed": "finance@1", "locked": True}
    assert data["contacts"][0]["id_number"] == {"sealed": "identity@1", "locked": True}
    for who in (ANNA, BOB):  # without --reveal nobody sees anything
        for words in (["show", own], ["show", own, "--json"], ["list"], ["list", "--json"]):
            ran = office.by(who).ok(*words)
            assert not any(v in ran.out + ran.err for v in (PRIVATE, ACCOUNT, ID_CARD))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_02_a_value_without_its_key_names_class_and_every_source(
    office: Office, lang: str
) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    bob = office.by(BOB)
    office.patch.setenv("TEXTCRM_IDENTITY", str(office.folder / "nowhere.txt"))
    given = office.folder / "given.txt"
    write_private(given, "nonsense\n")
    for words in (["show", own, "bank_account", "--reveal"], ["show", own, "--reveal"]):
        ran = bob("--lang", lang, "--identity", str(given), *words)
        assert ran.code == 3, words
        assert "finance@1" in ran.err
        for source in (
            "--identity",
            str(given),
            "$TEXTCRM_IDENTITY",
            "nowhere.txt",
            str(office.home(BOB) / "textcrm" / "identity.txt"),
        ):
            assert source in ran.err, source
        assert ACCOUNT not in ran.out + ran.err
        error = bob("--json", "--identity", str(given), *words).error
        assert (error["code"], error["label"], len(error["tried"])) == ("no-key", "finance@1", 3)


def test_03_who_holds_no_key_may_write_and_not_read(office: Office) -> None:
    bot = office.by(BOT)
    own = bot.add()
    ran = bot.ok("set", own, "bank_account=-", given=ACCOUNT)
    assert ACCOUNT not in ran.out + ran.err
    assert office.by(ANNA).shown(own, "bank_account") == ACCOUNT
    for who in (BOT, EVE, BOB):
        ran = office.by(who)("show", own, "bank_account", "--reveal")
        assert (ran.code, ACCOUNT in ran.out + ran.err) == (3, False)


def test_04_an_owner_written_by_hand_gains_nothing_unasked(office: Office) -> None:
    anna = office.by(ANNA)
    own = anna.add(f"bank_account={ACCOUNT}", "owner=li-qiang", "contracts/0/number=HT-1")
    assert office.by(BOB).shown(own, "bank_account") == ACCOUNT
    file = anna.file(own)
    text = file.read_text("utf-8").replace("owner: li-qiang", "owner: zhao-min")
    file.write_text(text, encoding="utf-8")
    commit(office.root)
    before = (file.read_bytes(), git(office.root, "rev-parse", "HEAD"))
    for lang, said in (("en", ("赵敏", "finance")), ("zh", ("赵敏", "finance"))):
        ran = anna("--lang", lang, "set", own, "contracts/0/amount=-", given="99000")
        assert ran.code == 2
        assert all(word in ran.err for word in (*said, "--grant"))
        assert (file.read_bytes(), git(office.root, "rev-parse", "HEAD")) == before
    assert office.by(CAI)("show", own, "bank_account", "--reveal").code == 3
    anna.ok("set", own, "contracts/0/amount=-", "--grant", given="99000")
    assert office.by(CAI).shown(own, "contracts/0/amount") == "99000"
    assert office.by(CAI)("show", own, "bank_account", "--reveal").code == 3


@pytest.mark.parametrize("broken", ["garbage", "open to all", "a folder", "empty", "another's"])
def test_05_a_broken_key_first_does_not_shadow_the_right_one(office: Office, broken: str) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    first = office.folder / "first.txt"
    if broken == "a folder":
        first.mkdir()
    else:
        text = {
            "garbage": "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END",
            "empty": "",
            "open to all": (office.keys / f"{MARA}.throw-away-key.txt").read_text("utf-8"),
            "another's": (office.keys / f"{CAI}.throw-away-key.txt").read_text("utf-8"),
        }[broken]
        write_private(first, text)
        if broken == "open to all":
            first.chmod(0o644)
    mara = office.by(MARA)
    data = mara.ok(
        "--identity", str(first), "show", own, "bank_account", "--reveal", "--json"
    ).data
    assert data["value"] == ACCOUNT
