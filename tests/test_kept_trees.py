"""Settings and people kept as JSON: believed only for the very text, never needed, never foreign."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from textcrm import access, config
from textcrm.errors import Invalid, YamlInvalid
from textcrm.vault import Vault
from textcrm.vault.kept_trees import tree_of

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """# ours\nformat: 1\nname: 云帆\nlanguage: zh\nthresholds: {silent_days: 45}
views:\n  久未联系: 'type:prospect last_contact:>30d'\n  empty:\n"""


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / ".textcrm").mkdir(mode=0o700)
    (tmp_path / "textcrm.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def kept(root: Path, file: str = "textcrm.yaml") -> Path:
    return root / ".textcrm" / f"{file}.json"


def poison(root: Path) -> None:
    """Make what is kept say something else, so that it is seen who believes it."""
    found = json.loads(kept(root).read_text(encoding="utf-8"))
    found["tree"]["name"] = "kept"
    kept(root).write_text(json.dumps(found), encoding="utf-8")


def test_the_same_settings_come_back_without_yaml(vault: Path) -> None:
    first = Vault.open(vault).config
    assert kept(vault).stat().st_mode & 0o077 == 0
    assert config.of_tree(json.loads(kept(vault).read_text(encoding="utf-8"))["tree"]).views
    second = Vault.open(vault).config
    assert second.tree == first.tree
    assert (second.views, second.thresholds) == (first.views, first.thresholds)
    poison(vault)
    assert Vault.open(vault).config.name == "kept"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"release": 1}', b"\xff", b"[" * 100_000])
def test_damage_is_read_over_and_mended(vault: Path, damage: bytes) -> None:
    assert Vault.open(vault).config.name == "云帆"
    kept(vault).write_bytes(damage)
    assert Vault.open(vault).config.name == "云帆"
    assert json.loads(kept(vault).read_bytes())["tree"]["name"] == "云帆"


def test_one_byte_more_is_another_text(vault: Path) -> None:
    assert Vault.open(vault).config.name == "云帆"
    poison(vault)
    (vault / "textcrm.yaml").write_text(SETTINGS + "\n", encoding="utf-8")
    assert Vault.open(vault).config.name == "云帆"


def test_another_release_reads_anew(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Vault.open(vault).config.name == "云帆"
    poison(vault)
    monkeypatch.setattr("textcrm.vault.kept_trees.__version__", "99.0")
    assert Vault.open(vault).config.name == "云帆"


def test_nothing_is_written_where_there_is_no_folder(vault: Path) -> None:
    shutil.rmtree(vault / ".textcrm")
    assert Vault.open(vault).config.name == "云帆"
    assert not (vault / ".textcrm").exists()


def test_broken_settings_are_never_kept(vault: Path) -> None:
    for text, error in (("name: [", YamlInvalid), ("format: many\n", Invalid)):
        (vault / "textcrm.yaml").write_text(text, encoding="utf-8")
        for _ in range(2):
            with pytest.raises(error):
                _ = Vault.open(vault).config


def test_what_came_with_a_clone_is_not_believed(vault: Path) -> None:
    assert Vault.open(vault).config.name == "云帆"
    poison(vault)
    for words in (["init", "-q"], ["add", "-f", ".textcrm/textcrm.yaml.json"]):
        subprocess.run(["git", *words], cwd=vault, check=True)
    assert Vault.open(vault).config.name == "云帆"
    # A folder that leads elsewhere is not ours either.
    subprocess.run(["git", "rm", "-q", "--cached", "-r", ".textcrm"], cwd=vault, check=True)
    assert Vault.open(vault).config.name == "kept"
    (vault / ".textcrm").rename(vault / "elsewhere")
    (vault / ".textcrm").symlink_to("elsewhere")
    assert Vault.open(vault).config.name == "云帆"


def test_people_are_kept_as_well(vault: Path) -> None:
    (vault / "access").mkdir()
    text = "serial: 3\npeople:\n- {id: li-qiang, name: 李强, role: sales, email: li@example.com}\n"
    (vault / access.FILE_NAME).write_text(text, encoding="utf-8")
    first, second = Vault.open(vault).access, Vault.open(vault).access
    assert kept(vault, "access-access.yaml").exists()
    assert (first.people, first.serial, first.roles) == (second.people, 3, second.roles)
    assert second.display("li-qiang") == "李强"


def test_what_json_cannot_say_is_not_kept(vault: Path) -> None:
    made = tree_of(vault, "textcrm.yaml", b"a: b\n", lambda _: {"a": (1, 2)})
    assert made == {"a": (1, 2)}
    assert not kept(vault).exists()
    assert tree_of(vault, "textcrm.yaml", b"\xff", lambda _: {"a": "b"}) == {"a": "b"}
