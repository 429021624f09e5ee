"""fix: what is safe is mended, shown first, in one commit; everything else keeps its bytes."""

from __future__ import annotations

import datetime as dt
import difflib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from cli_running import Shell
from hypothesis import given, settings
from hypothesis import strategies as st
from ready_made import created
from sealing_vault import git, record, sealed

from textcrm import store, yamlfile
from textcrm.cli.context import Context
from textcrm.quality.tidying import Moment, tidy
from textcrm.schema import Schema, default_schema_text

SCHEMA = Schema.from_json(default_schema_text())
NOW = dt.datetime(2026, 5, 20, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
MOMENT = Moment(NOW, "CNY")
HEAD = "id: C20260101001\nuid: 01KDW0ZB00AAAAAAAAAAAAA001\n"


def tidied(text: str, moment: Moment = MOMENT) -> str:
    made = store.parse("customers/2026/01/C20260101001.yaml", text.encode(), SCHEMA)
    return tidy(made, moment).text


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("name: ＡＢＣ　科技  公司 # x", "name: ABC 科技 公司 # x"),
        ("name: 雲帆（香港）", "name: 雲帆（香港）"),
        ("status: 合作中", "status: active"),
        ('status: "合作中"', 'status: "active"'),
        ("industry: 软件", "industry: I65"),
        ("industry: 做点小买卖的", "industry: 做点小买卖的"),
        ("first_cooperation: 2024年5月1日", "first_cooperation: '2024-05-01'"),
        ("first_cooperation: '2024/5/1'", "first_cooperation: '2024-05-01'"),
        ("first_cooperation: 去年5月1日", "first_cooperation: 去年5月1日"),
        ("first_cooperation: 5月1日", "first_cooperation: 5月1日"),
        ("first_cooperation: 昨天", "first_cooperation: 昨天"),
        ("verified: 2026-05-01", "verified: '2026-05-01'"),
        ("registration_number: 91110000ｍa01abcd12", "registration_number: 91110000ｍa01abcd12"),
        ("do_not_contact: 是", "do_not_contact: true"),
        ("credit: {days: '30', limit: 5万}", "credit: {days: 30, limit: 50000}"),
        ("credit: {days: '030'}", "credit: {days: 30}"),
        ("tags: [a、b, a]", "tags: [a, b]"),
        ("tags:\n- 高意向、VIP # 重点\n- x", None),
        ("tags: [技术型]", "tags: [技术型]"),
        ("tags: 高意向、技术型，VIP; a # x", "tags: # x\n  - 高意向\n  - 技术型\n  - VIP\n  - a"),
        ("tags: '高意向'\nnotes: a、b", "tags:\n  - 高意向\nnotes: a、b"),
        ("aliases: 云海；Acme, Inc.", "aliases:\n  - 云海\n  - Acme, Inc."),
        ("preferences: {colours: 红、 蓝}", "preferences: {colours: [红, 蓝]}"),
        ("products: 上次来谈了价格。以后再说", "products: 上次来谈了价格。以后再说"),
        ("documents: [{id: a, sealed_for: x}]", "documents: [{id: a, sealed_for: x}]"),
        ("former_ids: C20260101009", "former_ids: C20260101009"),
        ("notes: no", "notes: 'no'"),
        ("notes: 2026-10-20 起停机", "notes: 2026-10-20 起停机"),
        ("notes: ＡＢＣ  不动", "notes: ＡＢＣ  不动"),
        ("owner: 王芳 ", "owner: 王芳 "),
        ("custom: {code: 007}", "custom: {code: 007}"),
        ("x-own: no", "x-own: no"),
        ("former_ids: [c20260101009]", "former_ids: [c20260101009]"),
    ],
)
def test_what_is_safe_and_nothing_else(typed: str, mended: str | None) -> None:
    head = HEAD if typed.startswith("name") else HEAD + "name: A\n"
    result = tidied(head + typed + "\n")
    if mended is None:
        assert yamlfile.read_mapping(result)["tags"] == ["x", "高意向", "VIP"]
    else:
        assert result == head + mended + "\n"
    assert tidied(result) == result


PHONES = """name: A
contacts:
- id: ccccc
  phones:
  - {id: aaaaa, number: 138 0013 9000}   # 手机
  - {id: bbbbb, number: '010-88886666转8012'}
  - {id: ddddd, number: 138****9000}
  - {id: eeeee, number: 12345}
"""


def test_phones_and_their_comments() -> None:
    text = tidied(HEAD + PHONES)
    numbers = [one["number"] for one in yamlfile.read_mapping(text)["contacts"][0]["phones"]]
    assert numbers == ["+8613800139000", "+861088886666;ext=8012", "138****9000", "12345"]
    assert "# 手机" in text
    assert all(
        isinstance(one["number"], str) for one in yaml.safe_load(text)["contacts"][0]["phones"]
    )


