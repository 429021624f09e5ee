"""Who may change what (J2-J5): sales their own customers, managers all, admins schema and access.

git knows nothing of roles: a change outside them is found here, in what was committed. The rules
are those of the commit before, so that nobody allows himself what he does in the same commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm import changes, store
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access import Person
    from textcrm.schema import Schema

# What customer service adds to any customer without owning it.
SERVICE_FIELDS: Final = frozenset(
    ("interactions", "services", "feedback", "tags", "verified", "needs", "notes")
)
_ADMIN_FILES: Final = ("access/", "schema/")
_MANAGER_FILES: Final = (
    "privacy/", ".gitattributes", ".gitignore", ".github/", ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
)  # fmt: skip
_LEADERS: Final = ("admin", "manager")
# Settings without which history would be less guarded, and those that are nobody's in particular.
_GUARDS: Final = frozenset(("signatures", "format", "seal_contact"))
_EVERYBODYS: Final = frozenset(("views",))
Tree = dict[str, Any]


class Violation(NamedTuple):
    """Something that a commit did against a rule; ``message`` and ``data`` as in a finding."""

    rule: str
    severity: Literal["error", "warning"]
    message: Text
    data: dict[str, Any]
    commit: str = ""
    by: str = ""
    file: str = ""
    id: str = ""

    def say(self, language: str) -> str:
        """What it is, in one language."""
        return self.message.say("zh" if language == "zh" else "en", **self.data)


def of_file(who: Person, path: str) -> Iterator[Violation]:
    """Judge a change to a file that is no record, by its path in the vault."""
    if path.startswith(_ADMIN_FILES) and who.role != "admin":
        rule = "access-by-role" if path.startswith("access/") else "schema-by-role"
        yield _file(rule, "error", _FOR_ADMINS, who, path)
    elif path.startswith(_MANAGER_FILES) and who.role not in _LEADERS:
        yield _file("file-by-role", "warning", _FOR_MANAGERS, who, path)


def of_settings(who: Person, path: str, before: Tree, after: Tree) -> Iterator[Violation]:
    """Judge a change to textcrm.yaml: views are everybody's, what guards history is the admins'."""
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    if changed & _GUARDS and who.role != "admin":
        yield _file("settings-by-role", "error", _FOR_ADMINS, who, path)
    elif changed - _EVERYBODYS and who.role not in _LEADERS:
        yield _file("file-by-role", "warning", _FOR_MANAGERS, who, path)


def of_attachment(
    who: Person, path: str, record: Tree | None, *, removed: bool
) -> Iterator[Violation]:
    """Judge a change to a customer's file by who the customer belongs to (J2)."""
    if who.role in _LEADERS or record is None or _owns(who, record):
        return
    yield Violation(
        "attachment-not-own",
        "error",
        Text(
            "{name} ({role}) removed {file} of a customer that belongs to {owner}",
            "{name}（{role}）删除了 {file}，该客户由 {owner} 负责",
        )
        if removed
        else Text(
            "{name} ({role}) changed {file} of a customer that belongs to {owner}",
            "{name}（{role}）改动了 {file}，该客户由 {owner} 负责",
        ),
        {"name": who.name, "role": who.role, "file": path, "owner": str(record.get("owner"))},
        file=path,
        id=str(record.get("id") or ""),
    )


_FOR_ADMINS: Final = Text(
    "{name} ({role}) changed {file}, which is for admins",
    "{name}（{role}）改动了只有管理员可以改的 {file}",
)
_FOR_MANAGERS: Final = Text(
    "{name} ({role}) changed {file}, which is for managers and admins",
    "{name}（{role}）改动了应由经理或管理员维护的 {file}",
)


def _file(
    rule: str, severity: Literal["error", "warning"], said: Text, who: Person, path: str
) -> Violation:
    data = {"name": who.name, "role": who.role, "file": path}
    return Violation(rule, severity, said, data, file=path)


def of_record(
    schema: Schema, who: Person, path: str, before: Tree | None, after: Tree | None
) -> Iterator[Violation]:
    """Judge a change to a record by the role of who made it."""
    known = after or before or {}
    common = {"name": who.name, "role": who.role, "id": str(known.get("id") or _stem(path))}
    yield from _identity(path, before, after, common)
    if who.role in _LEADERS or before is None:
        return
    if after is None:
        yield Violation(
            "delete-by-role",
            "warning" if _owns(who, before) else "error",
            Text("{name} ({role}) deleted {id}", "{name}（{role}）删除了 {id}"),
            common,
            file=path,
            id=common["id"],
        )
        return
    if _owns(who, before):
        return
    fields = sorted({str(one.path[0]) for one in changes.compare(before, after, schema)})
    if who.role == "service":
        fields = [name for name in fields if name not in SERVICE_FIELDS]
    if fields:
        yield Violation(
            "record-not-own",
            "error",
            Text(
                "{name} ({role}) changed {fields} of {id}, which belongs to {owner}",
                "{name}（{role}）改动了 {id} 的 {fields}，该客户由 {owner} 负责",
            ),
            {**common, "fields": fields, "owner": str(before.get("owner"))},
            file=path,
            id=common["id"],
        )


def _identity(
    path: str, before: Tree | None, after: Tree | None, common: dict[str, Any]
) -> Iterator[Violation]:
    """The uid never changes, and a file bears the name of the id in it."""
    if before and after and before.get("uid") and before.get("uid") != after.get("uid"):
        yield Violation(
            "uid-changed",
            "error",
            Text("the uid of {id} was changed", "{id} 的 uid 被改动"),
            common,
            file=path,
            id=common["id"],
        )
    if after and after.get("id") and after.get("id") != _stem(path):
        yield Violation(
            "id-not-file",
            "warning",
            Text("{file} holds the customer {id}", "{file} 中是客户 {id}"),
            {**common, "file": path},
            file=path,
            id=common["id"],
        )


def _owns(who: Person, tree: Tree) -> bool:
    """Whether a record is the person's own, shared with him, or in the public pool."""
    words = (who.id, who.name)  # a tuple, for what stands there may be of any kind
    owner = tree.get("owner")
    shared = tree.get("collaborators")
    return not owner or owner in words or any(one in words for one in _listed(shared))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
