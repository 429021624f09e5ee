"""Importing tables: rejected rows, one commit and its undo, maps of columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from importing import ARTICLE, new_vault, only, records

from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def shell(vault: Vault, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(vault.root, capsys)


# -- rejected rows


def test_rejected_rows_are_written_untouched_and_can_be_mended(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "客户.csv"
    bad = ',"不知道,是谁",\r\n'
    file.write_bytes(("客户名称,备注,电话\r\n云海,好,\r\n" + bad + "云山,,\r\n").encode("gb18030"))
    ran = shell("--json", "import", str(file))
    assert ran.code == 0
    told = ran.data
    assert (told["rows"], told["created"], told["rejected"]) == (3, 2, 1)
    assert told["rows"] == told["created"] + told["updated"] + told["skipped"] + told["rejected"]
    (reject,) = told["rejects"]
    assert (reject["row"], reject["place"], reject["code"]) == (2, "3", "row-nameless")
    place = vault.root.parent / "客户.rejected.csv"
    assert told["rejected_file"] == str(place)
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes().decode("gb18030") == "客户名称,备注,电话\r\n" + bad
    mended = place.read_bytes().decode("gb18030").replace(',"不', '云川,"不')
    place.write_bytes(mended.encode("gb18030"))
    again = shell("--json", "import", str(place)).data
    assert (again["created"], again["rejected_file"]) == (1, None)
    # A second file of rejected rows never takes the place of the first one.
    file.write_bytes("客户名称,备注\r\n,谁\r\n云海,好\r\n".encode("gb18030"))
    third = shell("--json", "import", str(file)).data
    assert third["rejected_file"] == str(vault.root.parent / "客户.rejected-2.csv")


def test_nothing_is_imported_where_rejected_rows_cannot_be_written(
    vault: Vault, shell: Shell
) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text("客户名称,备注\n云海,\n,谁\n", encoding="utf-8")
    ran = shell("--json", "import", str(file), "--rejected", "/nowhere/at/all.csv")
    assert (ran.code, ran.error["code"]) == (9, "rejected-unwritten")
    assert records(vault) == []


def test_exit_codes(vault: Vault, shell: Shell) -> None:
    folder = vault.root.parent
    (folder / "empty.csv").write_text("客户名称,备注\n", encoding="utf-8")
    (folder / "bad.csv").write_text("备注,列\n谁,甲\n", encoding="utf-8")
    assert shell("import", str(folder / "empty.csv")).code == 1
    assert shell("import", str(folder / "bad.csv")).code == 5
    assert shell("import", str(folder / "none.csv")).code == 4
    assert shell("import", str(folder / "bad.csv"), "--on-duplicate", "merge").code == 2
    assert shell("import", str(folder / "bad.csv"), "--encoding", "klingon").code == 2


# -- one commit


def test_one_import_is_one_commit_and_one_undo(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text(ARTICLE, encoding="utf-8")
    before = vault.repo.head().commit
    told = shell.ok("--json", "import", str(file), "--reason", "旧表").data
    assert (told["commit"], told["records"]) == (vault.repo.head().commit, 3)
    log = vault.repo.git("log", "--format=%P %s%n%b", "-1").decode()
    assert str(before) in log
    assert "Textcrm-Op: import" in log
    assert "杭州" not in log
    shell.ok("undo")
    assert records(vault) == []
    # Who comes back keeps the id and the uid that they had.
    again = shell.ok("--json", "import", str(file)).data
    assert again["ids"] == told["ids"]


def test_a_dry_run_writes_nothing(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text(ARTICLE + ",,,,,,谁,,,,,\n", encoding="utf-8")
    head = vault.repo.head().commit
    told = shell.ok("--json", "import", str(file), "--dry-run").data
    assert (told["created"], told["rejected"], told["commit"]) == (3, 1, None)
    assert told["rejected_file"] is None
    assert told["encoding"] == "utf-8"
    assert told["columns"][0] == {
        "heading": "客户编号",
        "field": "id",
        "how": "layout",
        "sample": "C20240501001",
    }
    assert told["first"][0]["name"] == "杭州XX科技有限公司"
    assert vault.repo.head().commit == head
    assert sorted(one.name for one in vault.root.parent.iterdir()) == ["a.csv", "vault"]
    shown = shell.ok("--lang", "zh", "import", str(file), "--dry-run")
    assert "预计：共 4 行，新增 3，更新 0，未变 0，未导入 1" in shown.out


# -- maps


def test_a_map_is_saved_edited_and_used(vault: Vault, shell: Shell) -> None:
    folder = vault.root.parent
    (folder / "a.csv").write_text("商号,拍板人,备用\n云海,陈伟,好\n", encoding="utf-8")
    file = folder / "map.yaml"
    shell.ok("import", str(folder / "a.csv"), "--map", str(file), "--dry-run")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#")
    lines = {"商号": "name", "拍板人": "contacts/0/name", "备用": ""}
    file.write_text(
        "columns:\n" + "".join(f"  {name}: {to}\n" for name, to in lines.items()), encoding="utf-8"
    )
    told = shell.ok("--json", "import", str(folder / "a.csv"), "--map", str(file)).data
    assert told["created"] == 1
    record = only(vault)
    assert (record["name"], record["contacts"][0]["name"]) == ("云海", "陈伟")
    assert "好" not in json.dumps(record, ensure_ascii=False)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("没有这列=name", "map-heading"),
        ("备用=nonsense", "map-target"),
        ("备用=contacts/0/nix", "map-target"),
    ],
)
def test_mistakes_in_a_map_are_told(vault: Vault, shell: Shell, word: str, code: str) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text("客户名称,备用\n云海,好\n", encoding="utf-8")
    ran = shell("--json", "import", str(file), "--map", word)
    assert (ran.code, ran.error["code"]) == (2, code)
    assert ran.error["hint"]
