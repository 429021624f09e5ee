"""Versions of files that are not in the work tree, judged by the schema and people beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm import access, config, store
from textcrm.changes import item_id
from textcrm.errors import TextcrmError
from textcrm.findings import Problem
from textcrm.quality.looking import unreadable
from textcrm.rules.sealing import sealed_places
from textcrm.vault import Vault
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textcrm.findings import Finding
    from textcrm.record import Record
    from textcrm.rules import Keys, RuleContext

OWN_FILES: Final = (SCHEMA_FILE, access.FILE_NAME, config.FILE_NAME)
ALWAYS: Final = frozenset(("sealed-stale", "sealed-unknown-person"))
"""Warnings of what is there already, errors where a value is added or changed."""


class Version(Vault):
    """A vault as a revision or the index has it: its own files are given, not read.

    ``newer`` are the keys of a later access.yaml, whose retired generations count as well.
    """

    def __init__(
        self, vault: Vault, files: Mapping[str, bytes | None], newer: Keys | None = None
    ) -> None:
        super().__init__(vault.root, today=vault.today)
        self._files = files
        self._newer = newer

    def file(self, path: str) -> bytes | None:
        """One of the vault's own files in this version."""
        return self._files.get(path)

    def rule_context(self, path: str | None) -> RuleContext:
        """As of the vault, with the newest of both sets of keys."""
        context = super().rule_context(path)
        return context._replace(keys=_newest(context.keys, self._newer))

    def is_readable(self) -> bool:
        """Whether schema, people and settings of this version can be read."""
        try:
            self.schema, self.config, self.rule_context(None)
        except TextcrmError:
            return False
        return True


def _newest(own: Keys | None, newer: Keys | None) -> Keys | None:
    if own is None or newer is None:
        return own or newer
    classes = {*own.current, *newer.current}
    return own._replace(
        current={
            name: max(keys.current.get(name, 0) for keys in (own, newer)) for name in classes
        },
        generations={
            name: own.generations.get(name, frozenset()) | newer.generations.get(name, frozenset())
            for name in classes
        },
    )


def parsed(vault: Vault, path: str, data: bytes) -> Record | Problem:
    """A version of a record, or why it cannot be read."""
    try:
        return store.parse(path, data, vault.schema)
    except TextcrmError as error:
        return unreadable(path, error)


def ciphertexts(records: Iterable[Record | Problem | None]) -> set[str]:
    """The ciphertext of every sealed value in some records."""
    return {
        value["age"]
        for record in records
        if record is not None and not isinstance(record, Problem)
        for _, _, value in sealed_places(record.raw, record.schema)
        if isinstance(value, dict) and isinstance(value.get("age"), str)
    }


def told_as_new(findings: Iterable[Finding], record: Record, known: set[str]) -> list[Finding]:
    """Findings with warnings of old keys made errors where the value is not one that was there."""
    result = []
    for finding in findings:
        new = finding.code in ALWAYS and _at(record.raw, finding.path, "age") not in known
        result.append(finding._replace(severity="error") if new else finding)
    return result


def identity(finding: Finding, record: Record | None) -> tuple[object, ...]:
    """What makes a finding the same in another version: items go by their id, not their index."""
    node: Any = record.raw if record is not None else None
    steps: list[object] = []
    for step in finding.path:
        node = _step(node, step)
        own = item_id(node) if isinstance(node, dict) and isinstance(step, int) else None
        steps.append(own or step)
    data = sorted((name, str(value)) for name, value in finding.data.items())
    return finding.code, finding.severity, tuple(steps), tuple(data)


def _at(tree: Any, path: Iterable[str | int], name: str) -> Any:
    for step in (*path, name):
        tree = _step(tree, step)
    return tree


def _step(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None
