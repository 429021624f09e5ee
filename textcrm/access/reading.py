"""Reading access.yaml; what is there is taken as it stands, whether it is trusted is asked later."""

from __future__ import annotations

import re
from typing import Any, Final

from textcrm import yamlfile
from textcrm.access.model import OWNER_READS, ROLE_CLASSES, Access, ClassKeys, Generation
from textcrm.access.people import Person, role_code
from textcrm.errors import Invalid
from textcrm.text import Text

FILE_NAME: Final = "access/access.yaml"
SIGNATURE_FILE: Final = "access/access.yaml.sig"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_CLASS: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")


def key_file(label: str) -> str:
    """Where the private half of a class's key lies: access/keys/finance@2.age."""
    return f"access/keys/{label}.age"


def read(data: bytes | None, file: str = FILE_NAME) -> Access:
    """Read access.yaml; no file means no people yet. Raises YamlInvalid, Invalid (access-invalid)."""
    return of_tree(tree_of(data, file) if data and data.strip() else {}, file)


def tree_of(data: bytes, file: str = FILE_NAME) -> dict[str, Any]:
    """What stands in access.yaml, as typed. Raises YamlInvalid."""
    return yamlfile.read_mapping(data, file=file)


def of_tree(tree: dict[str, Any], file: str = FILE_NAME) -> Access:
    """The people of a tree of :func:`tree_of`; an empty one has none. Raises Invalid (access-invalid)."""
    return _Reader(file).access(tree) if tree else Access(())


class _Reader:
    """Turns the tree of one file into values; every slip is named with its place."""

    def __init__(self, file: str) -> None:
        self._file = file

    def access(self, tree: dict[str, Any]) -> Access:
        people = tree.get("people")
        if people is None:
            people = []
        if not isinstance(people, list) or not all(isinstance(entry, dict) for entry in people):
            raise self._wrong(
                "people",
                Text("a list of id, name, role, email", "列表，每项含 id、name、role、email"),
            )
        roles = self._roles(tree.get("roles"))
        owner_reads = tree.get("owner_reads")
        return Access(
            tuple(self._person(entry, roles) for entry in people if entry.get("id")),
            serial=self._number("serial", tree.get("serial")) if tree.get("serial") else 0,
            roles=roles,
            owner_reads=OWNER_READS
            if owner_reads is None
            else self._words("owner_reads", owner_reads),
            recovery=self._words("recovery", tree.get("recovery")),
            classes=self._classes(tree.get("classes")),
            former=self._former(tree.get("former")),
        )

    def _former(self, tree: Any) -> dict[str, str]:
        if tree is None:
            return {}
        if not isinstance(tree, dict) or not all(isinstance(name, str) for name in tree.values()):
            raise self._wrong("former", Text("names by id", "编号与姓名"))
        return {str(one): name for one, name in tree.items()}

    def _person(self, entry: dict[str, Any], roles: dict[str, tuple[str, ...]]) -> Person:
        def text(name: str) -> str:
            value = entry.get(name)
            return value if isinstance(value, str) else ""

        role = text("role")
        return Person(
            text("id"),
            text("name") or text("id"),
            role if role in roles else role_code(role) or role,
            text("email"),
            self._words(f"people/{text('id')}/keys", entry.get("keys")),
            text("signing"),
        )

    def _roles(self, tree: Any) -> dict[str, tuple[str, ...]]:
        if tree is None:
            return dict(ROLE_CLASSES)
        if not isinstance(tree, dict):
            raise self._wrong(
                "roles", Text("roles with lists of classes", "角色及其可读类别的列表")
            )
        return {
            role_code(role) or role: self._classes_named(f"roles/{role}", names)
            for role, names in tree.items()
        }

    def _classes_named(self, where: str, names: Any) -> tuple[str, ...]:
        words = self._words(where, names)
        for word in words:
            if not _CLASS.fullmatch(word):
                raise self._wrong(
                    where, Text("names of classes such as finance", "类别名称，如 finance")
                )
        return words

    def _classes(self, tree: Any) -> dict[str, ClassKeys]:
        if tree is None:
            return {}
        if not isinstance(tree, dict):
            raise self._wrong("classes", Text("classes with their keys", "各类别及其密钥"))
        return {name: self._class(name, entry) for name, entry in tree.items()}

    def _class(self, name: str, entry: Any) -> ClassKeys:
        where = f"classes/{name}"
        keys = entry.get("keys") if isinstance(entry, dict) else None
        if not _CLASS.fullmatch(name) or not isinstance(keys, dict) or not keys:
            raise self._wrong(where, Text("current and keys", "current 和 keys 两项"))
        generations = {
            self._number(f"{where}/keys/{number}", number): self._generation(
                f"{where}/keys/{number}", one
            )
            for number, one in keys.items()
        }
        current = self._number(f"{where}/current", entry.get("current"))
        if current not in generations:
            raise self._wrong(
                f"{where}/current", Text("the number of one of the keys", "其中一个密钥的编号")
            )
        return ClassKeys(current, generations)

    def _generation(self, where: str, entry: Any) -> Generation:
        if not isinstance(entry, dict):
            raise self._wrong(
                where, Text("public, readers, sha256", "public、readers、sha256 三项")
            )
        public, sha256 = entry.get("public"), entry.get("sha256")
        if not isinstance(public, str) or not isinstance(sha256, str):
            raise self._wrong(
                where, Text("public, readers, sha256", "public、readers、sha256 三项")
            )
        retired = entry.get("retired")
        return Generation(
            public,
            self._words(f"{where}/readers", entry.get("readers")),
            sha256,
            retired if isinstance(retired, str) else "",
        )

    def _words(self, where: str, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
            raise self._wrong(where, Text("a list of words", "由文字组成的列表"))
        return tuple(words)

    def _number(self, where: str, value: Any) -> int:
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            raise self._wrong(where, Text("a whole number from 1", "从 1 开始的整数"))
        return int(value)

    def _wrong(self, where: str, wanted: Text) -> Invalid:
        return Invalid(
            "access-invalid",
            Text("{file}: {where} should be {wanted}", "{file}：{where} 应为{wanted}"),
            hint=Text("open {file} and mend that place", "请打开 {file} 修改这一处"),
            file=self._file,
            where=where,
            wanted=wanted,
        )
