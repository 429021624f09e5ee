"""The first keys of a vault: everybody's who has one, each class's, the recovery key's, signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import yamlfile
from textcrm.access import classkeys, writing
from textcrm.access.reading import FILE_NAME, SIGNATURE_FILE, read

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path


class FirstKeys(NamedTuple):
    """What the first admin brings: public keys to read with, the ssh key pair that signs, and the
    public key of the recovery key (or none).
    """

    keys: tuple[str, ...]
    signing: str
    signing_file: Path
    recovery: tuple[str, ...]


def found(text: str, admin: str, first: FirstKeys, day: dt.date) -> dict[str, bytes]:
    """The files of a signed access.yaml with keys, from one that lacks them.

    ``text`` is access.yaml as it is, ``admin`` the id of the person in it who signs.
    """
    access = read(yamlfile.encode(text))
    person = access.by_id(admin)
    if person is None:
        raise LookupError(admin)
    person = person._replace(keys=first.keys, signing=first.signing, role="admin")
    text = writing.change_person(text, person)
    text = writing.complete(text, first.recovery)
    return signed(text, first.signing_file, _no_key, day)[0]


def signed(
    text: str,
    signing_file: Path,
    open_key: Callable[[str], bytes],
    day: dt.date,
    before: str | None = None,
) -> tuple[dict[str, bytes], classkeys.Rekeyed]:
    """Make the keys follow the people of a text, count it up and sign it.

    Gives access.yaml, its signature and the key files that change, and what happened to the keys.
    ``before`` is the text that the keys fit now (default: the same). Raises KeyMissing, Misuse.
    """
    after = read(yamlfile.encode(text))
    rekeyed = classkeys.follow(
        read(yamlfile.encode(before)) if before is not None else after, after, open_key, day
    )
    text = writing.set_keys(text, after.serial + 1, rekeyed.classes)
    data = yamlfile.encode(text)
    return (
        {FILE_NAME: data, SIGNATURE_FILE: _signature(data, signing_file), **rekeyed.files},
        rekeyed,
    )


def _signature(data: bytes, signing_file: Path) -> bytes:
    from textcrm import sealing
    from textcrm.access.trust import canonical

    return sealing.sign(canonical(data), signing_file)


def _no_key(label: str) -> bytes:
    raise LookupError(label)
