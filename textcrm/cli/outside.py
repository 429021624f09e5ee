"""What reports are told by other rooms: wanted fields, findings of check, when things were entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.cli.context import Context
    from textcrm.insight.asking import Need
    from textcrm.vault import Vault


def wanted(vault: Vault) -> tuple[Need, ...]:
    """The fields that customers should have."""
    from textcrm.insight.asking import Need
    from textcrm.quality.missing import wanted_fields

    return tuple(
        Need(one.field.path, one.field.label, dict(one.only))
        for one in wanted_fields(vault.schema)
    )


def findings(context: Context) -> dict[tuple[str, str], set[str]]:
    """The customers of each finding, by severity and code; what did not change is remembered."""
    from textcrm import store
    from textcrm.quality.check import check_paths
    from textcrm.record import id_of_path

    vault = context.vault()
    with context.progress(Text("checking customers", "检查客户")) as told:
        checked = check_paths(vault, list(store.paths(vault.root)), progress=told)
    found: dict[tuple[str, str], set[str]] = {}
    for problem in checked.problems:
        key = (problem.finding.severity, problem.finding.code)
        found.setdefault(key, set()).add(id_of_path(problem.file))
    return found


def entered(vault: Vault, since: dt.date) -> dict[tuple[str, str], dt.datetime]:
    """When each contact was added to a customer who was there, from a day on, out of history."""
    from textcrm.errors import TextcrmError
    from textcrm.history.log import log

    found: dict[tuple[str, str], dt.datetime] = {}
    try:
        for entry in log(vault, since=since):
            for record in entry.records:
                if record.kind != "changed":
                    continue
                for change in record.changes:
                    if len(change.path) == 2 and change.path[0] == "interactions":
                        if change.before is None:
                            found[record.id, str(change.path[1])] = entry.at
    except TextcrmError:
        return found  # no history to look at
    return found
