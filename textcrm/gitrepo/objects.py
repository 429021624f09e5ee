"""Reading objects through one ``git cat-file --batch``: thousands of blobs in one process."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import Misuse
from textcrm.gitrepo import failures
from textcrm.text import Text

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator
    from typing import Self

    from textcrm.gitrepo.process import Git

# Requests that are sent ahead of their answers must fit into a pipe, the smallest of which (on
# Windows) holds 4 KB; else both sides would wait for each other.
_AHEAD = 2048


class Found(NamedTuple):
    """An object: its id, its type (blob, tree, commit, tag) and its content."""

    id: str
    kind: str
    data: bytes


class Blobs:
    """A running ``cat-file --batch``; use it in a ``with``, from one thread."""

    def __init__(self, git: Git) -> None:
        self._process: subprocess.Popen[bytes] = git.start(
            "cat-file", "--batch", feed=True, quiet=True
        )
        self._requests: Any = self._process.stdin
        self._answers: Any = self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            self._requests.close()
        self._answers.close()
        self._process.wait()

    def read(self, name: str) -> bytes | None:
        """The bytes of a blob named by its id or as ``revision:path``; None where there is none."""
        found = self.find(name)
        return found.data if found is not None and found.kind == "blob" else None

    def find(self, name: str) -> Found | None:
        """Any object by name. Raises Misuse (object-name) where a name holds a line's end."""
        self._requests.write(request(name))
        self._requests.flush()
        return self._answer()

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Read blobs in the order asked for, a few requests ahead of the answers."""
        waiting: list[bytes] = []
        for name in names:
            waiting.append(request(name))
            if sum(map(len, waiting)) > _AHEAD:
                yield from self._flush(waiting)
        yield from self._flush(waiting)

    def _flush(self, waiting: list[bytes]) -> Iterator[bytes | None]:
        self._requests.write(b"".join(waiting))
        self._requests.flush()
        count = len(waiting)
        waiting.clear()
        answers = [self._answer() for _ in range(count)]
        yield from (one.data if one and one.kind == "blob" else None for one in answers)

    def _answer(self) -> Found | None:
        line: bytes = self._answers.readline()
        if not line:
            raise failures.git_failed("cat-file", "it ended early")
        header = parse_header(line)
        if header is None:
            return None
        blob, kind, size = header
        data: bytes = self._answers.read(size + 1)
        return Found(blob, kind, data[:-1])


def parse_header(line: bytes) -> tuple[str, str, int] | None:
    """Id, type and size of an answer's first line; None where the object is not there."""
    words = line.split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    return words[0].decode(), words[1].decode(), int(words[2])


def request(name: str) -> bytes:
    """One line of a batch request."""
    if "\n" in name or "\0" in name:
        raise Misuse(
            "object-name",
            Text("“{name}” names nothing in git", "“{name}”不是 git 中的名称"),
            name=name,
        )
    return name.encode("utf-8", "surrogateescape") + b"\n"


def read_all(git: Git, names: list[str]) -> list[bytes | None]:
    """Read some blobs by a process of their own."""
    data = git.output("cat-file", "--batch", given=b"".join(map(request, names)))
    result: list[bytes | None] = []
    start = 0
    for _ in names:
        end = data.index(b"\n", start)
        header = parse_header(data[start:end])
        start = end + 1
        if header is None:
            result.append(None)
            continue
        content = data[start : start + header[2]]
        start += header[2] + 1
        result.append(content if header[1] == "blob" else None)
    return result
