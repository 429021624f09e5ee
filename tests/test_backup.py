"""Backups: made, proved, damaged, incomplete, restored; to folders and to remotes."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import git

from textcrm.errors import Conflict, NotFound, StorageFailure, TrustFailure
from textcrm.history import backup, bundles, restoring
from textcrm.records import editing
from textcrm.vault import Vault
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = create(tmp_path / "vault", name="shop").vault
    made.add("云帆", notes="first")
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
    state = backup.last(vault)
    assert state is not None
    assert (state.where, state.ok) == (str(place), True)


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
    assert backup.is_address(vault, str(hub))
    assert backup.is_address(vault, "git@host:path.git")
    assert not backup.is_address(vault, "C:\\backups")
    assert not backup.is_address(vault, "backups/today")
    backup.push(vault, str(hub))
    assert git(hub, "rev-parse", "main") == git(vault.root, "rev-parse", "HEAD")
    git(vault.root, "commit", "-q", "--amend", "-m", "other")
    with pytest.raises(StorageFailure):
        backup.push(vault, str(hub))
    state = backup.last(vault)
    assert state is not None
    assert not state.ok
    with pytest.raises(TrustFailure):
        backup.push(vault, "http://nowhere.invalid/x.git")


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
