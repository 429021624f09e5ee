"""The age test vectors of C2SP (CCTV), each pasted as a value: an error, or the right bytes."""

from __future__ import annotations

import base64
import hashlib
import time
import zlib
from typing import TYPE_CHECKING, Any

from textcrm import ciphertext, sealing
from textcrm.errors import KeyMissing, TrustFailure

if TYPE_CHECKING:
    from pathlib import Path

# What our strict reader refuses although other programs open it, and why.
_NOT_OURS = (
    "armor_hybrid",  # post-quantum keys
    "hybrid",
    "scrypt",  # a passphrase is for identity files only
    "armor_scrypt",
    "armor_whitespace",  # armor with text around it
    "x25519_grease",
    "stanza_",  # unknown kinds of readers: their number could not be held against the label
)


def _vector(file: Path) -> tuple[dict[str, list[str]], bytes]:
    head, _, body = file.read_bytes().partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        name, _, value = line.partition(": ")
        fields.setdefault(name, []).append(value)
    if fields.get("compressed") == ["zlib"]:
        body = zlib.decompress(body)
    return fields, body


def _as_value(fields: dict[str, list[str]], body: bytes) -> Any:
    if fields.get("armored") == ["yes"]:
        text: Any = body.decode("utf-8", "replace")
    else:
        text = base64.b64encode(body).decode()
    return {"sealed": "finance@1", "age": text}


def test_each_vector_gives_an_error_or_the_right_bytes(shared_data: Path) -> None:
    files = sorted(one for one in (shared_data / "age-vectors").iterdir() if one.is_file())
    seen = right = 0
    refused: set[str] = set()
    for file in files:
        if file.suffix in (".md", ".txt"):
            continue
        fields, body = _vector(file)
        if "expect" not in fields:
            continue
        seen += 1
        keys = [
            key
            for one in fields.get("identity", [])
            if one.startswith("AGE-SECRET-KEY-1")
            for key in sealing.identities(one, source=file.name)
        ]
        start = time.perf_counter()
        try:
            data = sealing.decrypt(ciphertext.read(_as_value(fields, body)).data, keys)
        except (TrustFailure, KeyMissing, ciphertext.Malformed):
            if fields["expect"] == ["success"]:
                refused.add(file.name)
        else:
            assert fields["expect"] == ["success"], file.name
            assert hashlib.sha256(data).hexdigest() == fields["payload"][0], file.name
            right += 1
        assert time.perf_counter() - start < 10, file.name  # the hard scrypt takes 80
    assert seen >= 143
    assert right >= 10
    assert {name for name in refused if not name.startswith(_NOT_OURS)} == set()


def test_through_a_record_no_vector_is_a_value(shared_data: Path) -> None:
    """None of them holds an envelope: opened at a place in a record each is an error."""
    for file in sorted((shared_data / "age-vectors").iterdir()):
        if not file.is_file() or file.suffix in (".md", ".txt"):
            continue
        fields, body = _vector(file)
        keys = [
            key
            for one in fields.get("identity", [])
            if one.startswith("AGE-SECRET-KEY-1")
            for key in sealing.identities(one, source=file.name)
        ]
        try:
            sealing.unseal(_as_value(fields, body), rec="r", path="/p", identities=keys)
        except (TrustFailure, KeyMissing):
            continue
        raise AssertionError(file.name)
