"""Which default schema a vault's own once began as: recorded, found in history, or the likest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm.errors import TextcrmError
from textcrm.schema import shipped
from textcrm.schema.reading import decoded, document_of
from textcrm.vault import contact_sealing
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault import Vault

Document = dict[str, Any]
SETTING: Final = "schema_base"


class Origin(NamedTuple):
    """The shipped schema that is the base of a merge: its name, and how it was found out."""

    name: str
    document: Document
    how: Literal["recorded", "history", "likeness"]


def origin(vault: Vault) -> Origin:
    """Find the default schema that a vault was made with or last brought forward to.

    ``init`` and ``migrate`` record it (``schema_base`` in the settings). Vaults from before that:
    the newest version in the history of the schema file that is one of those shipped, or else the
    shipped one that is likest to the first version there is.
    """
    recorded = vault.config.tree.get(SETTING)
    if isinstance(recorded, str) and (found := shipped.read(recorded)) is not None:
        return Origin(recorded, found, "recorded")
    versions = list(_versions(vault))
    own, today = shipped.current()
    names = {*shipped.known(), own}
    for document in versions:
        name = shipped.identity(document)
        if name in names and (found := shipped.read(name)) is not None:
            return Origin(name, found, "history")
    if not versions:
        return Origin(own, today, "likeness")
    leaves = _leaves(versions[-1])
    candidates = [(name, shipped.read(name) or today) for name in sorted(names)]
    name, found = min(candidates, key=lambda one: len(leaves ^ _leaves(_as_set(vault, one[1]))))
    return Origin(name, found, "likeness")


def _as_set(vault: Vault, document: Document) -> Document:
    """A shipped schema as this vault's settings want it: with its contact fields sealed."""
    if vault.config.seal_contact:
        contact_sealing.seal_contact_fields(document)
    return document


def _versions(vault: Vault) -> Iterator[Document]:
    """Every version of the vault's schema file that can be read, newest first."""
    now = vault.file(SCHEMA_FILE)
    path = vault.prefix + SCHEMA_FILE
    out = vault.repo.git(
        "log", "--format=", "--raw", "--no-abbrev", "--no-renames", "-m", "--full-history",
        "HEAD", "--", path,
    )  # fmt: skip
    blobs = dict.fromkeys(line.split()[3].decode() for line in out.splitlines() if line)
    with vault.repo.blobs() as reader:
        for data in [now, *reader.read_many(one for one in blobs if set(one) != {"0"})]:
            try:
                if data is not None:
                    yield document_of(decoded(data, SCHEMA_FILE), SCHEMA_FILE)
            except TextcrmError:
                continue  # a slip of an admin, mended since


def _leaves(node: Any, path: str = "") -> set[tuple[str, str]]:
    """Every value in a document with its path."""
    if isinstance(node, dict):
        return set().union(*(_leaves(each, f"{path}/{name}") for name, each in node.items()))
    return {(path, repr(node))}
