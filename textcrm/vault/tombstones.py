"""Tombstones: which customers were erased, without personal data, signed by an admin (PIPL 47).

A tombstone is what keeps an erased customer from coming back: its id is never given again, and a
commit that brings its files is refused by check, by the server's hook and by sync. It holds the
id, the day, a reason code, and hashes of the paths and of the uid; nothing of what was erased.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import store, yamlfile
from textcrm.errors import TextcrmError
from textcrm.record import id_of_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textcrm.vault.vault import Vault

FILE_NAME: Final = "privacy/tombstones.yaml"
SIGNATURE_FILE: Final = FILE_NAME + ".sig"
NAMESPACE: Final = "textcrm-erasure"
FORMAT: Final = 1
REASONS: Final = ("request", "withdrawn", "expired", "purpose_done", "unlawful", "other")
_HEAD: Final = (
    "# 已彻底删除的客户，不含个人信息；由管理员签名，请勿手改\n"
    "# Erased customers, without personal data; signed by an admin, not to be edited by hand\n"
)
_UID: Final = re.compile(rb"^(?:\xef\xbb\xbf)?uid:[ \t]*[\"']?([0-9A-Za-z]{26})", re.MULTILINE)
_ID: Final = re.compile(rb"^(?:\xef\xbb\xbf)?id:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)
_DIGITS: Final = 16
_ATTACHMENTS: Final = "attachments/"


class Tombstone(NamedTuple):
    """An erased customer: ids (its last one first), day, reason code, who erased it (a person's
    id), SHA-256 of its files' paths and of its uid (empty where it had none).
    """

    ids: tuple[str, ...]
    date: str
    reason: str
    by: str
    paths: tuple[str, ...]
    uid: str


class Rewrite(NamedTuple):
    """A checkpoint: a branch's history was rewritten from a tip to another one, by whom, when, the
    ids (with spaces between) that no commit holds any more, and the SHA-256 of the list of commits
    that were made anew (:func:`listing`), by which a clone knows what it saw before as part of it.
    """

    ref: str
    old: str
    new: str
    date: str
    by: str
    ids: str
    commits: str = ""

    @property
    def list_file(self) -> str:
        """Where the list of commits stands."""
        return f"privacy/rewrites/{self.new[:12]}.txt"


class Tombstones(NamedTuple):
    """What the file says."""

    stones: tuple[Tombstone, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is never given again."""
        return frozenset(one for stone in self.stones for one in stone.ids)

    def of_id(self, word: str) -> Tombstone | None:
        """The tombstone of an id."""
        return next((stone for stone in self.stones if word in stone.ids), None)

    def of_path(self, path: str) -> Tombstone | None:
        """The tombstone that a path (relative to the vault) belongs to."""
        if not self.stones:
            return None
        if path.startswith(_ATTACHMENTS):
            own = path.removeprefix(_ATTACHMENTS).partition("/")[0]
        else:
            own = id_of_path(path) if store.is_record_path(path) else ""
        digest = hash_of(path)
        return next(
            (one for one in self.stones if digest in one.paths or (own and own in one.ids)), None
        )

    def of_data(self, data: bytes) -> Tombstone | None:
        """The tombstone of the customer whose record these bytes are, wherever they lie."""
        if not self.stones:
            return None
        uid = uid_of(data)
        if uid:
            digest = hash_of(uid)
            return next((one for one in self.stones if one.uid == digest), None)
        own = id_of(data)
        return next((one for one in self.stones if own and own in one.ids), None)

    def merged(self, other: Tombstones) -> Tombstones:
        """Both, each once."""
        return Tombstones(
            tuple(dict.fromkeys((*self.stones, *other.stones))),
            tuple(dict.fromkeys((*self.rewrites, *other.rewrites))),
        )


NOTHING: Final = Tombstones()


def hash_of(text: str) -> str:
    """SHA-256 of a path or uid, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def uid_of(data: bytes) -> str:
    """The uid that a record's bytes name at their top, without parsing them."""
    found = _UID.search(data)
    return found[1].decode("ascii") if found else ""


def id_of(data: bytes) -> str:
    """The id that a record's bytes name at their top, without parsing them."""
    found = _ID.search(data)
    return found[1].decode("utf-8", "replace") if found else ""


def read(data: bytes | None) -> Tombstones:
    """Read a tombstones file; what cannot be read as such says nothing. Raises YamlInvalid."""
    if not data:
        return NOTHING
    tree = yamlfile.read_mapping(data, file=FILE_NAME)
    stones = [_stone(one) for one in _items(tree, "tombstones")]
    rewrites = [
        Rewrite(*(str(one.get(name) or "") for name in Rewrite._fields))
        for one in _items(tree, "rewrites")
    ]
    return Tombstones(tuple(stones), tuple(rewrites))


def of(vault: Vault) -> Tombstones:
    """Those of the work tree; nothing where the file does not read, which check tells."""
    return quietly(vault.file(FILE_NAME))


def ids_in(data: bytes | None) -> frozenset[str]:
    """The ids that a file of tombstones takes."""
    return quietly(data).ids


