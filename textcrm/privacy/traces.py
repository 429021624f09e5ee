"""Traces: everything of some customers that the refs of a clone lead to, found without guessing.

A record is known by its uid, or by its id where it has none, in every version of every record file;
so one that was moved, renumbered or restored elsewhere is found, and another customer who once had
the same id is not touched.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import store, yamlfile
from textcrm.errors import TextcrmError
from textcrm.gitrepo import rewriting
from textcrm.record import items
from textcrm.vault.tombstones import hash_of, id_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.record import Record
    from textcrm.vault import Vault
    from textcrm.vault.tombstones import Tombstone

ATTACHMENTS: Final = "attachments/"
_LARGEST: Final = 4 * 1024 * 1024


class Subject(NamedTuple):
    """A customer to be erased: ids, the record where it is there, the tombstone where it has one."""

    ids: tuple[str, ...]
    record: Record | None
    stone: Tombstone | None

    @property
    def id(self) -> str:
        """The id that it is known by."""
        return self.ids[0]


class Traces:
    """What history and work tree hold of some customers; read once, when first asked for."""

    def __init__(
        self,
        vault: Vault,
        subjects: tuple[Subject, ...],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.vault = vault
        self.subjects = subjects
        self._progress = progress

    # -- versions in history

    @cached_property
    def _introduced(self) -> list[rewriting.Introduced]:
        return [
            one._replace(path=one.path.removeprefix(self.vault.prefix))
            for one in rewriting.introduced(self.vault.repo.process)
            if one.path.startswith(self.vault.prefix)
        ]

    @cached_property
    def _records(self) -> dict[str, tuple[str, str]]:
        """Of every version of a record that is a subject's: the subject's id and uid, by blob."""
        found: dict[str, tuple[str, str]] = {}
        uids = self._known_uids()
        wanted = list(
            dict.fromkeys(one.blob for one in self._introduced if store.is_record_path(one.path))
        )
        by_id = {own: subject.id for subject in self.subjects for own in subject.ids}
        with self.vault.repo.blobs() as blobs:
            for number, (blob, data) in enumerate(
                zip(wanted, blobs.read_many(wanted), strict=True)
            ):
                if self._progress and number % 500 == 0:
                    self._progress(number)
                if data is None:
                    continue
                uid = uid_of(data)
                own = by_id.get(id_of(data))
                if uid:  # a version under an unknown uid is theirs only whose own is not known
                    own = uids.get(hash_of(uid)) or (own if own not in uids.values() else None)
                if own is not None:
                    found[blob] = (own, uid)
        return found

    def _known_uids(self) -> dict[str, str]:
        """The subjects by the hash of their uid."""
        found: dict[str, str] = {}
        for subject in self.subjects:
            if subject.record is not None and subject.record.uid:
                found[hash_of(subject.record.uid)] = subject.id
            elif subject.stone is not None and subject.stone.uid:
                found[subject.stone.uid] = subject.id
        return found

    @cached_property
    def _by_path(self) -> dict[str, set[str]]:
        """Every path that ever held a record, with its blobs."""
        found: dict[str, set[str]] = {}
        for one in self._introduced:
            found.setdefault(one.path, set()).add(one.blob)
        return found

    def uid_of(self, subject: Subject) -> str:
        """The uid of a subject, by the record or by what history says."""
        if subject.record is not None and subject.record.uid:
            return subject.record.uid
        return next((uid for own, uid in self._records.values() if own == subject.id and uid), "")

    def ids_of(self, subject: Subject) -> set[str]:
        """The ids whose attachments are the subject's: its own, and former ones nobody else has."""
        former: set[str] = set(subject.ids)
        if subject.record is not None:
            former |= {
                one for one in subject.record.raw.get("former_ids") or () if isinstance(one, str)
            }
        others = {
            own
            for own in former - set(subject.ids)
            if (self.vault.root / store.path_of(own)).exists() or self._is_anothers(own, subject)
        }
        return former - others

    def _is_anothers(self, own: str, subject: Subject) -> bool:
        blobs = self._by_path.get(store.path_of(own), set())
        return any(self._records.get(one, ("",))[0] != subject.id for one in blobs)

    def paths_of(self, subject: Subject) -> set[str]:
        """Every file that the subject's record and attachments ever were, relative to the vault."""
        blobs = {blob for blob, (own, _) in self._records.items() if own == subject.id}
        found = {
            path for path, held in self._by_path.items()
            if held & blobs and store.is_record_path(path) and held <= blobs
        }  # fmt: skip
        if subject.record is not None:
            found.add(subject.record.path)
        elif not found:
            found.add(store.path_of(subject.id))
        folders = tuple(f"{ATTACHMENTS}{own}/" for own in self.ids_of(subject))
        found |= {path for path in self._by_path if path.startswith(folders)}
        return found | self._named_files(subject)

    def _named_files(self, subject: Subject) -> set[str]:
        """Files elsewhere below attachments/ that its record names and no other record does."""
        own = {one for one in _files_of(subject.record) if one.startswith(ATTACHMENTS)}
        if not own:
            return set()
        others = {
            name
            for record in self.vault.records()
            if subject.record is not None and record.path != subject.record.path
            for name in _files_of(record)
        }
        return own - others

    def paths(self) -> set[str]:
        """The paths of all subjects that hold nothing of anybody else."""
        return {path for subject in self.subjects for path in self.paths_of(subject)}

    def record_blobs(self) -> set[str]:
        """Every version of the subjects' records."""
        return set(self._records)

    def blobs(self) -> set[str]:
        """Every object that is the subjects' alone: versions of records, attachments."""
        own = self.paths()
        inside = {blob for path in own for blob in self._by_path.get(path, ())} | set(
            self._records
        )
        outside = {
            one.blob
            for one in self._introduced
            if one.path not in own and one.blob not in self._records
        }
        return inside - outside

    def commits(self) -> set[str]:
        """The commits that brought a version of theirs."""
        own, blobs = self.paths(), self.record_blobs()
        return {one.commit for one in self._introduced if one.path in own or one.blob in blobs}

    def words(self) -> set[str]:
        """What names the subjects in words: names, numbers and addresses of all versions."""
        found: set[str] = set()
        with self.vault.repo.blobs() as blobs:
            for data in blobs.read_many(list(self._records)):
                found |= _words_in(data)
        return {one for one in found if len(one) > 1}

    # -- the work tree

    def current_files(self) -> list[str]:
        """The files of the subjects that HEAD holds, relative to the vault."""
        there = {
            path.removeprefix(self.vault.prefix)
            for path in self.vault.repo.list_tree("HEAD", self.vault.prefix)
        }
        own = self.paths() | {one.record.path for one in self.subjects if one.record}
        return sorted(path for path in there if path in own)

    def own_folders(self) -> list[str]:
        """The folders of attachments that are the subjects' alone."""
        return [ATTACHMENTS + own for subject in self.subjects for own in self.ids_of(subject)]

    def mentions(self) -> Iterator[str]:
        """Other records that still name a subject's id, by path: references, notes, merges."""
        own = self.paths()
        words = [one for subject in self.subjects for one in subject.ids]
        for path in store.paths(self.vault.root):
            text = (self.vault.file(path) or b"") if path not in own else b""
            if any(word.encode() in text for word in words):
                yield path

    def leftovers(self) -> Iterator[str]:
        """Files in the vault's folder that git does not know and that name a subject."""
        words = [word.encode() for subject in self.subjects for word in subject.ids]
        words += [
            subject.record.name.encode()
            for subject in self.subjects
            if subject.record is not None and len(subject.record.name) > 1
        ]
        for status in self.vault.repo.status(self.vault.prefix):
            path = status.path.removeprefix(self.vault.prefix)
            file = self.vault.root / path
            if status.index == "?" and file.is_file() and file.stat().st_size <= _LARGEST:
                data = self.vault.file(path) or b""
                if any(word in data for word in words):
                    yield path


def _files_of(record: Record | None) -> set[str]:
    if record is None:
        return set()
    return {
        one["file"] for one in items(record.raw, "documents") if isinstance(one.get("file"), str)
    }


def _words_in(data: bytes | None) -> set[str]:
    try:
        tree = yamlfile.read_mapping(data or b"")
    except TextcrmError:
        return set()
    found: list[Any] = [tree.get("name"), tree.get("registration_number")]
    aliases = tree.get("aliases")
    found += aliases if isinstance(aliases, list) else []
    for contact in items(tree, "contacts"):
        found.append(contact.get("name"))
        found += [one.get("number") for one in items(contact, "phones")]
        found += [one.get("address") for one in items(contact, "emails")]
    return {one for one in found if isinstance(one, str)}
