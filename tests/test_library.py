"""The library on real git: identities, careful writes, what is derived, changes and paths."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from by_hand import git, write
from hypothesis import given, settings
from hypothesis import strategies as st
from ready_made import created

from textcrm import changes, paths, store
from textcrm.errors import Ambiguous, Conflict, Invalid, Misuse, NotFound
from textcrm.history import undo, worktree
from textcrm.insight.due import due
from textcrm.record import age_band, derive
from textcrm.records import editing, interactions, lifecycle
from textcrm.schema import Schema, default_schema_text
from textcrm.vault import Vault

SCHEMA = Schema.from_json(default_schema_text())
TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault")


# -- identities


def test_ids_count_up_and_are_never_reused(vault: Vault) -> None:
    first, second = editing.add(vault, "A").id, editing.add(vault, "B").id
    assert second == f"{first[:-3]}{int(first[-3:]) + 1:03d}"
    lifecycle.remove(vault, second, reason="x")
    assert editing.add(vault, "C").id[-3:] == f"{int(second[-3:]) + 1:03d}"


def test_an_id_known_to_a_remote_branch_is_not_taken(vault: Vault, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(vault.root), str(other)], check=True)
    theirs = editing.add(Vault.open(other), "Theirs").id
    git(vault, "remote", "add", "o", str(other))
    git(vault, "fetch", "-q", "o")
    assert editing.add(vault, "Mine").id > theirs


def _add_some(root: str, name: str) -> None:
    vault = Vault.open(root)
    for number in range(4):
        editing.add(vault, f"{name}{number}")


def test_two_processes_at_once_get_different_ids(vault: Vault) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_some, args=(str(vault.root), name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    records = list(vault.records())
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(records) == len({record.id for record in records}) == 12
    assert git(vault, "status", "--porcelain") == ""


def test_a_record_answers_to_id_former_id_name_and_alias(vault: Vault) -> None:
    write(
        vault,
        "customers/2026/01/C20260102001.yaml",
        "id: C20260102001\nname: 云帆 Ｌtd\naliases: [YF]\nformer_ids: [C20260101009]\n",
    )
    for word in ("C20260102001", "c20260102001", "C20260101009", "云帆 Ltd", "yf"):
        assert vault.get(word).id == "C20260102001"
    with pytest.raises(NotFound):
        vault.get("nobody")
    editing.add(vault, "YF")
    with pytest.raises(Ambiguous) as caught:
        vault.get("YF")
    assert len(caught.value.data["candidates"]) == 2


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("name: 'It''s  A'", "it's  a"),
        ('name: "\\u5f20\\u4e09"', "张三"),
        ("name: two\n  lines", "two lines"),
        ("name: ＡＢＣ１", "abc1"),
        ("name: A-B (C)", "a-b (c)"),
    ],
)
def test_a_name_is_found_however_it_is_written(vault: Vault, line: str, word: str) -> None:
    write(vault, "customers/2026/01/C20260102001.yaml", f"id: C20260102001\n{line}\n")
    assert vault.get(word).id == "C20260102001"


# -- careful writes

HAND = "\ufeff# 顶\r\nid: C20260101001   # 编号\r\nname: 'A'\r\nodd:   {x: [1,  2]}\r\n\r\nstatus: none\r\ntags:\r\n- a  # 甲\r\n"


def test_hand_formatting_survives_every_command(vault: Vault) -> None:
    path = "customers/2026/01/C20260101001.yaml"
    git(vault, "rm", "-q", ".gitattributes")
    git(vault, "commit", "-qm", "no attributes")
    write(vault, path, HAND)
    editing.change(
        vault, "C20260101001", [("status", "active"), ("first_cooperation", "2026-01-05")]
    )
    editing.tag(vault, "C20260101001", ["b"], [])
    interactions.log(vault, "C20260101001", "called")
    text = (vault.root / path).read_bytes().decode()
    assert text.startswith(
        "\ufeff# 顶\r\nid: C20260101001   # 编号\r\nname: 'A'\r\nodd:   {x: [1,  2]}\r\n\r\nstatus: active\r\n"
    )
    assert "- a  # 甲\r\n- b\r\n" in text
    assert text.count("\n") == text.count("\r\n")
    for _ in range(3):
        undo.undo(vault)
    assert (vault.root / path).read_bytes().decode() == HAND


def test_uncommitted_edits_are_refused_and_kept(vault: Vault) -> None:
    record = vault.get(editing.add(vault, "A").id)
    file = vault.root / record.path
    file.write_text(record.text + "# mine\n", encoding="utf-8")
    with pytest.raises(Conflict) as caught:
        editing.change(vault, record.id, [("intent", "high")])
    assert "textcrm save" in str(caught.value.say_hint())
    assert file.read_text(encoding="utf-8").endswith("# mine\n")
    new = "customers/2026/01/C20260101001.yaml"
    write(vault, new, "id: C20260101001\nname: New\n", commit=False)
    with pytest.raises(Conflict):
        editing.change(vault, "New", [("intent", "high")])
    worktree.save(vault)
    editing.change(vault, "New", [("intent", "high")])


def test_an_invalid_result_writes_nothing_and_says_where(vault: Vault) -> None:
    record_id = editing.add(vault, "A").id
    before = git(vault, "rev-parse", "HEAD")
    change = vault.transaction("set")
    change.set(record_id, {"type": "nonsense"})
    change.add({"name": "never"})
    with pytest.raises(Invalid) as caught:
        change.__exit__(None, None, None)
    problem = caught.value.data["problems"][0]
    assert (problem.finding.code, problem.line > 1) == ("enum", True)
    assert git(vault, "rev-parse", "HEAD") == before
    assert git(vault, "status", "--porcelain") == ""


def test_an_old_fault_elsewhere_does_not_stop_work(vault: Vault) -> None:
    write(
        vault, "customers/2026/01/C20260101001.yaml", "id: C20260101001\nname: A\ntype: nonsense\n"
    )
    interactions.log(vault, "C20260101001", "called")
    assert vault.get("C20260101001").raw["type"] == "nonsense"
    with pytest.raises(Invalid):
        editing.change(vault, "C20260101001", [("status", "odd")])


def test_sizes_said_one_after_the_other_stand_side_by_side(vault: Vault) -> None:
    record_id = editing.add(vault, "A", [("客户规模", "50-100人")]).id
    editing.change(vault, record_id, [("客户规模", "年营收5000万+")])
    size = vault.get(record_id).data["size"]
    assert size["employees"] == {"min": 50, "max": 100, "text": "50-100人"}
    assert (size["annual_revenue"]["min"], size["annual_revenue"]["text"]) == (
        Decimal(50_000_000),
        "年营收5000万+",
    )


# -- due and derived


def test_due_leaves_out_whom_nobody_may_call(vault: Vault) -> None:
    old = "id: C20250101001\nname: A\ntype: prospect\n"
    write(vault, "customers/2025/01/C20250101001.yaml", old)
    write(
        vault,
        "customers/2025/01/C20250102001.yaml",
        old.replace("0101001", "0102001") + "do_not_contact: true\n",
    )
    write(
        vault,
        "customers/2025/01/C20250103001.yaml",
        old.replace("0101001", "0103001") + "archived: {on: 2025-02-01}\n",
    )
    vault = Vault.open(vault.root, today=TODAY)
    found = due(vault, vault.records())
    assert [(one.id, one.kind) for one in found] == [("C20250101001", "lost")]
    assert "never contacted" in found[0].say("en")


def test_derived_money_never_mixes_currencies() -> None:
    typed = SCHEMA.typed(
        {
            "purchases": [
                {"date": "2026-01-01", "amount": "100.10"},
                {"amount": "7", "currency": "USD"},
                {"amount": {"sealed": ["f"], "age": "x"}},
            ],
            "payments": [{"amount": "40", "date": "2026-02-01"}],
        }
    )
    found = derive(typed, TODAY, "C20260101001")
    assert found["total_spent"] == Decimal("100.10")
    assert found["receivable"] == Decimal("60.10")
    assert found["other_currencies"] == {
        "USD": {"total_spent": Decimal(7), "receivable": Decimal(7)}
    }
    assert found["last_cooperation"] == dt.date(2026, 2, 1)
    assert found["days_silent"] == (TODAY - dt.date(2026, 1, 1)).days


def test_age_bands() -> None:
    assert age_band(dt.date(1990, 11, 25), TODAY) == "35-44"
    assert age_band(dt.date(1950, 1, 1), TODAY) == "65+"
    assert age_band(dt.date(2030, 1, 1), TODAY) is None


# -- changes and paths


def test_two_equal_items_stay_two() -> None:
    before = {"purchases": [{"amount": "1"}, {"amount": "1"}]}
    after = {"purchases": [{"amount": "1"}]}
    assert [change.kind for change in changes.compare(before, after, SCHEMA)] == ["removed"]
    assert changes.compare(before, {"purchases": [{"amount": "1"}] * 3}, SCHEMA)[0].kind == "added"


def test_items_are_followed_by_id_and_by_key() -> None:
    before = {"contacts": [{"id": "aa", "name": "Li"}, {"name": "Wu", "title": "x"}]}
    after = {"contacts": [{"name": "Wu", "title": "y"}, {"id": "aa", "name": "Lu"}]}
    found = {
        change.path: (change.before, change.after)
        for change in changes.compare(before, after, SCHEMA)
    }
    assert found == {
        ("contacts", 0, "title"): ("x", "y"),
        ("contacts", "aa", "name"): ("Li", "Lu"),
    }


VALUES = st.recursive(
    st.text(max_size=4),
    lambda inner: st.lists(
        st.dictionaries(st.sampled_from(["id", "name", "at"]), inner, max_size=3), max_size=3
    ),
    max_leaves=8,
)
RECORDS = st.dictionaries(
    st.sampled_from(["name", "tags", "contacts", "interactions", "x"]), VALUES, max_size=4
)


@settings(deadline=None)
@given(RECORDS, RECORDS)
def test_compare_is_empty_only_for_equals(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert changes.compare(one, one, SCHEMA) == ()
    forth, back = changes.compare(one, two, SCHEMA), changes.compare(two, one, SCHEMA)
    assert bool(forth) == bool(back)
    flat = {name: value for name, value in one.items() if isinstance(value, str)}
    for name in flat.keys() - two.keys():
        assert any(change.path == (name,) for change in forth) or not flat[name]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("状态", ("status",)),
        ("contacts.0.title", ("contacts", 0, "title")),
        ("联系人/k3f9/职务", ("contacts", 1, "title")),
        ("contacts/+/name", ("contacts", 2, "name")),
        ("contacts/name", ("contacts", 0, "name")),
        ("custom/养殖面积", ("custom", "养殖面积")),
        ("odd", ("odd",)),
    ],
)
def test_paths_as_people_type_them(text: str, path: tuple[Any, ...]) -> None:
    raw = {"contacts": [{"id": "a"}, {"id": "k3f9"}], "odd": "1"}
    assert paths.find(text, raw, SCHEMA).path == path


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_path_leads_somewhere_or_is_refused(text: str) -> None:
    try:
        paths.find(text, {"contacts": [{"id": "a"}]}, SCHEMA)
    except (Misuse, NotFound) as error:
        assert error.say("zh")


def test_where_files_belong() -> None:
    assert store.path_of("C20240501001") == "customers/2024/05/C20240501001.yaml"
    assert store.is_record_path("customers/2024/05/C1.yaml")
    assert not store.is_record_path("customers/2024/05/.~C1.yaml")
