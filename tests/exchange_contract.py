"""What every format of export keeps, whatever it writes; ``test_exchange_contract`` runs it.

A format gives :class:`Form`: how to write it and how to read back the names that it holds. Formats
that carry whole records give ``records`` too.
"""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

from exporting import put, source_of, vault_of

from textcrm.exchange import export, importing
from textcrm.exchange.incoming import Source
from textcrm.exchange.json_writer import jsonable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textcrm.exchange.importing import Importer
    from textcrm.vault import Vault

NAUGHTY_CELLS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", "'quoted")
CHINESE = {
    "name": "云栖·（上海）“数据”科技，有限公司",
    "needs": "第一行\n第二行；含逗号,分号;引号\"'",
    "tags": ["高意向", "𠮷野家", "繁體字"],
    "contacts": [
        {"id": "k3f9a", "name": "欧阳 娜娜", "phones": [{"id": "p1", "number": "+8613812345678"}]}
    ],
}


class Form(NamedTuple):
    """A format under test: names what a written file says are the customers' names, in order."""

    name: str
    names: Callable[[Path], list[str]]
    records: Callable[[Path], list[dict[str, Any]]] | None = None


def written(vault: Vault, form: Form, folder: Path, **options: Any) -> Path:
    """A file of all customers."""
    chosen = export.format_of(form.name)
    target = folder / f"out{chosen.suffix}"
    source = source_of(vault, versions=chosen.versions, updates=chosen.dated, **options)
    export.write(chosen, source, export.settings_of(vault, "zh"), target, force=True)
    return target


def empty_vault(form: Form, folder: Path) -> None:
    """A vault without customers gives a file that reads, with nobody in it."""
    vault = vault_of(folder / "vault")
    assert form.names(written(vault, form, folder)) == []


def chinese(form: Form, folder: Path) -> None:
    """Chinese, rare characters, line breaks and every sign that a format uses itself."""
    vault = vault_of(folder / "vault", CHINESE, {"name": "乙"})
    file = written(vault, form, folder)
    assert form.names(file) == [CHINESE["name"], "乙"]
    if form.records is not None:
        _same(form.records(file)[0], {"id": "C20260501001", **CHINESE})


def naughty(form: Form, folder: Path, vault: Vault) -> None:
    """Strings that break programs, in names and in notes, arrive as they are."""
    kept = [doc.name for doc in vault.docs()]
    file = written(vault, form, folder)
    assert form.names(file) == kept
    if form.records is not None:
        notes = [doc.typed["notes"] for doc in vault.docs()]
        assert [one.get("notes") for one in form.records(file)] == notes


def formula_cells(form: Form, folder: Path) -> None:
    """What looks like a formula is text, and is still what it was."""
    vault = vault_of(folder / "vault", *({"name": text} for text in NAUGHTY_CELLS))
    assert form.names(written(vault, form, folder)) == [one["name"] for one in _trees(vault)]


def whole_records(form: Form, folder: Path, vault: Vault) -> None:
    """A format that carries records carries all of them that is not sealed."""
    assert form.records is not None
    file = written(vault, form, folder)
    wanted = [jsonable(_unsealed(doc.typed)) for doc in vault.docs()]
    assert form.records(file) == json.loads(json.dumps(wanted, default=str))


def in_again_changes_nothing(form: Form, folder: Path, vault: Vault) -> None:
    """What went out and comes in unchanged is what is there already: nothing is updated."""
    outcome = _importer(vault, written(vault, form, folder)).preview()
    assert outcome.rows > 0
    assert (outcome.created, outcome.updated, outcome.rejected) == (0, 0, [])


def elsewhere_all_is_there(form: Form, folder: Path, vault: Vault) -> None:
    """Into an empty vault comes everything that is not sealed: the same records, ids and all."""
    other = vault_of(folder / "other")
    outcome = _importer(other, written(vault, form, folder)).run()
    assert outcome.rejected == []
    mine = [_filled(_unsealed(doc.typed)) for doc in vault.docs()]
    theirs = [_filled(dict(doc.typed)) for doc in other.docs()]
    assert [one["id"] for one in theirs] == [one["id"] for one in mine]
    for one, two in zip(mine, theirs, strict=True):
        assert one == two


def _importer(vault: Vault, file: Path) -> Importer:
    setting = importing.setting_of(vault)
    reading = importing.read(Source(file.name, file.read_bytes()), setting)
    return importing.Importer(vault, reading)


def _filled(tree: Any) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if value not in (None, "", [], {})}


def bounded(form: Form, folder: Path, vault: Vault, limit: int) -> None:
    """Memory does not grow with the vault: its peak over a warm export stays below ``limit``."""
    written(vault, form, folder)
    tracemalloc.start()
    try:
        heard: list[int] = []
        written(vault, form, folder, told=heard.append)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit, f"{form.name}: {peak / 1e6:.1f} MB"
    assert heard == sorted(heard)
    assert len(heard) > 1


def _trees(vault: Vault) -> list[dict[str, Any]]:
    return [dict(doc.typed) for doc in vault.docs()]


def _unsealed(tree: Any) -> Any:
    from textcrm.exchange.export_customers import without_sealed

    return without_sealed(dict(tree))[0]


def _same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert {key: found.get(key) for key in wanted} == wanted


__all__ = [
    "Form",
    "bounded",
    "chinese",
    "empty_vault",
    "formula_cells",
    "naughty",
    "put",
    "whole_records",
]
