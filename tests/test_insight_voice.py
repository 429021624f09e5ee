"""Receivables, feedback, satisfaction, service and activity against a reading of the sample."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from insight_vault import TODAY, make, sample, sample_trees, vault_of

from textcrm.insight.asking import Ask, Need, Outside
from textcrm.insight.facts import Facts
from textcrm.insight.periods import Span
from textcrm.insight.receivables import receivables, sealed_rows
from textcrm.insight.table import Table
from textcrm.text import Text
from textcrm.vault import Vault

TREES = sample_trees()


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return sample(tmp_path_factory.mktemp("sample") / "vault")


def total(name: str, currency: str = "CNY") -> Decimal:
    return sum(
        (
            Decimal(str(item["amount"]))
            for tree in TREES
            for item in tree.get(name, [])
            if item.get("currency", "CNY") == currency
        ),
        Decimal(0),
    )


def by(table: Table, *names: str) -> dict[Any, Any]:
    places = [table.place(name) for name in names]
    return {
        tuple(getattr(row[place], "code", row[place]) for place in places[:-1]): row[places[-1]]
        for row in table.rows
    }


def test_receivables_are_purchases_minus_payments(vault: Vault) -> None:
    table = make(vault, "receivables")
    assert table.total["amount"] == total("purchases") - total("payments") == Decimal(192500)
    derived = [vault.derived(record) for record in vault.records() if not record.archived]
    assert table.total["amount"] == sum(one.get("receivable", Decimal(0)) for one in derived)
    assert table.total["other_currencies"]["GBP"]["amount"] == total("purchases", "GBP") - total(
        "payments", "GBP"
    )
    # By hand on 2026-11-29: 43,000 due 2026-10-20; 15,000 due 2026-10-31 and 30,200 due
    # 2026-11-05; 90,000 due 2027-01-15 and 4,500 due 2026-12-01; 9,800 without a date.
    assert by(table, "age", "kind", "currency", "amount") == {
        ("not_due", "purchase", "CNY"): Decimal(94500),
        ("not_due", "instalment", "CNY"): None,
        ("1-30", "purchase", "CNY"): Decimal(45200),
        ("1-30", "purchase", "GBP"): Decimal(4800),
        ("31-60", "purchase", "CNY"): Decimal(43000),
        ("undated", "purchase", "CNY"): Decimal(9800),
    }
    assert table.total["overdue"] == Decimal(88200)
    assert table.total["sealed"] == 1
    assert sum(row[6] for row in table.rows) == 1
    assert any("--reveal" in note.say("zh") for note in table.notes)


def test_receivables_one_by_one(vault: Vault) -> None:
    table = make(vault, "receivables", detail=True)
    assert table.rows[0][:2] == ("C20240501001", "苏州晨光五金制品厂")
    assert table.rows[0][3:6] == ("SO-2607-003", dt.date(2026, 10, 20), 40)


def test_payments_cover_the_oldest_and_what_is_paid_ahead_is_told(tmp_path: Path) -> None:
    made = vault_of(
        tmp_path / "v",
        [
            """id: C20260101001
name: 甲
credit: {days: 30}
purchases:
  - {date: '2026-10-01', amount: 100}
  - {date: '2026-09-01', amount: 50, due: '2026-09-15'}
  - {date: '2026-11-20', amount: 30}
  - {date: '2026-11-21', amount: -10}
payments: [{date: '2026-09-20', amount: 60}]
""",
            """id: C20260101002
name: 乙
payments: [{date: '2026-09-20', amount: '12.50'}, {amount: 7, currency: USD}]
""",
            """id: C20260101003
name: 丙
contracts:
  - number: A
    currency: USD
    instalments: [{due: '2026-05-01', amount: 900}, {due: '2026-04-01', amount: 1, paid: true}]
  - {number: B, status: terminated, instalments: [{due: '2026-05-01', amount: 5}]}
