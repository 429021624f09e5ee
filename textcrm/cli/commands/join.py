"""textcrm join: a colleague's first steps in a vault that is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.cli.frame import command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.members.joining import Standing
    from textcrm.vault import Vault


@command(
    "join",
    help=Text(
        "Your first command in a clone of a vault: makes your key where you have none, sets this "
        "clone up, and says what is still missing and who does it. Run it again until all is ticked "
        "off; it changes nothing that is right.",
        "克隆客户库后的第一条命令：没有密钥时为您生成，设置好本机的克隆，并逐条说明还缺什么、由谁来办。"
        "可反复运行，直到全部打勾；已就绪的部分不会改动。",
    ),
    examples=[
        (Text("in a fresh clone", "在新克隆的客户库中"), "textcrm join"),
        (Text("from a script", "在脚本中"), "textcrm join --trust SHA256:... --no-input"),
    ],
)
@option(
    "--trust",
    metavar="FINGERPRINT",
    help=Text("the admin's fingerprint, compared in person", "已当面核对过的管理员指纹"),
)
@option(
    "--passphrase", is_flag=True, help=Text("protect the new key", "用口令保护新密钥（隐藏输入）")
)
def run(context: Context, trust: str | None, passphrase: bool) -> None:
    """Join a vault."""
    from textcrm.vault import wiring

    vault = context.vault()
    wiring.wire_quietly(vault)
    made = _key_made(context, vault, passphrase=passphrase)
    if trust is not None:
        from textcrm.vault import trusting

        trusting.pin(vault, trust)
    found = _standing(context, vault)
    if found.is_member and found.distrust is not None and context.interactive:
        vault.trusted_access()  # shows the fingerprint and asks
        found = _standing(context, vault)
    count = len(vault.catalog().rows())
    if context.json:
        context.emit(_json(found, made=made, customers=count))
    else:
        _tell(context, found, made=made, customers=count)
    context.exit(0 if found.is_settled else 1)


def _standing(context: Context, vault: Vault) -> Standing:
    from textcrm.cli import ownkeys
    from textcrm.members.joining import standing

    vault.keyring = ownkeys.keyring(context)
    return standing(vault, list(vault.keyring.tried()))


def _key_made(context: Context, vault: Vault, *, passphrase: bool) -> bool:
    """Make a key where there is none at all; one that is there and broken is never replaced."""
    from textcrm.access import owning
    from textcrm.cli import ownkeys
    from textcrm.cli.commands.key import ask_passphrase
    from textcrm.cli.folders import config_folder

    path = config_folder() / ownkeys.IDENTITY
    if not vault.access.has_keys or path.exists():
        return False
    if any(one.identities for one in vault.keyring.tried()):
        return False
    owning.new_identity(path, passphrase=ask_passphrase(context) if passphrase else None)
    return True


# -- telling


def _tell(context: Context, found: Standing, *, made: bool, customers: int) -> None:
    _tell_name(context, found)
    if found.public is not None:
        said = (
            Text("your new key: {public}", "已为您生成密钥，公钥：{public}")
            if made
            else Text("your key: {public}", "您的公钥：{public}")
        )
        _done(context, said, public=found.public)
    if found.is_member:
        assert found.person is not None  # noqa: S101 - is_member
        _done(
            context,
            Text("{name} is a member here ({role})", "{name}已登记（{role}）"),
            name=found.person.name,
            role=_role(found.person.role),
        )
        _tell_trust(context, found)
        _tell_reading(context, found)
    else:
        _tell_missing(context, found)
    _tell_customers(context, found, customers)


def _tell_name(context: Context, found: Standing) -> None:
    if found.name:
        _done(
            context,
            Text("commits bear your name: {name} <{email}>", "提交署名：{name} <{email}>"),
            name=found.name,
            email=found.email,
        )
        return
    _open(context, Text("git does not know your name", "git 还不知道您的姓名"))
    _step(context, 'git config --global user.name "姓名" && git config --global user.email 邮箱')


def _tell_missing(context: Context, found: Standing) -> None:
    if not found.name:
        _open(context, Text("then go on with", "然后继续"))
        _step(context, "textcrm join")
        return
    if found.public is None and found.admins:
        _open(context, Text("there is no key that can be used", "没有可用的密钥"))
        _step(context, "textcrm key show")
        return
    who = "、".join(one.name for one in found.admins)
    if not found.admins:
        _open(
            context,
            Text(
                "this vault has no people with keys yet; its first admin runs",
                "此客户库还没有登记任何人的密钥；由首位管理员运行",
            ),
        )
        _step(context, "textcrm doctor --fix")
        return
    if found.person is not None and any(key.startswith("ssh-") for key in found.person.keys):
        _open(
            context,
            Text(
                "you are a member with an SSH key, which is tried where you say so",
                "您登记的是 SSH 密钥，需指明才会使用",
            ),
        )
        _step(context, "TEXTCRM_SSH_IDENTITY=1 textcrm join")
    _open(
        context,
        Text(
            "you are not a member yet: send this line to an admin ({who}), who runs it",
            "您还不是成员：请把下面这行发给管理员（{who}），由其运行",
        )
        if found.person is None
        else Text(
            "you are a member with another key: an admin ({who}) runs, if the old one is lost",
            "您登记的是另一把密钥：如旧密钥已丢失，请管理员（{who}）运行",
        ),
        who=who,
    )
    _step(context, admin_line(found))
    if found.person is None:
        _tell_roles(context)
    _open(context, Text("when that is done, here", "管理员完成后，在本机运行"))
    _step(context, "textcrm sync && textcrm join")


def _tell_roles(context: Context) -> None:
    context.say(
        Text(
            "    (roles: sales, service, manager, admin; the admin then runs textcrm sync)",
            "    （角色：sales 销售人员、service 客服人员、manager 销售经理、admin 管理员；"
            "管理员随后运行 textcrm sync）",
        )
    )


def admin_line(found: Standing) -> str:
    """The command by which an admin signs up, or gives a new key to, this person."""
    if found.person is not None:
        return f"textcrm member replace-key {_quoted(found.person.name)} {found.public}"
    email = f" --email {_quoted(found.email)}" if found.email else ""
    name = _quoted(found.name or "NAME")
    return f"textcrm member add {name} --role sales{email} --key {found.public}"


def _quoted(word: str) -> str:
    """A word as any shell takes it, that of Windows too; Chinese needs no quotes."""
    return word if re.fullmatch(r"[\w@.+-]+", word) else '"' + re.sub(r'["$`\\]', "", word) + '"'


def _tell_trust(context: Context, found: Standing) -> None:
    if found.distrust is None:
        _done(context, Text("the list of people is trusted", "人员名单已核对"))
        return
    _open(context, Text("{what}", "{what}"), what=_both(found))
    fingerprint = found.distrust.data.get("fingerprint")
    if fingerprint:
        _open(
            context,
            Text(
                "compare it with what “textcrm key show” prints at {name}'s, then",
                "请{name}运行 textcrm key show，核对指纹一致后运行",
            ),
            name=found.distrust.data.get("name", ""),
        )
        _step(context, f"textcrm join --trust {fingerprint}")


def _both(found: Standing) -> Text:
    assert found.distrust is not None  # noqa: S101 - asked before
    return Text(found.distrust.say("en"), found.distrust.say("zh"))


def _tell_reading(context: Context, found: Standing) -> None:
    if found.reads:
        _done(
            context,
            Text("you read: {classes}", "您可以读取：{classes}"),
            classes=list(found.reads),
        )
    if found.locked:
        _open(
            context,
            Text(
                "your role reads {classes}, and your key does not open them yet: ask an admin for "
                "textcrm member add {name} --key ...",
                "您的角色可读取 {classes}，但您的密钥还打不开：请管理员运行 "
                "textcrm member add {name} --key ...",
            ),
            classes=list(found.locked),
            name=found.person.name if found.person else "",
        )


def _tell_customers(context: Context, found: Standing, customers: int) -> None:
    _done(
        context,
        Text("{n} customers can be searched", "已可检索 {n} 位客户"),
        n=customers,
    )
    if found.is_settled:
        context.hint(
            Text(
                "search: textcrm search NAME; what is due: textcrm due --owner me",
                "搜索：textcrm search 名称；看待办：textcrm due --owner me",
            )
        )


def _role(name: str) -> Text:
    from textcrm.access import ROLES

    return ROLES.get(name, Text(name, name))


def _done(context: Context, sentence: Text, **data: object) -> None:
    context.say(Text("✓ " + sentence.en, "✓ " + sentence.zh), **data)


def _open(context: Context, sentence: Text, **data: object) -> None:
    context.say(Text("· " + sentence.en, "· " + sentence.zh), **data)


def _step(context: Context, line: str) -> None:
    context.say(Text("    {line}", "    {line}"), line=line)


def _json(found: Standing, *, made: bool, customers: int) -> dict[str, object]:
    distrust = found.distrust
    return {
        "name": found.name,
        "email": found.email,
        "public": found.public,
        "made": made,
        "person": found.person.id if found.person else None,
        "member": found.is_member,
        "trusted": distrust is None,
        "fingerprint": distrust.data.get("fingerprint") if distrust else None,
        "reads": list(found.reads),
        "locked": list(found.locked),
        "customers": customers,
        "admin_runs": None if found.is_member or not found.admins else admin_line(found),
    }
