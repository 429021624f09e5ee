"""The four qualities of data (B1) as figures: what moves them, and over time."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from ready_made import created
from sealing_vault import git

from textcrm.quality.check import paths_of
from textcrm.quality.figures import QUALITIES, Figures
from textcrm.quality.measuring import measure
from textcrm.vault import Vault
from textcrm.vault.creation import create

TODAY = dt.date(2026, 5, 20)
WHOLE = """name: 云帆科技
kind: organization
industry: I65
source: referral
owner: test-person
type: existing
status: active
needs: 降低成本
first_cooperation: '2025-01-01'
verified: '2026-05-01'
products: [云主机]
contacts:
- {id: ccccc, name: 张三, phones: [{id: aaaaa, number: '+8613911112222'}]}
addresses:
- {id: ddddd, province: 浙江省, city: 杭州市, district: 余杭区}
interactions:
- {id: eeeee, at: '2026-05-10', by: test-person, next: {what: 报价, due: '2026-06-01'}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return created(tmp_path / "v").root


def put(root: Path, number: int = 1, text: str = WHOLE) -> Path:
    own = f"C20250101{number:03}"
    file = root / f"customers/2025/01/{own}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"id: {own}\n{text}", encoding="utf-8")
    return file


def taken(root: Path, day: dt.date = TODAY, **options: Any) -> Any:
    vault = Vault.open(root, today=day)
    return measure(vault, paths_of(vault, ()), **options)


def test_a_whole_record_is_a_hundred(root: Path) -> None:
    put(root)
    found = taken(root)
    assert found.today.figures == Figures(100.0, 100.0, 100.0, 100.0)
    assert (found.today.customers, found.records[0].codes, found.records[0].missing) == (1, (), ())


# What is changed in a whole record, and the one quality that suffers from it.
WORSE = {
    "an invented number": ("+8613911112222", "+8613800138000", "accuracy"),
    "a made-up name": ("张三", "aaa", "accuracy"),
    "no such choice": ("source: referral", "source: moon", "accuracy"),
    "no source": ("source: referral\n", "", "completeness"),
    "no phone": (", phones: [{id: aaaaa, number: '+8613911112222'}]", "", "completeness"),
    "no date for its status": ("first_cooperation: '2025-01-01'\n", "", "completeness"),
    "a masked number": ("+8613911112222", "139****2222", "completeness"),
    "a place elsewhere": ("余杭区", "浦东新区", "consistency"),
    "type and status": ("type: existing", "type: lost", "consistency"),
    "plain words for an industry": ("I65", "做IT的", "consistency"),
    "not verified": ("verified: '2026-05-01'", "verified: '2025-05-01'", "timeliness"),
    "a step that is late": ("2026-06-01", "2026-05-15", "timeliness"),
    "long silent": ("at: '2026-05-10'", "at: '2025-11-10'", "timeliness"),
}


@pytest.mark.parametrize(("old", "new", "quality"), WORSE.values(), ids=WORSE.keys())
def test_each_fault_weighs_on_its_own_quality(
    root: Path, old: str, new: str, quality: str
) -> None:
    assert old in WHOLE
    put(root, text=WHOLE.replace(old, new))
    (one,) = taken(root).records
    low = {name for name in QUALITIES if getattr(one.figures, name) < 100}
    assert quality in low
    assert low - {quality, "timeliness"} == set(), one
    assert 0 < getattr(one.figures, quality) < 100
    assert one.figures.overall < 100


def test_thresholds_are_those_of_the_vault(root: Path) -> None:
    put(
        root,
        text=WHOLE.replace("type: existing", "type: prospect").replace(
            "status: active", "status: none"
        ),
    )
    assert taken(root, dt.date(2026, 6, 1)).today.figures.timeliness == 100.0
    assert taken(root, dt.date(2026, 6, 10)).today.figures.timeliness < 70
    settings = root / "textcrm.yaml"
    text = settings.read_text(encoding="utf-8").replace("silent_days: 30", "silent_days: 300")
    settings.write_text(text, encoding="utf-8")
    late = taken(root, dt.date(2026, 6, 10)).today.figures.timeliness
    assert late == 66.7  # the step is late, the contact is not


def test_archived_are_left_out_and_broken_ones_count_as_nothing(root: Path) -> None:
    put(root)
    put(root, 2, WHOLE + "archived: {on: '2026-01-01'}\n")
    put(root, 3, "name: [\n")
    found = taken(root)
    assert (found.today.customers, found.today.figures.accuracy) == (2, 50.0)
    assert found.records[0].codes == ("yaml-unclosed",)


def test_findings_across_customers_count(root: Path) -> None:
    for number in (1, 2, 3):
        put(root, number, WHOLE.replace("云帆科技", f"云帆科技{number}"))
    found = taken(root)
    assert found.today.figures.consistency < 100
    assert all(one.codes == ("phone-shared",) for one in found.records)


def test_nobody_is_no_figure(root: Path) -> None:
    assert taken(root).today.figures is None


def commit(root: Path, day: str) -> None:
    git(root, "add", "-A")
    moment = f"{day}T12:00:00+08:00"
    words = ("commit", "-q", "--no-verify", "-m", day)
    git(root, *words, GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment)


def test_figures_can_be_followed_over_time(tmp_path: Path) -> None:
    """The measure is today's; the data is that of then."""
    root = tmp_path / "v"
    made = create(root).vault.root
    shutil_git(made)
    put(root, text=WHOLE.replace("source: referral\n", "").replace("needs: 降低成本\n", ""))
    commit(root, "2026-01-10")
    put(root, text=WHOLE.replace("source: referral\n", ""))
    commit(root, "2026-02-10")
    put(root, 2, WHOLE.replace("+8613911112222", "+8613911113333"))
    commit(root, "2026-03-10")
    put(root)
    found = taken(root, months=6)
    days = [one.day.isoformat() for one in found.history]
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert [one.customers for one in found.history] == [1, 1, 2, 2]
    figures = [one.figures.completeness for one in found.history]
    assert figures[0] < figures[1] < figures[2] == figures[3] < 100
    assert found.today.figures.completeness == 100.0


def shutil_git(root: Path) -> None:
    """Begin the repository anew: the vault's first commit is of today, the story of then."""
    import shutil

    shutil.rmtree(root / ".git")
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(root, text=WHOLE.replace("source: referral\n", ""))
    put(root, 2)
    shell = Shell(root, capsys)
    ran = shell.ok("--lang", "zh", "check", "--quality")
    for word in ("准确性", "全面性", "一致性", "及时性", "综合", "客户来源", "C20250101001"):
        assert word in ran.out
    data = shell.ok("check", "--quality", "--json").data
    assert data["customers"] == 2
    assert {"accuracy", "completeness", "consistency", "timeliness", "overall"} <= set(data)
    first = data["records"][0]
    assert (first["id"], first["missing"]) == ("C20250101001", ["/source"])
    one = shell.ok("check", "C20250101002", "--quality", "--json").data
    assert [each["id"] for each in one["records"]] == ["C20250101002"]
    assert shell("check", "--quality", "--staged").code == 2
    assert shell("check", "--quality", "--months", "x").code == 2
