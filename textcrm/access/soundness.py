"""What may not stand in an access.yaml that is to be trusted: keys that run programs, two of one id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.access.keyring import bare
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access.model import Access

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]*")
Slip = tuple[Text, dict[str, Any]]


def slips(access: Access) -> Iterator[Slip]:
    """Each thing wrong, as a sentence with its data; never a key's text.

    Who can sign access.yaml can also have others encrypt to any key, yet a recipient that runs a
    plugin found on PATH would run on everybody's machine: such are refused whoever signs.
    """
    yield from _people(access)
    yield from _recipients(access)
    for name, keys in access.classes.items():
        for number, generation in keys.generations.items():
            unknown = [one for one in generation.readers if not _SLUG.fullmatch(one)]
            if unknown or len(set(generation.readers)) != len(generation.readers):
                yield (
                    Text("the readers of {label} are not ids", "{label} 的读者列表有误"),
                    {"label": f"{name}@{number}"},
                )


def _people(access: Access) -> Iterator[Slip]:
    seen: set[str] = set()
    for person in access.people:
        if not _SLUG.fullmatch(person.id):
            yield (
                Text(
                    "“{id}” is not an id such as wang-fang",
                    "“{id}”不是合格的人员编号，如 wang-fang",
                ),
                {"id": person.id},
            )
        if person.id in seen:
            yield Text("two people are {id}", "有两个人的编号是 {id}"), {"id": person.id}
        seen.add(person.id)


def _recipients(access: Access) -> Iterator[Slip]:
    from textcrm.sealing import recipient_problem

    named = [(person.id, key) for person in access.people for key in person.keys]
    named += [("recovery", key) for key in access.recovery]
    named += [
        (f"{name}@{number}", generation.public)
        for name, keys in access.classes.items()
        for number, generation in keys.generations.items()
    ]
    owners: dict[str, str] = {}
    for who, key in named:
        if why := recipient_problem(key):
            yield Text("the key of {who}: {why}", "{who} 的密钥：{why}"), {"who": who, "why": why}
        elif owners.setdefault(bare(key), who) != who:
            yield (
                Text("{who} and {other} have one key", "{who} 与 {other} 的密钥相同"),
                {"who": who, "other": owners[bare(key)]},
            )
