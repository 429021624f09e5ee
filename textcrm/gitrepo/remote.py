"""The remote: where a branch is shared, fetching from there and pushing to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from textcrm.errors import StorageFailure, TrustFailure
from textcrm.gitrepo import failures, history
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.gitrepo.process import Git

Fetched = Literal["ok", "empty", "offline", "rewritten"]
Pushed = Literal["ok", "rejected", "offline"]

# Git's own words (LC_ALL=C), those of its transports and of ssh.
_OFFLINE: Final = re.compile(
    r"could not resolve host|connection refused|connection timed out|network is unreachable"
    r"|no route to host|operation timed out|failed to connect|connection reset|couldn't connect"
    r"|could not connect|temporary failure in name resolution|name or service not known"
    r"|the remote end hung up|early eof|connection closed|broken pipe|timed out",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(
    r"\[remote rejected\].*?\((?!.*(?:failed to update ref|cannot lock|incorrect old value))",
)
_LATE: Final = re.compile(
    r"\[rejected\]|non-fast-forward|fetch first|failed to update ref|cannot lock ref"
    r"|incorrect old value|remote contains work|stale info",
)
_SLOW: Final = ("-c", "http.lowSpeedLimit=100", "-c", "http.lowSpeedTime=30")
_SSH: Final = "ssh -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
_OPEN: Final = ("http", "git", "ftp", "ftps")


class Upstream(NamedTuple):
    """What a branch is shared as: the remote, its address, the branch's ref there and here."""

    remote: str
    url: str
    branch: str
    tracking: str


def upstream(git: Git, ref: str) -> Upstream | None:
    """Where a branch is shared: as git is told, else at ``origin`` or the only remote there is."""
    known = history.remotes(git)
    if not known:
        return None
    short = ref.removeprefix("refs/heads/")
    remote = _setting(git, f"branch.{short}.remote")
    branch = _setting(git, f"branch.{short}.merge")
    if remote not in known:
        remote = "origin" if "origin" in known else next(iter(known)) if len(known) == 1 else ""
        branch = ""
    if not remote:
        return None
    branch = branch or ref
    tracking = f"refs/remotes/{remote}/{branch.removeprefix('refs/heads/')}"
    return Upstream(remote, known[remote], branch, tracking)


def _setting(git: Git, name: str) -> str:
    return git.run("config", "--get", name).out.decode("utf-8", "replace").strip()


def is_open(url: str) -> bool:
    """Whether an address sends everything in the clear for anybody on the way to read (L2)."""
    scheme, sign, _ = url.partition("://")
    return bool(sign) and scheme.lower().rpartition("::")[2] in _OPEN


def addresses(git: Git, word: str) -> list[str]:
    """Every address that git uses for a remote's name, to fetch and to push; of no name, itself.

    What ``url.*.insteadOf`` and ``pushurl`` make of it, for that is where data goes.
    """
    found: list[str] = []
    for direction in ((), ("--push",)):
        outcome = git.run("remote", "get-url", "--all", *direction, "--", word)
        if not outcome.code:
            found += outcome.out.decode("utf-8", "replace").splitlines()
    if found:
        return list(dict.fromkeys(found))
    # git rewrites an address as it does that of a remote
    outcome = git.run("ls-remote", "--get-url", "--", word)
    said = outcome.out.decode("utf-8", "replace").strip()
    return list(dict.fromkeys([word, said] if said and not outcome.code else [word]))


def demand_closed(url: str, name: str | None = None) -> None:
    """Refuse an address that sends data in the clear (L2). Raises TrustFailure (remote-insecure)."""
    if not is_open(url):
        return
    raise TrustFailure(
        "remote-insecure",
        Text(
            "{url} sends customers' data in the clear for anybody on the way to read",
            "{url} 以明文传输客户资料，途中任何人都能读取",
        ),
        hint=Text(
            "use https:// or ssh:// (git remote set-url {remote} ADDRESS), or --insecure",
            "请改用 https:// 或 ssh://（git remote set-url {remote} 地址），或加 --insecure",
        )
        if name
        else Text(
            "use https:// or ssh://, or --insecure", "请改用 https:// 或 ssh://，或加 --insecure"
        ),
        url=without_password(url),
        remote=name or "",
    )


def without_password(url: str) -> str:
    """An address as it may be shown: a password in it is left out."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1@", url)


def _patience(git: Git) -> tuple[str, ...]:
    """Settings that end a line which has gone dead; how the user reaches a host is left alone."""
    if git.has_own_ssh or git.run("config", "--get", "core.sshCommand").out.strip():
        return _SLOW
    return (*_SLOW, "-c", f"core.sshCommand={_SSH}")


def fetch(git: Git, there: Upstream, *, accept_rewritten: bool = False) -> Fetched:
    """Learn what the remote's branch is now; nothing but the tracking ref changes.

    ``rewritten``: its history is no continuation of what was seen before, and the tracking ref
    stays, unless that is accepted. Raises StorageFailure (remote-failed).
    """
    plus = "+" if accept_rewritten else ""
    outcome = git.run(
        *_patience(git), "fetch", "--no-auto-maintenance", "--refmap=",
        there.remote, f"{plus}{there.branch}:{there.tracking}",
        write=True,
    )  # fmt: skip
    if not outcome.code:
        return "ok"
    if "couldn't find remote ref" in outcome.err:
        git.run("update-ref", "-d", there.tracking, write=True)
        return "empty"
    if "non-fast-forward" in outcome.err:
        return "rewritten"
    if _OFFLINE.search(outcome.err):
        return "offline"
    raise _failed("fetch", there, outcome.err)


def push(git: Git, there: Upstream, commit: str) -> Pushed:
    """Let the remote's branch be a commit; ``rejected`` where somebody was faster.

    Raises StorageFailure (remote-failed, remote-refused).
    """
    outcome = git.run(
        *_patience(git), "push", "--quiet", there.remote, f"{commit}:{there.branch}", write=True
    )
    if not outcome.code:
        return "ok"
    if _REFUSED.search(outcome.err):
        raise _refused(there, outcome.err)
    if _LATE.search(outcome.err):
        return "rejected"
    if _OFFLINE.search(outcome.err):
        return "offline"
    raise _failed("push", there, outcome.err)


def _failed(what: str, there: Upstream, said: str) -> Exception:
    known = failures.git_failed(what, said)
    if known.code != "git-failed":
        return known
    return StorageFailure(
        "remote-failed",
        Text("{remote} ({url}) does not answer: {detail}", "{remote}（{url}）无法访问：{detail}"),
        hint=Text(
            "check the address and your access: git remote -v, git fetch {remote}",
            "请检查地址和权限：git remote -v，git fetch {remote}",
        ),
        remote=there.remote,
        url=without_password(there.url),
        detail=without_password(said.strip())[-600:],
    )


def _refused(there: Upstream, said: str) -> StorageFailure:
    lines = [line.removeprefix("remote:").strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(("error:", "To "))]
    return StorageFailure(
        "remote-refused",
        Text("{remote} refused the change: {detail}", "{remote} 拒绝了这次推送：{detail}"),
        hint=Text(
            "your commits stay here, unshared; do what it asks for, then: textcrm sync",
            "您的提交仍保留在本地；请按其要求处理后再运行 textcrm sync",
        ),
        remote=there.remote,
        detail="\n".join(told)[-1200:],
    )
