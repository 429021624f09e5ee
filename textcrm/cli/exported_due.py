"""What is due as entries of a calendar: export ics."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.cli.context import Context
    from textcrm.exchange.ics_writer import Appointment
    from textcrm.insight.due import Due
    from textcrm.query import Doc
    from textcrm.text import Language

_LINE = Text("{label}: {value}", "{label}：{value}")


def appointments(
    context: Context, docs: Iterable[Doc], within: int, language: Language
) -> Iterator[Appointment]:
    """What is due of some customers up to so many days ahead, in the order of urgency."""
    from textcrm.insight.due import due

    known = {doc.id: doc for doc in docs}
    for one in due(context.vault(), known.values(), within=within):
        if one.due is not None:
            yield _appointment(context, one, known[one.id], language)


def entries(context: Context, found: Sequence[Due], language: Language) -> Iterator[Appointment]:
    """A list of what is due, in its order; what was entered late is no appointment."""
    dated = [one for one in found if one.due is not None and one.kind not in ("late", "stage")]
    wanted = {one.id for one in dated}
    known = {doc.id: doc for doc in context.vault().docs() if doc.id in wanted}
    for one in dated:
        if one.id in known:
            yield _appointment(context, one, known[one.id], language)


def _appointment(context: Context, one: Due, doc: Doc, language: Language) -> Appointment:
    from textcrm.cli.tables import mask_name
    from textcrm.exchange.ics_writer import Appointment
    from textcrm.insight.due import KINDS

    def line(label: Text, value: str) -> str:
        return _LINE.say(language, label=label, value=value)

    what = one.brief(language)
    notes = [line(Text("Customer", "客户"), f"{mask_name(context, one.name)} {one.id}")]
    notes += [line(Text("Contact", "联系人"), reached) for reached in _reached(context, doc)]
    if one.owner:
        owner = context.vault().access.display(one.owner)
        notes.append(line(Text("Owner", "跟进人"), owner))
    assert one.due is not None  # noqa: S101 - the caller looked
    return Appointment(
        _uid(one, doc),
        one.due,
        _LINE.say(language, label=mask_name(context, one.name), value=what),
        tuple(notes),
        KINDS[one.kind].say(language),
    )


def _uid(one: Due, doc: Doc) -> str:
    """The same for the same thing to do in every export, also once its date has moved."""
    uid = doc.typed.get("uid") or one.id
    item = "-".join(str(one.data[key]) for key in ("item", "part") if one.data.get(key))
    if not item and one.data.get("what"):  # made by hand: no id yet
        item = hashlib.sha256(str(one.data["what"]).encode("utf-8", "replace")).hexdigest()[:12]
    return f"{uid}-{one.kind}{'-' + item if item else ''}@textcrm"


def _reached(context: Context, doc: Doc) -> Iterator[str]:
    """Whom to call: the main contact and the first number that is not dead."""
    from textcrm.exchange.export_cells import dialled_at_home
    from textcrm.exchange.export_columns import main_contact_place
    from textcrm.normalize.masks import mask

    contacts = [one for one in doc.typed.get("contacts") or () if isinstance(one, dict)]
    place = main_contact_place(doc.typed)
    if place >= len(contacts):
        return
    name = str(contacts[place].get("name") or "")
    phones = [one for one in contacts[place].get("phones") or () if isinstance(one, dict)]
    number = next(
        (
            str(one["number"])
            for one in phones
            if one.get("number") and one.get("verification") != "dead"
        ),
        "",
    )
    if context.mask:
        name, number = mask("name", name), mask("phone", number)
    if text := " ".join(part for part in (name, dialled_at_home(number)) if part):
        yield text
