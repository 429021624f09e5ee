"""The pivot table: what list --group says, from the catalog's values, and crosswise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from insight_vault import sample, vault_of

from textcrm.insight.facts import Facts
from textcrm.insight.pivot import Pivot, pivot
from textcrm.insight.table import Said
from textcrm.search.grouping import group
from textcrm.vault import Vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return sample(tmp_path_factory.mktemp("sample") / "vault")


def bare(cell: Any) -> Any:
    return cell.code if isinstance(cell, Said) else cell


@pytest.mark.parametrize(
    ("by", "sums", "avgs"),
    [
        (["source"], [], []),
        (["city", "type"], ["total_spent"], []),
        (["owner"], ["total_spent"], ["receivable"]),
        (["purchases.product"], ["purchases.amount"], ["purchases.quantity"]),
        (["tags"], [], ["derived.purchases"]),
        (["addresses.province", "addresses.kind"], [], []),
        (["created:month"], [], []),
        (["purchases.date:quarter"], ["purchases.amount"], []),
        (["region"], [], []),
        (["age_band"], [], []),
        (["contacts.phones.kind"], [], []),
        (["size"], [], []),
        (["bank_account"], [], []),
        ([], ["total_spent"], []),
    ],
)
def test_the_pivot_is_the_grouping_of_whole_records(
    vault: Vault, by: list[str], sums: list[str], avgs: list[str]
) -> None:
    facts = Facts(vault)
    table = pivot(facts, Pivot(tuple(by), tuple(sums), tuple(avgs)))
    wanted = group(list(facts.docs()), by, sums=sums, avgs=avgs, currency="CNY")
    assert [[bare(cell) for cell in row] for row in table.rows] == [
        [
            *row.group.values(),
            row.count,
            *(row.sum.get(name) for name in names(table.columns, "sum:")),
            *(row.avg.get(name) for name in names(table.columns, "avg:")),
        ]
        for row in wanted
    ]


def names(columns: Any, kind: str) -> list[str]:
    return [one.name.removeprefix(kind) for one in columns if one.name.startswith(kind)]


def test_crosswise(vault: Vault) -> None:
    table = pivot(Facts(vault), Pivot(("status",), across="type"))
    assert [column.name for column in table.columns] == [
        "status",
        "prospect",
        "new",
        "existing",
        "lost",
    ]
    by_status = {bare(row[0]): row[1:] for row in table.rows}
    assert by_status["none"] == (24, None, None, None)
    assert by_status["active"] == (None, 5, 13, None)


def test_items_without_a_value_and_long_ones(tmp_path: Path) -> None:
    long = "长" * 50
    made = vault_of(
        tmp_path / "v",
        [
            f"""id: C20260101001
name: 甲
tags: [甲, {long}]
purchases:
  - {{date: '2026-01-01', product: p}}
  - {{note: neither}}
  - {{product: {long}, amount: 3}}
  - {{amount: 4}}
""",
            "id: C20260101002\nname: 乙\n",
        ],
    )
    facts = Facts(made)
    for by in (["purchases.product"], ["tags"], ["tags", "purchases.product"]):
        table = pivot(facts, Pivot(tuple(by), ("purchases.amount",)))
        wanted = group(list(facts.docs()), by, sums=["purchases.amount"])
        assert [row[: len(by) + 1] for row in table.rows] == [
            (*row.group.values(), row.count) for row in wanted
        ]
