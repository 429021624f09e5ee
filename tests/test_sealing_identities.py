"""Private and public keys: what is read, what is refused, that nothing is repeated."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protected import protected

from textcrm import sealing
from textcrm.errors import KeyMissing, Misuse, TextcrmError

if TYPE_CHECKING:
    from pathlib import Path

SECRET, PUBLIC = sealing.generate()


def test_a_file_with_comments_and_several_keys() -> None:
    other, other_public = sealing.generate()
    text = f"\ufeff# created: today\r\n# public key: {PUBLIC}\r\n{SECRET}\r\n\n{other}\n"
    found = sealing.identities(text, source="~/keys.txt")
    assert [one.public for one in found] == [PUBLIC, other_public]
    assert {one.source for one in found} == {"~/keys.txt"}


def test_nothing_shows_the_secret() -> None:
    (one,) = sealing.identities(SECRET, source="here")
    assert SECRET not in repr(one)
    assert SECRET[20:40] not in repr(vars(type(one)))
    broken = SECRET[:-3] + "QQQ"
    with pytest.raises(Misuse) as caught:
        sealing.identities(broken, source="here")
    assert broken not in f"{caught.value} {caught.value.data} {caught.value.__cause__}"


@pytest.fixture(scope="module")
def locked() -> bytes:
    return protected(SECRET.encode(), "horse")


def test_a_protected_file_asks_once(locked: bytes) -> None:
    asked: list[str] = []

    def passphrase(source: str) -> str:
        asked.append(source)
        return "horse"

    (one,) = sealing.identities(locked, source="key.age", passphrase=passphrase)
    assert (one.public, asked) == (PUBLIC, ["key.age"])
    with pytest.raises(KeyMissing):
        sealing.identities(locked, source="key.age", passphrase=lambda _source: "cow")
    with pytest.raises(KeyMissing):
        sealing.identities(locked, source="key.age")


def test_an_absurd_work_factor_is_refused_unread(locked: bytes) -> None:
    head, _, rest = locked.partition(b"-> scrypt ")
    salt, _, rest = rest.partition(b" ")
    _, _, rest = rest.partition(b"\n")
    hard = head + b"-> scrypt " + salt + b" 23\n" + rest
    with pytest.raises(Misuse):
        sealing.identities(hard, source="x", passphrase=lambda _source: pytest.fail("asked"))


@pytest.mark.parametrize("text", ["", "# nothing\n", "hello", "age1abc", "AGE-SECRET-KEY-1", "\0"])
def test_what_is_no_identity(text: str) -> None:
    with pytest.raises(Misuse):
        sealing.identities(text, source="x")


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
def test_ssh_keys(tmp_path: Path) -> None:
    for name, words in (
        ("plain", ["-t", "ed25519", "-N", ""]),
        ("locked", ["-t", "ed25519", "-N", "secret"]),
    ):
        file = tmp_path / name
        subprocess.run(["ssh-keygen", "-q", *words, "-f", str(file)], check=True)
    (one,) = sealing.identities((tmp_path / "plain").read_bytes(), source="ssh")
    public = (tmp_path / "plain.pub").read_text()
    assert sealing.recipient_problem(public) is None
    assert public.startswith(one.public)
    data = sealing.encrypt(b"x", [public])
    assert sealing.decrypt(data, [one]) == b"x"
    with pytest.raises(Misuse):
        sealing.identities((tmp_path / "locked").read_bytes(), source="ssh")


REFUSED = [
    "",
    "hello",
    SECRET,
    SECRET.lower(),
    PUBLIC.upper(),
    PUBLIC[:-1] + ("q" if PUBLIC[-1] != "q" else "p"),
    "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
    "age1pq1qqqq",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
    "ssh-ed25519 AAAA",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_public_keys_that_are_refused_and_never_repeated(number: int) -> None:
    word = REFUSED[number]
    problem = sealing.recipient_problem(word)
    assert problem is not None
    for sentence in (problem.say("en"), problem.say("zh")):
        assert not word or word not in sentence
    with pytest.raises(TextcrmError) as caught:
        sealing.encrypt(b"x", [word])
    assert not word or word not in f"{caught.value} {caught.value.data}"


def test_nobody_to_seal_for() -> None:
    with pytest.raises(Misuse):
        sealing.encrypt(b"x", [])


@settings(deadline=None, max_examples=100)
@given(st.text() | st.text(alphabet="age1qpzry9x8gf2tvdw0s3jn54khce6mua7l ", max_size=70))
def test_any_text_is_a_key_or_is_refused(word: str) -> None:
    if sealing.recipient_problem(word) is None:
        assert sealing.encrypt(b"x", [word])
