"""The keys of classes: made, given to those who come, made anew for those who go."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from textcrm.access.keyring import bare
from textcrm.access.model import RECOVERY, Access, ClassKeys, Generation
from textcrm.access.reading import key_file
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator


class Rekeyed(NamedTuple):
    """Keys as they should be: the classes, the key files that differ, and what happened to whom.

    ``given`` and ``renewed`` name labels: those that more people read now, and the new generations.
    """

    classes: dict[str, ClassKeys]
    files: dict[str, bytes]
    given: tuple[str, ...]
    renewed: tuple[str, ...]


def follow(
    before: Access, after: Access, open_key: Callable[[str], bytes], day: dt.date
) -> Rekeyed:
    """Make the keys follow a change of people or roles.

    Who comes to read a class is given its key in every generation, so that what is sealed already
    can be read: that needs the key, which ``open_key`` gives by label (KeyMissing). Who ceases to
    read it, or gives up a public key, makes a new generation: that needs public keys only.
    Raises Misuse (nobody-reads) for a class that nobody, and no recovery key, would open.
    """
    result = Rekeyed({}, {}, (), ())
    for name in _names(after):
        one = _class(name, before, after, open_key, day)
        result.classes.update(one.classes)
        result.files.update(one.files)
        result = result._replace(
            given=(*result.given, *one.given), renewed=(*result.renewed, *one.renewed)
        )
    return result


def _names(access: Access) -> list[str]:
    named = [name for names in access.roles.values() for name in names]
    return list(dict.fromkeys([*access.classes, *sorted({*named, *access.owner_reads})]))


def _class(
    name: str,
    before: Access,
    after: Access,
    open_key: Callable[[str], bytes],
    day: dt.date,
) -> Rekeyed:
    wanted = {one.id: one.keys for one in after.entitled(name)}
    recipients = _recipients(name, after, wanted)
    keys = after.classes.get(name)
    readers = tuple(wanted)
    if keys is None:
        generation, data = _fresh(f"{name}@1", readers, recipients)
        label = f"{name}@1"
        return Rekeyed(
            {name: ClassKeys(1, {1: generation})}, {key_file(label): data}, (), (label,)
        )
    known = _known(before, keys)
    now = {**wanted, RECOVERY: after.recovery}
    generations = dict(keys.generations)
    files: dict[str, bytes] = {}
    given: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    if any(_new_keys(known.get(who, ()), own) for who, own in now.items()):
        for number, generation in keys.generations.items():
            label = f"{name}@{number}"
            data = _wrapped(open_key(label), recipients)
            files[key_file(label)] = data
            generations[number] = generation._replace(
                readers=readers, sha256=hashlib.sha256(data).hexdigest()
            )
            given = (*given, label)
    current = keys.current
    if any(_new_keys(now.get(who, ()), own) for who, own in known.items()):
        generations[current] = generations[current]._replace(retired=day.isoformat())
        current = max(generations) + 1
        label = f"{name}@{current}"
        generations[current], files[key_file(label)] = _fresh(label, readers, recipients)
        renewed = (label,)
    return Rekeyed({name: ClassKeys(current, generations)}, files, given, renewed)


def _known(before: Access, keys: ClassKeys) -> dict[str, tuple[str, ...]]:
    """To which keys of whom the current key file is encrypted."""
    held = {one.id: one.keys for one in before.people}
    readers = keys.generations[keys.current].readers
    known = {who: held.get(who, (f"gone: {who}",)) for who in readers}
    return {**known, RECOVERY: before.recovery}


def _new_keys(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return bool({bare(one) for one in new} - {bare(one) for one in old})


def _recipients(name: str, access: Access, wanted: dict[str, tuple[str, ...]]) -> list[str]:
    def every() -> Iterator[str]:
        for own in wanted.values():
            yield from own
        yield from access.recovery

    found = list({bare(key): key for key in every()}.values())
    if not found:
        raise Misuse(
            "nobody-reads",
            Text(
                "nobody would be able to read the class “{class_name}”",
                "类别“{class_name}”将没有任何人可读",
            ),
            hint=Text(
                "give one of its readers a key first: textcrm member add",
                "请先为可读者登记密钥：textcrm member add",
            ),
            class_name=name,
        )
    return found


def _fresh(
    label: str, readers: tuple[str, ...], recipients: list[str]
) -> tuple[Generation, bytes]:
    from textcrm import sealing

    secret, public = sealing.generate()
    text = f"# textcrm class key {label}\n# public key: {public}\n{secret}\n"
    data = _wrapped(text.encode(), recipients)
    return Generation(public, readers, hashlib.sha256(data).hexdigest()), data


def _wrapped(secret: bytes, recipients: list[str]) -> bytes:
    from textcrm import sealing

    return sealing.encrypt(secret, recipients)
