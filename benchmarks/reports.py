"""Measures reports, pivots, the portrait and what is due on one vault, against ``textcrm list --count``.

usage: python -m benchmarks.reports [--records N] [--commits N] [--rounds N] [NAME ...]

CPU time, children included, the median of several rounds; the baseline is the count of all customers,
which is what starting, following the files and opening the catalog cost. ``first`` is the first call
after the vault was made, which keeps what the next ones read. With ``--commits`` the vault has a
history of so many commits, each of which adds a contact.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import generate, past
from benchmarks.run import cost, cpu, quiet, textcrm


def commands(vault: Path, one: str) -> dict[str, tuple[str, ...]]:
    """What is measured, by name."""
    from textcrm.insight.reports import REPORTS

    at = textcrm("-C", str(vault))
    found = {f"report {each.name}": (*at, "report", each.name, "--json") for each in REPORTS}
    pivots = {
        "pivot by city": ("--by", "city", "--count"),
        "pivot by city, sum": ("--by", "city", "--sum", "total_spent"),
        "pivot by city, type": ("--by", "city", "--by", "type", "--avg", "total_spent"),
        "pivot of items": ("--of", "interactions", "--by", "channel", "--by", "city"),
        "pivot in a currency": (
            "--of",
            "purchases",
            "--by",
            "product",
            "--sum",
            "amount",
            "--currency",
            "USD",
        ),
        "pivot of a query": ("--by", "owner", "--sum", "receivable", "status:active"),
    }
    found |= {name: (*at, "report", *words, "--json") for name, words in pivots.items()}
    found["pivot of purchases"] = (
        *at, "report", "--by", "purchases.product", "--sum", "purchases.amount", "--json",
    )  # fmt: skip
    found["show --summary"] = (*at, "show", one, "--summary", "--json")
    found["due --count"] = (*at, "due", "--count")
    found["due --json"] = (*at, "due", "--json")
    found["due --owner"] = (*at, "due", "--owner", "none")
    found["pool"] = (*at, "pool")
    found["privacy retention"] = (*at, "privacy", "retention", "--json")
    found["segment --bought"] = (*at, "segment", "--bought", "云主机", "--json")
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
        vault = Path(folder) / "vault"
        if chosen.commits:
            past.write(vault, chosen.records, chosen.commits, contacts=True)
        else:
            generate.vault(vault, chosen.records)
        one = Path(generate.record(chosen.records // 2, chosen.records)[0]).stem
        count = (*textcrm("-C", str(vault)), "list", "--count")
        subprocess.run(count, capture_output=True, check=False)  # the catalog, once
        bare = statistics.median(cost(lambda: quiet(*count), cpu) for _ in range(chosen.rounds))
        print(f"{'list --count':24} {bare * 1000:8.0f} ms CPU", file=sys.stdout)
        for name, words in commands(vault, one).items():
            if chosen.names and not any(each in name for each in chosen.names):
                continue
            first = cost(lambda words=words: quiet(*words), cpu)  # type: ignore[misc]
            times = [cost(lambda words=words: quiet(*words), cpu) for _ in range(chosen.rounds)]  # type: ignore[misc]
            middle = statistics.median(times)
            told = f"{middle * 1000:8.0f} ms CPU {middle / bare:7.2f}"
            print(f"{name:24} {told}   first {first / bare:7.2f}", flush=True)


if __name__ == "__main__":
    main()
