"""Values that stand for more than they say: people, regions and industries by name or code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.query import values
from textcrm.query.fold import fold_word, simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.query.nodes import ValueTest


_TELLING = ("city", "province")  # whose name alone says where it lies


def people_test(people: Mapping[str, str], holds: Callable[[str], bool]) -> ValueTest:
    """The test of a person: the word fits what the record says, or another word for that person."""
    meant = {fold_word(w) for pair in people.items() if any(map(holds, pair)) for w in pair}
    return lambda value: isinstance(value, str) and (fold_word(value) in meant or holds(value))


def naming(people: Mapping[str, str], person: str) -> Callable[[str], bool]:
    """Whether a word is the id or the name of one person, and nobody else's."""
    own = {fold_word(word) for pair in people.items() if person in pair for word in pair}
    own.add(fold_word(person))
    return lambda word: fold_word(word) in own


def region_test(place: str, part: str, *, quoted: bool, exact: bool) -> ValueTest:
    """The test of a region at a place of an address (``city``, ``region_code``): by its words, and by code for all that lies in it (E2, GB/T 2260).

    ``广东`` finds 深圳市 and 440305, ``44`` all of Guangdong, ``华东`` seven provinces. A district's
    name alone tells no province: several have one of that name.
    """
    from textcrm.normalize.regions import provinces_of, regions

    plain = values.text_test(part, quoted=quoted, exact=exact)
    table = regions()
    word = simplify(part.strip())
    wanted = {_within(form.region.code) for form in table.anywhere.get(word, ())}
    wanted.update(provinces_of(word))
    if word.isascii() and word.isdigit():
        wanted.add(_within(word))
    starts = tuple(wanted)

    def passes(value: Any) -> bool:
        if not isinstance(value, str) or plain(value):
            return isinstance(value, str)
        if place == "region_code":
            return value.startswith(starts)
        known = table.anywhere.get(simplify(value), ()) if place in _TELLING else ()
        return any(form.region.code.startswith(starts) for form in known)

    return _remembered(passes)


def _within(code: str) -> str:
    """What the codes of all that lies in a region begin with."""
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code


def industry_test(part: str, *, quoted: bool, exact: bool) -> ValueTest:
    """The test of an industry by code, name or colloquial word; a section holds its divisions."""
    from textcrm.normalize.industry import find_industry, industry_name

    plain = values.text_test(part, quoted=quoted, exact=exact)
    meant = find_industry(simplify(part))
    code = meant.code if meant else ""
    section = code if len(code) == 1 else ""

    def passes(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if code and (value == code or (section and _section(value) == section)):
            return True
        return plain(value) or plain(industry_name(value) or "")

    return _remembered(passes)


def _section(code: str) -> str:
    return code[:1] if len(code) > 1 and code[1:].isdigit() else ""


def _remembered(test: ValueTest) -> ValueTest:
    """A test that looks each text up once: thousands of records share a few of them."""
    answers: dict[str, bool] = {}

    def passes(value: Any) -> bool:
        if not isinstance(value, str):
            return test(value)
        if value not in answers:
            answers[value] = test(value)
        return answers[value]

    return passes
