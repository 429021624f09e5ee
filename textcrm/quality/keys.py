"""Beside the records: secret keys and look-alikes in files that git keeps, and git's own settings."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from textcrm import ciphertext, store
from textcrm.errors import NotFound
from textcrm.findings import Finding, Problem
from textcrm.normalize.lookalikes import KEY_FORMS
from textcrm.rules.lookalikes import in_text, told
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from subprocess import Popen

    from textcrm.gitrepo import GitRepo
    from textcrm.vault import Vault

_KEY: Final = re.compile(KEY_FORMS.encode(), re.IGNORECASE)
_PIECES: Final = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY-----")
_LARGEST: Final = 1024 * 1024  # a key is small; a larger file is an attachment
_TEXTS: Final = (".txt", ".md", ".csv", ".tsv", ".yaml", ".yml", ".json", ".html", ".log")
_FILE: Final = Text("the file", "文件")
# The throw-away keys of the sample vault (.ci/seal_sample.py), by their SHA-256; no others.
SHOWN: Final = frozenset((
    "3dd8dbcc902ab6742f7ccc832e6b6027785c5dbe53fd348c14565dac0c345496",  # chen-chen.throw-away-key.txt
    "ad17cf55f4f18c43c222342bc5802743232d3a0ac0b94b3e114fb60d116fe75f",  # chen-chen.throw-away-signing-key
    "0dccb2119bb9c0e9ca2a1c4069429f3d2eefaa1855378be12ed468cfe97c061c",  # li-qiang.throw-away-key.txt
    "a4bdeebf094e7d088822210f071288fef9cb24ce18a31f2846b25ebeb332842b",  # recovery.throw-away-key.txt
    "f9a282ad1bd074b64fc5f74c5cf5302523d214be928243de30917f70f6112b6f",  # wang-fang.throw-away-key.txt
    "64d37d49e8211ac9f2c9ddaed88d65df8a8a5008a02d29a660f80bcfb4e00441",  # zhao-min.throw-away-key.txt
))  # fmt: skip


def file_problems(path: str, data: bytes, commit: str | None = None) -> Iterator[Problem]:
    """What a file that is no record should not hold: secret keys, and in texts look-alikes.

    An attachment that is named as a sealed one should be one.
    """
    yield from secret_keys(path, data, commit)
    if path.startswith("attachments/") and path.endswith(".age") and not _is_age(data):
        yield Problem(path, 1, 1, None, _UNSEALED, commit)
    if len(data) > _LARGEST or not path.lower().endswith(_TEXTS):
        return
    for finding in in_text(data.decode("utf-8", "replace"), _FILE):
        if finding.code != "secret-key":
            line, column = finding.place or (1, 1)
            yield Problem(path, line, column, None, finding, commit)


def _is_age(data: bytes) -> bool:
    try:
        return ciphertext.recipients(data[:_HEADER]) > 0
    except ciphertext.Malformed:
        return False


_HEADER: Final = 64 * 1024
_UNSEALED: Final = Finding(
    "attachment-plain",
    "error",
    (),
    Text("an attachment that should be sealed is plain", "应加密的附件是明文"),
    Text("textcrm attach ID FILE --seal CLASS", "textcrm attach 编号 文件 --seal 类别"),
    {},
)


def secret_keys(path: str, data: bytes, commit: str | None = None) -> Iterator[Problem]:
    """Each secret key in a file's bytes, by line and column; the throw-away demo keys are none."""
    if len(data) > _LARGEST:
        return
    for match in _KEY.finditer(data):
        end = data.find(b"\n\n", match.start())
        if _is_shown(match[0]) or _is_shown(data[match.start() : end if end > 0 else None]):
            continue
        line = data.count(b"\n", 0, match.start()) + 1
        start = data.rfind(b"\n", 0, match.start()) + 1
        column = len(data[start : match.start()].decode("utf-8", "replace")) + 1
        finding = told("secret-key", (), where=_FILE)
        yield Problem(path, line, column, None, finding, commit)


def _is_shown(text: bytes) -> bool:
    return sha256(text.strip()).hexdigest() in SHOWN


def tracked_files(vault: Vault) -> Iterator[Problem]:
    """As :func:`file_problems` of the vault's tracked files, as the work tree has them."""
    return Search(vault).problems(tracked_others(vault))


def tracked_others(vault: Vault) -> list[str]:
    """The vault's tracked files that are no records, relative to the vault."""
    listed = vault.repo.process.run("ls-files", "-z", "--full-name", "--", vault.prefix or ".").out
    names = (name.removeprefix(vault.prefix) for name in _names(listed))
    return [name for name in names if not store.is_record_path(name)]


class Search:
    """Git's search for the tracked files that may hold a secret key, begun when it is made."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        pieces = [word for piece in _PIECES for word in ("-e", piece)]
        options = ("-l", "-z", "-i", "-F", "--full-name", *pieces)
        limit = ("--", vault.prefix or ".")
        self._asked: Popen[bytes] | None = vault.repo.process.start(
            "grep", *options, *limit, quiet=True
        )

    def problems(self, others: Iterable[str]) -> Iterator[Problem]:
        """What is wrong with those, and with the texts among the files that are no records."""
        assert self._asked is not None  # noqa: S101 - asked once
        prefix = self._vault.prefix
        named = {name.removeprefix(prefix) for name in _names(self._asked.communicate()[0])}
        self._asked = None
        texts = {name for name in others if name.lower().endswith(_TEXTS)}
        for path in sorted(texts | named):
            data = None if store.is_record_path(path) else self._vault.file(path)
            if data is not None:
                yield from file_problems(path, data)

    def close(self) -> None:
        """Let git go where nobody asked for its answer."""
        if self._asked is not None:
            self._asked.kill()
            self._asked.communicate()


def _names(out: bytes) -> list[str]:
    return [name for name in out.decode("utf-8", "surrogateescape").split("\0") if name]


def git_problems(repo: GitRepo) -> Iterator[Problem]:
    """Settings and refs by which git itself keeps what a textconv decrypted (``cachetextconv``).

    Such notes are published by ``git push --mirror``.
    """
    listed = repo.process.run("config", "--get-regexp", "-z", r"^diff\..*\.cachetextconv$").out
    for entry in listed.decode("utf-8", "replace").split("\0"):
        name, _, value = entry.partition("\n")
        if name and value.lower() in ("", "true", "yes", "on", "1"):
            yield _of_git(
                "textconv-cache",
                Text(
                    "git keeps decrypted text: {name} is on",
                    "git 会保存解密后的文本：{name} 已开启",
                ),
                Text("git config {name} false", "git config {name} false"),
                name=name,
            )
    refs = repo.process.run("for-each-ref", "--format=%(refname)", "refs/notes/textconv/").out
    for name in refs.decode("utf-8", "replace").split():
        yield _of_git(
            "textconv-notes",
            Text("git has kept decrypted text in {name}", "git 已把解密后的文本保存在 {name} 中"),
            Text(
                "git update-ref -d {name}, then: git gc --prune=now; never push it",
                "git update-ref -d {name}，再运行 git gc --prune=now；切勿推送",
            ),
            name=name,
        )


def _of_git(code: str, message: Text, hint: Text, **data: str) -> Problem:
    return Problem(".git/config", 1, 1, None, Finding(code, "error", (), message, hint, data))


def surroundings(vault: Vault) -> list[Problem]:
    """All of this module for a vault; nothing where it lies in no repository."""
    try:
        return [*tracked_files(vault), *git_problems(vault.repo)]
    except NotFound:
        return []
