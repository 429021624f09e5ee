"""textcrm show --only: what happened with a customer, newest first (E11, E14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_finding import shop

if TYPE_CHECKING:
    from pathlib import Path

    from cli_running import Shell

CLOUD = "C20240501001"


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("COLUMNS", "80")
    return shop(tmp_path / "vault", capsys)


def test_newest_first_from_a_day_on(shell: Shell) -> None:
    rows = shell.ok("show", CLOUD, "--only", "interactions", "--json").data
    assert [row["day"] for row in rows] == ["2026-03-05", "2026-01-05"]
    assert rows[0]["list"] == "interactions"
    assert rows[0]["next"]["due"] == "2026-04-01"
    rows = shell.ok("show", CLOUD, "--only", "跟进记录", "--since", "2026-02-01", "--json").data
    assert [row["id"] for row in rows] == ["dddd3"]
    rows = shell.ok(
        "show", CLOUD, "--only", "interactions", "--until", "2026-01-05", "--json"
    ).data
    assert [row["id"] for row in rows] == ["dddd2"]


def test_one_story_of_several_lists(shell: Shell) -> None:
    rows = shell.ok("show", CLOUD, "--since", "2025-01-01", "--json").data
    assert [row["list"] for row in rows] == [
        "interactions",
        "services",
        "interactions",
        "purchases",
        "purchases",
        "contracts",
    ]
    assert rows[-1]["amount"] == {"sealed": "finance@1", "locked": True}
    whole = shell.ok("show", CLOUD, "--only", "all", "--json").data
    assert len(whole) == 7
    two = shell.ok("show", CLOUD, "--only", "services,purchases", "--json").data
    assert {row["list"] for row in two} == {"services", "purchases"}


def test_on_the_screen(shell: Shell) -> None:
    out = shell.ok("--lang", "zh", "show", CLOUD, "--only", "interactions").out
    assert out.index("2026-03-05 10:30  李强  拜访") < out.index("2026-01-05  王芳  电话")
    assert "  客户反馈       意向较高" in out
    assert "发合同，计划日期：2026-04-01" in out
    assert "dddd3" not in out
    assert (
        "联系人  李明远" in shell.ok("--lang", "zh", "show", CLOUD, "--only", "contacts,tags").out
    )


def test_masks(shell: Shell) -> None:
    for words in (["--json"], []):
        out = shell.ok("--mask", "show", CLOUD, "--only", "contacts", *words).out
        assert "李明远" not in out
        assert "13800138000" not in out


def test_nothing_there_and_mistakes(shell: Shell) -> None:
    ran = shell("show", CLOUD, "--only", "interactions", "--since", "tomorrow")
    assert (ran.code, ran.out) == (1, "")
    assert shell("show", CLOUD, "--only", "feedback", "--json").data == []
    assert (
        shell("show", CLOUD, "--only", "interactoins", "--json").error["suggestion"]
        == "interactions"
    )
    assert shell("show", CLOUD, "--since", "31/31").code == 2
