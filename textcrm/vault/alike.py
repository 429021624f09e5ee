"""Who in a vault may be whom: the words of all customers kept beside the catalog, and asked (G1).

``duplicates`` compares the customers with each other, ``add`` and an import what is to be added
with them. The words follow the catalog's changes, so that a question costs what changed since the
last one, and not the vault. They hold nothing of what is sealed.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.followers import sequence_of, version_of
from textcrm.matching import evidence
from textcrm.matching.blocking import LARGEST, key_word, limited_pairs, words_of
from textcrm.matching.groups import Cluster, Pair, clusters
from textcrm.matching.likeness import Likeness, compare
from textcrm.matching.profile import Profile, profile_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from textcrm.catalog import Catalog, KeptDoc
    from textcrm.matching import Key
    from textcrm.vault.vault import Vault

_VERSION: Final = 1
_BATCH: Final = 1000
_COMMON: Final = 2
_PAIRS: Final = 20  # a customer, compared at most; two to seven are usual
_LEAST_PAIRS: Final = 20_000
_TABLES: Final = (
    "DROP TABLE IF EXISTS alike_words",
    "DROP TABLE IF EXISTS alike_at",
    "CREATE TABLE alike_words(word INTEGER, row INTEGER, PRIMARY KEY(word, row)) WITHOUT ROWID",
    "CREATE INDEX alike_rows ON alike_words(row)",
    "CREATE TABLE alike_at(version TEXT, sequence INTEGER)",
)

_KEYS: Final = frozenset(
    [
        "same-registration",
        "same-email",
        "same-phone",
        "same-landline",
        "same-id-number",
        "same-bank-account",
    ]
)
_NAMES: Final = frozenset(
    [
        "same-name",
        "same-core",
        "same-sound",
        "same-person",
        "short-name",
        "like-name",
        "like-person",
    ]
)
_OTHERS: Final = frozenset(("other-place-in-name", "other-branch", "other-company"))


class Similar(NamedTuple):
    """A customer that is like another: its id and name, and how."""

    id: str
    name: str
    likeness: Likeness


class Alike:
    """The customers of a vault as they are now, to be asked who is like whom.

    ``sealed`` are keys of theirs known otherwise, by id. ``left_out`` counts the words so common
    that :meth:`clusters` compared nobody for them.
    """

    def __init__(self, vault: Vault, sealed: Mapping[str, Collection[Key]] | None = None) -> None:
        self._vault = vault
        self._sealed = sealed or {}
        self.left_out = 0
        self._catalog = vault.catalog()
        self._catalog.safely(lambda: _follow(self._catalog, vault))
        self._profiles: dict[int, Profile] = {}
        self._names: dict[int, str] = {}
        self._counts: dict[str, int] = {}
        self._noted: dict[str, tuple[Profile, str]] = {}
        self._noted_by: dict[str, list[str]] = {}

    # -- what is to be added

    def like(self, tree: Mapping[str, Any], *, least: float = evidence.POSSIBLE) -> list[Similar]:
        """The customers that a record to be added is like, the likest first.

        ``tree`` is in a record's form, typed or raw. Besides those with a score of at least
        ``least`` come all of a like name and all with a key in common.
        """
        profile = profile_of(tree, self._vault.schema)
        words = words_of(profile)
        rows = self._catalog.safely(lambda: self._rows_of(words))
        self._load(rows)
        found = [
            Similar(self._profiles[row].id, self._names[row], self._compare(profile, row))
            for row in rows
            if row in self._profiles
        ]
        near = {own for word in words for own in self._noted_by.get(word, ())}
        for other, name in map(self._noted.__getitem__, sorted(near)):
            found.append(Similar(other.id, name, compare(profile, other, self._held)))
        chosen = [one for one in found if one.likeness.score >= least or _warned(one.likeness)]
        return sorted(chosen, key=lambda one: -one.likeness.score)

    def note(self, record_id: str, tree: Mapping[str, Any]) -> None:
        """Take a customer along that was added since, in the same run of an import."""
        profile = profile_of(tree, self._vault.schema, record_id)
        name = tree.get("name")
        self._noted[record_id] = profile, name if isinstance(name, str) else ""
        for word in words_of(profile):
            if not word.startswith("="):
                self._noted_by.setdefault(word, []).append(record_id)

    def name_by_id(self, record_id: str) -> str:
        """The name of a customer, also of one that was noted; empty where nobody has the id."""
        if record_id in self._noted:
            return self._noted[record_id][1]
        return self._catalog.safely(self._catalog.names).get(record_id, "")

    # -- all with each other

    def clusters(
        self,
        *,
        least: float = evidence.POSSIBLE,
        among: Collection[str] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[Cluster]:
        """The groups of customers that may be one, by row; :meth:`name_of` says who they are.

        ``among`` are ids: only groups with one of these.
        """
        self._counts = self._catalog.safely(self._common_words)
        blocks = self._catalog.safely(self._blocks) + self._sealed_blocks()
        ids = self._catalog.ids()
        wanted = None if among is None else {row for row, own in ids.items() if own in among}
        most = max(_LEAST_PAIRS, _PAIRS * len(ids))
        pairs, self.left_out = limited_pairs(set(blocks), most, wanted)
        self._load(sorted({row for pair in pairs for row in pair}))
        found = []
        for place, (one, two) in enumerate(pairs, 1):
            if one in self._profiles and two in self._profiles:
                likeness = self._compare(self._profiles[one], two)
                if likeness.score >= least:
                    found.append(Pair(one, two, likeness))
            if progress is not None and place % _BATCH == 0:
                progress(place)
        return clusters(found, lambda a, b: self._compare(self._profiles[a], b).score)

    def name_of(self, row: int) -> tuple[str, str]:
        """The id and name of a customer of a group."""
        return self._profiles[row].id, self._names[row]

    # -- comparing

    def _compare(self, profile: Profile, row: int) -> Likeness:
        return compare(profile, self._profiles[row], self._held)

    def _held(self, word: str) -> int:
        if word not in self._counts:
            found = self._catalog.connection.execute(
                "SELECT count(*) FROM alike_words WHERE word=?", (_hashed(word),)
            ).fetchone()
            self._counts[word] = found[0]
        return max(_COMMON, self._counts[word])

    def _load(self, rows: Iterable[int]) -> None:
        for doc in self._catalog.docs([row for row in rows if row not in self._profiles]):
            extra = self._sealed.get(doc.id, ())
            self._profiles[doc.row] = profile_of(
                doc.typed, self._vault.schema, doc.id, extra=extra
            )
            self._names[doc.row] = doc.name

    # -- asking the table

    def _rows_of(self, words: Collection[str]) -> list[int]:
        found: set[int] = set()
        for word in words:
            if word.startswith("="):
                continue
            rows = self._catalog.connection.execute(
                "SELECT row FROM alike_words WHERE word=? LIMIT ?", (_hashed(word), LARGEST + 1)
            ).fetchall()
            if len(rows) <= LARGEST or word.startswith(("n ", "k ")):
                found.update(row for (row,) in rows)
        return sorted(found)

    def _sealed_blocks(self) -> list[tuple[int, ...]]:
        """Those with a sealed key in common, who are counted as those with a plain one are."""
        holders: dict[Key, list[int]] = {}
        if self._sealed:
            for row, own in self._catalog.ids().items():
                for key in self._sealed.get(own, ()):
                    holders.setdefault(key, []).append(row)
        self._counts.update((key_word(key), len(rows)) for key, rows in holders.items())
        return [tuple(sorted(rows)) for rows in holders.values() if len(rows) > 1]

    def _blocks(self) -> list[tuple[int, ...]]:
        found = self._catalog.connection.execute(
            "SELECT group_concat(row) FROM alike_words WHERE word>0 GROUP BY word "
            "HAVING count(*) BETWEEN 2 AND ?",
            (LARGEST,),
        )
        return [tuple(sorted(map(int, rows.split(",")))) for (rows,) in found]

    def _common_words(self) -> dict[str, int]:
        return _Counts(
            self._catalog.connection.execute(
                "SELECT word, count(*) FROM alike_words GROUP BY word HAVING count(*)>?",
                (_COMMON,),
            ).fetchall()
        )


class _Counts(dict[str, int]):
    """How many give a word, all counted at once; a word that few give is common to nobody."""

    def __init__(self, rows: Iterable[tuple[int, int]]) -> None:
        super().__init__()
        self._by_hash = dict(rows)

    def __contains__(self, word: object) -> bool:
        return True

    def __missing__(self, word: str) -> int:
        self[word] = self._by_hash.get(_hashed(word), _COMMON)
        return self[word]


def _warned(likeness: Likeness) -> bool:
    """Whether what is shared is told before a customer is added, whatever else differs."""
    codes = {f.code for f in likeness.findings}
    return bool(codes & _KEYS) or (bool(codes & _NAMES) and not codes & _OTHERS)


# -- following the catalog


def _follow(catalog: Catalog, vault: Vault) -> None:
    """Bring the words up to the catalog."""
    known = sequence_of(catalog, "alike_at", _VERSION)
    sequence = catalog.sequence
    if known == sequence:
        return
    changes = catalog.changed_since(known)
    if known < 0 or changes.everything:
        with catalog.writing() as connection:
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO alike_at VALUES(?, -1)", (version_of(catalog, _VERSION),)
            )
        with vault.telling() as progress:
            _put(catalog, vault, catalog.docs(), progress)
    else:
        _forget(catalog, (*changes.upserted, *changes.removed))
        _put(catalog, vault, catalog.docs(changes.upserted))
    with catalog.writing() as connection:
        connection.execute("UPDATE alike_at SET sequence=?", (sequence,))


def _put(
    catalog: Catalog,
    vault: Vault,
    docs: Iterator[KeptDoc],
    progress: Callable[[int], None] | None = None,
) -> None:
    count = 0
    while batch := list(islice(docs, _BATCH)):
        rows = [
            (_hashed(word), doc.row)
            for doc in batch
            for word in words_of(profile_of(doc.typed, vault.schema, doc.id))
        ]
        with catalog.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO alike_words VALUES(?, ?)", sorted(rows))
        count += len(batch)
        if progress is not None:
            progress(count)


def _forget(catalog: Catalog, rows: Iterable[int]) -> None:
    with catalog.writing() as connection:
        connection.executemany("DELETE FROM alike_words WHERE row=?", [(row,) for row in rows])


def _hashed(word: str) -> int:
    """A word as a number of 63 bits; one that is only counted as a negative one."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = (int.from_bytes(digest) >> 1) or 1
    return -number if word.startswith("=") else number
