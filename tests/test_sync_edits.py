"""A hand edit between a sync that was killed and the next command: kept, on top, with no step more."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git
from team_vault import opened, private_keys, team_vault

from textcrm.history.sync import sync
from textcrm.history.worktree import save
from textcrm.quality import doctor
from textcrm.records import attachments, editing, interactions
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from textcrm.vault import Vault

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's"),
    pytest.mark.slow,  # a minute on two cores: every test kills a sync between two clones
]

# Dies when so many files are in place; 99: all are, and the branch has not moved.
KILLED = """
import os, signal, sys
from textcrm.cli.main import run
from textcrm.gitrepo import steps
from textcrm.gitrepo.worktree import WorkTree
from textcrm.history.sync import sync
from textcrm.vault import Vault

left = [int(sys.argv[2])]
put = WorkTree.put

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def counted(*words):
    if not left[0]:
        die()
    left[0] -= 1
    put(*words)

WorkTree.put = counted
steps.listener = lambda reached: reached == "worktree" and die()
if sys.argv[3:]:
    run(["-C", sys.argv[1], *sys.argv[3:]])
else:
    sync(Vault.open(sys.argv[1]))
"""
ALL = 99


def killed(vault: Vault, placed: int, *words: str) -> None:
    """Let a sync, or another command, die with so many files in place."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(vault.root), str(placed), *words],
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


class Scene(NamedTuple):
    """Two clones; what comes to Bob are a file, two customers, a new one, settings, in this order."""

    anna: Vault
    bob: Vault
    one: str
    two: str
    new: str
    attached: str
    shell: Shell

    def file(self, own: str) -> Path:
        """Where a customer's file lies at Bob's."""
        vault = fresh(self.bob)
        return vault.root / f"customers/{own[1:5]}/{own[5:7]}/{own}.yaml"

    def edit(self, own: str, old: str, new: str) -> None:
        """Replace a text in a customer's file."""
        file = self.file(own)
        text = file.read_bytes().decode()
        assert old in text, text
        file.write_bytes(text.replace(old, new).encode())

    def go_on(self) -> None:
        """Save, sync, and see that nothing is left and all of Anna's changes are there."""
        self.shell.ok("save")
        self.shell.ok("sync")
        assert git(self.bob.root, "status", "--porcelain") == ""
        git(self.bob.root, "fsck", "--no-dangling")
        sync(fresh(self.anna))
        heads = {git(one.root, "rev-parse", "HEAD") for one in (self.anna, self.bob)}
        assert len(heads) == 1
        assert not list((self.bob.root / ".git/textcrm/transaction").iterdir())

    def raw(self, own: str) -> dict[str, object]:
        """A customer as Anna has it in the end."""
        return dict(fresh(self.anna).get(own).raw)


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Scene:
    """Anna has shared her changes; Bob has one of his own to share as well."""
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none", stage="lead").id
    two = fresh(anna).add("海岳", status="none", stage="lead").id
    (tmp_path / "合同.bin").write_bytes(b"\0first")
    _, attached = attachments.attach(fresh(anna), one, tmp_path / "合同.bin")
    sync(fresh(anna))
    sync(bob)
    for own in (one, two):
        editing.change(fresh(anna), own, [("status", "active")])
        interactions.log(fresh(anna), own, "from anna", channel="phone")
    new = fresh(anna).add("新客户", status="none").id
    (anna.root / attached).write_bytes(b"\0second")
    settings = anna.root / "textcrm.yaml"
    text = settings.read_text("utf-8")
    assert "currency: CNY" in text
    settings.write_text(text.replace("currency: CNY", "currency: EUR"), encoding="utf-8")
    git(anna.root, "commit", "-q", "--no-verify", "-am", "by hand")
    sync(fresh(anna))
    interactions.log(fresh(bob), two, "from bob", channel="email")
    return Scene(anna, bob, one, two, new, attached, Shell(bob.root, capsys))


def said(raw: dict[str, object]) -> list[str]:
    """The summaries of a customer's interactions."""
    items = raw["interactions"]
    assert isinstance(items, list)
    return sorted(one["summary"] for one in items)


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
