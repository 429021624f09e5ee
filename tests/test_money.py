"""Amounts with their currency: said, kept apart, converted on request at dated rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from ready_made import initialized

from textcrm import config
from textcrm.errors import Invalid
from textcrm.insight.reports import report
from textcrm.normalize.rates import Rate, Rates
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

RATES = """
rates:
  USD: {2026-01-01: 7.1, 2026-06-01: 7.2}
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(initialized(tmp_path / "v", "--no-keys"), capsys)


def new(shell: Shell, *words: str) -> str:
    own: str = shell.ok("add", "客户", *words, "--json").data["id"]
    return own


def bought(shell: Shell, own: str, *words: str) -> None:
    shell.ok("append", own, "purchases", *words)


def with_rates(shell: Shell, text: str = RATES) -> None:
    path = shell.folder / "textcrm.yaml"
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("5万美元", "50000", "USD"),
        ("USD 1,200.50", "1200.50", "USD"),
        ("€300", "300", "EUR"),
        ("HK$12万", "120000", "HKD"),
        ("300", "300", None),
        ("￥300", "300", None),
        ("300元", "300", None),
    ],
)
def test_an_amount_carries_its_currency(
    shell: Shell, said: str, amount: str, currency: str | None
) -> None:
    own = new(shell)
    bought(shell, own, f"金额={said}")
    shell.ok("set", own, f"opportunities/0/amount={said}")
    record = shell.ok("show", own, "--json").data
    for item in (record["purchases"][0], record["opportunities"][0]):
        assert (item["amount"], item.get("currency")) == (amount, currency)


def test_the_note_says_the_currency_and_a_later_one_replaces_it(shell: Shell) -> None:
    own = new(shell)
    assert "USD 50000" in shell.ok("append", own, "purchases", "金额=5万美元").out
    shell.ok("set", own, "purchases/0/amount=90")
    assert _purchase(shell, own) == ("90", "USD")  # a bare number leaves the currency
    shell.ok("set", own, "purchases/0/amount=800元")
    assert _purchase(shell, own) == ("800", "CNY")


def _purchase(shell: Shell, own: str) -> tuple[str, str | None]:
    item = shell.ok("show", own, "--json").data["purchases"][0]
    return item["amount"], item.get("currency")


def test_one_entry_has_one_currency_and_other_fields_the_vault_s(shell: Shell) -> None:
    own = new(shell)
    refused = shell("append", own, "purchases", "amount=300", "unit_price=US$5", "--json")
    assert (refused.code, refused.error["code"]) == (2, "currency-mixed")
    bought(shell, own, "unit_price=US$5", "amount=US$50")
    assert shell("set", own, "purchases/0/amount=€3", "--json").error["code"] == "currency-mixed"
    refused = shell("set", own, "credit/limit=5万美元", "--json")
    assert (refused.code, refused.error["code"]) == (5, "amount-currency")
    assert _purchase(shell, own) == ("50", "USD")


def test_no_total_mixes_currencies(shell: Shell) -> None:
    own = new(shell, "--set", "name=海外")
    bought(shell, own, "date=2020-01-10", "amount=US$500", "due=2020-02-01")
    bought(shell, own, "date=2020-01-10", "amount=100", "due=2020-02-01")
    shell.ok("append", own, "payments", "date=2020-01-11", "amount=US$200")
    shell.ok("append", own, "payments", "date=2020-01-11", "amount=€7")
    shell.ok("append", own, "payments", "date=2020-01-11", "amount=30", "currency=CNY")
    derived = shell.ok("show", own, "--json").data["derived"]
    assert (derived["total_spent"], derived["receivable"]) == ("100", "70")
    assert derived["other_currencies"] == {
        "USD": {"total_spent": "500", "receivable": "300"},
        "EUR": {"total_spent": "0", "receivable": "-7"},
    }
    assert "USD 500" in shell.ok("show", own).out
    assert (
        shell.ok("list", "--columns", "total_spent,receivable", "--json").data[0]["receivable"]
        == "70"
    )
    summed = shell.ok("list", "--sum", "purchases.amount", "--sum", "total_spent", "--json").data[
        0
    ]
    assert summed["sum"] == {"purchases.amount": "100", "total_spent": "100"}
    assert summed["other_currencies"]["USD"]["sum"] == {
        "purchases.amount": "500",
        "total_spent": "500",
    }
    total = shell.ok("report", "receivables", "--json").data["total"]
    assert (total["amount"], total["other_currencies"]["USD"]["amount"]) == ("70", "300")
    reasons = [one["reason"] for one in shell.ok("due", "--json").data if one["kind"] == "payment"]
    assert len(reasons) == 2
    assert sum("70" in one and "USD" not in one for one in reasons) == 1
    assert sum("USD 300" in one or "300 USD" in one for one in reasons) == 1
    assert "USD 300" in shell.ok("--lang", "en", "export", "ics").out.replace("\\,", ",")


def test_the_head_of_a_report_says_no_currency_that_its_total_is_not_in(shell: Shell) -> None:
    new(shell, "--set", "opportunities/0/amount=US$500", "--set", "opportunities/0/stage=lead")
    out = shell.ok("--lang", "en", "report", "pipeline").out
    assert "Amount (USD)" not in out
    assert "USD" in out


