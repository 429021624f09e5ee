"""Signatures of commits by SSH keys, held against the keys of the people (git's gpgsig header)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.access import Access

State = Literal["good", "none", "unknown", "bad"]


class Signed(NamedTuple):
    """How a commit is signed: ``by`` is the id of the person where the signature is good."""

    state: State
    by: str = ""


def signing_keys(access: Access) -> dict[str, str]:
    """The SSH keys that each person signs with: the signing key, and ssh-ed25519 reading keys."""
    keys: dict[str, str] = {}
    for person in access.people:
        for number, key in enumerate((person.signing, *person.keys)):
            if key.startswith(("ssh-ed25519 ", "sk-ssh-ed25519@openssh.com ")):
                keys[f"{person.id}\n{number}"] = key
    return keys


def check(raw: bytes, keys: Mapping[str, str]) -> Signed:
    """Check the signature of a commit object; ``unknown`` for a key that is nobody's."""
    payload, signature = _split(raw)
    if not signature:
        return Signed("none")
    if not signature.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        return Signed("unknown")
    from textcrm.sealing import verify

    who = verify(payload, signature, keys, namespace="git")
    if who is not None:
        return Signed("good", who.partition("\n")[0])
    return Signed("bad" if _names_a_known_key(signature, keys) else "unknown")


def _names_a_known_key(signature: bytes, keys: Mapping[str, str]) -> bool:
    from textcrm.sealing.signatures import blob_of
    from textcrm.sealing.sshsig import public_key

    named = public_key(signature)
    return named is not None and any(blob_of(key) == named for key in keys.values())


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """A commit without its signature header, and the signature."""
    head, blank, message = raw.partition(b"\n\n")
    kept: list[bytes] = []
    signature: list[bytes] = []
    inside = False
    for line in head.split(b"\n"):
        if line.startswith((b"gpgsig ", b"gpgsig-sha256 ")):
            inside = True
            signature.append(line.partition(b" ")[2])
        elif inside and line.startswith(b" "):
            signature.append(line[1:])
        else:
            inside = False
            kept.append(line)
    return b"\n".join(kept) + blank + message, b"\n".join(signature)
