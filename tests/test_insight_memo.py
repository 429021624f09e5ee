"""What is kept of long computing: right for what it was made of, never more than lost time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from insight_vault import sample

from textcrm.insight import memo
from textcrm.vault import Vault

if TYPE_CHECKING:
    from textcrm.catalog import Catalog


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return sample(tmp_path / "vault")


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> list[int]:
        self.asked += 1
        return [self.asked]


def test_it_is_kept_until_a_record_is_another_one(vault: Vault) -> None:
    make = Maker()
    assert [memo.of_vault(vault.catalog(), "a", "k", make) for _ in range(2)] == [[1], [1]]
    assert memo.of_vault(vault.catalog(), "a", "another key", make) == [2]
    file = vault.root / next(vault.records()).path
    file.write_text(file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    assert memo.of_vault(vault.catalog(), "a", "another key", make) == [3]
    file.unlink()
    assert memo.of_vault(vault.catalog(), "a", "another key", make) == [4]


def test_what_was_made_while_a_file_changed_is_not_kept(vault: Vault) -> None:
    file = vault.root / next(vault.records()).path

    def make() -> int:
        file.write_text(file.read_text(encoding="utf-8") + "# meanwhile\n", encoding="utf-8")
        return 1

    memo.of_vault(vault.catalog(), "a", "", make)
    assert memo.of_vault(vault.catalog(), "a", "", lambda: 2) == 2


def test_what_is_made_where_a_file_cannot_be_read_is_not_kept(vault: Vault) -> None:
    file = vault.root / next(vault.records()).path
    file.write_text("id: [", encoding="utf-8")
    make = Maker()
    assert [memo.of_vault(vault.catalog(), "a", "", make) for _ in range(2)] == [[1], [2]]


@pytest.mark.parametrize("damage", ["said=x'00'", "said='text'", "sum=7", "said=NULL"])
def test_damage_is_not_believed(vault: Vault, damage: str) -> None:
    catalog: Catalog = vault.catalog()
    assert memo.of_same(catalog, "a", "k", lambda: 1) == 1
    assert memo.of_same(catalog, "a", "k", lambda: 2) == 1
    with catalog.writing() as connection:
        connection.execute(f"UPDATE insight_memo SET {damage}")
    assert memo.of_same(catalog, "a", "k", lambda: 3) == 3


def test_a_catalog_that_is_made_anew_knows_nothing(vault: Vault) -> None:
    memo.of_vault(vault.catalog(), "a", "", lambda: 1)
    vault.catalog().close()
    (vault.root / ".textcrm/catalog.db").unlink()
    assert memo.of_vault(vault.catalog(), "a", "", lambda: 2) == 2


def test_who_is_kept_too_long_is_found_by_columns_as_by_whole_records(tmp_path: Path) -> None:
    from textcrm.privacy import retention
    from textcrm.vault import lawful

    folder = sample(tmp_path / "vault").root
    seen = 0
    for year in range(2024, 2045, 2):
        vault = Vault.open(folder, today=dt.date(year, 6, 1))
        periods = lawful.periods(vault)
        wanted = [one for doc in vault.docs() for one in retention._of(doc, periods, vault.today)]
        assert retention.past(vault) == sorted(wanted, key=lambda one: (one.until, one.id))
        seen += len(wanted)
    assert seen > 20
