"""Who commits, and the settings of the repository that a commit must honour."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from textcrm.errors import StorageFailure
from textcrm.gitrepo.values import Person
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.gitrepo.process import Git

_ASKED: Final = (
    r"^(commit\.gpgsign|core\.autocrlf|author\..*|committer\..*|(merge|diff)\.textcrm\..*)$"
)
_TRUE: Final = ("", "true", "yes", "on", "1")
_IDENT: Final = re.compile(r"(.*) <(.*)> \d+ [+-]\d+\Z", re.DOTALL)


def read_settings(git: Git) -> dict[str, str]:
    """The settings that matter to a commit, lower-case names; a bare name reads as empty."""
    listed = git.run("config", "-z", "--get-regexp", _ASKED).out.decode("utf-8", "replace")
    return {
        name.lower(): value
        for name, _, value in (entry.partition("\n") for entry in listed.split("\0") if entry)
    }


def is_true(settings: dict[str, str], name: str) -> bool:
    """Whether a boolean setting is on."""
    return settings.get(name, "false").lower() in _TRUE


def read_person(git: Git, role: str) -> Person:
    """Who git says the ``AUTHOR`` or ``COMMITTER`` is; a guess from the machine does not count.

    Raises StorageFailure (git-identity).
    """
    outcome = git.run("-c", "user.useConfigOnly=true", "var", f"GIT_{role}_IDENT")
    match = _IDENT.match(outcome.out.decode("utf-8", "replace").rstrip("\n"))
    if outcome.code or match is None:
        raise StorageFailure(
            "git-identity",
            Text("git does not know who you are", "git 还不知道您是谁"),
            hint=Text(
                'git config --global user.name "Your Name" && '
                "git config --global user.email you@example.com",
                'git config --global user.name "您的姓名" && '
                "git config --global user.email you@example.com",
            ),
        )
    return Person(match[1], match[2])


def stamp(person: Person, at: dt.datetime) -> str:
    """A person and moment as git writes them: ``Name <mail> 1700000000 +0800``."""
    moment = at.astimezone() if at.tzinfo is None else at
    minutes = int((moment.utcoffset() or dt.timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    return f"{_bare(person.name)} <{_bare(person.email)}> {int(moment.timestamp())} {zone}"


def _bare(word: str) -> str:
    """A name without what git's own line form needs for itself."""
    return re.sub(r"[\x00-\x1f<>]", "", word).strip()


def has_roles(git: Git, settings: dict[str, str]) -> bool:
    """Whether author and committer may differ here."""
    return git.names_people or any(name.startswith(("author.", "committer.")) for name in settings)
