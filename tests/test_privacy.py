"""Privacy from the command line: consents and disclosure (rows L4-L14, B17)."""

from __future__ import annotations

import datetime as dt
import json
import stat
from pathlib import Path

import pytest
from people_at_work import ANNA, BOB, BOT, Office
from team_vault import git

from textcrm.vault import Vault
from textcrm.vault.consent import reason_against, spellings

ONE = "C20240318001"


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def _against(root: Path, purpose: str) -> str | None:
    vault = Vault.open(root)
    return reason_against(vault.get(ONE).typed, spellings(purpose, vault.schema), vault.today)


def test_a_consent_is_given_and_taken_back(office: Office) -> None:
    anna = office.by(ANNA)
    ran = anna.ok(
        "privacy", "consent", ONE, "--purpose", "提供服务", "--channel", "电话",
        "--basis", "合同", "--date", "2026-01-05", "--note", "录音 17", "--json",
    )  # fmt: skip
    assert ran.data["purpose"] == "service"
    vault = Vault.open(office.root)
    given = vault.get(ONE).raw["consents"][-1]
    assert given["basis"] == "contract"
    assert given["channel"] == "电话"
    assert given["given"] == "2026-01-05"
    assert given["wording"] == vault.schema.wording("service")
    assert _against(office.root, "服务") == "no_consent"
    assert _against(office.root, "service") is None
    again = anna.ok(
        "privacy", "consent", ONE, "--purpose", "service", "--channel", "电话",
        "--basis", "contract", "--date", "2026-01-05", "--note", "录音 17", "--json",
    )  # fmt: skip
    assert again.data["commit"] is None
    anna.ok("privacy", "consent", ONE, "--purpose", "service", "--withdraw")
    assert _against(office.root, "service") == "withdrawn"
    ran = anna("privacy", "consent", ONE, "--purpose", "service", "--withdraw", "--json")
    assert (ran.code, ran.error["code"]) == (4, "no-consent")


def test_a_purpose_that_changed_asks_again(office: Office) -> None:
    office.by(ANNA).ok("privacy", "consent", ONE, "--purpose", "billing", "--channel", "纸质")
    assert _against(office.root, "billing") is None
    file = office.root / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["x-textcrm"]["purposes"]["billing"]["version"] = "2"
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    assert _against(office.root, "billing") == "changed"
    schema["x-textcrm"]["purposes"]["billing"] = {"zh": "结算", "en": "Billing"}
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    assert _against(office.root, "billing") == "changed"
    held = {"consents": [{"purpose": "billing", "given": dt.date(2024, 1, 1)}]}
    vault = Vault.open(office.root)
    assert reason_against(held, spellings("billing", vault.schema), vault.today) is None


MISTAKES: list[tuple[tuple[str, ...], int, str | None]] = [
    (("consent", ONE, "--purpose", "news", "--channel", "x"), 2, "unknown-purpose"),
    (("consent", ONE, "--purpose", "marketing"), 2, "input-needed"),
    (("consent", ONE, "--purpose", "marketing", "--channel", " "), 2, "option-empty"),
    (
        ("consent", ONE, "--purpose", "marketing", "--channel", "x", "--date", "2999-01-01"),
        2,
        "future-date",
    ),
    (("consent", "C20240318999", "--purpose", "marketing", "--channel", "x"), 4, None),
    (("consent",), 2, "words-wrong"),
    (("disclose", ONE, "--withdraw"), 2, "option-unused"),
    (("disclose", ONE, "--format", "pdf"), 2, "unknown-format"),
    (("disclose", ONE, "-o", "nowhere/x.md"), 4, "no-such-folder"),
    (("forget", ONE), 2, "unknown-action"),
]


def test_mistakes_are_told_and_change_nothing(office: Office) -> None:
    anna = office.by(ANNA)
    before = git(office.root, "rev-parse", "HEAD")
    for words, code, error in MISTAKES:
        ran = anna("privacy", *words, "--json")
        assert ran.code == code, ran
        assert error is None or ran.error["code"] == error
    assert git(office.root, "rev-parse", "HEAD") == before


