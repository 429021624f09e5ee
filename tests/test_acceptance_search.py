"""The acceptance checks on finding and showing what is sealed, by their numbers (46, 47)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from people_at_work import ACCOUNT, ANNA, BOB, BOT, CAI, EVE, MARA, Office, seal_field
from searching_disk import disguises, traces

from textcrm.cli.main import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "+8613912345678"


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def test_46_a_sealed_phone_is_found_in_any_form_by_its_readers_alone(office: Office) -> None:
    seal_field(office.root, "private_line", "contact", type="phone")
    bot = office.by(BOT)
    own = bot.add()
    bot.ok("set", own, "private_line=-", given="139-1234-5678")
    bob = office.by(BOB)
    assert bob.shown(own, "private_line") == PHONE
    for typed in (PHONE, "13912345678", "139 1234 5678", "+86 139 1234 5678", "12345678"):
        ran = bob("search", "--sealed", typed, "--json")
        assert ran.code == 0, typed
        assert [hit["id"] for hit in ran.data] == [own], typed
        assert PHONE not in ran.out + ran.err
    assert bob("search", "--sealed", "13987654321").code == 1
    for who in (BOT, EVE):
        ran = office.by(who)("search", "--sealed", "13912345678")
        assert (ran.code, ran.out) == (3, "")
        assert "contact@1" in ran.err
    assert bob("search", "13912345678").code == 1  # the index holds nothing of it
    assert bob("search", "13912345678", "--json").code == 1
    found = traces([PHONE, PHONE[3:]], [office.folder])
    assert found == []  # nor does a history of searches, a log of reads, a pin hold the term


def test_46_who_loses_the_role_finds_nothing_more(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    mara = office.by(MARA)
    assert mara.ok("search", "--sealed", ACCOUNT, "--json").data[0]["id"] == own
    anna = office.by(ANNA)
    anna.ok("member", "role", "王芳", "客服人员")
    anna.ok("rekey", "--grant")
    assert office.by(MARA)("search", "--sealed", ACCOUNT).code in (1, 3)


READS = (
    ("show", "{own}"), ("show", "{own}", "--json"), ("show", "{own}", "--text"), ("list",),
    ("list", "--columns", "name,bank_account,contracts.amount"),
    ("list", "--columns", "name,bank_account", "--json"), ("list", "--format", "csv"),
    ("list", "--group", "status", "--sum", "contracts.amount"), ("list", "has:bank_account"),
    ("search", "测试公司甲"), ("search", "测试公司甲", "--json"), ("search", "--sealed", "6222"),
    ("log", "{own}"), ("log", "{own}", "--json"), ("diff", "HEAD~2"), ("diff", "HEAD~2", "--json"),
    ("blame", "{own}"), ("blame", "{own}", "--json"), ("due",), ("status",), ("check",),
    ("export", "csv"), ("export", "json"), ("export", "jsonl"), ("export", "vcard"),
    ("report", "receivables"), ("report", "receivables", "--json"), ("duplicates",),
    ("member", "list", "{own}"), ("audit", "report"), ("audit", "reads"), ("doctor",),
)  # fmt: skip


def test_47_nothing_shows_a_sealed_value_unasked(office: Office) -> None:
    """As the one who could read everything: without --reveal no output holds it, in any clothes."""
    anna = office.by(ANNA)
    own = anna.add(f"bank_account={ACCOUNT}")
    anna.ok("append", own, "contracts", "number=HT-1", "title=x", "amount=7351926.48")
    wanted = {
        one
        for value in (ACCOUNT, "7351926.48", "7,351,926.48", "7351926")
        for one in disguises(value)
    }
    for words in READS:
        if words[0] not in COMMANDS:
            continue
        ran = anna(*(word.replace("{own}", own) for word in words))
        said = (ran.out + ran.err).encode()
        assert not any(one in said for one in wanted), words
    assert traces([ACCOUNT, "7351926.48"], [office.folder]) == []


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "xlsx"])
def test_47_an_export_in_clear_is_its_makers_alone(office: Office, form: str) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    anna = office.by(ANNA)
    plain, clear = office.folder / f"plain.{form}", office.folder / f"clear.{form}"
    anna.ok("export", form, "-o", str(plain))
    anna.ok("export", form, "-o", str(clear), "--reveal", "--purpose", "audit")
    assert stat.S_IMODE(clear.stat().st_mode) == 0o600
    if form != "xlsx":  # which is packed; its content is test_export's
        assert ACCOUNT.encode() in clear.read_bytes()
    assert traces([ACCOUNT], [office.folder]) in ([str(clear)], [])
    reads = anna.ok("audit", "reads", "--json").out
    assert own in reads
    assert "audit" in reads
    refused = office.by(CAI)("export", form, "-o", str(office.folder / "no"), "--reveal")
    assert ACCOUNT not in refused.out + refused.err
    left = office.folder / "no"
    assert refused.code in (0, 3)
    assert not left.exists() or ACCOUNT.encode() not in left.read_bytes()
