"""Trust in access.yaml: signed by an admin who is pinned, never older, its key files as signed.

Who can push can write anything into the repository, and what is sealed is sealed to the keys of
access.yaml. So a change of that file counts only with the signature of an admin whom this machine
has pinned (the encryption reference, section 4; the rule of moving pins is that of TUF).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.access.comparing import Change, compare
from textcrm.access.pins import Pin
from textcrm.access.reading import FILE_NAME, SIGNATURE_FILE, key_file, read
from textcrm.errors import TextcrmError, TrustFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.access.model import Access

NAMESPACE: Final = "textcrm-access"
_SETTLE: Final = Text(
    "nothing is sealed until this is settled, reading goes on. See git log -p access/ and ask the "
    "admins; where one confirms it in person: textcrm member trust SHA256:...",
    "在确认之前不会加密任何内容，读取不受影响。请用 git log -p access/ 查看改动并询问管理员；"
    "经管理员当面确认后：textcrm member trust SHA256:...",
)


class Trusted(NamedTuple):
    """A file that may be sealed by: ``pin`` is what to remember now, ``changes`` what is new."""

    access: Access
    pin: Pin
    changes: tuple[Change, ...]
    signer: str


class Unpinned(TrustFailure):
    """Nothing is pinned yet; ``trusted`` is what would be, once somebody says so."""

    trusted: Trusted


def canonical(data: bytes) -> bytes:
    """The bytes that are signed: line ends as git stores them, whatever a checkout made of them."""
    return data.replace(b"\r\n", b"\n")


def check(read_file: Callable[[str], bytes | None], pin: Pin | None) -> Trusted:
    """Look at a vault's files against a pin; ``read_file`` gives them by path in the vault.

    Raises TrustFailure: access-unpinned (data: fingerprint, admins) where nothing is pinned yet,
    access-unsigned, access-rolled-back, access-unsound, key-file-changed, and access-without-keys
    where keys that were trusted are gone.
    """
    data = canonical(read_file(FILE_NAME) or b"")
    digest = hashlib.sha256(data).hexdigest()
    access = read(data)
    if pin is not None and digest == pin.sha256:
        demand_key_files(access, read_file)
        return Trusted(access, pin, (), "")
    changes = compare(_pinned(pin), access)
    if not access.has_keys:
        raise _without_keys(changes if pin else ())
    signature = read_file(SIGNATURE_FILE)
    signer = _signer(data, signature, pin.admins if pin else _signing(access))
    if signer is None:
        raise _unsigned(access, data, signature, changes)
    if pin is not None and access.serial <= pin.serial:
        raise _rolled_back(access, pin, changes)
    demand_sound(access)
    demand_key_files(access, read_file)
    fresh = pin_of(data)
    if pin is None:
        raise _unpinned(Trusted(access, fresh, tuple(changes), signer))
    return Trusted(access, fresh, tuple(changes), signer)


def first(read_file: Callable[[str], bytes | None], fingerprint: str) -> Trusted:
    """Trust a file that the admin with this fingerprint signed. Raises TrustFailure (not-that-key)."""
    try:
        return check(read_file, None)
    except Unpinned as error:
        if error.data["fingerprint"] != fingerprint:
            raise TrustFailure(
                "not-that-key",
                Text(
                    "access.yaml is signed with {found} of {signer}, not with {wanted}",
                    "access.yaml 的签名密钥是{signer}的 {found}，不是 {wanted}",
                ),
                hint=_SETTLE,
                found=error.data["fingerprint"],
                signer=error.data["signer"],
                wanted=fingerprint,
            ) from error
        return error.trusted
    raise AssertionError


def pin_of(data: bytes) -> Pin:
    """The pin of an access.yaml that is trusted."""
    data = canonical(data)
    access = read(data)
    digest = hashlib.sha256(data).hexdigest()
    return Pin(access.serial, digest, _signing(access), data.decode("utf-8", "replace"))


def _signing(access: Access) -> dict[str, str]:
    return {one.id: one.signing for one in access.admins if one.signing}


def demand_sound(access: Access) -> None:
    """Raise TrustFailure (access-unsound) for what no signature makes right."""
    from textcrm.access.soundness import slips

    for said, data in slips(access):
        raise TrustFailure(
            "access-unsound",
            Text("access.yaml: {slip}", "access.yaml：{slip}"),
            hint=_SETTLE,
            slip=Text(said.say("en", **data), said.say("zh", **data)),
        )


def demand_key_files(access: Access, read_file: Callable[[str], bytes | None]) -> None:
    """Raise TrustFailure (key-file-changed) where a key file is not the one that was signed."""
    for name, keys in access.classes.items():
        for number, generation in keys.generations.items():
            path = key_file(f"{name}@{number}")
            data = read_file(path)
            if data is None or hashlib.sha256(data).hexdigest() != generation.sha256:
                raise TrustFailure(
                    "key-file-changed",
                    Text("{file} is missing", "缺少 {file}")
                    if data is None
                    else Text(
                        "{file} is not the file that the admin signed",
                        "{file} 与管理员签名时的文件不同",
                    ),
                    hint=_SETTLE,
                    file=path,
                )


def _signer(data: bytes, signature: bytes | None, keys: Any) -> str | None:
    from textcrm.sealing import verify

    if not signature or not keys:
        return None
    try:
        return verify(data, canonical(signature), keys, namespace=NAMESPACE)
    except TextcrmError:
        return None


def _pinned(pin: Pin | None) -> Access | None:
    try:
        return read(pin.text.encode()) if pin else None
    except TextcrmError:
        return None


def _unpinned(trusted: Trusted) -> Unpinned:
    from textcrm.sealing import fingerprint

    person = trusted.access.by_id(trusted.signer)
    key = fingerprint(person.signing) if person else ""
    error = Unpinned(
        "access-unpinned",
        Text(
            "nobody here has trusted this vault's people yet; access.yaml is signed by {name} "
            "with {fingerprint}",
            "本机尚未确认此客户库的人员名单；access.yaml 由{name}签名，密钥指纹 {fingerprint}",
        ),
        hint=Text(
            "ask {name} whether “textcrm key show” prints that fingerprint, then: "
            "textcrm member trust {fingerprint}",
            "请向{name}核对 textcrm key show 显示的指纹，一致后运行："
            "textcrm member trust {fingerprint}",
        ),
        fingerprint=key,
        signer=trusted.signer,
        name=person.name if person else trusted.signer,
    )
    error.trusted = trusted
    return error


def _unsigned(
    access: Access, data: bytes, signature: bytes | None, changes: Sequence[Change]
) -> TrustFailure:
    from textcrm.sealing import fingerprint

    everybody = {one.id: one.signing for one in access.people if one.signing}
    who = _signer(data, signature, everybody)
    person = access.by_id(who) if who else None
    said = Text(
        "access.yaml was changed and no admin whom you trust has signed it{by}{what}",
        "access.yaml 已被改动，且没有您所信任的管理员的签名{by}{what}",
    )
    by = Text("", "")
    if person is not None:
        by = Text(f" (signed by {person.name})", f"（签名者：{person.name}）")
    elif not signature:
        by = Text(" (there is no signature)", "（没有签名）")
    return TrustFailure(
        "access-unsigned",
        said,
        hint=_SETTLE,
        by=by,
        what=_told(changes),
        signer=who,
        fingerprint=fingerprint(person.signing) if person else "",
        changes=[change.say() for change in changes],
    )


def _rolled_back(access: Access, pin: Pin, changes: Sequence[Change]) -> TrustFailure:
    return TrustFailure(
        "access-rolled-back",
        Text(
            "access.yaml is older than what you trusted: its serial is {serial}, yours "
            "{pinned}{what}",
            "access.yaml 比您确认过的版本旧：序号 {serial}，您确认过 {pinned}{what}",
        )
        if access.serial < pin.serial
        else Text(
            "access.yaml is another one than that with the same serial {serial} which you "
            "trusted{what}",
            "access.yaml 与您确认过的版本序号同为 {serial}，内容却不同{what}",
        ),
        hint=_SETTLE,
        serial=access.serial,
        pinned=pin.serial,
        what=_told(changes),
        changes=[change.say() for change in changes],
    )


def _without_keys(changes: Sequence[Change]) -> TextcrmError:
    if changes:
        return TrustFailure(
            "access-without-keys",
            Text(
                "the keys that you trusted are gone from access.yaml{what}",
                "access.yaml 中您确认过的密钥不见了{what}",
            ),
            hint=_SETTLE,
            what=_told(changes),
            changes=[change.say() for change in changes],
        )
    from textcrm.errors import KeyMissing

    return KeyMissing(
        "no-class-keys",
        Text(
            "this vault has no keys yet, so nothing can be sealed",
            "此客户库还没有密钥，无法加密任何内容",
        ),
        hint=Text(
            "an admin makes them: textcrm doctor --fix", "请由管理员建立：textcrm doctor --fix"
        ),
    )


def _told(changes: Sequence[Change]) -> Text:
    """The changes as the end of a sentence."""
    if not changes:
        return Text("", "")
    said = [change.say() for change in changes]
    return Text(": " + "; ".join(one.en for one in said), "：" + "；".join(one.zh for one in said))
