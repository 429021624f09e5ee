"""What a proposal means to change in a customer who is there; a question where somebody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Conflict, TextcrmError
from textcrm.exchange import updating
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.exchange.grouping import Proposal
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Vault


def wanted(vault: Vault, record: Record, proposal: Proposal) -> list[updating.Change]:
    """The changes that a proposal means; none where the customer says all of it.

    Sealed values are compared where a key at hand opens them, and left as they are where none does.
    Raises Conflict (changed-meanwhile).
    """
    schema = vault.schema

    def opened(at: Path, node: Any) -> Any:
        from textcrm.vault.revealing import open_at

        try:
            return open_at(vault, record, at, node)
        except TextcrmError:
            return None

    tree = {**proposal.tree, **schema.plain(dict(proposal.tree))}
    found = updating.changes(record.raw, tree, schema, opened=opened)
    if proposal.base is None:
        return found
    return _meant(vault, record, proposal, found, opened)


def _meant(
    vault: Vault,
    record: Record,
    proposal: Proposal,
    found: list[updating.Change],
    opened: Callable[[Path, Any], Any],
) -> list[updating.Change]:
    """Of the changes those that somebody made in a file that textcrm had written."""
    base = vault.schema.plain(dict(proposal.base or {}))
    stale = updating.changes(record.raw, base, vault.schema, opened=opened)
    meant = [one for one in found if one not in stale]
    places = {one.path for one in stale}
    clash = [one for one in meant if one.path in places]
    if clash:
        raise changed_meanwhile(proposal, [one.path for one in clash], vault.schema)
    return meant


def changed_meanwhile(proposal: Proposal, paths: list[Path], schema: Any) -> TextcrmError:
    """The question of a row whose customer somebody changed since the file was written."""
    labels = [
        one.label if (one := schema.at(path)) is not None else "/".join(map(str, path))
        for path in paths
    ]
    return Conflict(
        "changed-meanwhile",
        Text(
            "{name}: {fields} was changed by somebody since the file was written",
            "{name}：文件导出之后，{fields}已被他人修改",
        ),
        hint=Text(
            "look at it with “textcrm show”, then set the value you want",
            "请先用 textcrm show 查看，再决定保留哪个值",
        ),
        name=str(proposal.tree.get("name") or ""),
        fields=labels,
    )
