"""Making one record of two, field by field: what comes over, and what only a person can say (G2).

Works on raw trees (every scalar as typed). A value that was sealed in the other record stands in
its tree as :class:`Opened`; it never gets into a question.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeGuard

from textcrm.matching.keys import key_of, keys_of
from textcrm.normalize.keys import levelled
from textcrm.query.fold import fold
from textcrm.three_way import is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textcrm.matching.keys import KeyKind
    from textcrm.schema import Field, Schema

Path = tuple[str | int, ...]
Tree = dict[str, Any]
Choice = bool | Literal["both"]
"""Whose value is taken: the second's (True), the first's (False), one below the other."""
_OWN: Final = frozenset(("id", "uid", "former_ids", "archived"))
"""What belongs to a record itself; the other's id is kept among the former ids."""
_PRUDENT: Final = frozenset(("do_not_contact", "restricted"))
"""Wishes of the customer: one yes is a yes."""
_NAMING: Final = frozenset(("name", "phone", "email", "code"))
"""Kinds of merge keys that name one thing: two items with the same are one, whatever differs."""
_NUMBERS: Final = frozenset(("number", "integer", "money"))
_KEYS: Final[Mapping[str, KeyKind]] = {"phone": "phone", "email": "email"}
_YES: Final = re.compile(r"true|yes|on|1|是", re.IGNORECASE)


class Opened(NamedTuple):
    """A value that is sealed in the other record, open in memory."""

    value: Any


class Difference(NamedTuple):
    """A field in which two records differ: its path in the first, both values.

    ``sealed`` says that one of them is secret; both values are None then. ``joinable`` are two
    texts that may stand one below the other.
    """

    path: Path
    one: Any
    two: Any
    sealed: bool = False
    joinable: bool = False


class Put(NamedTuple):
    """A value of the other record that goes to a path of the first."""

    path: Path
    value: Any


class Append(NamedTuple):
    """An item of the other record that goes to the end of a list of the first."""

    path: Path
    item: Any


Step = Put | Append


class Joined(NamedTuple):
    """What has to be done to the first record, in order, and what the two differ in.

    A difference that was decided for the other record is among the steps.
    """

    steps: tuple[Step, ...]
    differences: tuple[Difference, ...]


def join(
    one: Tree,
    two: Tree,
    schema: Schema,
    *,
    decide: Callable[[Difference], Choice | None] = lambda _: None,
    open_one: Callable[[Path], Any] = lambda _: None,
) -> Joined:
    """What makes of two records one: the first with all that only the second has.

    ``decide`` says of a difference whose value is taken (None: not decided, which leaves the
    first's). ``open_one`` opens a sealed value of the first for comparing.
    """
    work = _Work(schema, decide, open_one)
    work.mapping((), (), one, work.prepared(one, two))
    return Joined(tuple(work.steps), tuple(work.differences))


def bare(value: Any) -> Any:
    """A value as it is written, what was opened in plain: the draft seals it."""
    if isinstance(value, Opened):
        return value.value
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items()}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


