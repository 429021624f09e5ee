"""The wheel and the source archive: the same bytes each time, nothing missing, installable."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PARTS = ("textcrm", "schema", "sample-vault", "docs", ".ci", "tests", "benchmarks")
FILES = ("pyproject.toml", "LICENSE")


def _tool(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _copy(folder: Path) -> Path:
    """The tree as another machine has it: no git, other times and permissions."""
    folder.mkdir()
    for name in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", ".textcrm")
        shutil.copytree(
            CHECKOUT / name, folder / name, ignore=ignored, copy_function=shutil.copyfile
        )
    for file in [*CHECKOUT.glob("*.md"), *(CHECKOUT / name for name in FILES)]:
        shutil.copyfile(file, folder / file.name)
        (folder / file.name).chmod(0o660)
    return folder


def _built(source: Path, target: Path) -> dict[str, str]:
    _tool("build", "--no-isolation", "--outdir", str(target), str(source))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in target.iterdir()}


@pytest.mark.slow
def test_the_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in ("build", "hatchling", "twine", "check_wheel_contents", "validate_pyproject"):
        if find_spec(tool) is None:
            pytest.skip(f"{tool} is not installed: pip install '.[dev]'")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first = _built(_copy(tmp_path / "one"), tmp_path / "first")
    assert first == _built(_copy(tmp_path / "two"), tmp_path / "second")
    (wheel,) = (tmp_path / "first").glob("*.whl")
    (archive,) = (tmp_path / "first").glob("*.tar.gz")
    _tool("twine", "check", "--strict", str(wheel), str(archive))
    _tool("check_wheel_contents", str(wheel))
    _tool("validate_pyproject", str(CHECKOUT / "pyproject.toml"))
    names = set(zipfile.ZipFile(wheel).namelist())
    for ending in (
        "textcrm/py.typed",
        "share/man/man1/textcrm.1",
        "share/man/zh_CN/man1/textcrm.1",
        "licenses/LICENSE",
    ):
        assert any(name.endswith(ending) for name in names), ending
    assert not [name for name in names if "throw-away" in name and "sample-vault" not in name]
    with tarfile.open(archive) as opened:
        assert not [name for name in opened.getnames() if "__pycache__" in name]
    _installs(wheel, tmp_path)


def _installs(wheel: Path, folder: Path) -> None:
    """The wheel, put into an empty environment that sees our dependencies, is whole."""
    place = folder / "installed"
    _tool("pip", "install", "-q", "--no-deps", "--no-index", "--target", str(place), str(wheel))
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}
    program = [sys.executable, "-m", "textcrm"]
    told = subprocess.run(
        [sys.executable, "-c", "import textcrm; print(textcrm.__file__)"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(told.stdout.strip()).is_relative_to(place)
    for words in (["--lang", "zh", "demo", "vault"], ["-C", "vault", "check"]):
        subprocess.run(
            [*program, *words], env=environment, cwd=folder, capture_output=True, check=True
        )


def test_no_syntax_that_python_warns_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for file in (CHECKOUT / "textcrm").rglob("*.py"):
            compile(file.read_text(encoding="utf-8"), str(file), "exec")
