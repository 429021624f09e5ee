"""Reports on the sample vault against what a plain reading of its files gives."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from insight_vault import bought, make, sample, sample_trees, vault_of

from textcrm.errors import Misuse
from textcrm.insight.facts import Facts
from textcrm.insight.periods import Span, period_of, periods, unit_of
from textcrm.insight.reports import REPORTS, find, named
from textcrm.insight.table import Said, Table, share
from textcrm.vault import Vault

TREES = sample_trees()


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return sample(tmp_path_factory.mktemp("sample") / "vault")


def codes(table: Table, name: str) -> list[Any]:
    return [cell.code if isinstance(cell, Said) else cell for cell in table.column(name)]


def all_items(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(tree["id"], item) for tree in TREES for item in tree.get(name, [])]


def home(item: dict[str, Any]) -> bool:
    return bool(item.get("currency", "CNY") == "CNY")


def test_sources_and_status_count_every_customer_once(vault: Vault) -> None:
    for name, field in (("sources", "source"), ("status", "status"), ("types", "type")):
        table = make(vault, name)
        wanted = Counter(tree.get(field) for tree in TREES)
        assert dict(zip(codes(table, field), table.column("customers"), strict=True)) == wanted
        assert table.total["customers"] == len(TREES) == 44
        assert sum(table.column("share")) == pytest.approx(1)
    # By hand: sources of the 44 customers who are not archived.
    assert codes(make(vault, "sources"), "source") == [
        "online",
        "referral",
        "exhibition",
        "cold_visit",
        "other",
    ]
    assert make(vault, "sources").column("customers") == [14, 13, 10, 5, 2]
    assert make(vault, "status").column("customers") == [24, 18, 1, 1]


def test_money_is_exact_and_no_currency_is_added_to_another(vault: Vault) -> None:
    own = sum(
        (Decimal(str(i["amount"])) for _, i in all_items("purchases") if home(i)), Decimal(0)
    )
    for name, column in (("sources", "spent"), ("products", "amount"), ("purchases", "amount")):
        total = make(vault, name).total
        assert total[column] == own == Decimal(982084)
        assert total["other_currencies"] == {
            "GBP": {column: Decimal(9600)},
            "HKD": {column: Decimal(42000)},
        }
    table = make(vault, "purchases")
    place = table.place("currency")
    assert sum(row[table.place("amount")] for row in table.rows if row[place] == "CNY") == own


def test_a_product_paid_in_two_currencies_has_all_its_customers(vault: Vault) -> None:
    table = make(vault, "products")
    places = [table.place(name) for name in ("product", "currency", "customers", "orders")]
    rows = [tuple(row[place] for place in places) for row in table.rows]
    at = rows.index(("云主机年付", "CNY", 2, 2))
    assert rows[at + 1] == ("云主机年付", "HKD", 2, 1)  # not one customer here and one there
    bought = {own for own, item in all_items("purchases") if item.get("product") == "云主机年付"}
    assert len(bought) == 2
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_purchases_by_month_leave_no_month_out(vault: Vault) -> None:
    table = make(vault, "purchases")
    months = [row[0] for row in table.rows if row[table.place("currency")] == "CNY"]
    assert months[0] == "2024-05" or months[0] == "2024-04"
    assert months == sorted(set(months))
    assert len(months) == 31 - (months[0] == "2024-05")
    september = next(row for row in table.rows if row[0] == "2026-09" and row[3] == "CNY")
    wanted = [
        i for _, i in all_items("purchases") if home(i) and str(i["date"]).startswith("2026-09")
    ]
    assert september[1] == len(wanted) == 4
    assert september[4] == sum(Decimal(str(i["amount"])) for i in wanted) == Decimal(315600)
    quarters = make(vault, "purchases", period="quarter")
    assert {"2026-Q2", "2026-Q3"} <= set(quarters.column("quarter"))
    narrow = make(vault, "purchases", span=Span(dt.date(2026, 9, 1), dt.date(2026, 9, 30)))
    assert narrow.total["amount"] == Decimal(315600)


def test_products_by_those_who_bought_them(vault: Vault) -> None:
    table = make(vault, "products")
    buyers: dict[str, set[str]] = {}
    for who, item in all_items("purchases"):
        buyers.setdefault(item["product"], set()).add(who)
    seen: Counter[str] = Counter()
    for row in table.rows:
        seen[row[0]] = row[1]
    assert {name: len(who) for name, who in buyers.items()} == {
        name: count for name, count in seen.items() if name in buyers
    }
    assert table.total["orders"] == len(all_items("purchases")) == 33
    assert table.rows[0][0] == "云主机年付" or table.rows[0][1] == 2


def test_the_funnel_counts_who_got_how_far(vault: Vault) -> None:
    table = make(vault, "funnel")
    # By hand: lead 11, qualified 4, proposal 3, negotiation 3, won 5, lost 2.
    assert table.column("customers") == [11, 4, 3, 3, 5, 2]
    assert table.column("reached") == [28, 15, 11, 8, 5, None]
    assert table.column("conversion")[1:5] == pytest.approx([15 / 28, 11 / 15, 8 / 11, 5 / 8])
    assert table.total["win_rate"] == pytest.approx(5 / 7)
    assert table.total["overall"] == pytest.approx(5 / 28)


def test_opportunities_by_stage(vault: Vault) -> None:
    table = make(vault, "pipeline")
    open_ = [
        i for _, i in all_items("opportunities") if home(i) and i["stage"] not in ("won", "lost")
    ]
    assert table.total["amount"] == sum(Decimal(str(i["amount"])) for i in open_)
    weighted = sum(Decimal(str(i["amount"])) * i["probability"] / 100 for i in open_)
    assert table.total["expected"] == weighted


def test_regions_down_to_the_district_by_kind(vault: Vault) -> None:
    table = make(vault, "regions")
    assert [column.name for column in table.columns[:5]] == [
        "country",
        "province",
        "city",
        "district",
        "kind",
    ]
    assert table.total["customers"] == len({who for who, _ in all_items("addresses")})
    both = [row for row in table.rows if row[1] == "浙江省"]
    assert [(row[3], row[4].code, row[5]) for row in both] == [
        ("滨江区", "billing", 1),
        ("西湖区", "office", 1),
    ]
    provinces = make(vault, "regions", level="省", kind="office")
    assert [column.name for column in provinces.columns[:2]] == ["country", "province"]
    assert all(row[2].code == "office" for row in provinces.rows)


def test_industries_and_frequency(vault: Vault) -> None:
    table = make(vault, "industries", level="section")
    wanted = Counter((tree.get("industry") or " ")[0].strip() or None for tree in TREES)
    assert dict(zip(codes(table, "industry"), table.column("customers"), strict=True)) == wanted
    often = make(vault, "frequency")
    number = Counter(who for who, _ in all_items("purchases"))
    assert codes(often, "purchases") == ["0", "1", "2", "3-5"]
    assert often.column("customers") == [
        len(TREES) - len(number),
        sum(count == 1 for count in number.values()),
        sum(count == 2 for count in number.values()),
        sum(count > 2 for count in number.values()),
    ]


def test_a_query_narrows_every_report(vault: Vault) -> None:
    for report in REPORTS:
        table = make(vault, report.name, "id:C20240318001")
        assert isinstance(table.as_dict()["rows"], list)
    assert make(vault, "sources", "type:prospect").total["customers"] == sum(
        tree.get("type") == "prospect" for tree in TREES
    )


def test_names_in_both_languages() -> None:
    assert find("来源").name == find("客户来源").name == find("Source").name == "sources"
    assert find("漏斗").name == "funnel"
    assert named(["sales", "funnel", "type:new"]) == (find("funnel"), ["type:new"])
    assert named(["sources", "type:new"]) == (find("sources"), ["type:new"])
    with pytest.raises(Misuse) as error:
        find("sorces")
    assert error.value.data["suggestion"] == "sources"
    words = [word for one in REPORTS for word in {one.name, one.title.zh, *one.words}]
    assert len(words) == len(set(words))


def test_periods() -> None:
    assert period_of(dt.date(2027, 1, 1), "week") == "2026-W53"
    assert period_of(dt.date(2026, 12, 31), "quarter") == "2026-Q4"
    assert periods(dt.date(2025, 11, 30), dt.date(2026, 2, 1), "month") == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert periods(dt.date(1, 1, 1), dt.date(2026, 1, 1), "week") == []
    assert unit_of("季度") == "quarter"
    with pytest.raises(Misuse):
        unit_of("fortnight")


@pytest.mark.parametrize(
    ("file", "day", "total"),
    [
        ("northwind_orders.csv", "order_date", "1265792.98"),
        pytest.param(
            "cdnow_transactions.csv", "date", "244091.94", marks=pytest.mark.slow, id="cdnow"
        ),
    ],
)
def test_sums_of_known_purchases(
    shared_data: Path, tmp_path: Path, file: str, day: str, total: str
) -> None:
    records = bought(shared_data / "transactions" / file, day)
    table = make(vault_of(tmp_path / "v", records), "purchases", period="year")
    assert table.total["amount"] == Decimal(total)
    assert sum(table.column("amount")) == Decimal(total)


def test_long_texts_and_odd_values_are_counted_too(tmp_path: Path) -> None:
    long = "超长产品名称" * 20
    vault = vault_of(
        tmp_path / "v",
        [
            f"""id: C20260101001
