"""Measures textcrm against named baselines in the same run and prints ratios.

usage: python -m benchmarks.run [--records N] [--rounds N] [NAME ...]

Every figure is CPU time (user and system, children included), for ``check`` and
``keyless``, which use several processes, wall time: the median of several rounds, the two sides
taking turns. A ratio below its goal is good. Nothing here is asserted: machines differ.
History, sync and the merge driver have a run of their own, benchmarks.history.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks import generate, sealing

Step = Callable[[], None]
CHECKOUT = Path(__file__).resolve().parent.parent
SEALING = {"seal", "open", "sealed", "keyless"}


class Comparison(NamedTuple):
    """Two things that do the same job, and the ratio that is aimed at."""

    name: str
    ours: str
    baseline: str
    goal: float | None
    run: Step
    run_baseline: Step
    wall: bool = False
    before: Step | None = None


def cpu() -> float:
    """CPU seconds of this process and its finished children."""
    own, children = (
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def cost(step: Step, clock: Callable[[], float]) -> float:
    """Seconds of one step by a clock."""
    before = clock()
    step()
    return clock() - before


def quiet(*words: str, cwd: Path | None = None) -> None:
    """Run a command; its output does not matter, its failure does (1 is a finding)."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, check=False, env=_environment())
    if done.returncode not in (0, 1):
        raise SystemExit(f"{words}: {done.stderr.decode(errors='replace')}")


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "GIT_AUTHOR_NAME": "Bench",
        "GIT_AUTHOR_EMAIL": "bench@example.com",
        "GIT_COMMITTER_NAME": "Bench",
        "GIT_COMMITTER_EMAIL": "bench@example.com",
    }


def textcrm(*words: str) -> tuple[str, ...]:
    """The command line of textcrm in this interpreter."""
    return (sys.executable, "-m", "textcrm", *words)


