"""Sealing anew: what was typed in place, what a retired key or another owner holds, a new owner."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import ciphertext, store, yamlfile
from textcrm.errors import KeyMissing, TextcrmError, TrustFailure
from textcrm.gitrepo import system
from textcrm.history.worktree import changed_files
from textcrm.records import editing
from textcrm.rules.sealing import sealed_places
from textcrm.vault import formats, seals
from textcrm.vault.revealing import located, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textcrm.access import Access, Person
    from textcrm.gitrepo.objects import Blobs
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.records.editing import Done
    from textcrm.schema import Field
    from textcrm.vault import Draft, Vault

_BATCH = 500


class Sealed(NamedTuple):
    """A file in which plain values were sealed: its path, the record's id, how many.

    ``committed`` tells that the last commit has plain values there: history keeps them.
    """

    path: str
    id: str
    values: int
    committed: bool


def seal_files(
    vault: Vault, words: Sequence[str] = (), *, progress: Callable[[int], None] | None = None
) -> list[Sealed]:
    """Seal what stands in plain in the work tree's records, all or those named; commit nothing.

    Needs no private key. Raises TrustFailure, Invalid (no value is repeated), and leaves every
    file as it was then.
    """
    formats.demand_known(vault)
    chosen = [vault.get(word).path for word in words] or _plain_paths(vault)
    made: dict[str, tuple[str, Sealed]] = {}
    with vault.repo.blobs() as blobs:
        for count, path in enumerate(chosen, 1):
            sealed = _sealed(vault, path, blobs)
            if sealed is not None:
                made[path] = sealed
            if progress is not None:
                progress(count)
    for path, (text, _) in made.items():
        file = vault.root / path
        draft = file.with_name(f".{file.name}.sealing~")
        draft.write_bytes(yamlfile.encode(text))
        system.replace(draft, file)
    return [sealed for _, sealed in made.values()]


def _sealed(vault: Vault, path: str, blobs: Blobs) -> tuple[str, Sealed] | None:
    """A record's text with what was plain sealed; None where nothing was."""
    record = vault.load(path)
    plain = seals.plain_values(vault, record)
    if not plain:
        return None
    before = blobs.read(f"HEAD:{vault.prefix}{path}")
    base = None
    if before is not None:
        with contextlib.suppress(TextcrmError):
            base = store.parse(path, before, vault.schema)
    text = seals.sealed_text(vault, record, base)
    if text == record.text:
        return None
    committed = base is not None and bool(seals.plain_values(vault, base))
    return text, Sealed(path, record.id, len(plain), committed)


def _plain_paths(vault: Vault) -> list[str]:
    """The records with a plain value where the schema seals: edited ones, and those from before
    it did. The catalog tells, which keeps a mark without labels for such a value.
    """
    edited = [
        path
        for path, kind in changed_files(vault)
        if kind != "deleted" and store.is_record_path(path)
    ]
    older = [doc.path for doc in vault.catalog().docs() if _has_plain(doc.typed)]
    return list(dict.fromkeys([*edited, *older]))


def _has_plain(value: Any) -> bool:
    if isinstance(value, dict):
        if ciphertext.is_sealed(value):
            return not value["sealed"]
        return any(map(_has_plain, value.values()))
    return isinstance(value, list) and any(map(_has_plain, value))


# -- rekey


class Rekeyed(NamedTuple):
    """What a rekey did: values sealed anew in records, and what it lacked the keys for by label.

    ``damaged`` are the errors of values that are not what was written there; they stay.
    """

    values: int
    records: tuple[str, ...]
    commits: tuple[str, ...]
    missing: dict[str, int]
    damaged: tuple[TextcrmError, ...]


class Scope(NamedTuple):
    """What a rekey is about: one class only; and all that is sealed to a person with a new key.

    That a person's key was replaced cannot be seen from outside: age hides its recipients.
    """

    class_name: str | None = None
    person: str | None = None

    def holds(self, class_name: str) -> bool:
        """Whether values of a class are looked at."""
        return self.class_name in (None, class_name)

    def demands(self, labels: Sequence[str]) -> bool:
        """Whether values with such labels are sealed anew though they look right."""
        return self.person is not None and self.person in labels


class _Left(NamedTuple):
    """What stays as it is: how many of each label that no key opens, and what is damaged."""

    lacking: dict[str, int]
    damaged: list[TextcrmError]


