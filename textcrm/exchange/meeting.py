"""Which customer of the vault a proposal is: by id, registration number, name, e-mail, number."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.findings import Finding
from textcrm.matching import Key, keys_of, name_keys
from textcrm.store import fold
from textcrm.text import Text
from textcrm.vault.identities import key_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.matching.keys import KeyKind
    from textcrm.record import Record
    from textcrm.vault import Vault

_KINDS: Final[tuple[KeyKind, ...]] = ("uid", "id", "registration", "email", "phone")
_SURE: Final = ("uid", "id", "registration")
_MOBILE: Final = "+861"


class Met(NamedTuple):
    """The customer that is met, by which key; or nobody, with those that are only like it."""

    id: str | None
    by: str = ""
    like: tuple[Finding, ...] = ()


class Meeting:
    """The customers that were in the vault before the import, by their keys and names."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        kinds = [kind for kind in _KINDS if kind != "uid"]
        self._index = key_index(vault, kinds)
        self._uids: dict[str, str] | None = None
        self._met: set[str] = set()
        self._names: dict[str, list[str]] = {}
        for record_id, name in vault.catalog().names().items():
            self._names.setdefault(fold(name), []).append(record_id)
        self._paths = {doc.id: doc.path for doc in vault.catalog().docs()} if self._names else {}

    def begin(self) -> None:
        """Begin with the first row again."""
        self._met.clear()

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The customers by the core of their names, which takes a while to find."""
        alike: dict[str, list[str]] = {}
        for name, record_ids in self._names.items():
            for core in name_keys([name]):
                alike.setdefault(core, []).extend(record_ids)
        return alike

    def knows(self, record_id: str) -> bool:
        """Whether a customer has or had this id."""
        return record_id in self._paths or bool(self._index.holders(Key("id", record_id)))

    def knows_uid(self, uid: object) -> bool:
        """Whether a customer in the vault has this uid; asked for records out of our own exports."""
        if not isinstance(uid, str) or not self._paths:
            return False
        if self._uids is None:
            self._uids = {
                str(doc.typed.get("uid")): doc.id for doc in self._vault.catalog().docs()
            }
        return uid in self._uids

    def path(self, record_id: str) -> str:
        """The file of a customer that was met."""
        return self._paths[record_id]

    def record(self, record_id: str) -> Record:
        """A customer's record as its file has it."""
        return self._vault.load(self._paths[record_id])

    def meet(self, tree: Mapping[str, Any]) -> Met:
        """The customer that a proposal is."""
        if not self._names:
            return Met(None)
        keys = keys_of(tree, self._vault.schema)
        if self.knows_uid(tree.get("uid")) and self._uids is not None:
            return Met(self._uids[str(tree["uid"])], "uid")
        for kind in _SURE:
            for key in keys:
                if key.kind == kind and (held := self._index.holders(key)):
                    return Met(held[0], kind)
        if found := self._by_name(tree, keys):
            return Met(found, "name")
        return self._by_reach(tree, keys)

    def _by_name(self, tree: Mapping[str, Any], keys: frozenset[Key]) -> str | None:
        """A company by its whole name; a person by name and a key, or where neither has any."""
        same = self._names.get(fold(str(tree.get("name") or "")), [])
        if not same:
            return None
        reach = {key for key in keys if key.kind in ("email", "phone")}
        with_key = [one for one in same if reach & self._index.keys(one)]
        if with_key:
            return with_key[0]
        if tree.get("kind") == "person":
            return None if reach else self._unreached(tree, same)
        mine = {key for key in keys if key.kind == "registration"}
        for one in same:
            own = {key for key in self._index.keys(one) if key.kind == "registration"}
            if not (mine and own and mine != own) and self._kind(one) != "person":
                return one
        return None

    def _unreached(self, tree: Mapping[str, Any], same: list[str]) -> str | None:
        """Of people of one name whom nobody can reach, one that no other row has met yet."""
        free = [one for one in same if one not in self._met and not self._reach(one)]
        free.sort(key=lambda one: self.record(one).raw.get("notes") != tree.get("notes"))
        if not free:
            return None
        self._met.add(free[0])
        return free[0]

    def _reach(self, record_id: str) -> set[Key]:
        return {key for key in self._index.keys(record_id) if key.kind in ("email", "phone")}

    def _kind(self, record_id: str) -> str:
        return str(self.record(record_id).raw.get("kind") or "")

    def _by_reach(self, tree: Mapping[str, Any], keys: frozenset[Key]) -> Met:
        """By e-mail address, then by number, where the names do not speak against it."""
        like: list[Finding] = []
        met: dict[str, Key] = {}
        for kind in ("email", "phone"):
            for key in sorted(keys):
                if key.kind == kind:
                    for one in self._index.holders(key):
                        met.setdefault(one, key)
        fitting = [one for one, key in met.items() if self._agree(tree, self.record(one), key)]
        if len(fitting) == 1:
            return Met(fitting[0], met[fitting[0]].kind)
        like += [_shares(one, met[one]) for one in list(met)[:3]]
        for core in name_keys([str(tree.get("name") or "")]):
            for one in self._alike.get(core, ())[:3]:
                if one not in met:
                    like.append(_like(one, str(self.record(one).name)))
        return Met(None, "", tuple(like))

    def _agree(self, tree: Mapping[str, Any], record: Record, key: Key) -> bool:
        """Whether a shared key makes one customer of two whose names differ.

        A mobile number or an e-mail address is somebody's own; behind a landline may sit many.
        """
        if name_keys([str(tree.get("name") or "")]) & name_keys([record.name, *_aliases(record)]):
            return True
        mine = {fold(str(one.get("name") or "")) for one in tree.get("contacts", ())} - {""}
        theirs = {fold(str(one.get("name") or "")) for one in _contacts(record)} - {""}
        if mine & theirs:
            return True
        personal = key.kind == "email" or key.value.startswith(_MOBILE)
        both = tree.get("kind") == "person" and record.raw.get("kind") == "person"
        return personal and (both or not mine or not theirs)


def _aliases(record: Record) -> list[str]:
    value = record.raw.get("aliases")
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _contacts(record: Record) -> list[dict[str, Any]]:
    value = record.raw.get("contacts")
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _shares(record_id: str, key: Key) -> Finding:
    what = Text("e-mail address", "邮箱") if key.kind == "email" else Text("number", "电话号码")
    return Finding(
        "like-same-key",
        "warning",
        ("name",),
        Text("the same {what} as {id}, under another name", "与 {id} 的{what}相同，但名称不同"),
        Text("compare them: textcrm show {id}", "请核对：textcrm show {id}"),
        {"id": record_id, "what": what},
    )


def _like(record_id: str, name: str) -> Finding:
    return Finding(
        "like-name",
        "warning",
        ("name",),
        Text("a name like {id} {name}", "名称与 {id} {name} 相近"),
        Text("compare them: textcrm show {id}", "请核对：textcrm show {id}"),
        {"id": record_id, "name": name},
    )
