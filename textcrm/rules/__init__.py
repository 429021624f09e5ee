"""What JSON Schema cannot say: one function a rule, each with a code and a requirement row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.rules import contact, cooperation, dates, identity, merging, people, places, sealing
from textcrm.rules.across import check_vault
from textcrm.rules.base import Keys, RuleContext, RuleView
from textcrm.rules.lookalikes import lookalikes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.findings import Finding

SEALING: tuple[Callable[[RuleView, RuleContext], Iterator[Finding]], ...] = (
    sealing.sealed_values,
    sealing.sealed_documents,
    lookalikes,
)
RULES: tuple[Callable[[RuleView, RuleContext], Iterator[Finding]], ...] = (
    merging.unresolved,
    identity.identity,
    identity.item_ids,
    people.tidy_names,
    people.contact_names,
    people.made_up,
    people.known_people,
    people.main_contact_exists,
    contact.phones,
    contact.emails,
    places.addresses,
    contact.preferred_channel,
    dates.contract_order,
    dates.not_in_future,
    dates.next_step_after,
    cooperation.status_wants,
    cooperation.type_and_status,
    cooperation.first_cooperation,
    cooperation.amounts_add_up,
    cooperation.numbers_whole,
    cooperation.industry,
    cooperation.summaries,
    cooperation.tags,
    identity.registration,
    identity.id_numbers,
    *SEALING,
)

__all__ = [
    "RULES",
    "SEALING",
    "Keys",
    "RuleContext",
    "RuleView",
    "check_rules",
    "check_sealing",
    "check_vault",
    "merged",
]


def check_rules(
    raw: dict[str, Any], context: RuleContext, text: str | None = None
) -> list[Finding]:
    """Everything that the rules find in one record; never raises, whatever the record holds.

    With ``text``, the file that the record was read from, they find the same faster.
    """
    view = RuleView(raw, context.schema.typed_to_look_at(raw), text)
    return [finding for rule in RULES for finding in rule(view, context)]


def check_sealing(raw: dict[str, Any], context: RuleContext) -> list[Finding]:
    """What :func:`check_rules` finds in sealed values, and in plain ones that should be sealed."""
    view = RuleView(raw, {})
    return [finding for rule in SEALING for finding in rule(view, context)]


def merged(found: list[Finding], ruled: list[Finding]) -> list[Finding]:
    """The schema's findings and the rules', without what both say of one sealed value."""
    sealed = {one.path for one in ruled if one.code in sealing.CODES and one.severity == "error"}
    if not sealed:
        return found + ruled
    return [
        one for one in found if not any(one.path[: len(path)] == path for path in sealed)
    ] + ruled
