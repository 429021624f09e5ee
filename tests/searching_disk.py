"""Looking for planted values everywhere: files in any clothes, every git object, processes."""

from __future__ import annotations

import base64
import contextlib
import gzip
import subprocess
import threading
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self


def disguises(value: str) -> set[bytes]:
    """The bytes by which a text may stand somewhere: as it is, without spaces, base64, hex, UTF-16."""
    found: set[bytes] = set()
    for text in {value, value.replace(" ", ""), value.casefold()}:
        data = text.encode()
        found |= {data, text.encode("utf-16-le"), text.encode("utf-16-be"), data.hex().encode()}
        for shift in range(3):  # wherever it begins within base64's groups of three
            whole = base64.b64encode(b"\0" * shift + data + b"\0" * 3)
            found.add(whole[4 if shift else 0 : (len(data) + shift) // 3 * 4])
    return found


def traces(values: Iterable[str], folders: Iterable[Path]) -> list[str]:
    """Where any of some values stands: files below folders, and all objects of repositories there."""
    wanted = {one for value in values for one in disguises(value)}
    found = []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if any(one in str(file).encode() for one in wanted):
                found.append(f"name {file}")
            if file.is_file() and not file.is_symlink():
                data = file.read_bytes()
                if _holds(data, wanted):
                    found.append(str(file))
            if file.name == "objects" and (file.parent / "HEAD").is_file():
                found += [f"{file.parent} object {name}" for name in _objects(file.parent, wanted)]
    return found


def _holds(data: bytes, wanted: set[bytes]) -> bool:
    texts = [data]
    for unpack in (zlib.decompress, gzip.decompress):
        with contextlib.suppress(zlib.error, OSError, EOFError):
            texts.append(unpack(data))
    return any(one in text or one in text.lower() for text in texts for one in wanted)


def _objects(git_dir: Path, wanted: set[bytes]) -> Iterator[str]:
    """Objects of a repository, reachable or not, packed or loose, that hold something."""
    listed = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"],
        cwd=git_dir,
        capture_output=True,
        check=True,
    ).stdout
    start = 0
    while start < len(listed):
        end = listed.index(b"\n", start)
        name, _, size = listed[start:end].split(b" ")
        data = listed[end + 1 : end + 1 + int(size)]
        if _holds(data, wanted):
            yield name.decode()
        start = end + int(size) + 2


class Processes:
    """Watches the command lines of all processes for some values; use it in a ``with``."""

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = {one for value in values for one in disguises(value)}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.found: set[str] = set()
        self.looks = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.looks += 1
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    with contextlib.suppress(OSError):
                        line = (folder / "cmdline").read_bytes()
                        if any(one in line for one in self._wanted):
                            self.found.add(
                                line[:80].replace(b"\0", b" ").decode("utf-8", "replace")
                            )
            time.sleep(0.002)
