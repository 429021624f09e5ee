"""What a report is made of, and the names by which hosts know a finding again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Problem
    from textcrm.text import Language


class Report(NamedTuple):
    """Problems to be told, in one language.

    ``prefix`` is the vault's folder inside its repository, with a slash at its end, or empty: hosts
    name files from the repository's root. ``title`` says in a sentence what was checked, ``strict``
    whether warnings fail as well, ``version`` is that of textcrm.
    """

    problems: tuple[Problem, ...]
    title: str
    checked: int
    language: Language
    prefix: str = ""
    strict: bool = False
    version: str = ""

    def file(self, problem: Problem) -> str:
        """A problem's file from the repository's root; git's own settings have none there."""
        return problem.file if problem.file.startswith(".git/") else self.prefix + problem.file

    def sentence(self, problem: Problem) -> str:
        """What is wrong and what to do about it, on one line."""
        said = problem.finding.say(self.language)
        hint = problem.finding.say_hint(self.language)
        at = f" ({problem.commit[:10]})" if problem.commit else ""
        return " ".join(f"{said}{at}{f' → {hint}' if hint else ''}".split())

    def fails(self, problem: Problem) -> bool:
        """Whether a problem makes the check fail."""
        return self.strict or problem.finding.severity == "error"


def fingerprints(report: Report) -> Iterator[tuple[Problem, str]]:
    """Each problem with a name that no other has and that stays when lines and items move.

    Of the file, the rule and the place in the record; neither line nor language nor value counts.
    What is found twice at one place is numbered.
    """
    seen: dict[tuple[str, ...], int] = {}
    for problem in report.problems:
        path = problem.finding.path if problem.anchor is None else problem.anchor
        place = "/".join(map(str, path))
        parts = (report.file(problem), problem.finding.code, place, problem.commit or "")
        count = seen[parts] = seen.get(parts, 0) + 1
        name = "\0".join((*parts, str(count)))
        yield problem, sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
