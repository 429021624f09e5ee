"""Long histories: changed-path filters nobody waits for, and a trash that is remembered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sharing import Hub, fresh, git

from textcrm.gitrepo import log as gitlog
from textcrm.gitrepo import maintenance
from textcrm.history import removals, trash
from textcrm.history.log import log
from textcrm.records import lifecycle

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_clone_gets_filters_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(tmp_path)
    git(hub.path, "gc", "-q")
    vault = hub.clone("anna")
    graph = vault.repo.objects_dir / "info" / "commit-graph"
    graph.unlink(missing_ok=True)
    one = vault.add("甲").id
    assert not graph.exists()  # a small one needs none
    git(vault.root, "gc", "-q")  # writes a graph without filters
    before = list(log(fresh(vault), fresh(vault).get(one)))
    monkeypatch.setattr(maintenance, "_LARGE_PACK", 10)
    fresh(vault).add("乙")
    end = time.monotonic() + 30
    while b"BIDX" not in graph.read_bytes() and time.monotonic() < end:
        time.sleep(0.05)
    assert b"BIDX" in graph.read_bytes()
    assert list(log(fresh(vault), fresh(vault).get(one))) == before
    graph.unlink()
    fresh(vault).add("丙")
    time.sleep(0.2)
    assert not graph.exists()  # nothing new came in


def test_the_trash_reads_deletions_only(tmp_path: Path) -> None:
    vault = Hub(tmp_path).clone("anna")
    gone = vault.add("甲").id
    vault.add("乙")
    lifecycle.remove(fresh(vault), gone, reason="重复")
    git(vault.root, "switch", "-qc", "side", "HEAD~1")
    fresh(vault).add("丙")
    git(vault.root, "merge", "-q", "--no-edit", "main")
    (one,) = trash.trash(fresh(vault))
    assert (one.id, one.reason, one.by) == (gone, "重复", "Anna")


def test_the_trash_is_remembered_and_told_anew_where_history_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Hub(tmp_path).clone("anna")
    first, second = vault.add("甲").id, vault.add("乙").id
    lifecycle.remove(fresh(vault), first, reason="一")
    assert [one.id for one in trash.trash(fresh(vault))] == [first]
    asked: list[str] = []
    real = gitlog.read_log

    def told(git: Any, query: Any) -> Any:
        asked.append(query.rev)
        return real(git, query)

    monkeypatch.setattr(removals, "read_log", told)
    assert [one.id for one in trash.trash(fresh(vault))] == [first]
    assert not asked
    lifecycle.remove(fresh(vault), second, reason="二")
    assert [one.id for one in trash.trash(fresh(vault))] == [second, first]
    assert ".." in asked.pop()
    git(vault.root, "reset", "-q", "--hard", "HEAD~2")
    assert trash.trash(fresh(vault)) == []
    memory = vault.repo.local_folder / "removals.json"
    memory.write_text("{", encoding="utf-8")
    assert trash.trash(fresh(vault)) == []
    lifecycle.remove(fresh(vault), first, reason="三")
    assert [one.reason for one in trash.trash(fresh(vault))] == ["三"]
