"""Measuring the quality of a vault's data: today by customer, and month by month out of its history."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.quality.figures import (
    NOTHING,
    Facts,
    Figures,
    facts,
    figures,
    limits_of,
    mean,
)
from textcrm.quality.missing import missing, wanted_fields
from textcrm.rules import check_vault
from textcrm.rules.across import PHONES, phones_of
from textcrm.vault import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textcrm.findings import Finding
    from textcrm.record import Record
    from textcrm.schema import Field
    from textcrm.vault import Vault


class Measured(NamedTuple):
    """One customer: figures, the codes of what was found, and the fields that are missing."""

    id: str
    name: str
    path: str
    figures: Figures
    codes: tuple[str, ...]
    missing: tuple[Field, ...]


class Moment(NamedTuple):
    """A vault on a day: how many customers, and the means of their figures (None without any)."""

    day: dt.date
    customers: int
    figures: Figures | None


class Quality(NamedTuple):
    """The vault today, its customers with the worst first, and earlier days, oldest first."""

    today: Moment
    records: tuple[Measured, ...]
    history: tuple[Moment, ...]


def measure(
    vault: Vault,
    paths: list[str],
    *,
    months: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Quality:
    """Measure the customers of these files as they are now; archived ones are left out.

    With ``months`` also the ends of so many months before this one, as history has the vault then,
    all by today's schema and settings: what moves is the data, not the measure. Figures over time
    are those of the whole vault.
    """
    wanted, limits = wanted_fields(vault.schema), limits_of(vault.config.thresholds)
    heads: list[tuple[str, dict[str, object]]] = []
    known: list[tuple[Record, Facts, list[Finding]]] = []
    broken: list[Measured] = []
    for count, path in enumerate(paths, 1):
        try:
            record = vault.load(path)
        except TextcrmError as error:
            own = path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
            broken.append(Measured(own, "", path, NOTHING, (error.code,), ()))
            continue
        if not record.raw.get("archived"):
            found = vault.findings(record)
            known.append((record, facts(record, found, wanted), found))
            heads.append((path, _head(record)))
        if progress is not None:
            progress(count)
    across = check_vault(heads)
    records = [
        Measured(
            record.id,
            record.name,
            record.path,
            figures(one, vault.today, limits, across.get(record.path, ())),
            tuple(dict.fromkeys(f.code for f in (*found, *across.get(record.path, ())))),
            tuple(lack.field for lack in missing(record.raw, wanted)),
        )
        for record, one, found in known
    ] + broken
    now = Moment(vault.today, len(records), mean([one.figures for one in records]))
    records.sort(key=lambda one: (one.figures.overall, one.id))
    history = tuple(_History(vault).moments(months, progress)) if months else ()
    return Quality(now, tuple(records), history)


def _head(record: Record) -> dict[str, object]:
    return {
        "id": record.raw.get("id"),
        "uid": record.raw.get("uid"),
        PHONES: phones_of(record.raw),
    }


class _History:
    """Earlier days of a vault; each version of a file is read and judged once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._wanted = wanted_fields(vault.schema)
        self._limits = limits_of(vault.config.thresholds)
        self._seen: dict[tuple[str, str], tuple[dict[str, object], Facts] | None] = {}
        self._count = 0

    def moments(self, months: int, progress: Callable[[int], None] | None) -> Iterable[Moment]:
        """The ends of the months before this one, oldest first, from the first commit on."""
        repo = self._vault.repo
        with repo.blobs() as blobs:
            for day in _month_ends(self._vault.today, months):
                commit = repo.commit_at(moments.last(self._vault, day))
                if commit is None:
                    continue
                files = repo.list_tree(commit, f"{self._vault.prefix}{store.FOLDER}/")
                yield self._moment(day, files, blobs.read, progress)

    def _moment(
        self,
        day: dt.date,
        files: Mapping[str, str],
        read: Callable[[str], bytes | None],
        progress: Callable[[int], None] | None,
    ) -> Moment:
        heads, known, broken = [], [], 0
        for name, blob in files.items():
            path = name.removeprefix(self._vault.prefix)
            if not store.is_record_path(path):
                continue
            if (path, blob) not in self._seen:
                self._seen[path, blob] = self._judged(path, read(blob))
                self._count += 1
                if progress is not None:
                    progress(self._count)
            one = self._seen[path, blob]
            if one is None:
                broken += 1
            elif not one[0].get("archived"):
                heads.append((path, one[0]))
                known.append((path, one[1]))
        across = check_vault(heads)
        found = [figures(one, day, self._limits, across.get(path, ())) for path, one in known] + [
            NOTHING
        ] * broken
        return Moment(day, len(found), mean(found))

    def _judged(self, path: str, data: bytes | None) -> tuple[dict[str, object], Facts] | None:
        """What is compared across records, and the facts; None where it cannot be read."""
        try:
            record = store.parse(path, data or b"", self._vault.schema)
            head = {**_head(record), "archived": record.raw.get("archived")}
            return head, facts(record, self._vault.findings(record), self._wanted)
        except TextcrmError:
            return None


def _month_ends(today: dt.date, months: int) -> list[dt.date]:
    """The last days of so many months before that of today, oldest first."""
    ends = []
    first = today.replace(day=1)
    for _ in range(months):
        last = first - dt.timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return ends[::-1]
