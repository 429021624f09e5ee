"""What somebody could read: every sealed value of today and of history that a key of theirs opened."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import access, ciphertext, paths, store, yamlfile
from textcrm.errors import NotFound, TextcrmError
from textcrm.record import id_of_path
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from textcrm.access import Access
    from textcrm.gitrepo import Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.vault import Vault

_TOKEN: Final = re.compile(rb"(?:age|sha256): *['\"]?([A-Za-z0-9+/=]{16,})")
_ARMOUR: Final = b"BEGIN AGE"


class KeyHeld(NamedTuple):
    """A key that somebody held: the label of a class's generation or of the person, from when on,
    and until when access.yaml gave it to them (None: it does today). A key that was held once
    opens what it opened for good.
    """

    label: str
    since: dt.datetime
    until: dt.datetime | None


class Exposed(NamedTuple):
    """A place of a record whose value somebody could read.

    ``path`` is stable (items by their ids), ``labels`` those by which, ``since`` the first moment
    at which such a value and the key for it were both there, ``until`` when the last such value
    was replaced (None: it stands there today), ``now`` whether the value of today is one.
    """

    path: str
    labels: tuple[str, ...]
    since: dt.datetime
    until: dt.datetime | None

    @property
    def now(self) -> bool:
        """Whether the value that stands there today is one that they can open."""
        return self.until is None


class Customer(NamedTuple):
    """A record with what of it was exposed; ``deleted`` where it is in history only."""

    id: str
    name: str
    deleted: bool
    values: tuple[Exposed, ...]


class Exposure(NamedTuple):
    """Everything that one person could read, in the order of the customers' ids."""

    id: str
    name: str
    keys: tuple[KeyHeld, ...]
    customers: tuple[Customer, ...]


