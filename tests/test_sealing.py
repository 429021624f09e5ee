"""Sealing one value: its type, its place, its length; damage of every kind."""

from __future__ import annotations

import base64
import io
import random
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm import ciphertext, sealing
from textcrm.errors import KeyMissing, Misuse, StorageFailure, TextcrmError, TrustFailure
from textcrm.sealing.envelope import Envelope, pack, unpack

SECRET, PUBLIC = sealing.generate()
OTHER_SECRET, OTHER = sealing.generate()
MINE = sealing.identities(SECRET, source="test")
THEIRS = sealing.identities(OTHER_SECRET, source="test")
PLACE = {"rec": "01JDEX0W3PZ4M9J7T6Q2C8R5VN", "path": "/contacts/k3f9/id_number"}


def sealed(value: Any, **place: Any) -> dict[str, Any]:
    return sealing.seal(value, labels=["finance@2"], recipients=[PUBLIC], **{**PLACE, **place})


def opened(node: Any, **place: Any) -> Any:
    return sealing.unseal(node, identities=MINE, **{**PLACE, **place})


VALUES = [
    "007",
    "",
    "+4915112345678",
    "line one\nline two\n",
    "é vs é",
    "😀 客户",
    "null",
    "1.10",
    5,
    -3,
    123456789012345678901234567890,
    Decimal("1.10"),
    Decimal(100000),
    Decimal("-0.001"),
    True,
    False,
    None,
    [],
    ["a", 1, Decimal("2.50"), None],
    {"bank": "工商银行", "accounts": [{"number": "0622", "limit": Decimal(10)}]},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_value_and_type_come_back(value: Any) -> None:
    assert repr(opened(sealed(value))) == repr(value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(_json)
def test_any_value_comes_back(value: Any) -> None:
    envelope = unpack(pack(Envelope("r", "/p", ("a@1",), value)))
    assert envelope is not None
    assert repr(envelope.val) == repr(value)


def test_a_float_or_an_object_is_refused() -> None:
    for value in (1.5, object(), {1: "x"}, Decimal("NaN")):
        with pytest.raises(Misuse):
            sealed(value)


def test_lengths_up_to_a_block_look_alike_and_no_two_seals_do() -> None:
    sizes = {len(pack(Envelope("r", "/p", ("a@1",), "x" * n))) for n in range(1, 10)}
    assert len(sizes) == 1
    one, two = (base64.b64decode(sealed("x")["age"]) for _ in range(2))
    assert one[-40:] != two[-40:]


def test_several_labels_and_readers() -> None:
    node = sealing.seal("x", labels=["finance@2", "wang"], recipients=[PUBLIC, OTHER], **PLACE)
    assert node["sealed"] == ["finance@2", "wang"]
    assert ciphertext.recipients(ciphertext.read(node).data) == 2
    for keys in (MINE, THEIRS, [*THEIRS, *MINE]):
        assert sealing.unseal(node, identities=keys, **PLACE) == "x"


def test_a_duplicate_reader_counts_once() -> None:
    node = sealing.seal("x", labels=["a@1"], recipients=[PUBLIC, PUBLIC + " "], **PLACE)
    assert ciphertext.recipients(ciphertext.read(node).data) == 1


def test_without_the_key() -> None:
    for keys in ([], THEIRS):
        with pytest.raises(KeyMissing) as caught:
            sealing.unseal(sealed("secret"), identities=keys, **PLACE)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "moved",
    [{"rec": "other"}, {"path": "/contacts/zz/id_number"}, {"path": "/bank_account"}],
    ids=repr,
)
def test_a_value_in_another_place_is_refused_with_both_named(moved: dict[str, str]) -> None:
    node = sealed("secret")
    with pytest.raises(TrustFailure) as caught:
        opened(node, **moved)
    assert caught.value.code == "sealed-elsewhere"
    assert PLACE["path"] in caught.value.say()
    assert next(iter(moved.values())) in caught.value.say()
    assert "secret" not in caught.value.say()


@pytest.mark.parametrize("label", ["finance@1", "contact@2", ["finance@2", "bob"], "bob"])
def test_a_label_that_was_edited_is_refused(label: Any) -> None:
    with pytest.raises(TrustFailure):
        opened({**sealed("x"), "sealed": label})


def test_every_single_change_of_the_text_is_an_error() -> None:
    node = sealed("secret")
    text = node["age"]
    chance = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    for place in range(len(text)):
        other = chance.choice([one for one in letters if one != text[place]])
        for changed in (
            text[:place] + other + text[place + 1 :],
            text[:place] + text[place + 1 :],
            text[:place] + other + text[place:],
        ):
            try:
                value = opened({**node, "age": changed})
            except (TrustFailure, KeyMissing):
                continue
            assert value == "secret", (place, changed)
            raise AssertionError(f"{place}: accepted")


@pytest.mark.parametrize(
    "node",
    [
        None, "x", 5, [], {}, {"sealed": "finance@2"}, {"age": "x"},
        {"sealed": None, "age": None}, {"sealed": [], "age": "x"}, {"sealed": "a@1", "age": "!"},
        {"sealed": "a@1", "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+I"},
        {"sealed": "a@1", "age": "x", "hint": "y"},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_sealed_value(node: Any) -> None:
    with pytest.raises(TrustFailure):
        opened(node)


def test_armor_by_another_program_is_read() -> None:
    import pyrage

    data = pack(Envelope(PLACE["rec"], PLACE["path"], ("finance@2",), "by hand"))
    armor = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(PUBLIC)], armored=True)
    for text in (armor.decode(), armor.decode().replace("\n", "\r\n")):
        assert opened({"sealed": "finance@2", "age": text}) == "by hand"


@pytest.mark.parametrize(
    "data",
    [b"no json", b"[]", b'{"v":1}', b'{"v":2,"rec":"r","path":"/p","to":[],"val":1}',
     b'{"v":true,"rec":"r","path":"/p","to":[],"val":1}',
     b'{"v":1,"rec":"r","path":"/p","to":[],"val":NaN}',
     b'{"v":1,"rec":"r","rec":"r","path":"/p","to":[],"val":1}', b"\xff", b"[" * 100_000],
    ids=lambda data: repr(data[:30]),
)  # fmt: skip
def test_what_is_no_envelope(data: bytes) -> None:
    assert unpack(data) is None
    with pytest.raises(TrustFailure):
        opened(ciphertext.write(["finance@2"], sealing.encrypt(data, [PUBLIC])))


def test_files_stream_and_damage_is_found() -> None:
    data = random.Random(2).randbytes(300_000)
    sink = io.BytesIO()
    sealing.encrypt_file(io.BytesIO(data), sink, [PUBLIC])
    out = io.BytesIO()
    sealing.decrypt_file(io.BytesIO(sink.getvalue()), out, MINE)
    assert out.getvalue() == data
    with pytest.raises(KeyMissing):
        sealing.decrypt_file(io.BytesIO(sink.getvalue()), io.BytesIO(), THEIRS)
    for place in (5, 60, len(sink.getvalue()) - 5):
        broken = bytearray(sink.getvalue())
        broken[place] ^= 1
        with pytest.raises((TrustFailure, KeyMissing)):
            sealing.decrypt_file(io.BytesIO(broken), io.BytesIO(), MINE)


def test_without_pyrage_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(StorageFailure) as caught:
        sealed("x")
    assert "pyrage" in str(caught.value.say_hint())


def _mutated(chance: random.Random, node: dict[str, Any]) -> Any:
    text = bytearray(node["age"].encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text))
        how = chance.randrange(3)
        if how == 0:
            text[place] = chance.randrange(128)
        elif how == 1:
            del text[place : place + chance.randint(1, 30)]
        else:
            text[place:place] = bytes(chance.randrange(128) for _ in range(chance.randint(1, 9)))
        if not text:
            break
    label = chance.choice(
        ["finance@2", "finance@x", "", ["finance@2"], ["a", "a"], None, {"x": 1}]
    )
    return {"sealed": label, "age": text.decode()}


def _fuzz(count: int) -> None:
    chance = random.Random(3)
    node = sealed("secret")
    for _ in range(count):
        changed = _mutated(chance, node)
        try:
            value = opened(changed)
        except TextcrmError as error:
            assert error.exit_code in (3, 8)
            assert "secret" not in str(error)
        else:
            assert value == "secret"


def test_a_little_fuzz() -> None:
    _fuzz(1500)


@pytest.mark.long
@pytest.mark.slow
def test_check_51_a_hundred_thousand_mutated_values() -> None:
    _fuzz(100_000)
