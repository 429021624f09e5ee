"""What init lays out for editors, pre-commit and CI hosts, checked by the hosts' own schemas."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sealing_vault import git

from textcrm.demo import make, story
from textcrm.vault.creation import create
from textcrm.vault.host_files import EDITORS, HOSTS

CHECKOUT = Path(__file__).resolve().parent.parent
FILES = {**EDITORS, **HOSTS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hosts")
    for path, text in FILES.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, encoding="utf-8")
    return place


def test_init_commits_them(tmp_path: Path) -> None:
    vault = create(tmp_path / "v").vault
    tracked = git(vault.root, "ls-files").splitlines()
    assert set(FILES) <= set(tracked)
    assert git(vault.root, "status", "--porcelain") == ""


def test_what_is_there_already_stays(tmp_path: Path) -> None:
    own = tmp_path / ".gitlab-ci.yml"
    own.write_text("mine: {script: [make]}\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    made = create(tmp_path)
    assert own.read_text(encoding="utf-8") == "mine: {script: [make]}\n"
    assert ".gitlab-ci.yml" in made.kept


def test_a_vault_in_a_folder_gets_none_that_nobody_would_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    create(tmp_path / "crm")
    assert not any((tmp_path / "crm" / path).exists() for path in HOSTS)
    assert (tmp_path / "crm" / ".vscode" / "settings.json").is_file()
    assert not (tmp_path / ".github").exists()


def test_the_sample_and_the_demo_have_them_too(tmp_path: Path) -> None:
    for path, text in FILES.items():
        assert (CHECKOUT / "sample-vault" / path).read_text(encoding="utf-8") == text
    vault = make.make(tmp_path / "demo", story.ANCHOR)
    assert (vault.root / ".gitlab-ci.yml").is_file()


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("github-workflows", [".github/workflows/textcrm.yml", ".gitea/workflows/textcrm.yml"]),
        ("gitlab-ci", [".gitlab-ci.yml"]),
    ],
)
def test_the_hosts_own_schemas_accept_them(folder: Path, schema: str, paths: list[str]) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run(
        [*words, *paths], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [*HOSTS, ".pre-commit-hooks.yaml"])
def test_each_runs_textcrm_check_and_names_no_registry(path: str) -> None:
    text = HOSTS.get(path) or (CHECKOUT / path).read_text(encoding="utf-8")
    assert "textcrm check" in text
    assert not re.search(r"https?://|index-url|\.(?:org|com|io)\b", text)
    assert yaml.safe_load(text)


def test_each_host_gets_its_own_annotations() -> None:
    assert "--format github" in HOSTS[".github/workflows/textcrm.yml"]
    assert "--format" not in HOSTS[".gitea/workflows/textcrm.yml"]
    job = yaml.safe_load(HOSTS[".gitlab-ci.yml"])["textcrm-check"]
    (command,) = job["script"]
    report = job["artifacts"]["reports"]["codequality"]
    assert command == f"textcrm check --format gitlab -o {report}"


def test_hooks_for_pre_commit_are_the_same_command() -> None:
    (ours,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (local,) = yaml.safe_load(HOSTS[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    for key in ("id", "entry", "pass_filenames", "require_serial"):
        assert ours[key] == local[key]


def test_editors_are_led_to_the_schema() -> None:
    settings = json.loads(EDITORS[".vscode/settings.json"])
    assert settings["yaml.schemas"] == {"schema/customer.schema.json": "customers/**/*.yaml"}
    assert 'value="schema/customer.schema.json"' in EDITORS[".idea/jsonSchemas.xml"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the steps are for a POSIX shell")
def test_the_step_for_commits_runs_as_it_stands(tmp_path: Path) -> None:
    """The shell of the workflow, with what GitHub would put into its environment."""
    vault = create(tmp_path / "v").vault
    steps = yaml.safe_load(HOSTS[".github/workflows/textcrm.yml"])["jobs"]["check"]["steps"]
    script = steps[-1]["run"]
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "textcrm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m textcrm "$@"\n')
    (tools / "textcrm").chmod(0o755)
    start = git(vault.root, "rev-parse", "HEAD").strip()
    (vault.root / "notes.txt").write_text("AGE-SECRET-KEY-1" + "Q" * 58, encoding="utf-8")
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-q", "--no-verify", "-m", "x")
    git(vault.root, "update-ref", "refs/remotes/origin/main", start)

    def run(**env: str) -> subprocess.CompletedProcess[str]:
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=vault.root,
            env={**os.environ, "PATH": path, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    for env in (
        {"BASE": "main", "BEFORE": ""},
        {"BASE": "", "BEFORE": start},
        {"BASE": "", "BEFORE": "0" * 40},
        {"BASE": "", "BEFORE": "1" * 40},  # pushed with force: the old tip is not in the clone
    ):
        ran = run(**env)
        assert ran.returncode == 1, (env, ran)
        assert "::error file=notes.txt,line=1" in ran.stdout
    head = git(vault.root, "rev-parse", "HEAD").strip()
    assert run(BASE="", BEFORE=head).returncode == 0
