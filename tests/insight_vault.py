"""Vaults for the tests of reports: the sample vault on a fixed day, and purchases out of a CSV."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from textcrm.insight import reports
from textcrm.schema import default_schema_text
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.insight.table import Table

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
TODAY = dt.date(2026, 11, 29)


def sample(folder: Path, *, today: dt.date = TODAY) -> Vault:
    """A copy of the sample vault."""
    shutil.copytree(SAMPLE, folder)
    return Vault.open(folder, today=today)


def sample_trees() -> list[dict[str, Any]]:
    """The customers of the sample vault who are not archived, as PyYAML reads them."""
    files = sorted((SAMPLE / "customers").rglob("*.yaml"))
    trees = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [tree for tree in trees if not tree.get("archived")]


def make(vault: Vault, name: str, query: str = "", **asked: Any) -> Table:
    """A report of a vault."""
    return reports.report(vault, name, query, **asked)


def vault_of(
    folder: Path, trees: Iterable[str], *, today: dt.date = TODAY, settings: str = ""
) -> Vault:
    """A vault of records given as YAML texts, their ids in the first line."""
    (folder / "schema").mkdir(parents=True)
    (folder / "textcrm.yaml").write_text(f"format: 1\ncurrency: CNY\n{settings}", encoding="utf-8")
    (folder / "schema/customer.schema.json").write_text(default_schema_text(), encoding="utf-8")
    for text in trees:
        record_id = text.split("\n", 1)[0].removeprefix("id: ")
        file = folder / f"customers/{record_id[1:5]}/{record_id[5:7]}/{record_id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Vault.open(folder, today=today)


def bought(file: Path, day: str) -> list[str]:
    """The customers of a CSV with customer_id, a day and an amount, as records of purchases."""
    by_customer: dict[str, list[str]] = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            line = f"  - {{date: '{row[day]}', product: x, amount: '{row['amount']}'}}"
            by_customer.setdefault(row["customer_id"], []).append(line)
    return [
        "\n".join([f"id: C19970101{number:05d}", f"name: {name}", "purchases:", *lines, ""])
        for number, (name, lines) in enumerate(by_customer.items(), 1)
    ]
