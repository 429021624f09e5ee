"""What reports are told by other rooms: wanted fields, findings of check, when things were entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from textcrm.cli.context import Context
    from textcrm.gitrepo.values import BlobChange
    from textcrm.history.versions import Versions
    from textcrm.insight.asking import Need
    from textcrm.vault import Vault


def wanted(vault: Vault) -> tuple[Need, ...]:
    """The fields that customers should have."""
    from textcrm.insight.asking import Need
    from textcrm.quality.missing import wanted_fields

    return tuple(
        Need(one.field.path, _label(vault, one.field.path), dict(one.only))
        for one in wanted_fields(vault.schema)
    )


def _label(vault: Vault, path: tuple[str, ...]) -> Text:
    """The label of a field, that of the list before it where it is inside one."""
    own, outer = vault.schema.at(path), vault.schema.at(path[:1])
    assert own is not None and outer is not None  # noqa: S101, PT018 - they are the schema's own
    if own is outer:
        return own.label
    return Text(f"{outer.label.en}: {own.label.en}", f"{outer.label.zh}·{own.label.zh}")


def findings(context: Context) -> dict[tuple[str, str], set[str]]:
    """The customers of each finding, by severity and code; where nothing changed, as remembered."""
    from textcrm.insight.memo import of_vault
    from textcrm.quality.kept import mark_of

    vault = context.vault()
    key = mark_of(vault)
    found = of_vault(vault.catalog(), "findings", key, lambda: _checked(context))
    return {(severity, code): set(ids) for severity, code, ids in found}


def _checked(context: Context) -> list[tuple[str, str, list[str]]]:
    """What check finds: severity, code, and the ids of the customers."""
    from textcrm.quality.check import check_paths
    from textcrm.record import id_of_path

    vault = context.vault()
    with context.progress(Text("checking customers", "检查客户")) as told:
        checked = check_paths(vault, None, progress=told)
    found: dict[tuple[str, str], set[str]] = {}
    for problem in checked.problems:
        key = (problem.finding.severity, problem.finding.code)
        found.setdefault(key, set()).add(id_of_path(problem.file))
    return [(*key, sorted(ids)) for key, ids in found.items()]


def entered(vault: Vault, since: dt.date) -> dict[tuple[str, str], dt.datetime]:
    """When each contact was added to a customer who was there, from a day on, out of history."""
    from textcrm.errors import TextcrmError
    from textcrm.history.versions import Versions
    from textcrm.vault import moments

    found: dict[tuple[str, str], dt.datetime] = {}
    try:
        with Versions(vault) as versions:
            for commit in versions.commits(
                vault.repo.commit_ids(since=moments.first(vault, since))
            ):
                for change in commit.changes:
                    # What came with a new record is an import or a first entry, never late.
                    if change.before is not None and change.after is not None:
                        for key in _added(vault, versions, change):
                            found[key] = moments.local(vault, commit.at)
    except TextcrmError:
        return found  # no history to look at
    return found


def _added(vault: Vault, versions: Versions, change: BlobChange) -> Iterator[tuple[str, str]]:
    """The contacts that a change of a file added: id of the record, id of the item."""
    from textcrm import store

    if not change.path.startswith(vault.prefix):
        return
    path = change.path.removeprefix(vault.prefix)
    if not store.is_record_path(path):
        return
    record = versions.change(path, change)
    for one in record.changes:
        if one.before is None and len(one.path) == 2 and one.path[0] == "interactions":
            yield record.id, str(one.path[1])
