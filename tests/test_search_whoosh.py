"""The full text in Whoosh: the contract, its files, damage, other versions, other processes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from catalog_of import catalog_of
from search_contract import DOCS, SearchContract
from searching import query

from textcrm.search import whoosh_index, whoosh_writing
from textcrm.search.analyzers import terms_of
from textcrm.search.indexed import IndexedBackend
from textcrm.search.text_index import AnyOf, Moved, Prefix, Token
from textcrm.search.whoosh_index import WhooshIndex

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.catalog import Catalog
    from textcrm.search import Backend


def _index(catalog: Catalog) -> WhooshIndex:
    return WhooshIndex(catalog.folder / "index", lambda: catalog.identity)


class TestWhoosh(SearchContract):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Backend:
        catalog = catalog_of(tmp_path, DOCS)
        return IndexedBackend(catalog, _index(catalog))


class TestOrdinaryWhoosh(SearchContract):
    """Whoosh's own writer and reader, where ours do not fit its version."""

    @pytest.fixture
    def backend(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
        monkeypatch.setattr(whoosh_writing, "lists", None)
        catalog = catalog_of(tmp_path, DOCS)
        return IndexedBackend(catalog, _index(catalog))


def _ids(backend: IndexedBackend, text: str) -> list[str]:
    return sorted(hit.id for hit in backend.search(query(text), ()))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return catalog_of(tmp_path, DOCS)


def test_both_writers_make_the_same_index(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [(doc.row, terms_of(doc)) for doc in catalog.docs()] * 300  # several blocks a term
    entries = [(number, terms) for number, (_, terms) in enumerate(entries)]
    quick, plain = (WhooshIndex(tmp_path / name, lambda: "x") for name in ("a", "b"))
    quick.build(entries, 1)
    monkeypatch.setattr(whoosh_writing, "lists", None)
    plain.build(entries, 1)
    tokens = {token for _, terms in entries for place in terms for token in place}
    for token in sorted(tokens):
        found = quick.find(Token(token))
        assert found == plain.find(Token(token))
        assert found == {row for row, terms in entries if any(token in place for place in terms)}
    assert quick.find(Prefix("云")) == plain.find(Prefix("云")) != set()


def test_changes_in_any_order(tmp_path: Path, catalog: Catalog) -> None:
    """Updates, deletions and merges leave what a fresh index has."""
    chance = random.Random(7)
    terms = [terms_of(doc) for doc in catalog.docs()]
    index = WhooshIndex(tmp_path / "i", lambda: "x")
    rows = {row: chance.choice(terms) for row in range(40)}
    index.build(rows.items(), 0)
    tree = AnyOf((Token("云帆"), Prefix("boxes"), Token("三")))
    for step in range(1, 25):
        removed = [row for row in rows if chance.random() < 0.1]
        changed = {chance.randrange(60): chance.choice(terms) for _ in range(chance.randrange(5))}
        for row in removed:
            del rows[row]
        rows |= changed
        index.update(changed.items(), removed, step)
        assert index.sequence == step
        wanted = WhooshIndex(tmp_path / f"w{step}", lambda: "x")
        wanted.build(rows.items(), 0)
        assert index.find(tree) == wanted.find(tree)


def test_another_stamp_is_built_anew(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = IndexedBackend(catalog, _index(catalog))
    assert _ids(backend, "云帆")
    assert _index(catalog).sequence == catalog.sequence
    monkeypatch.setattr(whoosh_index, "VERSION", -1)
    assert _index(catalog).sequence == -1
    assert _index(catalog).stamp == ""
    assert _ids(IndexedBackend(catalog, _index(catalog)), "云帆")
    assert _index(catalog).sequence == catalog.sequence


def test_another_catalog_is_built_anew(catalog: Catalog) -> None:
    _ids(IndexedBackend(catalog, _index(catalog)), "云帆")
    assert WhooshIndex(catalog.folder / "index", lambda: "other").sequence == -1


# Whoosh lets go of a file that it cannot read only when the error about it is forgotten.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone", "note", "toc", "text"])
def test_damage_is_mended_unasked(catalog: Catalog, damage: str) -> None:
    wanted = _ids(IndexedBackend(catalog, _index(catalog)), "云帆")
    assert wanted
    folder = catalog.folder / "index"
    (segment,) = folder.glob("*.seg")
    (toc,) = folder.glob("*.toc")
    (note,) = folder.glob("state.*")
    data = segment.read_bytes()
    if damage == "cut":
        segment.write_bytes(data[: len(data) // 2])
    elif damage == "flip":  # as a disk does it: neither size nor time tell
        segment.write_bytes(bytes(byte ^ 0x55 for byte in data))
        said = json.loads(note.read_text())
        said["files"][segment.name] = [len(data), segment.stat().st_mtime_ns]
        note.write_text(json.dumps(said))
    elif damage == "empty":
        segment.write_bytes(b"")
    elif damage == "gone":
        segment.unlink()
    elif damage == "note":
        note.write_text("{")
    elif damage == "toc":
        toc.write_bytes(b"\0" * 50)
    else:
        toc.write_text("something else")
    backend = IndexedBackend(catalog, _index(catalog))
    assert _ids(backend, "云帆") == wanted
    assert isinstance(backend.index, WhooshIndex)
    assert _index(catalog).sequence == catalog.sequence


def test_records_after_an_index_of_none(tmp_path: Path, catalog: Catalog) -> None:
    """A vault that was searched before it had customers, or after its last was deleted."""
    terms = [terms_of(doc) for doc in catalog.docs()]
    index = WhooshIndex(tmp_path / "i", lambda: "x")
    index.build((), 0)
    assert index.find(Prefix("云")) == set()
    index.update([], [1], 1)
    assert index.find(Prefix("云")) == set()
    index.update(enumerate(terms), [1], 2)
    assert index.find(Prefix("云")) != set()
    index.update([], range(len(terms)), 3)
    assert index.find(Prefix("云")) == set()
    index.update(enumerate(terms), [], 4)
    assert index.find(Prefix("云")) != set()


def test_a_reader_sees_what_another_process_wrote(catalog: Catalog) -> None:
    one, two = _index(catalog), _index(catalog)
    entries = [(doc.row, terms_of(doc)) for doc in catalog.docs()]
    one.build(entries, 1)
    assert two.find(Token("云帆"))
    one.update([], [row for row, _ in entries], 2)
    three = _index(catalog)
    assert three.sequence == 2
    assert three.find(Token("云帆")) == set()
    three.build(entries, 3)
    four = _index(catalog)
    assert four.sequence == 3
    three.update([], [entries[0][0]], 4)
    with pytest.raises(Moved):  # what it knew of is gone
        four.find(Token("云帆"))
    assert four.sequence == 4


def test_nobody_builds_twice(catalog: Catalog) -> None:
    one = _index(catalog)
    one.build([(1, terms_of(next(iter(catalog.docs()))))], 5)
    two = _index(catalog)
    two.build([], 5)
    assert two.find(Prefix("张"))


def test_a_folder_that_cannot_be_written(catalog: Catalog) -> None:
    (catalog.folder / "index").write_text("in the way")
    backend = IndexedBackend(catalog, _index(catalog))
    assert _ids(backend, "云帆")


def test_killed_at_any_moment(tmp_path: Path, catalog: Catalog) -> None:
    """Whatever a killed build or update leaves, the index is the old one or the new one."""
    folder = tmp_path / "i"
    script = (
        "import os, sys, threading\n"
        "from pathlib import Path\n"
        "from textcrm.search.analyzers import Terms\n"
        "from textcrm.search.whoosh_index import WhooshIndex\n"
        "index = WhooshIndex(Path(sys.argv[1]), lambda: 'x')\n"
        "threading.Timer(float(sys.argv[2]), os._exit, (9,)).start()\n"
        "known = index.sequence\n"
        "for step in range(max(known, 0) + 1, 10**6):\n"
        "    one = Terms((f's{step}',), (), (), ('all',))\n"
        "    index.build([(step, one)], step) if step % 5 == 1 else index.update([(step, one)], [], step)\n"
    )
    chance = random.Random(3)
    last = -1
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), str(chance.uniform(0.05, 0.4))],
            check=False,
            capture_output=True,
        )
        assert done.returncode == 9, done.stderr
        index = WhooshIndex(folder, lambda: "x")
        assert index.sequence >= last
        last = index.sequence
        if last > 0:
            built = last - (last - 1) % 5
            assert index.find(Token("all")) == set(range(built, last + 1))
            assert index.find(Token(f"s{last}")) == {last}