class _Work:
    """One joining: what it needs to know, and what it gathers."""

    def __init__(
        self,
        schema: Schema,
        decide: Callable[[Difference], Choice | None],
        open_one: Callable[[Path], Any],
    ) -> None:
        self.schema = schema
        self.decide = decide
        self.open_one = open_one
        self.steps: list[Step] = []
        self.differences: list[Difference] = []

    # -- what items of the second become

    def prepared(self, one: Tree, two: Tree) -> Tree:
        """The second's tree with references to its contacts as the first will know them."""
        renamed: dict[str, str] = {}
        for name, items in two.items():
            if _is_items(items):
                known = one.get(name)
                mine: list[Tree] = known if _is_items(known) else []
                for item, partner in zip(
                    items, self.partners((name,), (name,), mine, items), strict=True
                ):
                    own = item.get("id")
                    if isinstance(own, str) and own:
                        fresh = self.name_of(own, item, partner, mine)
                        if fresh != own:
                            renamed[own] = fresh
        tree: Tree = self.referring(two, (), renamed) if renamed else two
        return tree

    def name_of(self, own: str, item: Tree, partner: int | None, mine: list[Tree]) -> str:
        """The id that an item has in the joined record."""
        if partner is not None:
            known = mine[partner].get("id")
            return known if isinstance(known, str) and known else own
        return _free_id(own, item, {str(each.get("id")) for each in mine})

    def referring(self, node: Any, names: tuple[str, ...], renamed: Mapping[str, str]) -> Any:
        """A tree with new ids wherever a field refers to an item by its old one."""
        if isinstance(node, dict):
            return {n: self.referring(v, (*names, n), renamed) for n, v in node.items()}
        if isinstance(node, list):
            return [self.referring(each, names, renamed) for each in node]
        if isinstance(node, str) and node in renamed:
            field = self.schema.at(names)
            if field is not None and field.element.kind == "reference":
                return renamed[node]
        return node

    # -- walking both

    def mapping(self, path: Path, names: tuple[str, ...], one: Tree, two: Tree) -> None:
        for name, value in two.items():
            if _empty(value) or (not path and name in _OWN) or (path and name == "id"):
                continue
            mine = one.get(name)
            if _empty(mine):
                self.steps.append(Put((*path, name), value))
            else:
                self.both((*path, name), (*names, name), mine, value)

    def both(self, path: Path, names: tuple[str, ...], one: Any, two: Any) -> None:
        field = self.schema.at(names)
        if is_sealed(one) or isinstance(two, Opened):
            self.secret(path, field, self.open_one(path) if is_sealed(one) else one, bare(two))
        elif isinstance(one, dict) and isinstance(two, dict):
            self.mapping(path, names, one, two)
        elif _is_items(one) and _is_items(two):
            self.items(path, names, one, two)
        elif isinstance(one, list) and isinstance(two, list):
            self.scalars(path, one, two)
        elif names[-1] in _PRUDENT and len(names) == 1:
            if _YES.fullmatch(str(two).strip()) and not _YES.fullmatch(str(one).strip()):
                self.steps.append(Put(path, two))
        elif not _alike(one, two, field):
            texts = isinstance(one, str) and isinstance(two, str)
            joinable = texts and field is not None and field.kind == "text"
            self.differ(Difference(path, one, two, joinable=joinable), two)

    def secret(self, path: Path, field: Field | None, one: Any, two: Any) -> None:
        """Lists and mappings that are sealed as a whole are joined, too; nothing of them is told."""
        if _alike(one, two, field):
            return
        if isinstance(one, list) and isinstance(two, list):
            fresh = [each for each in two if not any(_alike(each, known, None) for known in one)]
            if fresh:
                self.steps.append(Put(path, Opened([*one, *fresh])))
        elif (
            isinstance(one, dict)
            and isinstance(two, dict)
            and all(_alike(one[name], two[name], None) for name in one.keys() & two.keys())
        ):
            if two.keys() - one.keys():
                self.steps.append(Put(path, Opened({**two, **one})))
        else:
            self.differ(Difference(path, None, None, sealed=True), Opened(two))

    def differ(self, difference: Difference, two: Any) -> None:
        self.differences.append(difference)
        choice = self.decide(difference)
        if choice == "both" and difference.joinable:
            self.steps.append(Put(difference.path, f"{difference.one.rstrip()}\n{two}"))
        elif choice is True:
            self.steps.append(Put(difference.path, two))

    def scalars(self, path: Path, one: list[Any], two: list[Any]) -> None:
        """Lists of words are joined as sets; 高意向 and ｢高意向｣ in another width are one."""
        known = {fold(str(each)) for each in one}
        for each in two:
            if fold(str(each)) not in known:
                known.add(fold(str(each)))
                self.steps.append(Append(path, each))

    def items(self, path: Path, names: tuple[str, ...], one: list[Tree], two: list[Tree]) -> None:
        taken = {str(each.get("id")) for each in one}
        for item, partner in zip(two, self.partners(path, names, one, two), strict=True):
            if partner is not None:
                self.mapping((*path, partner), names, one[partner], item)
                continue
            own = item.get("id")
            fresh = _free_id(own, item, taken) if isinstance(own, str) and own else own
            taken.add(str(fresh))
            self.steps.append(Append(path, {**item, "id": fresh} if fresh else item))

    # -- which items are one

    def partners(
        self, path: Path, names: tuple[str, ...], one: list[Tree], two: list[Tree]
    ) -> list[int | None]:
        """For each item of the second, the item of the first that it is; None for a new one."""
        field = self.schema.at(names)
        free = set(range(len(one)))
        found: list[int | None] = []
        for item in two:
            place = next(
                (p for p in sorted(free) if self.same_item(path, names, field, p, one[p], item)),
                None,
            )
            if place is not None:
                free.discard(place)
            found.append(place)
        return found

    def same_item(
        self,
        path: Path,
        names: tuple[str, ...],
        field: Field | None,
        place: int,
        one: Tree,
        two: Tree,
    ) -> bool:
        keys = field.key if field is not None else ()
        if not keys:
            # Two equal purchases are two, unless a number of their own says that they are one.
            numbered = bool(one.get("number")) or one.get("id") == two.get("id") is not None
            return numbered and _content(one) == _content(two)
        if _content(one) == _content(two):
            return True
        if any(_empty(one.get(name)) or _empty(two.get(name)) for name in keys):
            # A contact without a name is the one with its telephone.
            shared = keys_of(_alone(names, one), self.schema)
            shared &= keys_of(_alone(names, bare(two)), self.schema)
            return bool(shared) and self.fits(path, names, place, one, two)
        if not all(self._same_key(names, name, one, two) for name in keys):
            return False
        kinds = {child.kind for name in keys if (child := self.schema.at((*names, name)))}
        return kinds <= _NAMING or self.fits(path, names, place, one, two)

    def _same_key(self, names: tuple[str, ...], name: str, one: Tree, two: Tree) -> bool:
        mine, other = one.get(name), two.get(name)
        if _empty(mine) or _empty(other) or is_sealed(mine) or isinstance(other, Opened):
            return False
        return _alike(mine, other, self.schema.at((*names, name)))

    def fits(self, path: Path, names: tuple[str, ...], place: int, one: Tree, two: Tree) -> bool:
        """Whether two items differ in nothing that both have."""
        trial = _Work(self.schema, lambda _: None, self.open_one)
        trial.mapping((*path, place), names, one, two)
        return not trial.differences


