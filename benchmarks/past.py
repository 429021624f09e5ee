"""A generated vault with a long history: many records, one commit for each of many changes.

usage: python -m benchmarks.past RECORDS COMMITS FOLDER [--no-files] [--contacts]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import subprocess
from pathlib import Path
from typing import IO

from benchmarks import generate

DAYS = 730
PEOPLE = tuple((name, f"{name}@example.com") for name in generate.OWNERS)
HOT = 50  # versions of the one record that is asked for


def hot_path(records: int) -> str:
    """The record that has about fifty versions."""
    return generate.record(records // 2, records)[0]


def write(
    folder: Path, records: int, commits: int, *, files: bool = True, contacts: bool = False
) -> None:
    """Write a vault with its history by ``git fast-import``; without ``files`` none is checked out.

    With ``contacts`` every commit adds a contact to a customer, as ``textcrm log`` does, some of
    them days after it was made.
    """
    generate.vault(folder, 0, git=False)
    run = ["git", "-C", str(folder)]
    subprocess.run([*run, "init", "-q", "-b", "main"], check=True)
    feed = subprocess.Popen([*run, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert feed.stdin is not None
    _stream(feed.stdin, folder, records, commits, contacts=contacts)
    feed.stdin.close()
    if feed.wait():
        raise SystemExit("git fast-import failed")
    subprocess.run([*run, "commit-graph", "write", "--reachable", "--changed-paths"], check=True)
    if files:
        subprocess.run([*run, "reset", "-q", "--hard"], check=True)


def _stream(out: IO[bytes], folder: Path, records: int, commits: int, *, contacts: bool) -> None:
    chance = random.Random(records * 1_000_003 + commits)
    end = dt.datetime.combine(generate.ANCHOR, dt.time(18), dt.UTC)
    step = dt.timedelta(days=DAYS) / (commits + 1)
    texts: dict[str, str] = {}
    _commit(out, 0, end - dt.timedelta(days=DAYS), "import", "")
    for file in sorted(folder.rglob("*")):
        if file.is_file() and ".git" not in file.relative_to(folder).parts:
            _file(out, file.relative_to(folder).as_posix(), file.read_text("utf-8"))
    for number in range(records):
        _file(out, *generate.record(number, records))
    hot = hot_path(records)
    turn = max(1, commits // HOT)
    for number in range(1, commits + 1):
        place = records // 2 if number % turn == 0 else chance.randrange(records)
        path = generate.record(place, records)[0] if place != records // 2 else hot
        if path not in texts:
            texts[path] = generate.record(place, records)[1]
        at = end - dt.timedelta(days=DAYS) + number * step
        if contacts:
            texts[path] = _talked(texts[path], chance, number, at)
        else:
            texts[path] = _changed(texts[path], chance, number)
        _commit(out, number, at, "log" if contacts else "set", Path(path).stem)
        _file(out, path, texts[path])
        if len(texts) > 20_000:
            texts = {hot: texts[hot]} if hot in texts else {}


def _changed(text: str, chance: random.Random, number: int) -> str:
    """The record with two fields changed."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if line.startswith("intent: "):
            lines[place] = f"intent: {chance.choice(('high', 'medium', 'low'))}"
        elif line.startswith("notes: "):
            lines[place] = f"notes: 第 {number} 次改动"
    return "\n".join(lines)


def _talked(text: str, chance: random.Random, number: int, at: dt.datetime) -> str:
    """The record with a contact more, made on that day or some days before."""
    day = at.date() - dt.timedelta(days=chance.choice((0, 0, 0, 1, 6)))
    lines = [
        "interactions:",
        f"  - id: h{number:05d}",
        f"    at: '{day}'",
        f"    by: {PEOPLE[number % len(PEOPLE)][0]}",
        "    channel: phone",
        f"    summary: 第 {number} 次沟通",
    ]
    return text.replace("interactions:", "\n".join(lines), 1)


def _commit(out: IO[bytes], number: int, at: dt.datetime, op: str, own: str) -> None:
    name, email = PEOPLE[number % len(PEOPLE)]
    said = f"{own or 'vault'}: {op}\n\nTextcrm-Op: {op}\n" + (
        f"Textcrm-Id: {own}\n" if own else ""
    )
    body = said.encode()
    out.write(
        b"commit refs/heads/main\n"
        + f"committer {name} <{email}> {int(at.timestamp())} +0800\n".encode()
        + f"data {len(body)}\n".encode()
        + body
        + b"\n"
    )


def _file(out: IO[bytes], path: str, text: str) -> None:
    body = text.encode()
    out.write(f"M 100644 inline {path}\ndata {len(body)}\n".encode() + body + b"\n")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int)
    parser.add_argument("commits", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-files", action="store_true")
    parser.add_argument("--contacts", action="store_true")
    chosen = parser.parse_args()
    write(
        chosen.folder,
        chosen.records,
        chosen.commits,
        files=not chosen.no_files,
        contacts=chosen.contacts,
    )


if __name__ == "__main__":
    main()
