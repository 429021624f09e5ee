"""Checking one record of a vault: what the rules are told, what they find, where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import store
from textcrm.findings import Problem
from textcrm.normalize.lookalikes import find_lookalikes
from textcrm.paths import stable
from textcrm.rules import Keys, RuleContext, check_rules, check_sealing, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.access import Access
    from textcrm.findings import Finding
    from textcrm.record import Record
    from textcrm.vault.vault import Vault


def rule_context(vault: Vault, path: str | None, keys: Keys | None) -> RuleContext:
    """See :meth:`Vault.rule_context`."""
    return RuleContext(
        schema=vault.schema,
        people=frozenset(vault.access.words()),
        today=vault.today,
        file_id=path and path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX),
        summary_limit=vault.config.thresholds["summary_limit"],
        keys=keys,
        former=vault.access.gone,
    )


def rule_keys(access: Access) -> Keys | None:
    """The keys for the rules on sealing; None in a vault that has no class keys yet."""
    if not access.has_keys:
        return None
    owners = {
        word: person.id
        for person in access.people
        if person.keys
        for word in (person.id, person.name)
    }
    return Keys(
        generations={name: frozenset(one.generations) for name, one in access.classes.items()},
        current={name: one.current for name, one in access.classes.items()},
        people=frozenset(person.id for person in access.people),
        readers={
            name: frozenset(person.id for person in access.readers(name))
            for name in access.classes
        },
        owners=owners,
        owner_reads=frozenset(access.owner_reads),
    )


def findings(vault: Vault, record: Record) -> list[Finding]:
    """See :meth:`Vault.findings`."""
    validator = vault.validator
    found = [] if validator.is_clean(record.raw) else validator.findings(record.raw)
    ruled = check_rules(record.raw, vault.rule_context(record.path), record.text)
    return merged(found, ruled) + _in_comments(record)


def sealing_findings(vault: Vault, record: Record) -> list[Finding]:
    """What :func:`findings` says of sealed and plain values alone; needs no key, as all of it.

    That is all that a version in history is asked, which nobody can mend any more.
    """
    return check_sealing(record.raw, vault.rule_context(record.path)) + _in_comments(record)


def _in_comments(record: Record) -> list[Finding]:
    """Look-alikes in comments, which are read only where the file holds some."""
    if "#" not in record.text or next(find_lookalikes(record.text), None) is None:
        return []
    from textcrm.rules.lookalikes import in_comments
    from textcrm.yamlfile.comments import comments

    return in_comments(comments(record.text))


def placed(record: Record, findings: Sequence[Finding]) -> list[Problem]:
    """See :meth:`Vault.placed`."""
    if not findings:
        return []
    from textcrm.yamlfile import positions

    marks = positions(record.text)
    result = []
    for finding in findings:
        line, column = finding.place or (marks.key if finding.at_key else marks.value)(
            finding.path
        )
        anchor = stable(finding.path, record.raw)
        result.append(Problem(record.path, line, column, record.id, finding, None, anchor))
    return result
