"""Retention: who is past the period of their type, and what settles each (PIPL 19, 47)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.values import PLACES
from textcrm.record import as_day, created_on, days_of, items
from textcrm.text import Text
from textcrm.vault import lawful

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from textcrm.catalog import Catalog
    from textcrm.query import Doc
    from textcrm.vault import Vault
    from textcrm.vault.lawful import Period

_DEALINGS: Final = (
    ("interactions", "at"), ("purchases", "date"), ("payments", "date"), ("contracts", "signed"),
    ("contracts", "starts"), ("contracts", "ends"), ("contracts", "warranty_until"),
    ("services", "at"), ("feedback", "at"), ("consents", "given"),
)  # fmt: skip
_BUSINESS: Final = ("purchases", "payments", "contracts")


class Past(NamedTuple):
    """A customer who is kept too long: ``kind`` is expired (the period of the type is over since
    ``until``) or withdrawn (every consent was taken back and nothing else bases it).

    ``action`` is erase, or restrict where a legal duty still asks to keep it.
    """

    id: str
    name: str
    type: str
    kind: str
    since: dt.date
    until: dt.date
    days: int
    owner: str
    action: str

    @property
    def command(self) -> str:
        """The command that settles it."""
        if self.action == "restrict":
            return f"textcrm set {self.id} restricted=true"
        return f"textcrm privacy erase {self.id} --reason {self.kind}"

    @property
    def reason(self) -> Text:
        """Why, in words."""
        if self.kind == "withdrawn":
            return Text("consent withdrawn, no other basis", "已撤回同意，且无其他依据")
        return Text("the period is over", "保存期限届满")


def past(vault: Vault, *, type_: str | None = None) -> list[Past]:
    """Customers past their period today, the longest past first; of one type where it is named.

    The period counts from the last dealing: contact, purchase, payment, end of a contract or
    warranty, service, consent; from creation where there is none. Raises Invalid (config-invalid),
    Misuse (bad-value).
    """
    periods = lawful.periods(vault)
    wanted = _type(vault, type_)
    found = [
        one
        for doc in _perhaps(vault, periods)
        for one in _of(doc, periods, vault.today)
        if wanted is None or one.type == wanted
    ]
    return sorted(found, key=lambda one: (one.until, one.id))


def _perhaps(vault: Vault, periods: Mapping[str, Period]) -> Iterator[Doc]:
    """The records of those who may be past it: by whole columns of the catalog, for most are not
    and need not be read.
    """
    catalog = vault.catalog()
    rows = catalog.safely(lambda: _rows(catalog, vault.today, periods))
    return catalog.docs(row for row in catalog.safely(catalog.rows) if row in rows)


def _rows(catalog: Catalog, today: dt.date, periods: Mapping[str, Period]) -> set[int]:
    values = catalog.values
    last: dict[int, dt.date] = {}
    known: dict[Any, dt.date | None] = {}
    for path in (*_DEALINGS, ("first_cooperation",)):
        for place, value in values.column(path).items():
            if value not in known:
                known[value] = as_day(value)
            day, row = known[value], place >> PLACES
            in_item = place & ((1 << PLACES) - 1) > 0
            if day is not None and in_item == (len(path) > 1) and day > last.get(row, day.min):
                last[row] = day
    for row, own in catalog.ids().items():
        day = created_on(own)
        if day is not None and day > last.get(row, day.min):
            last[row] = day
    types = {place >> PLACES: kind for place, kind in values.column(("type",)).items()}
    over: dict[tuple[Any, dt.date], bool] = {}
    found = values.having(("consents", "withdrawn")) | values.unkept(("type",))
    for row, day in last.items():
        key = (types.get(row, ""), day)
        if key not in over:
            until = (periods.get(key[0]) or periods["default"]).end(day)
            over[key] = until is not None and until < today
        if over[key]:
            found.add(row)
    return found


def _type(vault: Vault, word: str | None) -> str | None:
    if word is None:
        return None
    from textcrm.normalize.entry import normalize_value

    field = vault.schema.require("type")
    return str(normalize_value(field, word, today=vault.today, now=vault.now).value)


def _of(doc: Doc, periods: Mapping[str, Period], today: dt.date) -> Iterator[Past]:
    typed = dict(doc.typed)
    since = last_dealing(typed, doc.id)
    if since is None:
        return
    kind = typed.get("type")
    name = kind if isinstance(kind, str) else ""
    owner = typed.get("owner")
    action = "restrict" if _has_duty(typed, today) else "erase"
    if action == "restrict" and typed.get("restricted"):
        return  # settled: only kept, as the law asks
    said = (doc.id, doc.name, name)
    who = owner if isinstance(owner, str) else ""
    withdrawn = _withdrawn(typed)
    if withdrawn is not None and withdrawn <= today:
        yield Past(*said, "withdrawn", since, withdrawn, (today - withdrawn).days, who, action)
        return
    until = (periods.get(name) or periods["default"]).end(since)
    if until is not None and until < today:
        yield Past(*said, "expired", since, until, (today - until).days, who, action)


def last_dealing(typed: dict[str, Any], own: str) -> dt.date | None:
    """The day of the last dealing with a customer, in the future where a contract runs."""
    days = [day for name, key in _DEALINGS for day in days_of(typed, name, key)]
    days += [day for day in (created_on(own), as_day(typed.get("first_cooperation"))) if day]
    return max(days, default=None)


def _has_duty(typed: dict[str, Any], today: dt.date) -> bool:
    """Whether a legal duty to keep is on record and was not taken off."""
    for one in items(typed, "consents"):
        ended = as_day(one.get("withdrawn"))
        if one.get("basis") == "legal_duty" and (ended is None or ended > today):
            return True
    return False


def _withdrawn(typed: dict[str, Any]) -> dt.date | None:
    """The day on which the last consent was taken back, where nothing else bases the record."""
    given = list(items(typed, "consents"))
    days = [as_day(one.get("withdrawn")) for one in given]
    if not given or None in days or any(typed.get(name) for name in _BUSINESS):
        return None
    return max(day for day in days if day is not None)
