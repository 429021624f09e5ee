"""Measures export: every format of a vault as a ratio to reading its records once.

usage: python -m benchmarks.export [--records N] [--rounds N] [FORMAT ...]

The baseline reads and parses every record's file (``Vault.records``), in the same process; the
exports run on a warm catalog. CPU time, the median of several rounds, the two sides taking turns;
``peak`` is the most memory that Python held for the export beyond what it held before, in MB.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import tracemalloc
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import generate
from benchmarks.run import cost, cpu

if TYPE_CHECKING:
    from textcrm.vault import Vault


def read_once(vault: Vault) -> None:
    """The baseline: every record out of its file."""
    for _ in vault.records():
        pass


def written(vault: Vault, name: str, folder: Path) -> None:
    """One export of everything."""
    from textcrm.exchange import export
    from textcrm.exchange.export_customers import Source

    form = export.format_of(name)
    target = folder / f"out{form.suffix}"
    source = Source(vault, vault.catalog().rows(), versions=form.versions, updates=form.dated)
    export.write(form, source, export.settings_of(vault, "zh"), target, force=True)


def peak(vault: Vault, name: str, folder: Path) -> float:
    """The memory that an export takes at most, in MB."""
    tracemalloc.start()
    try:
        written(vault, name, folder)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def main() -> None:
    """Run from the command line."""
    from textcrm.exchange.export import FORMATS
    from textcrm.vault import Vault

    names = [one.name for one in FORMATS.values() if not one.own]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", default=names)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as name:
        folder = Path(name)
        generate.vault(folder / "vault", chosen.records)
        vault = Vault.open(folder / "vault")
        vault.catalog()
        print(f"{'format':8} {'ours s':>8} {'read s':>8} {'ratio':>7} {'MB':>7} {'peak MB':>8}")
        for one in chosen.formats:
            pairs = [
                (
                    cost(partial(written, vault, one, folder), cpu),
                    cost(partial(read_once, vault), cpu),
                )
                for _ in range(chosen.rounds)
            ]
            ours = statistics.median(mine for mine, _ in pairs)
            base = statistics.median(theirs for _, theirs in pairs)
            size = (folder / f"out{FORMATS[one].suffix}").stat().st_size / 1e6
            print(
                f"{one:8} {ours:8.2f} {base:8.2f} {ours / base:7.2f} {size:7.1f} "
                f"{peak(vault, one, folder):8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
