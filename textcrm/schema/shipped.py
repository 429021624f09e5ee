"""The default schemas that were ever shipped: what a vault's own schema once began as."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from textcrm.schema.reading import default_schema_text, document_of, folder_of_defaults

if TYPE_CHECKING:
    from pathlib import Path

    Document = dict[str, Any]

_SUFFIX: Final = ".json.gz"


def identity(document: Document) -> str:
    """Twelve hex digits that name what a schema says, however it is laid out."""
    plain = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def current() -> tuple[str, Document]:
    """The default schema of this release, with its name."""
    document = document_of(default_schema_text(), "customer.schema.json")
    return identity(document), document


def known() -> dict[str, Path]:
    """The files of the shipped schemas by name, today's included where it is kept."""
    folder = folder_of_defaults() / "shipped"
    found = sorted(folder.glob("*" + _SUFFIX))
    return {path.name.removesuffix(_SUFFIX): path for path in found}


def read(name: str) -> Document | None:
    """A shipped schema by its name, None where this release does not have it."""
    own, document = current()
    if name == own:
        return document
    path = known().get(name)
    if path is None:
        return None
    kept: Document = json.loads(gzip.decompress(path.read_bytes()))
    return kept


def keep(text: str, folder: Path) -> Path:
    """Keep a default schema among the shipped ones, for vaults made with it to come forward."""
    document = document_of(text, "customer.schema.json")
    path = folder / (identity(document) + _SUFFIX)
    if not path.exists():
        folder.mkdir(exist_ok=True)
        # No name and no time in it: the same schema is the same file, whoever keeps it.
        path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    return path
