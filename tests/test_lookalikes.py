"""The look-alike scan: numbers with a check digit are seen, orders and phones are not."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize.lookalikes import KINDS, find_lookalikes

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
SEEN = {
    "resident-id": [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "身份证１１０１０５１９４９１２３１００２Ｘ。",
        "身份证号：130503670401001",
    ],
    "bank-card": [
        "4111111111111111",
        "4111 1111 1111 1111",
        "6222-0212-3456-7890-128",
        "6222021234567890128",
        "卡号6222021234567890128，",
        "5555555555554444",
        "3530111333300000",
    ],
    "iban": [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "gb82west12345698765432",
        "NO93 8601 1117 947",
    ],
    "secret-key": [
        "AGE-SECRET-KEY-1" + "Q" * 58,
        "age-secret-key-1" + "q" * 58,
        "AGE-SECRET-KEY-PQ-1" + "Q" * 58,
        "AGE-PLUGIN-YUBIKEY-1" + "Q" * 30,
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
}
UNSEEN = [
    "110105194912310021",  # the check digit is wrong
    "11010519491331002X",  # no thirteenth month
    "130503670401001",  # an old number, and nothing that says so
    "4111111111111112",
    "订单号 4111111111111111",
    "快递单号：6222021234567890128",
    "order no. 4111 1111 1111 1111",
    "IMEI 356938035643809",
    "HT-20240501-4111111111111111",
    "https://shop.example.com/item/4111111111111111?x=1",
    "https://shop.example.com/?id=1&card/4111111111111111",
    "13912345678 13912345679",
    "+86 199 0000 0012，400-000-0012",
    "91350100M000100Y43",
    "911101080000000000",
    "2024-05-01 2024-06-01 12:30:00",
    "DE89370400440532013001",
    "C20240501001 C20240501002 C20240501003",
    "01M5S1ETZ0DEM0TWCE00000000",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIfakefakefakefakefakefakefakefakefakefakefake",
    "12345678901234567890",
    "",
]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, one) for kind, all_ in SEEN.items() for one in all_]
)
def test_what_is_seen(kind: str, text: str) -> None:
    for around in ("{}", "备注 {} 完", "a {}, b", "「{}」", "{}\n"):
        given_text = around.format(text)
        found = list(find_lookalikes(given_text))
        assert [one.kind for one in found] == [kind], given_text
        piece = given_text[found[0].start : found[0].end]
        assert piece in text


@pytest.mark.parametrize("text", UNSEEN)
def test_what_is_not_seen(text: str) -> None:
    assert list(find_lookalikes(text)) == []


def test_each_kind_has_a_name_in_both_languages() -> None:
    assert set(KINDS) == set(SEEN)


def test_the_sample_vault_holds_nothing_of_the_kind() -> None:
    for file in (*SAMPLE.rglob("*.yaml"), *SAMPLE.rglob("*.md")):
        assert list(find_lookalikes(file.read_text(encoding="utf-8"))) == [], file


def test_real_imports_hold_nothing_of_the_kind(shared_data: Path) -> None:
    for file in (*shared_data.glob("import/*"), *shared_data.glob("dedupe/*.csv")):
        data = file.read_bytes()
        for encoding in ("utf-8", "utf-16" if data[:2] == b"\xff\xfe" else "gb18030", "cp1252"):
            try:
                text = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        assert list(find_lookalikes(text)) == [], file


def test_registration_and_order_numbers_at_random_hardly_ever_fire() -> None:
    rng = random.Random(1)
    fired = 0
    for _ in range(20000):
        code = (
            "91"
            + "".join(rng.choices("0123456789", k=6))
            + "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=10))
        )
        order = f"20{rng.randrange(10, 27)}{rng.randrange(1, 13):02}{rng.randrange(10**10):010}"
        fired += bool(list(find_lookalikes(f"{code} {order}")))
    assert fired <= 2


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789Xx -DEage１６订单号身份证\n."), max_size=60))
def test_any_text_is_read(text: str) -> None:
    for one in find_lookalikes(text):
        assert 0 <= one.start < one.end <= len(text)


def test_a_hostile_text_takes_no_time() -> None:
    import time

    for piece in (
        "1" * 100_000,
        "62 " * 50_000,
        "DE89 3704 " * 20_000,
        "4111 1111 1111 111 " * 10_000,
    ):
        start = time.perf_counter()
        list(find_lookalikes(piece))
        assert time.perf_counter() - start < 2


def test_json_of_a_lookalike_names_no_value() -> None:
    found = next(find_lookalikes("x 4111111111111111"))
    assert "4111" not in json.dumps(found)
