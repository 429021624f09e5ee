"""The first keys of a vault: the admin's own where there are none, each class's, a recovery key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from textcrm import yamlfile
from textcrm.access import FILE_NAME, founding, owning
from textcrm.errors import KeyMissing, Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.access import Person
    from textcrm.access.keyring import Keyring
    from textcrm.access.pins import Pins
    from textcrm.text import Language
    from textcrm.vault.draft import Draft
    from textcrm.vault.vault import Vault


class KeyPlaces(NamedTuple):
    """Where keys are and go: ``identity`` and ``signing`` (the last one) are made where neither
    the keyring nor any signing key has one; ``recovery`` is a new file outside the vault.
    """

    keyring: Keyring
    identity: Path
    signing: Sequence[Path]
    recovery: Path
    pins: Pins


class MadeKeys(NamedTuple):
    """The keys of the first admin: files made now (None: there was one), fingerprint, recovery."""

    identity: Path | None
    public: str
    signing: Path | None
    fingerprint: str
    recovery: Path


_RECOVERY: dict[str, str] = {
    "en": (
        "RECOVERY KEY of the vault “{name}”\n"
        "It opens every sealed value. Move it to a safe place off this computer (a stick or a\n"
        "print in a safe), delete it here, and prove it now and then: textcrm doctor --drill FILE\n"
        "When somebody has lost their key: textcrm --identity FILE member add NAME --key NEW"
    ),
    "zh": (
        "客户库“{name}”的恢复密钥\n"
        "可打开所有加密内容。请移到本机以外的安全处（保险柜中的 U 盘或打印件），然后删除此文件，\n"
        "并定期演练：textcrm doctor --drill 文件\n"
        "有人丢失密钥时：textcrm --identity 文件 member add 姓名 --key 新公钥"
    ),
}


def prepare(
    places: KeyPlaces, name: str, language: Language
) -> tuple[founding.FirstKeys, MadeKeys]:
    """Make what is missing. Raises KeyMissing where a key is there and cannot be used."""
    from textcrm import sealing

    public, new_identity = _identity(places)
    signing_file, signing, new_signing = _signing(places.signing)
    recovery = _free(places.recovery)
    rescue = owning.new_identity(recovery, comment=_RECOVERY[language].format(name=name))
    return founding.FirstKeys((public,), signing, signing_file, (rescue,)), MadeKeys(
        new_identity, public, new_signing, sealing.fingerprint(signing), recovery
    )


def add_keys(vault: Vault, places: KeyPlaces, language: Language) -> MadeKeys:
    """Give keys to a vault that has people and none; git's user is to be an admin in it.

    Raises Misuse (who-is-me, not-admin), KeyMissing, what :meth:`Vault.write` raises.
    """
    me = vault.require_me()
    if me.role != "admin":
        raise not_admin(vault.access.admins)
    first, made = prepare(places, vault.config.name or vault.root.name, language)
    signed: list[bytes] = []

    def plan(draft: Draft) -> None:
        text = yamlfile.decode(draft.read(FILE_NAME) or b"", file=FILE_NAME)
        files = founding.found(text, me.id, first, vault.today)
        for path, data in files.items():
            draft.write(path, data)
        signed[:] = [files[FILE_NAME]]

    try:
        vault.write("member-keys", plan, subject="vault: keys")
    except BaseException:
        made.recovery.unlink(missing_ok=True)
        raise
    remember(vault, places.pins, signed[0])
    return made


def remember(vault: Vault, pins: Pins, data: bytes) -> None:
    """Pin what was just signed."""
    from textcrm.vault.trusting import own_change

    vault.pins = pins
    own_change(vault, data)


def not_admin(admins: Sequence[Person]) -> Misuse:
    """The error for making keys as somebody who is no admin."""
    return Misuse(
        "not-admin",
        Text("the keys of a vault are made by an admin", "客户库的密钥由管理员建立"),
        hint=Text("admins here: {names}", "本库的管理员：{names}"),
        names=[one.name for one in admins],
    )


def _identity(places: KeyPlaces) -> tuple[str, Path | None]:
    refused = None
    for tried in places.keyring.tried():
        public = next((one.public for one in tried.identities if one.public), None)
        if public:
            return public, None
        if tried.source.path.exists():
            refused = tried.why
    if refused is not None:
        raise KeyMissing(
            "identity-refused",
            Text("your private key cannot be used: {why}", "无法使用您的私钥：{why}"),
            hint=Text("see: textcrm key show", "查看：textcrm key show"),
            why=refused,
        )
    return owning.new_identity(places.identity), places.identity


def _signing(files: Sequence[Path]) -> tuple[Path, str, Path | None]:
    for path in files:
        if public := owning.public_of(path):
            return path, public, None
    return files[-1], owning.new_signing_key(files[-1]), files[-1]


def _free(path: Path) -> Path:
    """The path, or one with a number where that is taken: a recovery key is never overwritten."""
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def today() -> dt.date:
    """The day here, for a vault that is not there yet."""
    return dt.datetime.now().astimezone().date()
