"""textcrm key: one's own keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.members.keys import Own


@command(
    "key",
    help=Text(
        "“key new” makes your private key (age X25519), once per person; “key show” prints the "
        "public key that an admin needs, the fingerprint of the signing key, where each was looked "
        "for and what it opens. A private key never leaves your machine.",
        "“key new”生成您的私钥（age X25519，每人一次）；“key show”显示交给管理员的公钥、"
        "签名密钥指纹、查找过的位置以及可以打开的类别。私钥请勿外传。",
    ),
    examples=[
        (Text("make a key", "生成密钥"), "textcrm key new"),
        (Text("one with a passphrase", "用口令保护"), "textcrm key new --passphrase"),
        (Text("a signing key, for admins", "管理员的签名密钥"), "textcrm key new --signing"),
        (Text("what I have", "查看自己的密钥"), "textcrm key show"),
    ],
)
@argument("action", metavar="new|show", help=Text("new or show", "new 新建、show 查看"))
@option(
    "--passphrase", is_flag=True, help=Text("protect it, asked hidden", "用口令保护（隐藏输入）")
)
@option(
    "--signing",
    is_flag=True,
    help=Text("the ssh key that admins sign with", "管理员签名用的 SSH 密钥"),
)
@option("-o", "--output", metavar="FILE", help=Text("another file", "另存为"))
def run(
    context: Context, action: str, passphrase: bool, signing: bool, output: str | None
) -> None:
    """Make or show keys."""
    if action == "new":
        _new(context, passphrase=passphrase, signing=signing, output=output)
    elif action == "show":
        _show(context)
    else:
        raise Misuse(
            "unknown-action",
            Text("there is no “key {word}”", "没有 key {word} 这一操作"),
            hint=Text("key new, key show", "可用：key new、key show"),
            word=action,
        )


def _new(context: Context, *, passphrase: bool, signing: bool, output: str | None) -> None:
    from textcrm.access import owning
    from textcrm.cli import ownkeys
    from textcrm.cli.folders import config_folder

    own = config_folder() / (ownkeys.SIGNING if signing else ownkeys.IDENTITY)
    path = Path(output) if output else own
    if signing:
        public = owning.new_signing_key(path)
    else:
        word = ask_passphrase(context) if passphrase else None
        public = owning.new_identity(path, passphrase=word)
    if context.json:
        context.emit({"file": str(path), "public": public})
        return
    context.say(
        Text(
            "private key: {file} (keep it, show it to nobody)", "私钥：{file}（请保管好，勿外传）"
        ),
        file=str(path),
    )
    context.say(Text("public key: {public}", "公钥：{public}"), public=public)
    context.hint(
        Text(
            'an admin signs you up: textcrm member add "NAME" --role ROLE --signing "{public}"',
            "由管理员登记：textcrm member add 姓名 --role 角色 --signing '{public}'",
        )
        if signing
        else Text(
            'an admin signs you up: textcrm member add "NAME" --role ROLE --key {public}',
            "由管理员登记：textcrm member add 姓名 --role 角色 --key {public}",
        ),
        public=public,
    )


def ask_passphrase(context: Context) -> str:
    """A new passphrase, asked twice and hidden. Raises Misuse (input-needed) off a terminal."""
    import click

    if not context.asks_hidden:
        raise Misuse(
            "input-needed",
            Text("a passphrase is typed at a terminal", "口令只能在终端中输入"),
            hint=Text(
                "run it in a terminal, without --no-input", "请在终端中运行，不带 --no-input"
            ),
        )
    said = Text("Passphrase", "口令").say(context.language)
    again = Text("Again", "再输入一次").say(context.language)
    word: str = click.prompt(said, hide_input=True, confirmation_prompt=again, err=True)
    return word


def _show(context: Context) -> None:
    from textcrm.cli import ownkeys
    from textcrm.members import keys

    vault = context.vault_or_none()
    ring = vault.keyring if vault else ownkeys.keyring(context)
    found = keys.own(vault, list(ring.tried()), ownkeys.signing_keys())
    if context.json:
        context.emit(_json(context, found))
        return
    _print(context, found)


def _json(context: Context, found: Own) -> dict[str, Any]:
    return {
        "person": found.person,
        "identities": [
            {
                "source": one.source.where.say(context.language),
                "file": str(one.source.path),
                "public": [each.public for each in one.identities],
                "problem": one.why.say(context.language) if one.why else None,
            }
            for one in found.tried
        ],
        "signing": [
            {
                "file": str(one.path),
                "public": one.public,
                "fingerprint": one.fingerprint,
                "admin": one.admin,
            }
            for one in found.signing
        ],
        "opens": found.opens,
    }


def _print(context: Context, found: Own) -> None:
    for one in found.tried:
        where = f"{one.source.where.say(context.language)} {one.source.path}"
        if one.why is not None:
            context.out.line(f"- {where}: {one.why.say(context.language)}", style="dim")
        for identity in one.identities:
            context.out.line(
                Text("public key: {public}", "公钥：{public}").say(
                    context.language, public=identity.public or "ssh"
                )
            )
            context.out.line(f"    {where}", style="dim")
    for key in found.signing:
        context.out.line(
            Text("signing key: {fingerprint}", "签名密钥：{fingerprint}").say(
                context.language, fingerprint=key.fingerprint
            )
        )
        context.out.line(f"    {key.path}", style="dim")
        context.out.line(f"    {key.public}", style="dim")
    if found.opens:
        yes = [label for label, opens in found.opens.items() if opens]
        no = [label for label, opens in found.opens.items() if not opens]
        none = Text("nothing", "无").say(context.language)
        context.out.line(
            Text("opens: {yes}", "可以打开：{yes}").say(context.language, yes=yes or none)
        )
        if no:
            context.out.line(
                Text("does not open: {no}", "不能打开：{no}").say(context.language, no=no)
            )
    if not any(one.identities for one in found.tried):
        context.hint(Text("make a key: textcrm key new", "生成密钥：textcrm key new"))
