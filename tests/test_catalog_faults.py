"""The catalog under fire: killed, full, damaged, shared, forbidden; the answers stay right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from searching import TODAY, schema
from test_catalog_fresh import TEXTS, kept, opened, oracle

from textcrm.catalog import Catalog

READER = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_catalog_fresh import kept, opened
catalog = opened(Path(sys.argv[1]))
print("begun", flush=True)
for _ in range(int(sys.argv[2])):
    catalog.refresh()
    print(len(kept(catalog)[0]), flush=True)
"""


def fill(root: Path, count: int, text: str = TEXTS[0]) -> None:
    for number in range(count):
        place = root / "customers" / f"{number % 7}" / f"C{number:06}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"id: C{number:06}\n{text}x-number: '{number}'\n", "utf-8")


def reader(root: Path, rounds: int = 1) -> subprocess.Popen[bytes]:
    code = READER.format(tests=str(Path(__file__).parent))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(root), str(rounds)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fill(tmp_path, 30)
    return tmp_path


def right(root: Path) -> bool:
    catalog = opened(root)
    try:
        catalog.refresh()
        return kept(catalog) == oracle(root)
    finally:
        catalog.close()


@pytest.mark.parametrize("turns", [8, pytest.param(64, marks=pytest.mark.slow)])
def test_killed_at_any_moment(tmp_path: Path, turns: int) -> None:
    chooser = random.Random(7)
    fill(tmp_path, 400)
    for turn in range(turns):
        process = reader(tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chooser.random() * 0.25)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if turn % 4 == 0:
            assert right(tmp_path)
            fill(tmp_path, 400, TEXTS[turn // 4 % 2])
    assert right(tmp_path)


class TestDamage:
    @pytest.mark.parametrize("seed", range(60))
    def test_bytes_that_changed(self, root: Path, seed: int) -> None:
        assert right(root)
        file = root / ".textcrm" / "catalog.db"
        chooser = random.Random(seed)
        data = bytearray(file.read_bytes())
        for _ in range(chooser.choice((1, 5, 200))):
            data[chooser.randrange(len(data))] ^= 1 << chooser.randrange(8)
        file.write_bytes(data)
        assert right(root)
        assert right(root)

    @pytest.mark.parametrize("length", [0, 1, 100, 4096, 9000])
    def test_a_file_cut_short(self, root: Path, length: int) -> None:
        assert right(root)
        file = root / ".textcrm" / "catalog.db"
        file.write_bytes(file.read_bytes()[:length])
        assert right(root)

    def test_something_else_in_its_place(self, root: Path) -> None:
        assert right(root)
        (root / ".textcrm" / "catalog.db").write_bytes(b"no database" * 1000)
        assert right(root)
        assert not opened(root).in_memory

    def test_a_journal_of_another_database(self, root: Path) -> None:
        assert right(root)
        (root / ".textcrm" / "catalog.db-wal").write_bytes(os.urandom(50_000))
        assert right(root)

    def test_tables_of_another_version(self, root: Path) -> None:
        assert right(root)
        connection = sqlite3.connect(root / ".textcrm" / "catalog.db")
        connection.execute("DROP TABLE records")
        connection.execute("CREATE TABLE records(row, what)")
        connection.execute("CREATE TABLE later_thing(row)")
        connection.commit()
        connection.close()
        assert right(root)
        older = Catalog(root, schema(), {}, TODAY, release="0.0.1")
        older.refresh()
        assert kept(older) == oracle(root)

    def test_damage_while_it_is_in_use(self, root: Path) -> None:
        catalog = opened(root)
        catalog.refresh()
        rows = catalog.rows()
        catalog.connection.execute("UPDATE records SET head=x'00' WHERE row=?", (rows[3],))
        assert [doc.row for doc in catalog.docs(rows)] == rows
        assert kept(catalog) == oracle(root)

    def test_a_record_that_was_lost(self, root: Path) -> None:
        catalog = opened(root)
        catalog.refresh()
        catalog.connection.execute("DELETE FROM records WHERE row=3")
        assert catalog.broken == []
        catalog.refresh()
        assert kept(catalog) == oracle(root)


class TestRefused:
    def test_a_folder_that_cannot_be_made(self, root: Path) -> None:
        (root / ".textcrm").write_text("in the way", "utf-8")
        catalog = opened(root)
        catalog.refresh()
        assert catalog.in_memory
        assert kept(catalog) == oracle(root)
        (root / "customers" / "new.yaml").write_text(TEXTS[1], "utf-8")
        catalog.refresh()
        assert kept(catalog) == oracle(root)

    def test_a_database_that_may_only_be_read(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert right(root)
        folder = root / ".textcrm"
        plain = sqlite3.connect

        def refused(name: str, **options: object) -> sqlite3.Connection:
            if name.endswith("catalog.db"):
                raise sqlite3.OperationalError("unable to open database file")
            return plain(name, **options)  # type: ignore[call-overload, no-any-return]

        monkeypatch.setattr(sqlite3, "connect", refused)
        before = (folder / "catalog.db").read_bytes()
        read: list[int] = []
        catalog = opened(root)
        changed = catalog.refresh(read.append)
        assert catalog.in_memory
        assert changed == ((), (), False)  # what the file holds was used
        assert kept(catalog) == oracle(root)
        assert (folder / "catalog.db").read_bytes() == before

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_clone_that_may_only_be_read(self, root: Path) -> None:
        root.chmod(0o500)
        try:
            catalog = opened(root)
            catalog.refresh()
            assert catalog.in_memory
            assert kept(catalog) == oracle(root)
        finally:
            root.chmod(0o700)

    def test_a_full_disk(self, tmp_path: Path) -> None:
        fill(tmp_path, 300)
        small = tmp_path / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "none", str(small)]
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("only root may mount a small disk")
        try:
            catalog = Catalog(tmp_path, schema(), {}, TODAY, folder=small / ".textcrm")
            catalog.refresh()
            assert catalog.in_memory
            assert kept(catalog) == oracle(tmp_path)
            again = Catalog(tmp_path, schema(), {}, TODAY, folder=small / ".textcrm")
            again.refresh()
            assert kept(again) == oracle(tmp_path)
            catalog.close()
            again.close()
        finally:
            subprocess.run(["umount", "-l", str(small)], check=False)

    def test_somebody_else_who_does_not_let_go(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert right(root)
        monkeypatch.setattr("textcrm.catalog.database._PATIENCE", 0.2)
        other = sqlite3.connect(root / ".textcrm" / "catalog.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        (root / "customers" / "new.yaml").write_text(TEXTS[1], "utf-8")
        catalog = opened(root)
        catalog.refresh()
        assert kept(catalog) == oracle(root)
        other.close()


def test_two_readers_and_a_writer_at_once(tmp_path: Path) -> None:
    fill(tmp_path, 120)
    readers = [reader(tmp_path, 12) for _ in range(2)]
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            place = tmp_path / "customers" / "0" / "C000000.yaml"
            place.write_text(f"name: 甲{number}\n", "utf-8")
            (tmp_path / "customers" / f"N{number % 5}.yaml").write_text(TEXTS[1], "utf-8")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for process in readers:
            out = process.communicate(timeout=120)[0].split()
            assert process.returncode == 0
            assert len(out) == 13
            assert all(119 <= int(word) <= 125 for word in out[1:])
    finally:
        stop.set()
        thread.join()
    assert right(tmp_path)


def test_thrown_away_it_is_made_again(root: Path) -> None:
    catalog = opened(root)
    catalog.refresh()
    shutil.rmtree(root / ".textcrm")
    assert right(root)
    catalog.refresh()
    assert kept(catalog) == oracle(root)
