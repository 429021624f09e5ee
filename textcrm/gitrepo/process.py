"""Running git: fixed argument lists, a cleaned environment, English messages, bytes out."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.gitrepo import failures, system

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A hook or a linked work tree sets GIT_DIR, GIT_INDEX_FILE and more, which would send us into
# another repository. Only what tells who the user is and how to reach a server is kept.
_KEPT: Final = (
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_ASKPASS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
    "GIT_PROXY_COMMAND",
    "GIT_ALLOW_PROTOCOL",
)
# In pre-receive what is pushed lies in quarantine, which only these lead to (git-receive-pack(1)).
_QUARANTINE: Final = (
    "GIT_QUARANTINE_PATH",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_OWN: Final = {
    "LC_ALL": "C",
    "LANGUAGE": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
_READING: Final = ("-c", "core.quotePath=false", "-c", "i18n.logOutputEncoding=UTF-8")
# Git's default flushes nothing on a commit; a busy branch is waited for, not given up after 0.1 s.
_WRITING: Final = ("-c", "core.fsync=all", "-c", "core.filesRefLockTimeout=5000")


class Outcome(NamedTuple):
    """How a git command ended."""

    code: int
    out: bytes
    err: str
    pid: int = 0


class Git:
    """Runs git in one folder."""

    __slots__ = ("_clean", "_environment", "folder")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = _KEPT + _QUARANTINE if "GIT_QUARANTINE_PATH" in os.environ else _KEPT
        self._clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in kept
        }
        self._environment = {**self._clean, **_OWN}

    @property
    def names_people(self) -> bool:
        """Whether the environment names author or committer."""
        return any(name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_")) for name in self._clean)

    @property
    def has_own_ssh(self) -> bool:
        """Whether the environment says how hosts are reached."""
        return any(name in self._environment for name in ("GIT_SSH", "GIT_SSH_COMMAND"))

    def run(
        self,
        *args: str,
        given: bytes | None = None,
        env: Mapping[str, str] | None = None,
        write: bool = False,
    ) -> Outcome:
        """Run a command to its end, whatever that is. Raises StorageFailure (git-missing)."""
        with self.start(*args, env=env, write=write, feed=given is not None) as process:
            try:
                out, err = process.communicate(given)
            except BaseException:
                process.kill()
                raise
        return Outcome(process.returncode, out, err.decode("utf-8", "replace"), process.pid)

    def output(
        self,
        *args: str,
        given: bytes | None = None,
        env: Mapping[str, str] | None = None,
        write: bool = False,
    ) -> bytes:
        """What a command prints. Raises StorageFailure where it fails."""
        outcome = self.run(*args, given=given, env=env, write=write)
        if outcome.code:
            raise failures.git_failed(args[0], outcome.err)
        return outcome.out

    def start(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        write: bool = False,
        feed: bool = False,
        quiet: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a command and talk to it; ``feed`` opens its input, ``quiet`` drops its errors."""
        options = _READING + _WRITING if write else _READING
        return self._spawn(
            [system.git_program(), *options, *args],
            {**self._environment, **(env or {})},
            feed=feed,
            quiet=quiet,
        )

    def run_module(self, name: str, *args: str) -> Outcome:
        """Run a Python module that drives git itself, as a program of its own in this folder."""
        import sys

        command = [sys.executable, "-m", name, *args]
        return self._finish(command, {"LC_ALL": "C", "LANGUAGE": "", "PYTHONUTF8": "1"})

    def leave(self, *args: str) -> None:
        """Start a command that goes on by itself after us; nobody hears how it ends."""
        process = subprocess.Popen(
            [system.git_program(), *args],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        process.returncode = 0  # it is not waited for, and that is meant

    def run_hook(self, name: str, file: Path, args: list[str], env: Mapping[str, str]) -> Outcome:
        """Run a hook as git would, in the user's own language and environment."""
        command = [system.git_program(), "hook", "run", "--ignore-missing", name, "--", *args]
        outcome = self._finish(command, env)
        if outcome.code and "is not a git command" in outcome.err:  # before git 2.36
            outcome = self._finish([str(file), *args], env)
        return outcome

    def _finish(self, command: list[str], env: Mapping[str, str]) -> Outcome:
        with self._spawn(command, {**self._clean, **env}, feed=False, quiet=False) as process:
            try:
                out, err = process.communicate()
            except BaseException:
                process.kill()
                raise
        return Outcome(process.returncode, out, err.decode("utf-8", "replace"))

    def _spawn(
        self, command: list[str], environment: dict[str, str], *, feed: bool, quiet: bool
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment,
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            if not self.folder.is_dir():
                raise failures.no_repository(str(self.folder)) from error
            raise failures.git_missing() from error
        except OSError as error:
            raise failures.disk_failed(error) from error