def rekey(
    vault: Vault,
    records: Iterable[Record],
    *,
    scope: Scope = Scope(),  # noqa: B008 - never changed
    reason: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Rekeyed:
    """Seal anew what is stale: under a retired key, for people who left, without its owner.

    A commit for every few hundred records, so that a kill loses little and another run goes on.
    What no key at hand opens stays as it is and is counted, what is damaged is named. Sealed
    attachments follow, each a commit. Raises TrustFailure, Misuse (grant-needed) where an owner
    would newly read.
    """
    from textcrm.records.refiling import refile

    access = vault.trusted_access()
    records = list(records)
    stale = [record for record in records if any(_stale(vault, access, record, scope))]
    missing: dict[str, int] = {}
    damaged: list[TextcrmError] = []
    done: list[str] = []
    commits: list[str] = []
    values = 0
    for start in range(0, len(stale), _BATCH):
        part = stale[start : start + _BATCH]
        counts: dict[str, int] = {}
        left = _Left({}, [])

        def plan(
            draft: Draft,
            part: list[Record] = part,
            counts: dict[str, int] = counts,
            left: _Left = left,
        ) -> None:
            counts.clear()
            left.lacking.clear()
            left.damaged.clear()
            for one in part:

                def change(record: Record) -> str:
                    text, count = _fresh(vault, access, record, scope, left)
                    counts[record.id] = count
                    return text

                draft.edit(one.path, change)

        result = vault.write("rekey", plan, reason=reason)
        if result.commit:
            commits.append(result.commit)
        done += [own for own, count in counts.items() if count]
        values += sum(counts.values())
        damaged += left.damaged
        for label, count in left.lacking.items():
            missing[label] = missing.get(label, 0) + count
        if progress is not None:
            progress(start + len(part))
    for record in records:
        filed = refile(vault, access, record, scope, reason)
        commits += filed.commits
        done += [record.id] if filed.commits and record.id not in done else []
        values += len(filed.commits)
        damaged += filed.damaged
        for label in filed.lacking:
            missing[label] = missing.get(label, 0) + 1
    return Rekeyed(values, tuple(done), tuple(commits), missing, tuple(damaged))


def _stale(
    vault: Vault, access: Access, record: Record, scope: Scope
) -> Iterator[tuple[Path, Field, dict[str, object], list[str]]]:
    """The sealed values of a record that should be sealed for others than they are."""
    owner = seals.owner_of(access, record)
    for path, field, node in sealed_places(record.raw, vault.schema):
        if field is None or field.seal is None or field.seal not in access.classes:
            continue
        if not ciphertext.is_sealed(node):
            continue
        if not scope.holds(field.seal):
            continue
        try:
            labels = list(ciphertext.read(node).labels)
        except ciphertext.Malformed:
            continue
        wanted = seals.labels_for(access, field.seal or "", owner)
        if scope.demands(labels) or is_stale(access, field.seal, labels, wanted, owner):
            yield path, field, node, wanted


def is_stale(
    access: Access, class_name: str, labels: list[str], wanted: list[str], owner: Person | None
) -> bool:
    """Whether labels should be others: a retired key, people who left, an owner who cannot read."""
    if labels[0] != wanted[0] or any(label not in wanted for label in labels[1:]):
        return True
    lacks = owner is not None and owner.id in wanted and owner.id not in labels
    return lacks and owner not in access.readers(class_name)


def _fresh(
    vault: Vault,
    access: Access,
    record: Record,
    scope: Scope,
    left: _Left,
) -> tuple[str, int]:
    text, count = record.text, 0
    owner = seals.owner_of(access, record)
    known = seals.persons_in(vault, record)
    for path, field, node, wanted in _stale(vault, access, record, scope):
        place = seals.spelled(path, record.raw)
        try:
            value = opened(vault, access, node, rec=record.uid or "", place=place)
        except KeyMissing:
            label = str(ciphertext.read(node).labels[0])
            left.lacking[label] = left.lacking.get(label, 0) + 1
            continue
        except TrustFailure as error:
            left.damaged.append(located(record, path, field, error))
            continue
        gains = owner is not None and owner.id in wanted and owner.id not in known
        if owner is not None and gains and owner not in access.readers(field.seal or ""):
            seals.demand_grant(vault, record, owner, [field.seal or ""])
            known.add(owner.id)
        fresh = seals.seal_value(access, value, rec=record.uid or "", path=place, labels=wanted)
        text = yamlfile.set_value(text, path, fresh)
        count += 1
    return text, count


# -- assign


def assign(vault: Vault, word: str, person: str, *, reason: str | None = None) -> Done:
    """Give a customer to a person, who reads its owner's values from then on; ``none`` for the pool.

    Raises KeyMissing where those values cannot be opened, TrustFailure.
    """
    if person in ("none", "无", "公海"):
        return editing.change(vault, word, [], ["owner"], op="assign", reason=reason)
    return editing.change(vault, word, [("owner", person)], op="assign", reason=reason)
