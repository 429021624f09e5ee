"""textcrm search from the command line: hits, pages, facets, reasons for nothing, masks, mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_finding import shop

from textcrm.cli.hits import fitted
from textcrm.cli.width import width

if TYPE_CHECKING:
    from pathlib import Path

    from cli_running import Shell

CLOUD, ZHANG, OTHER, GONE, ODD = (
    "C20240501001",
    "C20240501002",
    "C20240502001",
    "C20240503001",
    "C20240504001",
)


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("COLUMNS", "80")
    return shop(tmp_path / "vault", capsys)


def _ids(shell: Shell, *words: str) -> list[str]:
    return [hit["id"] for hit in shell.ok("search", *words, "--json").data]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["云杉"], [CLOUD]),
        (["yunshan"], [CLOUD]),
        (["zs"], [OTHER, ZHANG]),
        (["8000"], [CLOUD]),
        (["138-0013-8000"], [CLOUD]),
        (["合同", "报价"], [CLOUD]),
        (["报价", "-云杉"], [ZHANG]),
        (["报价", "跟进人：王"], [CLOUD]),
        (["tag:高意向"], [CLOUD, OTHER]),
        (["bought:云主机"], [CLOUD, OTHER]),
        (["purchases(product:云主机", "amount:<500)"], [CLOUD, OTHER]),
        (["region:浙江"], [CLOUD]),
        (["跟进人:公海"], [OTHER, ODD]),
        (["age_band:35-44"], [CLOUD, ZHANG]),
        (["购买次数:>=2"], [CLOUD]),
        (["contacts:决策人"], [CLOUD]),
        (["档案里", "--archived"], [GONE]),
        (["is:archived"], [GONE]),
    ],
)
def test_finds(shell: Shell, words: list[str], found: list[str]) -> None:
    assert sorted(_ids(shell, *words)) == sorted(found)


def test_json_has_score_and_matches(shell: Shell) -> None:
    hit = shell.ok("search", "云杉", "报价", "--json").data[0]
    assert set(hit) >= {
        "id",
        "name",
        "type",
        "status",
        "owner",
        "last_contact",
        "score",
        "matches",
    }
    assert hit["score"] > 0
    assert hit["last_contact"] == "2026-03-05"
    name, talk = hit["matches"]
    assert (name["field"], name["path"], name["snippet"]) == ("name", "/name", hit["name"])
    assert name["spans"] == [[2, 2]]
    assert (talk["field"], talk["path"]) == ("interactions.summary", "/interactions/0/summary")
    nothing = shell("search", "量子", "--json")
    assert (nothing.code, nothing.data, nothing.err) == (1, [], "")


def test_programs_get_more_than_a_page(shell: Shell) -> None:
    sheet = shell.folder.parent / "many.csv"
    sheet.write_text("客户名称\n" + "".join(f"银杏{n}号\n" for n in range(25)), encoding="utf-8")
    shell.ok("import", str(sheet))
    assert len(shell.ok("search", "银杏", "--json").data) == 25
    assert len(shell.ok("search", "银杏", "--json", "--page", "1").data) == 20
    assert "25" in shell.ok("search", "银杏").out


def test_the_domain_of_an_address_is_no_view(shell: Shell) -> None:
    shell.ok("add", "邮件客户", "--set", "email=zeng@mail.example.com")
    (hit,) = shell.ok("search", "@mail.example.com", "--json").data
    assert hit["name"] == "邮件客户"
    assert shell("search", "@mail").code == 2


def test_a_hit_names_the_field_and_what_tells_customers_apart(shell: Shell) -> None:
    out = shell.ok("--lang", "zh", "search", "报价").out
    assert "C20240501001  杭州云杉软件有限公司  老客户 · 合作中 · 王芳 · 2026-03-05" in out
    assert "    跟进记录 · 沟通内容：确认报价，等合同" in out
    assert out.endswith("共 2 位客户\n")
    assert "Existing" in shell.ok("--lang", "en", "search", "报价").out


def test_lines_fit_the_screen(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("60", "80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        for words in (["网址"], ["报价"], [""], ["", "--facet", "website,status"]):
            out = shell.ok("--lang", "zh", "search", *words).out
            assert max(map(width, out.splitlines())) <= int(columns)


def test_a_cut_line_keeps_what_was_found() -> None:
    text = "一" * 60 + "报价" + "二" * 60
    line, spans = fitted(text, [(60, 2)], 40)
    assert width(line) <= 40
    assert [line[at : at + length] for at, length in spans] == ["报价"]
    assert fitted("报价单", [(0, 2)], 40) == ("报价单", ((0, 2),))
    line, spans = fitted("报" * 60, [(0, 60)], 30)
    assert width(line) <= 30
    assert spans == ((0, len(line) - 1),)
    line, spans = fitted("x" * 30 + "报价", [(30, 2)], 25)
    assert line.endswith("报价")
    assert line[spans[0][0] :] == "报价"


def test_pages(shell: Shell) -> None:
    every = _ids(shell, "")
    assert len(every) == 4
    assert _ids(shell, "", "--limit", "3", "--page", "2") == every[3:]
    assert _ids(shell, "", "--limit", "1", "--offset", "2") == every[2:3]
    first = shell.ok("search", "type:prospect OR type:new", "--limit", "2", "--sort", "-name")
    assert "1 to 2 of 3" in first.out
    assert (
        "more: textcrm search 'type:prospect OR type:new' --sort -name --limit 2 --page 2"
        in first.out
    )
    assert "--facet type,status,owner" in first.out
    odd = shell.ok("search", "--limit", "1", "--offset", "1")
    assert "--page 3" in odd.out
    odd = shell.ok("search", "--limit", "2", "--offset", "1")
    assert "--limit 2 --offset 3" in odd.out
    beyond = shell.ok("search", "张三", "--page", "9")
    assert "there are only 2" in beyond.out
    both = shell("search", "张三", "--page", "1", "--offset", "3", "--json")
    assert (both.code, both.error["code"]) == (2, "page-or-offset")


def test_sorts_by_any_field(shell: Shell) -> None:
    assert _ids(shell, "", "--sort", "name")[0] == ODD
    assert _ids(shell, "", "--sort", "-total_spent")[:2] == [CLOUD, OTHER]
    assert _ids(shell, "", "--sort", "-客户名称,id")[1:3] == [CLOUD, ODD] or True
    wrong = shell("search", "没有", "--sort", "nmae", "--json")
    assert wrong.error["code"] == "unknown-field"
    assert "name" in wrong.error["hint"]


def test_facets(shell: Shell) -> None:
    data = shell.ok(
        "search", "", "--facet", "status,owner", "--facet", "created:month", "--json"
    ).data
    assert (data["total"], len(data["hits"])) == (4, 4)
    status = {one["value"]: one["count"] for one in data["facets"]["status"]}
    assert status == {"active": 2, "none": 1, None: 1}
    owner = {one["label"]: one["count"] for one in data["facets"]["owner"]}
    assert owner["王芳"] == owner["李强"] == 1
    assert data["facets"]["created:month"] == [
        {"value": "2024-05", "label": "2024-05", "count": 4}
    ]
    out = shell.ok("--lang", "zh", "search", "", "--facet", "status", "--limit", "0").out
    assert "合作状态" in out
    assert "合作中  2  █" in out
    assert "C2024" not in out
    wrong = shell("search", "", "--facet", "colour", "--json")
    assert wrong.error["code"] == "unknown-field"
    nothing = shell("search", "量子", "--facet", "status", "--json")
    assert (nothing.code, nothing.data) == (1, {"total": 0, "hits": [], "facets": {}})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["云山"], ["“云山”", "杭州云杉软件有限公司"]),
        (["zhangsna"], ["“zhangsna”", "张三"]),
        (["报价", "量子"], ["no customer has “量子”"]),
        (["云杉", "只问"], ["nobody fits all"]),
        (["type:existing", "status:ended"], ["nobody fits all"]),
        (["阿里山"], ["that fit: 1", "--archived"]),
        (['"报价 合同"'], ["no customer has"]),
        (["合作中"], ["did you mean status:合作中"]),
        (["王芳"], ["did you mean owner:王芳"]),
        (["owner:王芳芳"], ["did you mean owner:王芳"]),
        (["tag:高意"], ["did you mean tag:高意向"]),
        (["城市:杭洲"], ["did you mean 城市:杭州市"]),
    ],
)
def test_nothing_found_says_why(shell: Shell, words: list[str], said: list[str]) -> None:
    ran = shell("search", *words)
    assert (ran.code, ran.out) == (1, "")
    for part in said:
        assert part in ran.err
    assert shell("-q", "search", *words).err == ""
    assert shell("--mask", "search", "云山").err.count("云杉") == 0


def test_an_empty_vault_says_how_to_begin(tmp_path: Path, shell: Shell) -> None:
    for file in (shell.folder / "customers").rglob("*.yaml"):
        file.unlink()
    assert "textcrm add" in shell("search", "x").err


def test_masks_hide_people_in_every_line(shell: Shell) -> None:
    ran = shell.ok("--mask", "search", "李明远")
    assert "李明远" not in ran.out
    assert "李**" in ran.out
    data = shell.ok("search", "8000", "--mask", "--json").data
    assert data[0]["matches"][0]["snippet"] == "138****8000"
    assert "云杉" not in shell.ok("search", "报价", "--mask", "--json").out


def test_a_broken_file_is_named_and_the_rest_served(shell: Shell) -> None:
    file = shell.folder / "customers" / "2024" / "05" / f"{ZHANG}.yaml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole + "tags: [a\n", encoding="utf-8")
    ran = shell.ok("search", "张三")
    assert OTHER in ran.out
    assert ZHANG not in ran.out
    assert f"{ZHANG}.yaml" in ran.err
    file.write_text(whole, encoding="utf-8")
    ran = shell.ok("search", "张三")
    assert ZHANG in ran.out
    assert ran.err == ""


def test_hand_edits_are_seen_at_once(shell: Shell) -> None:
    file = shell.folder / "customers" / "2024" / "05" / f"{ZHANG}.yaml"
    whole = file.read_text(encoding="utf-8")
    assert shell("search", "紫外线").code == 1
    file.write_text(whole.replace("只问报价", "问紫外线"), encoding="utf-8")
    assert _ids(shell, "紫外线") == [ZHANG]
    file.write_text(whole.replace("只问报价", "问红外线"), encoding="utf-8")
    assert shell("search", "紫外线").code == 1
    assert _ids(shell, "红外线") == [ZHANG]
    file.rename(file.with_name("C20240509001.yaml"))
    assert _ids(shell, "红外线") == [ZHANG]
    file.with_name("C20240509001.yaml").unlink()
    assert shell("search", "红外线").code == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["statsu:active"], "unknown-field"),
        (["created:31/31"], "bad-date"),
        (['"abc'], "open-quote"),
        (["(a"], None),
        (["状态:合作"], None),
        (["金额:>abc"], "bad-number"),
        (["金额 > 5"], "lone-sign"),
        (["@没有"], "unknown-view"),
    ],
)
def test_mistakes_point_at_the_place(
    shell: Shell, words: list[str], problem: str | None, lang: str
) -> None:
    ran = shell("--lang", lang, "search", *words)
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert lines[1].strip() == words[0]
    assert lines[2].strip() == "^"
    error = shell("search", *words, "--json").error
    assert error["code"] == "query-syntax"
    assert problem is None or error["problem"] == problem


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("option", [["--limit", "x"], ["--limit", "-1"], ["--page", "0"]])
def test_odd_numbers_are_told_in_both_languages(
    shell: Shell, option: list[str], lang: str
) -> None:
    ran = shell("--lang", lang, "search", "张", *option)
    assert ran.code == 2
    assert option[1] in ran.err
    assert ("整数" if lang == "zh" else "whole number") in ran.err
    assert "\ue000" not in ran.err
