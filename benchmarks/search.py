"""Measures finding: search, list and check on vaults of several sizes, as ratios in one run.

usage: python -m benchmarks.search [--size N ...] [--backend NAME ...] [--rounds N] [--no-naive]

Sizes are 1000 and 10000 unless named; ``--size 100000`` takes half an hour. Every process is
measured as a whole: CPU seconds (user and system, its children's too), wall seconds, and the most
memory that it and its children held. The baseline is ripgrep (``rg -l``) over the same files, else ``grep -rl``; for the first
index it is the plain recipe of :mod:`benchmarks.naive`. Sides take turns; figures are medians.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple, Self

from benchmarks import generate

# What people look for, with what ripgrep is given for it.
QUERIES: tuple[tuple[str, str], ...] = (
    ("云图", "云图"),
    ("报价 折扣", "报价.*折扣"),
    ("tag:续约 高峰期", "高峰期"),
    ("19900", "19900"),
    ("type:prospect 演示", "type: prospect"),
)
BACKENDS = ("whoosh", "sqlite")
PULLED = 1000


class Cost(NamedTuple):
    """What one process cost: seconds of CPU and of the wall, MB at most, its exit code."""

    cpu: float
    wall: float
    memory: float
    code: int


class Line(NamedTuple):
    """One line of the table."""

    size: int
    backend: str
    what: str
    ours: str
    baseline: str
    ratio: str
    goal: str


def run(*words: str, cwd: Path | None = None) -> Cost:
    """Run a process to its end; its output does not matter."""
    before = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere, tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            words, cwd=cwd, stdout=nowhere, stderr=complaints, env=_environment()
        )
        with _Held(child.pid) as held:
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 1):
            complaints.seek(0)
            raise SystemExit(f"{words}: {complaints.read().decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(
        usage.ru_utime + usage.ru_stime,
        time.perf_counter() - before,
        max(usage.ru_maxrss * unit / 1e6, held.most),
        child.returncode,
    )


class _Held:
    """Watches the memory (MB) that a process and those below it hold together, on Linux.

    Pages that several of them share count once (PSS). Looked at every fifth of a second: what is
    over sooner is told by the kernel, which knows the largest one only.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, sum(map(_pss, _below(self.pid))) / 1e6)


