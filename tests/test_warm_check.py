"""The warm check says what a cold one says."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from benchmarks.generate import vault as make_vault
from textcrm.quality.check import Checked, check
from textcrm.vault import Vault


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_vault(tmp_path / "v", 60)
    return tmp_path / "v"


def cold(root: Path, day: str = "2026-05-01") -> Checked:
    place = root.with_name("cold")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(root, place, ignore=shutil.ignore_patterns(".textcrm"))
    return check(Vault.open(place, today=dt.date.fromisoformat(day)))


def warm(root: Path, day: str = "2026-05-01") -> Checked:
    vault = Vault.open(root, today=dt.date.fromisoformat(day))
    vault.catalog()
    return check(vault)


def test_whatever_is_wrong_is_said_again(root: Path) -> None:
    chooser = random.Random(4)
    files = sorted((root / "customers").rglob("*.yaml"))
    lines = (
        "status: nonsense\n",
        "x: [\n",
        "owner: nobody\n",
        "zz: 1\n",
        "bank_account: '6222020200112233445'\n",
        "former_ids: [C20240501001]\n",
        "verified: '2026-06-01'\n",
    )
    for turn in range(12):
        file = chooser.choice(files)
        if turn % 4 == 3:
            shutil.copy(file, chooser.choice(files))
        else:
            file.write_text(file.read_text("utf-8") + chooser.choice(lines), "utf-8")
        assert warm(root) == cold(root)
        assert warm(root) == cold(root)
    assert warm(root).problems


def test_nothing_is_looked_at_twice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = warm(root)
    monkeypatch.setattr(Vault, "findings", None)
    assert warm(root) == found


@pytest.mark.parametrize("what", ["day", "schema", "settings", "people"])
def test_all_is_looked_at_again_where_something_else_counts(root: Path, what: str) -> None:
    warm(root)
    day = "2026-05-01"
    if what == "day":
        day = "2020-01-01"
    elif what == "schema":
        file = root / "schema" / "customer.schema.json"
        file.write_text(file.read_text("utf-8").replace('"prospect"', '"prospects"'), "utf-8")
    elif what == "settings":
        (root / "textcrm.yaml").write_text("thresholds: {summary_limit: 3}\n", "utf-8")
    else:
        (root / "access" / "access.yaml").write_text("people: []\n", "utf-8")
    before = cold(root, day)
    assert before.problems
    assert warm(root, day) == before
