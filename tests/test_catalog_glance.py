"""A glance of TAB: whatever happens to the files, what it tells is what they say at that moment."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_catalog_fresh import NAMES, STEPS, Files, opened, oracle

from textcrm import store
from textcrm.catalog import glance
from textcrm.catalog.glance import Named
from textcrm.errors import TrustFailure

STARTS = ("C", "c2", "C20240501", "C20240501001", "K-1", "甲", "乙", "X")


def _expected(root: Path, start: str) -> list[tuple[str, str]]:
    """What a plain reading of every file gives for a beginning of their names."""
    records, _ = oracle(root)
    files = [path for path in store.paths(root) if Path(path).stem.startswith(start)]
    found = []
    for path in files:
        tree = records.get(path)
        name = tree.get("name") if isinstance(tree, dict) else None
        found.append((Path(path).stem, name if isinstance(name, str) else ""))
    return sorted(found)


@given(
    st.lists(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=40)
def test_after_anything_it_is_as_a_plain_reading(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]], chooser: random.Random
) -> None:
    root = tmp_path_factory.mktemp("glance")
    files = Files(root)
    for _ in range(4):
        files.add(chooser)
    for steps in rounds:
        if chooser.random() < 0.7:
            catalog = opened(root)
            catalog.refresh()
            catalog.close()
        for step in steps:
            files.do(step, chooser)
        for start in STARTS:
            assert sorted(glance.ids(root, start, "") or []) == _expected(root, start)
        catalog = opened(root)
        told = {start: glance.names(root, start, store.fold(start), "") for start in STARTS}
        tags = glance.tags(root, "")
        catalog.refresh()
        for start, found in told.items():
            if found is not None:
                assert found == [Named(*each) for each in catalog.beginning(start)]
        if tags is not None:
            assert tags == sorted(one for one in catalog.values.counts(("tags",)) if one)
        catalog.close()


def _written(root: Path, name: str, text: str, *, old: bool = True) -> Path:
    file = root / "customers" / "2024" / "05" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if old:
        os.utime(file, ns=(10**18, 10**18))
    return file


def _settled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog whose files are of age, as after a pause of two seconds."""
    monkeypatch.setattr("textcrm.catalog.scanning.GRAIN", -(10**12))
    for _ in range(2):
        catalog = opened(root)
        catalog.refresh()
        catalog.close()


def test_a_settled_catalog_is_asked_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, NAMES[0], "name: 甲公司\naliases: [阿甲]\ntags: [老, 'x y']\n")
    _settled(tmp_path, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr("textcrm.yamlfile.read_mapping", lambda *_, **__: pytest.fail("read"))
        assert glance.ids(tmp_path, "C2024", "") == [(NAMES[0], "甲公司")]
        assert glance.names(tmp_path, "阿", "阿", "") == [(NAMES[0], "甲公司")]
        assert glance.names(tmp_path, "乙", "乙", "") == []
        assert glance.tags(tmp_path, "") == ["x y", "老"]


def test_a_hand_edit_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _written(tmp_path, NAMES[0], "id: C20240501001\nname: 甲公司\ntags: [老]\n")
    _settled(tmp_path, monkeypatch)
    one.write_text("id: C20240501001\nname: 乙公司\n", encoding="utf-8")
    _written(tmp_path, NAMES[1], "name: [broken\n")
    assert glance.ids(tmp_path, "C", "") == [(NAMES[0], "乙公司"), (NAMES[1], "")]
    assert glance.names(tmp_path, "甲", "甲", "") is None
    assert glance.tags(tmp_path, "") is None
    one.rename(one.with_name("K-1.yaml"))
    assert glance.ids(tmp_path, "C", "") == [(NAMES[1], "")]
    # By the name of the file; the id within is another one.
    assert glance.ids(tmp_path, "K", "") == [("K-1", "乙公司")]


def test_only_the_first_ones_are_offered(tmp_path: Path) -> None:
    for number in range(60):
        _written(tmp_path, f"C20240501{number:03}", f"name: {number}\n")
    found = glance.ids(tmp_path, "C", "")
    assert found is not None
    assert [one.id for one in found] == [f"C20240501{number:03}" for number in range(50)]


def test_a_database_of_another_release_or_a_damaged_one_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(tmp_path, NAMES[0], "name: 甲公司\ntags: [老]\n")
    assert not glance.is_there(tmp_path)
    assert glance.tags(tmp_path, "") is None
    assert not glance.is_there(tmp_path)
    _settled(tmp_path, monkeypatch)
    assert glance.is_there(tmp_path)
    assert glance.tags(tmp_path, "") == ["老"]
    assert glance.tags(tmp_path, "9.0") is None
    file = tmp_path / ".textcrm" / "catalog.db"
    file.write_bytes(b"\xff" * 8192)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    assert glance.tags(tmp_path, "") is None
    assert glance.names(tmp_path, "甲", "甲", "") is None
    assert glance.ids(tmp_path, "C", "") == [(NAMES[0], "甲公司")]


def test_nothing_is_written_and_nobody_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(tmp_path, NAMES[0], "name: 甲公司\ntags: [老]\n")
    _settled(tmp_path, monkeypatch)
    file = tmp_path / ".textcrm" / "catalog.db"
    before = file.read_bytes()
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert glance.tags(tmp_path, "") == ["老"]
    writer.execute("ROLLBACK")
    writer.close()
    assert file.read_bytes() == before


def test_a_long_tag_is_left_to_the_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(tmp_path, NAMES[0], f"name: 甲公司\ntags: [{'长' * 60}]\n")
    _settled(tmp_path, monkeypatch)
    assert glance.tags(tmp_path, "") is None


@pytest.mark.skipif(os.name == "nt", reason="links want a right there")
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    _written(tmp_path, NAMES[0], "name: 甲公司\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".textcrm").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TrustFailure):
        glance.ids(tmp_path, "C", "")
