"""Erasing one customer out of history, against git-filter-repo alone on a mirror of the same vault.

    python -m benchmarks.erasure [RECORDS] [COMMITS]

Prints both and their ratio; what textcrm does beside it is the tombstone, finding every version of
the record, the proof of every commit, the swap, the checkpoint and pruning.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from textcrm import store
from textcrm.access.keyring import Keyring, Source
from textcrm.access.pins import Pins
from textcrm.privacy import erasing, forgetting
from textcrm.text import same
from textcrm.vault import Vault
from textcrm.vault.creation import create
from textcrm.vault.first_keys import KeyPlaces, add_keys

ONE = "C20260101001"


def made(folder: Path, records: int, commits: int) -> Path:
    """A vault with so many records, of which one of three commits is about the first."""
    create(folder, language="en")
    keys = folder.parent / "keys"
    vault = Vault.open(folder)
    ring = Keyring([Source(same("own"), keys / "identity.txt")])
    pins = Pins(keys / "trust")
    places = KeyPlaces(
        ring, keys / "identity.txt", [keys / "signing"], keys / "recovery.txt", pins
    )
    if not vault.access.has_keys:
        add_keys(vault, places, "en")
    head = _git(folder, "rev-parse", "HEAD").strip()
    lines: list[bytes] = []
    for number in range(commits + 1):
        written = (
            range(1, records + 1) if not number else [1 if number % 3 == 0 else 2 + number % 50]
        )
        said = b"set notes"
        lines.append(
            b"commit refs/heads/main\ncommitter T <t@example.com> %d +0000\ndata %d\n%s\n"
            % (1_790_000_000 + number, len(said), said)
        )
        lines.append(f"from {head}\n".encode() if not number else b"")
        for own in written:
            name = f"C20260101{own:03}"
            text = (
                f"id: {name}\nuid: 01KDW0ZB00AAAAAAAAAA{own:06}\nname: N{own}\nnotes: n{number}\n"
            )
            data = text.encode()
            lines.append(
                b"M 100644 inline %s\ndata %d\n%s\n"
                % (store.path_of(name).encode(), len(data), data)
            )
    subprocess.run(
        ["git", "-C", str(folder), "fast-import", "--quiet"], input=b"".join(lines), check=True
    )
    _git(folder, "reset", "-q", "--hard", "main")
    return keys


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def alone(folder: Path, target: Path) -> float:
    """Seconds of git-filter-repo alone, its mirror included."""
    start = time.perf_counter()
    subprocess.run(
        ["git", "clone", "-q", "--mirror", "--no-local", str(folder), str(target)], check=True
    )
    subprocess.run(
        [sys.executable, "-m", "git_filter_repo", "--force", "--quiet", "--invert-paths", "--path",
         store.path_of(ONE)],
        cwd=target, check=True,
    )  # fmt: skip
    return time.perf_counter() - start


def ours(folder: Path, keys: Path) -> tuple[float, float]:
    """Seconds of the erasure, and of the rewriting after it."""
    vault = Vault.open(folder)
    vault.keyring = Keyring([Source(same("own"), keys / "identity.txt")])
    vault.pins = Pins(keys / "trust")
    start = time.perf_counter()
    traces = erasing.subjects(vault, [ONE])
    erasing.erase(vault, traces, reason="request", signing_keys=[keys / "signing"])
    middle = time.perf_counter()
    forgetting.rewrite(vault, erasing.subjects(vault, [ONE]), key=keys / "signing")
    return middle - start, time.perf_counter() - middle


def main(records: int = 999, commits: int = 300) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "vault"
        keys = made(folder, records, commits)
        plain = alone(folder, Path(base) / "mirror.git")
        erased, rewritten = ours(folder, keys)
    print(f"{records} records, {commits} commits")
    print(f"git-filter-repo alone   {plain:6.2f} s")
    print(f"erase                   {erased:6.2f} s  ({erased / plain:.2f} of it)")
    print(f"rewrite, proved         {rewritten:6.2f} s  ({rewritten / plain:.2f} of it)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
