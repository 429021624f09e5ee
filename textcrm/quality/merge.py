"""Merging two customers into one, by field, as one commit (G1, G2, DESIGN section 8).

The first stays, with its id and uid; the second's id is kept among the former ids and goes on to
find it. Lists are joined by their merge keys, files are moved, references in other records follow,
what was sealed for the second's place is sealed anew. ``undo`` takes all of it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.changes import UNRESOLVED
from textcrm.errors import Conflict, Misuse
from textcrm.matching import joining
from textcrm.paths import spell
from textcrm.quality.merge_reading import open_at, opened_tree
from textcrm.quality.merge_writing import follow_references, move_files, written
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.matching.joining import Choice, Difference
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Merged(NamedTuple):
    """What a merge did: the commit, the id that stays, the one that leads there now.

    ``differences`` were decided, ``files`` moved (new paths), ``references`` are ids of other
    records that named the second.
    """

    result: Result
    id: str
    former: str
    differences: tuple[Difference, ...]
    files: tuple[str, ...]
    references: tuple[str, ...]


def differences(vault: Vault, one: Record, two: Record) -> tuple[Difference, ...]:
    """The fields in which two customers differ, so that somebody has to decide.

    Raises Misuse (same-record), Conflict (merge-unresolved), TrustFailure, KeyMissing
    (merge-keys), which names the classes that no key at hand opens.
    """
    return _joined(vault, one, two, lambda _: None).differences


def merge(
    vault: Vault,
    one: Record,
    two: Record,
    choose: Callable[[Difference], Choice | None] = lambda _: None,
    *,
    reason: str | None = None,
) -> Merged:
    """Merge the second customer into the first.

    ``choose`` says of each difference whose value is taken; where it leaves one
    open nothing is written. Raises Conflict (merge-differs, with ``differences``) then, and what
    :func:`differences` and :meth:`Vault.write` raise.
    """
    decided: dict[tuple[str | int, ...], Choice] = {}
    for each in differences(vault, one, two):
        choice = choose(each)
        if choice is not None:
            decided[each.path] = choice
    made: list[_Planned] = []

    def plan(draft: Draft) -> None:
        made[:] = [_planned(vault, draft, one.path, two.path, decided)]

    why = reason or f"{two.id} → {one.id}"  # in the trash, where the second is found as well
    result = vault.write("merge", plan, reason=why, subject=f"{one.id}: merge {two.id}")
    return Merged(result, one.id, two.id, *made[0])


class _Planned(NamedTuple):
    differences: tuple[Difference, ...]
    files: tuple[str, ...]
    references: tuple[str, ...]


def _planned(
    vault: Vault,
    draft: Draft,
    one_path: str,
    two_path: str,
    decided: Mapping[tuple[str | int, ...], Choice],
) -> _Planned:
    one, two = draft.record(one_path), draft.record(two_path)
    joined = _joined(vault, one, two, lambda each: decided.get(each.path))
    open_ones = tuple(each for each in joined.differences if each.path not in decided)
    if open_ones:
        raise differs(one, two, open_ones)
    text = written(vault, one, two, joined, decided)
    draft.edit(one_path, lambda _: text)
    draft.delete(two_path)
    files = tuple(move_files(vault, draft, one.id, two.id))
    references = tuple(follow_references(vault, draft, one, two))
    return _Planned(joined.differences, files, references)


def differs(one: Record, two: Record, found: tuple[Difference, ...]) -> Conflict:
    """The error of differences that nobody decided."""
    return Conflict(
        "merge-differs",
        Text(
            "{one} and {two} differ in {count} fields: {fields}",
            "{one} 与 {two} 有 {count} 个字段不同：{fields}",
        ),
        hint=Text(
            "say whose values count: --prefer A or --prefer B, or for one field --prefer {first}=B",
            "请指定以谁为准：--prefer A 或 --prefer B；单个字段可写 --prefer {first}=B",
        ),
        one=one.id,
        two=two.id,
        count=len(found),
        fields=[spell(each.path) for each in found],
        first=spell(found[0].path),
        differences=[
            {"path": spell(each.path), "a": each.one, "b": each.two, "sealed": each.sealed}
            for each in found
        ],
    )


def _joined(
    vault: Vault, one: Record, two: Record, decide: Callable[[Difference], Choice | None]
) -> joining.Joined:
    if one.path == two.path:
        raise Misuse(
            "same-record",
            Text("{id} cannot be merged with itself", "{id} 不能与自己合并"),
            hint=Text(
                "name two customers: textcrm duplicates",
                "请给出两位客户，可先看 textcrm duplicates",
            ),
            id=one.id,
        )
    for record in (one, two):
        if record.raw.get(UNRESOLVED) is not None:
            raise Conflict(
                "merge-unresolved",
                Text("{id} has conflicts to be decided first", "{id} 有尚未解决的冲突"),
                hint=Text("decide: textcrm resolve {id}", "请先解决：textcrm resolve {id}"),
                id=record.id,
            )
    return joining.join(
        one.raw,
        opened_tree(vault, one, two),
        vault.schema,
        decide=decide,
        open_one=lambda path: open_at(vault, one, path),
    )
