"""A customer record: the tree that its file holds, its typed form, and what follows from it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.schema import Schema

Raw = Any  # dict[str, Raw] | list[Raw] | str | None: every scalar as it was typed
Tree = dict[str, Any]


class Record:
    """One customer as its file has it; frozen by convention: edits make a new text.

    ``path`` is relative to the vault, with ``/``. ``raw`` holds every scalar as typed, ``typed``
    the values that the schema makes of them (Decimal, bool, date).
    """

    def __init__(self, path: str, text: str, raw: Tree, schema: Schema) -> None:
        self.path = path
        self.text = text
        self.raw = raw
        self.schema = schema

    @property
    def id(self) -> str:
        """The id that the record gives itself, else that of its file name."""
        own = self.raw.get("id")
        return own if isinstance(own, str) and own else id_of_path(self.path)

    @property
    def uid(self) -> str | None:
        """The immutable identity (ULID), where the record has one."""
        uid = self.raw.get("uid")
        return uid if isinstance(uid, str) else None

    @property
    def name(self) -> str:
        """The customer's name, or an empty string."""
        name = self.raw.get("name")
        return name if isinstance(name, str) else ""

    @property
    def archived(self) -> bool:
        """Whether the record is put aside (O1)."""
        return bool(self.raw.get("archived"))

    @cached_property
    def typed(self) -> Tree:
        """The record with numbers as Decimal, dates as date, booleans as bool."""
        return self.schema.typed(self.raw)

    @property
    def data(self) -> Tree:
        """The typed record, by the name that library users expect."""
        return self.typed

    def derived(self, today: dt.date, settings: Mapping[str, Any] | None = None) -> Tree:
        """What follows from the record on that day; see :func:`derive`."""
        return derive(self.typed, today, self.id, settings)


def id_of_path(path: str) -> str:
    """Give the id that a record's file name stands for."""
    return path.rsplit("/", 1)[-1].removesuffix(".yaml")


