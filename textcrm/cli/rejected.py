"""What could not be committed after an edit, kept for its writer: sealed where it holds secrets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.errors import NotFound, TextcrmError
from textcrm.text import Text
from textcrm.yamlfile import decode, encode

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.vault import Vault


def keep(context: Context, record: Record, text: str, *, secret: bool) -> None:
    """Keep a text; with secrets in it, only as ciphertext for the writer's own keys."""
    vault = context.vault()
    data = encode(text)
    file = _folder(vault) / f"{record.id}.yaml"
    if secret:
        keys = _own_keys(vault)
        if not keys:
            context.hint(
                Text(
                    "your text is not kept: it holds secrets and there is no key to seal it for you",
                    "您的内容未保留：其中有敏感信息，而没有可用于加密的密钥",
                )
            )
            return
        from textcrm.sealing import encrypt

        data, file = encrypt(data, keys), file.with_name(file.name + ".age")
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    context.hint(
        Text(
            "your text is kept; go on with it: textcrm edit {id} --rejected",
            "您的内容已保留；继续编辑：textcrm edit {id} --rejected",
        ),
        id=record.id,
        file=str(file),
    )


def kept(context: Context, record: Record) -> str:
    """The text that was kept. Raises NotFound (nothing-kept), KeyMissing."""
    vault = context.vault()
    file = _folder(vault) / f"{record.id}.yaml"
    sealed = file.with_name(file.name + ".age")
    if sealed.is_file():
        from textcrm.sealing import decrypt

        data = decrypt(sealed.read_bytes(), vault.keyring.identities())
        return decode(data, file=sealed.name)
    if file.is_file():
        return decode(file.read_bytes(), file=file.name)
    raise NotFound(
        "nothing-kept",
        Text("no rejected text of {id} is kept", "没有保留 {id} 的未提交内容"),
        hint=Text("edit it anew: textcrm edit {id}", "重新编辑：textcrm edit {id}"),
        id=record.id,
    )


def forget(vault: Vault, record: Record) -> None:
    """Remove what was kept: it is committed now."""
    file = _folder(vault) / f"{record.id}.yaml"
    for one in (file, file.with_name(file.name + ".age")):
        one.unlink(missing_ok=True)


def _folder(vault: Vault) -> Path:
    return Path(vault.root) / ".textcrm" / "rejected"


def _own_keys(vault: Vault) -> list[str]:
    """The writer's public keys: of the private ones at hand, else as access.yaml has them."""
    try:
        own = [one.public for one in vault.keyring.identities()]
    except TextcrmError:
        own = []
    me = vault.me()
    return own or list(me.keys if me else ())