name: 甲
purchases:
  - {{product: {long}, amount: 10}}
  - {{product: 短, amount: oops, date: '2026-01-02'}}
""",
            f"""id: C20260101002
name: 乙
purchases: [{{product: {long}, amount: 5}}]
""",
        ],
    )
    table = make(vault, "products")
    assert [(row[0], row[1], row[7]) for row in table.rows] == [
        (long, 2, Decimal(15)),
        ("短", 1, Decimal(0)),
    ]
    assert make(vault, "purchases").column("month") == ["2026-01", None]


ODD = """id: C20260101001
name: [a, b]
industry: {x: 1}
owner: [wang]
status: nonsense
stage: 7
source: {sealed: [finance@1], age: abc}
credit: {days: soon, limit: much}
size: big
tags: {a: b}
products: one
preferences: [x]
archived: ''
contacts: {name: x}
addresses: [text, {kind: [office], city: {x: y}}, {province: 省, kind: nowhere}]
interactions: [text, {at: never, by: 9, next: soon}, {at: '2026-13-45'}, {at: '2026-05-01T25:61', next: {due: x}}]
purchases:
  - text
  - {date: '2026-02-30', amount: NaN, product: [x], currency: {}}
  - {date: '0001-01-01', amount: Infinity, quantity: -1e400, currency: ''}
  - {date: '9999-12-31', amount: 1e30, product: p, due: '9999-12-31'}
  - {date: '9999-12-30', amount: '-5', product: p}
  - {date: '9999-12-29', amount: 2, product: p}