def test_other_readers_read_what_we_read() -> None:
    text = tidied(
        HEAD + "name: 007\nnotes: 12:30\nneeds: 1e5\nsalutation: ~x\nverified: 2026-05-01\n"
        "products: [no, 0x1F, 1_000, on]\n"
    )
    theirs = yaml.safe_load(text)
    assert theirs == yamlfile.read_mapping(text)


def test_a_time_is_read_in_the_vaults_zone_and_a_right_one_is_left() -> None:
    items = "name: A\ninteractions:\n- {id: a, at: %s}\n- {id: b, at: '2026-06-20T10:30'}\n"
    text = tidied(HEAD + items % "2026/6/20 10:30")
    assert [one["at"] for one in yamlfile.read_mapping(text)["interactions"]] == [
        "2026-06-20T10:30+08:00",
        "2026-06-20T10:30",
    ]


def test_sealed_fields_are_never_touched() -> None:
    node = sealed("finance@1")
    text = (
        HEAD
        + "name: A\nbank_account: 6222 0212 3456 7890 128\n"
        + f"contracts:\n- id: x\n  amount:{node.replace(chr(10), chr(10) + '  ')}\n"
    )
    result = tidied(text)
    assert result == text


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["notes", "needs", "website", "verified", "source", "salutation", "industry"]
            ),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
        ),
        max_size=5,
        unique_by=lambda pair: pair[0],
    )
)
def test_whatever_is_typed_fixing_twice_is_fixing_once(pairs: list[tuple[str, str]]) -> None:
    tree = {"id": "C20260101001", "uid": "01KDW0ZB00AAAAAAAAAAAAA001", "name": "A", **dict(pairs)}
    text = yamlfile.dump(tree)
    once = tidied(text)
    assert tidied(once) == once
    kept = {name: value for name, value in pairs if name in ("notes", "needs")}
    assert yamlfile.read_mapping(once).items() >= kept.items()


# -- the command

MESSY = """# 手工录入
id: C20260101001
name: 云帆 # 名称
status: 合作中
first_cooperation: 2024年5月1日

contacts:
  - name: 张三
    phones: [{number: 138 0013 9000}]
odd:   kept
"""


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(created(tmp_path / "vault", language="zh").root, capfd)


def _file(shell: Shell) -> Path:
    file = shell.folder / "customers/2026/01/C20260101001.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MESSY, encoding="utf-8")
    return file


def _committed(shell: Shell) -> Path:
    file = _file(shell)
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "by hand")
    return file


def test_it_shows_first_and_writes_one_commit(shell: Shell) -> None:
    file = _committed(shell)
    before = git(shell.folder, "rev-parse", "HEAD")
    ran = shell("fix")
    assert ran.code == 2
    assert "合作状态 [选项用词]  合作中 → active" in ran.out
    assert "--yes" in ran.err
    assert shell("fix", "--dry-run").code == 0
    assert file.read_text(encoding="utf-8") == MESSY
    assert git(shell.folder, "rev-parse", "HEAD") == before
    ran = shell("fix", "--yes", "--json")
    assert ran.code == 0
    assert ran.data["commit"]
    assert {one["reason"] for one in ran.data["changes"]} == {"choice", "date", "phone", "ids"}
    assert git(shell.folder, "rev-parse", "HEAD~1") == before
    message = git(shell.folder, "log", "-1", "--format=%B")
    assert "Textcrm-Op: fix" in message
    assert "Textcrm-Id: C20260101001" in message
    assert "13800139000" not in message
    text = file.read_text(encoding="utf-8")
    gone = [
        line
        for line in difflib.ndiff(MESSY.splitlines(), text.splitlines())
        if line.startswith("- ")
    ]
    assert gone == [
        "- status: 合作中",
        "- first_cooperation: 2024年5月1日",
        "-   - name: 张三",
        "-     phones: [{number: 138 0013 9000}]",
    ]
    again = shell("fix", "--yes")
    assert (again.code, "没有可修正" in again.out) == (0, True)
    assert shell("undo", "--yes").code in (0, 2)


def test_hand_edits_are_refused_or_mended_in_place(shell: Shell) -> None:
    file = _file(shell)
    ran = shell("fix", "--yes")
    assert ran.code == 7
    assert "--no-commit" in ran.err
    assert file.read_text(encoding="utf-8") == MESSY
    head = git(shell.folder, "rev-parse", "HEAD")
    ran = shell("fix", "--no-commit", "--yes", "--json")
    assert (ran.code, ran.data["commit"], len(ran.data["written"])) == (0, None, 1)
    assert git(shell.folder, "rev-parse", "HEAD") == head
    assert "status: active" in file.read_text(encoding="utf-8")
    assert shell("save").code == 0


def test_queries_paths_and_nobody(shell: Shell) -> None:
    _committed(shell)
    record(shell.folder, 2, status="未合作")
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "by hand")

    def touched(*words: str) -> set[str]:
        return {
            one["id"] for one in shell.ok("fix", *words, "--dry-run", "--json").data["changes"]
        }

    assert touched() == {"C20260101001", "C20260101002"}
    assert touched("C20260101002") == {"C20260101002"}
    assert touched("云帆") == {"C20260101001"}
    assert touched("customers/2026") == {"C20260101001", "C20260101002"}
    assert touched("has:contacts") == {"C20260101001"}
    assert touched("has:contacts", "-tag:x") == {"C20260101001"}
    assert shell("fix", "has:products").code == 1
    assert shell("fix", "--ask", "has:products").code == 1
    assert shell("fix", "statsu:x").code == 2


