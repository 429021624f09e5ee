"""The people of a vault: access/access.yaml, who may own a customer and what their role is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import yamlfile
from textcrm.errors import Invalid
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_NAME: Final = "access/access.yaml"
ROLES: Final[dict[str, Text]] = {
    "admin": Text("Administrator", "管理员"),
    "manager": Text("Sales manager", "销售经理"),
    "sales": Text("Sales", "销售专员"),
    "service": Text("Service", "客服人员"),
}


class Person(NamedTuple):
    """Somebody who works with the vault; ``id`` is a slug such as wang-fang (DESIGN section 8)."""

    id: str
    name: str
    role: str = ""
    email: str = ""


class Access:
    """Who works with the vault (P1, J1)."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self.people = people

    def words(self) -> Iterator[str]:
        """Every word that names somebody: ids, names."""
        for person in self.people:
            yield person.id
            yield person.name

    def find(self, word: str) -> Person | None:
        """Find a person by id, name or e-mail."""
        folded = word.strip().casefold()
        for person in self.people:
            if folded in (person.id, person.name.casefold(), person.email.casefold()):
                return person
        return None

    def of_identity(self, name: str, email: str) -> Person | None:
        """The person whom git's user is, by e-mail first."""
        return (self.find(email) if email else None) or (self.find(name) if name else None)

    def display(self, word: str) -> str:
        """The display name of a person, or the word itself where nobody answers to it."""
        person = self.find(word)
        return person.name if person and person.name else word


def read(data: bytes | None, file: str = FILE_NAME) -> Access:
    """Read access.yaml; no file means no people yet. Raises YamlInvalid, Invalid."""
    if not data or not data.strip():
        return Access(())
    tree = yamlfile.read_mapping(data, file=file)
    people = tree.get("people")
    if people is None:
        return Access(())
    if not isinstance(people, list) or not all(isinstance(entry, dict) for entry in people):
        raise Invalid(
            "access-invalid",
            Text(
                "{file}: people should be a list of id, name, role, email",
                "{file}：people 应为列表，每项含 id、name、role、email",
            ),
            file=file,
        )
    return Access(tuple(_person(entry) for entry in people if entry.get("id")))


def _person(entry: dict[str, Any]) -> Person:
    def text(name: str) -> str:
        value = entry.get(name)
        return value if isinstance(value, str) else ""

    return Person(text("id"), text("name") or text("id"), text("role"), text("email"))
