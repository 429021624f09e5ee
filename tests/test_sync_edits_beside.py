"""After a sync that was killed: settings, attachments, plain git, sealed values, edits without a place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from killed_sync import ALL, Scene, killed, said, scene_at
from sharing import fresh, git
from team_vault import opened, private_keys, team_vault

from textcrm.history.sync import sync
from textcrm.history.worktree import save
from textcrm.quality import doctor
from textcrm.records import editing
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from textcrm.vault import Vault


pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's"),
    pytest.mark.slow,  # a minute on two cores: every test kills a sync between two clones
]


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Scene:
    return scene_at(tmp_path, capsys)


@pytest.mark.parametrize("placed", [0, 4, ALL])
def test_settings_and_people_are_merged_by_lines(scene: Scene, placed: int) -> None:
    killed(scene.bob, placed)
    file = scene.bob.root / "textcrm.yaml"
    file.write_text("# by hand\n" + file.read_text("utf-8"), encoding="utf-8")
    people = scene.bob.root / "access/access.yaml"
    people.write_text("# 手改\n" + people.read_text("utf-8"), encoding="utf-8")
    scene.go_on()
    for vault in (scene.anna, scene.bob):
        text = (vault.root / "textcrm.yaml").read_text("utf-8")
        assert text.startswith("# by hand\n")
        assert "currency: EUR" in text
        assert (vault.root / "access/access.yaml").read_text("utf-8").startswith("# 手改\n")


def test_an_attachment_that_both_changed_stays_as_edited_and_is_told(scene: Scene) -> None:
    killed(scene.bob, 0)
    (scene.bob.root / scene.attached).write_bytes(b"\0mine")
    first = scene.shell("--json", "sync")
    assert (first.code, first.error["code"]) == (7, "edit-met")
    assert (scene.bob.root / scene.attached).read_bytes() == b"\0mine"
    scene.go_on()
    assert (scene.anna.root / scene.attached).read_bytes() == b"\0mine"


def test_an_attachment_in_place_keeps_its_edit(scene: Scene) -> None:
    killed(scene.bob, 1)
    (scene.bob.root / scene.attached).write_bytes(b"\0mine")
    scene.go_on()
    assert (scene.anna.root / scene.attached).read_bytes() == b"\0mine"


def test_an_edit_that_is_no_yaml_is_told_until_it_is_mended(scene: Scene) -> None:
    killed(scene.bob, ALL)
    file = scene.file(scene.one)
    whole = file.read_text("utf-8")
    file.write_text(whole + "  broken: [\n", encoding="utf-8")
    assert scene.shell("save").code == 5
    assert file.read_text("utf-8") == whole + "  broken: [\n"
    scene.shell.ok("sync")
    file.write_text(whole.replace("stage: lead", "stage: won"), encoding="utf-8")
    scene.go_on()
    assert scene.raw(scene.one)["stage"] == "won"


@pytest.mark.parametrize("other", [False, True])
@pytest.mark.parametrize("edited", ["one", "new"])
def test_plain_git_committed_meanwhile(scene: Scene, edited: str, other: bool) -> None:
    """The branch has moved: the sync is undone, the edit stays, the next sync brings it all."""
    killed(scene.bob, ALL)
    (scene.bob.root / ".git/index.lock").unlink()
    own = getattr(scene, edited)
    scene.edit(own, "status:", "intent: high\nstatus:")
    if other:
        (scene.bob.root / "README.md").write_text("x\n", encoding="utf-8")
        git(scene.bob.root, "add", "README.md")
        git(scene.bob.root, "commit", "-q", "--no-verify", "-m", "by git", "--", "README.md")
    else:
        git(scene.bob.root, "add", str(scene.file(own)))
        git(
            scene.bob.root,
            "commit",
            "-q",
            "--no-verify",
            "-m",
            "by git",
            "--",
            str(scene.file(own)),
        )
    scene.go_on()
    assert scene.raw(own)["intent"] == "high"
    assert scene.raw(scene.one)["status"] == "active"
    assert said(scene.raw(scene.two)) == ["from anna", "from bob"]
    assert [one.name for one in fresh(scene.anna).records()].count("新客户") == 1


@pytest.mark.parametrize("placed", [0, ALL])
def test_a_customer_that_got_another_id(scene: Scene, placed: int) -> None:
    """What Bob sees under the old id is Anna's customer by then, and his edit is of that one."""
    assert fresh(scene.bob).add("鲍的", stage="lead").id == scene.new
    killed(scene.bob, placed)
    seen, other = ("新客户", "鲍的") if placed else ("鲍的", "新客户")
    scene.edit(scene.new, f"name: {seen}", f"name: {seen}\nintent: high")
    scene.go_on()
    records = {one.name: one.raw for one in fresh(scene.anna).records()}
    assert sorted(records) == sorted(["云帆", "海岳", "新客户", "鲍的"])
    assert records[seen]["intent"] == "high"
    assert "intent" not in records[other]


