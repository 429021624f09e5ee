"""What the member command does and says, action by action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.access import ROLES
from textcrm.cli.ownkeys import signing_keys
from textcrm.errors import Misuse
from textcrm.text import Text, same

if TYPE_CHECKING:
    from textcrm.access import Access, Person
    from textcrm.cli.context import Context
    from textcrm.members.people import Done, Wish
    from textcrm.members.signing import Changed

# Issue 3 and the encryption reference, section 4: said at every removal.
LIMIT = Text(
    "This protects values written from now on. Everything they could read before they may have "
    "kept, and it stays in git history under a key they hold. If a leaked value matters, change "
    "the value (new account, new number), not only the key.",
    "移除只保护此后写入的内容。此前可读的内容对方可能已留存，并仍以其持有的密钥保存在 git 历史中。"
    "如果泄露会造成影响，请更换内容本身（新账号、新号码），而不只是更换密钥。",
)
OPEN_FIELDS = Text(
    "Only sealed fields are closed to others: whoever can clone this repository reads every "
    "unsealed field.",
    "只有加密字段对他人不可读：能克隆本仓库的人都能读到所有未加密的字段。",
)
STALE = Text(
    "what is sealed already stays under the old keys until: textcrm rekey",
    "已加密的内容仍使用旧密钥，请运行：textcrm rekey",
)


def add(context: Context, name: str, wish: Wish) -> None:
    """Sign somebody up."""
    from textcrm.members import people

    done = people.add(context.vault(), name, wish, signing_keys())
    _report(
        context,
        done,
        Text("{name} ({id}), {role}, reads: {classes}", "{name}（{id}），{role}，可读：{classes}"),
    )


def remove(context: Context, name: str) -> None:
    """Take somebody out."""
    from textcrm.members import people

    vault = context.vault()
    owner = people.find(vault.trusted_access(), name).id
    done = people.remove(vault, name, signing_keys())
    _report(context, done, Text("{name} ({id}) is removed", "已移除{name}（{id}）"), lost=True)
    catalog = vault.catalog()
    owned = catalog.safely(lambda: catalog.values.counts(("owner",))).get(owner, 0)
    if owned:
        context.hint(
            Text(
                "{n} customers are still theirs; hand them over: textcrm assign --all {id} PERSON",
                "其名下还有 {n} 位客户，请交接：textcrm assign --all {id} 接手人",
            ),
            n=owned,
            id=owner,
        )


def replace_key(context: Context, name: str, key: str) -> None:
    """Give somebody a new key in the place of all that they had: those are lost, or in other hands."""
    from textcrm.members import people

    vault = context.vault()
    known = people.find(vault.trusted_access(), name)
    done = people.add(vault, known.name, people.Wish(keys=(key,), replace=True), signing_keys())
    _report(
        context,
        done,
        Text(
            "{name} ({id}) has a new key; the old ones open nothing that is sealed from now on",
            "已为{name}（{id}）更换密钥；旧密钥打不开此后加密的内容",
        ),
        lost=True,
        also=_resealed(context, known),
    )


def _resealed(context: Context, person: Person) -> dict[str, Any]:
    """Seal for the new key what was sealed to the person; what no key at hand opens is told."""
    from textcrm.cli.commands.rekey import tell
    from textcrm.records.resealing import Scope, rekey

    vault = context.vault()
    with context.progress(Text("customers", "客户")) as progress:
        scope = Scope(person=person.id)
        done = rekey(vault, list(vault.records()), scope=scope, progress=progress)
    if not context.json:
        tell(context, done)
    return {"values": done.values, "ids": list(done.records), "missing": done.missing}


def role(context: Context, name: str, word: str) -> None:
    """Give somebody another role."""
    from textcrm.members import people

    done = people.set_role(context.vault(), name, word, signing_keys())
    _report(
        context,
        done,
        Text(
            "{name} ({id}) is {role}, reads: {classes}",
            "{name}（{id}）现为{role}，可读：{classes}",
        ),
        lost=bool(done.change.keys.renewed),
    )


def _report(
    context: Context,
    done: Done,
    sentence: Text,
    *,
    lost: bool = False,
    also: dict[str, Any] | None = None,
) -> None:
    change, person = done.change, done.person
    reads = _classes(change.after, person)
    if context.json:
        context.emit({"id": person.id, "reads": reads, **_json(change), **(also or {})})
        return
    context.say(
        sentence,
        name=person.name,
        id=person.id,
        role=ROLES.get(person.role, same(person.role)),
        classes=reads or Text("nothing sealed", "无加密内容"),
    )
    _keys_told(context, change)
    if lost:
        context.say(LIMIT)


def _keys_told(context: Context, change: Changed) -> None:
    if change.keys.renewed:
        context.say(Text("new keys: {labels}", "新密钥：{labels}"), labels=change.keys.renewed)
        if any(not label.endswith("@1") for label in change.keys.renewed):
            context.hint(STALE)
    context.hint(Text("share it: textcrm sync", "共享给同事：textcrm sync"))


def _json(change: Changed) -> dict[str, Any]:
    return {
        "commit": change.commit,
        "serial": change.after.serial,
        "given": list(change.keys.given),
        "renewed": list(change.keys.renewed),
    }


def _classes(access: Access, person: Person) -> list[str]:
    return [
        name for name in access.classes if any(one.id == person.id for one in access.readers(name))
    ]


def sign(context: Context, *, yes: bool) -> None:
    """Sign what was edited by hand."""
    from textcrm.members import signing

    def agree(changes: list[Text]) -> bool:
        for one in changes:
            context.say(Text("  {change}", "  {change}"), change=one)
        if yes:
            return True
        return context.confirm(Text("Sign this?", "是否签名？"), default=False)

    change = signing.sign(context.vault(), signing_keys=signing_keys(), agree=agree)
    if context.json:
        context.emit(_json(change) if change else {"commit": None})
    elif change is None:
        context.say(Text("nothing was signed", "没有签名"))
    else:
        context.say(
            Text("access.yaml is signed (serial {serial})", "access.yaml 已签名（序号 {serial}）"),
            serial=change.after.serial,
        )
        _keys_told(context, change)


def trust(context: Context, words: tuple[str, ...]) -> None:
    """Trust the admin with a fingerprint; without one, say what is trusted."""
    from textcrm.vault import trusting

    vault = context.vault()
    if not words:
        access = vault.trusted_access()
        _trusted(context, access, "")
        return
    fingerprint = words[0]
    if not fingerprint.startswith("SHA256:"):
        raise Misuse(
            "bad-fingerprint",
            Text("a fingerprint begins with SHA256:", "指纹以 SHA256: 开头"),
            hint=Text(
                "the admin's “textcrm key show” prints it", "可由管理员用 textcrm key show 查看"
            ),
        )
    found = trusting.pin(vault, fingerprint)
    _trusted(context, found.access, found.signer)


def _trusted(context: Context, access: Access, signer: str) -> None:
    from textcrm.sealing import fingerprint

    admins = {one.id: fingerprint(one.signing) for one in access.admins if one.signing}
    if context.json:
        context.emit({"serial": access.serial, "admins": admins, "signer": signer or None})
        return
    context.say(
        Text(
            "trusted: access.yaml, serial {serial}, admins:",
            "已信任 access.yaml（序号 {serial}），管理员：",
        ),
        serial=access.serial,
    )
    for who, print_ in admins.items():
        context.say(
            Text("  {who}  {print_}", "  {who}  {print_}"), who=access.display(who), print_=print_
        )


def show(context: Context, words: tuple[str, ...]) -> None:
    """Say who reads what."""
    from textcrm.vault import readers

    vault = context.vault()
    record = vault.get(words[0]) if words else None
    owner = str(record.raw.get("owner") or "") if record else ""
    person = vault.access.find(owner) if owner else None
    found = readers.by_class(vault.access, owner=person.id if person else "")
    sealed = readers.of_record(vault, record) if record else []
    if context.json:
        context.emit(
            {
                "people": _people_json(context, vault.access, found),
                "classes": {
                    name: [one.id for one in vault.access.readers(name)]
                    for name in vault.access.classes
                },
                "record": record.id if record else None,
                "values": [
                    {"path": one.path, "sealed": list(one.labels), "readers": list(one.readers)}
                    for one in sealed
                ],
                "trusted": vault.trust_problem() is None,
            }
        )
        return
    _table(context, vault.access, found)
    for one in sealed:
        context.out.line(
            Text("{path}  🔒 {labels}: {readers}", "{path}  🔒 {labels}：{readers}").say(
                context.language,
                path=one.path,
                labels=" + ".join(one.labels),
                readers=[vault.access.display(who) for who in one.readers],
            )
        )
    if record:
        for reading in found:
            if reading.reads:
                _why(context, reading.person.name, reading.class_name, reading.why)
    context.out.line(OPEN_FIELDS.say(context.language))
    if vault.access.has_keys and (problem := vault.trust_problem()) is not None:
        context.warn(same(problem.say(context.language).replace("{", "{{").replace("}", "}}")))
    elif not vault.access.has_keys:
        context.hint(
            Text("there are no keys yet: textcrm doctor --fix", "还没有密钥：textcrm doctor --fix")
        )


def _why(context: Context, name: str, class_name: str, why: Text) -> None:
    context.note(
        Text("{class_name}: {name} ({why})", "{class_name}：{name}（{why}）"),
        class_name=class_name,
        name=name,
        why=why,
    )


def _people_json(context: Context, access: Access, found: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "email": person.email,
            "keys": list(person.keys),
            "reads": [one.class_name for one in found if one.person == person and one.reads],
            "why": {
                one.class_name: one.why.say(context.language)
                for one in found
                if one.person == person
            },
        }
        for person in access.people
    ]


def _table(context: Context, access: Access, found: list[Any]) -> None:
    from textcrm.cli.width import pad, width

    rows = []
    for person in access.people:
        reads = [one.class_name for one in found if one.person == person and one.reads]
        none = Text("no key", "未登记密钥") if not person.keys else Text("nothing sealed", "无")
        rows.append(
            (
                person.name,
                person.id,
                ROLES.get(person.role, same(person.role)).say(context.language),
                ", ".join(reads) or none.say(context.language),
            )
        )
    if access.recovery:
        rows.append(
            (
                Text("recovery key", "恢复密钥").say(context.language),
                "",
                "",
                ", ".join(access.classes),
            )
        )
    widths = [max((width(row[place]) for row in rows), default=0) for place in range(3)]
    for row in rows:
        cells = [pad(cell, wide) for cell, wide in zip(row, widths, strict=False)]
        context.out.line("  ".join([*cells, row[3]]).rstrip())
