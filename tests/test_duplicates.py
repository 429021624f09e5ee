"""Duplicates in a vault: at the command line, and the words that follow the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from ready_made import created

from textcrm.quality.duplicates import duplicates
from textcrm.vault import Vault
from textcrm.vault.alike import Alike

if TYPE_CHECKING:
    from textcrm.record import Record


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault", language="en")


@pytest.fixture
def shell(vault: Vault, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(vault.root, capsys)


def made(vault: Vault, name: str, number: str = "", **fields: Any) -> Record:
    if number:
        fields["contacts"] = [{"name": "王小明", "phones": [{"number": number}]}]
    return vault.add(name, **fields)


def test_groups_come_with_reasons_and_a_score(vault: Vault, shell: Shell) -> None:
    one = made(vault, "杭州云栖科技有限公司", "+8613912345679")
    two = made(vault, "雲棲科技（杭州）", "+8613912345679")
    made(vault, "海博商贸有限公司", "+8613912345670")
    found = shell.ok("duplicates", "--json").data
    assert [group["ids"] for group in found] == [[one.id, two.id]]
    assert found[0]["score"] > 0.99
    assert found[0]["reasons"][:2] == ["same-phone", "same-core"]
    said = shell.ok("duplicates").out
    assert one.id in said
    assert "same phone +8613912345679" in said
    assert f"textcrm merge {one.id} {two.id}" in said
    assert "电话相同" in shell.ok("duplicates", "--lang", "zh").out
    assert "13912345679" not in shell.ok("duplicates", "--mask").out
    assert shell.ok("duplicates", "--count").out == "1\n"


def test_a_query_chooses_the_groups(vault: Vault, shell: Shell) -> None:
    made(vault, "云栖科技有限公司")
    made(vault, "云栖科技")
    made(vault, "海博商贸有限公司", tags=["x"])
    made(vault, "海博商贸")
    found = shell.ok("duplicates", "tag:x", "--json").data
    assert [group["names"] for group in found] == [["海博商贸有限公司", "海博商贸"]]
    assert len(shell.ok("duplicates", "--json").data) == 2
    assert shell("duplicates", "tag:y").code == 1
    assert shell("duplicates", "--min-score", "0.99").code == 1


@pytest.mark.parametrize("word", ["x", "2", "-1", "nan"])
def test_a_score_that_is_none(shell: Shell, word: str) -> None:
    ran = shell("duplicates", "--min-score", word, "--json")
    assert ran.code == 2
    assert ran.error["code"] == "bad-score"


def test_nothing_found_is_said(vault: Vault, shell: Shell) -> None:
    made(vault, "云栖科技有限公司")
    ran = shell("duplicates")
    assert (ran.code, ran.out) == (1, "no duplicates found\n")
    assert shell("duplicates", "--json").out == "[]\n"


def test_the_words_follow_hand_edits(vault: Vault) -> None:
    one = made(vault, "云栖科技有限公司")
    two = made(vault, "海博商贸有限公司")
    assert duplicates(vault) == []
    file = vault.root / two.path
    file.write_text(file.read_text().replace("海博商贸", "云栖科技"))
    assert [group.ids for group in duplicates(vault)] == [(one.id, two.id)]
    file.unlink()
    assert duplicates(vault) == []
    (vault.root / ".textcrm" / "catalog.db").unlink()
    made(vault, "云栖科技有限公司")
    assert len(duplicates(Vault.open(vault.root))) == 1


def test_what_is_to_be_added_is_compared(vault: Vault) -> None:
    one = made(vault, "云栖科技有限公司", "+8613912345679")
    alike = Alike(vault)
    assert [each.id for each in alike.like({"name": "雲棲科技股份有限公司"})] == [one.id]
    tree = {"name": "张三", "contacts": [{"phones": [{"number": "139 1234 5679"}]}]}
    assert [each.id for each in alike.like(tree)] == [one.id]
    assert alike.like({"name": "海博商贸"}) == []
    alike.note("row 1", {"name": "海博商贸有限公司"})
    assert [each.id for each in alike.like({"name": "海博商贸"})] == ["row 1"]
