"""Due: what needs doing, most urgent first, each with its reason and what settles it (F1-F18)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.catalog.masking import masked
from textcrm.insight.due_case import plus
from textcrm.insight.due_kept import Kept, kept
from textcrm.insight.due_kinds import BEFORE, COMMANDS, KINDS, LEVELS, ORDER, REASONS, STRICT
from textcrm.insight.due_money import in_words
from textcrm.insight.due_seeds import Rules, seeds_of
from textcrm.insight.touched import Touched, touched
from textcrm.normalize.calendar import last_of_month
from textcrm.normalize.workdays import remind_on
from textcrm.query import Doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textcrm.catalog import Catalog
    from textcrm.insight.receivables import Debt
    from textcrm.record import Record
    from textcrm.text import Text
    from textcrm.vault import Vault

__all__ = ["KINDS", "Due", "Entered", "due"]

_LONGEST_OFF = 20  # days; a reminder is moved by no more


_BRIEF = {
    REASONS[f"{code}-late"]: text for code, text in REASONS.items() if f"{code}-late" in REASONS
}


class Due(NamedTuple):
    """One thing to do. ``days`` counts from today to the due date: negative is overdue.

    ``data`` fills the places of ``reason``; its ``item`` is the id of what is due, where it has one.
    ``remind_on`` is the workday that belongs to ``due``; ``sure`` tells whether the holidays of that
    year are known. ``command`` settles it, said like the reason.
    """

    id: str
    name: str
    kind: str
    due: dt.date | None
    days: int | None
    reason: Text
    data: dict[str, Any]
    owner: str
    remind_on: dt.date | None
    sure: bool
    command: Text

    @property
    def level(self) -> int:
        """How urgent its kind is: somebody waits, whom to talk to, what keeps records in order."""
        return LEVELS[self.kind]

    @property
    def section(self) -> int:
        """Its part of the list: 0 late or today, 1 coming, 2 to be done any day."""
        if self.level == ORDER:
            return 2
        return 1 if self.days is not None and self.days > 0 else 0

    def say(self, language: str) -> str:
        """The reason in one language."""
        return self.reason.say("zh" if language == "zh" else "en", **self.data)

    def brief(self, language: str) -> str:
        """The reason without how late it is, for a line that says that beside it."""
        reason = _BRIEF.get(self.reason, self.reason)
        return reason.say("zh" if language == "zh" else "en", **self.data)

    def settle(self, language: str) -> str:
        """The command that settles it."""
        return self.command.say("zh" if language == "zh" else "en", id=self.id, **self.data)


def with_amount(one: Due, debt: Debt, home: str) -> Due:
    """An instalment whose sealed amount was opened by who may read it, told with that."""
    if debt.amount is None:
        return one
    code = "instalment-late" if "late" in one.data else "instalment"
    rest = in_words(debt.amount, debt.currency, home)
    return one._replace(reason=REASONS[code], data={**one.data, "rest": rest})


def with_what(one: Due, what: str) -> Due:
    """A sealed next step that was opened by who may read it, told as any other."""
    return one._replace(reason=REASONS["next"], data={**one.data, "what": what})


def is_locked(one: Due) -> bool:
    """Whether its amount, or what is to be done, is sealed."""
    return one.reason in (REASONS["sealed"], REASONS["sealed-late"], REASONS["next-sealed"])


class Entered(NamedTuple):
    """Something entered late: of a record, ``late`` (a contact) or ``stage``, its day, how many
    hours late, what it was in both languages.
    """

    id: str
    kind: str
    day: dt.date
    hours: int
    what: Text
    item: str = ""


def due(
    vault: Vault,
    records: Iterable[Record | Doc] | None = None,
    *,
    within: int = 7,
    owner: str | None = None,
    kinds: Iterable[str] = (),
    entered: Sequence[Entered] = (),
) -> list[Due]:
    """List what is due up to ``within`` days from today; overdue things always.

    Of all customers, by the catalog, or of those given.

    Archived, restricted and do-not-contact customers are left out, except for money owed and
    complaints. ``owner`` is a person's id, or ``none`` for the public pool; ``kinds`` are those of
    KINDS, all where none is given; ``entered`` is what history knows to be entered late.
    """
    horizon = plus(vault.today, within)
    beyond = plus(horizon, _LONGEST_OFF)
    catalog = vault.catalog() if records is None else None
    seeds = kept(vault, catalog, beyond) if catalog is not None else _of(vault, records or ())
    asking = _Asking(vault, horizon, catalog)
    found = [one for each in seeds if (one := asking.seen(each)) is not None]
    found += asking.late(entered, None if records is None else {one.id for one in found})
    if owner is not None:
        wanted = "" if owner == "none" else owner
        found = [one for one in found if one.owner == wanted]
    if only := set(kinds):
        found = [one for one in found if one.kind in only]
    return sorted(found, key=_urgency)


def _of(vault: Vault, records: Iterable[Record | Doc]) -> Iterator[Kept]:
    rules = Rules(vault)
    settings = vault.config.derived_settings()
    for record in records:
        doc = record if isinstance(record, Doc) else Doc.of(record, vault.today, settings)
        case = rules.case(doc)
        if doc is not record:  # as the catalog keeps it: nothing that is to be sealed is told
            case = case._replace(typed=masked(dict(case.typed), vault.schema))
        owner = case.typed.get("owner")
        for seed in seeds_of(case):
            yield Kept(doc.id, doc.name, owner if isinstance(owner, str) else "", seed)


class _Asking:
    """One asking, on one day."""

    def __init__(self, vault: Vault, horizon: dt.date, catalog: Catalog | None) -> None:
        self._vault = vault
        self._catalog = catalog
        self._today = vault.today
        self._horizon = horizon
        self._action = vault.config.lost_action
        self._days_off = vault.config.holidays
        self._touched: Touched | None = None
        self._reminders: dict[tuple[dt.date | None, bool], tuple[dt.date | None, bool]] = {}

    def seen(self, one: Kept) -> Due | None:
        """What a seed is on this day; None where it is not to be seen."""
        seed, today = one.seed, self._today
        if seed.until is not None and seed.until < today:
            return None
        day, data = seed.due, seed.data
        if seed.kind == "stale":
            last = self._went_stale(one.id, data)
            if last is None:
                return None
            day = last + dt.timedelta(days=data["limit"])
            data = {key: value for key, value in data.items() if key not in ("former", "limit")}
            data["since"] = last.isoformat()
        elif seed.kind == "contact":
            day = last_of_month(today)
        before = seed.kind in BEFORE
        reminder = self._reminders.get((day, before))
        if reminder is None:
            reminder = remind_on_of(day, self._days_off, before=before)
            self._reminders[day, before] = reminder
        shown = seed.start is not None and seed.start <= today
        if not shown and seed.kind in STRICT:
            return None
        if not shown and (day is None or min(day, reminder[0] or day) > self._horizon):
            return None
        return self._made(one, day, dict(data), reminder)

    def _went_stale(self, own: str, data: Mapping[str, Any]) -> dt.date | None:
        """The last update of a record that was not updated for too long; None where that is not yet."""
        if self._touched is None:
            self._touched = touched(self._vault, self._catalog)
        last = self._touched.day([own, *data["former"]])
        return None if last is None or (self._today - last).days <= data["limit"] else last

    def _made(
        self,
        one: Kept,
        day: dt.date | None,
        data: dict[str, Any],
        reminder: tuple[dt.date | None, bool],
    ) -> Due:
        seed = one.seed
        days = (day - self._today).days if day else None
        code = seed.code
        if days is not None and days < 0 and f"{code}-late" in REASONS:
            code, data["late"] = f"{code}-late", -days
        if "since" in data:
            data["since_days"] = (self._today - dt.date.fromisoformat(data["since"])).days
        settled_by = seed.kind
        if seed.kind == "lost" and (one.owner or self._action != "pool"):
            settled_by = f"lost-{self._action}"
        command = COMMANDS.get(settled_by, COMMANDS[""])
        return Due(
            one.id, one.name, seed.kind, day, days, REASONS[code], data, one.owner, *reminder, command
        )  # fmt: skip

    def late(self, entered: Sequence[Entered], only: set[str] | None) -> Iterator[Due]:
        """What was entered late, of records that are there and not put aside."""
        if not entered:
            return
        ids = {one.id for one in entered}
        catalog = self._catalog or self._vault.catalog()
        rows = [row for row, own in catalog.ids().items() if own in ids]
        known = {doc.id: doc for doc in catalog.docs(sorted(rows))}
        for one in entered:
            doc = known.get(one.id)
            if doc is None or doc.typed.get("archived") or doc.typed.get("restricted"):
                continue
            if only is not None and one.id not in only:
                continue
            owner = doc.typed.get("owner")
            yield Due(
                one.id,
                doc.name,
                one.kind,
                one.day,
                (one.day - self._today).days,
                REASONS[one.kind],
                {
                    "on": one.day.isoformat(),
                    "hours": one.hours,
                    "what": one.what,
                    "item": one.item or one.kind,
                },
                owner if isinstance(owner, str) else "",
                one.day,
                True,
                COMMANDS[one.kind],
            )


def remind_on_of(
    day: dt.date | None, days_off: str, *, before: bool
) -> tuple[dt.date | None, bool]:
    """The workday of a due date, or the last one ``before`` it, and whether the holidays of its year are known."""
    if day is None or days_off == "none":
        return day, True
    moved = remind_on(day, before=before, holidays=days_off == "cn")
    return moved.day, moved.sure


_RANKS = {kind: rank for rank, kind in enumerate(KINDS)}


def _urgency(one: Due) -> tuple[int, int, bool, int, int]:
    """What somebody waits for comes first, what is late before what comes; what could be done any
    day is last, kind by kind.
    """
    rank, section = _RANKS[one.kind], one.section
    first = rank if section == 2 else one.level
    return section, first, one.days is None, one.days or 0, rank