def _below(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            listed = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
            found += map(int, listed.split())
    return found


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _environment() -> dict[str, str]:
    """That of an installed program, whose byte code is kept."""
    return {name: one for name, one in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def textcrm(vault: Path, *words: str) -> Cost:
    """One command of textcrm in this interpreter."""
    return run(sys.executable, "-m", "textcrm", "-C", str(vault), *words)


def grep(vault: Path, pattern: str) -> Cost:
    """The baseline: the names of the files that hold a pattern."""
    if shutil.which("rg"):
        return run("rg", "-l", pattern, "customers", cwd=vault)
    return run("grep", "-rlE", pattern, "customers", cwd=vault)


def median(costs: list[Cost], what: str = "cpu") -> float:
    """The median of one figure."""
    return float(statistics.median(getattr(cost, what) for cost in costs))


class Bench:
    """The measurements of one vault with one backend."""

    def __init__(self, vault: Path, size: int, backend: str, rounds: int) -> None:
        self.vault = vault
        self.size = size
        self.backend = backend
        self.rounds = rounds
        self.lines: list[Line] = []

    def tell(self, what: str, ours: str, baseline: str, ratio: str, goal: str) -> None:
        """Add a line and print it."""
        line = Line(self.size, self.backend, what, ours, baseline, ratio, goal)
        self.lines.append(line)
        print("| " + " | ".join(map(str, line)) + " |", flush=True)

    def compared(self, what: str, ours: float, baseline: float, goal: str, against: str) -> None:
        """A line of two times and their ratio."""
        self.tell(what, _ms(ours), f"{against} {_ms(baseline)}", f"{ours / baseline:.2f}", goal)

    def first_index(self, naive: Cost | None) -> None:
        """The first search of a fresh clone, which reads and indexes everything."""
        shutil.rmtree(self.vault / ".textcrm", ignore_errors=True)
        first = textcrm(self.vault, "search", "云图")
        limit = {10_000: "at least 6 times faster", 100_000: "under 180 s, under 600 MB"}
        goal = limit.get(self.size, "")
        said = f"{first.cpu:.1f} s CPU, {first.wall:.1f} s, {first.memory:.0f} MB"
        if naive is None:
            self.tell("first index", said, "", "", goal)
        else:
            self.tell(
                "first index",
                said,
                f"plain recipe {naive.cpu:.1f} s CPU, {naive.wall:.1f} s",
                f"{naive.wall / first.wall:.1f} times faster ({first.cpu / naive.cpu:.2f} CPU)",
                goal,
            )

    def warm_search(self) -> float:
        """Searches of several kinds when nothing has changed; gives the median CPU seconds."""
        ours: list[Cost] = []
        theirs: list[Cost] = []
        for _ in range(self.rounds):
            for query, pattern in QUERIES:
                ours.append(textcrm(self.vault, "search", query))
                theirs.append(grep(self.vault, pattern))
        goals = {
            (10_000, "whoosh"): "4, under 200 ms",
            (10_000, "sqlite"): "2",
            (100_000, "whoosh"): "2",
            (100_000, "sqlite"): "1",
        }
        goal = goals.get((self.size, self.backend), "")
        self.compared("warm search, CPU", median(ours), median(theirs), goal, "rg")
        wall = median(ours, "wall"), median(theirs, "wall")
        self.compared("warm search, wall", *wall, "", "rg")
        for place, (query, _) in enumerate(QUERIES):
            one, two = ours[place :: len(QUERIES)], theirs[place :: len(QUERIES)]
            self.compared(f"… `{query}`", median(one), median(two), "", "rg")
        most = max(cost.memory for cost in ours)
        self.tell("memory of a search", f"{most:.0f} MB", "", "", "400 MB")
        return median(ours)

    def warm_list(self) -> None:
        """A filtered table, whole and its beginning."""
        for what, words in (
            ("warm list, all rows, CPU", ["list", "type:prospect"]),
            ("warm list, 20 rows, CPU", ["list", "type:prospect", "--limit", "20"]),
            ("grouped list, CPU", ["list", "--group", "owner", "--sum", "total_spent"]),
        ):
            pairs = [
                (textcrm(self.vault, *words), grep(self.vault, "type: prospect"))
                for _ in range(self.rounds)
            ]
            ours, theirs = [one for one, _ in pairs], [two for _, two in pairs]
            goal = "3" if self.size == 10_000 and "all" in what else ""
            self.compared(what, median(ours), median(theirs), goal, "rg")

    def warm_check(self) -> None:
        """A check when nothing has changed."""
        textcrm(self.vault, "check", "--errors")
        costs = [textcrm(self.vault, "check", "--errors") for _ in range(self.rounds)]
        goal = "under 300 ms" if self.size == 10_000 else ""
        self.tell("warm check, wall", _ms(median(costs, "wall")), "", "", goal)

    def after_one_edit(self, warm: float) -> None:
        """A search right after a file was edited by hand."""
        file = self.vault / generate.record(self.size // 2, self.size)[0]
        costs = []
        for number in range(self.rounds):
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"# edit {number}\n")
            costs.append(textcrm(self.vault, "search", "云图"))
        more = median(costs) - warm
        goal = "+150 ms" if self.size == 10_000 else ""
        self.tell(
            "after one hand edit, CPU",
            _ms(median(costs)),
            "warm " + _ms(warm),
            f"+{_ms(more)}",
            goal,
        )

    def after_pull(self) -> None:
        """A search after a pull of many changed records, and how many were read again."""
        count = min(PULLED, self.size // 2)
        for number in range(count):
            file = self.vault / generate.record(number * (self.size // count), self.size)[0]
            file.write_text(
                re.sub(
                    "notes: .*",
                    f"notes: 拉取 {number} {self.backend}",
                    file.read_text(encoding="utf-8"),
                ),
                encoding="utf-8",
            )
        read = reread(self.vault)
        said = "" if read is None else f"{read} read again"
        pulled = textcrm(self.vault, "search", "云图")
        self.tell(
            f"after a pull of {count}",
            f"{pulled.cpu:.2f} s CPU, {pulled.wall:.2f} s",
            said,
            "",
            f"{count} read",
        )


def reread(vault: Path) -> int | None:
    """How many files the catalog would read again now: seen from a copy, so that nothing is spent."""
    with tempfile.TemporaryDirectory() as folder:
        code = (
            "import sys\n"
            "from textcrm import store, vault\n"
            "count = 0\n"
            "inner = store.parse\n"
            "def parse(*words, **more):\n"
            "    global count\n"
            "    count += 1\n"
            "    return inner(*words, **more)\n"
            "store.parse = parse\n"
            f"vault.Vault.open({str(vault)!r}).catalog()\n"
            "print(count)\n"
        )
        copy = Path(folder) / "textcrm"
        shutil.copytree(vault / ".textcrm", copy)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        shutil.rmtree(vault / ".textcrm")
        shutil.copytree(copy, vault / ".textcrm")
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip().isdigit() else None


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def choose(vault: Path, backend: str) -> None:
    """Write the backend into the vault's settings."""
    settings = generate.SETTINGS + f"search: {{backend: {backend}}}\n"
    (vault / "textcrm.yaml").write_text(settings, encoding="utf-8")


def naive_cost(vault: Path, size: int) -> Cost | None:
    """The plain recipe over the same files, where jieba is installed and the vault is not huge."""
    if size > 10_000 or importlib.util.find_spec("jieba") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        return run(sys.executable, "-m", "benchmarks.naive", str(vault), folder)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--backend", nargs="+", choices=BACKENDS, default=list(BACKENDS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-naive", action="store_true")
    chosen = parser.parse_args()
    print("| " + " | ".join(Line._fields) + " |")
    print("|" + "---|" * len(Line._fields))
    for size in chosen.size:
        with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
            vault = Path(folder) / "vault"
            generate.vault(vault, size)
            naive = None if chosen.no_naive else naive_cost(vault, size)
            for backend in chosen.backend:
                choose(vault, backend)
                bench = Bench(vault, size, backend, chosen.rounds)
                bench.first_index(naive)
                warm = bench.warm_search()
                bench.warm_list()
                bench.warm_check()
                bench.after_one_edit(warm)
                bench.after_pull()


if __name__ == "__main__":
    main()
