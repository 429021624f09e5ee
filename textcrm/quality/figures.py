"""The four qualities of data (B1) as figures from 0 to 100: accuracy, completeness, consistency, timeliness.

They are shares of what is there or should be, so that a vault's figures of one month may be laid beside
those of another, however many customers came meanwhile.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.quality.missing import applies, missing
from textcrm.record import as_day, items, open_steps
from textcrm.rules.catalogue import CATALOGUE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from textcrm.findings import Finding
    from textcrm.quality.missing import Wanted
    from textcrm.record import Record

QUALITIES: Final = ("accuracy", "completeness", "consistency", "timeliness")
# What completeness says of fields by itself: a finding of the same is not counted twice.
_COUNTED: Final = frozenset(("status-wants", "required", "empty-value"))
_IDENTITY: Final = frozenset(("id", "uid", "former_ids"))


class Figures(NamedTuple):
    """The four figures, 0 to 100."""

    accuracy: float
    completeness: float
    consistency: float
    timeliness: float

    @property
    def overall(self) -> float:
        """The mean of the four."""
        return round(fmean(self), 1)


NOTHING: Final = Figures(0.0, 0.0, 0.0, 0.0)
"""The figures of a file that cannot be read."""


class Facts(NamedTuple):
    """What a record's content says by itself, whatever the day: the figures but for timeliness.

    ``bad`` and ``odd`` count the values that findings of accuracy and consistency are about,
    ``filled`` all values, ``wanted`` the fields that should be there, ``lacking`` those that are
    not. ``alone`` is whether the relation is over (archived, lost, ended): nobody waits for it.
    """

    filled: int
    bad: int
    odd: int
    wanted: int
    lacking: int
    stale: int
    contacts: tuple[dt.date, ...]
    dues: tuple[dt.date, ...]
    verified: dt.date | None
    created: dt.date | None
    is_prospect: bool
    is_over: bool


class Limits(NamedTuple):
    """After how many days a prospect is silent, any other customer is, and data is to be verified."""

    silent: int
    lost: int
    verify: int


def facts(record: Record, findings: Sequence[Finding], wanted: list[Wanted]) -> Facts:
    """Count what a record and the findings in it come to."""
    from textcrm.record import created_on

    typed = record.typed
    lacking = missing(record.raw, wanted)
    vague = _places(findings, "completeness", but=_COUNTED)
    return Facts(
        filled=max(_leaves(record.raw), 1),
        bad=len(_places(findings, "accuracy")),
        odd=len(_places(findings, "consistency")),
        wanted=sum(applies(one, record.raw) for one in wanted) + len(vague),
        lacking=len(lacking) + len(vague),
        stale=len(_places(findings, "timeliness")),
        contacts=tuple(
            day for one in items(typed, "interactions") if (day := as_day(one.get("at")))
        ),
        dues=tuple(step.due for step in open_steps(typed) if step.due),
        verified=as_day(typed.get("verified")),
        created=created_on(record.id),
        is_prospect=record.raw.get("type") == "prospect" or record.raw.get("status") == "none",
        is_over=record.raw.get("type") == "lost" or record.raw.get("status") == "ended",
    )


def figures(known: Facts, day: dt.date, limits: Limits, more: Iterable[Finding] = ()) -> Figures:
    """The figures of a record on a day; ``more`` are findings across records."""
    odd = known.odd + len(_places(more, "consistency"))
    return Figures(
        _share(known.filled - known.bad, known.filled),
        _share(known.wanted - known.lacking, known.wanted),
        _share(known.filled - odd, known.filled),
        _timeliness(known, day, limits),
    )


def mean(many: Sequence[Figures]) -> Figures | None:
    """The figures of a vault: the mean over its customers; None where there are none."""
    if not many:
        return None
    return Figures(*(round(fmean(column), 1) for column in zip(*many, strict=True)))


def _timeliness(known: Facts, day: dt.date, limits: Limits) -> float:
    """Which of these hold: followed up (F1, F4), verified (F5), no step overdue (F10), channels alive."""
    past = [one for one in known.contacts if one <= day]
    last = max([*past, *([known.created] if known.created else [])], default=None)
    checked = max(
        [one for one in (known.verified, known.created) if one and one <= day], default=None
    )
    kept = [
        not any(due < day for due in known.dues),
        checked is None or (day - checked).days <= limits.verify,
    ]
    if not known.is_over and last is not None:
        kept.append((day - last).days <= (limits.silent if known.is_prospect else limits.lost))
    if known.stale:
        kept.append(False)
    return _share(sum(kept), len(kept))


def _share(part: int, whole: int) -> float:
    return round(100 * max(part, 0) / whole, 1) if whole else 100.0


def _places(
    findings: Iterable[Finding], quality: str, *, but: frozenset[str] = frozenset()
) -> set[tuple[Any, ...]]:
    """The places that findings of a quality are about: two about one value count once."""
    return {
        one.path
        for one in findings
        if one.code not in but
        and (known := CATALOGUE.get(one.code)) is not None
        and known.quality == quality
    }


def _leaves(node: Any, name: str = "") -> int:
    """How many values a record holds, a sealed one counted once, identities not at all."""
    if isinstance(node, dict):
        if "sealed" in node and "age" in node:
            return 1
        return sum(_leaves(value, key) for key, value in node.items() if key not in _IDENTITY)
    if isinstance(node, list):
        return sum(_leaves(item, name) for item in node)
    return int(node is not None and node != "")


def limits_of(thresholds: Mapping[str, Any]) -> Limits:
    """The limits of a vault's settings."""
    return Limits(thresholds["silent_days"], thresholds["lost_days"], thresholds["verify_days"])
