"""What the catalog keeps of one file: made from its bytes alone, in any process."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import store
from textcrm.catalog import encoding
from textcrm.catalog.cells import SINCE, Cell, cells_of
from textcrm.catalog.hashing import hash_of
from textcrm.catalog.masking import masked
from textcrm.errors import TextcrmError
from textcrm.record import as_day, derive, items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.schema import Schema

_DAILY = "days_silent"


class Entry(NamedTuple):
    """A record as kept. ``fresh`` are the first day and the day after the last (ordinals) for
    which ``derived`` holds; ``called`` the names and ids it answers to, folded and exact.
    """

    hash: bytes
    id: str = ""
    name: str = ""
    head: bytes = b""
    body: bytes = b""
    derived: bytes = b""
    fresh: tuple[int, int] = (0, 0)
    cells: tuple[Cell, ...] = ()
    called: tuple[tuple[str, str], ...] = ()
    broken: bool = False

    @property
    def sum(self) -> int:
        """A checksum over what records are served from."""
        return sum_of(self.id, self.fresh, self.head, self.body, self.derived)


def sum_of(record_id: str, fresh: tuple[int, int], *parts: bytes) -> int:
    """The checksum of a stored record."""
    total = zlib.crc32(f"{record_id} {fresh}".encode("utf-8", "surrogatepass"))
    for part in parts:
        total = zlib.crc32(part, total)
    return total


def entry_of(
    path: str, data: bytes, schema: Schema, today: dt.date, settings: Mapping[str, Any]
) -> Entry:
    """What is kept of a file; ``broken`` where it cannot be read as a record."""
    content = hash_of(data)
    try:
        record = store.parse(path, data, schema)
        tree = masked(record.typed, schema)
        head, body = split(tree)
        derived, fresh = derived_of(tree, today, record.id, settings)
        return Entry(
            content,
            record.id,
            record.name,
            encoding.encode(head),
            encoding.packed(body),
            encoding.encode(derived),
            fresh,
            tuple(cells_of(tree, derived)),
            tuple(_called(path, record.id, tree)),
        )
    except (TextcrmError, encoding.Unkept):
        return Entry(content, broken=True)


def split(tree: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that tables show at once, and the mappings and lists of them apart."""
    body = {key: value for key, value in tree.items() if _is_deep(value)}
    return {key: encoding.ELSEWHERE if key in body else tree[key] for key in tree}, body


def _is_deep(value: Any) -> bool:
    if type(value) is list:
        return any(type(one) in (dict, list) for one in value)
    return type(value) is dict


def derived_of(
    tree: dict[str, Any], today: dt.date, record_id: str, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[int, int]]:
    """What follows from a record but its silent days, which every day changes, and until when."""
    derived = derive(tree, today, record_id, settings)
    derived.pop(_DAILY, None)
    since = derived.get("last_contact") or derived.get("created")
    if since is not None:
        derived[SINCE.rpartition(".")[2]] = since
    return derived, (today.toordinal(), _changes_on(tree, derived, today, settings))


def shown_derived(kept: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """As :func:`textcrm.record.derive` gives it, from what is kept."""
    since = kept.pop(SINCE.rpartition(".")[2], None)
    if since is not None:
        kept[_DAILY] = (today - since).days
    return kept


def _changes_on(
    tree: dict[str, Any], derived: Mapping[str, Any], today: dt.date, settings: Mapping[str, Any]
) -> int:
    """The first day on which something derived may differ: a contact to come, a birthday, a loss."""
    days = [dt.date.max.toordinal()]
    for interaction in items(tree, "interactions"):
        day = as_day(interaction.get("at"))
        if day is not None and day > today:
            days.append(day.toordinal())
    for contact in items(tree, "contacts"):
        born = as_day(contact.get("birthday"))
        if born is not None:
            days.append(_next_birthday(born, today))
    last = derived.get("last_purchase")
    if last is not None:
        lost = last.toordinal() + int(settings["lost_after_days"]) + 1
        if lost > today.toordinal():
            days.append(lost)
    return min(days)


def _next_birthday(born: dt.date, today: dt.date) -> int:
    """The next day on which the age changes: born on 29 February, that is 1 March."""
    for year in (today.year, today.year + 1):
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            break
        try:
            day = born.replace(year=year)
        except ValueError:
            day = dt.date(year, 3, 1)
        if day > today:
            return day.toordinal()
    return today.toordinal() + 1


def _called(path: str, record_id: str, tree: dict[str, Any]) -> set[tuple[str, str]]:
    own = path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
    found = {("id", record_id), ("id", own)}
    found |= {("id", word) for word in _strings(tree.get("former_ids"))}
    found |= {("name", store.fold(word)) for word in _strings([tree.get("name")])}
    found |= {("alias", store.fold(word)) for word in _strings(tree.get("aliases"))}
    return {(kind, word) for kind, word in found if word}


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


__all__ = ["Entry", "derived_of", "entry_of", "shown_derived", "split"]
