"""Undo: by field, keeping what came after; a clash is asked; imports as one; what is not undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest
from cli_running import Shell
from ready_made import created
from sharing import git
from team_vault import opened, team_vault

from textcrm.cli.context import Context
from textcrm.errors import Conflict, Misuse, NotFound
from textcrm.history import undo
from textcrm.records import editing, interactions, lifecycle
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault", name="shop")


def change(vault: Vault, own: str, *pairs: tuple[str, str]) -> str:
    done = editing.change(vault, own, list(pairs)).result.commit
    assert done is not None
    return done


def test_what_others_added_to_a_list_or_a_group_stays(vault: Vault) -> None:
    own = editing.add(vault, "甲").id
    first = change(vault, own, ("tags", "A"), ("size/employees", "10"), ("notes", "一\n二\n三\n"))
    change(vault, own, ("tags", "A,B"), ("size/annual_revenue", "500万"))
    undo.undo(vault, first, choose=None)
    raw = vault.get(own).raw
    assert raw["tags"] == ["B"]
    assert "employees" not in raw["size"]
    assert "annual_revenue" in raw["size"]
    assert "notes" not in raw


def test_an_item_that_was_taken_out_comes_back_in_its_place(vault: Vault) -> None:
    own = editing.add(vault, "甲").id
    for word in ("一", "二", "三"):
        interactions.log(vault, own, word)
    record = vault.get(own)
    place = record.raw["interactions"][1]["id"]
    gone = editing.change(vault, own, [], [f"interactions/{place}"]).result.commit
    interactions.log(vault, own, "四")
    undo.undo(vault, gone)
    told = [one["summary"] for one in vault.get(own).raw["interactions"]]
    assert sorted(told) == sorted(["一", "二", "三", "四"])
    assert len(told) == 4


def test_every_clash_is_named_and_decided(vault: Vault) -> None:
    one, two = editing.add(vault, "甲").id, editing.add(vault, "乙").id
    with vault.transaction("import") as both:
        for own in (one, two):
            both.set(own, {"intent": "high", "stage": "lead"})
    bulk = git(vault.root, "rev-parse", "HEAD")
    change(vault, one, ("intent", "low"))
    change(vault, two, ("stage", "won"))
    before = git(vault.root, "rev-parse", "HEAD")
    with pytest.raises(Conflict) as caught:
        undo.undo(vault, bulk)
    assert [(each["id"], each["path"]) for each in caught.value.data["clashes"]] == [
        (one, "/intent"),
        (two, "/stage"),
    ]
    assert git(vault.root, "rev-parse", "HEAD") == before
    done = undo.undo(vault, bulk, choose=lambda each: "keep" if each.id == one else "take_back")
    assert [each.id for each in done.kept] == [one]
    first, second = vault.get(one).raw, vault.get(two).raw
    assert (first["intent"], first.get("stage")) == ("low", None)
    assert (second.get("intent"), second.get("stage")) == (None, None)
    undo.redo(vault, choose=lambda _each: "take_back")
    assert vault.get(two).raw["intent"] == "high"


def test_an_import_worked_on_since_goes_but_for_that(vault: Vault) -> None:
    with vault.transaction("import") as many:
        for number in range(5):
            many.add({"name": f"客户{number}"})
    bulk = git(vault.root, "rev-parse", "HEAD")
    kept = next(vault.records()).id
    change(vault, kept, ("intent", "high"))
    with pytest.raises(Conflict):
        undo.undo(vault, bulk)
    undo.undo(vault, bulk, choose=lambda _each: "keep")
    assert [record.id for record in vault.records()] == [kept]
    undo.undo(vault, bulk, choose=lambda _each: "take_back")
    assert not list(vault.records())


def test_a_deleted_record_is_not_taken_for_unchanged(vault: Vault) -> None:
    own = editing.add(vault, "甲").id
    first = change(vault, own, ("intent", "high"))
    lifecycle.remove(vault, own, reason="重复")
    with pytest.raises(Conflict):
        undo.undo(vault, first)
    undo.undo(vault)
    assert vault.get(own).raw["intent"] == "high"


def test_a_record_that_has_another_id_now_is_found(vault: Vault) -> None:
    own = editing.add(vault, "甲").id
    first = change(vault, own, ("intent", "high"))
    record = vault.get(own)
    fresh = own[:-3] + "777"
    text = record.text.replace(f"id: {own}", f"id: {fresh}") + f"former_ids: [{own}]\n"
    (vault.root / record.path).with_name(f"{fresh}.yaml").write_text(text, encoding="utf-8")
    (vault.root / record.path).unlink()
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-qm", "another id", "--no-verify")
    undo.undo(Vault.open(vault.root), first)
    raw = Vault.open(vault.root).get(fresh).raw
    assert "intent" not in raw
    assert raw["id"] == fresh


def test_who_reads_what_is_never_undone(tmp_path: Path) -> None:
    vault = opened(team_vault(tmp_path), "wang-fang")
    file = vault.root / "access" / "access.yaml"
    file.write_text(file.read_text("utf-8") + "# note\n", encoding="utf-8")
    git(vault.root, "commit", "-qam", "access", "--no-verify")
    with pytest.raises(Misuse) as caught:
        undo.undo(Vault.open(vault.root))
    assert caught.value.code == "undo-access"


def test_a_new_vault_has_nothing_to_undo(vault: Vault) -> None:
    with pytest.raises(NotFound):
        undo.undo(vault)


def test_thousands_are_undone_as_one(vault: Vault) -> None:
    with vault.transaction("import") as many:
        for number in range(400):
            many.add({"name": f"客户{number}"})
    count = len(git(vault.root, "rev-list", "HEAD").split())
    done = undo.undo(vault)
    assert len(done.result.ids) == 400
    assert not list(vault.records())
    assert len(git(vault.root, "rev-list", "HEAD").split()) == count + 1
    undo.redo(vault)
    assert sum(1 for _ in vault.records()) == 400


def test_history_is_read_no_further_than_needed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = editing.add(vault, "甲").id
    for number in range(5):
        change(vault, own, ("notes", str(number)))
    told = 0
    real = type(vault.repo).log

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal told
        for one in real(*args, **options):
            told += 1
            yield one

    monkeypatch.setattr(type(vault.repo), "log", counted)
    undo.undo(vault)
    assert told <= 2


def test_on_a_terminal_a_clash_is_asked(
    vault: Vault, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = editing.add(vault, "甲").id
    first = change(vault, own, ("intent", "high"))
    change(vault, own, ("intent", "low"))
    shell = Shell(vault.root, capsys)
    ran = shell("--lang", "zh", "undo", first)
    assert ran.code == 7
    assert "--keep-later" in ran.err
    assert shell("undo", first, "--keep-later", "--drop-later").code == 2
    assert shell.ok("undo", first, "--keep-later", "--json").data["kept"] == [
        {"id": own, "path": "/intent"}
    ]
    answers = iter(["2"])
    monkeypatch.setattr(Context, "interactive", property(lambda _self: True))
    monkeypatch.setattr(click, "prompt", lambda *_args, **_options: next(answers))
    ran = shell.ok("--lang", "zh", "undo", first)
    assert "意向" in ran.out
    assert "intent" not in Vault.open(vault.root).get(own).raw
