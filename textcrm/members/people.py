"""People come, go and change their role; the keys follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.access import ROLES, Person, writing
from textcrm.access.keyring import bare
from textcrm.errors import Misuse, NotFound
from textcrm.members import signing
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.access import Access
    from textcrm.members.signing import Changed
    from textcrm.vault import Vault


class Done(NamedTuple):
    """A person as they are (or, removed, were), and the change."""

    person: Person
    change: Changed


class Wish(NamedTuple):
    """What is said of somebody: None or empty where nothing is."""

    role: str | None = None
    keys: tuple[str, ...] = ()
    email: str | None = None
    signing: str | None = None
    replace: bool = False


def add(vault: Vault, name: str, wish: Wish, signing_keys: Sequence[Path]) -> Done:
    """Add somebody, or give more keys to one who is there (``replace``: instead of the old ones).

    ``wish.role`` is a code or a word of either language, ``wish.keys`` age or ssh-ed25519 public
    keys. Raises Misuse (recipient-refused, no-such-role, role-missing, key-missing, bad-name).
    """
    for key in (*wish.keys, *((wish.signing,) if wish.signing else ())):
        _demand_public(key)
    access = vault.trusted_access()
    known = access.find(name)
    person = _new(access, name, wish) if known is None else _more(access, known, wish)
    edit = writing.add_person if known is None else writing.change_person
    done = signing.change(
        vault,
        "member-add",
        lambda text: edit(text, person),
        signing_keys=signing_keys,
        subject=f"vault: member add {person.id}",
    )
    return Done(person, done)


def remove(vault: Vault, word: str, signing_keys: Sequence[Path]) -> Done:
    """Take somebody out; what they could read gets new keys. Raises NotFound, Misuse (last-admin)."""
    access = vault.trusted_access()
    person = find(access, word)
    _keep_an_admin(access, person)
    done = signing.change(
        vault,
        "member-remove",
        lambda text: writing.remove_person(text, person.id),
        signing_keys=signing_keys,
        subject=f"vault: member remove {person.id}",
    )
    return Done(person, done)


def set_role(vault: Vault, word: str, role: str, signing_keys: Sequence[Path]) -> Done:
    """Give somebody another role; they read what it reads, and no more."""
    access = vault.trusted_access()
    before = find(access, word)
    person = before._replace(role=role_of(access, role))
    if person.role != "admin":
        _keep_an_admin(access, before)
    done = signing.change(
        vault,
        "member-role",
        lambda text: writing.change_person(text, person),
        signing_keys=signing_keys,
        subject=f"vault: member role {person.id} {person.role}",
    )
    return Done(person, done)


def find(access: Access, word: str) -> Person:
    """Somebody by id, name or e-mail. Raises NotFound (no-such-person)."""
    person = access.find(word)
    if person is None:
        raise NotFound(
            "no-such-person",
            Text("there is nobody called “{word}”", "名单中没有“{word}”"),
            hint=Text("people: {known}", "现有人员：{known}"),
            word=word,
            known=[one.name for one in access.people],
        )
    return person


def role_of(access: Access, word: str) -> str:
    """The code of a role. Raises Misuse (no-such-role)."""
    code = access.role_known(word)
    if code is None:
        raise Misuse(
            "no-such-role",
            Text("there is no role “{word}”", "没有角色“{word}”"),
            hint=Text("roles: {known}", "可用角色：{known}"),
            word=word,
            known=[
                Text(code, f"{ROLES[code].zh}（{code}）") if code in ROLES else code
                for code in dict.fromkeys([*ROLES, *access.roles])
            ],
        )
    return code


def _new(access: Access, name: str, wish: Wish) -> Person:
    from textcrm.normalize.names import slug

    for given, option in ((wish.role, "--role"), (wish.keys, "--key")):
        if not given:
            raise Misuse(
                "option-missing",
                Text("{option} is missing", "缺少 {option}"),
                hint=Text(
                    "textcrm member add NAME --role sales --key age1... (they print it with "
                    "“textcrm key show”)",
                    "textcrm member add 姓名 --role 销售人员 --key age1...（对方用 textcrm key show 查看）",
                ),
                option=option,
            )
    taken = {one.id for one in access.people}
    base = slug(name) or slug((wish.email or "").split("@", 1)[0])
    if not base:
        raise Misuse(
            "bad-name",
            Text("no id can be made of “{name}”", "无法由“{name}”生成人员编号"),
            hint=Text("give --email too", "请同时给出 --email"),
            name=name,
        )
    own = next(one for one in (base, *(f"{base}-{n}" for n in range(2, 1000))) if one not in taken)
    role = role_of(access, wish.role or "")
    keys = tuple({bare(key): key for key in wish.keys}.values())
    return Person(own, name, role, wish.email or "", keys, wish.signing or "")


def _more(access: Access, known: Person, wish: Wish) -> Person:
    keys = wish.keys if wish.replace and wish.keys else (*known.keys, *wish.keys)
    person = known._replace(
        keys=tuple({bare(key): key for key in keys}.values()),
        role=role_of(access, wish.role) if wish.role else known.role,
        email=wish.email or known.email,
        signing=wish.signing or known.signing,
    )
    if person.role != "admin":
        _keep_an_admin(access, known)
    return person


def _demand_public(key: str) -> None:
    from textcrm.sealing import recipient_problem

    why = recipient_problem(key)
    if why is not None:
        raise Misuse(
            "recipient-refused",
            Text("this key cannot be used: {why}", "无法使用这个密钥：{why}"),
            hint=Text(
                "the public key begins with age1 or ssh-ed25519: textcrm key show prints it",
                "公钥以 age1 或 ssh-ed25519 开头，可用 textcrm key show 查看",
            ),
            why=why,
        )


def _keep_an_admin(access: Access, leaving: Person) -> None:
    others = [one for one in access.admins if one.id != leaving.id and one.signing]
    if leaving.role == "admin" and not others:
        raise Misuse(
            "last-admin",
            Text(
                "{name} is the last admin who can sign",
                "{name}是最后一位可以签名的管理员",
            ),
            hint=Text(
                "make another one first: textcrm member add NAME --role admin --signing KEY",
                "请先增加一位管理员：textcrm member add 姓名 --role 管理员 --signing 公钥",
            ),
            name=leaving.name,
        )