def test_a_report_converts_on_request_and_says_the_rate_of_which_day(shell: Shell) -> None:
    own = new(shell)
    for day, amount in (("2026-01-10", "US$50"), ("2026-06-10", "US$10"), ("2026-02-01", "80")):
        bought(shell, own, f"date={day}", f"amount={amount}")
    bought(shell, own, "date=2025-12-31", "amount=US$1")
    bought(shell, own, "date=2026-02-01", "amount=€3")
    with_rates(shell)
    plain = shell.ok("report", "purchases", "--json").data
    assert plain["total"]["amount"] == "80"
    found = shell.ok("report", "purchases", "--currency", "人民币", "--json").data
    assert Decimal(found["total"]["amount"]) == 50 * Decimal("7.1") + 10 * Decimal("7.2") + 80
    assert found["total"]["other_currencies"] == {"EUR": {"amount": "3"}, "USD": {"amount": "1"}}
    assert [(one["since"], one["rate"], one["count"]) for one in found["facts"]["rates"]] == [
        ("2026-01-01", "7.1", 1),
        ("2026-06-01", "7.2", 1),
    ]
    assert {one["currency"]: one["amount"] for one in found["facts"]["missing_rates"]} == {
        "EUR": "3",
        "USD": "1",
    }
    said = shell.ok("--lang", "zh", "report", "purchases", "--currency", "CNY").out
    assert "2026-06-01 的汇率" in said
    assert "没有汇率" in said
    june = shell.ok(
        "report", "purchases", "--since", "2026-06-01", "--currency", "CNY", "--json"
    ).data
    assert [one["since"] for one in june["facts"]["rates"]] == ["2026-06-01"]
    assert june["facts"]["missing_rates"] == []


def test_every_report_that_takes_it_gives_one_currency(shell: Shell) -> None:
    own = new(shell, "--set", "industry=制造业", "--set", "opportunities/0/amount=US$10")
    bought(shell, own, "date=2026-01-10", "product=茶", "amount=US$10", "due=2026-02-01")
    shell.ok("append", own, "payments", "date=2026-01-11", "amount=US$4")
    with_rates(shell)
    for name in ("purchases", "products", "industries"):
        table = shell.ok("report", name, "--currency", "CNY", "--json").data
        amounts = [value for key, value in table["total"].items() if key in ("amount", "spent")]
        assert [Decimal(each) for each in amounts] == [71], name
    owed = shell.ok("report", "receivables", "--currency", "CNY", "--json").data
    today = {one["since"]: one["rate"] for one in owed["facts"]["rates"]}
    assert len(today) == 1
    assert Decimal(owed["total"]["amount"]) == 6 * Decimal(next(iter(today.values())))
    table = shell.ok("report", "pipeline", "--currency", "CNY", "--json").data
    assert "other_currencies" not in table["total"]
    table = shell.ok("report", "purchases", "--currency", "USD", "--json").data
    assert table["total"]["amount"] == "10"
    assert report(Vault.open(shell.folder), "purchases", currency="CNY").total["amount"] == 71


def test_a_currency_that_is_none_and_a_report_that_does_not_convert(shell: Shell) -> None:
    new(shell)
    assert (
        shell("report", "purchases", "--currency", "贝壳", "--json").error["code"]
        == "unknown-currency"
    )
    for words in (["sources"], ["all"]):
        ran = shell("report", *words, "--currency", "CNY", "--json")
        assert (ran.code, ran.error["code"]) == (2, "idle-option"), words


def test_a_pivot_converts_each_amount_by_its_day_and_says_what_it_cannot(shell: Shell) -> None:
    own = new(shell)
    for day, amount in (("2026-01-10", "US$50"), ("2026-06-10", "US$10"), ("2026-02-01", "80")):
        bought(shell, own, f"date={day}", f"amount={amount}", "product=茶")
    bought(shell, own, "date=2026-02-01", "amount=€3", "product=茶")
    with_rates(shell)
    wanted = 50 * Decimal("7.1") + 10 * Decimal("7.2") + 80
    for words in (
        ("--by", "status", "--sum", "purchases.amount"),
        ("--by", "purchases.product", "--sum", "purchases.amount"),
        ("--of", "purchases", "--by", "product", "--sum", "amount"),
    ):
        found = shell.ok("report", *words, "--currency", "CNY", "--json").data
        (row,) = found["rows"]
        assert Decimal(row[-1]) == wanted
        assert found["facts"]["missing_rates"] == [
            {"currency": "EUR", "of": "EUR", "count": 1, "amount": "3"}
        ]
        assert [(one["rate"], one["count"]) for one in found["facts"]["rates"]] == [
            ("7.1", 1),
            ("7.2", 1),
        ]
    ran = shell("report", "--by", "status", "--sum", "total_spent", "--currency", "CNY", "--json")
    assert (ran.code, ran.error["code"]) == (2, "not-by-day")


