"""Bringing a vault forward: its schema, settings and files to what this release makes, as one commit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import ciphertext, config, yamlfile
from textcrm.errors import Conflict
from textcrm.quality import origin as origins
from textcrm.quality.schema_merge import merge
from textcrm.rules.sealing import sealed_places
from textcrm.schema import Schema, default_schema_text, shipped
from textcrm.schema.reading import decoded, document_of
from textcrm.schema.rewriting import rewritten
from textcrm.text import Text
from textcrm.validation import Validator
from textcrm.vault import contact_sealing, formats, host_files, layout, wiring
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.quality.origin import Origin
    from textcrm.quality.schema_merge import Clash, SchemaChange, Side
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault

_BOM: Final = "\ufeff"


class Forward(NamedTuple):
    """What a vault lacks of what this release makes.

    ``format`` and ``known`` are the formats of the vault and of this release, ``origin`` is the
    base of the schema's merge. ``settings`` are lines that textcrm.yaml gets, ``files`` the
    content that files get, ``plain`` the records that hold plain values where the merged schema
    seals (sealing them is a step of its own: it cannot be undone), ``worse`` the number of new errors by record that the merged schema finds.
    """

    format: int
    known: int
    origin: Origin
    changes: tuple[SchemaChange, ...]
    clashes: tuple[Clash, ...]
    settings: tuple[tuple[str, str], ...]
    files: dict[str, bytes]
    plain: tuple[str, ...]
    worse: dict[str, int]

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.files)


def plan(
    vault: Vault,
    *,
    decide: Callable[[Clash], Side | None] = lambda _clash: None,
    progress: Callable[[int], None] | None = None,
) -> Forward:
    """Look what bringing a vault forward would change; writes nothing.

    Raises Invalid (vault-too-new; schema-invalid of either schema), NotFound (schema-missing).
    """
    formats.demand_known(vault)
    vault.schema  # noqa: B018 - a schema that cannot be read is said before anything else
    data = vault.file(SCHEMA_FILE) or b""
    base = origins.origin(vault)
    default = document_of(default_schema_text(), SCHEMA_FILE)
    own = document_of(decoded(data, SCHEMA_FILE), SCHEMA_FILE)
    if vault.config.seal_contact:
        for document in (base.document, default, own):
            contact_sealing.seal_contact_fields(document)
    used = _used(vault)
    merged = merge(base.document, own, default, decide=decide, in_use=used.__contains__)
    text = _laid_out(merged.document, data)
    files = {SCHEMA_FILE: text} if text != data else {}
    settings, written = _settings(vault)
    files |= {config.FILE_NAME: written} if settings else {}
    files |= dict(_files(vault))
    plain: tuple[str, ...] = ()
    worse: dict[str, int] = {}
    if SCHEMA_FILE in files:
        plain, worse = _effects(vault, Schema.from_json(text), progress)
    return Forward(
        vault.config.format, config.FORMAT, base, merged.changes, merged.clashes,
        settings, files, plain, worse,
    )  # fmt: skip


def bring(vault: Vault, forward: Forward, *, reason: str | None = None) -> Result:
    """Make what a plan found, as one commit. Raises Conflict (schema-clash) where one is open."""
    if forward.clashes:
        raise clash(forward.clashes)

    def build(draft: Draft) -> None:
        for path, data in forward.files.items():
            draft.write(path, data)

    return vault.write("migrate", build, reason=reason, subject="vault: bring forward")


def clash(clashes: tuple[Clash, ...]) -> Conflict:
    """The error of a merge that needs a person: what the vault changed, the default did too."""
    places = [f"{one.field or '/'} {one.key}".rstrip() for one in clashes]
    return Conflict(
        "schema-clash",
        Text(
            "the vault's schema and the new default both changed: {places}",
            "客户库的字段定义与新的默认定义都改了：{places}",
        ),
        hint=Text(
            "keep the vault's: textcrm migrate --prefer vault; take the new: --prefer default",
            "保留客户库的：textcrm migrate --prefer vault；采用新的：--prefer default",
        ),
        places=places,
    )


def _laid_out(document: dict[str, Any], data: bytes) -> bytes:
    """The merged schema as the vault's file is laid out; the same bytes where nothing changed."""
    source = decoded(data, SCHEMA_FILE)
    if document_of(source, SCHEMA_FILE) == document:
        return data
    default = default_schema_text()
    if document_of(default, SCHEMA_FILE) == document:
        text = default.replace("\n", "\r\n") if "\r\n" in source else default
    else:
        text = rewritten(document, [source, default])
    return (_BOM * data.startswith(_BOM.encode()) + text).encode()


