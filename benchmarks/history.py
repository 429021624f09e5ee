"""Measures history and sharing against plain git: log, sync, the merge driver, as ratios in one run.

usage: python -m benchmarks.history [--records N] [--commits N] [--rounds N] [NAME ...]

CPU seconds of whole processes, their children's too; medians, the two sides taking turns.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks import generate, past
from benchmarks.run import cost, cpu, quiet, textcrm

Step = Callable[[], None]
Pair = tuple[float, float]
HERE, THERE = 20, 200


class Line(NamedTuple):
    """One comparison: how to measure one round, and the ratio that is aimed at."""

    name: str
    ours: str
    baseline: str
    goal: float
    once: Callable[[], Pair]


def lines(vault: Path, folder: Path, records: int) -> list[Line]:
    """What is measured."""
    hot = past.hot_path(records)
    own = Path(hot).stem
    start = f"{generate.ANCHOR - dt.timedelta(days=30)}"
    at = ("-C", str(vault))
    git = ("git", "-C", str(vault))
    quiet(*textcrm(*at, "log", own, "--json"))  # warm
    return [
        Line(
            "log", "textcrm log ID, warm", "git log -p -- path", 3,
            lambda: (
                cost(lambda: quiet(*textcrm(*at, "log", own, "--json")), cpu),
                cost(lambda: quiet(*git, "log", "-p", "--", hot), cpu),
            ),
        ),
        Line(
            "log-30", "log of 30 days, again", "the first time", 0.1,
            lambda: _twice(vault, start),
        ),
        Line(
            "sync", f"textcrm sync, {HERE} onto {THERE}", "git pull --rebase, git push", 2,
            lambda: _sync(vault, folder, records),
        ),
        Line(
            "driver", "the merge driver, one file", "git merge-file and python -c pass", 6,
            lambda: _driver(vault, folder, records),
        ),
    ]  # fmt: skip


def _twice(vault: Path, start: str) -> Pair:
    (vault / ".git" / "textcrm" / "log.db").unlink(missing_ok=True)

    def step() -> None:
        quiet(*textcrm("-C", str(vault), "log", "--since", start, "--json"))

    first = cost(step, cpu)
    return cost(step, cpu), first


def _sync(vault: Path, folder: Path, records: int) -> Pair:
    """The same two histories brought together by us and by git; each in clones of its own."""
    return (
        _together(
            vault, folder / "ours", records, lambda root: quiet(*textcrm("-C", root, "sync"))
        ),
        _together(vault, folder / "git", records, _pull),
    )


def _pull(root: str) -> None:
    quiet("git", "-C", root, "-c", "merge.textcrm.driver=", "pull", "-q", "--rebase")
    quiet("git", "-C", root, "push", "-q")


def _together(vault: Path, folder: Path, records: int, step: Callable[[str], None]) -> float:
    folder.mkdir(parents=True)
    try:
        hub, mine, other = (str(folder / name) for name in ("hub.git", "mine", "other"))
        quiet("git", "clone", "-q", "--bare", str(vault), hub)
        for one in (mine, other):
            quiet("git", "clone", "-q", hub, one)
        _commit(Path(mine), records, range(HERE))
        _commit(Path(other), records, range(HERE, HERE + THERE))
        quiet("git", "-C", other, "push", "-q")
        return cost(lambda: step(mine), cpu)
    finally:
        shutil.rmtree(folder)


def _commit(root: Path, records: int, numbers: range) -> None:
    """One commit for each number, of a record of its own."""
    for number in numbers:
        path = generate.record(number * 7 % records, records)[0]
        file = root / path
        file.write_text(file.read_text("utf-8").replace("intent: ", "intent:  "), "utf-8")
        quiet("git", "-C", str(root), "commit", "-q", "-m", "one", "--only", "--", path)


def _driver(vault: Path, folder: Path, records: int) -> Pair:
    base = generate.record(1, records)[1]
    sides = {
        "base": base,
        "ours": base.replace("intent: ", "intent: high # "),
        "theirs": base.replace("owner: ", "owner: new # "),
    }
    files = {name: folder / f"{name}.yaml" for name in sides}

    def fresh() -> None:
        for name, text in sides.items():
            files[name].write_text(text, "utf-8")

    def ours() -> None:
        words = (str(files["base"]), str(files["ours"]), str(files["theirs"]))
        quiet(*textcrm("-C", str(vault), "merge-driver", *words, generate.record(1, records)[0]))

    def baseline() -> None:
        quiet("git", "merge-file", *(str(files[name]) for name in ("ours", "base", "theirs")))
        quiet(sys.executable, "-c", "pass")

    fresh()
    one = cost(ours, cpu)
    fresh()
    return one, cost(baseline, cpu)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--commits", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as place:
        vault = Path(place) / "vault"
        past.write(vault, chosen.records, chosen.commits)
        print(f"{'what':8} {'ours ms':>10} {'baseline ms':>12} {'ratio':>8} {'goal':>6}  against")
        for line in lines(vault, Path(place), chosen.records):
            if chosen.names and line.name not in chosen.names:
                continue
            pairs = [line.once() for _ in range(chosen.rounds)]
            ours, baseline = (statistics.median(one) for one in zip(*pairs, strict=True))
            print(
                f"{line.name:8} {ours * 1000:10.0f} {baseline * 1000:12.1f} "
                f"{ours / baseline:8.2f} {line.goal:>6g}  {line.ours} / {line.baseline}",
                flush=True,
            )


if __name__ == "__main__":
    main()
