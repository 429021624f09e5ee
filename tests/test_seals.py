"""Sealing through the vault: as values are written, for the right readers, nothing lost or shown."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from team_vault import git, opened, team_vault

from textcrm import ciphertext, sealing, yamlfile
from textcrm.errors import Invalid, KeyMissing, Misuse, StorageFailure, TrustFailure
from textcrm.history.worktree import save
from textcrm.records import editing
from textcrm.vault import Vault
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "6222020200112233445"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return team_vault(tmp_path)


def add(root: Path, name: str = "云帆", **fields: Any) -> str:
    """Somebody without any key adds a customer."""
    return opened(root).add(name, **fields).id


def shown(root: Path, who: str, one: str) -> dict[str, Any]:
    vault = opened(root, who)
    return reveal(vault, vault.get(one)).tree


def on_disk(root: Path, word: str) -> bool:
    return any(word.encode() in file.read_bytes() for file in root.rglob("*") if file.is_file())


def test_who_cannot_read_may_write(root: Path) -> None:
    one = add(root, bank_account=ACCOUNT)
    record = opened(root).get(one)
    assert ciphertext.read(record.raw["bank_account"]).labels == ("finance@1",)
    assert not on_disk(root, ACCOUNT)
    assert shown(root, "wang-fang", one)["bank_account"] == ACCOUNT
    locked = reveal(opened(root, "li-qiang"), record)
    assert locked.locked == {("bank_account",): ("finance@1",)}
    assert locked.tree["bank_account"] == record.raw["bank_account"]


def test_the_owner_reads_along(root: Path) -> None:
    one = add(root, bank_account=ACCOUNT, owner="li-qiang")
    record = opened(root).get(one)
    assert ciphertext.read(record.raw["bank_account"]).labels == ("finance@1", "li-qiang")
    assert shown(root, "li-qiang", one)["bank_account"] == ACCOUNT
    assert shown(root, "chen-chen", one)["bank_account"] == ACCOUNT


def test_values_are_normalised_and_typed_before_they_are_sealed(root: Path) -> None:
    one = add(root, contacts=[{"name": "张三", "id_number": "11010519491231002x"}])
    editing.append(opened(root), one, "contracts", ["number=HT-1", "amount=5万"])
    tree = shown(root, "chen-chen", one)
    assert tree["contracts"][0]["amount"] == Decimal(50000)
    assert isinstance(tree["contracts"][0]["amount"], Decimal)
    assert tree["contacts"][0]["id_number"] == "11010519491231002X"


@pytest.mark.parametrize("typed", ["0123456", "+4915112345678", "1.10", "yes", "12:30"])
def test_typed_text_never_changes(root: Path, typed: str) -> None:
    one = add(root)
    file = root / opened(root).get(one).path
    file.write_text(file.read_text("utf-8") + f"bank_account: {typed}\n", encoding="utf-8")
    save(opened(root))
    assert shown(root, "wang-fang", one)["bank_account"] == typed


def test_what_is_invalid_is_refused_and_not_repeated(root: Path) -> None:
    one = add(root, contacts=[{"name": "张三"}])
    for path, value in (
        ("contacts/0/id_number", "110105194912310021"),
        ("contracts/0/amount", "viel"),
    ):
        with pytest.raises(Invalid) as caught:
            editing.change(opened(root), one, [(path, value)])
        assert value not in f"{caught.value} {caught.value.say('zh')} {caught.value.say_hint()}"
    file = root / opened(root).get(one).path
    text = file.read_text("utf-8")
    file.write_text(text + "contracts:\n  - number: X\n    amount: plenty\n", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        save(opened(root))
    assert "plenty" not in caught.value.say()


def test_an_untouched_value_keeps_its_bytes(root: Path) -> None:
    one = add(root, bank_account=ACCOUNT, status="none")
    before = opened(root).get(one).raw["bank_account"]
    editing.change(opened(root, "wang-fang"), one, [("status", "active")])
    assert opened(root).get(one).raw["bank_account"] == before
    # Set again as it was, by somebody who can tell:
    assert (
        editing.change(opened(root, "wang-fang"), one, [("bank_account", ACCOUNT)]).result.commit
        is None
    )
    assert opened(root).get(one).raw["bank_account"] == before
    # Who cannot tell seals anew.
    editing.change(opened(root), one, [("bank_account", ACCOUNT)])
    assert opened(root).get(one).raw["bank_account"] != before


def test_hand_typed_values_get_uid_and_item_ids_and_are_sealed(root: Path) -> None:
    path = "customers/2026/01/C20260101009.yaml"
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(
        "# by hand\nid: C20260101009\nname: 手工\ncontacts:\n  - name: 张三 # boss\n"
        "    id_number: 11010519491231002X\n",
        encoding="utf-8",
    )
    save(opened(root))
    text = (root / path).read_text("utf-8")
    assert "# by hand" in text
    assert "# boss" in text
    assert "11010519491231002X" not in text
    assert (
        shown(root, "chen-chen", "C20260101009")["contacts"][0]["id_number"]
        == "11010519491231002X"
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [(("contacts", 0, "id_number"), ("contacts", 1, "id_number"))],
)
def test_check_13_moved_values_are_refused_with_both_places(
    root: Path, source: tuple[Any, ...], target: tuple[Any, ...]
) -> None:
    one = add(root, contacts=[{"name": "a", "id_number": "11010519491231002X"}, {"name": "b"}])
    record = opened(root).get(one)
    node = record.raw["contacts"][source[1]]["id_number"]
    text = yamlfile.set_value(record.text, target, node)
    (root / record.path).write_text(text, encoding="utf-8")
    vault = opened(root, "chen-chen")
    found = reveal(vault, vault.get(one))
    ((path, error),) = found.problems
    assert path == target
    assert isinstance(error, TrustFailure)
    first, second = (each["id"] for each in record.raw["contacts"])
    assert f"/contacts/{first}/id_number" in error.say()
    assert f"/contacts/{second}/id_number" in error.say()


def test_trust_comes_before_the_value(root: Path) -> None:
    vault = opened(root, trusted=False)
    with pytest.raises(TrustFailure) as caught:
        vault.add("云帆", bank_account=ACCOUNT)
    assert caught.value.code == "access-unpinned"
    assert git(root, "status", "--porcelain") == ""
    vault.add("没有敏感信息")  # sealing alone asks for trust
    vault.pins = None
    with pytest.raises(StorageFailure):
        vault.add("云帆", bank_account=ACCOUNT)


def test_check_04_a_new_owner_in_an_unsigned_field_is_given_nothing_unasked(root: Path) -> None:
    one = add(root, bank_account=ACCOUNT, owner="li-qiang")
    file = root / opened(root).get(one).path
    file.write_text(
        file.read_text("utf-8").replace("owner: li-qiang", "owner: zhao-min"), encoding="utf-8"
    )
    git(root, "commit", "-q", "--no-verify", "-am", "by hand")
    before = git(root, "rev-parse", "HEAD")
    with pytest.raises(Misuse) as caught:
        editing.append(opened(root, "chen-chen"), one, "contracts", ["number=HT-1", "amount=5"])
    assert "赵敏" in caught.value.say("zh")
    assert "finance" in caught.value.say()
    assert git(root, "rev-parse", "HEAD") == before
    vault = opened(root, "chen-chen")
    asked: list[tuple[str, list[str]]] = []
    vault.confirm_grant = lambda _record, who, classes: not asked.append((who.id, classes))  # type: ignore[func-returns-value]
    editing.append(vault, one, "contracts", ["number=HT-1", "amount=5"])
    assert asked == [("zhao-min", ["finance"])]


def test_changing_the_owner_seals_for_the_new_one(root: Path) -> None:
    one = add(root, bank_account=ACCOUNT, owner="li-qiang")
    vault = opened(root, "chen-chen")
    with pytest.raises(Misuse):
        editing.change(vault, one, [("owner", "zhao-min")])
    vault = opened(root, "chen-chen")
    vault.confirm_grant = lambda *_: True
    editing.change(vault, one, [("owner", "zhao-min")])
    assert ciphertext.read(opened(root).get(one).raw["bank_account"]).labels == (
        "finance@1",
        "zhao-min",
    )
    assert shown(root, "zhao-min", one)["bank_account"] == ACCOUNT
    locked = opened(root, "li-qiang")
    assert reveal(locked, locked.get(one)).locked
    vault = opened(root)
    vault.confirm_grant = lambda *_: True
    with pytest.raises(KeyMissing):
        editing.change(vault, one, [("owner", "li-qiang")])
    vault = opened(root, "wang-fang")
    editing.change(vault, one, [], ["owner"])  # to the pool: nobody gains
    assert ciphertext.read(opened(root).get(one).raw["bank_account"]).labels == ("finance@1",)


def test_damage_is_told_and_the_rest_is_shown(root: Path) -> None:
    one = add(
        root, bank_account=ACCOUNT, contacts=[{"name": "a", "id_number": "11010519491231002X"}]
    )
    record = opened(root).get(one)
    age = record.raw["bank_account"]["age"]
    broken = age[:-8] + ("A" if age[-8] != "A" else "B") + age[-7:]
    (root / record.path).write_text(record.text.replace(age, broken), encoding="utf-8")
    vault = opened(root, "chen-chen")
    found = reveal(vault, vault.get(one))
    assert [path for path, _ in found.problems] == [("bank_account",)]
    assert found.tree["contacts"][0]["id_number"] == "11010519491231002X"


def test_a_vault_without_keys_seals_nothing_and_says_so(tmp_path: Path) -> None:
    from textcrm.vault.creation import create

    vault = create(tmp_path / "bare", name="x").vault
    if vault.access.has_keys:
        pytest.skip("a new vault has keys")
    record = vault.add("云帆", bank_account=ACCOUNT)
    assert record.raw["bank_account"] == ACCOUNT
    assert [f.code for f in Vault.open(vault.root).findings(record)] == ["plain-sealed"]


def test_a_value_by_hand_with_other_tools_is_read_and_kept(root: Path) -> None:
    one = add(root, status="none")
    record = opened(root).get(one)
    access = opened(root).access
    node = sealing.seal(
        "by hand", rec=str(record.uid), path="/bank_account", labels=["finance@1"],
        recipients=[access.recipient("finance@1") or ""],
    )  # fmt: skip
    text = yamlfile.set_value(record.text, ("bank_account",), node)
    (root / record.path).write_text(text, encoding="utf-8")
    save(opened(root))
    editing.change(opened(root), one, [("status", "active")])
    assert opened(root).get(one).raw["bank_account"] == node
    assert shown(root, "wang-fang", one)["bank_account"] == "by hand"


def test_an_id_number_is_checked_against_the_person_before_it_is_sealed(root: Path) -> None:
    """Row B13: of 11010519491231002X, a woman born on 1949-12-31, nothing is said."""
    one = add(root, contacts=[{"name": "王芳", "birthday": "1949-12-30", "gender": "male"}])
    done = editing.change(
        opened(root), one, [("contacts/0/id_number", "11010519491231002X")]
    ).result
    assert [each.finding.code for each in done.warnings] == ["id-birthday", "id-gender"]
    for each in done.warnings:
        for language in ("en", "zh"):
            said = each.finding.say(language)
            assert not any(word in said for word in ("1949", "12-3", "0105", "female", "女"))
    lines = (root / opened(root).get(one).path).read_text("utf-8").splitlines()
    assert "birthday" in lines[done.warnings[0].line - 1]
    right = add(root, contacts=[{"name": "王芳", "birthday": "1949-12-31", "gender": "female"}])
    pair = ("contacts/0/id_number", "11010519491231002X")
    assert editing.change(opened(root), right, [pair]).result.warnings == ()


def test_and_afterwards_by_who_holds_a_key(root: Path) -> None:
    from textcrm.quality.check import check, paths_of
    from textcrm.quality.opened import check_opened

    person = {"name": "王芳", "birthday": "1949-12-30", "id_number": "11010519491231002X"}
    one = add(root, contacts=[person])
    two = add(root, "知行", contacts=[{**person, "birthday": "1949-12-31"}])
    vault = opened(root, "chen-chen")
    paths = paths_of(vault, (one, two))
    plain = {each.finding.code for each in check(vault, (one, two)).problems}
    assert plain <= {"no-provenance"}  # of people, and nothing about what is sealed
    found = check_opened(vault, paths)
    assert [(each.id, each.finding.code) for each in found.problems] == [(one, "id-birthday")]
    assert (found.read, found.locked) == ((one, two), 0)
    assert check_opened(opened(root), paths) == ((), (), 2)
    assert not on_disk(root, "19491231")
