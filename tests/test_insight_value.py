"""Value: the published fits, scores by hand, cycles, related products."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from insight_vault import TODAY, make, sample, vault_of
from insight_vault import bought as records_of

from textcrm.errors import Invalid
from textcrm.insight.buying import Buying, Seen, Spending, fit_buying, fit_spending
from textcrm.insight.cycles import cycle_of
from textcrm.insight.periods import Span
from textcrm.insight.related import pairs, suggestions
from textcrm.insight.rfm import Bought, Scores, group_of, scored, tier_of
from textcrm.insight.value import repeat_mean, seen_of
from textcrm.vault import Vault

PUBLISHED = Buying(0.243, 4.414, 0.793, 2.426, 2357, 946)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return sample(tmp_path_factory.mktemp("sample") / "vault")


def cdnow(file: Path, end: dt.date) -> list[Bought]:
    days: dict[str, dict[dt.date, Decimal]] = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            day = dt.date.fromisoformat(row["date"])
            if day <= end:
                known = days.setdefault(row["customer_id"], {})
                known[day] = known.get(day, Decimal(0)) + Decimal(row["amount"])
    return [
        Bought(tuple(sorted(known)), tuple(known[day] for day in sorted(known)), Decimal(0))
        for known in days.values()
    ]


def test_the_fits_are_those_that_were_published(shared_data: Path) -> None:
    end = dt.date(1997, 9, 30)  # 39 weeks
    customers = cdnow(shared_data / "transactions" / "cdnow_transactions.csv", end)
    seen = [seen_of(one, end) for one in customers]
    buying = fit_buying(seen)
    assert (buying.customers, buying.repeaters) == (2357, 946)
    # Fader, Hardie and Lee (2005), table 2; Fader and Hardie (2013), section 4.
    assert [round(value, 3) for value in buying[:4]] == [0.243, 4.414, 0.793, 2.426]
    worth = [(one.frequency, repeat_mean(b)) for one, b in zip(seen, customers, strict=True)]
    spending = fit_spending(worth)
    assert spending.customers == 946
    assert [round(value, 2) for value in spending[:3]] == [6.25, 3.74, 15.44]


def test_the_expected_purchases_of_the_paper() -> None:
    # A customer with x=2, t_x=30.43, T=38.86: 1.226 purchases in the next 39 weeks.
    assert PUBLISHED.expected(Seen(2, 30.43, 38.86), 39) == pytest.approx(1.226, abs=0.001)
    assert PUBLISHED.alive(Seen(0, 0.0, 38.86)) == 1
    assert PUBLISHED.alive(Seen(2, 30.43, 38.86)) == pytest.approx(0.7266, abs=0.0001)


@given(
    st.integers(1, 200),
    st.floats(0, 500),
    st.floats(0, 500),
    st.floats(0.01, 520),
)
def test_chances_and_expectations_stay_in_their_bounds(
    x: int, last: float, after: float, weeks: float
) -> None:
    seen = Seen(x, last, last + after)
    alive = PUBLISHED.alive(seen)
    assert 0 <= alive <= 1
    assert PUBLISHED.alive(Seen(x, last, last + after + 1)) <= alive
    some, more = PUBLISHED.expected(seen, weeks), PUBLISHED.expected(seen, weeks * 2)
    assert -1e-6 <= some <= more + 1e-6


def test_a_customers_mean_is_drawn_to_that_of_all() -> None:
    spending = Spending(6.25, 3.74, 15.44, 946)
    whole = 6.25 * 15.44 / 2.74
    assert spending.mean(0, 0) == pytest.approx(whole)
    once, often = spending.mean(1, 100), spending.mean(50, 100)
    assert once is not None
    assert often is not None
    assert whole < once < often < 100 * 1.05


def bought(*days: str, spent: int) -> Bought:
    read = tuple(map(dt.date.fromisoformat, days))
    return Bought(read, tuple(Decimal(spent) for _ in read), Decimal(spent))


def test_show_and_the_report_say_by_what_they_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = vault_of(
        tmp_path / "v",
        ["id: C20260101001\nname: 云帆\npurchases:\n  - {date: '2026-01-05', amount: '20000'}\n"],
        settings="thresholds:\n  value_medium: 15000\n",
    )
    shell = Shell(made.root, capsys)
    english = " ".join(shell.ok("--lang", "en", "show", "C20260101001").out.split())
    assert "(by total spent: high from 100,000, medium from 15,000)" in english
    chinese = "".join(shell.ok("--lang", "zh", "show", "C20260101001").out.split())
    assert "按累计消费：100,000起为高价值，15,000起为中等价值" in chinese
    assert "by fifths" in shell.ok("--lang", "en", "report", "value").out


def test_scores_by_fifths_and_by_bounds() -> None:
    end = dt.date(2026, 6, 30)
    customers = {
        n: bought(*[f"2026-{m:02d}-01" for m in range(1, n + 1)], spent=100 * n)
        for n in range(1, 6)
    }
    assert scored(customers, end, {}) == {n: Scores(n, n, n) for n in range(1, 6)}
    limits = {"recency": [Decimal(30), Decimal(70), Decimal(200), Decimal(300)]}
    by_days = scored(customers, end, limits)
    assert {row: scores.recency for row, scores in by_days.items()} == {
        1: 3,
        2: 3,
        3: 3,
        4: 3,
        5: 4,
    }
    assert group_of(Scores(5, 4, 4)).text.zh == "重要价值客户"
    assert group_of(Scores(1, 1, 5)).text.zh == "重要挽留客户"
    assert tier_of(Scores(4, 4, 4), 12, 8) == "high"
    assert tier_of(Scores(3, 4, 4), 12, 8) == "medium"
    assert tier_of(Scores(3, 3, 1), 12, 8) == "low"


@given(st.dictionaries(st.integers(), st.integers(0, 10**6), min_size=1, max_size=40))
def test_equal_customers_have_equal_scores(spent: dict[int, int]) -> None:
    day = dt.date(2026, 1, 1)
    made = {row: Bought((day,), (Decimal(n),), Decimal(n)) for row, n in spent.items()}
    scores = scored(made, day, {})
    for one, less in spent.items():
        assert 1 <= scores[one].monetary <= 5
        for two, more in spent.items():
            if less <= more:
                assert scores[one].monetary <= scores[two].monetary


def test_value_on_the_sample_says_what_it_is_too_little_for(vault: Vault) -> None:
    table = make(vault, "value")
    assert table.total["customers"] == len(table.rows) == 19
    assert table.total["spent"] == Decimal(982084)
    assert table.rows[0][0] == "C20240318001"
    assert table.rows[0][4] == Decimal(246000)  # 108,000 + 108,000 + 30,000
    assert "alive" not in [column.name for column in table.columns]
    assert "19" in table.notes[1].say("en")
    assert "wants 100" in table.notes[1].say("en")


def simulated(customers: int) -> Iterator[list[dt.date]]:
    """Days of purchase as the model has them: random rates, and a random end after any of them."""
    chance = random.Random(5)
    for _ in range(customers):
        rate, leaves = chance.gammavariate(0.8, 0.05), chance.betavariate(1.5, 4)
        day = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(60))
        days = [day]
        while chance.random() > leaves:
            day += dt.timedelta(days=1 + int(chance.expovariate(rate)))
            if day > dt.date(2026, 9, 30):
                break
            days.append(day)
        yield days


def test_a_fit_through_the_vault_with_the_day_of_the_calibration(tmp_path: Path) -> None:
    settings = "thresholds: {model_customers: 40}\n"
    trees = [
        f"id: C20260101{n:03d}\nname: n{n}\npurchases:\n"
        + "".join(f"  - {{date: '{day}', amount: {50 + n % 17 * 3}}}\n" for day in days)
        for n, days in enumerate(simulated(90), 1)
    ]
    made = vault_of(tmp_path / "v", trees, settings=settings)
    table = make(made, "value", span=Span(None, dt.date(2026, 10, 1)))
    names = [column.name for column in table.columns]
    assert names[-3:] == ["alive", "expected", "lifetime"]
    assert set(table.facts) == {"bg_nbd", "gamma_gamma"}
    assert table.total["lifetime"] == sum(table.column("lifetime"))
    for row in table.rows:
        alive = row[names.index("alive")]
        assert (alive is None) == (row[names.index("days")] == 1)


def test_tiers_count_everybody(vault: Vault) -> None:
    table = make(vault, "tiers")
    assert sum(table.column("customers")) == sum(table.column("decided")) == 44
    assert sum(table.column("spent")) == Decimal(982084)


def test_bounds_are_checked(tmp_path: Path) -> None:
    for number, wrong in enumerate(
        ("{recency: [1, 2, 3]}", "{recency: [4, 3, 2, 1]}", "{x: [1, 2, 3, 4]}", "[1]",
         "{monetary: [a, b, c, d]}", "{monetary: [1, 2, 3, NaN]}")
    ):  # fmt: skip
        made = vault_of(tmp_path / str(number), [], settings=f"rfm: {wrong}\n")
        with pytest.raises(Invalid) as error:
            made.config  # noqa: B018 - reading it is what fails
        assert error.value.code == "config-invalid"
    made = vault_of(tmp_path / "v", [], settings="rfm: {recency: [30, 90, 180, 365]}\n")
    assert made.config.rfm["recency"][3] == 365


def days(*words: str) -> list[dt.date]:
    return [dt.date.fromisoformat(word) for word in words]


def test_a_cycle_is_the_median_of_the_intervals() -> None:
    quarterly = cycle_of(days("2026-01-01", "2026-04-01", "2026-07-02", "2026-09-30"), 3)
    assert quarterly is not None
    assert (quarterly.length, quarterly.regular) == (90, True)
    assert quarterly.expected == dt.date(2026, 12, 29)
    assert cycle_of(days("2026-01-01", "2026-04-01"), 3) is None
    wild = cycle_of(days("2026-01-01", "2026-01-02", "2026-07-01"), 3)
    assert wild is not None
    assert not wild.regular


def test_cycles_on_the_sample(vault: Vault) -> None:
    table = make(vault, "cycles")
    # By hand, 青岛海岳: 2025-01-15, 2025-07-16, 2026-01-20: intervals of 182 and 188 days.
    row = next(row for row in table.rows if row[0] == "C20241203001")
    assert row[5:10] == (185.0, 3.0, True, dt.date(2026, 1, 20), dt.date(2026, 7, 24))
    assert row[10] == (dt.date(2026, 7, 24) - TODAY).days
    assert table.total["customers"] == len(table.rows) == 4


def test_related_products_with_the_counts_behind_them() -> None:
    baskets: dict[int, set[str]] = {
        1: {"printer", "ink"},
        2: {"printer", "ink"},
        3: {"printer", "paper"},
        4: {"desk"},
    }
    found = pairs(baskets)
    assert [(p.one, p.other, p.both, p.having, p.among) for p in found] == [
        ("ink", "printer", 2, 2, 3),
        ("printer", "ink", 2, 3, 2),
    ]
    assert found[0].confidence == 1
    assert found[0].lift == pytest.approx(4 / 3)
    assert [pair.other for pair in suggestions({"printer"}, found)] == ["ink"]
    assert suggestions({"printer", "ink"}, found) == []


def test_related_in_a_vault(tmp_path: Path) -> None:
    def tree(n: int, *products: str) -> str:
        lines = "".join(f"  - {{product: {each}}}\n" for each in products[1:])
        return f"id: C2026010100{n}\nname: n\nproducts: [{products[0]}]\npurchases:\n{lines}"

    made = vault_of(
        tmp_path / "v",
        [tree(1, "a", "b"), tree(2, "a", "b"), tree(3, "a", "c"), tree(4, "d", "d")],
    )
    table: Any = make(made, "related")
    assert [(row[0], row[1], row[2], row[3]) for row in table.rows] == [
        ("b", "a", 2, 2),
        ("a", "b", 2, 3),
    ]


@pytest.mark.slow
def test_the_published_fit_through_a_vault(shared_data: Path, tmp_path: Path) -> None:
    records = records_of(shared_data / "transactions" / "cdnow_transactions.csv", "date")
    table = make(vault_of(tmp_path / "v", records), "value", span=Span(None, dt.date(1997, 9, 30)))
    fitted = table.facts["bg_nbd"]
    assert [round(fitted[name], 3) for name in ("r", "alpha", "a", "b")] == [
        0.243,
        4.414,
        0.793,
        2.426,
    ]