payments: {amount: 5}
contracts: [{instalments: [x, {amount: x, due: y}], currency: [x]}, x]
opportunities: [{stage: x, amount: y, probability: z, expected_close: q}, {stage: lost, probability: 1e9, amount: 3}]
services: [{at: x, by: [y], problem: {z: 1}}]
feedback: [{kind: complaint, score: lots, at: x, topic: [y]}, {score: -1}, {score: 1e9, kind: survey, at: '9999-12-31'}]
consents: [x, {purpose: [marketing], given: x}]
"""


def test_odd_records_break_no_report(tmp_path: Path) -> None:
    from textcrm.insight.portrait import portrait
    from textcrm.insight.segments import Aimed, aimed, overview, wish_of

    vault = vault_of(tmp_path / "v", [ODD, "id: C20260101002\n"], settings="views: {a: 'tag:x'}\n")
    for report in REPORTS:
        for asked in ({}, {"detail": True}, {"period": "week"}):
            table = make(vault, report.name, **asked)
            for row in table.rows:
                assert len(row) == len(table.columns)
            assert table.as_dict()["report"] == table.name
            assert all(note.say("zh") and note.say("en") for note in table.notes)
    facts = Facts(vault)
    aimed(facts, Aimed((wish_of(vault, "x"),), ("p",), "marketing"), everybody=True)
    overview(vault)
    for record in vault.records():
        portrait(vault, record)


def test_an_empty_vault_has_reports_without_customers(tmp_path: Path) -> None:
    vault = vault_of(tmp_path / "v", [])
    for report in REPORTS:
        table = make(vault, report.name)
        assert not any(isinstance(cell, int) and cell for row in table.rows for cell in row)


def test_of_a_negative_whole_there_is_no_share() -> None:
    assert share(Decimal(0), Decimal(-100)) is None  # shown as -0.0 %
    assert share(Decimal(-100), Decimal(-100)) is None
    assert share(1, 4) == 0.25
