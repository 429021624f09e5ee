"""Sealed values without a key: strict header, forms that are taken, nothing else."""

from __future__ import annotations

import base64
import time
import zlib
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm import ciphertext

KEYS = [pyrage.x25519.Identity.generate().to_public() for _ in range(5)]
ONE = pyrage.encrypt(b"x" * 64, KEYS[:1])


def test_readers_are_counted_and_grease_is_not() -> None:
    for count in range(1, 6):
        for _ in range(30):
            assert ciphertext.recipients(pyrage.encrypt(b"x", KEYS[:count])) == count


@pytest.mark.parametrize("labels", [("finance@2",), ("finance@2", "wang"), ("wang", "li")])
def test_written_and_read(labels: tuple[str, ...]) -> None:
    node = ciphertext.write(labels, ONE)
    assert ciphertext.is_sealed(node)
    assert ciphertext.read(node) == (labels, ONE)
    armored = pyrage.encrypt(b"x" * 200, KEYS[:2], armored=True).decode()
    for text in (armored, armored.replace("\n", "\r\n"), armored.rstrip("\n")):
        assert ciphertext.recipients(ciphertext.read({**node, "age": text}).data) == 2


@pytest.mark.parametrize(
    "node",
    [
        None, "x", [], {}, {"sealed": "finance@1"}, {"age": "x"},
        {"sealed": "a@1", "age": base64.b64encode(ONE).decode(), "hint": "x"},
        {"sealed": [], "age": base64.b64encode(ONE).decode()},
        {"sealed": ["a", "a"], "age": base64.b64encode(ONE).decode()},
        {"sealed": {"a": "b"}, "age": base64.b64encode(ONE).decode()},
        {"sealed": [["a"]], "age": base64.b64encode(ONE).decode()},
        {"sealed": "a@1", "age": ["x"]}, {"sealed": "a@1", "age": ""},
        {"sealed": "a@1", "age": "6222021234567890128"}, {"sealed": "a@1", "age": "=="},
        {"sealed": "a@1", "age": " " + base64.b64encode(ONE).decode()},
    ],
)  # fmt: skip
def test_other_forms_are_refused(node: object) -> None:
    assert not ciphertext.is_sealed(None)
    with pytest.raises(ciphertext.Malformed) as caught:
        ciphertext.recipients(ciphertext.read(node).data)
    assert caught.value.message.en
    assert "622202" not in repr(caught.value) + caught.value.message.en


def test_labels() -> None:
    assert ciphertext.parse_class("finance@12") == ("finance", 12)
    for label in (
        "finance",
        "finance@0",
        "finance@01",
        "Finance@1",
        "a@1x",
        "@1",
        "a@" + "1" * 30,
    ):
        assert ciphertext.parse_class(label) is None


def test_the_vectors(shared_data: Path) -> None:
    for file in (shared_data / "age-vectors").iterdir():
        head, _, body = file.read_bytes().partition(b"\n\n")
        lines = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
        if lines.get("compressed") == "zlib":
            body = zlib.decompress(body)
        if lines.get("armored") == "yes":
            continue
        kinds = {
            line.split(b" ")[1] for line in body[:2000].split(b"\n") if line.startswith(b"-> ")
        }
        try:
            ciphertext.recipients(body)
            taken = True
        except ciphertext.Malformed:
            taken = False
        if lines["expect"] == "header failure":
            assert not taken, file.name
        if (
            lines["expect"] == "success"
            and not kinds & {b"scrypt", b"mlkem768x25519"}
            and b"X25519" in kinds
        ):
            assert taken == (
                kinds <= {b"X25519"}
                or all(k == b"X25519" or k.endswith(b"-grease") for k in kinds)
            ), file.name


def test_a_huge_work_factor_is_refused_at_once(shared_data: Path) -> None:
    data = (
        (shared_data / "age-vectors" / "scrypt_work_factor_23").read_bytes().partition(b"\n\n")[2]
    )
    start = time.perf_counter()
    with pytest.raises(ciphertext.Malformed, match="sealed-passphrase"):
        ciphertext.recipients(data)
    assert time.perf_counter() - start < 0.1


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(ONE) - 1), st.integers(0, 255))
def test_a_changed_byte_never_crashes(place: int, value: int) -> None:
    changed = ONE[:place] + bytes([value]) + ONE[place + 1 :]
    try:
        assert ciphertext.recipients(changed) >= 1
    except ciphertext.Malformed as flaw:
        assert flaw.code.startswith("sealed-")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for given_bytes in (
        data,
        b"age-encryption.org/v1\n" + data,
        b"age-encryption.org/v1\n-> " + data,
    ):
        with pytest.raises(ciphertext.Malformed):
            ciphertext.recipients(given_bytes)
