"""Measures reports, segments, the portrait and what is due on one vault, against ``textcrm list --count``.

usage: python -m benchmarks.reports [--records N] [--rounds N] [NAME ...]

CPU time, children included, the median of several rounds; the baseline is the count of all customers,
which is what starting, following the files and opening the catalog cost.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import generate
from benchmarks.run import cost, cpu, quiet, textcrm


def commands(vault: Path, one: str) -> dict[str, tuple[str, ...]]:
    """What is measured, by name."""
    from textcrm.insight.reports import REPORTS

    at = textcrm("-C", str(vault))
    found = {f"report {each.name}": (*at, "report", each.name, "--json") for each in REPORTS}
    found["pivot by city"] = (*at, "report", "--by", "city", "--sum", "total_spent", "--json")
    found["pivot of purchases"] = (
        *at, "report", "--by", "purchases.product", "--sum", "purchases.amount", "--json",
    )  # fmt: skip
    found["show --summary"] = (*at, "show", one, "--summary", "--json")
    found["due --count"] = (*at, "due", "--count")
    found["due --json"] = (*at, "due", "--json")
    found["due --owner"] = (*at, "due", "--owner", "none")
    found["segment --bought"] = (*at, "segment", "--bought", "云主机", "--json")
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
        vault = Path(folder) / "vault"
        generate.vault(vault, chosen.records)
        one = Path(generate.record(chosen.records // 2, chosen.records)[0]).stem
        count = (*textcrm("-C", str(vault)), "list", "--count")
        for words in (count, (*textcrm("-C", str(vault)), "check", "-q")):
            subprocess.run(words, capture_output=True, check=False)  # catalog and check, once
        bare = statistics.median(cost(lambda: quiet(*count), cpu) for _ in range(chosen.rounds))
        print(f"{'list --count':24} {bare * 1000:8.0f} ms CPU", file=sys.stdout)
        for name, words in commands(vault, one).items():
            if chosen.names and not any(each in name for each in chosen.names):
                continue
            quiet(*words)  # what it keeps for the next time
            times = [cost(lambda words=words: quiet(*words), cpu) for _ in range(chosen.rounds)]  # type: ignore[misc]
            middle = statistics.median(times)
            print(f"{name:24} {middle * 1000:8.0f} ms CPU {middle / bare:7.2f}", flush=True)


if __name__ == "__main__":
    main()