def test_a_value_to_be_sealed_is_sealed_by_the_next_save(
    tmp_path: Path,
) -> None:
    old, card = "6222020200112233445", "6222020200998877665"
    root = team_vault(tmp_path)
    one = editing.add(opened(root, "wang-fang"), "甲公司", [("bank_account", old)]).id
    subprocess.run(["git", "clone", "-q", "--bare", str(root), str(tmp_path / "hub")], check=True)
    places = []
    for who in ("anna", "bob"):
        place = tmp_path / who / "vault"
        subprocess.run(["git", "clone", "-q", str(tmp_path / "hub"), str(place)], check=True)
        git(place, "config", "user.name", "陈晨")
        git(place, "config", "user.email", "chen@example.com")
        private_keys(place.parent)
        places.append(place)

    def anna() -> Vault:
        return opened(places[0], "chen-chen")

    def bob() -> Vault:
        return opened(places[1], "chen-chen")

    editing.append(anna(), one, "contacts", ["name=张三", "id_number=11010519491231002X"])
    sync(anna())
    file = bob().root / bob().get(one).path
    for placed, number in ((0, card), (ALL, old)):
        killed(bob(), placed)
        text = file.read_text("utf-8")
        at = text.index("bank_account:")
        end = text.index("\n", text.index("age:", at)) + 1
        file.write_text(text[:at] + f"bank_account: '{number}'\n" + text[end:], encoding="utf-8")
        save(bob())
        assert not sync(bob()).questions
        sync(anna())
        tree = reveal(anna(), anna().get(one)).tree
        assert tree["bank_account"] == number
        assert tree["contacts"][0]["id_number"] == "11010519491231002X"
        editing.change(anna(), one, [("status", "active")])
        sync(anna())
    for place in [*places, tmp_path / "hub"]:
        for path in place.rglob("*"):
            assert not path.is_file() or card.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(("lang", "words"), [("en", "is kept as"), ("zh", "现保存在")])
def test_an_edit_that_finds_no_place_is_kept_as_a_file_of_its_own(
    scene: Scene, lang: str, words: str
) -> None:
    """The id is Bob's again, and his edit was of Anna's customer, who is not here yet."""
    assert fresh(scene.bob).add("鲍的", stage="lead").id == scene.new
    killed(scene.bob, ALL)
    (scene.bob.root / ".git/index.lock").unlink()
    scene.edit(scene.new, "name: 新客户", "name: 新客户\nintent: high")
    git(scene.bob.root, "commit", "-q", "--no-verify", "--allow-empty", "-m", "by git")
    first = scene.shell("--json", "--lang", lang, "save")
    assert (first.code, first.error["code"]) == (7, "edit-set-aside")
    assert words in first.error["message"]
    assert first.error["copy"] in first.error["message"]
    copy = Path(first.error["copy"])
    assert "intent: high" in copy.read_text("utf-8")
    assert copy.stat().st_mode & 0o077 == 0
    row = next(one for one in doctor.examine(fresh(scene.bob)) if one.code == "set-aside")
    assert str(copy.parents[4]) in row.say("en")
    scene.go_on()
    records = {one.name: one.raw for one in fresh(scene.anna).records()}
    assert sorted(records) == sorted(["云帆", "海岳", "新客户", "鲍的"])
    assert all("intent" not in raw for raw in records.values())
