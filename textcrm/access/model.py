"""The content of access.yaml as values: people, roles, classes with the generations of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.access.people import ROLES, Person, role_code
from textcrm.errors import KeyMissing
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Who reads what unless the file says otherwise (J2; the encryption reference, section 4).
ROLE_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "admin": ("contact", "identity", "finance"),
    "manager": ("contact", "finance"),
    "sales": ("contact",),
    "service": ("contact",),
}
OWNER_READS: Final = ("contact", "finance")
RECOVERY: Final = "recovery"


class Generation(NamedTuple):
    """One key pair of a class: ``public`` is its age recipient, ``readers`` the ids of those to
    whom its key file is encrypted, ``sha256`` the hash of that file in hexadecimal, ``retired``
    the day (YYYY-MM-DD) when a newer one took its place, or empty.
    """

    public: str
    readers: tuple[str, ...]
    sha256: str
    retired: str = ""


class ClassKeys(NamedTuple):
    """The generations of a class's key, by number from 1."""

    current: int
    generations: Mapping[int, Generation]


class Access:
    """Who works with the vault and what they may read (P1, J1, J2).

    ``serial`` counts the changes of the file; ``roles`` says which classes a role reads;
    ``owner_reads`` which classes the owner of a record reads in it; ``recovery`` are the public
    keys of the recovery key; ``former`` the names by id of those who left. A file of before sealing has no classes: ``has_keys`` is false.
    """

    def __init__(
        self,
        people: tuple[Person, ...],
        *,
        serial: int = 0,
        roles: Mapping[str, tuple[str, ...]] = ROLE_CLASSES,
        owner_reads: tuple[str, ...] = OWNER_READS,
        recovery: tuple[str, ...] = (),
        classes: Mapping[str, ClassKeys] | None = None,
        former: Mapping[str, str] | None = None,
    ) -> None:
        self.people = people
        self.serial = serial
        self.roles = roles
        self.owner_reads = owner_reads
        self.recovery = recovery
        self.classes: Mapping[str, ClassKeys] = classes or {}
        self.former: Mapping[str, str] = former or {}

    # -- people

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

    def by_id(self, person_id: str) -> Person | None:
        """The person of an id, exactly."""
        return next((one for one in self.people if one.id == person_id), None)

    def of_identity(self, name: str, email: str) -> Person | None:
        """The person whom git's user is, by e-mail first."""
        return (self.find(email) if email else None) or (self.find(name) if name else None)

    def display(self, word: str) -> str:
        """The name of a person, also of one who left; the word itself where nobody answers to it."""
        person = self.find(word)
        return person.name if person and person.name else self.former.get(word, word)

    @property
    def admins(self) -> tuple[Person, ...]:
        """Those who may change who reads what."""
        return tuple(one for one in self.people if one.role == "admin")

    def role_known(self, word: str) -> str | None:
        """The code of a role, said in a word or named under ``roles``; None for no role."""
        code = role_code(word)
        return code or (word if word in self.roles else None)

    @property
    def gone(self) -> frozenset[str]:
        """The ids of those who left: they are listed, or keys were once made for them."""
        known = set(self.former) | {
            one
            for keys in self.classes.values()
            for generation in keys.generations.values()
            for one in generation.readers
        }
        return frozenset(known - {person.id for person in self.people})

    # -- keys

    @property
    def has_keys(self) -> bool:
        """Whether anything can be sealed here."""
        return bool(self.classes)

    def recipient(self, label: str) -> str | None:
        """The public key of a label, ``finance@2`` or a person's id; None where it has none."""
        from textcrm.ciphertext import parse_class

        parsed = parse_class(label)
        if parsed is None:
            person = self.by_id(label)
            return person.keys[0] if person and person.keys else None
        keys = self.classes.get(parsed[0])
        generation = keys.generations.get(parsed[1]) if keys else None
        return generation.public if generation else None

    def current(self, class_name: str) -> str:
        """The label of a class's current key: ``finance@2``. Raises KeyMissing (no-class-key)."""
        keys = self.classes.get(class_name)
        if keys is None:
            raise no_class_key(class_name, list(self.classes))
        return f"{class_name}@{keys.current}"

    def may_read(self, person: Person, class_name: str) -> bool:
        """Whether a person's role reads a class."""
        return class_name in self.roles.get(person.role, ())

    def entitled(self, class_name: str) -> tuple[Person, ...]:
        """Those whose role reads a class and who have a key to read with."""
        return tuple(one for one in self.people if one.keys and self.may_read(one, class_name))

    def readers(self, class_name: str) -> tuple[Person, ...]:
        """Those to whom the current key of a class is encrypted."""
        keys = self.classes.get(class_name)
        generation = keys.generations.get(keys.current) if keys else None
        if generation is None:
            return ()
        found = (self.by_id(one) for one in generation.readers)
        return tuple(one for one in found if one is not None)

    def why(self, person: Person, class_name: str, *, owner: bool = False) -> Text:
        """Why a person reads a class, or does not; ``owner``: of the record in question."""
        data = {
            "role": ROLES.get(person.role, same(person.role)),
            "who": person.name,
            "class_name": class_name,
        }
        if person in self.readers(class_name):
            return _said(
                Text("the role {role} reads {class_name}", "角色“{role}”可读 {class_name}"), data
            )
        if owner and class_name in self.owner_reads and person.keys:
            return _said(
                Text(
                    "owns the record: its owner reads {class_name}",
                    "是负责人：负责人可读 {class_name}",
                ),
                data,
            )
        if not person.keys:
            return _said(Text("{who} has no key yet", "{who}还没有密钥"), data)
        return _said(
            Text("the role {role} does not read {class_name}", "角色“{role}”不可读 {class_name}"),
            data,
        )


def _said(sentence: Text, data: dict[str, object]) -> Text:
    return Text(sentence.say("en", **data), sentence.say("zh", **data))


def no_class_key(class_name: str, known: list[str]) -> KeyMissing:
    """The error for a class without a key."""
    return KeyMissing(
        "no-class-key",
        Text("there is no key for the class “{class_name}”", "类别“{class_name}”还没有密钥"),
        hint=Text(
            "classes with keys: {known}; an admin makes the others: textcrm doctor --fix",
            "已有密钥的类别：{known}；其余由管理员建立：textcrm doctor --fix",
        )
        if known
        else Text(
            "an admin makes the keys: textcrm doctor --fix",
            "由管理员建立密钥：textcrm doctor --fix",
        ),
        class_name=class_name,
        known=known,
    )
