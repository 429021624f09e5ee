"""The acceptance checks on what is sealed and comes back, by their numbers (8 to 12, 52)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOT,
    MARA,
    Office,
    commit,
    script,
    seal_field,
)
from sealed_values import sealed_values
from team_vault import git

from textcrm import ciphertext, yamlfile


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


NFD = unicodedata.normalize("NFD", "Zoë Müller")
TYPED: dict[str, tuple[dict[str, Any], list[tuple[str, Any]]]] = {
    "x_text": (
        {"type": "text"},
        [
            ("'plain'", "plain"),
            ("''", ""),
            ("'0123456'", "0123456"),
            ("'+4915112345678'", "+4915112345678"),
            ('"line one\\nline two\\n"', "line one\nline two\n"),
            ("'👩‍👩‍👧 🏳️‍🌈'", "👩‍👩‍👧 🏳️‍🌈"),
            (f"'{NFD}'", NFD),
            (f"'{unicodedata.normalize('NFC', NFD)}'", unicodedata.normalize("NFC", NFD)),
            ("'{\"v\":1}'", '{"v":1}'),
            ("' spaces '", " spaces "),
        ],
    ),
    "x_whole": (
        {"type": "integer"},
        [("0", 0), ("-7", -7), ("123456789012345678901234567890", 123456789012345678901234567890)],
    ),
    "x_money": (
        {"type": "money"},
        [("1.10", "1.10"), ("100", "100"), ("125000.50", "125000.50"), ("'0.1'", "0.1")],
    ),
    "x_yes": ({"type": "boolean"}, [("true", True), ("false", False)]),
    "x_list": ({"type": "list"}, [("[a, '007', '']", ["a", "007", ""]), ("[]", [])]),
    "x_any": (
        {"type": "mapping"},
        [("{a: {b: [x, {c: 'yes'}]}}", {"a": {"b": ["x", {"c": "yes"}]}}), ("{}", {})],
    ),
}


@pytest.mark.parametrize("name", TYPED)
def test_08_value_and_type_come_back(office: Office, name: str) -> None:
    how, cases = TYPED[name]
    seal_field(office.root, name, "finance", **how)
    folder = office.root / "customers" / "2026" / "02"
    folder.mkdir(parents=True, exist_ok=True)
    bot = office.by(BOT)
    for number, (written, _) in enumerate(cases, 1):
        own = f"C20260228{number:03}"
        text = f"id: {own}\nname: 某{number}\n{name}: {written}\n"
        (folder / f"{own}.yaml").write_text(text, encoding="utf-8")
    bot.ok("save")
    mara = office.by(MARA)
    for number, (written, wanted) in enumerate(cases, 1):
        own = f"C20260228{number:03}"
        assert ciphertext.is_sealed(yamlfile.read_mapping(bot.file(own).read_bytes())[name]), (
            written
        )
        found = mara.shown(own, name)
        assert (found, type(found)) == (wanted, type(wanted)), written


def test_08_nothing_stays_nothing(office: Office) -> None:
    bot = office.by(BOT)
    own = bot.add()
    file = bot.file(own)
    file.write_text(file.read_text("utf-8") + "bank_account:\n", encoding="utf-8")
    bot.ok("save")
    assert yamlfile.read_mapping(file.read_bytes())["bank_account"] is None
    data = office.by(MARA).ok("show", own, "--reveal", "--json").data
    assert data.get("bank_account") is None


WORDS = ("+4915112345678", "0123456", "1.10", "yes", "2024-02-29", "12:34:56", "0x1F", "1e3", "~x")


def test_09_plain_words_are_what_was_typed(office: Office) -> None:
    seal_field(office.root, "x_text", "finance", type="text")
    bot = office.by(BOT)
    folder = office.root / "customers" / "2026" / "02"
    folder.mkdir(parents=True, exist_ok=True)
    for number, typed in enumerate(WORDS, 1):
        text = f"id: C20260228{number:03}\nname: 某{number}\nx_text: {typed}\n"
        (folder / f"C20260228{number:03}.yaml").write_text(text, encoding="utf-8")
    bot.ok("seal")
    bot.ok("save")
    mara = office.by(MARA)
    for number, typed in enumerate(WORDS, 1):
        assert mara.shown(f"C20260228{number:03}", "x_text") == typed


def test_10_short_values_are_of_one_length(office: Office) -> None:
    bot = office.by(BOT)
    folder = office.root / "customers" / "2026" / "02"
    folder.mkdir(parents=True, exist_ok=True)
    for length in range(1, 28):
        text = f"id: C20260228{length:03}\nname: 某{length}\nbank_account: '{'7' * length}'\n"
        (folder / f"C20260228{length:03}.yaml").write_text(text, encoding="utf-8")
    bot.ok("save")
    sizes = set()
    for length in range(1, 28):
        node = yamlfile.read_mapping((folder / f"C20260228{length:03}.yaml").read_bytes())
        data = ciphertext.read(node["bank_account"]).data
        sizes.add(len(data) - data.index(b"\n--- "))
    assert len(sizes) == 1


def _age_lines(root: Path) -> list[str]:
    texts = [file.read_text("utf-8") for file in sorted((root / "customers").rglob("*.yaml"))]
    return re.findall(r"\bage: [A-Za-z0-9+/=]{60,}", "".join(texts))


def test_11_what_is_not_changed_keeps_its_bytes(office: Office) -> None:
    anna = office.by(ANNA)
    before = _age_lines(office.root)
    assert len(before) > 5
    own = next(iter(sealed_values(office.root)))[0]
    text = anna.file(own).read_bytes()
    for words in (["edit", own, "--editor", "true"], ["seal"], ["save"], ["rekey"]):
        anna.ok(*words)
        assert anna.file(own).read_bytes() == text
        assert git(office.root, "status", "--porcelain") == ""
    anna.ok("set", own, "notes=one line")
    told = git(office.root, "diff", "--unified=0", "HEAD~1")
    changed = [line for line in told.splitlines() if re.match(r"[-+][^-+]", line)]
    assert [line for line in changed if "notes" not in line] == []
    program = script(office.folder, "ed", 'sed -i "s/one line/another/" "$1"')
    anna.ok("edit", own, "--editor", program)
    anna.ok("tag", own, "+重点")
    anna.ok("log", own, "打了电话", "--channel", "phone")
    assert _age_lines(office.root) == before


def test_11_the_same_value_again_is_no_change_for_who_reads_it(office: Office) -> None:
    mara = office.by(MARA)
    own = mara.add(f"bank_account={ACCOUNT}")
    text = mara.file(own).read_bytes()
    mara.ok("set", own, "bank_account=-", given=ACCOUNT)
    assert mara.file(own).read_bytes() == text


def test_12_no_two_seals_are_alike(office: Office) -> None:
    seal_field(office.root, "second_account", "finance", type="code")
    bot = office.by(BOT)
    one = bot.add(f"bank_account={ACCOUNT}", f"second_account={ACCOUNT}")
    two = bot.add(f"bank_account={ACCOUNT}", name="测试公司乙")
    payloads = []
    for own in (one, two):
        raw = yamlfile.read_mapping(bot.file(own).read_bytes())
        for name in ("bank_account", "second_account"):
            if name in raw:
                data = ciphertext.read(raw[name]).data
                payloads.append(data[data.index(b"\n--- ") :].split(b"\n", 2)[2])
    assert len(payloads) == 3
    pieces = [{p[at : at + 8] for at in range(len(p) - 7)} for p in payloads]
    assert not pieces[0] & pieces[1]
    assert not pieces[0] & pieces[2]
    assert not pieces[1] & pieces[2]


@pytest.mark.parametrize("clothes", ["crlf", "bom", "both"])
def test_52_other_line_ends_are_no_other_values(office: Office, clothes: str) -> None:
    bot = office.by(BOT)
    own = bot.add(f"bank_account={ACCOUNT}")
    file = bot.file(own)
    text = file.read_text("utf-8")
    data = text.replace("\n", "\r\n") if clothes != "bom" else text
    data = "\ufeff" + data if clothes != "crlf" else data
    git(office.root, "rm", "-q", "--cached", ".gitattributes")
    (office.root / ".gitattributes").unlink()
    file.write_bytes(data.encode())
    commit(office.root)
    line = re.findall(rb"age: (.*?)\r?\n", file.read_bytes())
    mara = office.by(MARA)
    assert mara.shown(own, "bank_account") == ACCOUNT
    mara.ok("set", own, "notes=x")
    program = script(office.folder, "ed", 'sed -i "s/notes: x/notes: y/" "$1"')
    mara.ok("edit", own, "--editor", program)
    mara.ok("rekey")
    assert re.findall(rb"age: (.*?)\r?\n", file.read_bytes()) == line
    assert file.read_bytes().count(b"\r\n") == (
        0 if clothes == "bom" else file.read_bytes().count(b"\n")
    )
    assert file.read_bytes().startswith(b"\xef\xbb\xbf") == (clothes != "crlf")
    assert mara.ok("show", own, "--json").data["notes"] == "y"


@pytest.mark.parametrize("attributes", [True, False])
def test_52_autocrlf(office: Office, attributes: bool) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}")
    if not attributes:  # a vault of before, or one whose file somebody changed
        (office.root / ".gitattributes").write_text("*.age binary\n", encoding="utf-8")
        commit(office.root)
    other = office.folder / "windows"
    git(office.folder, "clone", "-q", "-c", "core.autocrlf=true", str(office.root), str(other))
    for name in ("access.yaml", "access.yaml.sig"):
        assert (b"\r\n" in (other / "access" / name).read_bytes()) != attributes
    mara = office.by(MARA, other)
    assert mara.shown(own, "bank_account") == ACCOUNT
    mara.ok("set", own, "notes=x")
    mara.ok("set", own, "bank_account=-", given=ACCOUNT[:-1] + "0")
    assert git(other, "status", "--porcelain") == ""
    assert mara.shown(own, "bank_account") == ACCOUNT[:-1] + "0"
    assert mara.ok("rekey", "--json").data["values"] == 0
