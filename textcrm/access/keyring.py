"""The keys of the person at work: read late, each source for itself, none in the way of another."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from textcrm.access.reading import key_file
from textcrm.errors import KeyMissing, TextcrmError, TrustFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from textcrm.access.model import Access
    from textcrm.sealing import Identity

_MOST_BYTES = 1 << 20


class Source(NamedTuple):
    """A place that may hold private keys: ``where`` as people know it (``$TEXTCRM_IDENTITY``)."""

    where: Text
    path: Path


class Tried(NamedTuple):
    """What came of a source: its identities, or why there are none."""

    source: Source
    identities: tuple[Identity, ...]
    why: Text | None

    def say(self, unfit: Text) -> Text:
        """The place and what is wrong with it; ``unfit`` where its keys were read."""
        why = self.why or unfit
        path = self.source.path
        where = self.source.where
        return Text(f"{where.en} {path}: {why.en}", f"{where.zh} {path}：{why.zh}")


class Keyring:
    """Reads private keys from sources, in order, when a value is first to be opened.

    ``passphrase`` gives the passphrase of a protected file, asked for once per file, and only
    where the sources before it do not open what is wanted.
    """

    def __init__(
        self,
        sources: Sequence[Source] = (),
        passphrase: Callable[[str], str] | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self._passphrase = passphrase
        self._read: dict[int, Tried] = {}
        self._opened: dict[tuple[str, str], Identity] = {}

    def tried(self) -> Iterator[Tried]:
        """Each source with what it holds, read as the caller goes on."""
        for place, source in enumerate(self.sources):
            if place not in self._read:
                self._read[place] = self._load(source)
            yield self._read[place]

    def identities(self) -> list[Identity]:
        """All private keys of all sources that can be read."""
        return [one for tried in self.tried() for one in tried.identities]

    def find(self, publics: Sequence[str]) -> Identity | None:
        """The private key of one of these public keys."""
        wanted = {bare(public) for public in publics}
        for tried in self.tried():
            for one in tried.identities:
                if one.public and bare(one.public) in wanted:
                    return one
        return None

    def class_identity(
        self, label: str, access: Access, read_file: Callable[[str], bytes | None]
    ) -> Identity:
        """The private key of a class's generation, opened from its key file with a key at hand.

        ``label`` is such as ``finance@2``; ``read_file`` gives a file of the vault by its path.
        Raises KeyMissing (no-key), which names every source tried, (no-key-file), or TrustFailure
        (key-file-changed) where the file holds another key than access.yaml says.
        """
        from textcrm import sealing

        public = access.recipient(label) or ""
        known = self._opened.get((label, public))
        if known is None:
            secret = self.class_secret(label, read_file)
            known = sealing.identities(secret, source=key_file(label))[0]
            if known.public != public:
                raise _other_key(label)
            self._opened[label, public] = known
        return known

    def class_secret(self, label: str, read_file: Callable[[str], bytes | None]) -> bytes:
        """The content of a class's key file. Raises KeyMissing as :meth:`class_identity`."""
        data = read_file(key_file(label))
        if data is None:
            raise KeyMissing(
                "no-key-file",
                Text("{file} is missing", "缺少 {file}"),
                hint=Text("get the vault's last state: textcrm sync", "请先同步：textcrm sync"),
                file=key_file(label),
                label=label,
            )
        secret = self._open(data)
        if secret is None:
            raise self.no_key(label)
        return secret

    def opening(
        self, labels: Sequence[str], access: Access, read_file: Callable[[str], bytes | None]
    ) -> list[Identity]:
        """The keys that open a value with these labels, the first that fits. Raises as above."""
        from textcrm.ciphertext import parse_class

        problem: TextcrmError | None = None
        for label in labels:
            if parse_class(label) is not None:
                try:
                    return [self.class_identity(label, access, read_file)]
                except TextcrmError as error:
                    problem = problem or error
            elif public := access.recipient(label):
                identity = self.find([public])
                if identity is not None:
                    return [identity]
        raise problem or self.no_key(" + ".join(labels))

    def no_key(self, label: str) -> KeyMissing:
        """The error for what no key at hand opens; names every source and why it did not fit."""
        unfit = Text("its key does not open it", "其中的密钥无法打开")
        said = [tried.say(unfit) for tried in self.tried()]
        if not said:
            return KeyMissing(
                "no-key",
                Text("there is no key at hand to open {label}", "没有可用的密钥来打开 {label}"),
                hint=_ASK,
                label=label,
                tried=[],
            )
        return KeyMissing(
            "no-key",
            Text(
                "no key at hand opens {label}. Tried: {tried}",
                "没有密钥能打开 {label}。已尝试：{tried}",
            ),
            hint=_ASK,
            label=label,
            tried=said,
        )

    def _open(self, data: bytes) -> bytes | None:
        from textcrm import sealing

        for tried in self.tried():
            if not tried.identities:
                continue
            try:
                return sealing.decrypt(data, tried.identities)
            except KeyMissing:
                continue
        return None

    def _load(self, source: Source) -> Tried:
        from textcrm import sealing

        try:
            found = source.path.stat()
            if why := _too_open(found.st_mode, source.path):
                return Tried(source, (), why)
            if found.st_size > _MOST_BYTES:
                return Tried(
                    source, (), Text("too large for a key file", "文件过大，不是密钥文件")
                )
            data = source.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return Tried(source, (), Text("not there", "不存在"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return Tried(source, (), Text(f"cannot be read ({reason})", f"无法读取（{reason}）"))
        try:
            keys = sealing.identities(data, source=str(source.path), passphrase=self._passphrase)
        except TextcrmError as error:
            return Tried(source, (), Text(error.say("en"), error.say("zh")))
        return Tried(source, tuple(keys), None)


def bare(key: str) -> str:
    """A public key without the comment that ssh keys carry."""
    return " ".join(key.split()[:2])


_ASK = Text(
    "see what you have: textcrm key show; who can read it: textcrm member list",
    "查看自己的密钥：textcrm key show；查看谁可读：textcrm member list",
)


def _too_open(mode: int, path: Path) -> Text | None:
    """Why a private key that others can read is not used: it may be known to them already."""
    if sys.platform == "win32" or not stat.S_ISREG(mode) or not mode & 0o077:
        return None
    return Text(
        f"others can read it; close it: chmod 600 {path}",
        f"其他用户可以读取；请收紧权限：chmod 600 {path}",
    )


def _other_key(label: str) -> TrustFailure:
    return TrustFailure(
        "key-file-changed",
        Text(
            "{file} holds another key than access.yaml says",
            "{file} 中的密钥与 access.yaml 所列不符",
        ),
        hint=Text(
            "see: git log -p access/ ; ask an admin", "请查看 git log -p access/ 并询问管理员"
        ),
        file=key_file(label),
        label=label,
    )
