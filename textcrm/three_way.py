"""Three-way merge by field: what two sides made of one record, and what only a person can say."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm import line_merge
from textcrm.changes import item_id, match_items

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.changes import StablePath
    from textcrm.schema import Schema

Side = Literal["ours", "theirs"]
Tree = dict[str, Any]


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
_CORRECTED: Final = 0.75
_LONG: Final = 200  # characters of a text that are compared
_MANY: Final = 2500  # pairs of items, above which texts are compared as they stand


class Question(NamedTuple):
    """A value that both sides changed, each in its own way; None stands for absent.

    ``path`` is stable: an item of a list of mappings is named by its ``id`` where it has one.
    """

    path: StablePath
    base: Any
    ours: Any
    theirs: Any


class Merged(NamedTuple):
    """The merged record; where there is a question it holds what ours says."""

    tree: Tree
    questions: tuple[Question, ...]


def merge(
    base: Tree | None,
    ours: Tree,
    theirs: Tree,
    schema: Schema,
    *,
    yields: Callable[[StablePath], Side | None] | None = None,
    same: Callable[[StablePath, Tree, Tree], bool] | None = None,
) -> Merged:
    """Merge two versions of a record that come from one (DESIGN section 4).

    Scalars that one side changed take its value; lists of scalars merge as sets; items of lists of
    mappings are followed by ``id``, by content, by the schema's fallback key, at last by likeness.
    A sealed value is one opaque scalar: ``yields`` names the side that only re-keyed the value of
    a path, which gives way to an edit (DESIGN section 8); ``same`` may say, with a key, that two
    sealed values hold the same. A text of several lines merges by lines where the changes do not touch.
    """
    work = _Work(schema, yields, same, alike=base is None)
    tree = work.mapping((), (), base or {}, ours, theirs)
    return Merged(tree, tuple(work.questions))


def is_tree(value: Any) -> bool:
    """Whether a value is a mapping of fields, not a sealed value."""
    return isinstance(value, dict) and not is_sealed(value)


def is_sealed(value: Any) -> bool:
    """Whether a value is a sealed one."""
    return isinstance(value, dict) and "sealed" in value


def _empty(value: Any) -> bool:
    return value is ABSENT or value is None or value in ([], {})


def _is_group(base: Any, ours: Any, theirs: Any) -> bool:
    """Whether a group of fields was changed by both sides, of which one may have taken it out."""
    sides = (base, ours, theirs)
    both = ours != theirs and base not in (ours, theirs)
    return both and all(is_tree(one) or _empty(one) for one in sides) and any(map(is_tree, sides))


def _is_items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_scalars(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)


class _Work:
    """One merge: what it needs to know, and the questions that it gathers."""

    def __init__(
        self,
        schema: Schema,
        yields: Callable[[StablePath], Side | None] | None,
        same: Callable[[StablePath, Tree, Tree], bool] | None,
        *,
        alike: bool,
    ) -> None:
        self.schema = schema
        self.yields = yields
        self.same = same
        # Two that were made as one record hold items that are meant to be the same.
        self.alike = alike
        self.questions: list[Question] = []

    def mapping(
        self, path: StablePath, plain: tuple[str, ...], base: Tree, ours: Tree, theirs: Tree
    ) -> Tree:
        """Merge field by field; new fields of theirs stand behind the field that they follow."""
        result: Tree = {}
        for name in joined(list(ours), list(theirs)):
            sides = [side.get(name, ABSENT) for side in (base, ours, theirs)]
            if _is_group(*sides):
                # A group of fields is its fields: taking it out is taking out each of them.
                trees = [one if is_tree(one) else {} for one in sides]
                value = self.mapping((*path, name), (*plain, name), *trees) or ABSENT
            else:
                value = self.value((*path, name), (*plain, name), *sides)
            if value is not ABSENT:
                result[name] = value
        return result

    def value(
        self, path: StablePath, plain: tuple[str, ...], base: Any, ours: Any, theirs: Any
    ) -> Any:
        """Merge one value; ABSENT where it is to go."""
        if ours == theirs or (_empty(ours) and _empty(theirs)):
            return theirs if ours is ABSENT else ours
        if ours == base:
            return theirs
        if theirs == base:
            return ours
        return self._both_changed(path, plain, base, ours, theirs)

    def _both_changed(
        self, path: StablePath, plain: tuple[str, ...], base: Any, ours: Any, theirs: Any
    ) -> Any:
        if is_tree(ours) and is_tree(theirs):
            return self.mapping(path, plain, base if is_tree(base) else {}, ours, theirs)
        if isinstance(ours, list) or isinstance(theirs, list):
            # A list whose last item was taken out is gone from the file: that is an empty one.
            known, mine, other = ([] if _empty(one) else one for one in (base, ours, theirs))
            if all(map(_is_items, (known, mine, other))):
                return self.items(path, plain, known, mine, other) or ABSENT
            if all(map(_is_scalars, (known, mine, other))):
                return merge_sets(known, mine, other) or ABSENT
        if is_sealed(ours) or is_sealed(theirs):
            return self._sealed(path, base, ours, theirs)
        if all(isinstance(one, str) and "\n" in one for one in (base, ours, theirs)):
            text = line_merge.merge(base, ours, theirs)
            if text is not None:
                return text
        return self.ask(path, base, ours, theirs)

    def _sealed(self, path: StablePath, base: Any, ours: Any, theirs: Any) -> Any:
        """A re-keyed value gives way to an edit; two seals of one value are one."""
        yielding = self.yields(path) if self.yields and is_sealed(base) else None
        if yielding == "ours" and is_sealed(ours):
            return theirs
        if yielding == "theirs" and is_sealed(theirs):
            return ours
        if self.same and is_sealed(ours) and is_sealed(theirs) and self.same(path, ours, theirs):
            return ours
        return self.ask(path, base, ours, theirs)

    def ask(self, path: StablePath, base: Any, ours: Any, theirs: Any) -> Any:
        """Leave a question, and what ours says."""
        self.questions.append(
            Question(path, *(None if _empty(one) else one for one in (base, ours, theirs)))
        )
        return ours

    # -- lists of mappings

    def items(
        self,
        path: StablePath,
        plain: tuple[str, ...],
        base: list[Tree],
        ours: list[Tree],
        theirs: list[Tree],
    ) -> list[Tree]:
        """Merge two versions of a list of mappings; the order is that of ours."""
        field = self.schema.at(plain)
        key = field.key if field else ()
        in_ours = _partners(base, ours, key)
        in_theirs = _partners(base, theirs, key)
        merged: dict[int, Any] = {}  # by index in ours
        gone: dict[int, Any] = {}  # by index in theirs: what ours took out
        met: dict[int, int] = {}  # index in theirs -> index in ours
        for place, item in enumerate(base):
            mine, other = in_ours.get(place), in_theirs.get(place)
            name = _name(item, place)
            if mine is not None and other is not None:
                met[other] = mine
                merged[mine] = self._item(path, plain, name, item, ours[mine], theirs[other])
            elif mine is not None:
                merged[mine] = self.value((*path, name), plain, item, ours[mine], ABSENT)
            elif other is not None:
                gone[other] = self.value((*path, name), plain, item, ABSENT, theirs[other])
        new_ours = [place for place in range(len(ours)) if place not in merged]
        new_theirs = [p for p in range(len(theirs)) if p not in met and p not in gone]
        for mine, other in self._same_new(ours, new_ours, theirs, new_theirs, key):
            met[other] = mine
            name = _name(ours[mine], mine)
            merged[mine] = self._item(path, plain, name, {}, ours[mine], theirs[other])
        return _in_order(ours, theirs, merged, met, gone)

    def _item(
        self,
        path: StablePath,
        plain: tuple[str, ...],
        name: str | int,
        base: Tree,
        ours: Tree,
        theirs: Tree,
    ) -> Any:
        if ours == theirs:
            return ours
        if not all(map(is_tree, (base, ours, theirs))):
            return self.value((*path, name), plain, base, ours, theirs)
        return self.mapping((*path, name), plain, base, ours, theirs)

    def _same_new(
        self,
        ours: list[Tree],
        new_ours: list[int],
        theirs: list[Tree],
        new_theirs: list[int],
        key: Sequence[str],
    ) -> list[tuple[int, int]]:
        """New items that both sides have: the same content, or the same id and key."""
        one, two = [ours[place] for place in new_ours], [theirs[place] for place in new_theirs]
        if self.alike:
            pairs = list(_partners(one, two, key).items())
        else:
            pairs = [
                (old, new)
                for old, new in match_items(one, two, key)
                if old is not None and new is not None and _one_event(one[old], two[new], key)
            ]
        return [(new_ours[old], new_theirs[new]) for old, new in pairs]


def _one_event(one: Tree, two: Tree, key: Sequence[str]) -> bool:
    return one == two or (bool(key) and all(one.get(name) == two.get(name) for name in key))


def merge_sets(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Merge lists of scalars as sets: what either side added comes, what either took out goes."""
    removed = Counter(base) - Counter(theirs)
    added = Counter(theirs) - Counter(base) - (Counter(ours) - Counter(base))
    result = []
    for one in ours:
        if removed[one] > 0:
            removed[one] -= 1
        else:
            result.append(one)
    for one in theirs:
        if added[one] > 0:
            added[one] -= 1
            result.append(one)
    return result


