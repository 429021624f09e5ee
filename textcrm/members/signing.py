"""One signed change of access.yaml: people edited, keys made to follow, all in one commit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from textcrm import yamlfile
from textcrm.access import FILE_NAME, founding, read, trust
from textcrm.access.signers import signer
from textcrm.access.soundness import slips
from textcrm.errors import Conflict, Misuse
from textcrm.text import Text
from textcrm.vault import trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textcrm.access import Access
    from textcrm.access.classkeys import Rekeyed
    from textcrm.vault import Vault
    from textcrm.vault.draft import Draft


class Changed(NamedTuple):
    """What a change of people did: the commit (None: nothing to do), what happened to the keys,
    the people and keys before and after.
    """

    commit: str | None
    keys: Rekeyed
    before: Access
    after: Access


def change(
    vault: Vault,
    op: str,
    edit: Callable[[str], str],
    *,
    signing_keys: Sequence[Path],
    subject: str,
) -> Changed:
    """Edit the trusted access.yaml and sign it again, as an admin. See :func:`sign`.

    ``signing_keys`` are private ssh keys, or public ones whose private half an agent holds. Raises
    TrustFailure (not-admin, and those of :meth:`Vault.trusted_access`), KeyMissing where a class
    is to be given that no key at hand opens, Misuse, Conflict.
    """
    trusted = vault.trusted_access()
    key = signer(trusted, signing_keys)
    pin = trusting.pinned(vault)

    def current(draft: Draft) -> tuple[str, str]:
        data = draft.read(FILE_NAME) or b""
        if pin is None or hashlib.sha256(trust.canonical(data)).hexdigest() != pin.sha256:
            raise _moved()
        text = yamlfile.decode(data, file=FILE_NAME)
        return text, edit(text)

    return _commit(vault, op, current, key, subject)


def sign(
    vault: Vault, *, signing_keys: Sequence[Path], agree: Callable[[list[Text]], bool]
) -> Changed | None:
    """Sign access.yaml as it stands in the work tree, after edits by hand.

    ``agree`` is shown the changes of who reads what since the last trusted state; None where it
    says no. Raises as :func:`change`; TrustFailure (access-unpinned) where nothing is pinned.
    """
    from textcrm.access.comparing import compare

    pin = trusting.pinned(vault)
    data = vault.file(FILE_NAME) or b""
    if pin is None:
        vault.trusted_access()
        pin = trusting.pinned(vault)
    if pin is None or trust.canonical(data) == pin.text.encode():
        return None
    before, after = read(pin.text.encode()), read(data)
    key = signer(before, signing_keys)
    if not agree([one.say() for one in compare(before, after)]):
        return None
    text = yamlfile.decode(data, file=FILE_NAME)
    old, serial = pin.text, max(pin.serial, after.serial)

    def current(_draft: Draft) -> tuple[str, str]:
        from textcrm.access.writing import set_serial

        return old, set_serial(text, serial)

    return _commit(
        vault, "member-sign", current, key, "vault: member sign", adopt={FILE_NAME: data}
    )


def _commit(
    vault: Vault,
    op: str,
    current: Callable[[Draft], tuple[str, str]],
    key: Path,
    subject: str,
    adopt: dict[str, bytes | None] | None = None,
) -> Changed:
    made: list[Changed] = []

    def plan(draft: Draft) -> None:
        old, new = current(draft)
        after = read(yamlfile.encode(new))
        _demand_sound(after)
        files, rekeyed = founding.signed(
            new,
            key,
            lambda label: vault.keyring.class_secret(label, draft.read),
            vault.today,
            old,
        )
        for path, data in files.items():
            draft.write(path, data)
        before = read(yamlfile.encode(old))
        made[:] = [Changed(None, rekeyed, before, read(files[FILE_NAME]))]
        signed[:] = [files[FILE_NAME]]

    signed: list[bytes] = []
    result = vault.write(op, plan, subject=subject, adopt=adopt)
    trusting.own_change(vault, signed[0])
    return made[0]._replace(commit=result.commit)


def _demand_sound(access: Access) -> None:
    for said, data in slips(access):
        raise Misuse(
            "access-unsound",
            Text("access.yaml would be wrong: {slip}", "access.yaml 将会有误：{slip}"),
            hint=Text("nothing was written", "没有写入任何内容"),
            slip=Text(said.say("en", **data), said.say("zh", **data)),
        )


def _moved() -> Conflict:
    return Conflict(
        "access-moved",
        Text(
            "access.yaml is not what was looked at a moment ago",
            "access.yaml 在此期间已被改动",
        ),
        hint=Text("try again", "请重试"),
    )
