"""Finding the one record that a word means: id, former id, name."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.text import Text
from textcrm.vault import moments
from textcrm.vault.unfound import ambiguous, no_such_record

if TYPE_CHECKING:
    from textcrm.gitrepo import Commit
    from textcrm.record import Record
    from textcrm.vault.vault import Vault


def lookup(vault: Vault, word: str) -> Record:
    """Find a record; an id costs one file, anything else a look into the catalog.

    What is given is always read from its file. Where there is no catalog yet, all files are looked
    through, which costs less than to make one.
    """
    word = unicodedata.normalize("NFC", word).strip()
    if looks_like_id(word):
        name = word.upper() if word[:1] == "c" else word
        direct = store.path_of(name)
        if (vault.root / direct).is_file():
            return vault.load(direct)
    found = _by_catalog(vault, word) if vault.has_catalog() else None
    if found is None:
        found = _by_scan(vault, word)
    if len(found) > 1:
        raise ambiguous(word, found)
    if found:
        return found[0]
    raise _missing(vault, word)


def looks_like_id(word: str) -> bool:
    """Whether a word has the form of an id; never one that could leave the folder."""
    return 8 < len(word) < 64 and word.isascii() and word.isalnum()


def _by_catalog(vault: Vault, word: str) -> list[Record] | None:
    """The records of the files that the catalog names; None where it knows none, or wrongly."""
    catalog = vault.catalog()
    found = []
    for path in catalog.safely(lambda: catalog.find(word)):
        try:
            record = vault.load(path)
        except TextcrmError:
            return None
        if not (_has_id(record, word) or _has_name(record, store.fold(word))):
            return None
        found.append(record)
    return found or None


def _by_scan(vault: Vault, word: str) -> list[Record]:
    folded = store.fold(word)
    by_id: list[Record] = []
    by_name: list[Record] = []
    for record in vault.records(mentioning=word):
        if _has_id(record, word):
            by_id.append(record)
        elif folded and _has_name(record, folded):
            by_name.append(record)
    return by_id or by_name


def _has_id(record: Record, word: str) -> bool:
    stem = record.path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
    return word in (record.id, stem) or word in strings(record.raw.get("former_ids"))


def _has_name(record: Record, folded: str) -> bool:
    return folded in map(store.fold, (record.name, *strings(record.raw.get("aliases"))))


def _missing(vault: Vault, word: str) -> Exception:
    """Say what is near, or that the file of that id is broken."""
    import difflib

    from textcrm.vault import tombstones

    stone = tombstones.of(vault).of_id(word)
    if stone is not None:
        return no_such_record(
            word,
            Text("it was erased for good on {date}", "该客户已于 {date} 彻底删除"),
            date=stone.date,
        )
    known = _names(vault)
    for broken in vault.broken:
        if word and word in broken.path:
            return broken.error
    if looks_like_id(word) and (deleted := _deletion(vault, word)):
        return no_such_record(
            word,
            Text(
                "{by} deleted it on {date}; bring it back: textcrm restore {word}",
                "{by} 于 {date} 删除了该客户；恢复：textcrm restore {word}",
            ),
            by=deleted.author.name,
            date=moments.local(vault, deleted.at).date().isoformat(),
        )
    names = {name: record_id for record_id, name in known.items()}
    near = difflib.get_close_matches(word, [*known, *names], n=3, cutoff=0.6)
    near += [name for name in names if len(word) > 1 and word in name and name not in near][:3]
    if not near:
        return no_such_record(word)
    shown = [f"{n} {known[n]}" if n in known else f"{names[n]} {n}" for n in near[:3]]
    return no_such_record(word, Text("did you mean {near}?", "是不是 {near}？"), near=shown)


def _deletion(vault: Vault, record_id: str) -> Commit | None:
    """The commit that deleted a record, by where its file belongs; None where none did."""
    path = vault.prefix + store.path_of(record_id)
    try:
        last = next(iter(vault.repo.log(paths=[path], limit=1)), None)
    except TextcrmError:
        return None
    gone = last is not None and any(one.path == path and one.after is None for one in last.changes)
    return last if gone else None


def _names(vault: Vault) -> dict[str, str]:
    if vault.has_catalog():
        catalog = vault.catalog()
        return catalog.safely(catalog.names)
    return {record.id: record.name for record in vault.records()}


def strings(value: object) -> list[str]:
    """The strings of a list, whatever else stands there."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
