"""The package as it is installed: its data, its public face, its version."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import textcrm
from textcrm.demo.make import sample_folder
from textcrm.schema import default_schema_text

CHECKOUT = Path(__file__).resolve().parent.parent


def test_schema_and_sample_travel_with_the_package(tmp_path: Path) -> None:
    code = (
        "from textcrm.schema import default_schema_text as t; from textcrm.demo.make import sample_folder as s; "
        "print(len(t()), len(list(s().rglob('*.yaml'))), s())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    size, count, place = done.stdout.split(" ", 2)
    assert int(size) > 50_000
    assert int(count) > 40
    package = Path(textcrm.__file__).parent
    if "site-packages" in package.parts:
        assert Path(place.strip()).is_relative_to(package)


def test_installed_data_equals_the_checkouts() -> None:
    assert default_schema_text() == (CHECKOUT / "schema" / "customer.schema.json").read_text(
        encoding="utf-8"
    )
    for file in (CHECKOUT / "sample-vault").rglob("*.yaml"):
        relative = file.relative_to(CHECKOUT / "sample-vault")
        assert (sample_folder() / relative).read_bytes() == file.read_bytes()


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    try:
        installed = metadata.version("textcrm")
    except metadata.PackageNotFoundError:
        return
    assert installed == textcrm.__version__


def test_the_package_is_typed_and_has_a_console_script() -> None:
    assert (Path(textcrm.__file__).parent / "py.typed").is_file()
    done = subprocess.run(
        [sys.executable, "-m", "textcrm", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"textcrm {textcrm.__version__}"


def test_the_library_is_first_class(tmp_path: Path) -> None:
    from textcrm import Vault
    from textcrm.vault.creation import create

    create(tmp_path / "v")
    vault = Vault.open(tmp_path / "v")
    record = vault.add("Blue River", type="prospect")
    assert vault.get(record.id).name == "Blue River"
    assert [hit.id for hit in vault.search("river")] == [record.id]
    with vault.transaction("set", reason="call") as change:
        change.set(record.id, {"intent": "high", "needs": "hosting"})
        change.add({"name": "Second"})
    assert change.result is not None
    assert len(change.result.ids) == 2
    assert vault.get(record.id).data["intent"] == "high"
    assert {one.name for one in vault.records()} == {"Blue River", "Second"}
    with vault.repository as repository:
        assert str(repository.head.commit.message).startswith("2 customers: set")