def joined(ours: list[str], theirs: list[str]) -> list[str]:
    """The names of both sides: ours in their order, the others behind the one they follow."""
    result = list(ours)
    last = -1
    for name in theirs:
        if name in result:
            last = result.index(name)
        else:
            last = last + 1 if last >= 0 else len(result)
            result.insert(last, name)
    return result


def _in_order(
    ours: list[Tree],
    theirs: list[Tree],
    merged: dict[int, Any],
    met: dict[int, int],
    gone: dict[int, Any],
) -> list[Tree]:
    """The items of ours in their order; new ones of theirs behind the item that they follow."""
    rows: list[tuple[int | None, Any]] = [
        (place, merged.get(place, item)) for place, item in enumerate(ours)
    ]
    taken = {item["id"] for item in ours if isinstance(item.get("id"), str)}
    at: int | None = None
    for place, item in enumerate(theirs):
        if place in met:
            at = next(row for row, (mine, _) in enumerate(rows) if mine == met[place])
        elif place in gone:
            if gone[place] is not ABSENT:
                rows.append((None, gone[place]))
        else:
            fresh = _renamed(item, taken)
            at = len(rows) if at is None else _behind(rows, at, merged)
            rows.insert(at, (None, fresh))
    return [item for _, item in rows if item is not ABSENT]


