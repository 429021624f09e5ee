"""Merging two customers: the commit, what moves with it, secrets, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ready_made import created
from team_vault import Team, git, team_at

from textcrm.history.undo import undo
from textcrm.quality.merge import merge
from textcrm.vault import Vault

ACCOUNT = "6222020200112233445"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault", language="en")


@pytest.fixture
def shell(vault: Vault, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(vault.root, capsys)


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


def state(root: Path) -> dict[str, bytes]:
    """Every file of the work tree that git follows or could follow."""
    names = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name: (root / name).read_bytes() for name in names if name and (root / name).exists()}


def test_one_commit_one_record_and_the_old_id_finds_it(vault: Vault, shell: Shell) -> None:
    one = vault.add("云栖科技有限公司", tags=["a"], status="active")
    two = vault.add("云栖科技", tags=["b"], website="https://yun.cn", former_ids=["C20200101001"])
    before = git(vault.root, "rev-list", "--count", "HEAD")
    ran = shell.ok("merge", one.id, two.id, "--prefer", "A", "--json").data
    assert (ran["id"], ran["merged"], ran["differences"]) == (one.id, two.id, ["name"])
    assert ran["commit"]
    assert set(ran["changed"]) >= {"tags", "website", "former_ids"}
    assert int(git(vault.root, "rev-list", "--count", "HEAD")) == int(before) + 1
    assert git(vault.root, "status", "--porcelain") == ""
    for word in (one.id, "C20200101001", "云栖科技"):
        assert shell.ok("show", word, "--json").data["id"] == one.id
    shown = shell.ok("show", two.id, "--json").data
    assert shown["id"] == one.id
    assert shown["tags"] == ["a", "b"]
    assert shown["aliases"] == ["云栖科技"]
    assert shown["former_ids"] == [two.id, "C20200101001"]
    assert shell.ok("check").code == 0


def test_differences_off_a_terminal_are_listed_and_nothing_is_written(
    vault: Vault, shell: Shell
) -> None:
    one = vault.add("甲公司", status="active", contacts=[{"name": "张三", "title": "经理"}])
    two = vault.add("乙公司", status="none", contacts=[{"name": "张三", "title": "总监"}])
    before = state(vault.root)
    ran = shell("merge", one.id, two.id, "--json")
    assert ran.code == 7
    assert ran.error["code"] == "merge-differs"
    assert ran.error["fields"] == ["name", "status", "contacts/0/title"]
    assert ran.error["differences"][1] == {
        "path": "status",
        "a": "active",
        "b": "none",
        "sealed": False,
    }
    said = shell("merge", one.id, two.id, "--lang", "zh").err
    assert "合作状态 (status)  A: 合作中  B: 未合作" in said
    assert "--prefer" in said
    assert state(vault.root) == before
    ran = shell.ok(
        "merge", one.id, two.id, "--prefer", two.id, "--prefer", "联系人/0/职务=A", "--json"
    )
    shown = shell.ok("show", one.id, "--json").data
    assert (shown["name"], shown["status"]) == ("乙公司", "none")
    assert shown["contacts"][0]["title"] == "经理"
    assert shown["aliases"] == ["甲公司"]


def test_two_texts_may_stand_one_below_the_other(vault: Vault, shell: Shell) -> None:
    one, two = vault.add("甲公司", notes="first"), vault.add("乙公司", notes="second: #1")
    ran = shell("merge", one.id, two.id, "--prefer", "both", "--json")
    assert (ran.code, ran.error["fields"]) == (7, ["name"])
    shell.ok("merge", one.id, two.id, "--prefer", "A", "--prefer", "notes=both")
    assert vault.get(two.id).raw["notes"] == "first\nsecond: #1"


def test_asked_on_a_terminal(vault: Vault, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from textcrm.cli import context

    one, two = vault.add("甲公司", status="active"), vault.add("乙公司", status="none")
    asked: list[dict[str, Any]] = []

    def choose(self: Any, question: Any, options: Any, *, option: str, default: str) -> str:
        asked.append({code: text.en for code, text in options.items()})
        return "B" if len(asked) == 2 else "A"

    monkeypatch.setattr(context.Context, "interactive", property(lambda _: True))
    monkeypatch.setattr(context.Context, "choose", choose)
    shell.ok("merge", one.id, two.id)
    assert asked[0] == {"A": f"{one.id}: 甲公司", "B": f"{two.id}: 乙公司"}
    made = vault.get(one.id)
    assert (made.name, made.raw["status"]) == ("甲公司", "none")


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("merge", "甲公司", "甲公司"), 2, "same-record"),
        (("merge", "甲公司", "无此人"), 4, "no-such-record"),
        (("merge", "甲公司", "乙公司", "--prefer", "C"), 2, "bad-side"),
        (("merge", "甲公司", "乙公司", "--prefer", "nofield=A"), 2, "unknown-field"),
        (("merge", "甲公司"), 2, "missing"),
    ],
)
def test_mistakes(
    vault: Vault, shell: Shell, words: tuple[str, ...], code: int, name: str
) -> None:
    vault.add("甲公司")
    vault.add("乙公司")
    ran = shell(*words, "--json")
    assert (ran.code, ran.error["code"]) == (code, name)


def test_uncommitted_edits_are_not_merged_over(vault: Vault, shell: Shell) -> None:
    one, two = vault.add("甲公司"), vault.add("乙公司")
    for record in (one, two):
        file = vault.root / record.path
        known = file.read_text(encoding="utf-8")
        file.write_text(known + "notes: by hand\n", encoding="utf-8")
        before = state(vault.root)
        ran = shell("merge", one.id, two.id, "--prefer", "A", "--json")
        assert ran.code == 7
        assert state(vault.root) == before
        file.write_text(known, encoding="utf-8")


def test_files_move_and_references_follow(vault: Vault, shell: Shell, tmp_path: Path) -> None:
    document = json.loads((vault.root / "schema" / "customer.schema.json").read_text("utf-8"))
    document["properties"]["parent"] = {
        "type": "string",
        "title": "上级 · Parent",
        "description": "x",
        "x-textcrm": {"label": {"zh": "上级", "en": "Parent"}, "type": "reference"},
    }
    file = vault.root / "schema" / "customer.schema.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    git(vault.root, "commit", "-qam", "schema")
    one, two = vault.add("甲公司"), vault.add("乙公司")
    child = Vault.open(vault.root).add("丙公司", parent=two.id, notes=f"see {two.id}")
    for owner, content in ((one, b"one"), (two, b"two")):
        paper = tmp_path / "合同.pdf"
        paper.write_bytes(content)
        shell.ok("attach", owner.id, str(paper), "--kind", "contract")
    before = state(vault.root)
    ran = shell.ok("merge", one.id, two.id, "--prefer", "A", "--json").data
    assert ran["references"] == [child.id]
    assert len(ran["files"]) == 1
    made = Vault.open(vault.root)
    assert made.get(child.id).raw["parent"] == one.id
    assert made.get(child.id).raw["notes"] == f"see {two.id}"
    kept = [item["file"] for item in made.get(one.id).raw["documents"]]
    assert [(vault.root / path).read_bytes() for path in kept] == [b"one", b"two"]
    assert not (vault.root / "attachments" / two.id).exists()
    assert shell.ok("check").code == 0
    shell.ok("undo")
    assert state(vault.root) == before


def test_comments_and_bytes_survive(vault: Vault, shell: Shell) -> None:
    one, two = vault.add("甲公司", notes="x"), vault.add("乙公司", website="https://b.cn")
    first, second = vault.root / one.path, vault.root / two.path
    first.write_text(first.read_text("utf-8") + "# mine\nodd_key:   kept   # so\n", "utf-8")
    second.write_text("# theirs\n" + second.read_text("utf-8"), "utf-8")
    git(vault.root, "commit", "-qam", "by hand")
    before = first.read_text("utf-8")
    shell.ok("merge", one.id, two.id, "--prefer", "A")
    after = first.read_text("utf-8")
    for line in before.splitlines():
        assert line in after.splitlines()
    assert f"# {two.id}: theirs" in after


def test_sealed_values_are_sealed_anew(team: Team) -> None:
    fields = ("--set", f"bank_account={ACCOUNT}", "--set", "contacts/0/name=张三")
    holder = team.by("wang-fang")
    one = holder.ok("add", "测试公司甲", "--json").data["id"]
    two = holder.ok("add", "测试公司乙", *fields, "--json").data["id"]
    ran = team.by(None)("merge", one, two, "--prefer", "A", "--json")
    assert ran.code == 3
    assert ran.error["code"] == "merge-keys"
    assert ran.error["classes"] == ["finance"]
    made = team.by("wang-fang").ok("merge", one, two, "--prefer", "A", "--json")
    assert ACCOUNT not in made.out + made.err
    assert (
        team.by("wang-fang").ok("show", two, "--reveal", "--json").data["bank_account"] == ACCOUNT
    )
    assert team.by("wang-fang").ok("check", one).code == 0
    # One sealed value in each, and not the same: a difference without a word of either.
    other = (
        team.by("wang-fang")
        .ok("add", "测试公司丙", "--set", "bank_account=6222020200112233452", "--json")
        .data["id"]
    )
    ran = team.by("wang-fang")("merge", one, other, "--prefer", "name=A", "--json")
    assert ran.code == 7
    assert ran.error["differences"] == [
        {"path": "bank_account", "a": None, "b": None, "sealed": True}
    ]
    assert "6222" not in ran.out + ran.err
    team.by("wang-fang").ok("merge", one, other, "--prefer", "A")
    assert (
        team.by("wang-fang").ok("show", one, "--reveal", "--json").data["bank_account"] == ACCOUNT
    )


def test_redo_and_trash(vault: Vault, shell: Shell) -> None:
    one, two = vault.add("甲公司"), vault.add("乙公司", tags=["x"])
    shell.ok("merge", one.id, two.id, "--prefer", "A")
    assert shell.ok("trash", "--json").data[0]["reason"] == f"{two.id} → {one.id}"
    merged = state(vault.root)
    shell.ok("undo")
    assert vault.get(two.id).id == two.id
    shell.ok("redo")
    assert state(vault.root) == merged


WORD = st.sampled_from(["a", "b", "张三"])
DAY = st.sampled_from(["2026-01-02", "2026-01-03"])
NUMBER = st.sampled_from(["+8613912345679", "13912345679", "+8613912345670"])


def listed(**fields: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=2)


VALID = st.fixed_dictionaries(
    {"name": WORD},
    optional={
        "notes": st.text("ab#: \n'\"é张", min_size=1, max_size=9).filter(str.strip),
        "tags": st.lists(WORD, min_size=1, max_size=3, unique=True),
        "contacts": listed(name=WORD, phones=listed(number=NUMBER), title=WORD),
        "purchases": listed(date=DAY, amount=st.just("1"), product=WORD),
        "interactions": listed(at=DAY, summary=WORD),
    },
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALID, VALID)
def test_undo_gives_both_files_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, Any], two: dict[str, Any]
) -> None:
    root = tmp_path_factory.mktemp("v") / "vault"
    vault = created(root, language="en")
    with vault.transaction("add") as work:
        work.add(one)
        work.add(two)
    assert work.result is not None
    before = state(root)
    first, second = map(vault.get, work.result.ids)
    merge(vault, first, second, lambda _: True)
    assert len(list(vault.records())) == 1
    undo(vault)
    assert state(root) == before