def test_value_converts_but_holds_no_amount_against_bounds_of_another_currency(
    shell: Shell,
) -> None:
    own = new(shell)
    bought(shell, own, "date=2026-01-10", "amount=US$50")
    with_rates(shell)
    for name in ("value", "tiers"):
        table = shell.ok("report", name, "--currency", "CNY", "--json").data
        assert Decimal(table["total"]["spent"]) == 50 * Decimal("7.1"), name
    settings = shell.folder / "textcrm.yaml"
    bounds = "rfm: {monetary: [1, 2, 3, 4]}\n"
    settings.write_text(settings.read_text(encoding="utf-8") + bounds, encoding="utf-8")
    assert shell("report", "value", "--currency", "CNY", "--json").code == 0
    ran = shell("report", "value", "--currency", "USD", "--json")
    assert (ran.code, ran.error["code"]) == (2, "bounds-in-home")


def test_an_amount_without_a_rate_is_told_in_its_own_currency(shell: Shell) -> None:
    own = new(shell)
    bought(shell, own, "date=2026-01-10", "amount=80")
    out = shell.ok("--lang", "en", "report", "purchases", "--currency", "USD").out
    assert "No rate for USD on the day of 1 amounts, 80 CNY in all" in " ".join(out.split())


@pytest.mark.parametrize(
    "text",
    [
        "USD: 7.1",
        "美元: {2026-01-01: 7}",
        "USD: {someday: 7}",
        "USD: {2026-01-01: 0}",
        "USD: {2026-01-01: x}",
    ],
)
def test_rates_that_cannot_be_read_are_said(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        config.read(f"rates:\n  {text}\n".encode())
    assert caught.value.code == "config-invalid"
    assert "rates" in caught.value.say()


@pytest.mark.parametrize(
    ("word", "code"),
    [("人民币", "CNY"), ("美元", "USD"), ("usd", "USD"), ("rmb", "CNY"), ("XYZ", ""), ("钱", "")],
)
def test_the_vaults_currency_is_a_code(shell: Shell, word: str, code: str) -> None:
    file = shell.folder / "textcrm.yaml"
    text = file.read_text("utf-8")
    assert "currency: CNY" in text
    file.write_text(text.replace("currency: CNY", f"currency: {word}"), encoding="utf-8")
    line = text[: text.index("currency:")].count("\n") + 1
    ran = shell("list", "--json")
    assert (ran.code, ran.error["code"]) == (5, "config-invalid")
    assert f"textcrm.yaml:{line}" in ran.error["message"]
    assert (f"currency: {code}" if code else "textcrm.yaml") in ran.error["hint"]
    told = [one for one in shell("doctor", "--json").data if one["check"] == "config"]
    assert [one["state"] for one in told] == ["error"]
    assert f"textcrm.yaml:{line}" in str(told)
    assert (f"currency: {code}" if code else "CNY") in str(told)


@pytest.mark.parametrize("code", ["USD", "HKD", "HRK", "''"])
def test_every_code_is_a_currency(code: str) -> None:
    assert config.read(f"currency: {code}\n".encode()).currency == (code.strip("'") or "CNY")


def test_an_imported_amount_brings_its_currency(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "客户名称,购买日期,购买金额\n甲公司,2026-05-01,USD 300\n甲公司,2026-05-02,500\n",
        encoding="utf-8",
    )
    shell.ok("import", str(file))
    bought_ = shell.ok("show", "甲公司", "--json").data["purchases"]
    assert [(one["amount"], one.get("currency")) for one in bought_] == [
        ("300", "USD"),
        ("500", None),
    ]


# -- the rates themselves

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
VALUES = st.decimals("0.0001", "10000", places=4)
TABLES = st.dictionaries(
    st.sampled_from(["USD", "EUR"]), st.dictionaries(DAYS, VALUES, max_size=4), max_size=2
)


@given(
    TABLES, st.sampled_from(["CNY", "USD", "EUR"]), st.sampled_from(["CNY", "USD", "EUR"]), DAYS
)
def test_no_rate_is_guessed_nor_taken_from_later(
    table: Any, source: str, target: str, day: dt.date
) -> None:
    rates = Rates("CNY", table)
    found = rates.convert(Decimal(100), source, target, day)
    wanted = {one for one in (source, target) if one != "CNY"} if source != target else set()
    there = {one for one in wanted if any(each <= day for each in table.get(one, ()))}
    assert (found is not None) == (wanted == there)
    if found is not None:
        assert {one.currency for one in found.rates} == wanted
        for one in found.rates:
            assert one.since == max(each for each in table[one.currency] if each <= day)
            assert one == Rate(one.currency, one.since, table[one.currency][one.since])


def test_a_currency_goes_by_way_of_the_home_one() -> None:
    day = dt.date(2026, 1, 1)
    rates = Rates("CNY", {"USD": {day: Decimal(7)}, "EUR": {day: Decimal(8)}})
    found = rates.convert(Decimal(7), "EUR", "USD", day)
    assert found is not None
    assert found.amount == 8
    assert [one.currency for one in found.rates] == ["EUR", "USD"]
    back = rates.convert(Decimal(70), "CNY", "USD", day)
    assert back is not None
    assert back.amount == 10
