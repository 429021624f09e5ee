"""Sync of sealed values: different ones merge, a rekey yields to an edit, ciphertext stays opaque."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from sharing import git
from team_vault import opened, private_keys, team_vault

from textcrm.history.sync import sync
from textcrm.records import editing
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textcrm.vault import Vault

OLD, NEW, CARD = "6222020200112233445", "6222020200998877665", "11010519491231002X"


@pytest.fixture
def two(tmp_path: Path) -> tuple[Callable[[], Vault], Callable[[], Vault], str]:
    """Two clones of the team's vault, each opened anew by a call, and a customer with an account."""
    root = team_vault(tmp_path)
    one = editing.add(opened(root, "wang-fang"), "甲公司", [("bank_account", OLD)]).id
    hub = tmp_path / "hub.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(root), str(hub)], check=True)
    places = []
    for who in ("anna", "bob"):
        place = tmp_path / who / "vault"
        subprocess.run(["git", "clone", "-q", str(hub), str(place)], check=True)
        git(place, "config", "user.name", who)
        git(place, "config", "user.email", f"{who}@example.com")
        private_keys(place.parent)
        places.append(place)
    return (
        lambda: opened(places[0], "chen-chen"),
        lambda: opened(places[1], "chen-chen"),
        one,
    )


def account(vault: Vault, own: str) -> object:
    return reveal(vault, vault.get(own)).tree["bank_account"]


@pytest.mark.parametrize("first", ["rekey", "edit"])
def test_a_rekey_yields_to_an_edit_whoever_is_first(
    two: tuple[Callable[[], Vault], Callable[[], Vault], str], first: str
) -> None:
    anna, bob, own = two
    rekeyed = anna()
    rekeyed.keyring = type(rekeyed.keyring)()  # without a key the same value is sealed anew
    editing.change(rekeyed, own, [("bank_account", OLD)], op="rekey")
    editing.change(bob(), own, [("bank_account", NEW)])
    order = (anna, bob) if first == "rekey" else (bob, anna)
    for each in (*order, order[0]):
        done = sync(each())
        assert not done.questions
    assert account(anna(), own) == account(bob(), own) == NEW
    assert git(anna().root, "rev-parse", "HEAD") == git(bob().root, "rev-parse", "HEAD")


def test_different_sealed_values_merge(
    two: tuple[Callable[[], Vault], Callable[[], Vault], str],
) -> None:
    anna, bob, own = two
    editing.change(anna(), own, [("bank_account", NEW)])
    editing.append(bob(), own, "contacts", ["name=张三", f"id_number={CARD}"])
    for each in (anna, bob, anna):
        assert not sync(each()).questions
    tree = reveal(anna(), anna().get(own)).tree
    assert tree["bank_account"] == NEW
    assert tree["contacts"][0]["id_number"] == CARD


def test_one_sealed_value_changed_twice_is_a_question_that_holds_no_plain_text(
    two: tuple[Callable[[], Vault], Callable[[], Vault], str],
) -> None:
    anna, bob, own = two
    third = "6222020200555555555"
    editing.change(anna(), own, [("bank_account", NEW)])
    editing.change(bob(), own, [("bank_account", third)])
    sync(anna())
    (question,) = sync(bob()).questions
    assert question.path == ("bank_account",)
    assert (question.mine_by, question.theirs_by) == ("bob", "anna")
    for file in (bob().root / ".git").rglob("*"):
        if file.is_file():
            assert third.encode() not in file.read_bytes()
