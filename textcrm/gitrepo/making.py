"""Making a commit object without any index: blobs, trees and commit by one ``git fast-import``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from textcrm.gitrepo import failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textcrm.gitrepo.repository import GitRepo

# A name that fast-import needs while it works; the reset at the end keeps it from becoming a ref.
_SCRATCH = b"refs/textcrm/scratch"


class Order(NamedTuple):
    """A commit to be made; the people are stamped as git writes them.

    A change is bytes, the id of a blob that is there already, or None to delete the path;
    ``modes`` names those that are no plain files. ``merges`` is the second parent of a merge.
    """

    parent: str | None
    changes: Mapping[str, bytes | str | None]
    message: bytes
    author: str
    committer: str
    modes: Mapping[str, str] = {}
    merges: str | None = None


def make_commit(repo: GitRepo, order: Order, *, sign: bool = False) -> str:
    """Write the objects of a commit; no ref names it yet. Gives its id.

    Raises StorageFailure (disk-full, git-failed, git-signing).
    """
    stream = b"".join(
        [
            b"feature done\n",
            *commit_lines(_SCRATCH, order, mark=1),
            b"get-mark :1\nreset ",
            _SCRATCH,
            b"\n\ndone\n",
        ]
    )
    made = import_stream(repo, stream).decode().strip()
    return recommit(repo, made, order, sign=sign) if sign else made


def make_commits(repo: GitRepo, orders: Sequence[Order], *, sign: bool = False) -> list[str]:
    """Write a line of commits, each on the one before; only the first order's parent counts.

    Raises StorageFailure (disk-full, git-failed, git-signing).
    """
    if sign or len(orders) < 2:
        made: list[str] = []
        for order in orders:
            parent = made[-1] if made else order.parent
            made.append(make_commit(repo, order._replace(parent=parent), sign=sign))
        return made
    lines = [b"feature done\n"]
    for number, order in enumerate(orders, 1):
        lines += commit_lines(
            _SCRATCH,
            order if number == 1 else order._replace(parent=f":{number - 1}"),
            mark=number,
        )
    lines += [b"get-mark :%d\n" % number for number in range(1, len(orders) + 1)]
    lines += [b"reset ", _SCRATCH, b"\n\ndone\n"]
    return import_stream(repo, b"".join(lines)).decode().split()


def import_stream(repo: GitRepo, stream: bytes) -> bytes:
    """Feed a whole stream to fast-import."""
    outcome = repo.process.run("fast-import", "--quiet", "--force", given=stream, write=True)
    if outcome.code:
        with contextlib.suppress(OSError):
            (repo.git_dir / f"fast_import_crash_{outcome.pid}").unlink(missing_ok=True)
        raise failures.git_failed("fast-import", outcome.err)
    return outcome.out


def commit_lines(ref: bytes, order: Order, *, mark: int = 0) -> Iterator[bytes]:
    """One commit in fast-import's language (git-fast-import(1))."""
    yield b"commit %s\n" % ref
    if mark:
        yield b"mark :%d\n" % mark
    yield f"author {order.author}\ncommitter {order.committer}\n".encode("utf-8", "replace")
    yield b"data %d\n%s\n" % (len(order.message), order.message)
    if order.parent:
        yield f"from {order.parent}\n".encode()
    if order.merges:
        yield f"merge {order.merges}\n".encode()
    yield from _change_lines(order.changes.items(), order.modes)
    yield b"\n"


def _change_lines(
    changes: Iterable[tuple[str, bytes | str | None]], modes: Mapping[str, str]
) -> Iterator[bytes]:
    for path, data in changes:
        quoted = _quoted(path)
        mode = modes.get(path, "100644").encode()
        if data is None:
            yield b"D %s\n" % quoted
        elif isinstance(data, str):
            yield b"M %s %s %s\n" % (mode, data.encode(), quoted)
        else:
            yield b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(data), data)


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    return b'"%s"' % raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def recommit(repo: GitRepo, commit: str, order: Order, *, sign: bool) -> str:
    """Make a commit of the same tree anew, signed or with another message."""
    flags = ["-S"] if sign else []
    parents = [word for one in (order.parent, order.merges) if one for word in ("-p", one)]
    outcome = repo.process.run(
        "commit-tree", *flags, f"{commit}^{{tree}}", *parents, "-F", "-",
        given=order.message,
        env={**_person("AUTHOR", order.author), **_person("COMMITTER", order.committer)},
        write=True,
    )  # fmt: skip
    if outcome.code and sign:
        raise _unsigned(outcome.err)
    if outcome.code:
        raise failures.git_failed("commit-tree", outcome.err)
    return outcome.out.decode().strip()


def _person(role: str, stamped: str) -> dict[str, str]:
    name, _, rest = stamped.rpartition(" <")
    email, _, date = rest.partition("> ")
    return {
        f"GIT_{role}_NAME": name,
        f"GIT_{role}_EMAIL": email,
        f"GIT_{role}_DATE": f"@{date}",
    }


def _unsigned(stderr: str) -> Exception:
    from textcrm.errors import StorageFailure
    from textcrm.text import Text

    return StorageFailure(
        "git-signing",
        Text("the commit could not be signed: {detail}", "提交签名失败：{detail}"),
        hint=Text(
            "check user.signingkey and gpg.format, or: git config commit.gpgsign false",
            "检查 user.signingkey 和 gpg.format，或运行 git config commit.gpgsign false",
        ),
        detail=stderr.strip()[-600:],
    )
