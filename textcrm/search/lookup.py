"""From a word of a query to tokens: which rows may hold it, and whether that is already sure."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from textcrm.query.fold import is_cjk
from textcrm.query.pinyin import syllables
from textcrm.query.terms import Digits
from textcrm.search.analyzers import (
    BEGINS,
    INITIALS,
    JOINED,
    LONGEST,
    SAID,
    WHOLE,
    pairs_of,
    phone_grams,
    runs_of,
)
from textcrm.search.text_index import All, AnyOf, Prefix, Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.query.terms import Term
    from textcrm.search.text_index import Tree

_GRAM = 4  # digits of a token of phone numbers
_DEEPEST = 3  # syllables looked up; the rest of a longer word is for the check of each row


class Lookup(NamedTuple):
    """The rows that may answer: those of ``tree``, or any row without one.

    Where it is ``exact`` they all do; else each is to be asked.
    """

    tree: Tree | None
    exact: bool


class Grades(NamedTuple):
    """The rows that hold a term, those with a value that begins with it, or is it and no more.

    ``doubtful`` finds rows of which the tokens alone do not tell how well they answer.
    """

    holds: Tree
    begins: Tree
    whole: Tree
    doubtful: Tree | None = None


def written(term: Term) -> Lookup | None:
    """Where the folded texts of a record hold a term; None where they never do."""
    if isinstance(term, Digits) or not term.folded:
        return None
    parts = list(_parts(term))
    exact = len(parts) == 1 and _is_simple(term)
    tree = _all(parts)
    if tree is None:
        return Lookup(None, exact)
    ways = [tree]
    if term.other:
        ways.append(Token(term.other))
    if term.joined:
        ways.append(Prefix(JOINED + term.folded))
    return Lookup(_any(ways), exact)


def dialled(term: Term) -> Lookup | None:
    """Where a phone number of a record holds the digits of a term; None where it has none."""
    if not term.digits:
        return None
    return Lookup(_all(map(Token, sorted(phone_grams(term.digits)))), len(term.digits) == _GRAM)


class Said(NamedTuple):
    """Where names are said as a term spells it: rows that are sure, and rows to be asked."""

    sure: Tree | None
    perhaps: Tree | None


def said(term: Term) -> Said | None:
    """Where a name of a record is said as a term spells it; None where no name is."""
    if not term.pinyin:
        return None
    word = term.folded
    if not word.isascii():  # zhang三: what is written of it must be there
        return Said(
            None, _all(Token(char) for _, run in runs_of(word) if is_cjk(run[0]) for char in run)
        )
    ways = list(_ways(word, "", 0))
    initials = _all(Token(INITIALS + word[at : at + 2]) for at in range(len(word) - 1))
    perhaps = (initials, *(way.tree for way in ways if not way.exact))
    return Said(_any(way.tree for way in ways if way.exact), _any(perhaps))


def _ways(word: str, before: str, depth: int) -> Iterator[Lookup]:
    """Every way to cut a word into syllables, as tokens of neighbours."""
    if depth == _DEEPEST:
        yield Lookup(None, exact=False)
        return
    if depth:
        # A Latin letter is no name's beginning, though its tokens are those of a syllable.
        yield Lookup(Prefix(SAID + before + SAID + word), exact=depth == 1 and len(before) > 1)
    units = [word[:size] for size in range(1, min(len(word), 6) + 1)]
    for unit in units:
        # The name begins with a character; a Latin letter may stand behind it.
        if unit not in syllables() and (not depth or len(unit) > 1):
            continue
        rest = word[len(unit) :]
        if not rest:
            if not depth:
                yield Lookup(Token(SAID + unit), exact=True)
            continue  # a whole last syllable is also the beginning of one
        here = Token(SAID + before + SAID + unit) if depth else None
        for way in _ways(rest, unit, depth + 1):
            nodes = tuple(node for node in (here, way.tree) if node is not None)
            yield Lookup(_all(nodes), exact=way.exact and here is None)


def graded(term: Term) -> Grades | None:
    """How well each row answers to a term, where tokens can tell; None where they cannot."""
    if not _is_simple(term) or term.digits:
        return None
    word = term.folded
    if is_cjk(word[0]):
        return Grades(Token(word), Token(BEGINS + word), Token(WHOLE + word))
    ways = [Grades(Prefix(word), Prefix(BEGINS + word), Token(WHOLE + word))]
    if other := term.other:
        ways.append(Grades(Token(other), Token(BEGINS + other), Token(WHOLE + other)))
    if term.joined:
        one = JOINED + word
        ways.append(Grades(Prefix(one), Prefix(BEGINS + one), Token(WHOLE + one)))
    if len(ways) == 1:
        return ways[0]
    return Grades(
        AnyOf(tuple(way.holds for way in ways)),
        AnyOf(tuple(way.begins for way in ways)),
        AnyOf(tuple(way.whole for way in ways)),
        # The first way that a text answers counts there, not the best.
        doubtful=_any(All((a.holds, b.holds)) for a, b in combinations(ways, 2)),
    )


def _is_simple(term: Term) -> bool:
    """Whether a term is one run, told whole by one token or the beginning of one."""
    word = term.folded
    runs = list(runs_of(word))
    if len(runs) != 1 or runs[0][1] != word:
        return False
    return len(word) <= 2 if is_cjk(word[0]) else not term.infix and len(word) <= LONGEST


def _parts(term: Term) -> Iterator[Tree]:
    """What each run of a term asks of the tokens; all of them must be there."""
    word = term.folded
    for start, run in runs_of(word):
        if is_cjk(run[0]):
            yield from map(Token, dict.fromkeys(pairs_of(run)) if len(run) > 1 else (run,))
            continue
        if term.infix and start == 0:
            continue  # the inside of a word: no token tells
        last = start + len(run) == len(word)
        yield Prefix(run) if last and len(run) < LONGEST else Token(run[:LONGEST])


def _any(nodes: Iterable[Tree | None]) -> Tree | None:
    kept = tuple(dict.fromkeys(node for node in nodes if node is not None))
    if len(kept) < 2:
        return kept[0] if kept else None
    return AnyOf(kept)


def _all(nodes: Iterable[Tree]) -> Tree | None:
    kept = tuple(nodes)
    if len(kept) < 2:
        return kept[0] if kept else None
    return All(kept)
