"""The pivot table of items: from the catalog's columns what the items of whole records give."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from insight_vault import sample, vault_of

from textcrm.insight.facts import Facts
from textcrm.insight.grouped_items import grouped_items
from textcrm.insight.pivot import Pivot, pivot
from textcrm.insight.table import Table
from textcrm.query.reach import reaches
from textcrm.search.tabulate import column
from textcrm.vault import Vault, finding

RATES = "rates: {USD: {2024-01-01: 7.1}, EUR: {2024-06-01: '7.8'}}\n"
LONG = "长" * 80
ODD = (
    f"""id: C20240101001
name: 一
type: prospect
tags: [A, A, B]
purchases:
  - {{id: a, product: x, amount: '1.10', currency: USD, date: '2024-05-01'}}
  - {{id: b, amount: '2', date: '2024-07-01'}}
  - {{}}
  - {{id: c, note: nothing else}}
  - {{id: d, product: {LONG}, amount: '5'}}
interactions:
  - {{id: a, at: '2024-05-01T09:00:00+08:00', channel: phone, summary: {LONG}}}
  - {{id: b, at: '2024-05-02', channel: visit, summary: kurz}}
""",
    f"""id: C20240101002
name: 二
type: lost
owner: wang-fang
purchases:
  - {{id: a, product: {LONG}, amount: '3', date: '2024-02-30'}}
  - {{id: b, product: x, amount: much, date: '2024-02-01'}}
  - {{id: c, product: y, amount: '9', currency: JPY, date: '2024-02-01'}}
addresses: [{{id: d, city: 杭州}}, {{id: e, kind: office}}]
""",
    "id: C20240101003\nname: 三\ntags: []\npurchases: []\ncity: '?'\n",
    "id: C20240101004\nname: 四\nowner: ''\npurchases: [{id: f, own_key: 1}, {own_key: 2}]\n",
    "id: C20240101005\nname: 五\npurchases: {id: g, product: x, amount: '4'}\n",
    "id: C20240101006\nname: 六\npurchases: [null, {id: h, product: x}, words]\n",
    "id: C20240101007\nname: 七\npurchases: [words, more]\ninteractions: [null]\n",
    """id: C20240101008
name: 八
contracts:
  - {id: a, status: signed, amount: {sealed: [owner], age: AAAA}}
  - {sealed: [owner], age: AAAA}
  - {id: c, amount: '3'}
""",
    "id: C20240101009\nname: 九\ncontracts: [{amount: {sealed: [owner], age: AAAA}}]\n",
)


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Vault]:
    folder = tmp_path_factory.mktemp("items")
    return {
        "odd": vault_of(folder / "odd", ODD, settings=RATES),
        "sample": sample(folder / "sample"),
    }


def by_items(vault: Vault, asked: Pivot, query: str, currency: str) -> Table:
    """As the items of the whole records give it."""
    facts = Facts(vault, query, currency=currency)
    return pivot(facts, asked, facts.item_docs(asked.of))


BY = {
    "purchases": ("product", "date:month", "type", "owner", "city", "tags", "currency", "note"),
    "interactions": ("channel", "by", "at:year", "status", "summary", "addresses.city"),
    "contracts": ("status", "amount", "tags"),
    "contacts": ("role", "age_band", "type"),
    "contacts.phones": ("kind",),
    "tags": ("tags", "type"),
}
SUMS = {
    "purchases": ("amount", "quantity", "total_spent", "contracts.amount"),
    "contracts": ("amount",),
    "interactions": ("total_spent", "purchases.amount"),
}
QUERIES = (
    "",
    "type:prospect",
    "-status:none has:purchases",
    "purchases:x",
    "channel:phone",
    "杭州",
)


@pytest.mark.parametrize("of", BY)
@pytest.mark.parametrize("name", ["odd", "sample"])
def test_the_pivot_of_items_is_that_of_whole_records(
    vaults: dict[str, Vault], name: str, of: str
) -> None:
    chance = random.Random(of)
    keys = [(), *((key,) for key in BY[of]), *product(BY[of], repeat=2)]
    for by in keys:
        if len(set(by)) < len(by):
            continue
        sums = tuple(one for one in SUMS.get(of, ()) if chance.random() < 0.5)
        asked = Pivot(by, sums, sums, of=of)
        query = chance.choice(QUERIES)
        assert pivot(Facts(vaults[name], query), asked) == by_items(
            vaults[name], asked, query, ""
        ), (by, sums, query)


@pytest.mark.parametrize("name", ["odd", "sample"])
@pytest.mark.parametrize("by", ["product", "date:month", "tags", "type"])
@pytest.mark.parametrize("of", ["purchases", ""])
def test_amounts_in_one_currency(vaults: dict[str, Vault], name: str, by: str, of: str) -> None:
    asked = Pivot((by,), ("purchases.amount",), ("purchases.amount",), of=of)
    for query in ("", "type:prospect"):
        facts = Facts(vaults[name], query, currency="USD")
        if of:
            assert pivot(facts, asked) == by_items(vaults[name], asked, query, "USD")
        elif ":" not in by:
            docs = list(facts.docs())
            assert pivot(facts, asked) == pivot(
                Facts(vaults[name], query, currency="USD"), asked, docs
            )


def test_whole_records_are_not_asked_for_what_columns_tell(vaults: dict[str, Vault]) -> None:
    vault = vaults["sample"]
    for of, by, query in (
        ("purchases", "product", ""),
        ("purchases", "city", "type:existing"),
        ("interactions", "channel", "owner:has"),
        ("contracts", "status", ""),
    ):
        keys = [column(by, vault.schema, of=of)]
        assert grouped_items(Facts(vault, query), of, keys, {}) is not None
    keys = [column("channel", vault.schema, of="interactions")]
    assert grouped_items(Facts(vault, "channel:phone"), "interactions", keys, {}) is None


@pytest.mark.parametrize(
    ("query", "reached"),
    [
        ("type:prospect", False),
        ("last_contact:>30d", False),
        ("(type:lost OR -status:none) size:>5", False),
        ("contacts:张三", False),
        ("contacts(role:buyer)", False),
        ("product:x", True),
        ("type:lost OR has:purchases", True),
        ("-purchases(amount:>5)", True),
        ("purchases:x", True),
        ("云帆", True),
    ],
)
def test_which_queries_tell_purchases_apart(
    vaults: dict[str, Vault], query: str, reached: Any
) -> None:
    assert reaches(finding.query(vaults["sample"], query).node, "purchases") is reached


def test_the_age_of_contacts_is_theirs(vaults: dict[str, Vault]) -> None:
    node = finding.query(vaults["sample"], "age:>30").node
    assert reaches(node, "contacts")
    assert reaches(node, "purchases")  # taken so: what is computed is not looked into


def test_a_list_that_grows_is_counted_anew(tmp_path: Path) -> None:
    vault = vault_of(tmp_path / "v", ["id: C20240101001\nname: 一\npurchases: [{id: a}]\n"])
    assert pivot(Facts(vault), Pivot((), of="purchases")).total["count"] == 1
    file = next((vault.root / "customers").rglob("*.yaml"))
    file.write_text(file.read_text("utf-8").replace("{id: a}", "{id: a}, {id: b}"), "utf-8")
    again = Vault.open(vault.root, today=vault.today)
    assert pivot(Facts(again), Pivot((), of="purchases")).total["count"] == 2
