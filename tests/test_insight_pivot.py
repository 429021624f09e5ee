"""The pivot table: what list --group says, from the catalog's values, and crosswise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from insight_vault import sample, vault_of

from textcrm.errors import Misuse
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
        (["city", "province", "addresses.kind"], ["total_spent"], []),
        (["purchases.product", "purchases.date:year"], ["purchases.amount", "receivable"], []),
        (["tags", "purchases.product"], ["purchases.quantity"], ["purchases.amount"]),
        (["interactions.by", "interactions.channel"], [], ["total_spent"]),
        (["interactions.summary"], [], []),
        (["contacts.interests"], [], []),
        (["contracts.status"], ["contracts.amount"], []),
        (["opportunities.stage", "opportunities.title"], ["opportunities.amount"], []),
        (["credit.days", "status"], ["credit.days"], []),
        (["former_ids", "last_contact:week"], ["purchases.unit_price"], []),
        (["name"], [], []),
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


ODD = (
    """id: C20240101001
name: 一
tags: [A, A, B]
purchases:
  - {id: a, product: x, amount: '1.10', currency: USD}
  - {id: b, amount: '2'}
  - {id: c, note: nothing else}
""",
    f"""id: C20240101002
name: 二
purchases:
  - {{id: a, product: {"长" * 80}, amount: '3', date: '2024-02-30'}}
  - {{id: b, product: x, amount: much, date: '2024-02-01'}}
addresses: [{{id: d, city: 杭州}}, {{id: e, kind: office}}]
""",
    "id: C20240101003\nname: 三\ntags: []\npurchases: []\ncity: '?'\n",
    "id: C20240101004\nname: 四\nowner: ''\naddresses: [{id: f}]\n",
)


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        (("purchases.product",), ("purchases.amount",)),
        (("purchases.product", "tags"), ("purchases.amount", "total_spent")),
        (("purchases.date:month",), ("purchases.amount",)),
        (("addresses.city", "addresses.kind"), ("total_spent",)),
        (("tags",), ("purchases.amount",)),
        (("owner",), ("purchases.quantity",)),
        ((), ("purchases.amount",)),
    ],
)
def test_odd_records_are_grouped_as_whole_ones(
    tmp_path: Path, by: tuple[str, ...], sums: tuple[str, ...]
) -> None:
    vault = vault_of(tmp_path, ODD)
    facts = Facts(vault)
    docs = list(facts.docs())
    fast, slow = pivot(facts, Pivot(by, sums, sums)), pivot(facts, Pivot(by, sums, sums), docs)
    assert fast == slow


def test_a_field_that_is_asked_for_twice_is_refused(vault: Vault) -> None:
    for asked in (Pivot(("status", "状态")), Pivot(("status",), across="status")):
        with pytest.raises(Misuse, match="twice") as caught:
            pivot(Facts(vault), asked)
        assert caught.value.code == "field-twice"
    pivot(Facts(vault), Pivot(("created:month", "created:year")))


def test_the_pinyin_of_groups_is_kept_and_that_of_names_is_not(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field in ("city", "name"):
        pivot(Facts(vault), Pivot((field,)))
    kept = vault.catalog().connection.execute("SELECT word FROM insight_readings").fetchall()
    words = {word for (word,) in kept}
    names = {doc.name for doc in vault.docs()}
    assert words
    assert not words & names
    before = pivot(Facts(vault), Pivot(("city",)))
    monkeypatch.setattr("textcrm.normalize.names._syllables", _unasked)
    assert pivot(Facts(vault), Pivot(("city",))) == before
    monkeypatch.setattr("textcrm.insight.readings._stamp", lambda: "another dictionary")
    with pytest.raises(AssertionError):
        pivot(Facts(vault), Pivot(("city",)))


def _unasked(text: str) -> list[str]:
    raise AssertionError(text)