def exposure(
    vault: Vault,
    word: str,
    *,
    lost: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Exposure:
    """Find what a person could read, by id, name or e-mail, members of before included.

    With ``lost`` only by keys that the person does not hold any more: what somebody has who found,
    or took, the old ones. Goes through the history of access.yaml and of all records on all branches; needs no key, and
    goes by what the labels say. Raises NotFound (no-such-person).
    """
    commits = _commits(vault)
    people = _People(vault, commits)
    person_id, name = people.named(word)
    held = people.held(person_id, lost=lost)
    found = _Walk(vault, {one.label: one for one in held}, people.ends).through(commits, progress)
    return Exposure(person_id, name, held, tuple(found))


def _commits(vault: Vault) -> list[Commit]:
    """Every commit on any branch that touched records or people, oldest first."""
    wanted = [vault.prefix + store.FOLDER, vault.prefix + access.FILE_NAME]
    refs = vault.repo.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes")
    revs = ["HEAD", *(f"HEAD..{ref}" for ref in refs.decode().split())]
    found: dict[str, Commit] = {}
    for rev in revs:
        found.update((one.id, one) for one in vault.repo.log(rev, wanted, reverse=True))
    return (
        sorted(found.values(), key=lambda one: one.at) if len(revs) > 1 else list(found.values())
    )


class _People:
    """The versions of access.yaml, and when each was in force."""

    def __init__(self, vault: Vault, commits: list[Commit]) -> None:
        path = vault.prefix + access.FILE_NAME
        blobs = [
            (place, one.at, each.after)
            for place, one in enumerate(commits)
            for each in one.changes
            if each.path == path
        ]
        self.versions: list[tuple[dt.datetime, Access]] = []
        self.places: list[int] = []
        self.ends: dict[str, int] = {}
        """The number of the commit that took a label away: two commits may share a second."""
        with vault.repo.blobs() as reader:
            for (place, at, _), data in zip(
                blobs, reader.read_many(blob or "" for _, _, blob in blobs), strict=True
            ):
                try:
                    self.versions.append((at, access.read(data)))
                    self.places.append(place)
                except TextcrmError:
                    continue  # a slip, mended since

    def named(self, word: str) -> tuple[str, str]:
        """The id and last name of a person who is or was a member."""
        for _, people in reversed(self.versions):
            person = people.find(word)
            if person is not None:
                return person.id, person.name
        known = dict.fromkeys(one.id for _, people in self.versions for one in people.people)
        raise NotFound(
            "no-such-person",
            Text("nobody is or was called “{word}” here", "现在和过去的人员中都没有“{word}”"),
            hint=Text("people: {known}", "人员：{known}"),
            word=word,
            known=list(known),
        )

    def held(self, person_id: str, *, lost: bool) -> tuple[KeyHeld, ...]:
        """The keys that a person held, in the order in which they came."""
        last = self.versions[-1][1].by_id(person_id) if self.versions else None
        today = set(last.keys) if last is not None and lost else set()
        since: dict[str, dt.datetime] = {}
        until: dict[str, dt.datetime | None] = {}
        for place, (at, people) in zip(self.places, self.versions, strict=True):
            person = people.by_id(person_id)
            held = set(person.keys) if person is not None else set()
            labels = _labels(people, person_id) if not held or held - today else set()
            for label in labels:
                since.setdefault(label, at)
                until[label] = None
                self.ends.pop(label, None)
            for label in since.keys() - labels:
                if until[label] is None:
                    until[label] = at
                    self.ends[label] = place
        return tuple(KeyHeld(label, since[label], until[label]) for label in since)


def _labels(people: Access, person_id: str) -> set[str]:
    """The labels that a person's key opens by one version of access.yaml."""
    found = {
        f"{name}@{number}"
        for name, keys in people.classes.items()
        for number, one in keys.generations.items()
        if person_id in one.readers
    }
    person = people.by_id(person_id)
    return found | {person_id} if person is not None and person.keys else found


class _Place:
    """A place of a record while history is gone through."""

    def __init__(self, since: dt.datetime) -> None:
        self.since = since
        self.until: dt.datetime | None = None
        self.labels: dict[str, None] = {}
        self.cipher = ""


class _Walk:
    """Versions of records, oldest first; only those with a ciphertext not seen yet are parsed."""

    def __init__(self, vault: Vault, held: dict[str, KeyHeld], ends: dict[str, int]) -> None:
        self._vault = vault
        self._held = held
        self._ends = ends
        self._known: dict[str, frozenset[bytes]] = {}
        self._places: dict[str, dict[str, _Place]] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._uids: dict[str, str] = {}

    def through(
        self, commits: list[Commit], progress: Callable[[int], None] | None
    ) -> Iterator[Customer]:
        """Go through all versions; gives the customers with what was exposed."""
        steps = [
            (place, commit.at, each.path.removeprefix(self._vault.prefix), each.after)
            for place, commit in enumerate(commits)
            for each in commit.changes
            if each.path.startswith(self._vault.prefix)
        ]
        steps = [one for one in steps if store.is_record_path(one[2])]
        with self._vault.repo.blobs() as reader:
            found = reader.read_many(blob or "" for *_, blob in steps)
            for count, (step, data) in enumerate(zip(steps, found, strict=True), 1):
                self._version(*step[:3], data)
                if progress is not None and count % 100 == 0:
                    progress(count)
            today = self._today(reader)
        return self._customers(today, commits[-1].at if commits else None)

    def _today(self, reader: Blobs) -> dict[str, set[str]]:
        """What HEAD holds for them, by uid: branches that were gone through may hold other versions."""
        tree = self._vault.repo.list_tree("HEAD", self._vault.prefix + store.FOLDER)
        found: dict[str, set[str]] = {}
        for path, uid in self._uids.items():
            blob = tree.get(self._vault.prefix + path)
            data = reader.read(blob) if blob else None
            if data is not None:
                with contextlib.suppress(TextcrmError):
                    raw = yamlfile.read_mapping(data, file=path)
                    known = self._places.get(uid, {})
                    found[uid] = {
                        place
                        for place, labels, cipher in self._readable(raw)
                        if self._opens(labels, cipher, None, known.get(place))
                    }
        return found

    def _version(self, number: int, at: dt.datetime, path: str, data: bytes | None) -> None:
        if data is None:
            for known in self._places.get(self._uids.get(path, ""), {}).values():
                known.until = known.until or at
            self._known.pop(path, None)
            return
        tokens = frozenset(_TOKEN.findall(data))
        if tokens == self._known.get(path, frozenset()) and _ARMOUR not in data:
            return  # what is sealed is as it was
        self._known[path] = tokens
        try:
            raw = yamlfile.read_mapping(data, file=path)
        except TextcrmError:
            return
        uid = str(raw.get("uid") or path)
        self._uids[path] = uid
        self._names[uid] = (str(raw.get("id") or id_of_path(path)), str(raw.get("name") or ""))
        places = self._places.setdefault(uid, {})
        standing = {}
        for place, labels, cipher in self._readable(raw):
            if not self._opens(labels, cipher, number, places.get(place)):
                continue
            standing[place] = labels
            since = max(at, min(self._held[label].since for label in labels))
            known = places.setdefault(place, _Place(since))
            known.until = None
            known.cipher = cipher
            known.labels.update(dict.fromkeys(labels))
        for place, known in places.items():
            if place not in standing and known.until is None:
                known.until = at

    def _readable(self, raw: dict[str, Any]) -> Iterator[tuple[str, list[str], str]]:
        """The places with a value under a label that was held, the labels, and the ciphertext."""
        for path, labels, cipher in _sealed(raw, ()):
            opening = [label for label in labels if label in self._held]
            if opening:
                yield "/".join(map(str, paths.stable(path, raw))), opening, cipher

    def _opens(
        self, labels: list[str], cipher: str, number: int | None, known: _Place | None
    ) -> bool:
        """Whether the keys open a value: one that was sealed to the person under a later key they do
        not, though its label is the same.
        """
        for label in labels:
            end = self._ends.get(label)
            if ciphertext.parse_class(label) is not None or end is None:
                return True
            if number is not None and number < end:
                return True
        return known is not None and known.cipher == cipher and known.until is None

    def _customers(
        self, today: dict[str, set[str]], last: dt.datetime | None
    ) -> Iterator[Customer]:
        for uid in sorted(self._places, key=lambda one: self._names[one]):
            standing = today.get(uid, set())
            values = tuple(
                Exposed(
                    place,
                    tuple(one.labels),
                    one.since,
                    None if place in standing else one.until or last,
                )
                for place, one in self._places[uid].items()
            )
            if values:
                yield Customer(*self._names[uid], uid not in today, values)


def _sealed(
    node: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...], str]]:
    """Every sealed value of a record, attachments included, with its labels and ciphertext."""
    if ciphertext.looks_sealed(node):
        try:
            yield path, ciphertext.read(node).labels, str(node.get("age"))
        except ciphertext.Malformed:
            return
    elif isinstance(node, dict):
        if path[:1] == ("documents",) and node.get("sealed_for"):
            given = node["sealed_for"]
            labels = tuple(given) if isinstance(given, list) else (str(given),)
            yield (*path, "file"), labels, str(node.get("sha256"))
        for name, value in node.items():
            yield from _sealed(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _sealed(value, (*path, place))
