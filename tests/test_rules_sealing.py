"""Sealed values judged without any key: every wrong thing is found, no value is ever said."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing_vault import ciphertext

from textcrm.quality.check import check
from textcrm.rules import Keys, RuleContext, check_sealing, check_vault, merged
from textcrm.rules.across import SEALED
from textcrm.rules.sealing import CODES, sealed_places, sealed_prints
from textcrm.schema import Schema, default_schema_text
from textcrm.vault import Vault
from textcrm.vault.creation import create

SCHEMA = Schema.from_json(default_schema_text())
KEYS = Keys(
    generations={"identity": frozenset((1,)), "finance": frozenset((1, 2))},
    current={"identity": 1, "finance": 2},
    people=frozenset(("wang-fang", "li-qiang", "zhao-min")),
    readers={"identity": frozenset(), "finance": frozenset(("wang-fang",))},
    owners={"wang-fang": "wang-fang", "王芳": "wang-fang", "li-qiang": "li-qiang"},
    owner_reads=frozenset(("finance",)),
)
CONTEXT = RuleContext(SCHEMA, frozenset(), dt.date(2026, 11, 24), keys=KEYS)
AGE = ciphertext()
AGE_2 = ciphertext(2)
SECRET = "6222021234567890128"


def _codes(raw: dict[str, Any], context: RuleContext = CONTEXT) -> list[str]:
    return [one.code for one in check_sealing(raw, context)]


def test_right_values_say_nothing() -> None:
    assert _codes({"bank_account": {"sealed": "finance@2", "age": AGE}}) == []
    assert _codes({"bank_account": {"sealed": ["finance@2"], "age": AGE}}) == []
    assert (
        _codes(
            {
                "owner": "li-qiang",
                "bank_account": {"sealed": ["finance@2", "li-qiang"], "age": AGE_2},
            }
        )
        == []
    )
    contracts = [{"id": "a", "instalments": [{"amount": {"sealed": "finance@2", "age": AGE}}]}]
    assert _codes({"contracts": contracts}) == []
    assert _codes({"bank_account": None, "contracts": [{"amount": None}]}) == []
    assert _codes({"custom": {"age": 30, "sealed": "yes, with wax", "by": "x"}}) == []


@pytest.mark.parametrize(
    "value",
    ["", "0", SECRET, [SECRET], [], {}, {"number": SECRET}, True, 5],
)
def test_anything_plain_in_a_sealed_field(value: object) -> None:
    for raw in ({"bank_account": value}, {"contracts": [{}, {"amount": value}]}):
        (finding,) = check_sealing(raw, CONTEXT)
        assert (finding.code, finding.severity) == ("plain-sealed", "error")
        assert SECRET not in repr(finding) + finding.say("en") + finding.say("zh")


def test_in_a_vault_without_keys_plain_text_is_a_warning() -> None:
    (finding,) = check_sealing({"bank_account": "1"}, CONTEXT._replace(keys=None))
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("owner", "labels", "expected"),
    [
        ("li-qiang", ["finance@2"], ["owner-not-in-label"]),
        ("wang-fang", ["finance@2"], []),  # reads it by role
        ("王芳", ["finance@2"], []),
        ("zhao-min", ["finance@2"], []),  # has no key of their own
        ("nobody", ["finance@2"], []),
        (5, ["finance@2"], []),
        ("li-qiang", ["finance@2", "zhao-min"], ["owner-not-in-label"]),
    ],
)
def test_owners(owner: object, labels: list[str], expected: list[str]) -> None:
    age = AGE if len(labels) == 1 else AGE_2
    assert _codes({"owner": owner, "bank_account": {"sealed": labels, "age": age}}) == expected
    contact = {"id_number": {"sealed": "identity@1", "age": ciphertext()}}
    assert _codes({"owner": owner, "contacts": [contact]}) == []


def test_a_sealed_list_and_what_is_in_it() -> None:
    document = {
        "$defs": SCHEMA.document["$defs"],
        "properties": {
            "loans": {
                "$ref": "#/$defs/sealed",
                "type": ["array", "object"],
                "items": {"type": "object", "properties": {"bank": {"type": "string"}}},
                "x-textcrm": {"seal": "finance", "label": {"zh": "贷款", "en": "Loans"}},
            }
        },
    }
    import json

    context = CONTEXT._replace(schema=Schema.from_json(json.dumps(document)))
    assert _codes({"loans": {"sealed": "finance@2", "age": AGE}}, context) == []
    assert _codes({"loans": [{"bank": "x"}]}, context) == ["plain-sealed"]
    assert _codes({"other": {"sealed": "finance@2", "age": AGE}}, context) == ["sealed-misplaced"]


def test_copies_within_a_record_and_across() -> None:
    value = {"sealed": "finance@2", "age": AGE}
    one = {"id": "C20260101001", "bank_account": value, "contracts": [{"amount": dict(value)}]}
    two = {"id": "C20260101002", "bank_account": dict(value)}
    heads = [
        (
            f"customers/2026/01/{raw['id']}.yaml",
            {"id": raw["id"], SEALED: sealed_prints(raw, SCHEMA)},
        )
        for raw in (one, two)
    ]
    found = check_vault(heads)
    told = [
        (path.rsplit("/", 1)[-1], one.code, one.path, one.say("en"))
        for path, all_ in found.items()
        for one in all_
    ]
    assert [(path, code, where) for path, code, where, _ in told] == [
        ("C20260101001.yaml", "duplicate-ciphertext", ("contracts", 0, "amount")),
        ("C20260101002.yaml", "duplicate-ciphertext", ("bank_account",)),
    ]
    assert "/bank_account" in told[0][3]
    assert "C20260101001.yaml /bank_account" in told[1][3]


def test_a_copy_in_other_clothes_is_still_one() -> None:
    import base64

    body = "\n".join(AGE[start : start + 64] for start in range(0, len(AGE), 64))
    armor = f"-----BEGIN AGE ENCRYPTED FILE-----\n{body}\n-----END AGE ENCRYPTED FILE-----\n"
    assert base64.b64decode(AGE)
    prints = [
        sealed_prints({"bank_account": {"sealed": "finance@2", "age": age}}, SCHEMA)[0][1]
        for age in (AGE, armor)
    ]
    assert prints[0] == prints[1]


def test_the_schemas_word_and_the_rules_are_not_both_told() -> None:
    from textcrm.validation import Validator

    raw = {"id": "C20260101001", "name": "A", "bank_account": {"sealed": "finance@2"}}
    found = Validator(SCHEMA).findings(raw)
    assert [one.code for one in found] == ["required"]
    assert [one.code for one in merged(found, check_sealing(raw, CONTEXT))] == ["sealed-malformed"]


TREES = st.recursive(
    st.none()
    | st.text(max_size=8)
    | st.sampled_from([SECRET, AGE, "finance@2", "identity@1", "x@9"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["sealed", "age", "amount", "id_number", "id", "instalments", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["bank_account", "contacts", "contracts", "owner", "notes", "custom"]),
        TREES,
        max_size=4,
    )
)
def test_whatever_stands_there_nothing_is_raised_and_nothing_is_said(raw: dict[str, Any]) -> None:
    for finding in check_sealing(raw, CONTEXT):
        assert finding.code in CODES | {"looks-sensitive", "secret-key"}
        said = "".join(finding.say(lang) + (finding.say_hint(lang) or "") for lang in ("en", "zh"))
        assert "{" not in said
        assert SECRET not in said + repr(finding.data)
        assert AGE[:200] not in said + repr(finding.data)
    assert len(sealed_prints(raw, SCHEMA)) <= len(list(sealed_places(raw, SCHEMA)))


def _large(folder: Path, count: int) -> Path:
    """A vault of records with eight sealed values each."""
    create(folder)
    import pyrage

    keys = [pyrage.x25519.Identity.generate().to_public()]
    import base64

    def value(label: str, indent: str) -> str:
        age = base64.b64encode(pyrage.encrypt(b"x" * 128, keys)).decode()
        return f"\n{indent}sealed: {label}@1\n{indent}age: {age}\n"

    for number in range(count):
        own = f"C2026{number // 28000 + 1:02}{number % 28 + 1:02}{number:06}"
        text = f"id: {own}\nuid: 01KDW0ZB00{number:016}\nname: 公司{number}\ncontacts:\n"
        for place in range(3):
            text += f"  - id: c{place}\n    name: 李明\n    id_number:" + value(
                "identity", "      "
            )
        text += "contracts:\n"
        for place in range(4):
            text += f"  - id: k{place}\n    number: HT-{number}-{place}\n    amount:" + value(
                "finance", "      "
            )
        text += "bank_account:" + value("finance", "  ")
        file = folder / "customers" / own[1:5] / own[5:7] / f"{own}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_three_hundred_records_take_a_moment(tmp_path: Path) -> None:
    vault = Vault.open(_large(tmp_path / "vault", 300), today=dt.date(2026, 11, 24))
    start = time.perf_counter()
    found = check(vault)
    assert time.perf_counter() - start < 10
    assert found.errors == 0, [one.finding.code for one in found.problems][:5]


@pytest.mark.slow
def test_ten_thousand_records_without_pyrage_in_half_a_minute(tmp_path: Path) -> None:
    folder = _large(tmp_path / "vault", 10_000)
    bad = folder / "customers/2026/01/C20260101000000.yaml"
    bad.write_text(
        bad.read_text(encoding="utf-8") + "notes: x\nneeds: 身份证 11010519491231002X\n",
        encoding="utf-8",
    )
    code = (
        "import sys\n"
        "sys.modules['pyrage'] = None\n"
        "from textcrm.cli.main import run\n"
        f"sys.exit(run(['-C', {str(folder)!r}, 'check']))\n"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env=dict(os.environ),
    )
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "looks-sensitive" in done.stdout
    assert seconds < 30
