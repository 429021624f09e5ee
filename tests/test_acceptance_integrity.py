"""The acceptance checks on moved values and merges, by their numbers (13, 15, 19)."""

from __future__ import annotations

import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from moving import put, refused
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOT,
    ID_CARD,
    MARA,
    Office,
    commit,
    seal_field,
)
from team_vault import git

from textcrm import yamlfile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _two_customers(office: Office) -> tuple[str, str]:
    bot = office.by(BOT)
    one = bot.add(f"bank_account={ACCOUNT}", "contacts/0/name=甲", "contacts/1/name=乙")
    bot.ok("set", one, "contacts/0/id_number=-", given=ID_CARD)
    two = bot.add(name="测试公司乙")
    return one, two


def test_13_moved_to_another_field(office: Office) -> None:
    seal_field(office.root, "second_account", "finance", type="code")
    own, _ = _two_customers(office)
    anna = office.by(ANNA)
    raw = yamlfile.read_mapping(anna.file(own).read_bytes())
    put(anna, own, ("second_account",), raw["bank_account"])
    uid = raw["uid"]
    refused(anna, own, "second_account", f"{uid}/bank_account", f"{uid}/second_account")
    assert anna.shown(own, "contacts/0/id_number") == ID_CARD


def test_13_moved_to_another_item(office: Office) -> None:
    own, _ = _two_customers(office)
    anna = office.by(ANNA)
    raw = yamlfile.read_mapping(anna.file(own).read_bytes())
    first, second = raw["contacts"]
    put(anna, own, ("contacts", 1, "id_number"), first["id_number"])
    refused(
        anna,
        own,
        "contacts/1/id_number",
        f"/contacts/{first['id']}/id_number",
        f"/contacts/{second['id']}/id_number",
    )


def test_13_moved_to_another_record(office: Office) -> None:
    one, two = _two_customers(office)
    anna = office.by(ANNA)
    raw = yamlfile.read_mapping(anna.file(one).read_bytes())
    put(anna, two, ("bank_account",), raw["bank_account"])
    here = yamlfile.read_mapping(anna.file(two).read_bytes())["uid"]
    refused(anna, two, "bank_account", f"{raw['uid']}/bank_account", f"{here}/bank_account")


def test_13_a_file_copied_under_a_new_id(office: Office) -> None:
    one, _ = _two_customers(office)
    anna = office.by(ANNA)
    file = anna.file(one)
    new = f"{one[:-3]}777"
    text = file.read_text("utf-8").replace(one, new)
    raw = yamlfile.read_mapping(text)
    fresh = "01M8KYYYYYYYYYYYYYYYYYYYYY"
    text = text.replace(raw["uid"], fresh)
    file.with_name(f"{new}.yaml").write_text(text, encoding="utf-8")
    commit(office.root)
    refused(anna, new, "bank_account", f"{raw['uid']}/bank_account", f"{fresh}/bank_account")
    codes = {p["code"] for p in anna("check", "--json").data["problems"] if p["id"] == new}
    assert "duplicate-ciphertext" in codes


def test_13_what_moves_by_right_is_read(office: Office) -> None:
    """A record that is renumbered or moved, an item that goes to another place: all still open."""
    one, _ = _two_customers(office)
    anna = office.by(ANNA)
    file = anna.file(one)
    raw = yamlfile.read_mapping(file.read_bytes())
    text = file.read_text("utf-8")
    items = re.findall(r"(?ms)^  - .*?(?=^  - |^\w|\Z)", text[text.index("contacts:") :])
    swapped = text.replace("".join(items[:2]), items[1] + items[0])
    assert swapped != text
    file.write_text(swapped.replace(one, f"{one[:-3]}888"), encoding="utf-8")
    file.rename(file.with_name(f"{one[:-3]}888.yaml"))
    commit(office.root)
    moved = f"{one[:-3]}888"
    assert anna.shown(moved, "bank_account") == ACCOUNT
    assert anna.shown(moved, f"contacts/{raw['contacts'][0]['id']}/id_number") == ID_CARD


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("contact@1", "sealed-class"),
        ("identity@1", "sealed-class"),
        ("[finance@1]", ""),
        ("finance@1", "sealed-recipients"),
        ("[finance@1, zhao-min]", ""),
        ("[li-qiang, finance@1]", "sealed-class"),
        ("finance@2", "sealed-recipients"),
    ],
)
def test_15_an_edited_label_is_refused_by_who_holds_the_key(
    office: Office, label: str, code: str
) -> None:
    anna = office.by(ANNA)
    own = anna.add(f"bank_account={ACCOUNT}", "owner=li-qiang")
    file = anna.file(own)
    text = file.read_text("utf-8")
    changed = re.sub(r"sealed:\n(    - .*\n)+|sealed: .*\n", f"sealed: {label}\n", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    commit(office.root)
    ran = anna("show", own, "bank_account", "--reveal")
    unknown = label == "finance@2"  # a key that does not exist is one that nobody has
    assert (ran.code, "finance@2" in ran.err) == ((3, True) if unknown else (8, False))
    assert ACCOUNT not in ran.out + ran.err
    found = {p["code"] for p in anna("check", "--json").data["problems"] if p["id"] == own}
    assert code in found or (not code and found)


def _sealed_record(office: Office, number: int) -> str:
    fields = "".join(f"{name}: '{name}-0'\n" for name in FIELDS)
    own = f"C20260228{number:03}"
    folder = office.root / "customers" / "2026" / "02"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{own}.yaml").write_text(f"id: {own}\nname: 云帆\n{fields}", encoding="utf-8")
    return own


FIELDS = ("f_a", "f_b", "f_c", "f_d", "f_e", "f_f")


def _merges(office: Office, count: int) -> None:
    """Random changes on two sides, merged by git itself without our driver."""
    for name in FIELDS:
        seal_field(office.root, name, "finance", type="text")
    own = _sealed_record(office, 1)
    mara = office.by(MARA)
    mara.ok("save")
    (office.root / ".gitattributes").write_text("*.age binary\n", encoding="utf-8")
    base = commit(office.root)
    rng = random.Random(19)
    seen = [0, 0]
    for case in range(count):
        sides = [{f for f in FIELDS if rng.random() < 0.4} or {FIELDS[case % 6]} for _ in "ab"]
        for name, fields in zip(("ours", "theirs"), sides, strict=True):
            git(office.root, "switch", "-q", "-C", name, base)
            mara.ok("set", own, *(f"{field}={name}-{case}" for field in fields))
        done = subprocess.run(
            ["git", "merge", "-q", "-m", "x", "ours"],
            cwd=office.root,
            capture_output=True,
            check=False,
        )
        both = sides[0] & sides[1]
        seen[bool(both)] += 1
        if both:
            assert done.returncode == 1, (case, sides)
            ran = mara("show", own, "--reveal")
            assert (ran.code, "conflict" in ran.err.lower() or "冲突" in ran.err) == (5, True)
            git(office.root, "merge", "--abort")
            continue
        assert done.returncode == 0, (case, sides, done)
        data = mara.ok("show", own, "--reveal", "--json").data
        for field in FIELDS:
            last = "ours" if field in sides[0] else "theirs" if field in sides[1] else None
            assert data[field] == (f"{last}-{case}" if last else f"{field}-0"), (case, field)
    assert min(seen) > 0


def test_19_merges_by_git_alone_never_mix_a_value(office: Office) -> None:
    _merges(office, 8)


@pytest.mark.long
@pytest.mark.slow
def test_19_five_hundred_merges(office: Office) -> None:
    _merges(office, 500)
