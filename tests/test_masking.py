"""``--mask``: no name, number or account of a customer's people on a screen that others see (L10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from team_vault import Team, git, team_at

if TYPE_CHECKING:
    from pathlib import Path

ONE = "C20240318001"
SECRETS = ("杭州云杉软件有限公司", "李明远", "19900000011", "limingyuan", "limy-demo")
COMMANDS = (
    f"show {ONE}",
    f"show {ONE} contacts",
    f"show {ONE} --only interactions",
    "list --columns name,phone,contacts,email,main_contact,wechat",
    "list --columns social,aliases",
    "list --group main_contact",
    "list --of contacts --columns name,number,social",
    "list --of interactions --columns name,contact",
    "search 云杉",
    "search limingyuan",
    "due --within 400 --all",
    "due --within 400 --digest",
    "report value",
    "report --by main_contact",
    "log",
    f"log {ONE}",
    f"blame {ONE}",
    f"diff {ONE} HEAD~1..",
    "trash",
    "duplicates",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("masking")


@pytest.fixture
def team(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Team:
    shell = Shell(root / "vault", capsys)
    monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
    if (root / "vault").exists():
        return Team(root / "vault", shell, monkeypatch)
    team = team_at(root, shell, monkeypatch)
    file = next(team.root.glob(f"customers/*/*/{ONE}.yaml"))
    text = file.read_text("utf-8").replace("limy-demo", "limy-demo-2")
    file.write_text(text, "utf-8")
    git(team.root, "commit", "-q", "-a", "--no-verify", "-m", "a change to look at")
    return team


@pytest.mark.parametrize("json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("line", COMMANDS)
def test_nobody_is_named(team: Team, line: str, json: bool) -> None:
    words = line.split()
    told = team.by("chen-chen")("--mask", *words, *(["--json"] if json else []))
    assert told.code in (0, 1), told
    # The words that were searched for may stand in what is said of the search.
    sought = {word for word in words if word in SECRETS}
    for secret in set(SECRETS) - sought:
        assert secret not in told.out, secret
