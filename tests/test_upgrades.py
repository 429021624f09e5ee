"""Vaults of older and newer releases: read, checked, brought forward, never written by an older one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from ready_made import initialized
from team_vault import git

from textcrm import config
from textcrm.errors import TextcrmError
from textcrm.quality import forward
from textcrm.quality.schema_merge import field_of, merge
from textcrm.schema import Schema, default_schema_text, shipped
from textcrm.schema.rewriting import rewritten
from textcrm.vault import Vault
from textcrm.vault.vault import SCHEMA_FILE

VAULTS = Path(__file__).resolve().parent / "vaults"
RELEASED = sorted(VAULTS.glob("format-*"))
DEFAULT = default_schema_text()


def commit(folder: Path, message: str = "by hand") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", message)


def opened(source: Path, folder: Path) -> Path:
    root = folder / source.name
    shutil.copytree(source, root)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


@pytest.fixture
def old(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(opened(VAULTS / "format-1", tmp_path), capsys)


def test_there_is_a_vault_of_every_format_that_was_released() -> None:
    assert [path.name for path in RELEASED] == [
        f"format-{number}" for number in range(1, config.FORMAT + 1)
    ]


@pytest.mark.parametrize("source", RELEASED, ids=lambda path: path.name)
def test_a_vault_of_each_format_is_read_checked_and_brought_forward(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(opened(source, tmp_path), capsys)
    before = {
        one["id"]: shell.ok("show", one["id"], "--json").data
        for one in shell.ok("list", "--json").data
    }
    assert len(before) >= 2
    assert shell.ok("check", "--json").data["checked"] == len(before)
    own = json.loads((shell.folder / SCHEMA_FILE).read_text("utf-8"))
    files = {path: path.read_bytes() for path in (shell.folder / "customers").rglob("*.yaml")}
    seen = shell.ok("migrate", "--dry-run", "--json").data
    assert seen["commit"] is None
    assert seen["schema"]["changes"]
    assert git(shell.folder, "status", "--porcelain") == ""
    done = shell.ok("migrate", "--yes", "--json").data
    assert done["commit"]
    assert done["format"]["to"] == config.FORMAT
    assert done["schema"]["clashes"] == []
    assert git(shell.folder, "rev-list", "--count", "HEAD").strip() == "2"
    merged = json.loads((shell.folder / SCHEMA_FILE).read_text("utf-8"))
    assert merged["properties"]["district_manager"] == own["properties"]["district_manager"]
    assert merged["properties"]["member_number"] == own["properties"]["member_number"]
    assert (
        merged["properties"]["tags"]["title"]
        == own["properties"]["tags"]["title"]
        == "分组 · Groups"
    )
    assert "hobby" not in merged["properties"]
    today = json.loads(DEFAULT)["properties"]
    for name in today.keys() - {"tags", "website"}:
        assert merged["properties"][name] == today[name], name
    assert "website" not in merged["properties"]  # which this vault took out
    assert {path: path.read_bytes() for path in files} == files
    assert shell.ok("check", "--json").data["checked"] == len(before)
    for own_id, record in before.items():
        assert shell.ok("show", own_id, "--json").data == record
    assert shell.ok("migrate", "--yes", "--json").data["commit"] is None
    shell.ok("undo")
    assert git(shell.folder, "diff", "HEAD", "HEAD~2", "--stat") == ""


def test_today_s_schema_is_kept_among_the_shipped() -> None:
    name, document = shipped.current()
    assert name in shipped.known(), "keep it, for vaults made with it: python -m textcrm.schema"
    for each in shipped.known():
        found = shipped.read(each)
        assert found is not None
        assert shipped.identity(found) == each
    assert shipped.read(name) == document
    assert shipped.read("000000000000") is None


def test_a_new_vault_has_nothing_to_bring_forward(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, words in enumerate((["--template", "retail"], ["--seal-contact"])):
        shell = Shell(tmp_path / str(number), capsys)
        assert (
            shell("init", str(shell.folder), "--no-input", "--no-keys", *words, at=False).code == 0
        )
        text = (shell.folder / "textcrm.yaml").read_text("utf-8")
        assert f"schema_base: {shipped.current()[0]}" in text
        found = forward.plan(Vault.open(shell.folder))
        assert (found.origin.how, found.files, found.changes) == ("recorded", {}, ())


def test_the_base_is_found_in_history_and_by_likeness(tmp_path: Path, capsys: Any) -> None:
    shell = Shell(initialized(tmp_path / "v", "--no-keys"), capsys)
    settings = shell.folder / "textcrm.yaml"
    settings.write_text(
        "".join(
            line
            for line in settings.read_text("utf-8").splitlines(True)
            if "schema_base" not in line
        ),
        encoding="utf-8",
    )
    _change(shell, lambda document: document["properties"]["name"].update(title="客户"))
    commit(shell.folder)
    found = forward.plan(Vault.open(shell.folder))
    assert (found.origin.name, found.origin.how) == (shipped.current()[0], "history")
    assert found.changes == ()
    subprocess.run(
        ["git", "-C", str(shell.folder), "checkout", "-q", "--orphan", "new"], check=True
    )
    commit(shell.folder)
    found = forward.plan(Vault.open(shell.folder))
    assert (found.origin.name, found.origin.how) == (shipped.current()[0], "likeness")
    assert [name for name, _ in found.settings] == ["schema_base"]


def _change(shell: Shell, change: Any) -> None:
    path = shell.folder / SCHEMA_FILE
    text = path.read_text("utf-8")
    document = json.loads(text)
    change(document)
    path.write_text(rewritten(document, [text]), encoding="utf-8")


def test_what_both_changed_is_asked_and_nothing_is_written(old: Shell) -> None:
    _change(
        old,
        lambda d: d["properties"]["contacts"]["items"]["properties"]["id_number"].update(
            type="string"
        ),
    )
    commit(old.folder)
    head = git(old.folder, "rev-parse", "HEAD")
    refused = old("migrate", "--yes", "--json")
    assert refused.code == 7
    assert refused.error["code"] == "schema-clash"
    assert refused.error["places"] == ["contacts/id_number type"]
    assert git(old.folder, "rev-parse", "HEAD") == head
    assert "待定" in old.ok("--lang", "zh", "migrate", "--dry-run").out
    assert old("migrate", "--yes", "--prefer", "both").code == 2
    old.ok("migrate", "--yes", "--prefer", "default")
    assert _id_number(old)["type"] == "object"
    old.ok("undo")
    old.ok("migrate", "--yes", "--prefer", "vault")
    assert _id_number(old)["type"] == "string"


def _id_number(shell: Shell) -> dict[str, Any]:
    document = json.loads((shell.folder / SCHEMA_FILE).read_text("utf-8"))
    found: dict[str, Any] = document["properties"]["contacts"]["items"]["properties"]["id_number"]
    return found


def test_off_a_terminal_it_wants_yes_and_takes_no_file_back(old: Shell) -> None:
    assert old("migrate").code == 2
    assert git(old.folder, "status", "--porcelain") == ""
    old.ok("migrate", "--yes")
    git(old.folder, "rm", "-q", ".gitlab-ci.yml")
    git(old.folder, "commit", "-q", "--no-verify", "-m", "no GitLab here")
    assert old.ok("migrate", "--yes", "--json").data["files"] == []


def test_uncommitted_edits_of_the_schema_are_refused_and_kept(old: Shell) -> None:
    _change(old, lambda document: document["properties"]["name"].update(title="客户"))
    edited = (old.folder / SCHEMA_FILE).read_bytes()
    assert old("migrate", "--yes").code == 7
    assert (old.folder / SCHEMA_FILE).read_bytes() == edited


def test_a_newer_vault_is_read_and_never_written(old: Shell) -> None:
    settings = old.folder / "textcrm.yaml"
    text = settings.read_text("utf-8").replace("format: 1", "format: 9")
    settings.write_text(text + "\nsignatures: {of: tomorrow}\n", encoding="utf-8")
    commit(old.folder)
    head = git(old.folder, "rev-parse", "HEAD")
    first, *_ = old.ok("list", "--json").data
    assert old.ok("show", first["id"], "--json").data["id"] == first["id"]
    assert old.ok("search", "云海", "--json").data
    assert "格式版本 9" in old("--lang", "zh", "list").err
    assert old("check", "--json").data["checked"] == 2
    own = first["id"]
    for words in (
        ["set", own, "status=active"], ["add", "新客户"], ["log", own, "x"], ["rm", own, "--reason", "x"],
        ["tag", own, "+A"], ["undo"], ["migrate"], ["fix", "--yes"], ["save"], ["edit", own], ["seal"],
        ["archive", own], ["merge", own, own[:-1] + "2"], ["view", "save", "a", "x"],
    ):  # fmt: skip
        ran = old(*words, "--json")
        assert (ran.code, ran.error["code"]) == (5, "vault-too-new"), words
        assert "upgrade" in ran.error["hint"]
    assert old("doctor", "--fix").code == 1
    assert git(old.folder, "rev-parse", "HEAD") == head
    assert git(old.folder, "status", "--porcelain") == ""


def test_a_sync_takes_in_no_newer_vault(old: Shell, tmp_path: Path) -> None:
    there = tmp_path / "there.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(there))
    git(old.folder, "remote", "add", "origin", str(there))
    git(old.folder, "push", "-q", "-u", "origin", "main")
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(there), str(other))
    settings = other / "textcrm.yaml"
    settings.write_text(
        settings.read_text("utf-8").replace("format: 1", "format: 2"), encoding="utf-8"
    )
    commit(other)
    git(other, "push", "-q")
    head = git(old.folder, "rev-parse", "HEAD")
    ran = old("sync", "--json")
    assert (ran.code, ran.error["code"]) == (5, "vault-too-new")
    assert git(old.folder, "rev-parse", "HEAD") == head


# -- the merge of schemas

NAMES = st.sampled_from(["a", "b", "c"])
LEAVES = st.sampled_from(["x", "y", True]) | st.lists(st.sampled_from(["p", "q"]), unique=True)
DOCUMENTS = st.dictionaries(
    NAMES | st.just("properties"),
    LEAVES
    | st.dictionaries(NAMES, LEAVES | st.dictionaries(NAMES, LEAVES, max_size=2), max_size=2),
    max_size=3,
)


@given(DOCUMENTS, DOCUMENTS)
def test_what_one_side_left_alone_becomes_what_the_other_made(base: Any, other: Any) -> None:
    assert merge(base, base, other).document == other
    found = merge(base, other, base)
    assert (found.document, found.changes, found.clashes) == (other, (), ())
    found = merge(base, other, other)
    assert (found.document, found.changes, found.clashes) == (other, (), ())


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_no_clash_is_left_where_a_side_is_preferred(base: Any, vault: Any, default: Any) -> None:
    assert merge(base, vault, default, decide=lambda _: "vault").clashes == ()
    taken = merge(base, vault, default, decide=lambda _: "default")
    assert taken.clashes == ()
    again = merge(default, taken.document, default)
    assert (again.document, again.changes) == (taken.document, ())


def test_a_field_in_use_outlives_the_default() -> None:
    base = {"properties": {"fax": {"type": "string"}, "name": {"type": "string"}}}
    default = {"properties": {"name": {"type": "string"}}}
    assert merge(base, base, default, in_use=lambda field: field == "fax").document == base
    assert merge(base, base, default).document == default


def test_a_field_that_the_vault_seals_keeps_its_form() -> None:
    def one(**more: Any) -> dict[str, Any]:
        return {"properties": {"phone": more}}

    base = one(type="string", pattern="a", title="t")
    vault = one(
        type="object", title="t", **{"$ref": "#/$defs/sealed", "x-textcrm": {"seal": "contact"}}
    )
    default = one(type="string", pattern="b", title="new")
    found = merge(base, vault, default)
    assert found.document == one(
        type="object", title="new", **{"$ref": "#/$defs/sealed", "x-textcrm": {"seal": "contact"}}
    )
    assert found.clashes == ()


def test_places_are_said_as_fields() -> None:
    assert field_of(("properties", "a", "items", "properties", "b", "x-textcrm", "aliases")) == (
        "a/b",
        "x-textcrm/aliases",
    )
    assert field_of(("properties", "a")) == ("a", "")
    assert field_of(("$defs", "sealed", "type")) == ("", "$defs/sealed/type")
    assert field_of(("x-textcrm", "groups", "who")) == ("", "x-textcrm/groups/who")


def test_a_changed_schema_keeps_its_layout() -> None:
    document = json.loads(DEFAULT)
    assert rewritten(document, [DEFAULT]) == DEFAULT
    document["properties"]["name"]["title"] = "客户"
    changed = rewritten(document, [DEFAULT])
    assert json.loads(changed) == document
    assert len(set(changed.splitlines()) ^ set(DEFAULT.splitlines())) == 2
    assert rewritten(document, [changed.replace("\n", "\r\n")]) == changed.replace("\n", "\r\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, JSON, st.sampled_from([None, 1, 2, 4]))
def test_any_document_is_rewritten_in_any_layout(one: Any, two: Any, indent: int | None) -> None:
    source = json.dumps(two, ensure_ascii=False, indent=indent)
    assert json.loads(rewritten(one, [source])) == one
    assert rewritten(two, [source]) == source + "\n"


def test_a_wrong_number_of_a_format_is_said() -> None:
    with pytest.raises(TextcrmError, match="format"):
        config.read(b"format: new\n")
    assert Schema.from_json(DEFAULT).fields