def comparisons(vault: Path, records: int) -> list[Comparison]:
    """What is measured."""
    one_path = generate.record(records // 2, records)[0]
    one = Path(one_path).stem
    return [
        Comparison(
            "help",
            "textcrm --help",
            "python -c pass",
            8,
            lambda: quiet(*textcrm("--help")),
            lambda: quiet(sys.executable, "-c", "pass"),
        ),
        Comparison(
            "show",
            "textcrm show ID",
            "python -c pass",
            8,
            lambda: quiet(*textcrm("-C", str(vault), "show", one)),
            lambda: quiet(sys.executable, "-c", "pass"),
        ),
        Comparison(
            "check",
            f"textcrm check, {records} records",
            "check-jsonschema on the same files",
            0.06,
            lambda: _cold(vault),
            lambda: _check_jsonschema(vault),
            wall=True,
        ),
        Comparison(
            "loop",
            f"textcrm check, {records} records, cold",
            "a loop of PyYAML's C loader and jsonschema, its validator made once",
            0.2,
            lambda: _cold(vault),
            lambda: quiet(sys.executable, "-m", "benchmarks.plain", str(vault), cwd=CHECKOUT),
            wall=True,
        ),
        Comparison(
            "warm",
            f"textcrm check, {records} records, again",
            "the same, cold",
            0.2,
            lambda: quiet(*textcrm("-C", str(vault), "check", "--errors")),
            lambda: _cold(vault),
            wall=True,
            before=lambda: _warm(vault),
        ),
        Comparison(
            "list",
            f"textcrm list, {records} records",
            "rg over the same files",
            None,
            lambda: quiet(*textcrm("-C", str(vault), "list", "type:prospect")),
            lambda: quiet(*_grep("type: prospect"), cwd=vault),
        ),
        _commit(vault, one_path),
        Comparison(
            "set",
            "textcrm set ID PATH=VALUE",
            "git commit --only of one file",
            6,
            _setter(vault, one),
            _plain_commit(vault, generate.record(1, records)[0]),
        ),
    ]


def _cold(vault: Path) -> None:
    """A check that remembers nothing, in a copy's stead: what was found before is put aside."""
    local, aside = vault / ".textcrm", vault.with_name("aside")
    if local.exists():
        local.rename(aside)
    quiet(*textcrm("-C", str(vault), "check", "--errors"))
    shutil.rmtree(local, ignore_errors=True)
    if aside.exists():
        aside.rename(local)


def _warm(vault: Path) -> None:
    """Have checks keep what they found, once the files are old enough to be told by their signatures."""
    time.sleep(2.5)
    quiet(*textcrm("-C", str(vault), "check", "--errors"))
    quiet(*textcrm("-C", str(vault), "check", "--errors"))


def _of_sealing(folder: Path, names: list[str], records: int) -> list[Comparison]:
    """What is measured on sealed values; vaults of them are made only where they are asked for."""
    found = sealing.one_value()
    if not names or {"sealed", "keyless"} & set(names):
        found += sealing.whole_vaults(folder, records)
    return [Comparison(*one) for one in found]


def _grep(word: str) -> tuple[str, ...]:
    return (
        ("rg", "-l", word, "customers")
        if shutil.which("rg")
        else ("grep", "-rl", word, "customers")
    )


def _check_jsonschema(vault: Path) -> None:
    schema = vault / "schema" / "customer.schema.json"
    files = sorted(str(file) for file in (vault / "customers").rglob("*.yaml"))
    tool = Path(sys.executable).with_name("check-jsonschema")
    for start in range(0, len(files), 2000):
        quiet(str(tool), "--schemafile", str(schema), *files[start : start + 2000])


def _commit(vault: Path, path: str) -> Comparison:
    """One committed change inside a running process against git's own."""
    from textcrm.gitrepo import GitRepo

    os.environ.update(_environment())
    repo = GitRepo.open(vault)
    count = iter(range(1_000_000))

    def ours() -> None:
        def change(read: Callable[[str], bytes | None]) -> dict[str, bytes | None]:
            return {path: (read(path) or b"") + f"# {next(count)}\n".encode()}

        repo.commit(change, "benchmark")

    other = generate.record(2, 1000)[0]
    return Comparison(
        "commit",
        "one change in a running process",
        "git commit --only of one file",
        1.5,
        ours,
        _plain_commit(vault, _existing(vault, other)),
    )


def _existing(vault: Path, path: str) -> str:
    if (vault / path).exists():
        return path
    return next((vault / "customers").rglob("*.yaml")).relative_to(vault).as_posix()


def _plain_commit(vault: Path, path: str) -> Step:
    count = iter(range(1_000_000))

    def step() -> None:
        with (vault / path).open("ab") as file:
            file.write(f"# plain {next(count)}\n".encode())
        quiet("git", "-C", str(vault), "commit", "-q", "--only", "-m", "plain", "--", path)

    return step


def _setter(vault: Path, one: str) -> Step:
    count = iter(range(1_000_000))
    return lambda: quiet(*textcrm("-C", str(vault), "set", one, f"notes=benchmark {next(count)}"))


def measure(comparison: Comparison, rounds: int) -> tuple[float, float]:
    """Median seconds of both sides, which take turns."""
    clock = time.perf_counter if comparison.wall else cpu
    pairs = [
        (cost(comparison.run, clock), cost(comparison.run_baseline, clock)) for _ in range(rounds)
    ]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
        vault = Path(folder) / "vault"
        wanted = list(chosen.names)
        compared: list[Comparison] = []
        if not wanted or not SEALING.issuperset(wanted):
            generate.vault(vault, chosen.records)
            compared += comparisons(vault, chosen.records)
        compared += _of_sealing(Path(folder), wanted, chosen.records)
        print(f"{'what':8} {'ours ms':>10} {'baseline ms':>12} {'ratio':>8} {'goal':>6}  against")
        for comparison in compared:
            if chosen.names and comparison.name not in chosen.names:
                continue
            if comparison.before is not None:
                comparison.before()
            ours, baseline = measure(comparison, 1 if comparison.wall else chosen.rounds)
            goal = f"{comparison.goal:g}" if comparison.goal is not None else ""
            print(
                f"{comparison.name:8} {ours * 1000:10.0f} {baseline * 1000:12.1f} "
                f"{ours / baseline:8.2f} {goal:>6}  {comparison.ours} / {comparison.baseline}",
                flush=True,
            )


if __name__ == "__main__":
    main()