def at(blobs_read: Callable[[str], bytes | None], prefix: str, rev: str) -> Tombstones:
    """Those of a commit; ``blobs_read`` gives the bytes of ``REV:PATH``."""
    return quietly(blobs_read(f"{rev}:{prefix}{FILE_NAME}"))


def quietly(data: bytes | None) -> Tombstones:
    """As :func:`read`; nothing where the file does not read, which check tells."""
    try:
        return read(data)
    except TextcrmError:
        return NOTHING


def _items(tree: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = tree.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _stone(one: Mapping[str, Any]) -> Tombstone:
    return Tombstone(
        _words(one.get("ids")),
        str(one.get("date") or ""),
        str(one.get("reason") or ""),
        str(one.get("by") or ""),
        _words(one.get("paths")),
        str(one.get("uid") or ""),
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def write(stones: Tombstones) -> bytes:
    """The file as it is signed: one tombstone a block, in the order in which they came."""
    tree: dict[str, Any] = {
        "format": str(FORMAT),
        "tombstones": [
            {name: list(value) if isinstance(value, tuple) else value
             for name, value in one._asdict().items() if value}
            for one in stones.stones
        ],
    }  # fmt: skip
    if stones.rewrites:
        tree["rewrites"] = [one._asdict() for one in stones.rewrites]
    return _HEAD.encode() + yamlfile.encode(yamlfile.dump(tree))


def signer(data: bytes, signature: bytes | None, admins: Mapping[str, str]) -> str | None:
    """Which of the admins (SSH public keys by person) signed the file; None for nobody."""
    from textcrm.access.trust import canonical
    from textcrm.sealing import verify

    if not signature or not admins:
        return None
    try:
        return verify(canonical(data), canonical(signature), admins, namespace=NAMESPACE)
    except TextcrmError:
        return None


def listing(commits: Iterable[str]) -> bytes:
    """A list of commits: the first 16 digits of each, sorted, one a line."""
    return "".join(f"{one}\n" for one in sorted({one[:_DIGITS] for one in commits})).encode()


def listed(read_file: Callable[[str], bytes | None], rewrite: Rewrite) -> frozenset[str]:
    """The commits that a rewrite made anew, by their first digits; nothing of a list that is not
    the one that was signed.
    """
    data = (read_file(rewrite.list_file) or b"").replace(b"\r\n", b"\n")
    if not data or hashlib.sha256(data).hexdigest() != rewrite.commits:
        return frozenset()
    return frozenset(data.decode("ascii", "replace").split())


def was_part(commit: str, known: frozenset[str]) -> bool:
    """Whether a commit is one of a list."""
    return commit[:_DIGITS] in known


def accepted(vault: Vault, old: str, new: str, admins: Mapping[str, str]) -> Rewrite | None:
    """The signed checkpoint by which a history may go on at ``new`` after ``old`` was seen.

    It stands in the tombstones of ``new``, signed by one of ``admins``; ``old`` is among the commits
    that it, or one before it, made anew; the tip it leads to is in the past of ``new``. None without.
    """
    found = signed_at(vault, new, admins)

    def read_file(path: str) -> bytes | None:
        return vault.repo.read(new, vault.prefix + path)

    if not any(one.old == old or was_part(old, listed(read_file, one)) for one in found.rewrites):
        return None
    for one in reversed(found.rewrites):
        if not vault.repo.process.run("merge-base", "--is-ancestor", one.new, new).code:
            return one
    return None


def signed_at(vault: Vault, rev: str, admins: Mapping[str, str]) -> Tombstones:
    """The tombstones of a commit where one of ``admins`` has signed them; else nothing."""
    names = [(rev, vault.prefix + one) for one in (FILE_NAME, SIGNATURE_FILE)]
    data, signature = vault.repo.read_many(names)
    if data is None or signer(data, signature, admins) is None:
        return NOTHING
    return quietly(data)


def trusted_admins(vault: Vault) -> Mapping[str, str]:
    """The admins whom this machine has pinned; those of access.yaml where it pins nothing (CI)."""
    from textcrm.vault import trusting

    if vault.pins is not None:
        pin = trusting.pinned(vault)
        if pin is not None:
            return pin.admins
        return {}
    return {one.id: one.signing for one in vault.access.admins if one.signing}


def refused(path: str, stone: Tombstone) -> TextcrmError:
    """The error for what would bring an erased customer back."""
    from textcrm.errors import TrustFailure
    from textcrm.text import Text

    return TrustFailure(
        "erased-comes-back",
        Text(
            "{path} belongs to {id}, erased on {date} ({reason}); it must not come back",
            "{path} 属于 {id}，该客户已于 {date} 彻底删除（{reason}），不得恢复",
        ),
        hint=Text(
            "a new customer gets a new id: textcrm add; what this is about: docs/privacy.md",
            "新客户请用新编号：textcrm add；说明见 docs/privacy.zh-CN.md",
        ),
        path=path,
        id=stone.ids[0] if stone.ids else "",
        date=stone.date,
        reason=stone.reason,
    )
