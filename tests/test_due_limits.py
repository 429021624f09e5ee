"""What is due: limits by type, tier and record, and days off that move a reminder."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from insight_vault import vault_of

from textcrm.cli.lately import entered_late
from textcrm.errors import Invalid
from textcrm.insight.due import due
from textcrm.insight.idle import idle
from textcrm.limits import days_of
from textcrm.normalize.workdays import known_until, remind_on
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

from due_records import HEAD, ID, found, kinds

MUCH = """\
type: existing
status: active
follow_up_every: 7d
interactions:
  - {at: 2026-08-01, next: {what: x, due: 2026-08-05}}
purchases:
  - {date: 2026-11-01, amount: 5, due: 2026-11-20}
feedback:
  - {at: 2026-11-01, kind: complaint, text: x}
contracts:
  - {number: H, signed: 2026-11-01, ends: 2026-12-01}
"""


class TestLimits:
    """D12, D13, F9: thresholds by type and tier."""

    def test_a_type_has_its_own(self, tmp_path: Path) -> None:
        body = "type: prospect\ninteractions:\n  - {at: 2026-11-14}\n"
        assert not kinds(tmp_path / "a", body)
        own = "types: {prospect: {silent_days: 10}}\n"
        assert kinds(tmp_path / "b", body, settings=own) == {"silent"}

    def test_a_tier_is_above_the_type_and_says_its_interval(self, tmp_path: Path) -> None:
        settings = (
            "types: {existing: {verify_days: 400, follow_up_every: 60d}}\n"
            "tiers: {高价值: {verify_days: 90, follow_up_every: 2周, service: 专属}}\n"
        )
        body = (
            "type: existing\nstatus: active\nverified: 2026-08-01\ninteractions:\n"
            "  - {at: 2026-11-10}\n"
        )
        low = kinds(tmp_path / "low", body + "value_tier: low\n", settings=settings)
        high = found(tmp_path / "high", body + "value_tier: high\n", settings=settings)
        assert "verify" not in low
        assert "follow_up" not in low
        assert {one.kind: str(one.due) for one in high} == {
            "verify": "2026-10-30",
            "follow_up": "2026-11-24",
        }

    def test_the_record_is_above_the_tier(self, tmp_path: Path) -> None:
        settings = "tiers: {high: {follow_up_every: 7d}}\n"
        body = "value_tier: high\nfollow_up_every: 1个月\ninteractions:\n  - {at: 2026-11-10}\n"
        assert not kinds(tmp_path / "v", body, settings=settings)

    @pytest.mark.parametrize(
        "settings",
        [
            "tiers: {high: {follow_up_every: soon}}\n",
            "tiers: {high: {follow_up: 7d}}\n",
            "tiers: [high]\n",
            "types: {prospect: {silent_days: many}}\n",
            "lost_action: delete\n",
            "holidays: us\n",
        ],
    )
    def test_a_setting_that_means_nothing_is_named(self, tmp_path: Path, settings: str) -> None:
        with pytest.raises(Invalid) as caught:
            found(tmp_path / "v", "", settings=settings)
        assert caught.value.code == "config-invalid"
        assert caught.value.data["name"].split("/")[0] == settings.split(":", maxsplit=1)[0]

    @pytest.mark.parametrize(
        ("action", "command"),
        [
            ("remind", f"textcrm log {ID} '…'"),
            ("pool", f"textcrm pool release {ID}"),
            ("lost", f"textcrm set {ID} 客户类型=流失客户"),
        ],
    )
    def test_what_to_do_with_the_long_silent(
        self, tmp_path: Path, action: str, command: str
    ) -> None:
        """F4: offered, never done."""
        settings = f"lost_action: {action}\n"
        (one,) = found(tmp_path / "v", "type: prospect\nowner: li\n", settings=settings)
        assert one.settle("zh") == command
        (free,) = found(tmp_path / "w", "type: prospect\n", settings=settings)
        assert "pool" not in free.settle("zh")  # it is there already

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("14d", 14),
            ("2周", 14),
            ("1个月", 30),
            ("10", 10),
            ("0", None),
            ("soon", None),
            ("", None),
        ],
    )
    def test_intervals(self, text: str, days: int | None) -> None:
        assert days_of(text) == days

    def test_limits_without_bounds_are_no_crash(self, tmp_path: Path) -> None:
        far = "9" * 12
        names = (
            "silent_days lost_days contract_days verify_days birthday_days aftercare_days "
            "aftercare_until_days file_days survey_days cycle_notice_days late_shown_days "
            "archive_days stale_days"
        )
        listed = ", ".join(f"{name}: {far}" for name in names.split())
        body = (
            MUCH
            + "contacts:\n  - {name: x, birthday: 1990-01-01}\nservices:\n  - {at: 2026-11-02}\n"
        )
        settings = f"thresholds: {{{listed}}}\n"
        assert "next" in kinds(tmp_path / "v", body, settings=settings, within=10**12)
        vault = vault_of(tmp_path / "p", [HEAD + "type: prospect\n"], settings=settings)
        assert due(vault) == []
        assert entered_late(vault) == []
        assert idle(vault) == []


class TestDaysOff:
    """Reminders stand on workdays; the due date is the one recorded (DESIGN section 8)."""

    def test_national_day_moves_a_step_on_and_a_contract_back(self, tmp_path: Path) -> None:
        body = (
            "interactions:\n  - {at: 2026-09-01, next: {what: x, due: 2026-10-01}}\n"
            "contracts:\n  - {title: y, ends: 2026-10-02}\n"
        )
        vault_of(tmp_path / "v", [HEAD + body])
        vault = Vault.open(tmp_path / "v", today=dt.date(2026, 9, 30))
        dates = {one.kind: (str(one.due), str(one.remind_on)) for one in due(vault)}
        assert dates["next"] == ("2026-10-01", "2026-10-08")
        assert dates["contract"] == ("2026-10-02", "2026-09-30")

    def test_a_saturday_that_is_worked_moves_nothing(self) -> None:
        assert remind_on(dt.date(2026, 10, 10)).day == dt.date(2026, 10, 10)
        weekends = remind_on(dt.date(2026, 10, 10), holidays=False)
        assert weekends.day == dt.date(2026, 10, 12)

    def test_after_the_last_known_year_it_says_so(self) -> None:
        day = dt.date(known_until() + 3, 10, 1)
        assert not remind_on(day).sure
        assert remind_on(day).day.weekday() < 5
        assert not remind_on(dt.date.max).sure

    @pytest.mark.parametrize(
        ("setting", "day"), [("weekends", "2026-10-01"), ("none", "2026-10-03")]
    )
    def test_other_calendars(self, tmp_path: Path, setting: str, day: str) -> None:
        body = f"interactions:\n  - {{at: 2026-09-01, next: {{what: x, due: {day}}}}}\n"
        (one,) = [
            each
            for each in found(tmp_path / "v", body, settings=f"holidays: {setting}\n")
            if each.kind == "next"
        ]
        assert str(one.remind_on) == day

    def test_a_birthday_on_a_sunday_is_seen_on_friday(self, tmp_path: Path) -> None:
        body = "contacts:\n  - {name: 李, birthday: 1990-12-20}\n"
        vault_of(tmp_path / "v", [HEAD + body], settings="thresholds: {birthday_days: 0}\n")
        friday = Vault.open(tmp_path / "v", today=dt.date(2026, 12, 18))
        assert [one.kind for one in due(friday, within=0)] == ["birthday"]
        before = Vault.open(tmp_path / "v", today=dt.date(2026, 12, 17))
        assert not due(before, within=0)
