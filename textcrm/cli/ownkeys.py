"""The keys of the person at the terminal: where they are looked for, how trust is asked and told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textcrm.cli.folders import config_folder, state_folder
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.access.comparing import Change
    from textcrm.access.keyring import Keyring, Source
    from textcrm.cli.context import Context
    from textcrm.errors import TrustFailure
    from textcrm.vault import Vault
    from textcrm.vault.first_keys import KeyPlaces, MadeKeys

IDENTITY = "identity.txt"
SIGNING = "signing_ed25519"


def equip(context: Context, vault: Vault) -> Vault:
    """Give a vault the keys, pins and questions of this run."""
    from textcrm.access.pins import Pins

    vault.keyring = keyring(context)
    vault.pins = Pins(state_folder() / "trust")
    vault.confirm_trust = _confirm(context)
    vault.announce_trust = lambda changes: _announce(context, changes)
    return vault


def keyring(context: Context) -> Keyring:
    """The private keys at hand, in the order in which they are tried."""
    from textcrm.access.keyring import Keyring

    return Keyring(sources(context), _passphrase(context) if context.asks_hidden else None)


def sources(context: Context) -> list[Source]:
    """--identity, $TEXTCRM_IDENTITY, the configuration folder, and where asked for an ssh key."""
    from textcrm.access.keyring import Source

    found = []
    if context.identity:
        found.append(Source(same("--identity"), Path(context.identity)))
    if given := os.environ.get("TEXTCRM_IDENTITY"):
        found.append(Source(same("$TEXTCRM_IDENTITY"), Path(given).expanduser()))
    found.append(Source(Text("your own", "个人密钥"), config_folder() / IDENTITY))
    if given := os.environ.get("TEXTCRM_SSH_IDENTITY"):
        path = Path.home() / ".ssh" / "id_ed25519" if given == "1" else Path(given).expanduser()
        found.append(Source(same("$TEXTCRM_SSH_IDENTITY"), path))
    return found


def places(context: Context, name: str) -> KeyPlaces:
    """Where the first keys of a vault are looked for and made; the recovery key beside one's own."""
    from textcrm.access.pins import Pins
    from textcrm.vault.first_keys import KeyPlaces

    own = config_folder()
    stem = re.sub(r"[^\w-]+", "-", name).strip("-") or "vault"
    return KeyPlaces(
        keyring(context),
        own / IDENTITY,
        signing_keys(),
        own / f"recovery-{stem}.txt",
        Pins(state_folder() / "trust"),
    )


def tell_made(context: Context, made: MadeKeys) -> None:
    """Say which keys were made, and what to do with the recovery key."""
    for path, sentence in (
        (made.identity, Text("your private key: {path}", "您的私钥：{path}")),
        (made.signing, Text("your signing key: {path}", "您的签名密钥：{path}")),
    ):
        if path is not None:
            context.say(sentence, path=str(path))
    context.say(
        Text(
            "recovery key: {path}\n  It opens every sealed value. Move it to a safe place off this "
            "computer, then delete it here; prove it with “textcrm doctor --drill FILE”.",
            "恢复密钥：{path}\n  它能打开所有加密内容。请移到本机以外的安全处保存，再从本机删除；"
            "用 textcrm doctor --drill 文件 演练。",
        ),
        path=str(made.recovery),
    )
    context.say(
        Text(
            "colleagues compare this fingerprint of yours: {fingerprint}",
            "同事首次使用时请核对您的指纹：{fingerprint}",
        ),
        fingerprint=made.fingerprint,
    )


def signing_keys() -> list[Path]:
    """$TEXTCRM_SIGNING_KEY, then that of the configuration folder."""
    given = os.environ.get("TEXTCRM_SIGNING_KEY")
    own = config_folder() / SIGNING
    return [Path(given).expanduser(), own] if given else [own]


def _passphrase(context: Context) -> Callable[[str], str]:
    def ask(source: str) -> str:
        said = Text("passphrase of {source}", "{source} 的口令").say(
            context.language, source=source
        )
        answer: str = click.prompt(said, hide_input=True, err=True)
        return answer

    return ask


def _confirm(context: Context) -> Callable[[TrustFailure], bool] | None:
    if not context.interactive:
        return None

    def ask(error: TrustFailure) -> bool:
        context.out.line(error.say(context.language))
        context.note(
            Text(
                "“textcrm key show” at {name}'s prints the same fingerprint, if it is theirs",
                "请与{name}核对：对方运行 textcrm key show 应显示相同的指纹",
            ),
            name=error.data["name"],
        )
        return context.confirm(Text("Trust it?", "是否信任？"), default=False)

    return ask


def _announce(context: Context, changes: Sequence[Change]) -> None:
    for change in changes:
        context.hint_error(
            Text("signed change of who reads what: {change}", "已签名的权限变更：{change}"),
            change=change.say(),
        )
