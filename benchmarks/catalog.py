"""Measures the catalog inside a process: seconds of its steps on one vault.

usage: python -m benchmarks.catalog [--records N] [--rounds N]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.catalog import Catalog


def catalog_of(vault: Path) -> Catalog:
    """The catalog of a vault, not yet looked at."""
    from textcrm.catalog import Catalog
    from textcrm.vault import Vault

    opened = Vault.open(vault)
    settings = opened.config.derived_settings()
    return Catalog(opened.root, opened.schema, settings, opened.today)


def steps(vault: Path) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    from textcrm.catalog.scanning import scan

    catalog = catalog_of(vault)
    catalog.refresh()
    time.sleep(2.1)  # until the files have come of age
    catalog.refresh()
    one = next(catalog.docs())
    return {
        "rg's floor: stat of every file": lambda: scan(vault, []),
        "refresh, nothing changed": catalog.refresh,
        "refresh after one edit": lambda: _edit(vault / one.path, catalog),
        "type:prospect in values": lambda: catalog.values.holding(("type",), "prospect".__eq__),
        "all docs, scalars": lambda: sum(1 for _ in catalog.docs()),
        "all docs, whole": lambda: [doc.typed for doc in catalog.docs()],
    }


def _edit(file: Path, catalog: Catalog) -> None:
    with file.open("ab") as open_file:
        open_file.write(b"# edited\n")
    catalog.refresh()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
        vault = Path(folder) / "vault"
        generate.vault(vault, chosen.records)
        start = time.perf_counter()
        first = catalog_of(vault)
        first.refresh()
        print(f"{'first catalog':34} {(time.perf_counter() - start) * 1000:9.0f} ms")
        first.close()
        size = sum(file.stat().st_size for file in (vault / "customers").rglob("*.yaml"))
        own = (vault / ".textcrm" / "catalog.db").stat().st_size
        print(f"{'size beside the files':34} {own / size:9.2f}")
        for name, step in steps(vault).items():
            spent = []
            for _ in range(chosen.rounds):
                before = time.process_time()
                step()
                spent.append(time.process_time() - before)
            print(f"{name:34} {statistics.median(spent) * 1000:9.1f} ms CPU")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{'memory at most':34} {peak:9} MB")
        shutil.rmtree(vault, ignore_errors=True)


if __name__ == "__main__":
    main()
