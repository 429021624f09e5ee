"""What JSON Schema cannot say: one function a rule, each with a code and a requirement row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.rules import contact, cooperation, dates, merging, people
from textcrm.rules.across import check_vault
from textcrm.rules.base import RuleContext, RuleView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.findings import Finding

RULES: tuple[Callable[[RuleView, RuleContext], Iterator[Finding]], ...] = (
    merging.unresolved,
    cooperation.identity,
    cooperation.item_ids,
    people.tidy_names,
    people.contact_names,
    people.known_people,
    people.main_contact_exists,
    contact.phones,
    contact.emails,
    contact.addresses,
    contact.preferred_channel,
    dates.contract_order,
    dates.not_in_future,
    dates.next_step_after,
    cooperation.status_wants,
    cooperation.type_and_status,
    cooperation.amounts_add_up,
    cooperation.industry,
    cooperation.summaries,
    cooperation.tags,
    cooperation.registration,
    cooperation.id_numbers,
)

__all__ = ["RULES", "RuleContext", "RuleView", "check_rules", "check_vault"]


def check_rules(raw: dict[str, Any], context: RuleContext) -> list[Finding]:
    """Everything that the rules find in one record; never raises, whatever the record holds."""
    view = RuleView(raw, context.schema.typed(raw))
    return [finding for rule in RULES for finding in rule(view, context)]
