"""A year of use: five people at five clones, with kills, failing pushes and broken edits.

``python tests/soaking.py FOLDER [--seed N] [--days N] [--deeds N] [--json]`` plays it and judges
what is left. The plan follows from the seed; ids, keys and ciphertext are new each time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from searching_disk import traces
from soak_desk import load
from soak_year import Year

if TYPE_CHECKING:
    from soak_desk import Desk

ROUNDS = 8
_NUMBER = re.compile(rb"\d{9,}(?:\.\d\d)?")


def settle(year: Year) -> None:
    """Bring all clones together: mend, save, sync, decide, until nothing moves; then an admin seals
    anew what others sealed with a key of before, as ``check`` asks for, and all take that.
    """
    year.faults = False
    for desk in year.desks:
        year.mend(desk)
        year.save(desk)
    _together(year)
    year.marked(year.desks[0], "rekey", codes=(0, 1))
    _together(year)


def _together(year: Year) -> None:
    for _ in range(ROUNDS):
        for desk in year.desks:
            year.sync(desk)
            year.resolve(desk)
        heads = {desk.git("rev-parse", "HEAD").strip() for desk in year.desks}
        if len(heads) == 1 and not any(year.asked(desk) for desk in year.desks):
            return


def judge(year: Year) -> list[str]:
    """What is wrong at the end, in words; empty where all is well."""
    wrong = list(year.surprises)
    heads = {desk.who: desk.git("rev-parse", "HEAD").strip() for desk in year.desks}
    if len(set(heads.values())) != 1:
        wrong.append(f"the clones do not agree: {heads}")
    for desk in year.desks:
        if left := desk.git("status", "--porcelain").strip():
            wrong.append(f"{desk.who} has something left: {left[:200]}")
        desk.git("fsck", "--no-dangling", "--no-progress")
        year.deed(desk, "check", "--json")
        checked = year.last.data
        wrong += [
            f"{desk.who}: check: {one}"
            for one in checked["problems"]
            if one["severity"] == "error"
        ]
        year.deed(desk, "audit", "verify", "--all", "--json", codes=(0, 1))
        audited = year.last.data
        wrong += [f"{desk.who}: audit: {one}" for one in audited["violations"]]
        # Whoever was offline over a rotation has sealed with the key of before: told as warnings,
        # since the next rekey has mended it.
        found = [one for one in audited["problems"] if one["severity"] == "error"]
        wrong += [f"{desk.who}: audit: {one}" for one in found]
        stale = [one for one in audited["problems"] if one["code"] == "sealed-stale"]
        year.stale = max(year.stale, len(stale))
    wrong += _history(year, year.desks[0])
    wrong += _present(year, year.desks[0])
    wrong += _sealed(year, year.desks[0])
    wrong += _edits(year)
    wrong += [f"plain text: {one}" for one in _plain(year)]
    return wrong


def _plain(year: Year) -> list[str]:
    """Where a sealed value stands in clear: all of them as they were typed, some in any clothes."""
    some = year.dice.sample(year.canaries, min(len(year.canaries), 12))
    found = traces(some, [year.folder])
    wanted = {one.encode() for one in year.canaries}
    for file in sorted(year.folder.rglob("*")):
        if file.is_file() and wanted & set(_NUMBER.findall(file.read_bytes())):
            found.append(str(file))
        if file.name == "objects" and (file.parent / "HEAD").is_file():
            words = ["git", "cat-file", "--batch-all-objects", "--batch"]
            data = subprocess.run(words, cwd=file.parent, capture_output=True, check=True).stdout
            if wanted & set(_NUMBER.findall(data)):
                found.append(f"an object of {file.parent}")
    return found


def _history(year: Year, desk: Desk) -> list[str]:
    """Acknowledged changes that no commit tells of, and that nobody was asked about."""
    told = desk.git("log", "--format=%B")
    missing = {mark: one for mark, one in year.proved.items() if mark not in told}
    return [
        f"not in history: {mark} of {one.told}"
        for mark, one in missing.items()
        if not one.shared and not one.uids & year.asked_of[one.who]
    ]


def _present(year: Year, desk: Desk) -> list[str]:
    """Notes of contacts that are in no record, though nobody took them back."""
    customers = desk.customers()
    uids = {one.uid for one in customers}
    text = "\n".join(one.file.read_text("utf-8") for one in customers)
    wrong = [
        f"gone: {mark} of {uid}"
        for mark, uid in year.noted.items()
        if mark not in text and uid not in year.gone
    ]
    wrong += [f"no such customer: {uid}" for uid in year.made if uid not in uids | year.gone]
    if len(uids) != len(customers) or len({one.id for one in customers}) != len(customers):
        wrong.append("an id or uid is given twice")
    return wrong


def _edits(year: Year) -> list[str]:
    """What was typed in an editor and is in no version of any clone that its author has had."""
    wrong = []
    for folder in sorted(year.folder.glob("vault-*")):
        words = ["git", "cat-file", "--batch-all-objects", "--batch"]
        data = subprocess.run(words, cwd=folder, capture_output=True, check=True).stdout
        who = folder.name.removeprefix("vault-")
        wrong += [
            f"an edit is lost: {mark} of {who}"
            for mark, by in year.edits.items()
            if by == who and mark.encode() not in data
        ]
    return wrong


def _sealed(year: Year, desk: Desk) -> list[str]:
    """Sealed values that are not what somebody typed."""
    wrong = []
    for one in desk.customers():
        values = year.typed[one.uid] | year.perhaps[one.uid]
        if not year.typed[one.uid] or one.uid in year.gone:
            continue
        ran = year.deed(desk, "show", one.id, "bank_account", "--reveal", "--json")
        if ran.code or ran.data["value"] not in values:
            wrong.append(f"{one.id}: the account is {ran.out[:100]}{ran.err[:300]}")
    return wrong


def report(year: Year, wrong: list[str], seconds: float) -> dict[str, Any]:
    """Figures of the play: commands, faults, sizes, and times at the end against the start."""
    times: dict[str, dict[str, float]] = {}
    for kind, taken in sorted(year.times.items()):
        first = [one for month, one in taken if month <= 3]
        last = [one for month, one in taken if month >= 10]
        if first and last:
            start, end = median(first), median(last)
            times[kind] = {
                "start_ms": round(start * 1000),
                "end_ms": round(end * 1000),
                "ratio": round(end / start, 2),
            }
    return {
        "wrong": wrong,
        "seed": year.seed,
        "commands": sum(year.counts.values()),
        "by_command": dict(sorted(year.counts.items())),
        "kills": year.kills,
        "edits_after_kills": year.shaken_edits,
        "edits_told": year.told,
        "pushes_refused": year.refused,
        "conflicts": year.conflicts,
        "sealed_with_an_old_key": year.stale,
        "customers": len(year.desks[0].customers()),
        "commits": int(year.desks[0].git("rev-list", "--count", "HEAD")),
        "sizes_kb": year.sizes,
        "times": times,
        "codes": {key: dict(value) for key, value in sorted(year.codes.items())},
        "seconds": round(seconds),
    }


def main() -> int:
    """Play a year and print what came of it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--days", type=int, default=20, help="days of work in a month")
    words.add_argument("--deeds", type=int, default=3, help="of each person on each of them")
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    load()
    start = time.perf_counter()
    year = Year(given.folder.resolve(), given.seed, days=given.days, deeds=given.deeds)
    year.play()
    settle(year)
    figures = report(year, judge(year), time.perf_counter() - start)
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _print(figures)
    return 1 if figures["wrong"] else 0


def _print(figures: dict[str, Any]) -> None:
    for one in figures["wrong"]:
        print("WRONG", one)
    for name in (
        "seed",
        "commands",
        "kills",
        "edits_after_kills",
        "edits_told",
        "pushes_refused",
        "conflicts",
        "sealed_with_an_old_key",
        "customers",
        "commits",
    ):
        print(f"{name:22} {figures[name]}")
    for month, size in figures["sizes_kb"].items():
        print(f"hub, month {month:>2}    {size} KB")
    for kind, one in figures["times"].items():
        print(f"{kind:16} {one['start_ms']:6} ms -> {one['end_ms']:6} ms  x{one['ratio']}")
    for kind, codes in figures["codes"].items():
        print(f"{kind:16} ended with {codes}")
    print(f"{'seconds':16} {figures['seconds']}")


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