def _used(vault: Vault) -> set[str]:
    """The paths of every field that a record has a value of, without item numbers."""
    found: set[str] = set()

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                here = f"{path}/{name}" if path else name
                found.add(here)
                walk(value, here)
        elif isinstance(node, list):
            for item in node:
                walk(item, path)

    for doc in vault.docs():
        walk(doc.typed, "")
    return found


def _settings(vault: Vault) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """The lines that textcrm.yaml lacks, and the file with them; no value in force changes."""
    wanted: dict[tuple[str, ...], str] = {}
    own = vault.config
    if own.tree.get("format") is None or own.format < config.FORMAT:
        wanted["format",] = str(config.FORMAT)
    name = shipped.current()[0]
    if own.tree.get(origins.SETTING) != name:
        wanted[origins.SETTING,] = name
    if own.tree.get("currency") is None:
        wanted["currency",] = own.currency
    data = vault.file(config.FILE_NAME) or b""
    text = yamlfile.decode(data, file=config.FILE_NAME)
    for path, value in wanted.items():
        text = yamlfile.set_value(text, path, value, key_order=layout.SETTINGS)
    lines = tuple(("/".join(path), value) for path, value in wanted.items())
    return lines, yamlfile.encode(text)


def _files(vault: Vault) -> Iterator[tuple[str, bytes]]:
    """The files that init makes today and this vault never had; those taken out stay out."""
    attributes = vault.file(".gitattributes")
    if attributes is None:
        yield ".gitattributes", layout.GITATTRIBUTES.encode()
    elif not vault.prefix and wiring.attributed(attributes) != attributes:
        yield ".gitattributes", wiring.attributed(attributes)
    ignored = vault.file(".gitignore")
    if ignored is None or b".textcrm" not in ignored:
        yield ".gitignore", (ignored or b"") + layout.GITIGNORE.encode()
    others = {**host_files.EDITORS, **({} if vault.prefix else host_files.HOSTS)}
    others["privacy/notice.md"] = layout.NOTICE
    missing = {path: text for path, text in others.items() if not (vault.root / path).exists()}
    if missing:
        ever = vault.repo.paths_ever(vault.prefix)
        yield from (
            (path, text.encode())
            for path, text in missing.items()
            if vault.prefix + path not in ever
        )


def _effects(
    vault: Vault, schema: Schema, progress: Callable[[int], None] | None
) -> tuple[tuple[str, ...], dict[str, int]]:
    """The records to seal, and the errors by record that only the merged schema finds."""
    old, new = vault.validator, Validator(schema)
    plain, worse = [], {}
    for count, record in enumerate(vault.records(), 1):
        if vault.access.has_keys and _is_plain(record, schema):
            plain.append(record.id)
        if not new.is_valid(record.raw):
            more = _errors(new, record) - _errors(old, record)
            if more:
                worse[record.id] = more.total()
        if progress is not None:
            progress(count)
    return tuple(plain), worse


def _is_plain(record: Record, schema: Schema) -> bool:
    return any(
        field is not None and not ciphertext.looks_sealed(value)
        for _, field, value in sealed_places(record.raw, schema)
    )


def _errors(validator: Validator, record: Record) -> Counter[tuple[Any, ...]]:
    return Counter(
        (one.code, one.path) for one in validator.findings(record.raw) if one.severity == "error"
    )
