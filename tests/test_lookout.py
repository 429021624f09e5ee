"""Before a customer is added: who is there already, in the open and in sealed values."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from ready_made import initialized

from textcrm.access.keyring import Keyring
from textcrm.errors import KeyMissing
from textcrm.quality.duplicates import duplicates
from textcrm.vault import Vault
from textcrm.vault.contact_sealing import seal_contact_fields
from textcrm.vault.lookout import Lookout

if TYPE_CHECKING:
    from collections.abc import Callable

ID_NUMBER = "11010519491231002X"
NUMBER = "+8613912345679"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault with keys of its own, and somebody who holds them."""
    return Shell(initialized(tmp_path / "vault", "--lang", "en"), capsys)


def kept(folder: Path) -> str:
    """Everything that lies below a folder, git's objects apart, which are packed."""
    return "\n".join(
        file.read_bytes().decode("utf-8", "replace")
        for file in folder.rglob("*")
        if file.is_file()
    )


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (("杭州云栖科技有限公司",), ("雲棲科技（杭州）股份有限公司",), "same-name"),
        (("云栖科技有限公司",), ("云期科技",), "same-sound"),
        (("云栖科技有限公司",), ("云栖",), "short-name"),
        (("张三", "--set", "phone=139 1234 5679"), ("李四", "--set", f"phone={NUMBER}"), "same-phone"),
        (("a", "--set", "email=Wang@Example.com"), ("b", "--set", "email=wang@example.com"), "same-email"),
        (
            ("a", "--set", "registration_number=91110108551385082Q"),
            ("b", "--set", "registration_number=9111 0108 5513 8508 2q"),
            "same-registration",
        ),
    ],
)  # fmt: skip
def test_add_warns_and_goes_on_off_a_terminal(
    shell: Shell, first: tuple[str, ...], second: tuple[str, ...], reason: str
) -> None:
    one = shell.ok("add", *first, "--json").data
    assert one["duplicates"] == []
    ran = shell.ok("add", *second, "--json")
    assert [each["id"] for each in ran.data["duplicates"]] == [one["id"]]
    assert reason in ran.data["duplicates"][0]["reasons"]
    assert ran.data["commit"]
    assert "may be there already" in ran.err


def test_no_warning_where_nobody_is_like(shell: Shell) -> None:
    shell.ok("add", "伊春关坝机械有限公司")
    ran = shell.ok("add", "韶关关坝机械有限公司", "--set", f"phone={NUMBER}")
    assert ran.err == ""


def test_a_no_on_the_terminal_writes_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textcrm.cli import context

    shell.ok("add", "云栖科技有限公司")
    asked: list[str] = []

    def answering(answer: bool) -> Callable[..., bool]:
        def confirm(self: Any, question: Any, *, default: bool) -> bool:
            asked.append(question.en)
            return answer

        return confirm

    monkeypatch.setattr(context.Context, "interactive", property(lambda _: True))
    monkeypatch.setattr(context.Context, "confirm", answering(False))
    assert shell("add", "云栖科技").code == 1
    assert asked == ["Add it all the same?"]
    assert len(shell.ok("list", "--format", "ids").out.split()) == 1
    monkeypatch.setattr(context.Context, "confirm", answering(True))
    shell.ok("add", "云栖科技")
    assert len(shell.ok("list", "--format", "ids").out.split()) == 2


def test_sealed_keys_are_compared_by_who_can_open_them(shell: Shell) -> None:
    place = "contacts/0/id_number"
    one = shell.ok("add", "赵六", "--set", f"{place}={ID_NUMBER}", "--json").data
    same = f"{place}={ID_NUMBER.lower()}"
    ran = shell.ok("add", "钱七", "--set", same, "--json")
    assert ran.data["duplicates"] == [
        {"id": one["id"], "name": "赵六", "score": 0.9, "reasons": ["same-id-number"]}
    ]
    # Nothing of it lies anywhere: not in the words beside the catalog, not in what is printed.
    assert ID_NUMBER not in ran.out + ran.err
    assert ID_NUMBER not in kept(shell.folder).upper()


