"""Records with known duplicates, as customers of the default schema."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.matching.blocking import candidates, counted, words_of
from textcrm.matching.groups import Pair, clusters
from textcrm.matching.likeness import Likeness, compare
from textcrm.matching.profile import profile_of
from textcrm.normalize.address import parse_address
from textcrm.schema import Schema, default_schema_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = Schema.from_json(default_schema_text())
Ids = frozenset[str]


class Compared(NamedTuple):
    """What comparing gives: the likeness of every pair looked at, and the pairs inside groups."""

    likeness: dict[Ids, Likeness]
    grouped: set[Ids]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def pairs(file: Path) -> set[Ids]:
    return {frozenset((row["id_1"], row["id_2"])) for row in rows(file)}


def febrl(file: Path) -> dict[str, dict[str, Any]]:
    """Each person as a customer: the number as registration number, the birthday as a contact's."""
    found = {}
    for row in rows(file):
        name = " ".join(filter(None, (row["given_name"], row["surname"])))
        street = " ".join(filter(None, (row["street_number"], row["address_1"], row["address_2"])))
        address = {
            "street": street,
            "city": row["suburb"],
            "province": row["state"],
            "postal_code": row["postcode"],
        }
        found[row["rec_id"]] = {
            "name": name,
            "kind": "person",
            "registration_number": row["soc_sec_id"],
            "contacts": [{"name": name, "birthday": row["date_of_birth"]}],
            "addresses": [{key: value for key, value in address.items() if value}],
        }
    return found


def chinese(file: Path) -> dict[str, dict[str, Any]]:
    """Each row as a company with one contact."""
    found = {}
    for row in rows(file):
        phones = [{"number": row[name]} for name in ("手机", "电话") if row[name]]
        social = {"qq": row["QQ"], "wechat": row["微信"]}
        found[row["id"]] = {
            "name": row["客户名称"],
            "contacts": [{"name": row["联系人"], "phones": phones, "social": social}],
            "addresses": [parse_address(row["地址"])] if row["地址"] else [],
        }
    return found


def compared(trees: dict[str, dict[str, Any]], least: float = 0.5) -> Compared:
    """Block, compare and group, as the vault does it."""
    profiles = [profile_of(tree, SCHEMA, own) for own, tree in trees.items()]
    words = [words_of(profile) for profile in profiles]
    counts = counted(words)

    def held(word: str) -> int:
        return counts[word]

    found = {
        (one, two): compare(profiles[one], profiles[two], held) for one, two in candidates(words)
    }
    alike = [Pair(*key, like) for key, like in found.items() if like.score >= least]
    groups = clusters(alike, lambda a, b: compare(profiles[a], profiles[b], held).score)
    inside = {
        frozenset((profiles[a].id, profiles[b].id))
        for group in groups
        for a in group.members
        for b in group.members
        if a < b
    }
    named = {frozenset((profiles[a].id, profiles[b].id)): like for (a, b), like in found.items()}
    return Compared(named, inside)


def f1(found: Iterable[Ids], truth: set[Ids]) -> float:
    """The pairwise F1: the harmonic mean of precision and recall."""
    chosen = set(found)
    return 2 * len(chosen & truth) / (len(chosen) + len(truth))
