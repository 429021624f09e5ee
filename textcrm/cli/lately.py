"""What history knows to be entered late: contacts (F2) and won or lost stages (F3), for due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.errors import TextcrmError
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.changes import Change
    from textcrm.history.versions import RecordChange, Versions
    from textcrm.insight.due import Entered
    from textcrm.vault import Vault

# What these write was entered before, by somebody else or elsewhere.
_OTHERS = frozenset(("import", "merge", "undo", "redo", "restore", "resolve", "migrate", "fix"))
_STAGES = ("won", "lost")


def entered_late(vault: Vault) -> list[Entered]:
    """What was entered more than ``late_hours`` late within the last ``late_shown_days``.

    What came with a new record is a first entry or an import, and never late.
    """
    from textcrm.history.versions import Versions
    from textcrm.insight.due_case import minus

    limits = vault.config.thresholds
    if not limits["late_hours"] or not limits["late_shown_days"]:
        return []
    since = minus(vault.today, limits["late_shown_days"])
    found: dict[tuple[str, str], Entered] = {}
    try:
        with Versions(vault) as versions:
            for moment, change in _changes(vault, versions, since):
                for one in _of(vault, change, moment):
                    if one.hours > limits["late_hours"]:
                        found.setdefault((one.id, one.item or one.kind), one)
    except TextcrmError:
        pass  # no history to look at
    return list(found.values())


def _changes(
    vault: Vault, versions: Versions, since: dt.date
) -> Iterator[tuple[dt.datetime, RecordChange]]:
    from textcrm import store
    from textcrm.vault import moments

    for commit in versions.commits(vault.repo.commit_ids(since=moments.first(vault, since))):
        op = (commit.trailers.get("Textcrm-Op") or [""])[-1]
        if op in _OTHERS or len(commit.parents) > 1:
            continue
        for change in commit.changes:
            path = change.path.removeprefix(vault.prefix)
            inside = change.path.startswith(vault.prefix) and store.is_record_path(path)
            if inside and change.before is not None and change.after is not None:
                yield moments.local(vault, commit.at), versions.change(path, change)


def _of(vault: Vault, record: RecordChange, moment: dt.datetime) -> Iterator[Entered]:
    for one in record.changes:
        if len(one.path) == 2 and one.path[0] == "interactions" and one.before is None:
            yield from _contact(record.id, one, moment)
        elif one.path == ("stage",) and one.after in _STAGES:
            yield from _stage(vault, record, one, moment)


def _contact(own: str, change: Change, moment: dt.datetime) -> Iterator[Entered]:
    from textcrm.insight.due import Entered
    from textcrm.insight.lateness import hours_after

    talk = change.after if isinstance(change.after, dict) else {}
    at = _moment(talk.get("at"))
    if at is not None:
        summary = talk.get("summary")
        what = same(summary if isinstance(summary, str) else "")
        day = at.date() if isinstance(at, dt.datetime) else at
        hours = int(hours_after(at, moment))
        yield Entered(own, "late", day, hours, what, str(change.path[1]))


def _stage(
    vault: Vault, record: RecordChange, change: Change, moment: dt.datetime
) -> Iterator[Entered]:
    """A deal won or lost, by the date that the record states for it."""
    from textcrm.insight.due import Entered
    from textcrm.insight.lateness import hours_after

    field = vault.schema.at(("stage",))
    known = field.enum_value(str(change.after)) if field is not None else None
    at = _moment(_stated(vault, record, str(change.after)))
    if at is not None:
        label = known.label if known is not None else same(str(change.after))
        day = at.date() if isinstance(at, dt.datetime) else at
        what = Text(f"stage “{label.en}”", f"阶段“{label.zh}”")
        yield Entered(record.id, "stage", day, int(hours_after(at, moment)), what)


def _stated(vault: Vault, record: RecordChange, stage: str) -> Any:
    """The day of a stage: as stated; of a deal won, the first cooperation entered with it."""
    with_it = {one.path: one.after for one in record.changes}
    if day := with_it.get(("stage_since",)):
        return day
    try:
        now = vault.get(record.id).raw
    except TextcrmError:
        return None
    if now.get("stage") == stage and now.get("stage_since"):
        return now["stage_since"]
    return with_it.get(("first_cooperation",)) if stage == "won" else None


def _moment(text: Any) -> dt.date | None:
    """A date or a date-time as a record has it."""
    if not isinstance(text, str):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