def created_on(record_id: str) -> dt.date | None:
    """Give the day in an id such as C20240501001 (A6, B6); None where it holds none."""
    digits = record_id[1:9]
    if len(digits) != 8 or not digits.isdigit():
        return None
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def items(tree: Mapping[str, Any], name: str) -> Iterator[Tree]:
    """The mappings in a list of a typed or raw tree, whatever else stands there."""
    value = tree.get(name)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def as_day(value: object) -> dt.date | None:
    """The day of a date or date-time; None for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def days_of(tree: Mapping[str, Any], name: str, key: str) -> Iterator[dt.date]:
    """The readable days at ``key`` of the items of a list."""
    for item in items(tree, name):
        if day := as_day(item.get(key)):
            yield day


def sums_by_currency(tree: Mapping[str, Any], name: str, home: str) -> dict[str, Decimal]:
    """Total ``amount`` of a list by currency; sealed amounts do not count."""
    totals: dict[str, Decimal] = {}
    for item in items(tree, name):
        amount = item.get("amount")
        if isinstance(amount, Decimal):
            currency = item.get("currency")
            key = currency if isinstance(currency, str) and currency else home
            totals[key] = totals.get(key, Decimal(0)) + amount
    return totals


class NextStep(NamedTuple):
    """An open next step of an interaction (A25, F10)."""

    what: str
    due: dt.date | None
    interaction: Tree


def open_steps(typed: Mapping[str, Any]) -> list[NextStep]:
    """The next steps that are not done, the earliest due first, undated ones last."""
    steps = []
    for interaction in items(typed, "interactions"):
        step = interaction.get("next")
        if (
            isinstance(step, dict)
            and not step.get("done")
            and (step.get("what") or step.get("due"))
        ):
            what = step.get("what")
            steps.append(
                NextStep(
                    what if isinstance(what, str) else "", as_day(step.get("due")), interaction
                )
            )
    return sorted(steps, key=lambda step: (step.due is None, step.due or dt.date.max))


DERIVED_DEFAULTS: dict[str, Any] = {
    "currency": "CNY",
    "value_high": Decimal(100000),
    "value_medium": Decimal(10000),
    "loyal_purchases": 3,
    "lost_after_days": 365,
}


def derive(
    typed: Tree, today: dt.date, record_id: str, settings: Mapping[str, Any] | None = None
) -> Tree:
    """Compute what a record implies on a day; nothing of it is ever stored (DESIGN section 1).

    Gives ``created``, ``last_contact``, ``days_silent`` (since creation where never contacted),
    ``total_spent`` and ``receivable`` in the vault's currency (Decimal; purchases minus payments),
    ``last_cooperation`` (A30), ``next_step``/``next_due`` (A25), ``value_tier`` and ``loyalty`` as
    computed (A58), ``main_contact`` (A9). Keys without a value are left out.
    """
    chosen = {**DERIVED_DEFAULTS, **(settings or {})}
    home = chosen["currency"]
    created = created_on(record_id)
    last_contact = latest(day for day in days_of(typed, "interactions", "at") if day <= today)
    since = last_contact or created
    bought = sums_by_currency(typed, "purchases", home)
    paid = sums_by_currency(typed, "payments", home)
    last_purchase = latest(days_of(typed, "purchases", "date"))
    step = next(iter(open_steps(typed)), None)
    result: Tree = {
        "created": created,
        "last_contact": last_contact,
        "days_silent": (today - since).days if since else None,
        "purchases": sum(1 for _ in items(typed, "purchases")) or None,
        "last_purchase": last_purchase,
        "total_spent": bought.get(home),
        "receivable": receivable(bought, paid, home),
        "other_currencies": {
            currency: {
                "total_spent": bought.get(currency, Decimal(0)),
                "receivable": bought.get(currency, Decimal(0)) - paid.get(currency, Decimal(0)),
            }
            for currency in sorted(bought.keys() | paid.keys())
            if currency != home
        }
        or None,
        "last_cooperation": latest(
            (
                *days_of(typed, "purchases", "date"),
                *days_of(typed, "payments", "date"),
                *days_of(typed, "contracts", "starts"),
            )
        ),
        "next_step": step.what if step else None,
        "next_due": step.due if step else None,
        "main_contact": main_contact(typed),
        "age_band": _age_of_main(typed, today),
        "value_tier": computed_tier(bought.get(home), chosen),
        "loyalty": computed_loyalty(typed, last_purchase, today, chosen),
    }
    return {name: value for name, value in result.items() if value is not None}


def latest(days: Iterable[dt.date]) -> dt.date | None:
    """The latest of some days, None where there is none."""
    return max(days, default=None)


def receivable(
    bought: Mapping[str, Decimal], paid: Mapping[str, Decimal], home: str
) -> Decimal | None:
    """What is still owed in the home currency: purchases minus payments (DESIGN section 8)."""
    if home not in bought and home not in paid:
        return None
    return bought.get(home, Decimal(0)) - paid.get(home, Decimal(0))


def main_contact(typed: Mapping[str, Any]) -> str | None:
    """The name of the main contact: the one named, else the first (A9)."""
    contacts = list(items(typed, "contacts"))
    wanted = typed.get("main_contact")
    for contact in contacts:
        if wanted and wanted in (contact.get("id"), contact.get("name")):
            return _name(contact)
    return _name(contacts[0]) if contacts else None


def _age_of_main(typed: Mapping[str, Any], today: dt.date) -> str | None:
    """The main contact's age as a band (A54)."""
    name = main_contact(typed)
    for contact in items(typed, "contacts"):
        born = as_day(contact.get("birthday"))
        if born is not None and contact.get("name") == name:
            return age_band(born, today)
    return None


def _name(contact: Tree) -> str | None:
    name = contact.get("name")
    return name if isinstance(name, str) else None


def computed_tier(spent: Decimal | None, settings: Mapping[str, Any]) -> str | None:
    """The value tier that what was bought suggests; a person's decision stands beside it (D4)."""
    if spent is None:
        return None
    if spent >= settings["value_high"]:
        return "high"
    return "medium" if spent >= settings["value_medium"] else "low"


def computed_loyalty(
    typed: Mapping[str, Any], last: dt.date | None, today: dt.date, settings: Mapping[str, Any]
) -> str | None:
    """The loyalty class that purchases suggest (D5): lost, loyal or potential."""
    if last is None:
        return None
    if (today - last).days > settings["lost_after_days"]:
        return "lost"
    count = sum(1 for _ in items(typed, "purchases"))
    return "loyal" if count >= settings["loyal_purchases"] else "potential"


AGE_BANDS = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64))


def age_band(birthday: dt.date, today: dt.date) -> str | None:
    """The age as a band such as ``35-44`` (A54), so that lists need not show birthdays."""
    age = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
    if age < 0:
        return None
    for low, high in AGE_BANDS:
        if age <= high:
            return f"{low}-{high}"
    return "65+"