def test_what_cannot_be_read_is_said_and_stops_nothing(shell: Shell) -> None:
    _committed(shell)
    broken = record(shell.folder, 2)
    broken.write_text("id: [\n", encoding="utf-8")
    ran = shell("fix", "--yes")
    assert ran.code == 0
    assert "C20260101002.yaml:" in ran.err
    assert "已修正 1 位客户" in ran.out
    assert broken.read_text(encoding="utf-8") == "id: [\n"


def test_a_terminal_is_asked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _committed(shell)
    answers = iter([False, True])
    monkeypatch.setattr(Context, "interactive", property(lambda _self: True))
    monkeypatch.setattr(click, "confirm", lambda *_args, **_options: next(answers))
    assert shell("fix").code == 1
    assert file.read_text(encoding="utf-8") == MESSY
    assert shell("fix").code == 0
    assert "status: active" in file.read_text(encoding="utf-8")


# -- fix --ask (B21)


def _typing(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> list[str]:
    asked: list[str] = []

    def prompt(question: str, **_options: Any) -> str:
        asked.append(question.strip())
        return next((typed for word, typed in answers.items() if word in question), "")

    monkeypatch.setattr(Context, "interactive", property(lambda _self: True))
    monkeypatch.setattr(click, "prompt", prompt)
    return asked


def test_ask_walks_the_missing_fields_of_a_query(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shell.ok("add", "云帆", "--set", "状态=未合作", "--json").data["id"]
    shell.ok("add", "知行", "--set", "状态=暂停", "--set", "产品=x")
    asked = _typing(monkeypatch, {"来源": "展会", "号码": "138 0013 9000", "城市": "."})
    ran = shell("fix", "--ask", "status:none")
    assert ran.code == 0
    assert "已补全 2 项" in ran.out
    assert any("客户来源（展会、转介绍" in question for question in asked)
    assert asked[-1].startswith("地址的城市")
    shown = shell.ok("show", one, "--json").data
    assert shown["source"] == "exhibition"
    assert shown["contacts"][0]["phones"][0]["number"] == "+8613800139000"
    assert git(shell.folder, "log", "-1", "--format=%s").startswith(f"{one}: fix")


def test_one_wrong_answer_loses_no_other(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    one = shell.ok("add", "云帆", "--json").data["id"]
    _typing(monkeypatch, {"来源": "月球", "核心需求": "降低成本"})
    ran = shell("fix", "--ask", one, "--field", "来源,核心需求")
    assert "月球" in ran.err
    assert "已补全 1 项" in ran.out
    assert shell.ok("show", one, "--json").data["needs"] == "降低成本"


def test_ask_off_a_terminal_lists_them(shell: Shell) -> None:
    one = shell.ok("add", "云帆", "--set", "来源=展会", "--json").data["id"]
    found = shell.ok("fix", "--ask", "--json").data
    paths = [each["path"] for each in found[0]["missing"]]
    assert found[0]["id"] == one
    assert "/source" not in paths
    assert {"/status", "/contacts/0/phones/0/number"} <= set(paths)
    assert "/first_cooperation" not in paths
    ran = shell("fix", "--ask", "--field", "状态")
    assert ran.code == 2
    assert "合作状态" in ran.out
    shell.ok("set", one, "状态=合作中")
    paths = [each["path"] for each in shell.ok("fix", "--ask", "--json").data[0]["missing"]]
    assert "/first_cooperation" in paths


def test_the_sample_vault_needs_no_fix() -> None:
    from textcrm.quality.fix import plan
    from textcrm.vault import Vault

    vault = Vault.open(
        Path(__file__).resolve().parent.parent / "sample-vault", today=dt.date(2026, 11, 24)
    )
    assert plan(vault).files == ()


def test_check_says_how_a_text_becomes_a_list() -> None:
    from textcrm.validation import Validator

    text = HEAD + "name: A\ntags: 高意向、技术型\nproducts: 谈了价格。以后再说\n"
    text += "aliases: 云海；Acme, Inc.\n"
    raw = yamlfile.read_mapping(text)
    names, other, one = sorted(Validator(SCHEMA).findings(raw), key=lambda found: found.path)
    assert one.say_hint("zh") == "请写成 [高意向, 技术型]，或由程序改好：textcrm fix"
    assert other.hint is None
    assert "as [云海, 'Acme, Inc.'], or" in str(names.say_hint("en"))
    made = store.parse("customers/2026/01/C20260101001.yaml", text.encode(), SCHEMA)
    mends = {mend.path[0]: mend.after for mend in tidy(made, MOMENT).mends}
    assert mends == {"tags": "[高意向, 技术型]", "aliases": "[云海, 'Acme, Inc.']"}
