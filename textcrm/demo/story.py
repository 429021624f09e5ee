"""The story of the demo: how a team of four came to the sample's final state, commit by commit."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import store, yamlfile
from textcrm.record import created_on, id_of_path
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.schema import Schema

ANCHOR: Final = dt.date(2026, 11, 24)
TOUR_CUSTOMER: Final = "C20240318001"
SEALED_CUSTOMER: Final = "C20240905001"
_BASE_DAYS: Final = 120
_DATED: Final = {
    "interactions": "at",
    "purchases": "date",
    "payments": "date",
    "services": "at",
    "feedback": "at",
    "documents": "date",
}


class Step(NamedTuple):
    """One commit of the story: when, who (a person's id), what, why, and the files' new texts."""

    at: dt.datetime
    by: str
    op: str
    ids: tuple[str, ...]
    fields: tuple[str, ...]
    reason: str | None
    changes: Mapping[str, str | None]


class _Earlier(NamedTuple):
    """A field that had another value until some days ago, who changed it and why."""

    id: str
    path: tuple[str, ...]
    value: str | None
    days_ago: int
    by: str
    reason: str | None


class _Archived(NamedTuple):
    """A customer put aside, and why."""

    reason: str | None


_EARLIER: Final = (
    _Earlier("C20240318001", ("stage",), "proposal", 86, "li-qiang", "续约成交"),
    _Earlier("C20240820001", ("status",), "active", 107, "zhao-min", "装修未完，先登记为暂停"),
    _Earlier("C20241203001", ("stage",), "proposal", 14, "li-qiang", None),
    _Earlier("C20250818001", ("intent",), "medium", 91, "li-qiang", "技术交流后意向提高"),
    _Earlier("C20260304001", ("stage",), "negotiation", 4, "li-qiang", "客户口头确认"),
    _Earlier("C20260916001", ("owner",), "li-qiang", 12, "wang-fang", "外贸客户统一交给王芳"),
    _Earlier("C20260708001", ("needs",), "云备份", 40, "li-qiang", "需求升级"),
    _Earlier("C20251205001", ("intent",), "medium", 21, "wang-fang", None),
    _Earlier("C20260513001", ("stage",), "qualified", 18, "li-qiang", "输给本地厂商"),
)
_LOST_ID: Final = "C20261025001"


def story(files: Mapping[str, str], schema: Schema, today: dt.date) -> list[Step]:
    """The steps that lead from nothing to just these files, in order of time.

    ``files`` are record texts by path, dated around ``today``.
    """
    start = today - dt.timedelta(days=_BASE_DAYS)
    base: dict[str, str] = {}
    later: list[Step] = []
    for path, text in files.items():
        versions = list(_versions(path, text, schema, today, start))
        first, *rest = versions
        if first.at.date() <= start:
            base[path] = first.changes[path] or ""
        else:
            later.append(first)
        later += rest
    later += _deleted(today)
    opening = Step(
        _moment(start, 9, 30), "chen-chen", "import", tuple(map(id_of_path, base)), (),
        "从客户信息总表导入", base,
    )  # fmt: skip
    return [opening, *_spaced(sorted(later, key=lambda step: step.at))]


def _versions(
    path: str, text: str, schema: Schema, today: dt.date, start: dt.date
) -> Iterator[Step]:
    """A record's versions from the first: each step adds what happened on one day."""
    record_id = id_of_path(path)
    first = max(start, _entered(record_id, today) or start)
    steps: list[Step] = []
    for day, kind, detail in sorted(_events(record_id, text, today), key=_when, reverse=True):
        if day > first:
            earlier, by, fields = _before(text, kind, detail, schema)
            at, reason = _after_talk(day, text, record_id), getattr(detail, "reason", None)
            op = {"interactions": "log", "scalar": "set", "archived": "archive"}.get(
                kind, "append"
            )
            steps.append(Step(at, by, op, (record_id,), fields, reason, {path: text}))
            text = earlier
    person = yamlfile.read_mapping(text).get("owner") or "zhao-min"
    at = _after_talk(first, text, record_id)
    yield Step(at, person, "add", (record_id,), (), None, {path: text})
    yield from reversed(steps)


def _entered(record_id: str, today: dt.date) -> dt.date | None:
    """The id's own day; a clock before the anchor moves it back with everything else."""
    day = created_on(record_id)
    return day and min(day, day + (today - ANCHOR))


def _when(event: tuple[dt.date, str, Any]) -> tuple[dt.date, bool]:
    """Order of events: on one day fields change after the talk that made them change."""
    return event[0], event[1] in ("scalar", "archived")


def _events(record_id: str, text: str, today: dt.date) -> Iterator[tuple[dt.date, str, Any]]:
    raw = yamlfile.read_mapping(text)
    for name, key in _DATED.items():
        items = raw.get(name)
        days = {item[key][:10] for item in items or () if isinstance(item.get(key), str)}
        for day in days:
            yield dt.date.fromisoformat(day), name, day
    for change in _EARLIER:
        if change.id == record_id:
            yield today - dt.timedelta(days=change.days_ago), "scalar", change
    if raw.get("archived"):
        stamp = raw["archived"]
        yield dt.date.fromisoformat(stamp["on"]), "archived", _Archived(stamp.get("reason"))


def _before(text: str, kind: str, detail: Any, schema: Schema) -> tuple[str, str, tuple[str, ...]]:
    """The text without what one event brought, who brought it, and the fields."""
    if isinstance(detail, _Earlier):
        return edits.put(text, detail.path, detail.value, schema), detail.by, detail.path
    raw = yamlfile.read_mapping(text)
    by = owner = raw.get("owner") or "zhao-min"
    if isinstance(detail, _Archived):
        return edits.remove(text, ("archived",)), owner, ("archived",)
    items = raw[kind]
    for index in range(len(items) - 1, -1, -1):
        if str(items[index].get(_DATED[kind]))[:10] == detail:
            by = items[index].get("by") or owner
            text = edits.remove(text, (kind, index))
    return text, by, (kind,)


def _deleted(today: dt.date) -> list[Step]:
    """A customer entered twice and deleted: what the trash shows."""
    path = store.path_of(_LOST_ID)
    added, gone = today - dt.timedelta(days=30), today - dt.timedelta(days=29)
    text = f"id: {_LOST_ID}\nuid: 01M5S1ETZ0DEM0TWCE00000000\nname: 苏州晨光五金\ntype: prospect\n"
    return [
        Step(_moment(added, 16, 5), "zhao-min", "add", (_LOST_ID,), (), None, {path: text}),
        Step(_moment(gone, 9, 12), "zhao-min", "rm", (_LOST_ID,), (), "与 C20240501001 重复", {path: None}),
    ]  # fmt: skip


def _spaced(steps: list[Step]) -> list[Step]:
    """Several commits of one day get times of their own, in working hours."""
    result: list[Step] = []
    for step in steps:
        at = step.at
        if result and at <= result[-1].at:
            at = result[-1].at + dt.timedelta(minutes=7)
        result.append(step._replace(at=at))
    return result


def _after_talk(day: dt.date, text: str, record_id: str) -> dt.datetime:
    """When somebody wrote a day's events down: in working hours, and after the last that has a time.

    Steps of one record on one day never get an earlier moment than the step before.
    """
    at = _moment(day, 9, 0) + dt.timedelta(minutes=zlib.crc32(f"{record_id} {day}".encode()) % 480)
    raw = yamlfile.read_mapping(text)
    for name in ("interactions", "services"):
        for item in raw.get(name) or ():
            clock = str(item.get("at"))
            if clock[:10] == day.isoformat() and clock[10:11] == "T":
                hour, minute = map(int, clock[11:16].split(":"))
                at = max(at, _moment(day, hour, minute) + dt.timedelta(minutes=10))
    return at


def _moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    zone = dt.timezone(dt.timedelta(hours=8))
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
