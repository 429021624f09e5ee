"""C4: one way to write a thing, across records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cli_running import Shell
from ready_made import initialized

from textcrm.rules.spellings import WORDS, check_spellings, place_of, words_of

NUMBER = "91110108551385082Q"


def found(*records: dict[str, Any]) -> dict[str, list[str]]:
    heads = [
        (f"{n}.yaml", {"id": f"C{n}", "name": raw.get("name"), WORDS: words_of(raw)})
        for n, raw in enumerate(records)
    ]
    return {path: [one.code for one in each] for path, each in check_spellings(heads).items()}


def test_one_number_under_two_names() -> None:
    one = {"name": "云栖科技", "registration_number": NUMBER}
    assert found(one, {**one, "name": "雲棲科技"}) == {}
    assert found(
        one, {"name": "云期科技", "registration_number": f"9111 {NUMBER[4:].lower()}"}
    ) == {
        "0.yaml": ["registration-two-names"],
        "1.yaml": ["registration-two-names"],
    }
    assert (
        found(
            {"name": "a", "registration_number": "无"}, {"name": "b", "registration_number": "无"}
        )
        == {}
    )


def test_words_that_differ_by_case_width_or_form() -> None:
    usual = {"tags": ["VIP"], "products": ["运维服务"], "source": "referral"}
    assert found(usual, usual, {"tags": ["ＶＩＰ"]}) == {"2.yaml": ["spelling-differs"]}
    assert found(usual, usual, {"products": ["運維服務"]}) == {"2.yaml": ["spelling-differs"]}
    assert found(usual, usual, {"purchases": [{"product": "運維服務"}]}) == {
        "2.yaml": ["spelling-differs"]
    }
    assert found(usual, usual, {"source": "Referral"}) == {"2.yaml": ["spelling-differs"]}
    assert found(usual, {"tags": ["VIP2"], "products": ["运维"]}) == {}
    # A product and a tag of one name are two things.
    assert found({"tags": ["Alpha"]}, {"products": ["alpha"]}) == {}


def test_check_tells_where(tmp_path: Path, capsys: Any) -> None:
    shell = Shell(initialized(tmp_path / "vault", "--lang", "en"), capsys)
    for name, tag in (("甲", "VIP"), ("乙", "VIP"), ("丙", "老客户、vip")):
        shell.ok("add", name, "--set", f"tags={tag}")
    for _ in range(2):  # the second time out of what is kept
        problems = shell.ok("check", "--json").data["problems"]
        (one,) = [each for each in problems if each["code"] == "spelling-differs"]
        assert one["path"] == "/tags/1"
        assert one["line"] > 1
        assert "“vip” is written “VIP” elsewhere" in one["message"]
        assert one["hint"].endswith("textcrm tag rename 'vip' 'VIP'")


def test_places() -> None:
    raw = {"name": "x", "tags": ["a", "A"], "purchases": [{}, {"product": "P"}]}
    heads = [("0", {WORDS: words_of(raw)}), ("1", {WORDS: ["product:p", "product:p", "tag:a"]})]
    places = {place_of(raw, one) for one in check_spellings(heads)["0"]}
    assert ("tags", 1) in places
