"""The key files of the classes, judged without any key: there, unchanged, for the readers named."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from textcrm import ciphertext
from textcrm.access import FILE_NAME
from textcrm.access.keyring import bare
from textcrm.access.reading import key_file
from textcrm.findings import Finding, Problem
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access import Access, ClassKeys, Generation
    from textcrm.vault import Vault

_SIGN_AGAIN = Text(
    "an admin looks at git log -p access/, brings the file back, or runs textcrm member sign",
    "请管理员查看 git log -p access/，恢复该文件，或运行 textcrm member sign",
)
_NO_RECOVERY = Text(
    "access.yaml names no recovery key: when the last reader's key is lost, so are the values",
    "access.yaml 没有恢复密钥：最后一位可读者的密钥丢失后，加密内容将无法恢复",
)
_ADD_RECOVERY = Text(
    "an admin adds one under “recovery” in access/access.yaml: textcrm key new --output FILE, then "
    "textcrm member sign",
    "请管理员在 access/access.yaml 的 recovery 下添加：textcrm key new --output 文件，再运行 textcrm member sign",
)


def key_file_problems(vault: Vault) -> Iterator[Problem]:
    """What is wrong with the key files of a vault; nothing in one without keys."""
    access = vault.access
    if not access.has_keys:
        return
    if not access.recovery:
        yield Problem(
            FILE_NAME, 1, 1, None, Finding("no-recovery", "error", (), _NO_RECOVERY, _ADD_RECOVERY)
        )
    for name, keys in access.classes.items():
        for number, generation in sorted(keys.generations.items()):
            label = f"{name}@{number}"
            found = _judged(access, keys, number, generation, vault.file(key_file(label)))
            if found is not None:
                code, message = found
                finding = Finding(code, "error", (), message, _SIGN_AGAIN, {"label": label})
                yield Problem(key_file(label), 1, 1, None, finding)


def _judged(
    access: Access, keys: ClassKeys, number: int, generation: Generation, data: bytes | None
) -> tuple[str, Text] | None:
    """The code and sentence of what is wrong with one key file."""
    if data is None:
        return "key-file-missing", Text(
            "the key file of {label} is missing", "缺少 {label} 的密钥文件"
        )
    try:
        count = ciphertext.recipients(data)
    except ciphertext.Malformed:
        return "key-file-damaged", Text(
            "the key file of {label} is damaged or no age file",
            "{label} 的密钥文件已损坏，或不是 age 文件",
        )
    if sha256(data).hexdigest() != generation.sha256:
        return "key-file-changed", Text(
            "the key file of {label} is not the one that was signed",
            "{label} 的密钥文件与签名时的不同",
        )
    wanted = _wanted(access, generation)
    if count < wanted.least or (number == keys.current and count != wanted.exactly):
        return "key-file-readers", Text(
            "the key file of {label} is not for the readers and the recovery key that access.yaml "
            "names",
            "{label} 的密钥文件与 access.yaml 所列的可读者和恢复密钥不符",
        )
    return None


class _Wanted(NamedTuple):
    """How many public keys a key file is for: at least, and where it is the current one, exactly."""

    least: int
    exactly: int


def _wanted(access: Access, generation: Generation) -> _Wanted:
    """A retired one may be for keys that a reader has given up since, or for one who left."""
    keys = {bare(key) for key in access.recovery}
    for who in generation.readers:
        person = access.by_id(who)
        keys.update(bare(key) for key in (person.keys if person else ()))
    recovery = len({bare(key) for key in access.recovery})
    return _Wanted(recovery + len(generation.readers), len(keys))


def single_readers(access: Access) -> dict[str, list[str]]:
    """Who alone reads which classes, by name; with that key the class would be lost.

    Empty where one person works alone: there is nobody else to give it to.
    """
    found: dict[str, list[str]] = {}
    if sum(bool(person.keys) for person in access.people) > 1:
        for name in access.classes:
            readers = access.readers(name)
            if len(readers) == 1:
                found.setdefault(readers[0].name, []).append(name)
    return found
