"""The portrait: what it says of sample customers, and what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_running import Shell
from insight_vault import sample, vault_of

from textcrm.insight.portrait import SECTIONS, Portrait, portrait
from textcrm.vault import Vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return sample(tmp_path_factory.mktemp("sample") / "vault")


def said(found: Portrait, section: str) -> dict[str, str]:
    return {fact.code: fact.text.say("en", **fact.data) for fact in found[section]}


def test_a_customer_with_much_on_record(vault: Vault) -> None:
    found = portrait(vault, vault.get("C20240318001"))
    assert list(found) == list(SECTIONS)
    assert said(found, "who")["contact"] == "main contact 李明远: 技术总监, Decision maker"
    assert said(found, "needs")["needs"].startswith("提升系统稳定性")
    assert said(found, "habits")["cycle"] == (
        "buys every 428.5 days, give or take 66.5 (from 3 days of purchase)"
    )
    assert said(found, "habits")["channel"] == "mostly by Phone: 2 of 4 contacts"
    assert said(found, "value")["spent"] == "bought for CNY 246,000"
    assert "among 19 buyers" in said(found, "value")["rfm"]
    assert said(found, "risks")["overdue"] == "CNY 15,000 overdue for 29 days: SO-2608-009"
    assert said(found, "next")["collect"] == "ask for the overdue payment (1)"
    assert said(found, "next")["step"] == "提供扩容方案和报价, due 2026-11-23"
    assert said(found, "next")["renew"].endswith("before 2026-12-19")


def test_everybody_has_a_portrait_in_both_languages_without_ciphertext(vault: Vault) -> None:
    for record in list(vault.records())[::6]:
        for facts in portrait(vault, record).values():
            for fact in facts:
                for language in ("en", "zh"):
                    words = fact.text.say("zh" if language == "zh" else "en", **fact.data)
                    assert "YWdlLWVuY3J5" not in words
                    assert "{" not in words


def test_offers_come_with_their_counts_and_wishes_are_kept(tmp_path: Path) -> None:
    trees = [
        f"id: C2026010100{n}\nname: n{n}\nproducts: [{products}]\n{more}"
        for n, products, more in (
            (1, "打印机, 墨盒", ""),
            (2, "打印机, 墨盒", ""),
            (3, "打印机", ""),
            (4, "打印机", "do_not_contact: true\n"),
            (5, "桌子", ""),
        )
    ]
    made = vault_of(tmp_path / "v", trees)
    offer = said(portrait(made, made.get("C20260101003")), "next")["offer"]
    assert offer == "offer 墨盒: 2 of 4 customers with 打印机 have it"
    wished = portrait(made, made.get("C20260101004"))
    assert wished["next"] == []
    assert next(fact.code for fact in wished["risks"]) == "do_not_contact"


def test_at_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample(tmp_path / "vault")
    shell = Shell(tmp_path / "vault", capsys)
    data = shell.ok("show", "C20250611001", "--summary", "--json", "--mask").data
    assert (data["id"], data["name"]) == ("C20250611001", "张*")
    assert data["value"][0]["code"] == "no-purchases"
    assert set(SECTIONS) < set(data)
    shown = shell.ok("--lang", "zh", "show", "C20250611001", "--summary").out
    assert "下一步建议" in shown
    assert "尚无购买记录" in shown


def test_what_its_tier_is_owed(vault: Vault) -> None:
    """D13, F9: by textcrm.yaml, or by the record itself."""
    high = said(portrait(vault, vault.get("C20250818001")), "who")
    assert high["interval"] == "to be contacted every 30 days"
    assert high["service"] == "service of the tier: 专属客户经理，季度上门拜访"
    low = said(portrait(vault, vault.get("C20250214001")), "who")
    assert low["interval"] == "to be contacted every 14 days"
    assert "service" not in low
