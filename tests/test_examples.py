"""Records good and bad, found in ``examples/``: drop a file there to add a case.

A bad file opens with what is expected of it: ``# expect: SEVERITY CODE /path LINE:COLUMN``.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm import yamlfile
from textcrm.rules import RULES, Keys, RuleContext, check_rules, check_vault, merged, sealing
from textcrm.schema import Schema, default_schema_text
from textcrm.validation import Validator

EXAMPLES = Path(__file__).resolve().parent / "examples"
SCHEMA = Schema.from_json(default_schema_text())
VALIDATOR = Validator(SCHEMA)
KEYS = Keys(
    generations={"identity": frozenset((1,)), "finance": frozenset((1, 2))},
    current={"identity": 1, "finance": 2},
    people=frozenset(("wang-fang", "li-qiang")),
    readers={"identity": frozenset(), "finance": frozenset(("wang-fang",))},
    owners={"wang-fang": "wang-fang", "li-qiang": "li-qiang", "李强": "li-qiang"},
    owner_reads=frozenset(("finance",)),
)
CONTEXT = RuleContext(
    SCHEMA,
    frozenset({"wang-fang", "王芳", "li-qiang", "李强"}),
    dt.date(2026, 11, 24),
    "C20260101001",
    keys=KEYS,
)
GOOD = sorted((EXAMPLES / "good").glob("*.yaml"))
BAD = sorted((EXAMPLES / "bad").glob("*.yaml"))


def _findings(raw: dict[str, Any], context: RuleContext = CONTEXT) -> list[Any]:
    return merged(VALIDATOR.findings(raw), check_rules(raw, context))


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_good_examples_have_no_findings(file: Path) -> None:
    raw = yamlfile.read_mapping(file.read_bytes())
    assert _findings(raw, CONTEXT._replace(file_id=raw["id"])) == []
    assert VALIDATOR.is_valid(raw)
    assert VALIDATOR.is_clean(raw)


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_examples_have_just_the_findings_they_name(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    expected = re.findall(r"^# expect: (.+)$", text, re.MULTILINE)
    marks = yamlfile.positions(text)
    found = []
    for one in _findings(yamlfile.read_mapping(text)):
        line, column = (marks.key if one.at_key else marks.value)(one.path)
        path = "/" + "/".join(map(str, one.path))
        found.append(f"{one.severity} {one.code} {path} {line}:{column}")
    assert found == expected
    raw = yamlfile.read_mapping(text)  # what is told fast is what is found slowly
    assert VALIDATOR.is_clean(raw) == (VALIDATOR.findings(raw) == [])


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_findings_speak_both_languages(file: Path, language: Any) -> None:
    for one in _findings(yamlfile.read_mapping(file.read_bytes())):
        for sentence in (one.say(language), one.say_hint(language) or ""):
            assert "{" not in sentence
        if language == "zh":
            assert re.search(r"[\u4e00-\u9fff]", one.say("zh"))


def test_a_sealed_value_is_never_said() -> None:
    secret = "110101199003071234"
    for value in (secret, [secret], {"x": secret}, {"sealed": secret, "age": secret}):
        raw = {
            "id": "C20260101001",
            "name": "A",
            "bank_account": value,
            "contacts": [{"name": "Li", "id_number": value}],
            "contracts": [{"amount": value}],
        }
        for one in _findings(raw):
            assert secret not in one.say("en") + one.say("zh") + (one.say_hint("en") or "") + (
                one.say_hint("zh") or ""
            ) + repr(one.data)


def test_did_you_mean() -> None:
    hints = {
        one.code: one.say_hint("en")
        for one in _findings(
            {
                "id": "C20260101001",
                "name": "A",
                "status": "activ",
                "客户名称": "B",
                "owner": "wang-fan",
            }
        )
    }
    assert "active" in str(hints["enum"])
    assert "name" in str(hints["unknown-key"])
    assert "wang-fang" in str(hints["unknown-person"])


def _mutations(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(raw, dict):
        for name, value in raw.items():
            yield from _mutations(value, (*path, name))
        yield path, "text"
        yield path, []
    elif isinstance(raw, list):
        for place, value in enumerate(raw):
            yield from _mutations(value, (*path, place))
        yield path, "text"
    else:
        others: tuple[Any, ...] = ("", "zzz", "-1", "2026-13-40", "1e999", [], {}, None, ["x"])
        for other in others:
            yield path, other


def _changed(raw: Any, path: tuple[Any, ...], value: Any) -> Any:
    result = copy.deepcopy(raw)
    if not path:
        return result
    node = result
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return result


@pytest.mark.parametrize("file", [*GOOD, *BAD], ids=lambda file: file.stem)
def test_fast_path_and_reference_agree(file: Path) -> None:
    raw = yamlfile.read_mapping(file.read_bytes())
    cases = [raw, *(_changed(raw, path, value) for path, value in _mutations(raw))]
    cases += [{key: value for key, value in raw.items() if key != name} for name in raw]
    for case in cases:
        instance = SCHEMA.instance(case)
        reference = not list(VALIDATOR._reference.iter_errors(instance))
        assert VALIDATOR._fast(instance) == reference, case
        errors = [one for one in VALIDATOR.findings(case) if one.severity == "error"]
        assert VALIDATOR.is_valid(case) == (not errors), case


TREES = st.recursive(
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["2026-02-30", "1e400", "张经理", "active", "C20260101001"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [field.name for field in SCHEMA.fields]
                + ["at", "phones", "number", "next", "due", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(st.sampled_from([field.name for field in SCHEMA.fields]), TREES, max_size=6)
)
def test_whatever_a_record_holds_nothing_is_raised(raw: dict[str, Any]) -> None:
    for one in _findings(raw):
        assert one.say("en")
        assert one.say("zh")


def test_every_rule_names_its_source_and_has_an_example() -> None:
    codes = {
        line.split()[3]
        for file in BAD
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("# expect")
    }
    assert len(RULES) >= 20
    for rule in RULES:
        assert re.search(r"[A-Z]\d|GB|DESIGN|differ", rule.__doc__ or ""), rule
    assert codes >= sealing.CODES - {"duplicate-ciphertext"}
    assert codes >= {
        "vague-name",
        "phone-masked",
        "date-order",
        "status-wants",
        "industry-words",
        "registration-number",
        "email-invalid",
        "summary-long",
        "channel-dead",
        "id-number",
        "looks-sensitive",
        "secret-key",
    }


def test_neighbours() -> None:
    found = check_vault(
        [
            ("customers/2026/01/C20260101001.yaml", {"id": "C20260101001", "uid": "u"}),
            ("customers/2026/02/C20260101001.yaml", {"id": "C20260101001", "uid": "u"}),
            ("customers/2026/01/C20260102001.yaml", {"id": "C20260102001", "uid": "v"}),
        ]
    )
    assert {path: [one.code for one in findings] for path, findings in found.items()} == {
        "customers/2026/02/C20260101001.yaml": ["id-twice", "wrong-folder", "uid-twice"]
    }


def test_one_number_at_three_customers(  # row B9
) -> None:
    from textcrm.rules.across import PHONES, phones_of

    numbers = [
        "+8613911112222",
        "139-1111-2222",
        "0086 139 1111 2222",
        "+8613911113333",
        "139****2222",
    ]
    heads = [
        (
            f"{n}.yaml",
            {
                "id": f"C{n}",
                PHONES: phones_of({"contacts": [{"phones": [{"number": number}] * 2}]}),
            },
        )
        for n, number in enumerate(numbers)
    ]
    assert check_vault(heads[:2]) == {}
    found = check_vault(heads)
    assert sorted(found) == ["0.yaml", "1.yaml", "2.yaml"]
    (one,) = found["1.yaml"]
    assert (one.code, one.severity) == ("phone-shared", "warning")
    assert one.path == ("contacts", 0, "phones", 0, "number")
    assert "C0、C2" in one.say("zh")
    assert "13911112222" not in one.say("zh")


def test_the_catalogue_has_every_code() -> None:
    """What a source file passes to warning(), error(), Finding() or located() as a code."""
    import ast

    from textcrm.rules.catalogue import CATALOGUE

    root = Path(__file__).resolve().parent.parent / "textcrm"
    used: set[str] = set()
    for room in ("rules", "validation", "yamlfile", "quality"):
        for file in (root / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if name in ("warning", "error", "Finding", "located", "_of_git"):
                    first = node.args[0] if node.args else None  # type: ignore[attr-defined]
                    if isinstance(first, ast.Constant):
                        used.add(str(first.value))
    assert used - CATALOGUE.keys() == set(), "tell of it in textcrm/rules/catalogue.py"


def test_the_documents_tell_of_every_code() -> None:
    import runpy

    root = Path(__file__).resolve().parent.parent
    written = runpy.run_path(str(root / ".ci" / "write_checks.py"))
    for name in ("checks.md", "checks.zh-CN.md"):
        text = (root / "docs" / name).read_text(encoding="utf-8")
        assert written["filled"](text, chinese="zh" in name) == text, "python .ci/write_checks.py"
