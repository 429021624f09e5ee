"""Records in editors: the language server of VS Code, Neovim and Emacs, driven over its protocol.

Needs the npm package yaml-language-server: on the PATH, or in $YAML_LANGUAGE_SERVER.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import language_server
import pytest
from cli_running import Shell

from textcrm.vault.creation import create

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(language_server.found() is None, reason="no yaml-language-server here"),
]
HEAD = "id: C20260101001\nuid: 01KDW0ZB00AAAAAAAAAAAAA001\nname: 云帆\n"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault as init makes it, in a folder with a space and Chinese in its name."""
    import subprocess

    folder = tmp_path_factory.mktemp("editors") / "客户 资料"
    folder.mkdir()
    for words in (
        ["init", "-q"],
        ["config", "user.name", "t"],
        ["config", "user.email", "t@x.org"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    create(folder)
    (folder / "customers/2026/01").mkdir(parents=True)
    return folder


def _settings(vault: Path) -> dict[str, Any]:
    """What VS Code gives the server of the vault's own settings: ``yaml.x`` as {"yaml": {"x"}}."""
    given = json.loads((vault / ".vscode/settings.json").read_text(encoding="utf-8"))
    tree: dict[str, Any] = {"yaml": {"validate": True, "hover": True, "completion": True}}
    for name, value in given.items():
        top, _, rest = name.partition(".")
        if top == "yaml" and rest == "schemas":
            tree["yaml"]["schemas"] = {
                (vault / path).as_uri(): glob for path, glob in value.items()
            }
        elif top == "yaml":
            inner = tree["yaml"]
            *steps, last = rest.split(".")
            for step in steps:
                inner = inner.setdefault(step, {})
            inner[last] = value
    return tree


@pytest.fixture(scope="module")
def server(vault: Path) -> Iterator[language_server.Server]:
    program = language_server.found()
    assert program
    running = language_server.Server(program, vault, _settings(vault), "zh-cn")
    yield running
    running.close()


@pytest.fixture
def file(vault: Path, request: pytest.FixtureRequest) -> Path:
    """A record of its own for each test."""
    number = abs(hash(request.node.name)) % 900 + 100
    return vault / f"customers/2026/01/C20260101{number}.yaml"


def test_completion_offers_the_values_of_a_choice(
    server: language_server.Server, file: Path
) -> None:
    server.open(file, HEAD + "status: \n")
    items = server.completions(file, 3, len("status: "))
    offered = {item["label"].strip("'\""): item for item in items}
    assert {"none", "active", "paused", "ended"} <= set(offered)


def test_completion_offers_fields_with_both_languages(
    server: language_server.Server, file: Path
) -> None:
    server.open(file, HEAD + "first\n")
    items = {item["label"]: item for item in server.completions(file, 3, 5)}
    assert "first_cooperation" in items
    told = json.dumps(items["first_cooperation"].get("documentation", ""), ensure_ascii=False)
    assert "合作" in told
    assert "cooperation" in told
    server.open(file, HEAD + "contacts:\n  - name: 张三\n    pho\n")
    assert "phones" in {item["label"] for item in server.completions(file, 5, 7)}


def test_hover_speaks_both_languages(server: language_server.Server, file: Path) -> None:
    server.open(file, HEAD + "status: active\ncontacts:\n  - phones:\n    - number: '1'\n")
    told = server.hover(file, 3, 2)
    assert "合作状态" in told
    assert "Status" in told
    inner = server.hover(file, 6, 8)
    assert "号码" in inner
    assert "Number" in inner


WRONG = {
    "a value that is none of the choices": "status: actve\n",
    "a day that is written otherwise": "first_cooperation: 2024/5/1\n",
    "a number that is none": "credit:\n  limit: viel\n",
    "an id that is none": "former_ids: 3\n",
    "inside an item": "contacts:\n- name: 张三\n  phones:\n  - id: aaaaa\n    number: ' '\n",
    "what an item must have": "contacts:\n- name: 张三\n  phones:\n  - kind: mobile\n",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_errors_stand_where_check_says(
    server: language_server.Server,
    vault: Path,
    file: Path,
    wrong: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = HEAD.replace("C20260101001", file.stem) + wrong
    file.write_text(text, encoding="utf-8")
    server.open(file, text)
    theirs = {
        (one["range"]["start"]["line"] + 1, one["range"]["start"]["character"] + 1)
        for one in server.diagnostics(file)
    }
    ran = Shell(vault, capsys)("check", str(file), "--errors", "--json")
    ours = {(one["line"], one["column"]) for one in ran.data["problems"]}
    assert theirs == ours, server.diagnostics(file)
    assert ours


def test_a_right_record_has_no_errors(
    server: language_server.Server, vault: Path, file: Path
) -> None:
    sample = Path(__file__).resolve().parent.parent / "sample-vault" / "customers"
    for record in sorted(sample.rglob("*.yaml"))[:12]:
        place = vault / "customers" / record.relative_to(sample)
        server.open(place, record.read_text(encoding="utf-8"))
        assert server.diagnostics(place) == [], place


def test_what_fix_quotes_is_what_the_editor_marks(
    server: language_server.Server, vault: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        HEAD.replace("C20260101001", file.stem)
        + "notes: 007\ncontacts:\n- id: ccccc\n  phones:\n  - {id: aaaaa, number: 13900138000}\n"
        + "credit: {days: '30'}\n"
    )
    file.write_text(text, encoding="utf-8")
    server.open(file, text)
    assert len(server.diagnostics(file)) == 3
    assert Shell(vault, capsys)("fix", str(file), "--no-commit", "--yes").code == 0
    server.open(file, file.read_text(encoding="utf-8"))
    assert server.diagnostics(file) == []


@pytest.mark.parametrize("line", ["# yaml-language-server: $schema=", "# $schema: "])
def test_a_modeline_is_enough_without_settings(vault: Path, file: Path, line: str) -> None:
    """For editors that read no .vscode folder."""
    program = language_server.found()
    assert program
    running = language_server.Server(program, vault, {"yaml": {"validate": True}}, "en")
    try:
        running.open(file, f"{line}../../../schema/customer.schema.json\n{HEAD}status: actve\n")
        (one,) = running.diagnostics(file)
        assert one["range"]["start"] == {"line": 4, "character": 8}
    finally:
        running.close()