def test_without_a_key_it_is_said_what_was_not_compared(shell: Shell) -> None:
    shell.ok("add", "赵六", "--set", f"contacts/0/id_number={ID_NUMBER}")
    vault = Vault.open(shell.folder)
    vault.keyring = Keyring()
    found = Lookout(vault).before({"name": "钱七", "contacts": [{"id_number": ID_NUMBER}]})
    assert found.similar == ()
    assert found.closed == {"identity@1": 1}
    # What holds no such number asks for no key.
    assert Lookout(vault).before({"name": "钱七"}).closed == {}


def test_all_are_compared_by_sealed_numbers_where_that_is_asked(shell: Shell) -> None:
    place = "contacts/0/id_number"
    one = shell.ok("add", "赵六", "--set", f"{place}={ID_NUMBER}", "--json").data["id"]
    two = shell.ok("add", "钱七", "--set", f"{place}={ID_NUMBER.lower()}", "--json").data["id"]
    three = shell.ok("add", "赵六", "--set", f"{place}=440524188001010014", "--json").data["id"]
    plain = {tuple(group["ids"]) for group in shell.ok("duplicates", "--json").data}
    assert plain == {(one, three)}
    ran = shell.ok("duplicates", "--sealed", "--json")
    assert [group["ids"] for group in ran.data] == [[one, two]]  # 赵六 and 赵六 are two
    assert ran.data[0]["reasons"] == ["same-id-number"]
    assert ran.data[0]["links"][0]["reasons"][0]["value"] is None
    text = shell.ok("duplicates", "--sealed").out
    for said in (ran.out + ran.err, text, kept(shell.folder)):
        assert ID_NUMBER not in said.upper()
        assert "\0" not in said or said == kept(shell.folder)
    assert "duplicates --sealed" in shell.ok("audit", "reads").out
    vault = Vault.open(shell.folder)
    vault.keyring = Keyring()
    with pytest.raises(KeyMissing):
        duplicates(vault, sealed=True)
    (group,) = duplicates(vault)
    assert set(group.ids) == {one, three}


def test_a_sealed_number_is_compared_with_a_plain_one(shell: Shell) -> None:
    one = shell.ok("add", "云帆科技", "--set", "phone=13912345679", "--json").data["id"]
    file = shell.folder / "schema" / "customer.schema.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    seal_contact_fields(document)
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    subprocess.run(["git", "commit", "-qam", "seal"], cwd=shell.folder, check=True)
    two = shell.ok("add", "海博商贸", "--set", f"phone={NUMBER}", "--json").data["id"]
    assert shell("duplicates").code == 1
    ran = shell.ok("duplicates", "--sealed", "--json")
    assert [group["ids"] for group in ran.data] == [[one, two]]
    assert ran.data[0]["links"][0]["reasons"][0]["value"] is None


def test_sealed_telephones(shell: Shell) -> None:
    file = shell.folder / "schema" / "customer.schema.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    seal_contact_fields(document)
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    access = shell.folder / "access" / "access.yaml"
    assert "contact" in access.read_text(encoding="utf-8")
    subprocess.run(["git", "commit", "-qam", "seal"], cwd=shell.folder, check=True)
    one = shell.ok("add", "云帆科技", "--set", "phone=13912345679", "--json").data
    ran = shell.ok("add", "海博商贸", "--set", f"phone={NUMBER}", "--json")
    assert [each["id"] for each in ran.data["duplicates"]] == [one["id"]]
    assert "13912345679" not in ran.out + ran.err + kept(shell.folder)
    assert shell("duplicates").code == 1


def test_an_import_asks_once_for_the_vault_and_takes_its_rows_along(shell: Shell) -> None:
    one = shell.ok("add", "赵六", "--set", f"contacts/0/id_number={ID_NUMBER}", "--json").data
    from textcrm.cli.context import make
    from textcrm.cli.ownkeys import equip

    vault = equip(make([]), Vault.open(shell.folder))
    lookout = Lookout(vault)
    row = {"name": "钱七", "contacts": [{"id_number": ID_NUMBER}]}
    assert [each.id for each in lookout.before(row).similar] == [one["id"]]
    lookout.added("row 2", row)
    assert {each.id for each in lookout.before({**row, "name": "孙八"}).similar} == {
        one["id"],
        "row 2",
    }
