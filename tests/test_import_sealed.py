"""Importing what is to be sealed: it is sealed, and stands in plain nowhere (DESIGN section 3)."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from importing import only

if TYPE_CHECKING:
    from pathlib import Path

ID_NUMBER = "110101199003070134"
ACCOUNT = "6222021234567890123"
AMOUNT = "987654.32"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault with keys, made as people make one."""
    shell = Shell(tmp_path / "vault", capsys)
    assert shell("init", str(tmp_path / "vault"), at=False).code == 0
    return shell


def _everything(folder: Path) -> bytes:
    objects = subprocess.run(
        ["git", "-C", str(folder), "cat-file", "--batch-all-objects", "--batch"],
        capture_output=True,
        check=True,
    ).stdout
    files = (file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return objects + b"".join(files)


def test_sealed_fields_are_sealed_and_nowhere_in_plain(shell: Shell, tmp_path: Path) -> None:
    from textcrm.vault import Vault

    file = tmp_path / "a.csv"
    file.write_text(
        f"客户名称,联系人,身份证号,银行账号,合同金额\n云海有限公司,陈伟,{ID_NUMBER},{ACCOUNT},{AMOUNT}\n",
        encoding="utf-8",
    )
    dry = shell.ok("import", str(file), "--dry-run")
    dry_json = shell.ok("--json", "import", str(file), "--dry-run")
    ran = shell.ok("--json", "import", str(file))
    again = shell.ok("--json", "import", str(file)).data
    assert (again["skipped"], again["commit"]) == (1, None)
    told = dry.out + dry.err + dry_json.out + ran.out + ran.err
    whole = _everything(shell.folder)
    for secret in (ID_NUMBER, ACCOUNT, AMOUNT):
        assert secret not in told
        assert secret.encode() not in whole
    record = only(Vault.open(shell.folder))
    assert set(record["bank_account"]) == {"sealed", "age"}
    shown = shell.ok("--json", "show", record["id"], "--reveal").data
    assert shown["bank_account"] == ACCOUNT
    assert shown["contacts"][0]["id_number"] == ID_NUMBER
    assert shown["contracts"][0]["amount"] == AMOUNT


def test_a_value_that_cannot_be_sealed_rejects_its_row(shell: Shell, tmp_path: Path) -> None:
    wrong = "110101199003070135"
    file = tmp_path / "a.csv"
    file.write_text(f"客户名称,联系人,身份证号\n云海,陈伟,{wrong}\n云山,吴芳,\n", encoding="utf-8")
    ran = shell.ok("--json", "import", str(file))
    assert (ran.data["created"], ran.data["rejected"]) == (1, 1)
    assert wrong not in ran.out + ran.err
    assert wrong.encode() not in _everything(shell.folder)
    assert wrong in (tmp_path / "a.rejected.csv").read_text(encoding="utf-8")


def test_no_second_value_of_a_sealed_field_is_kept_in_plain(shell: Shell, tmp_path: Path) -> None:
    """Two columns, two rows, parts: what has no sealed place rejects its row."""
    other = "11010519491231002X"
    file = tmp_path / "a.csv"
    file.write_text(
        f"客户名称,联系人,身份证号,证件号码\n云海,陈伟,{ID_NUMBER},{other}\n云山,吴芳,{ID_NUMBER},\n"
        f"云山,吴芳,{other},\n云山,吴芳,{ID_NUMBER},\n",
        encoding="utf-8",
    )
    told = shell.ok("--json", "import", str(file))
    assert (told.data["rows"], told.data["created"], told.data["rejected"]) == (4, 2, 2)
    assert {one["code"] for one in told.data["rejects"]} == {"sealed-unkept"}
    whole = _everything(shell.folder)
    for secret in (ID_NUMBER, other):
        assert secret.encode() not in whole
        assert secret not in told.out + told.err


def test_contact_fields_that_are_sealed_stay_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path / "closed", capsys)
    assert shell("init", str(tmp_path / "closed"), "--seal-contact", at=False).code == 0
    file = tmp_path / "a.csv"
    secrets = ("13655556666", "13655557777", "wx-one-1", "wx-two-2", "秘密备注", "陈伟明")
    file.write_text(
        "客户名称,联系人,手机,微信,备注\n云海,陈伟明,13655556666,wx-one-1,秘密备注\n"
        "云海,陈伟明,13655557777,wx-two-2,\n,,13655557777,,\n",
        encoding="utf-8",
    )
    told = shell.ok("--json", "import", str(file), "--dry-run")
    ran = shell.ok("--json", "import", str(file))
    assert (ran.data["rows"], ran.data["created"], ran.data["rejected"]) == (3, 1, 2)
    whole = _everything(shell.folder)
    for secret in secrets:
        assert secret.encode() not in whole, secret
        assert secret not in told.out + told.err + ran.out + ran.err, secret