def test_disclosure_is_whole_private_and_noted(office: Office, tmp_path: Path) -> None:
    anna = office.by(ANNA)
    paper = tmp_path / "paper.txt"
    paper.write_text("signed", encoding="utf-8")
    anna.ok("attach", ONE, str(paper), "--title", "授权书")
    anna.ok("set", ONE, "contacts/0/title=总监", "--reason", "升职")
    data = anna.ok("privacy", "disclose", ONE, "--json").data
    assert data["record"]["bank_account"]
    assert data["locked"] == {}
    assert any(
        one["path"].endswith("授权书.txt") and one["size"] == 6 for one in data["attachments"]
    )
    assert data["provenance"]["kind"] == "self"
    uses = {one["purpose"]: one for one in data["purposes"]}
    assert "contacts" in uses["contact"]["fields"]
    assert uses["marketing"]["consent"] == "given"
    assert {"chen-chen", "li-qiang"} <= set(data["readers"]["everybody_with_a_clone"])
    assert any("li-qiang" in one["readers"] for one in data["readers"]["sealed"])
    assert data["history"][0]["reason"] == "升职"
    assert data["history"][0]["records"][0]["changes"][0]["after"] == "总监"
    for name, language, heading in (
        ("a.html", "zh", "所保存的资料"),
        ("a.md", "en", "What is held"),
    ):
        target = tmp_path / name
        anna.ok("--lang", language, "privacy", "disclose", ONE, "-o", str(target))
        text = target.read_text("utf-8")
        assert heading in text
        assert str(data["record"]["bank_account"]) in text
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        ran = anna("privacy", "disclose", ONE, "-o", str(target), "--json")
        assert ran.error["code"] == "file-exists"
        anna.ok("privacy", "disclose", ONE, "-o", str(target), "--force")
    reads = anna.ok("audit", "reads", "--json").data
    assert [one["what"] for one in reads].count("privacy disclose") == 5
    assert anna.ok("status", "--json").data["changed"] == []


def test_who_reads_less_is_told_that_it_is_not_all(office: Office) -> None:
    number = (
        office.by(ANNA).ok("privacy", "disclose", ONE, "--json").data["record"]["bank_account"]
    )
    for who in (BOB, BOT):
        ran = office.by(who)("privacy", "disclose", ONE, "--json")
        assert ran.code == 3
        assert ran.data["locked"]
        if who == BOT:
            assert str(number) not in ran.out + ran.err


def test_what_stands_in_values_makes_no_markup(office: Office, tmp_path: Path) -> None:
    anna = office.by(ANNA)
    anna.ok("set", ONE, "notes=<script>alert(1)</script> | # *x*")
    for ending, plain in (("md", "<script>"), ("html", "<script>alert")):
        target = tmp_path / f"a.{ending}"
        anna.ok("privacy", "disclose", ONE, "-o", str(target))
        assert plain not in target.read_text("utf-8")


def test_a_restricted_customer_is_kept_and_not_used(office: Office, tmp_path: Path) -> None:
    anna = office.by(ANNA)
    anna.ok("set", ONE, "restricted=true")
    rows = anna.ok("export", "json", "-o", str(tmp_path / "all.json"))
    assert "restricted 2" in rows.err or "限制处理 2" in rows.err
    exported = (tmp_path / "all.json").read_text("utf-8")
    assert ONE not in exported
    anna.ok("export", "json", "restricted:yes", "-o", str(tmp_path / "some.json"))
    assert ONE in (tmp_path / "some.json").read_text("utf-8")
    ran = anna.ok("--lang", "en", "set", ONE, "notes=x")
    assert "restricted" in ran.err
    ran = anna.ok("--lang", "en", "export", "card", ONE)
    assert "restricted" in ran.err
    assert "warning" not in anna.ok("--lang", "en", "set", ONE, "--unset", "restricted").err
    assert "restricted" not in anna.ok("--lang", "en", "set", ONE, "notes=y").err
