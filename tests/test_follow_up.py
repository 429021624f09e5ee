"""Following up from the command line: due in its forms, log, verify, pool, handing over, states."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from cli_running import Shell
from ready_made import created
from team_vault import Team, git, opened, team_at

from textcrm import ciphertext
from textcrm.cli.context import Context
from textcrm.errors import Misuse
from textcrm.records import confirming, handover
from textcrm.records.becoming import wanted
from textcrm.rules.sealing import sealed_places
from textcrm.vault import Vault

ONE = "C20240318001"  # of li-qiang, with sealed instalments and a bank account


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault with nobody in it yet."""
    return Shell(created(tmp_path / "vault").root, capsys)


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody on a terminal types; empty takes what is offered."""
    given: list[str] = []

    def ask(_self: Context, question: object, *, option: str, default: str | None = None) -> str:
        return given.pop(0) or (default or "")

    monkeypatch.setattr(Context, "interactive", property(lambda _self: True))
    monkeypatch.setattr(Context, "ask", ask)
    monkeypatch.setattr(Context, "confirm", lambda _self, _question, default: default)
    return given


def add(shell: Shell, *words: str) -> str:
    return str(shell.ok("add", *words, "--json").data["id"])


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "Due: 3天后 → 2026-05-04 (Mon)"), ("zh", "3天后 → 2026-05-04（周一）")],
)
def test_the_day_that_was_understood_is_shown(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, lang: str, shown: str
) -> None:
    monkeypatch.setattr(Vault, "today", dt.date(2026, 5, 1))
    own = add(shell, "云帆")
    told = shell.ok("--lang", lang, "log", own, "来电", "--next", "报价", "--due", "3天后").out
    assert shown in told
    assert (
        "→"
        not in shell.ok(
            "--lang", lang, "log", own, "来电", "--due", "2026-05-09", "--next", "x"
        ).out
    )


def tree(shell: Shell, own: str) -> dict[str, object]:
    file = next(shell.folder.glob(f"customers/*/*/{own}.yaml"))
    found: dict[str, object] = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
    return found


# -- due


def test_due_says_what_when_why_and_how(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "interactions/0/next/what=寄合同", "--set",
              "interactions/0/at=2020-01-01", "--set", "interactions/0/next/due=2020-01-04")  # fmt: skip
    (one,) = [each for each in shell.ok("due", "--json").data if each["kind"] == "next"]
    assert one.keys() >= {"id", "name", "kind", "due", "days", "reason", "owner"}
    assert (one["id"], one["due"], one["remind_on"]) == (own, "2020-01-04", "2020-01-06")
    assert one["days"] == (dt.date(2020, 1, 4) - Vault.open(shell.folder).today).days
    assert one["owner"] is None
    assert one["reason"] == "寄合同"
    assert one["command"].startswith(f"textcrm log {own}")
    assert shell.ok("due", "--count", "--kind", "下一步").out == "1\n"
    text = shell.ok("due", "--lang", "zh").out
    assert "逾期与今天（1）" in text
    assert "下一步：寄合同" in text
    assert f"textcrm log {own} '…' --done" in text
    assert shell("due", "--kind", "payment").code == 1


def test_due_of_a_kind_that_is_none(shell: Shell) -> None:
    ran = shell("due", "--kind", "nonsense", "--json")
    assert (ran.code, ran.error["code"]) == (2, "unknown-kind")
    assert shell("due", "--owner", "nobody-here").code == 2


def test_the_calendar_has_the_same_names_again(shell: Shell, tmp_path: Path) -> None:
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    file = tmp_path / "due.ics"
    assert shell.ok("due", "--ics", str(file), "--json").data == {"file": str(file), "entries": 1}
    uid = [line for line in file.read_text("utf-8").splitlines() if line.startswith("UID")]
    shell.ok("set", own, "interactions/0/next/due=2020-02-04")
    assert shell("due", "--ics", str(file)).code == 2  # it is there already
    shell.ok("due", "--ics", str(file), "--force")
    assert uid[0] in file.read_text("utf-8")
    assert uid[0] in shell.ok("due", "--ics", "-").out


def test_each_instalment_is_an_entry_of_its_own(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "contracts/0/number=HT-1")
    for day in ("2020-01-02", "2020-02-03"):
        shell.ok("append", own, "contracts/0/instalments", f"due={day}")
    text = shell.ok("due", "--kind", "instalment", "--ics", "-").out
    uids = [line for line in text.splitlines() if line.startswith("UID")]
    assert len(set(uids)) == 2


def test_an_older_schema_is_asked_for_what_it_has(shell: Shell, answers: list[str]) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    file = shell.folder / "schema/customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    for name in ("stage_since", "first_cooperation"):
        del schema["properties"][name]
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    answers += ["", "云主机"]
    shell.ok("set", own, "阶段=成交")
    assert tree(shell, own)["products"] == ["云主机"]
    assert answers == []


def test_the_digest_is_a_mail_and_the_schedule_sends_it(shell: Shell) -> None:
    assert "没有待办事项" in shell.ok("due", "--digest", "--lang", "zh").out
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    text = shell.ok("due", "--digest", "--lang", "zh").out
    assert "【逾期与今天】1 项" in text
    assert f"甲公司 {own}" in text
    assert "\x1b" not in text
    lines = shell.ok("due", "--schedule", "--owner", "none", "--json").data
    assert "due --digest" in lines["cron"]
    assert "--owner none" in lines["cron"]
    assert any(line.startswith("OnCalendar") for line in lines["systemd"])


def test_many_lines_are_told_by_the_first_of_a_kind(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    shell = team.by(None)
    for number in range(15):
        file = team.root / f"customers/2020/01/C202001010{number + 10}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"id: {file.stem}\nname: 甲{number}\nstatus: active\n"
        file.write_text(text, encoding="utf-8")
    text = shell.ok("due", "--lang", "zh").out
    assert "textcrm due --kind survey" in text
    assert text.count("没有做过满意度调查") == 10
    assert shell.ok("due", "--lang", "zh", "--all").out.count("没有做过满意度调查") > 20


# -- log


def test_log_done_settles_what_was_due(shell: Shell) -> None:
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    shell.ok("log", own, "电话", "--next", "回访", "--due", "2999-01-04")
    shell.ok("log", own, "已寄出", "--done")
    steps = [one.get("next", {}).get("done") for one in tree(shell, own)["interactions"]]  # type: ignore[attr-defined]
    assert steps == ["true", None, None]
    assert git(shell.folder, "log", "-1", "--format=%s").startswith(own)
    shell.ok("log", own, "--done")  # the step says what was done
    last = tree(shell, own)["interactions"]
    assert last[-1]["summary"] == "回访"  # type: ignore[index]
    assert last[1]["next"]["done"] == "true"  # type: ignore[index]


def test_on_a_terminal_log_asks_for_the_next_step(shell: Shell, answers: list[str]) -> None:
    """F10, N6."""
    own = str(shell.ok("add", "甲公司", "--json").data["id"])
    answers += ["发报价", "3天后"]
    shell.ok("log", own, "电话")
    one = tree(shell, own)["interactions"][0]  # type: ignore[index]
    assert one["next"]["what"] == "发报价"
    day = Vault.open(shell.folder).today + dt.timedelta(days=3)
    assert one["next"]["due"] == day.isoformat()
    answers += [""]
    shell.ok("log", own, "已发")  # the open step is offered as done, and is
    assert tree(shell, own)["interactions"][0]["next"]["done"] == "true"  # type: ignore[index]


# -- states (B15, F3)


def test_becoming_a_customer_asks_for_status_date_and_product(
    shell: Shell, answers: list[str]
) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户", "--set", "状态=未合作")
    answers += ["", "2026-05-01", "云主机"]
    shell.ok("set", own, "类型=新客户")
    found = tree(shell, own)
    assert found["status"] == "active"
    assert found["first_cooperation"] == "2026-05-01"
    assert found["products"] == ["云主机"]
    assert git(shell.folder, "rev-list", "--count", "HEAD").strip() == "3"  # all in one commit


def test_off_a_terminal_it_warns_and_goes_on(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    ran = shell.ok("set", own, "阶段=成交", "--lang", "zh")
    assert "合作状态" in ran.err
    assert tree(shell, own)["stage"] == "won"


def test_who_pays_from_the_start_is_asked_alike(shell: Shell, answers: list[str]) -> None:
    answers += ["", "2026-05-01", "云主机"]
    own = add(shell, "甲公司", "--set", "类型=老客户")
    found = tree(shell, own)
    assert found["status"] == "active"
    assert (found["first_cooperation"], found["products"]) == ("2026-05-01", ["云主机"])
    assert not answers
    add(shell, "乙公司", "--set", "类型=潜在客户")  # asks nothing


def test_an_edit_that_changes_the_state_is_asked_alike(
    shell: Shell, answers: list[str], tmp_path: Path
) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^type: .*/type: existing  # since May/' \"$1\"\n")
    editor.chmod(0o755)
    answers += ["", "2026-05-01", "-"]
    shell.ok("edit", own, "--editor", str(editor))
    found = tree(shell, own)
    assert (found["status"], found["first_cooperation"]) == ("active", "2026-05-01")
    assert "products" not in found
    assert not answers
    file = next(shell.folder.glob("customers/*/*/*.yaml"))
    assert "type: existing  # since May" in file.read_text(encoding="utf-8")
    assert git(shell.folder, "rev-list", "--count", "HEAD").strip() == "3"


def test_off_a_terminal_add_edit_and_many_say_it(shell: Shell, tmp_path: Path) -> None:
    ran = shell.ok("--lang", "en", "add", "甲公司", "--set", "type=existing")
    assert "also say: Status of cooperation" in ran.err
    assert "textcrm set C" in ran.err
    typed = tmp_path / "typed.yaml"
    typed.write_text("客户名称: 乙公司\n客户类型: 老客户\n", encoding="utf-8")
    assert "also say" in shell.ok("--lang", "en", "add", "--from", str(typed)).err
    own = add(shell, "丙公司", "--set", "type=prospect")
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^type: .*/type: existing/' \"$1\"\n")
    editor.chmod(0o755)
    ran = shell.ok("--lang", "en", "edit", own, "--editor", str(editor))
    assert f"the state of {own} changed; also say" in ran.err
    for name in ("丁公司", "戊公司"):
        add(shell, name, "--set", "type=prospect")
    ran = shell.ok("--lang", "en", "set", "--query", "type:prospect", "type=existing", "--yes")
    assert ran.err.count("the state of 2 customers changes") == 1
    assert "Date of first cooperation" in ran.err
    ran = shell.ok("--lang", "en", "set", "--query", "type:existing", "source=other", "--yes")
    assert "the state of" not in ran.err


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"type": "prospect"}, {"type": "new"}, ["status", "first_cooperation", "products"]),
        ({}, {"status": "active", "products": ["x"]}, ["first_cooperation"]),
        ({"stage": "lead"}, {"stage": "lost"}, ["stage_since"]),
        ({"stage": "lead"}, {"stage": "lost", "stage_since": "2026-01-01"}, []),
        ({"stage": "won"}, {"stage": "won"}, []),
        ({"status": "active"}, {"status": "paused"}, []),
        ({"type": "new"}, {"type": "existing"}, []),
    ],
)
def test_what_a_new_state_wants(
    before: dict[str, object], after: dict[str, object], names: list[str]
) -> None:
    assert [one.name for one in wanted(before, after)] == names


# -- verify (F5, F13)


def reached(shell: Shell) -> str:
    return add(
        shell, "甲公司", "--set", "contacts/0/name=王明", "--set",
        "contacts/0/phones/0/number=19900000014", "--set",
        "contacts/0/phones/1/number=19900000015", "--set",
        "contacts/0/emails/0/address=wang@example.com",
    )  # fmt: skip


def test_verify_notes_the_day_and_the_methods(shell: Shell) -> None:
    own = reached(shell)
    shell.ok("verify", own, "--method", "0014", "--dead", "wang@example.com")
    found = tree(shell, own)
    assert found["verified"] == Vault.open(shell.folder).today.isoformat()
    contact = found["contacts"][0]  # type: ignore[index]
    assert [one.get("verification") for one in contact["phones"]] == ["ok", None]
    assert contact["emails"][0]["verification"] == "dead"
    shell.ok("verify", own, "--on", "2026-05-01", "--method", "电话")
    found = tree(shell, own)
    assert found["verified"] == "2026-05-01"
    assert [one["verification"] for one in found["contacts"][0]["phones"]] == ["ok", "ok"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("word", "code"), [("0000", "no-such-method"), ("19900", "no-such-method")]
)
def test_a_method_that_nobody_has(shell: Shell, word: str, code: str) -> None:
    own = reached(shell)
    ran = shell("verify", own, "--method", word, "--json")
    assert (ran.code, ran.error["code"]) == (2, code)
    assert "19900000014" not in ran.err
    assert "verified" not in tree(shell, own)


def test_the_draft_is_masked_and_writes_nothing(team: Team, tmp_path: Path) -> None:
    shell = team.by(None)
    head = git(team.root, "rev-parse", "HEAD")
    text = shell.ok("verify", ONE, "--draft", "--lang", "zh").out
    record = Vault.open(team.root).get(ONE)
    for contact in record.raw["contacts"]:
        for one in contact.get("phones", []):
            assert one["number"] not in text
    assert "****" in text
    assert record.name in text
    assert git(team.root, "rev-parse", "HEAD") == head
    own = tmp_path / "own.txt"
    own.write_text("Dear {contact} of {name}: {day}\n", encoding="utf-8")
    short = shell.ok("verify", ONE, "--template", str(own)).out
    assert short.startswith("Dear ")
    assert record.name in short
    (team.root / "templates").mkdir()
    (team.root / "templates/confirmation.zh.txt").write_text("您好，{contact}", encoding="utf-8")
    assert shell.ok("verify", ONE, "--draft", "--lang", "zh").out.startswith("您好，")
    for wrong in ("{phone}", "{name", "{0}"):
        with pytest.raises(Misuse):
            confirming.draft(Vault.open(team.root), record, "zh", wrong)
    assert shell("verify", ONE, "--template", str(tmp_path / "no.txt")).code == 9


# -- pool


def test_the_pool_is_taken_from_and_given_to(team: Team) -> None:
    git(team.root, "config", "user.name", "王芳")
    git(team.root, "config", "user.email", "wangfang@example.com")
    shell = team.by("wang-fang")
    listed = shell.ok("pool", "--json").data
    assert listed
    vault = Vault.open(team.root)
    assert {one["id"] for one in listed} == {
        record.id
        for record in vault.records()
        if not record.raw.get("owner") and not record.archived
    }
    own = listed[0]["id"]
    assert "pool take" in shell.ok("pool").out
    shell.ok("pool", "take", own)
    assert tree(shell, own)["owner"] == "wang-fang"
    assert "nothing to change" in shell.ok("pool", "take", own, "--lang", "en").out
    ran = shell("pool", "take", ONE, "--json")
    assert (ran.code, ran.error["code"]) == (7, "taken")
    shell.ok("pool", "release", own, "--reason", "长期未成交")
    assert "owner" not in tree(shell, own)
    assert "长期未成交" in git(team.root, "log", "-1", "--format=%B")
    assert shell("pool", "drop", own).code == 2


# -- handing over (F16, issue 8)


def labels(vault: Vault, own: str) -> list[tuple[str, ...]]:
    record = vault.get(own)
    return [
        tuple(ciphertext.read(node).labels)
        for _, _, node in sealed_places(record.raw, vault.schema)
        if ciphertext.is_sealed(node)
    ]


def test_all_of_a_leaver_passes_on_in_one_commit(team: Team) -> None:
    settings = team.root / "textcrm.yaml"
    text = settings.read_text("utf-8").replace(
        "  公海: no:owner", "  李强的: owner:li-qiang type:prospect\n  公海: no:owner"
    )
    settings.write_text(text, encoding="utf-8")
    other = next(
        record
        for record in Vault.open(team.root).records()
        if record.raw.get("owner") == "zhao-min"
    )
    file = team.root / other.path
    file.write_text(other.text + "collaborators: [li-qiang, wang-fang]\n", encoding="utf-8")
    git(team.root, "commit", "-qam", "x")
    vault = opened(team.root, "chen-chen", "wang-fang")
    owned = {record.id for record in vault.records() if record.raw.get("owner") == "li-qiang"}
    assert any("li-qiang" in one for each in labels(vault, ONE) for one in each)
    plan = handover.plan(vault, "李强", "王芳")
    assert len(plan.owned) == len(owned)
    assert plan.steps > 5
    named = [
        file
        for record in vault.records()
        if record.raw.get("owner") == "li-qiang"
        for file in record.raw.get("documents", [])
        if "li-qiang" in file.get("sealed_for", [])
    ]
    assert plan.attached == len(named)
    before = git(team.root, "rev-list", "--count", "HEAD")
    vault.confirm_grant = lambda *_: True
    handover.hand_over(vault, plan, reason="离职")
    assert int(git(team.root, "rev-list", "--count", "HEAD")) == int(before) + 1
    after = opened(team.root, "wang-fang")
    assert not [record for record in after.records() if record.raw.get("owner") == "li-qiang"]
    assert {
        record.id for record in after.records() if record.raw.get("owner") == "wang-fang"
    } >= owned
    assert after.get(other.id).raw["collaborators"] == ["wang-fang"]
    assert after.config.views["李强的"] == "owner:wang-fang type:prospect"
    assert "# 潜在客户多少天未跟进就提醒" in settings.read_text("utf-8")
    assert not any("li-qiang" in one for each in labels(after, ONE) for one in each)
    again = handover.plan(after, "li-qiang", "wang-fang")
    assert (again.owned, again.shared, again.views) == ((), (), ())


def test_without_the_key_nothing_is_handed_over(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD")
    assert team.by(None)("assign", "--all", "李强", "王芳", "--json").code == 3
    assert git(team.root, "rev-parse", "HEAD") == head
    data = team.by(None).ok("assign", "--all", "李强", "王芳", "--dry-run", "--json").data
    assert data["commit"] is None
    assert ONE in data["ids"]


def test_to_the_pool_and_mistakes(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "owner=someone-gone")
    for words in (("nobody", "none"), ("someone-gone", "nobody")):
        ran = shell("assign", "--all", *words, "--json")
        assert (ran.code, ran.error["code"]) == (2, "no-such-person")
    assert shell.ok("assign", "--all", "someone-gone", "none", "--json").data["ids"] == [own]
    assert "owner" not in tree(shell, own)


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("owner:li-qiang type:prospect", "owner:wang-fang type:prospect"),
        ("跟进人:李强 -tag:x", "跟进人:王芳 -tag:x"),
        ('owner:"李强" OR owner:zhao-min', 'owner:"王芳" OR owner:zhao-min'),
        ("owner:(li-qiang OR zhao-min) li-qiang", "owner:(wang-fang OR zhao-min) li-qiang"),
        ("name:李强", "name:李强"),
        ('owner:"open', 'owner:"open'),
    ],
)
def test_views_name_the_new_person(team: Team, query: str, other: str) -> None:
    vault = Vault.open(team.root)
    giver = handover.plan(vault, "li-qiang", "wang-fang").giver
    taker = vault.access.find("wang-fang")
    assert taker is not None
    assert handover.renamed(vault, query, giver, taker) == other


def test_whom_to_archive(shell: Shell) -> None:
    """O1."""
    assert shell("archive", "--suggest").code == 1
    file = shell.folder / "customers/2020/01/C20200101001.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("id: C20200101001\nname: 旧客户\n", encoding="utf-8")
    (one,) = shell.ok("archive", "--suggest", "--json").data
    assert (one["id"], one["last"]) == ("C20200101001", "2020-01-01")
    assert "旧客户" in shell.ok("archive", "--suggest").out
    assert json.loads(shell.ok("archive", "--suggest", "--json").out) == [one]
