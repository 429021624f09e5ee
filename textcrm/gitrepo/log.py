"""Reading history: one ``git log`` told as commits with their raw changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import NotFound
from textcrm.gitrepo import failures
from textcrm.gitrepo.values import BlobChange, Commit, Person
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from textcrm.gitrepo.process import Git

_MARK: Final = "\x01"
_FORMAT: Final = (
    "%x01%H%x00%P%x00%an%x00%ae%x00%ad%x00%cd%x00%s%x00%b%x00%(trailers:only,unfold)%x00"
)
_FIELDS: Final = 9
_CHUNK: Final = 1 << 16
SINCE: Final = "--since-as-filter"  # git 2.37
_BATCH: Final = 200  # ids on one command line


class Query(NamedTuple):
    """Which commits to tell, see :meth:`GitRepo.log`."""

    rev: str = "HEAD"
    paths: Sequence[str] = ()
    reverse: bool = False
    limit: int | None = None
    since: dt.date | dt.datetime | None = None
    until: dt.date | dt.datetime | None = None
    author: str | None = None
    removals: bool = False  # only commits that took a file out, and of them only that
    filter_since: bool = True  # off for git before 2.37, which stops at the first older commit


def read_log(git: Git, query: Query) -> Iterator[Commit]:
    """Tell commits while git still walks; nothing where the branch is not born yet.

    Raises NotFound (no-such-commit), StorageFailure.
    """
    process = git.start("log", *_arguments(query), quiet=False)
    out, err = process.stdout, process.stderr
    if out is None or err is None:  # never: both are pipes
        return
    try:
        yield from _commits(_tokens(out))
        said = err.read().decode("utf-8", "replace")
        if process.wait():
            if _too_old(said):
                yield from read_log(git, query._replace(filter_since=False))
                return
            _explain(said, query)
    finally:
        process.kill()
        out.close()
        err.close()
        process.wait()


def read_ids(git: Git, query: Query) -> list[str]:
    """The ids of commits only, in the order of :func:`read_log`; nothing of them is read."""
    outcome = git.run("rev-list", *_chosen(query), "--end-of-options", query.rev, "--")
    if outcome.code and _too_old(outcome.err):
        return read_ids(git, query._replace(filter_since=False))
    if outcome.code:
        _explain(outcome.err, query)
        return []
    return outcome.out.decode("ascii").split()


def read_commits(git: Git, ids: Sequence[str]) -> Iterator[Commit]:
    """Tell given commits, in the order given."""
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        out = git.output("log", "--no-walk=unsorted", *_FORM, *some, "--")
        yield from _commits(iter(out.decode("utf-8", "surrogateescape").split("\0")))


def _arguments(query: Query) -> list[str]:
    return [*_FORM, *_chosen(query), "--end-of-options", query.rev, "--", *query.paths]


_FORM: Final = (
    # -c shows of a merge what differs from all its parents; without full history git would
    # hide the side of a merge that lost, and renames would hide that a file came or went.
    "-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--full-history",
    "--no-color", "--no-show-signature", "--no-notes", "--no-mailmap",
    "--date=raw", f"--format=format:{_FORMAT}",
)  # fmt: skip


def _chosen(query: Query) -> list[str]:
    """The options that choose commits."""
    args: list[str] = []
    if query.reverse:
        args.append("--reverse")
    if query.limit is not None:
        args.append(f"-n{query.limit}")
    if query.since is not None:
        # Plain --since takes a commit of a clock that was years behind for the end of history.
        word = SINCE if query.filter_since else "--since"
        args.append(f"{word}=@{epoch(query.since)}")
    if query.until is not None:
        args.append(f"--until=@{epoch(query.until, end=True)}")
    if query.author is not None:
        args += ["--fixed-strings", f"--author={query.author}"]
    if query.removals:
        args.append("--diff-filter=D")
    return args


def _too_old(said: str) -> bool:
    """Whether git does not know the option yet: ``log`` names it, ``rev-list`` tells all it knows."""
    return SINCE.lstrip("-") in said or said.startswith("usage:")


def epoch(moment: dt.date | dt.datetime, *, end: bool = False) -> int:
    """Seconds since the epoch of a moment; of a day its first, or at the ``end`` its last."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(23, 59, 59) if end else dt.time())
    try:
        return max(0, int(moment.timestamp()))
    except (OverflowError, OSError, ValueError):
        return 0


def _tokens(out: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := out.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        for token in whole:
            yield token.decode("utf-8", "surrogateescape")
    if rest:
        yield rest.decode("utf-8", "surrogateescape")


def _commits(tokens: Iterator[str]) -> Iterator[Commit]:
    fields: list[str] = []
    changes: list[BlobChange] = []
    for token in tokens:
        if token.startswith(_MARK):
            if fields:
                yield _commit(fields, changes)
            fields = [token[1:], *(next(tokens) for _ in range(_FIELDS - 1))]
            changes = []
        elif (raw := token.lstrip("\n")).startswith(":"):
            changes.append(_change(raw, next(tokens)))
    if fields:
        yield _commit(fields, changes)


def _change(raw: str, path: str) -> BlobChange:
    """Read ``:mode mode id id letter``; a merge has one more mode, id, letter for each parent."""
    parents = len(raw) - len(raw.lstrip(":"))
    words = raw.split(" ")
    before, after = words[parents + 1], words[2 * parents + 1]
    letters = words[-1]
    return BlobChange(letters[0], path, _blob(before), _blob(after))


def _blob(name: str) -> str | None:
    return name if name.strip("0") else None


def _commit(fields: list[str], changes: list[BlobChange]) -> Commit:
    commit, parents, name, email, date, committed, subject, body, trailers = fields
    return Commit(
        commit,
        tuple(parents.split()),
        Person(_shown(name), _shown(email)),
        read_date(date),
        _shown(subject),
        _shown(body).strip("\n"),
        _trailers(_shown(trailers)),
        tuple(changes),
        read_date(committed),
    )


def _shown(text: str) -> str:
    """Text of a commit; bytes that are no UTF-8 show as replacement characters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_date(raw: str) -> dt.datetime:
    """The moment that git writes as ``1700000000 +0800``; the epoch where it is beyond reason."""
    seconds, _, zone = raw.partition(" ")
    try:
        sign = -1 if zone.startswith("-") else 1
        offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * sign
        return dt.datetime.fromtimestamp(int(seconds), dt.timezone(offset))
    except (ValueError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)


def _trailers(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        name, separator, value = line.partition(":")
        if separator:
            found.setdefault(name.strip(), []).append(value.strip())
    return found


def _explain(said: str, query: Query) -> None:
    unborn = "does not have any commits yet" in said or (
        query.rev == "HEAD" and ("bad revision" in said or "unknown revision" in said)
    )
    if unborn:
        return
    if "bad revision" in said or "unknown revision" in said or "bad object" in said:
        raise no_such_commit(query.rev)
    raise failures.git_failed("log", said)


def no_such_commit(rev: str) -> NotFound:
    """The error for a word that names no commit."""
    return NotFound(
        "no-such-commit",
        Text("there is no commit “{rev}”", "没有提交“{rev}”"),
        hint=Text("see the commits: textcrm log", "查看提交：textcrm log"),
        rev=rev,
    )
