"""Freshness: whatever happens to the files, the next look gives what a plain reading gives."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import TODAY, schema

from textcrm import store
from textcrm.catalog import Catalog
from textcrm.catalog.entries import entry_of
from textcrm.catalog.masking import masked

NAMES = ("C20240501001", "C20240501002", "C20240601001", "c20240501001", "甲", "K-1")
FOLDERS = ("2024/05", "2024/06", "x", "")
TEXTS = (
    "name: 甲公司\nstatus: active\n",
    "name: 乙公司\nstatus: paused\n",
    "name: 丙公司\nstatus: active\ntags: [一, 二]\n",
    "name: [broken\n",
    "name: 丁\nname: 丁\n",
    "",
)


class Files:
    """A folder of records, and everything that may befall them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "customers").mkdir(parents=True, exist_ok=True)
        self.kept: dict[str, tuple[bytes, int]] = {}

    def all(self) -> list[Path]:
        return sorted(path for path in (self.root / "customers").rglob("*") if path.is_file())

    def do(self, what: str, chooser: random.Random) -> None:
        getattr(self, what)(chooser)

    def _place(self, chooser: random.Random) -> Path:
        folder = self.root / "customers" / chooser.choice(FOLDERS)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            folder = self.root / "customers"
        return folder / f"{chooser.choice(NAMES)}.yaml"

    def add(self, chooser: random.Random) -> None:
        place = self._place(chooser)
        if not place.exists() and not place.is_symlink():
            place.write_text(chooser.choice(TEXTS), "utf-8")

    def _one(self, chooser: random.Random) -> Path | None:
        files = [path for path in self.all() if not path.is_symlink()]
        return chooser.choice(files) if files else None

    def edit(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            path.write_text(chooser.choice(TEXTS), "utf-8")

    def same_size(self, chooser: random.Random) -> None:
        """Within the same second, of the same size, with the old times given back."""
        if path := self._one(chooser):
            before = path.stat()
            text = path.read_text("utf-8")
            path.write_text(text.translate(str.maketrans("甲乙丙", "乙丙甲")), "utf-8")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def replace(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            other = path.with_suffix(".new")
            other.write_text(chooser.choice(TEXTS), "utf-8")
            other.replace(path)

    def rename(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            place = self._place(chooser)
            if not place.is_dir():
                path.replace(place)

    def swap(self, chooser: random.Random) -> None:
        one, two = self._one(chooser), self._one(chooser)
        if one and two and one != two:
            aside = one.with_suffix(".aside")
            one.replace(aside)
            two.replace(one)
            aside.replace(two)

    def delete(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            self.kept[str(path)] = path.read_bytes(), path.stat().st_mtime_ns
            path.unlink()

    def restore(self, chooser: random.Random) -> None:
        """As a backup does: the old content with the old time."""
        if self.kept:
            name = chooser.choice(sorted(self.kept))
            data, moment = self.kept[name]
            if Path(name).parent.is_dir():
                Path(name).write_bytes(data)
                os.utime(name, ns=(moment, moment))

    def touch(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            os.utime(path, ns=(0, chooser.choice((0, 10**18, 4 * 10**18))))

    def link(self, chooser: random.Random) -> None:
        place = self._place(chooser)
        if not place.exists() and not place.is_symlink() and (path := self._one(chooser)):
            place.symlink_to(path)

    def unreadable(self, chooser: random.Random) -> None:
        if path := self._one(chooser):
            path.chmod(chooser.choice((0o000, 0o600)))

    def drop_folder(self, chooser: random.Random) -> None:
        shutil.rmtree(self.root / "customers" / chooser.choice(FOLDERS[:3]), ignore_errors=True)

    def age(self, chooser: random.Random) -> None:
        """Nothing: the next look follows at once."""


STEPS = tuple(name for name in vars(Files) if name[0] != "_" and name not in ("do", "all"))


def oracle(root: Path) -> tuple[dict[str, object], list[str]]:
    broken: list[store.Broken] = []
    found = {
        record.path: masked(record.typed, schema())
        for record in store.load_all(root, schema(), broken)
    }
    return dict(found), sorted(one.path for one in broken)


def kept(catalog: Catalog) -> tuple[dict[str, object], list[str]]:
    docs = {doc.path: dict(doc.typed) for doc in catalog.docs()}
    return dict(docs), sorted(one.path for one in catalog.broken)


def opened(root: Path) -> Catalog:
    return Catalog(root, schema(), {}, TODAY)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


@given(
    st.lists(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_after_anything_it_is_as_a_plain_reading(
    tmp_path_factory: pytest.TempPathFactory,
    rounds: list[list[str]],
    chooser: random.Random,
    again: bool,
) -> None:
    root = tmp_path_factory.mktemp("fresh")
    files = Files(root)
    for _ in range(4):
        files.add(chooser)
    catalog = opened(root)
    follower: dict[int, object] = {}
    sequence = 0
    for steps in rounds:
        for step in steps:
            files.do(step, chooser)
        if again:
            catalog.close()
            catalog = opened(root)
        catalog.refresh()
        assert kept(catalog) == oracle(root)
        changes = catalog.changed_since(sequence)
        follower = {} if changes.everything else follower
        for row in changes.removed:
            follower.pop(row, None)
        follower.update((doc.row, dict(doc.typed)) for doc in catalog.docs(changes.upserted))
        assert follower == {doc.row: dict(doc.typed) for doc in catalog.docs()}
        sequence = catalog.sequence
        tables(catalog)
    catalog.close()


def tables(catalog: Catalog) -> None:
    """The values of the table are those of the docs, and of nobody else."""
    names = {doc.row: doc.name for doc in catalog.docs() if doc.name}
    found = {
        row: value
        for value, _ in catalog.values.distinct(("name",))
        for row in catalog.values.holding(("name",), value.__eq__).sure
    }
    assert found == names
    count = catalog.connection.execute(
        "SELECT count(*) FROM terms WHERE term NOT IN (SELECT term FROM cells)"
    )
    assert count.fetchone() == (0,)


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def test_git_checkout_and_pull_are_seen(git_repo: Path, tmp_path: Path) -> None:
    files = Files(git_repo)
    chooser = random.Random(5)
    for _ in range(6):
        files.add(chooser)
    git(git_repo, "add", "customers")
    git(git_repo, "commit", "-q", "-m", "one")
    git(git_repo, "clone", "-q", str(git_repo), str(tmp_path / "clone"))
    for _ in range(4):
        files.edit(chooser)
        files.delete(chooser)
    git(git_repo, "add", "-A", "customers")
    git(git_repo, "commit", "-q", "-m", "two")
    catalog, clone = opened(git_repo), opened(tmp_path / "clone")
    clone.refresh()
    git(tmp_path / "clone", "pull", "-q")
    for revision in ("HEAD~1", "main", "HEAD~1"):
        git(git_repo, "checkout", "-q", revision)
        catalog.refresh()
        assert kept(catalog) == oracle(git_repo)
    clone.refresh()
    assert kept(clone) == oracle(tmp_path / "clone")


def test_a_broken_file_is_told_the_rest_served_and_mended_it_is_back(root: Path) -> None:
    files = Files(root)
    good, bad = (root / "customers" / f"{name}.yaml" for name in NAMES[:2])
    good.write_text(TEXTS[0], "utf-8")
    bad.write_text(TEXTS[3], "utf-8")
    catalog = opened(files.root)
    catalog.refresh()
    assert [doc.name for doc in catalog.docs()] == ["甲公司"]
    assert [one.error.code for one in catalog.broken] == ["yaml-unclosed"]
    bad.write_text(TEXTS[1], "utf-8")
    catalog.refresh()
    assert [doc.name for doc in catalog.docs()] == ["甲公司", "乙公司"]
    assert catalog.broken == []


def test_only_what_changed_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(root)
    for name in NAMES[:3]:
        place = root / "customers" / f"{name}.yaml"
        place.write_text(TEXTS[0], "utf-8")
    catalog = opened(root)
    catalog.refresh()
    seen: list[str] = []

    def watched(path: str, *rest: Any) -> Any:
        seen.append(path)
        return entry_of(path, *rest)

    monkeypatch.setattr("textcrm.catalog.reading.entry_of", watched)
    files.all()[0].write_text(TEXTS[1], "utf-8")
    files.all()[1].touch()
    catalog.refresh()
    assert seen == ["customers/C20240501001.yaml"]


@pytest.mark.skipif(os.geteuid() != 0 and sys.platform == "win32", reason="names of bytes")
def test_a_name_that_is_no_text_is_kept(root: Path) -> None:
    folder = root / "customers"
    folder.mkdir()
    place = os.fsencode(folder) + b"/C2024\xff.yaml"
    try:
        Path(os.fsdecode(place)).write_text(TEXTS[0], "utf-8")
    except OSError:
        pytest.skip("the file system takes Unicode names only")
    catalog = opened(root)
    catalog.refresh()
    catalog.refresh()
    assert kept(catalog) == oracle(root)


def test_a_work_tree_that_is_again_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record made and deleted leaves the very files that were settled before it."""
    from textcrm.catalog import scanning

    monkeypatch.setattr(scanning, "GRAIN", -(10**18))  # every file is of age at once
    root = tmp_path / "vault"
    kept = root / "customers" / "2024" / "05" / "C20240501001.yaml"
    kept.parent.mkdir(parents=True)
    for known in (0, 1):  # from nothing, and beside another record
        if known:
            kept.write_text(TEXTS[0], encoding="utf-8")
        catalog = Catalog(root, schema(), {}, TODAY, folder=tmp_path / "local")
        for _ in range(3):
            catalog.refresh()
        file = kept.with_name("C20240501002.yaml")
        file.write_text(TEXTS[1], encoding="utf-8")
        catalog.refresh()
        assert len(catalog.rows()) == known + 1
        file.unlink()
        catalog.refresh()
        assert len(catalog.rows()) == known
        catalog.close()