""",
        ],
    )
    table = make(made, "receivables")
    # 60 + 10 returned pay the 50 of September and 20 of October's 100, due after 30 days.
    assert by(table, "age", "kind", "currency", "amount") == {
        ("not_due", "purchase", "CNY"): Decimal(30),
        ("1-30", "purchase", "CNY"): Decimal(80),
        ("181+", "instalment", "USD"): None,
        ("paid_ahead", "paid_ahead", "CNY"): Decimal("-12.50"),
        ("paid_ahead", "paid_ahead", "USD"): Decimal(-7),
    }
    assert table.total["amount"] == Decimal("97.50")


def items(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(tree["id"], item) for tree in TREES for item in tree.get(name, [])]


def test_feedback_by_topic_and_what_several_say(vault: Vault, tmp_path: Path) -> None:
    table = make(vault, "feedback")
    wanted = Counter(item.get("topic") for _, item in items("feedback"))
    assert {key[0]: value for key, value in by(table, "topic", "feedback").items()} == wanted
    complaints = [item for _, item in items("feedback") if item["kind"] == "complaint"]
    assert table.total["complaints"] == len(complaints) == 2
    assert table.total["open"] == sum(not item.get("resolved") for item in complaints) == 1
    made = vault_of(
        tmp_path / "v",
        [
            f"id: C2026010100{n}\nname: n\nfeedback: [{{kind: complaint, topic: price}}]\n"
            f"services: [{{at: '2026-01-0{n}', problem: 登录慢}}]\n"
            for n in (1, 2)
        ],
    )
    shared = make(made, "feedback")
    assert shared.rows[0][-1] is True
    assert "登录慢 (2)" in shared.notes[-1].say("zh")


def test_satisfaction(vault: Vault) -> None:
    table = make(vault, "satisfaction")
    scores = [item["score"] for _, item in items("feedback") if "score" in item]
    assert table.total["answers"] == len(scores) == 2
    assert table.total["mean"] == pytest.approx(sum(scores) / len(scores))
    assert table.total["active"] == sum(tree.get("status") == "active" for tree in TREES)
    assert table.column("quarter") == ["2026-Q3", "2026-Q4"]


def test_service(vault: Vault) -> None:
    table = make(vault, "service")
    services = items("services")
    assert table.total["services"] == len(services) == 3
    assert table.total["problems"] == sum("problem" in item for _, item in services)
    # By hand: the complaint of 2026-11-02 met a call on that day, that of 2026-03-02 one on
    # 2026-04-11, 40 days after.
    assert (table.total["answered"], table.total["days_to_answer"]) == (2, 20.0)


def test_activity(vault: Vault) -> None:
    table = make(vault, "activity")
    contacts = Counter(item.get("by") for _, item in items("interactions"))
    owners = Counter(tree.get("owner") for tree in TREES)
    seen = by(table, "person", "contacts")
    assert {key[0]: value for key, value in seen.items() if value} == contacts
    assert {key[0]: value for key, value in by(table, "person", "customers").items()} == owners
    late = [
        item
        for _, item in items("interactions")
        if (step := item.get("next"))
        and not step.get("done")
        and str(step.get("due")) < str(TODAY)
    ]
    assert table.total["late"] == len([one for one in late if one["next"].get("due")])
    assert table.total["sold"] == total("purchases")


def test_sealed_instalments_join_with_a_key(tmp_path: Path) -> None:
    vault = sample(tmp_path / "vault")
    facts = Facts(vault)
    rows = sealed_rows(facts)
    assert [facts.id_of(row) for row in rows] == ["C20240318001"]
    (doc,) = facts.docs(rows)
    tree: dict[str, Any] = copy.deepcopy(dict(doc.typed))
    tree["contracts"][0]["instalments"][1]["amount"] = "69000"
    (row,) = rows
    table = receivables(Ask(facts, reveal=True), {row: tree})
    assert table.total["instalments"] == Decimal(69000)
    assert (table.total["amount"], table.total["sealed"]) == (Decimal(192500), 0)


NEEDS = (
    Need(("owner",), Text("Owner", "跟进人"), {}),
    Need(("products",), Text("Products", "合作产品"), {"status": ("active",)}),
    Need(("contacts", "phones", "number"), Text("Phone", "电话"), {}),
)


def test_quality_counts_who_has_what_is_wanted(vault: Vault) -> None:
    outside = Outside(NEEDS, {("warning", "odd"): {"C20240318001", "C20240820001"}})
    table = make(vault, "quality", outside=outside)
    active = [tree for tree in TREES if tree.get("status") == "active"]
    phones = [
        tree for tree in TREES if any(each.get("phones") for each in tree.get("contacts", []))
    ]
    rows = {row[1].code: row[2:4] for row in table.rows}
    assert rows == {
        "owner": (sum(bool(tree.get("owner")) for tree in TREES), 44),
        "products": (sum(bool(tree.get("products")) for tree in active), len(active)),
        "contacts.phones.number": (len(phones), 44),
        "odd": (2, 44),
    }
    assert table.total["warnings"] == 1


def test_the_process_in_two_periods(tmp_path: Path) -> None:
    made = vault_of(
        tmp_path / "v",
        [
            """id: C20261101001
name: 甲
owner: wang
interactions:
  - {id: a, at: '2026-11-02', next: {what: x, due: '2026-11-10'}}
  - {id: b, at: '2026-11-09', next: {what: y, due: '2026-11-12'}}
  - {id: c, at: '2026-11-20T10:00'}
""",
            """id: C20260901001
name: 乙
interactions:
  - {id: d, at: '2026-10-02', next: {what: x, due: '2026-10-10', done: true}}
  - {at: '2026-10-01'}
feedback: [{kind: complaint, at: '2026-10-03', resolved: true}]
""",
        ],
    )
    zone = dt.timezone(dt.timedelta(hours=8))
    entered = {
        ("C20261101001", "a"): dt.datetime(2026, 11, 3, 23, 59, tzinfo=zone),
        ("C20261101001", "b"): dt.datetime(2026, 11, 11, 0, 1, tzinfo=zone),
        ("C20261101001", "c"): dt.datetime(2026, 11, 21, 10, 1, tzinfo=zone),
        ("C20260901001", "d"): dt.datetime(2026, 10, 2, 9, 0, tzinfo=zone),
    }
    span = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 28))
    table = make(made, "process", span=span, outside=Outside(NEEDS[:1], entered=entered))
    # In November: step x met by b in time, step y by c eight days late; in October d is done.
    assert table.facts["before"] == [dt.date(2026, 10, 4), dt.date(2026, 10, 31)]
    assert table.facts["now"] == [span.since, span.until]
    by_code = {row[0].code: row for row in table.rows}
    assert by_code["in_time"][1:5] == (1.0, 1, 0.5, 2)
    assert by_code["entered"][3:5] == (pytest.approx(1 / 3), 3)
    assert by_code["complete"][3:5] == (1.0, 1)
    assert by_code["with_next"][3:5] == (pytest.approx(2 / 3), 3)
