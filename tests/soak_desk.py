"""One person of the soak: a home, a clone, and commands that run on a day of the play.

A command is a fork of a process that has textcrm loaded, so that a year takes minutes. Its clock
is moved, its output goes to files, and it may be told to die, by SIGKILL, at its n-th touch of the
world outside (a file opened, renamed or removed, a program started, a database opened), or at a step
of its commit.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import textcrm

real = dt.datetime

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOUCHES = frozenset(
    {
        "open",
        "os.chmod",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.truncate",
        "sqlite3.connect",
        "subprocess.Popen",
    }
)
_HEAD = re.compile(r"^id: (\S+)\nuid: (\S+)\nname: (.+)$", re.MULTILINE)


class Ended(NamedTuple):
    """How a command ended; ``touches`` counts its touches of the world outside."""

    code: int
    out: str
    err: str
    seconds: float
    touches: int

    @property
    def data(self) -> Any:
        """The JSON document it printed."""
        return json.loads(self.out)

    @property
    def killed(self) -> bool:
        """Whether it died of a kill."""
        return self.code == -signal.SIGKILL


class Customer(NamedTuple):
    """A record as its file's first lines tell it."""

    id: str
    uid: str
    name: str
    file: Path


def load() -> None:
    """Load every module of textcrm, once, before anything is forked."""
    for module in pkgutil.walk_packages(textcrm.__path__, "textcrm."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


class Desk:
    """A person at a clone of the vault."""

    def __init__(self, folder: Path, who: str, name: str) -> None:
        self.who = who
        self.name = name
        self.email = f"{who}@example.com"
        self.home = folder / "homes" / who
        self.home.mkdir(parents=True)
        self.root = folder / f"vault-{who}"
        self.broken: Path | None = None
        self.away = False
        self.shaken = False  # a command was killed, and none has gone on from there
        self.edited = False  # ... and something was edited by hand since
        self._bin = folder / "bin"
        (self.home / "gitconfig").write_text(
            f"[user]\n\tname = {name}\n\temail = {self.email}\n[init]\n\tdefaultBranch = main\n",
            encoding="utf-8",
        )

    @property
    def environment(self) -> dict[str, str]:
        """The surroundings of this person's commands."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("GIT_", "TEXTCRM_", "LC_", "LANG", "XDG_"))
        }
        home = str(self.home)
        names = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        return {
            **kept,
            **dict.fromkeys(names, home),
            "TMPDIR": str(self.home.parent.parent / "tmp"),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": f"{home}/gitconfig",
            "GIT_TERMINAL_PROMPT": "0",
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def customers(self) -> list[Customer]:
        """The customers of this clone's work tree, by id; unreadable files are left out."""
        return [
            Customer(head[1], head[2], head[3], file)
            for file in sorted((self.root / "customers").rglob("C*.yaml"))
            if file != self.broken and (head := _HEAD.match(file.read_text("utf-8")))
        ]

    def git(self, *words: str, at: dt.datetime | None = None, check: bool = True) -> str:
        """Run plain git as this person."""
        stamp = {} if at is None else {"GIT_AUTHOR_DATE": at.isoformat()}
        if at is not None:
            stamp["GIT_COMMITTER_DATE"] = at.isoformat()
        done = subprocess.run(
            ["git", "-C", str(self.root), *words],
            env={**self.environment, **stamp},
            check=check,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def run(
        self,
        words: Sequence[str],
        *,
        at: dt.datetime,
        given: str = "",
        dies_at: int | str | None = None,
    ) -> Ended:
        """Run one command of textcrm at a moment of the play."""
        said = [self.home / name for name in (".out", ".err", ".touches")]
        (self.home / ".in").write_text(given, encoding="utf-8")
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            self._become(list(words), at, said, dies_at)
        _, status = os.waitpid(child, 0)
        seconds = time.perf_counter() - start
        out, err = (file.read_text("utf-8", "replace") for file in said[:2])
        touches = said[2].read_text() if said[2].exists() else ""
        for file in [*said, self.home / ".in"]:
            file.unlink(missing_ok=True)
        return Ended(os.waitstatus_to_exitcode(status), out, err, seconds, int(touches or 0))

    def _become(
        self, words: list[str], at: dt.datetime, said: list[Path], dies_at: int | str | None
    ) -> None:
        """Go on as the command. Never returns."""
        code = 70
        try:
            environment = self.environment
            os.environ.clear()
            os.environ.update(environment)
            for number, file in ((0, self.home / ".in"), (1, said[0]), (2, said[1])):
                flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                os.dup2(os.open(file, flags, 0o600), number)
            for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
                mode = "r" if number == 0 else "w"
                setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
            move_clock(at)
            from textcrm.cli.main import run

            touches = _count(dies_at)
            code = run(["-C", str(self.root), *words])
            said[2].write_text(str(touches[0]))
        except BaseException:  # noqa: BLE001 - the fork must end here, whatever happened
            import traceback

            traceback.print_exc()
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)


def _count(dies_at: int | str | None) -> list[int]:
    """Count touches of the world outside from now on, and die at one of them, or at a step."""
    from textcrm.gitrepo import steps

    count = [0]

    def reached(step: str) -> None:
        if step == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    steps.listener = reached

    def touched(event: str, _given: tuple[Any, ...]) -> None:
        if event in TOUCHES:
            count[0] += 1
            if count[0] == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touched)
    return count


def move_clock(at: dt.datetime) -> None:
    """Let ``datetime.now`` of this process tell a moment of the play; time.time stays true.

    Ages of files are told by the true clock, and must be compared with it.
    """
    offset = at - real.now(dt.UTC)

    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class Moved(real, metaclass=Kind):
        def __new__(cls, *given: Any, **named: Any) -> Any:
            return real(*given, **named)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            moment = real.now(dt.UTC) + offset
            return moment.astimezone(tz) if tz else moment.astimezone().replace(tzinfo=None)

    dt.datetime = Moved  # type: ignore[misc]
