"""A hand edit between a sync that was killed and the next command: kept, on top, with no step more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from killed_sync import ALL, Scene, killed, said, scene_at
from sharing import fresh, git

from textcrm.quality import doctor

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's"),
    pytest.mark.slow,  # a minute on two cores: every test kills a sync between two clones
]


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Scene:
    return scene_at(tmp_path, capsys)


@pytest.mark.parametrize(
    "placed", [0, 2, ALL, *(pytest.param(one, marks=pytest.mark.slow) for one in (1, 3))]
)
def test_an_edit_of_a_record_in_place_or_not(scene: Scene, placed: int) -> None:
    killed(scene.bob, placed)
    scene.edit(scene.one, "stage: lead", "stage: won  # by hand")
    scene.edit(scene.two, "stage: lead", "stage: proposal  # 手改")
    scene.go_on()
    for own, stage in ((scene.one, "won"), (scene.two, "proposal")):
        raw = scene.raw(own)
        assert (raw["status"], raw["stage"]) == ("active", stage)
    assert said(scene.raw(scene.one)) == ["from anna"]
    assert said(scene.raw(scene.two)) == ["from anna", "from bob"]
    assert "# by hand" in fresh(scene.anna).get(scene.one).text
    assert "# 手改" in fresh(scene.anna).get(scene.two).text
    assert b"EUR" in (scene.bob.root / "textcrm.yaml").read_bytes()
    assert (scene.bob.root / scene.attached).read_bytes() == b"\0second"


@pytest.mark.parametrize("placed", [0, 1, ALL])
def test_a_change_of_many_that_was_killed_is_completed_below_the_edits(
    scene: Scene, placed: int
) -> None:
    killed(scene.bob, placed, "set", "--query", "status:none", "intent=high", "--yes")
    for own in (scene.one, scene.two):
        scene.edit(own, "stage: lead", "stage: won  # 手改")
    scene.go_on()
    for own in (scene.one, scene.two):
        raw = scene.raw(own)
        assert (raw["intent"], raw["stage"]) == ("high", "won")
        assert "# 手改" in fresh(scene.anna).get(own).text
    subjects = [commit.subject for commit in fresh(scene.bob).repo.log(limit=4)]
    assert sum("intent" in one for one in subjects) == 1, subjects


def test_a_change_that_found_no_place_is_kept_and_doctor_names_it(scene: Scene) -> None:
    killed(scene.bob, ALL, "set", scene.one, "intent=high")
    (scene.bob.root / ".git/index.lock").unlink()
    scene.edit(scene.one, "intent: high", "intent: low")
    git(scene.bob.root, "commit", "-q", "--no-verify", "-am", "by git")
    scene.go_on()
    assert scene.raw(scene.one)["intent"] == "low"
    [row] = [one for one in doctor.examine(fresh(scene.bob)) if one.code == "interrupted-commit"]
    ref = row.data["ref"]
    assert "intent: high" in git(scene.bob.root, "show", ref)
    assert f"git show {ref}" in (row.say_cure("zh") or "")


def test_sync_goes_on_with_an_edit_that_is_not_saved(scene: Scene) -> None:
    killed(scene.bob, ALL)
    scene.edit(scene.one, "status: active", "status: paused")
    scene.shell.ok("sync")
    assert git(scene.bob.root, "diff", "--stat").count("|") == 1
    assert fresh(scene.bob).get(scene.one).raw["status"] == "paused"
    scene.go_on()
    assert scene.raw(scene.one)["status"] == "paused"


@pytest.mark.parametrize(("lang", "words"), [("en", "your edit"), ("zh", "您的编辑")])
def test_the_same_place_changed_by_both_is_told_once_and_stays_as_edited(
    scene: Scene, lang: str, words: str
) -> None:
    killed(scene.bob, 1)
    scene.edit(scene.one, "status: none", "status: paused")
    first = scene.shell("--json", "--lang", lang, "save")
    assert (first.code, first.error["code"]) == (7, "edit-met")
    assert words in first.error["message"]
    assert scene.one in first.error["message"]
    assert f"git restore {first.error['path']}" in first.error["hint"]
    raw = fresh(scene.bob).get(scene.one).raw
    assert raw["status"] == "paused"
    assert said(raw) == ["from anna"]
    assert "status: active" in git(scene.bob.root, "show", f"HEAD:{first.error['path']}")
    scene.go_on()
    assert scene.raw(scene.one)["status"] == "paused"


@pytest.mark.parametrize("placed", [2, ALL])
def test_a_file_in_place_that_is_deleted_stays_deleted(scene: Scene, placed: int) -> None:
    killed(scene.bob, placed)
    scene.file(scene.one).unlink()
    scene.go_on()
    assert scene.one not in [record.id for record in fresh(scene.anna).records()]
    assert scene.raw(scene.two)["status"] == "active"


def test_a_file_not_in_place_that_is_deleted_stays_deleted_and_is_told(scene: Scene) -> None:
    killed(scene.bob, 1)
    scene.file(scene.one).unlink()
    first = scene.shell("--json", "sync")
    assert (first.code, first.error["code"]) == (7, "edit-met")
    assert not scene.file(scene.one).exists()
    git(scene.bob.root, "restore", first.error["path"])
    scene.shell.ok("sync")
    assert fresh(scene.bob).get(scene.one).raw["status"] == "active"


def test_a_file_that_the_sync_made_and_somebody_edited(scene: Scene) -> None:
    killed(scene.bob, ALL)
    scene.edit(scene.new, "status: none", "status: paused")
    scene.go_on()
    assert scene.raw(scene.new)["status"] == "paused"


def test_a_file_of_ones_own_where_the_sync_makes_one_becomes_another_customer(
    scene: Scene,
) -> None:
    """Both took the same id: the sync is undone, the own file saved, and renumbered by the next."""
    killed(scene.bob, 1)
    text = scene.file(scene.two).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("uid:")][:3]
    own = "\n".join(lines).replace(scene.two, scene.new).replace("海岳", "手建") + "\n"
    scene.file(scene.new).write_text(own, encoding="utf-8")
    scene.go_on()
    names = sorted(record.name for record in fresh(scene.anna).records())
    assert names == sorted(["云帆", "海岳", "新客户", "手建"])
    assert scene.raw(scene.new)["name"] == "新客户"


def test_a_file_that_was_renamed(scene: Scene) -> None:
    killed(scene.bob, ALL)
    file = scene.bob.root / scene.attached
    git(scene.bob.root, "config", "core.quotePath", "false")
    file.rename(file.with_name("renamed.bin"))
    scene.go_on()
    assert not (scene.anna.root / scene.attached).exists()
    moved = (scene.anna.root / scene.attached).with_name("renamed.bin")
    assert moved.read_bytes() == b"\0second"


@pytest.mark.parametrize("placed", [1, ALL])
def test_an_edit_that_was_staged(scene: Scene, placed: int) -> None:
    killed(scene.bob, placed)
    (scene.bob.root / ".git/index.lock").unlink()  # as git advises
    scene.edit(scene.one, "stage: lead", "stage: won")
    scene.edit(scene.two, "stage: lead", "stage: won")
    git(scene.bob.root, "add", str(scene.file(scene.one)))
    scene.shell.ok("sync")
    rel = scene.file(scene.one).relative_to(scene.bob.root)
    staged = git(scene.bob.root, "show", f":{rel}")
    assert "stage: won" in staged
    assert "status: active" in staged
    scene.go_on()
    for own in (scene.one, scene.two):
        raw = scene.raw(own)
        assert (raw["status"], raw["stage"]) == ("active", "won")


@pytest.mark.parametrize("placed", [1, ALL])
def test_an_editor_that_writes_other_line_ends(scene: Scene, placed: int) -> None:
    killed(scene.bob, placed)
    file = scene.file(scene.one)
    data = file.read_bytes().replace(b"stage: lead", b"stage: won")
    file.write_bytes(data.replace(b"\n", b"\r\n"))
    scene.go_on()
    raw = scene.raw(scene.one)
    assert (raw["status"], raw["stage"]) == ("active", "won")
    written = file.read_bytes()
    assert written.count(b"\r\n") in (0, written.count(b"\n"))
