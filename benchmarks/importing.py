"""Measures an import: rows per second of CPU, as a ratio to the plain way of doing the same.

The baseline reads the file with ``csv``, writes the very files that the import wrote, and commits
them with git. usage: python -m benchmarks.importing [--rows N] [--rounds N]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HEADS = "客户名称,联系人,手机,邮箱,地址,备注,客户来源,合作状态,最近跟进日期,沟通内容摘要,客户标签"
_GIT = {
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def table(file: Path, rows: int, seed: int = 20240501) -> None:
    """A table of customers; the same arguments give the same bytes."""
    chance = random.Random(seed)
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADS.split(","))
        for number in range(rows):
            writer.writerow(
                [
                    f"杭州云栖{number:06d}科技有限公司",
                    chance.choice(("王小明", "陈伟", "欧阳娜娜")),
                    f"1{chance.choice('3589')}{chance.randrange(10**9):09d}",
                    f"u{number}@example.com",
                    f"浙江省杭州市西湖区文三路{number % 999}号",
                    f"备注{number}",
                    "展会",
                    "未合作",
                    f"2024-05-{number % 28 + 1:02d}",
                    "沟通了报价",
                    "高意向、技术型",
                ]
            )


def _spent(work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work and of the processes that it starts."""
    before = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - before


def _textcrm(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "textcrm", *words], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _plainly(file: Path, files: dict[str, bytes], folder: Path) -> None:
    """Read with csv, write the files, commit them."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(files)
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "import"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def measure(folder: Path, rows: int) -> dict[str, float]:
    """CPU seconds of one round."""
    file = folder / "customers.csv"
    table(file, rows)
    vault = folder / "vault"
    _textcrm("init", str(vault))
    done = {"import": _spent(lambda: _textcrm("-C", str(vault), "import", str(file)))}
    done["again"] = _spent(lambda: _textcrm("-C", str(vault), "import", str(file)))
    files = {
        one.relative_to(vault).as_posix(): one.read_bytes()
        for one in (vault / "customers").rglob("*.yaml")
    }
    done["plain"] = _spent(lambda: _plainly(file, files, folder / "plain"))
    return done


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    os.environ.update(_GIT)
    rounds = []
    for _ in range(chosen.rounds):
        folder = Path(tempfile.mkdtemp(prefix="textcrm-bench-"))
        os.environ["HOME"] = os.environ["XDG_STATE_HOME"] = str(folder)
        start = time.perf_counter()
        rounds.append(measure(folder, chosen.rows))
        print(f"round: {time.perf_counter() - start:.1f} s")
        shutil.rmtree(folder, ignore_errors=True)
    middle = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    for name in ("import", "again"):
        print(
            f"{name:8} {chosen.rows / middle[name]:8.0f} rows/s of CPU, "
            f"ratio to csv + files + git {middle[name] / middle['plain']:.2f}"
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"memory at most {peak} MB")


if __name__ == "__main__":
    main()