def _free_id(own: str, item: Tree, taken: set[str]) -> str:
    """An item's id, or where another bears it one made of its content, the same every time."""
    if own not in taken:
        return own
    from hashlib import sha256

    digest = sha256(repr(sorted(bare(item).items(), key=str)).encode()).hexdigest()
    size = next(n for n in range(4, 65) if f"{own}{digest[:n]}" not in taken)
    return f"{own}{digest[:size]}"


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _is_items(value: Any) -> TypeGuard[list[Tree]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _alone(names: tuple[str, ...], item: Tree) -> Tree:
    """A record with nothing but one item of a list at the top."""
    return {names[0]: [item]} if len(names) == 1 else {}


def _content(item: Tree) -> str:
    rest = {name: bare(value) for name, value in item.items() if name != "id"}
    return repr(sorted(rest.items(), key=lambda pair: pair[0]))


def _alike(one: Any, two: Any, field: Field | None) -> bool:
    """Whether two values say the same: as typed, or in the one spelling of their kind."""
    if one == two:
        return True
    if isinstance(one, dict | list) or isinstance(two, dict | list):
        return bool(_levelled(one) == _levelled(two))
    kind = field.element.kind if field is not None else ""
    mine, other = str(one).strip(), str(two).strip()
    if kind in _KEYS:
        keys = key_of(_KEYS[kind], mine), key_of(_KEYS[kind], other)
        return keys[0] is not None and keys[0] == keys[1]
    if kind in _NUMBERS:
        try:
            return Decimal(mine) == Decimal(other)
        except InvalidOperation:
            return mine == other
    return mine == other or (kind in ("code", "date", "url") and levelled(mine) == levelled(other))


def _levelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _levelled(each) for name, each in sorted(value.items()) if name != "id"}
    if isinstance(value, list):
        return [_levelled(each) for each in value]
    return str(bare(value))


def sequence(steps: Sequence[Step]) -> list[Step]:
    """Steps in the order in which they can be taken: an append moves nothing before it."""
    return [
        *(s for s in steps if isinstance(s, Put)),
        *(s for s in steps if isinstance(s, Append)),
    ]