def _behind(rows: list[tuple[int | None, Any]], at: int, merged: dict[int, Any]) -> int:
    """The row behind an item and behind what ours has newly put there."""
    at += 1
    while at < len(rows) and (mine := rows[at][0]) is not None and mine not in merged:
        at += 1
    return at


def _renamed(item: Tree, taken: set[str]) -> Tree:
    """An item whose id another new item of ours bears gets one of its own, the same everywhere."""
    own = item_id(item)
    if own not in taken:
        return item
    from hashlib import sha256

    digest = sha256(repr(sorted(item.items(), key=str)).encode()).hexdigest()
    return {**item, "id": f"{own}-{digest[:6]}"}


def _name(item: Tree, place: int) -> str | int:
    return item_id(item) or place


def _partners(base: list[Tree], side: list[Tree], key: Sequence[str]) -> dict[int, int]:
    """Which item of a side each item of the base became."""
    pairs = match_items(base, side, key)
    found = {old: new for old, new in pairs if old is not None and new is not None}
    left = [old for old in range(len(base)) if old not in found]
    fresh = [new for old, new in pairs if old is None and new is not None]
    near = len(left) * len(fresh) <= _MANY
    scored = sorted(
        (-likeness(base[old], side[new], near=near), abs(old - new), old, new)
        for old in left
        for new in fresh
    )
    used: set[int] = set()
    for score, _, old, new in scored:
        if score <= -0.5 and old not in found and new not in used:
            found[old] = new
            used.add(new)
    return found


def likeness(one: Tree, two: Tree, *, near: bool = True) -> float:
    """How much of two items is the same, from 0 to 1; items of different ids are never alike.

    With ``near`` a text that was corrected counts for most of one that was left alone.
    """
    ids = one.get("id"), two.get("id")
    if all(ids) and ids[0] != ids[1]:
        return 0.0
    names = one.keys() | two.keys()
    alike = sum(_alike(one[n], two[n], near=near) for n in names if n in one and n in two)
    return alike / len(names) if names else 1.0


def _alike(one: Any, two: Any, *, near: bool) -> float:
    if one == two:
        return 1.0
    if not (near and isinstance(one, str) and isinstance(two, str)):
        return 0.0
    matcher = SequenceMatcher(None, one[:_LONG], two[:_LONG], autojunk=False)
    return _CORRECTED if matcher.quick_ratio() > 0.8 and matcher.ratio() > 0.8 else 0.0
