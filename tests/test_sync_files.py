"""Files that two people attached under one name: both stay, the later one under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.config import View
from textcrm.history.sync import sync
from textcrm.records import attachments
from textcrm.vault import views

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("merge", [False, True], ids=["line", "merge"])
def test_two_files_attached_under_one_name_are_two(tmp_path: Path, merge: bool) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆").id
    sync(fresh(anna))
    sync(fresh(bob))
    if merge:  # commits with a merge among them stay as they are, and are joined
        git(bob.root, "switch", "-q", "-c", "side")
        fresh(bob).add("乙")
        git(bob.root, "switch", "-q", "main")
        fresh(bob).add("丙", tags=["x"])
        git(bob.root, "merge", "-q", "--no-edit", "-s", "ours", "side")
    for vault, text in ((anna, "of anna"), (bob, "of bob")):
        file = tmp_path / f"{text}.txt"
        file.write_text(text, encoding="utf-8")
        attachments.attach(fresh(vault), one, file, kind="contract", title="合同")
    sync(fresh(anna))
    done = sync(fresh(bob))
    assert not done.questions
    assert len(done.renamed) == 1
    sync(fresh(anna))
    for vault in (anna, bob):
        places = [item["file"] for item in fresh(vault).get(one).raw["documents"]]
        assert len(set(places)) == 2
        assert [(vault.root / each).read_text("utf-8") for each in places] == ["of anna", "of bob"]
    assert git(bob.root, "status", "--porcelain") == ""


def test_two_people_may_each_save_a_view(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    views.save(fresh(anna), "甲", View("tag:甲"))
    views.save(fresh(bob), "乙", View("tag:乙"))
    sync(fresh(anna))
    assert not sync(fresh(bob)).questions
    sync(fresh(anna))
    for vault in (anna, bob):
        assert {"甲", "乙"} <= set(fresh(vault).config.views)
    views.save(fresh(anna), "同", View("tag:甲"))
    views.save(fresh(bob), "同", View("tag:乙"))
    sync(fresh(anna))
    assert [one.file for one in sync(fresh(bob)).questions] == ["textcrm.yaml"]
    told = Shell(bob.root, capsys).ok("resolve").out  # which lines it is about
    assert '+   同: "tag:甲"' in told or "+   同: tag:甲" in told
    assert "tag:乙" in told
