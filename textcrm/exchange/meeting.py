"""Which customer of the vault a proposal is: by id, registration number, name, e-mail, number."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.exchange.naming import are_alike, contact_names, names_contact
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
# +8610 is Beijing: its landlines begin as mobile numbers do.
_MOBILE: Final = re.compile(r"\+861[3-9]")
_OTHER: Final = ("other-name", "far-name")


class Met(NamedTuple):
    """The customer that is met, by which key; or nobody, with those that are only like it.

    ``renamed`` is said where the customer has another name than the row.
    """

    id: str | None
    by: str = ""
    like: tuple[Finding, ...] = ()
    renamed: Finding | None = None


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
                    if kind != "id":
                        return Met(held[0], kind)
                    if self._is_of(tree, held[0], keys):
                        return Met(held[0], kind, renamed=self._named_anew(tree, held[0]))
        if found := self._by_name(tree, keys):
            return Met(found, "name")
        return self._by_reach(tree, keys)

    def _is_of(self, tree: Mapping[str, Any], record_id: str, keys: frozenset[Key]) -> bool:
        """Whether a row with a customer's id is of that customer.

        Offices number alike (C20240501001): another name, and nobody and nothing in common, is another.
        """
        record = self.record(record_id)
        if names_contact(tree, record.raw):
            return True
        names = [record.name, *_aliases(record)]
        if are_alike(str(tree.get("name") or ""), names) or not _are_others(
            tree, record, people=tree.get("kind") == record.raw.get("kind") == "person"
        ):
            return True
        shared = {key for key in keys if key.kind != "id"} & self._index.keys(record_id)
        return bool(shared) or bool(contact_names(tree) & contact_names(record.raw))

    def _named_anew(self, tree: Mapping[str, Any], record_id: str) -> Finding | None:
        """What is said where the customer of an id is called otherwise from now on."""
        record = self.record(record_id)
        name = str(tree.get("name") or "")
        if tree.get("id") != record.id or fold(name) == fold(record.name):
            return None
        if names_contact(tree, record.raw):
            return None
        return _called_anew(record_id, record.name, name)

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
            key = met[fitting[0]]
            return Met(fitting[0], key.kind, renamed=self._renamed(tree, fitting[0], key))
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
        mine, theirs = contact_names(tree), contact_names(record.raw)
        if mine & theirs:
            return True
        if key.kind == "phone" and not _MOBILE.match(key.value):
            return False
        people = [one.get("kind") == "person" for one in (tree, record.raw)]
        if people[0] == people[1] and _are_others(tree, record, people=people[0]):
            return False
        return all(people) or not mine or not theirs

    def _renamed(self, tree: Mapping[str, Any], record_id: str, key: Key) -> Finding | None:
        """What is said of a customer that was met by a number or address under another name."""
        record = self.record(record_id)
        name = str(tree.get("name") or "")
        if name_keys([name]) & name_keys([record.name, *_aliases(record)]):
            return None
        return _met_as(record_id, record.name, name, key)


def _are_others(tree: Mapping[str, Any], record: Record, *, people: bool) -> bool:
    """Whether the names speak against one customer: two people, or two companies, called otherwise.

    What two companies share may be the number of a man who runs both; two people share a household's.
    """
    from textcrm.matching.likenames import like_names
    from textcrm.matching.names import parse_name
    from textcrm.normalize.names import parse_salutation

    mine = str(tree.get("name") or "")
    theirs = [record.name, *_aliases(record)]
    if people:
        told = parse_salutation(mine)
        if (told and any(one.startswith(told[0]) for one in theirs)) or any(
            (other := parse_salutation(one)) and mine.startswith(other[0]) for one in theirs
        ):
            return False
    against = _OTHER if people else _OTHER[:1]
    return all(
        like_names(parse_name(mine), parse_name(one), people=people) in against for one in theirs
    )


def _aliases(record: Record) -> list[str]:
    value = record.raw.get("aliases")
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


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


def _met_as(record_id: str, theirs: str, name: str, key: Key) -> Finding:
    what = Text("e-mail address", "邮箱") if key.kind == "email" else Text("number", "电话号码")
    return Finding(
        "met-other-name",
        "warning",
        ("name",),
        Text(
            "“{name}” is taken for {id} {theirs}: the same {what}",
            "“{name}”与 {id} {theirs} 的{what}相同，已并入该客户",
        ),
        Text(
            "if they are two: textcrm undo, then import with --on-duplicate create",
            "如果不是同一客户：请用 textcrm undo 撤销，再以 --on-duplicate create 导入",
        ),
        {"id": record_id, "theirs": theirs, "name": name, "what": what},
    )


def _called_anew(record_id: str, before: str, after: str) -> Finding:
    return Finding(
        "renamed",
        "warning",
        ("name",),
        Text("{id} was called “{before}”, now “{after}”", "{id} 的名称由“{before}”改为“{after}”"),
        Text("if it should not be: textcrm undo", "如果不应修改：textcrm undo"),
        {"id": record_id, "before": before, "after": after},
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
