"""Backups: made, proved, damaged, incomplete, restored; to folders and to remotes."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from ready_made import copied
from sharing import Hub, fresh, git
from team_vault import opened, private_keys, team_vault

from textcrm.errors import (
    Conflict,
    KeyMissing,
    NotFound,
    StorageFailure,
    TextcrmError,
    TrustFailure,
)
from textcrm.history import backup, bundles, mirroring, restoring
from textcrm.history.sync import sync
from textcrm.quality import keeping
from textcrm.records import editing
from textcrm.vault import Vault, safekeeping
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    def make(place: Path) -> None:
        create(place, name="shop").vault.add("云帆", notes="first")

    copied("backup", tmp_path / "vault", make)
    return Vault.open(tmp_path / "vault")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "disk"


def test_a_full_one_then_increments_then_restored(
    vault: Vault, place: Path, tmp_path: Path
) -> None:
    first = backup.backup(vault, place)
    assert first.backup is not None
    assert first.backup.full
    assert first.backup.file.name == f"客户信息总表_{vault.today:%Y%m%d}.bundle"
    assert backup.backup(vault, place).commits == 0
    one = vault.add("第二家").id
    second = backup.backup(vault, place)
    assert second.backup is not None
    assert not second.backup.full
    assert second.commits == 1
    assert second.size < first.size
    editing.change(vault, one, [("notes", "third")])
    git(vault.root, "tag", "v1")
    third = backup.backup(vault, place)
    assert third.backup is not None

    proof = restoring.verify(restoring.latest(place), vault)
    assert (proof.files, proof.records, proof.compared) == (3, 2, 2)
    done = restoring.restore(place, tmp_path / "again")
    assert done.backup.tip == git(vault.root, "rev-parse", "HEAD")
    again = Vault.open(tmp_path / "again")
    assert again.get(one).raw["notes"] == "third"
    assert git(again.root, "status", "--porcelain") == ""
    assert git(again.root, "tag") == "v1"
    assert git(again.root, "branch", "--show-current") == "main"
    state = safekeeping.state(vault)
    assert state is not None
    assert state.good is not None
    assert (state.good.where, state.late, state.failed) == (str(place), False, ())


@pytest.mark.parametrize("wound", ["flip", "cut", "gone", "manifest", "empty"])
def test_damage_is_found(vault: Vault, place: Path, wound: str, tmp_path: Path) -> None:
    made = backup.backup(vault, place).backup
    assert made is not None
    data = bytearray(made.file.read_bytes())
    manifest = bundles.manifest_of(made.file)
    if wound == "flip":
        data[len(data) // 2] ^= 1
        made.file.write_bytes(data)
    elif wound == "cut":
        made.file.write_bytes(data[:-20])
    elif wound == "empty":
        made.file.write_bytes(b"")
    elif wound == "gone":
        made.file.unlink()
    else:
        manifest.write_text(manifest.read_text("utf-8")[:-30], encoding="utf-8")
    with pytest.raises((TrustFailure, NotFound)):
        restoring.verify(restoring.latest(place), vault)
    with pytest.raises((TrustFailure, NotFound)):
        restoring.restore(place, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_bundle_that_passes_its_checksum_but_not_git(vault: Vault, place: Path) -> None:
    made = backup.backup(vault, place).backup
    assert made is not None
    data = bytearray(made.file.read_bytes())
    data[len(data) - 40] ^= 1
    made.file.write_bytes(data)
    bundles.write_manifest(made._replace(sha256=bundles.checksum(made.file)))
    with pytest.raises(TrustFailure):
        restoring.verify(restoring.latest(place), vault)


def test_an_increment_without_its_base_is_refused(
    vault: Vault, place: Path, tmp_path: Path
) -> None:
    backup.backup(vault, place)
    vault.add("第二家")
    second = backup.backup(vault, place).backup
    assert second is not None
    alone = tmp_path / "alone"
    alone.mkdir()
    for file in (second.file, bundles.manifest_of(second.file)):
        shutil.copy(file, alone)
    with pytest.raises(NotFound) as caught:
        restoring.verify(restoring.latest(alone))
    assert caught.value.code == "backup-incomplete"


def test_a_rewritten_history_starts_over_with_a_full_one(vault: Vault, place: Path) -> None:
    backup.backup(vault, place)
    git(vault.root, "commit", "-q", "--amend", "-m", "other")
    made = backup.backup(Vault.open(vault.root), place).backup
    assert made is not None
    assert made.full


def test_restore_never_overwrites(vault: Vault, place: Path, tmp_path: Path) -> None:
    backup.backup(vault, place)
    target = tmp_path / "full"
    target.mkdir()
    (target / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(Conflict):
        restoring.restore(place, target)
    assert (target / "mine.txt").read_text("utf-8") == "x"
    with pytest.raises(NotFound):
        restoring.restore(tmp_path / "nothing", tmp_path / "new")


def test_to_a_second_remote_without_ever_overwriting_it(vault: Vault, tmp_path: Path) -> None:
    hub = tmp_path / "second.git"
    subprocess.run(["git", "init", "-q", "--bare", str(hub)], check=True)
    assert mirroring.is_address(vault, str(hub))
    assert mirroring.is_address(vault, "git@host:path.git")
    assert not mirroring.is_address(vault, "C:\\backups")
    assert not mirroring.is_address(vault, "backups/today")
    mirroring.push(vault, str(hub))
    assert git(hub, "rev-parse", "main") == git(vault.root, "rev-parse", "HEAD")
    git(vault.root, "commit", "-q", "--amend", "-m", "other")
    with pytest.raises(StorageFailure):
        mirroring.push(vault, str(hub))
    state = safekeeping.state(vault)
    assert state is not None
    assert [one.where for one in state.failed] == [str(hub)]
    assert not state.late
    with pytest.raises(TrustFailure):
        mirroring.push(vault, "http://nowhere.invalid/x.git")


@pytest.mark.parametrize("setting", ["pushurl", "insteadOf", "pushInsteadOf"])
def test_an_open_address_behind_another_is_refused(vault: Vault, setting: str) -> None:
    git(vault.root, "remote", "add", "far", "https://host.invalid/x.git")
    if setting == "pushurl":
        git(vault.root, "config", "remote.far.pushurl", "http://host.invalid/x.git")
    else:
        git(vault.root, "config", f"url.http://open.invalid/.{setting}", "https://host.invalid/")
    with pytest.raises(TrustFailure, match="in the clear"):
        mirroring.push(vault, "far")
    with pytest.raises(TrustFailure, match="in the clear"):
        sync(vault)
    (row,) = [one for one in keeping.of_vault(vault) if one.code == "remote-insecure"]
    assert "far" in row.say("en")


def test_only_the_recovery_key_opens_an_encrypted_one(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = team_vault(tmp_path)
    vault = opened(root, "wang-fang")
    name = vault.records().__next__().name.encode()
    first = backup.backup(vault, place, encrypt=True)
    assert first.backup is not None
    assert first.backup.file.name.endswith(".bundle.age")
    one = vault.add("另一家").id
    second = backup.backup(opened(root, "wang-fang"), place, encrypt=True)
    assert second.backup is not None
    assert not second.backup.full
    assert not list((root / ".git" / "textcrm" / "backup").iterdir())
    for file in place.iterdir():
        assert name not in file.read_bytes()
        assert not file.read_bytes().startswith(b"# v2 git bundle")
    last = restoring.latest(place)
    with pytest.raises(KeyMissing, match="encrypted"):
        restoring.verify(last, keyring=opened(root, "wang-fang").keyring)
    shell = Shell(tmp_path, capsys)
    key = str(private_keys(tmp_path) / "recovery.throw-away-key.txt")
    again = str(tmp_path / "again")
    assert shell("backup", "restore", str(place), again).code == 3
    assert not (tmp_path / "again").exists()
    shell.ok("--identity", key, "backup", "restore", str(place), again)
    assert Vault.open(tmp_path / "again").get(one).name == "另一家"
    assert shell.ok("--identity", key, "backup", "verify", str(place), "--json").data["files"] == 2
    plain = backup.backup(opened(root, "wang-fang"), place)
    assert plain.backup is not None
    assert plain.backup.full


def test_a_workbook_lies_beside_it(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from python_calamine import CalamineWorkbook

    root = team_vault(tmp_path)
    shell = Shell(root, capsys)
    ran = shell.ok("backup", str(place), "--json")
    (sheet,) = place.glob("*.xlsx")
    assert ran.data["xlsx"] == str(sheet)
    assert sheet.stem == next(place.glob("*.bundle")).stem
    assert sheet.name.startswith("客户信息总表_")
    rows = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    names = {record.name for record in Vault.open(root).records()}
    assert names <= {str(cell) for row in rows for cell in row}
    assert shell.ok("audit", "reads", "--json").data[-1]["what"] == "backup xlsx"
    before = sheet.read_bytes()
    assert shell.ok("backup", str(place), "--json").data["xlsx"] is None
    assert sheet.read_bytes() == before
    shell.ok("add", "另一家")
    assert shell.ok("backup", str(place), "--no-xlsx", "--json").data["xlsx"] is None
    closed = tmp_path / "closed"
    vault = opened(root, "wang-fang")
    made = backup.backup(vault, closed, encrypt=True).backup
    assert made is not None

    def write(file: Path) -> None:
        file.write_bytes(before)

    backup.place_beside(vault, made, ".xlsx", write)
    (sheet,) = closed.glob("*.xlsx*")
    assert sheet.name.endswith(".xlsx.age")
    assert sheet.read_bytes().startswith(b"age-encryption.org/v1")


def test_no_encrypted_one_without_a_recovery_key(vault: Vault, place: Path) -> None:
    with pytest.raises(TextcrmError):
        backup.backup(vault, place, encrypt=True)
    assert not place.exists()


def test_late_and_failed_ones_are_told(
    vault: Vault, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(vault.root, capsys)
    assert shell.ok("status", "--json").data["backup"] is None
    assert "no backup" in shell("--lang", "en", "doctor").out
    shell.ok("backup", str(place))
    told = shell.ok("status", "--json").data["backup"]
    assert (told["late"], told["failed"], told["where"]) == (False, [], str(place))
    file = tmp_path / "a file"
    file.write_text("", encoding="utf-8")
    assert shell("backup", str(file)).code == 9
    assert str(file) in shell("--lang", "zh", "status").err
    state = vault.repo.local_folder / "backups.json"
    old = state.read_text("utf-8").replace(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", "2020-01-02")
    state.write_text(old, encoding="utf-8")
    assert shell.ok("status", "--json").data["backup"]["late"]
    assert "最近一次成功的备份是 2020-01" in shell("--lang", "zh", "status").err
    assert "2020-01" in shell("--lang", "en", "doctor").out
    shell.ok("backup", str(place))
    assert not shell.ok("status", "--json").data["backup"]["late"]
    state.write_text("[{", encoding="utf-8")
    assert shell.ok("status", "--json").data["backup"] is None


def test_the_last_push_is_told(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    vault = hub.clone("anna")
    assert safekeeping.last_push(vault) is None
    vault.add("甲")
    (row,) = [one for one in keeping.of_vault(vault) if one.code == "push"]
    assert (row.state, row.data["count"]) == ("warning", 1)
    sync(vault)
    at = safekeeping.last_push(vault)
    assert at is not None
    assert abs((dt.datetime.now(dt.UTC) - at).total_seconds()) < 600
    (row,) = [one for one in keeping.of_vault(fresh(vault)) if one.code == "push"]
    assert row.state == "ok"


def test_from_the_command_line(
    vault: Vault, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(vault.root, capsys)
    (vault.root / "loose.txt").write_text("x", encoding="utf-8")
    ran = shell.ok("backup", str(place))
    assert "proved" in ran.out
    assert "not in the backup" in ran.err
    assert shell.ok("backup", str(place), "--json").data["commits"] == 0
    assert shell.ok("--lang", "zh", "backup", "verify", str(place)).out.startswith("客户信息总表_")
    assert shell.ok("backup", "verify", str(place), "--json").data["compared"] == 1
    ran = shell.ok("backup", "restore", str(place), str(tmp_path / "again"), "--json")
    assert ran.data["records"] == 1
    assert "crontab" in shell.ok("backup", str(place), "--schedule").out
    assert shell("backup", "verify").code == 2
    assert shell("backup", "restore", str(place), str(tmp_path / "again")).code == 7
    assert shell("backup", "verify", str(tmp_path / "no")).code == 4
