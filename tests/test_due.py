"""What is due: every kind by its row, limits by type and tier, days off, history, the catalog."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from insight_vault import TODAY, sample, sample_trees, vault_of

from textcrm.insight.due import KINDS, due
from textcrm.insight.due_kinds import COMMANDS, LEVELS, REASONS
from textcrm.insight.idle import idle
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

from due_records import HEAD, ID, found, kinds, write


@pytest.mark.parametrize(
    ("body", "kind", "day", "said"),
    [
        pytest.param(
            "interactions:\n  - {at: 2026-11-20, next: {what: 提供方案, due: 2026-11-25}}\n",
            "next", "2026-11-25", "提供方案", id="F10 a next step",
        ),
        pytest.param(
            "type: prospect\ninteractions:\n  - {at: 2026-10-29}\n",
            "silent", "2026-11-28", "已 31 天未跟进", id="E5 a prospect silent for 30 days",
        ),
        pytest.param(
            "type: prospect\ninteractions:\n  - {at: 2026-08-01}\n",
            "lost", "2026-08-31", "已 120 天未跟进", id="F4 for 90 days",
        ),
        pytest.param(
            "type: prospect\n", "lost", "2026-01-31", "从未联系", id="F4 never contacted",
        ),
        pytest.param(
            "contracts:\n  - {title: 年度合同, ends: 2026-12-20}\n",
            "contract", "2026-12-20", "年度合同", id="F7 a contract ends",
        ),
        pytest.param(
            "contracts:\n  - {number: HT-1, warranty_until: 2026-11-25}\n",
            "warranty", "2026-11-25", "HT-1", id="F7 a warranty ends",
        ),
        pytest.param(
            "purchases:\n  - {date: 2026-09-01, number: SO-1, amount: 100, due: 2026-10-15}\n"
            "payments:\n  - {date: 2026-09-10, amount: 30}\n",
            "payment", "2026-10-15", "未付 70，逾期 45 天：SO-1", id="F12 money overdue",
        ),
        pytest.param(
            "credit: {days: 30}\npurchases:\n  - {date: 2026-10-20, product: 螺丝, amount: 100}\n",
            "payment", "2026-11-19", "逾期 10 天：螺丝", id="A42 by the days of credit",
        ),
        pytest.param(
            "contracts:\n  - number: HT-2\n    instalments:\n"
            "      - {due: 2026-11-20, amount: 500}\n",
            "instalment", "2026-11-20", "分期款（金额已加密），逾期 9 天：HT-2", id="M13 an instalment",
        ),
        pytest.param(
            "type: existing\nstatus: active\nfirst_cooperation: 2026-01-05\nverified: 2026-05-30\n",
            "verify", "2026-11-26", "2026-05-30", id="F5 verification after half a year",
        ),
        pytest.param(
            "contacts:\n  - {name: 王, phones: [{number: '+8619900000001', verification: unverified}]}\n",
            "contact", "2026-11-30", "1 个联系方式待核实", id="F6 at the end of the month",
        ),
        pytest.param(
            "purchases:\n"
            + "".join(f"  - {{date: {day}}}\n" for day in ("2026-03-08", "2026-06-06", "2026-09-04")),
            "purchase", "2026-12-03", "约每 90 天", id="F8 the next purchase",
        ),
        pytest.param(
            "follow_up_every: 14d\ninteractions:\n  - {at: 2026-11-10}\n",
            "follow_up", "2026-11-24", "每 14 天", id="F9 an interval of its own",
        ),
        pytest.param(
            "feedback:\n  - {at: 2026-11-01, kind: complaint, text: 漏发}\n",
            "complaint", "2026-11-01", "漏发", id="an open complaint",
        ),
        pytest.param(
            "contacts:\n  - {name: 李明, birthday: 1980-12-02}\n",
            "birthday", "2026-12-02", "李明", id="a birthday",
        ),
        pytest.param(
            "status: active\nfirst_cooperation: 2025-11-20\n",
            "survey", "2026-11-20", "2025-11-20", id="F14 a survey",
        ),
        pytest.param(
            "interactions:\n  - {at: 2026-11-01}\npurchases:\n  - {date: 2026-11-02, product: 网关}\n",
            "aftercare", "2026-11-16", "网关", id="F18 a purchase nobody followed",
        ),
        pytest.param(
            "services:\n  - {at: 2026-11-10, summary: 上门维修}\n",
            "aftercare", "2026-11-24", "上门维修", id="F18 a service nobody followed",
        ),
        pytest.param(
            "contracts:\n  - {number: HT-3, signed: 2026-11-10, status: active}\n",
            "file", "2026-11-17", "HT-3", id="O3 a contract without a file",
        ),
    ],
)  # fmt: skip
def test_every_kind(tmp_path: Path, body: str, kind: str, day: str, said: str) -> None:
    (one,) = [each for each in found(tmp_path / "v", body) if each.kind == kind]
    assert one.due == dt.date.fromisoformat(day)
    assert one.days == (one.due - TODAY).days
    assert said in one.say("zh")
    assert ID in one.settle("zh")
    assert ID in one.settle("en")
    assert "{" not in one.say("en") + one.settle("en")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("interactions:\n  - {at: 2026-11-20, next: {what: x, due: 2026-11-25, done: true}}\n", "next"),
        ("interactions:\n  - {at: 2026-11-20, next: {what: x, due: 2026-12-20}}\n", "next"),
        ("type: prospect\ninteractions:\n  - {at: 2026-10-30}\n", "silent"),
        (
            "type: prospect\ninteractions:\n  - {at: 2026-10-01, next: {what: x, due: 2026-12-20}}\n",
            "silent",
        ),
        ("type: prospect\nfollow_up_every: 60d\ninteractions:\n  - {at: 2026-10-20}\n", "silent"),
        ("contracts:\n  - {title: x, ends: 2026-12-20, status: terminated}\n", "contract"),
        ("contracts:\n  - {title: x, ends: 2027-01-29}\n", "contract"),
        (
            ("purchases:\n  - {date: 2026-09-01, amount: 100, due: 2026-10-15}\n"
            "payments:\n  - {date: 2026-09-10, amount: 100}\n"),
            "payment",
        ),
        (
            ("contracts:\n  - number: H\n    instalments:\n"
            "      - {due: 2026-11-20, amount: 500, paid: true}\n"),
            "instalment",
        ),
        ("feedback:\n  - {at: 2026-11-01, kind: complaint, text: x, resolved: true}\n", "complaint"),
        ("purchases:\n  - {date: 2026-03-08}\n  - {date: 2026-09-04}\n", "purchase"),
        (
            "interactions:\n  - {at: 2026-11-03}\npurchases:\n  - {date: 2026-11-02}\n",
            "aftercare",
        ),
        ("contracts:\n  - {number: H, signed: 2026-11-10, file: a.pdf}\n", "file"),
        ("contracts:\n  - {number: H, signed: 2026-11-10, status: draft}\n", "file"),
        (
            ("status: active\nfirst_cooperation: 2020-01-01\n"
            "feedback:\n  - {at: 2026-06-01, kind: survey, score: 5}\n"),
            "survey",
        ),
        ("type: prospect\nverified: 2020-01-01\n", "verify"),
    ],
)  # fmt: skip
def test_what_is_settled_is_not_due(tmp_path: Path, body: str, kind: str) -> None:
    assert kind not in kinds(tmp_path / "v", body)


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


@pytest.mark.parametrize(
    ("mark", "left"),
    [
        ("archived: {on: 2026-01-01}\n", set()),
        ("restricted: true\n", {"payment", "complaint"}),
        ("do_not_contact: true\n", {"payment", "complaint", "file"}),
    ],
)
def test_wishes_are_honoured(tmp_path: Path, mark: str, left: set[str]) -> None:
    assert kinds(tmp_path / "v", MUCH + mark) == left


def test_nothing_is_left_out_otherwise(tmp_path: Path) -> None:
    assert {"next", "payment", "complaint", "contract", "file"} <= kinds(tmp_path / "v", MUCH)


# -- the list


def test_owners_kinds_and_order(tmp_path: Path) -> None:
    step = "interactions:\n  - {{at: 2026-11-01, next: {{what: x, due: {}}}}}\n"
    texts = [
        f"id: C2026010100{n}\nname: 客户{n}\nowner: {owner}\n" + step.format(day)
        for n, owner, day in (
            (1, "li", "2026-11-28"), (2, "wang", "2026-11-20"), (3, "", "2026-12-03"),
        )
    ]  # fmt: skip
    texts.append("id: C20260101004\nname: 客户4\ntype: prospect\nowner: li\n")
    vault = vault_of(tmp_path / "v", texts)
    assert [(one.id[-1], one.kind) for one in due(vault)] == [
        ("2", "next"), ("1", "next"), ("4", "lost"), ("3", "next"),
    ]  # fmt: skip
    assert [one.id[-1] for one in due(vault, owner="li")] == ["1", "4"]
    assert [one.id[-1] for one in due(vault, owner="none")] == ["3"]
    assert [one.id[-1] for one in due(vault, kinds=["lost"])] == ["4"]
    assert [one.id[-1] for one in due(vault, within=0)] == ["2", "1", "4"]


def test_what_is_kept_follows_the_files_and_the_clock(tmp_path: Path) -> None:
    step = "interactions:\n  - {{at: {}, next: {{what: x, due: {}}}}}\n"
    vault = vault_of(tmp_path / "v", [HEAD + "type: prospect\n"])
    assert [one.kind for one in due(vault)] == ["lost"]
    write(vault, "type: prospect\ninteractions:\n  - {at: 2026-12-01}\n")
    for day, kind in (
        ("2026-11-29", ["lost"]),  # what is dated ahead has not happened
        ("2026-12-02", []),
        ("2026-11-29", ["lost"]),  # a clock that goes back
        ("2027-01-05", ["silent"]),
    ):
        now = Vault.open(vault.root, today=dt.date.fromisoformat(day))
        assert [one.kind for one in due(now)] == kind, day
        assert due(now) == due(now, now.records())
    write(vault, step.format("2026-11-01", "2026-11-10"))
    assert [one.kind for one in due(Vault.open(vault.root, today=TODAY))] == ["next"]
    (vault.root / f"customers/2026/01/{ID}.yaml").unlink()
    assert due(Vault.open(vault.root, today=TODAY)) == []


def test_amounts_keep_their_currency_and_sealed_ones_their_seal(tmp_path: Path) -> None:
    body = (
        "purchases:\n  - {number: A, date: 2026-09-01, amount: 1200.50, currency: USD, "
        "due: 2026-10-01}\n"
        "contracts:\n  - number: B\n    instalments:\n      - {due: 2026-10-02, amount: "
        "{sealed: finance@1, age: YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+I}}\n"
    )
    said = {one.kind: one.say("en") for one in found(tmp_path / "v", body)}
    assert said["payment"] == "USD 1,200.50 unpaid, 59 days late: A"
    assert said["instalment"] == "instalment (sealed amount), 58 days late: B"


def test_every_kind_is_called_ranked_and_settled() -> None:
    assert set(LEVELS) == set(KINDS)
    assert {code.removesuffix("-late") for code in REASONS} >= set(KINDS) - {"lost"}
    assert set(COMMANDS) - {"", "lost-pool", "lost-lost"} <= set(KINDS)


# -- the archive


def test_whom_to_archive(tmp_path: Path) -> None:
    """O1: nobody with money owed or something open."""
    old = "interactions:\n  - {at: 2023-05-01}\n"
    bodies = {
        "C20230101001": old,
        "C20230101002": "type: lost\n" + old,
        "C20230101003": old + "feedback:\n  - {at: 2023-06-01, kind: complaint, text: x}\n",
        "C20230101004": old + "purchases:\n  - {date: 2023-06-01, amount: 5}\n",
        "C20230101005": old + "contracts:\n  - {ends: 2027-01-01}\n",
        "C20230101006": "interactions:\n  - {at: 2026-05-01}\n",
        "C20230101007": old + "archived: {on: 2024-01-01}\n",
    }
    texts = [f"id: {own}\nname: 甲\n{body}" for own, body in bodies.items()]
    found = idle(vault_of(tmp_path / "v", texts))
    assert [one.id[-1] for one in found] == ["1", "2"]
    assert found[0].last == dt.date(2023, 5, 1)
    assert (
        idle(vault_of(tmp_path / "w", texts, settings="thresholds: {archive_days: 2000}\n")) == []
    )


# -- the sample vault, against its files read with PyYAML


def _day(value: object) -> dt.date:
    return dt.date.fromisoformat(str(value)[:10])


def test_the_sample_against_a_plain_reading(tmp_path: Path) -> None:
    """F4, F5, F7, F10, F12, O3: whom and when, by hand."""
    soon = TODAY + dt.timedelta(days=7)
    wanted: set[tuple[str, str, str]] = set()

    def want(kind: str, own: str, day: dt.date) -> None:
        wanted.add((kind, own, day.isoformat()))

    for tree in sample_trees():
        own = tree["id"]
        bought = sorted(tree.get("purchases", []), key=lambda one: str(one.get("date")))
        paid = sum(float(one["amount"]) for one in tree.get("payments", []))
        for one in bought:
            open_ = max(0.0, float(one["amount"]) - max(paid, 0.0))
            paid -= float(one["amount"])
            if open_ > 0 and one.get("due") and _day(one["due"]) <= soon:
                want("payment", own, _day(one["due"]))
        for one in tree.get("feedback", []):
            if one["kind"] == "complaint" and not one.get("resolved"):
                want("complaint", own, _day(one["at"]))
        if tree.get("restricted"):
            continue
        for one in tree.get("contracts", []):
            filed = one.get("file") or one.get("status") in ("draft", "terminated")
            if one.get("signed") and not filed and _day(one["signed"]) <= TODAY:
                want("file", own, _day(one["signed"]) + dt.timedelta(days=7))
        if tree.get("do_not_contact"):
            continue
        talks = tree.get("interactions", [])
        steps = [one["next"] for one in talks if one.get("next") and not one["next"].get("done")]
        for step in steps:
            if step.get("due") and _day(step["due"]) <= soon:
                want("next", own, _day(step["due"]))
        for one in tree.get("contracts", []):
            near = one.get("ends") and abs((_day(one["ends"]) - TODAY).days) <= 60
            if near and one.get("status") in (None, "active", "expired"):
                want("contract", own, _day(one["ends"]))
        if tree.get("type") == "prospect" and not any(step.get("due") for step in steps):
            last = max(
                (_day(one["at"]) for one in talks),
                default=_day(f"{own[1:5]}-{own[5:7]}-{own[7:9]}"),
            )
            days = (TODAY - last).days
            if days > 30:
                want("lost" if days > 90 else "silent", own, last + dt.timedelta(days=30))
    found = {
        (one.kind, one.id, str(one.due))
        for one in due(sample(tmp_path / "v"))
        if one.kind in {kind for kind, _, _ in wanted}
    }
    assert found == wanted
    assert {kind for kind, _, _ in wanted} == {
        "next", "payment", "complaint", "contract", "file", "silent", "lost",
    }  # fmt: skip
