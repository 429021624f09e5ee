"""An index built on two processors is the one that is built on one, whoever dies meanwhile."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest
from catalog_of import catalog_of
from search_contract import DOCS
from searching import doc, query

from textcrm.search import beside, following, whoosh_writing
from textcrm.search.analyzers import terms_of
from textcrm.search.beside import NoReaders, Readers
from textcrm.search.engine import open_index
from textcrm.search.indexed import IndexedBackend
from textcrm.search.text_index import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from textcrm.catalog import Catalog
    from textcrm.search.text_index import TextIndex

ENGINES = ("whoosh", "sqlite")


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    monkeypatch.setattr(beside, "_MANY", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("textcrm.search.sqlite_index._PART", 3)
    more = [doc(f"C20240701{n:03}", name=f"云帆{n}号", notes=f"批次 b{n % 7}") for n in range(40)]
    return catalog_of(tmp_path, [*DOCS, *more])


def texts(catalog: Catalog) -> list[tuple[object, ...]]:
    return catalog.connection.execute("SELECT * FROM search_texts ORDER BY row").fetchall()


def tokens(catalog: Catalog) -> set[str]:
    return {one for each in catalog.docs() for place in terms_of(each) for one in place}


def found(index: TextIndex, words: Iterable[str]) -> dict[str, set[int]]:
    return {word: index.find(Token(word)) for word in sorted(words)}


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of other processes, by the name of the work."""
    asked: list[str] = []
    start = Readers.start

    def noted(
        self: Readers, work: Callable[..., object], *given: object, **options: int
    ) -> object:
        asked.append(work.__name__)
        return start(self, work, *given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Readers, "start", noted)
    return asked


@pytest.mark.parametrize("engine", ENGINES)
def test_two_processes_make_the_same_index(
    engine: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = watched(monkeypatch)
    told: list[int] = []
    index = open_index(engine, catalog)
    following.follow(catalog, index, lambda: _telling(told))
    assert asked
    assert index.sequence == catalog.sequence
    shared, kept = found(index, tokens(catalog)), texts(catalog)
    assert len(kept) == len(catalog.rows())
    monkeypatch.setattr(beside, "_MANY", 10**6)
    _forget(catalog)
    del asked[:]
    alone = open_index(engine, catalog)
    following.follow(catalog, alone)
    assert asked == []
    assert found(alone, tokens(catalog)) == shared
    assert texts(catalog) == kept


class _telling:  # noqa: N801 - a context, as a function would make it
    def __init__(self, told: list[int]) -> None:
        self.told = told

    def __enter__(self) -> Callable[[int], None]:
        return self.told.append

    def __exit__(self, *_: object) -> None: ...


def _forget(catalog: Catalog) -> None:
    with catalog.writing() as connection:
        for table in ("search_texts", "search_texts_at", "search_meta"):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
    for file in (catalog.folder / "index").glob("*"):
        file.unlink()


def _die(*_: object) -> None:
    os._exit(9)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_process_that_dies_is_done_without(
    engine: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started by fork or told by name, so it dies where its work is looked up."""
    monkeypatch.setattr(beside, "_work", _die)
    index = open_index(engine, catalog)
    following.follow(catalog, index)
    assert index.sequence == catalog.sequence
    assert len(index.find(Token("云帆"))) >= 40
    assert len(texts(catalog)) == len(catalog.rows())


@pytest.mark.parametrize("engine", ENGINES)
def test_where_no_process_can_be_had(
    engine: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr("textcrm.processes.Processes", refused)
    backend = IndexedBackend(catalog, open_index(engine, catalog))
    assert len(backend.search(query("云帆"), ())) >= 40


def test_another_whoosh_builds_alone(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_writing, "lists", None)
    asked = watched(monkeypatch)
    backend = IndexedBackend(catalog, open_index("whoosh", catalog))
    assert len(backend.search(query("云帆"), ())) >= 40
    assert asked == []


def test_what_goes_wrong_there_is_said_here(catalog: Catalog) -> None:
    with Readers(catalog, catalog.rows(), "", lambda _: ()) as readers:
        with pytest.raises(sqlite3.DatabaseError, match="torn"):
            list(readers.results(_torn, [[1], [2]]))
        with pytest.raises(NoReaders):
            list(readers.results(_die, [[1]]))


def _torn(_entries: object) -> None:
    raise sqlite3.DatabaseError("torn")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_follows_what_is_changed_afterwards(engine: str, catalog: Catalog) -> None:
    backend = IndexedBackend(catalog, open_index(engine, catalog))
    before = len(backend.search(query("云帆"), ()))
    file = next(iter(sorted(catalog.root.rglob("C20240701003.yaml"))))
    file.write_text(file.read_text(encoding="utf-8").replace("云帆3号", "长河"), encoding="utf-8")
    catalog.refresh()
    assert len(backend.search(query("云帆"), ())) == before - 1
    assert [hit.id for hit in backend.search(query("长河"), ())] == ["C20240701003"]
