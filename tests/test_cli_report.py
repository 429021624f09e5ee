"""Reports at the command line: forms, files, mistakes, two languages."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cli_running import Shell
from insight_vault import sample, vault_of

from textcrm.cli.width import width
from textcrm.insight.reports import REPORTS


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    sample(tmp_path / "vault")
    return Shell(tmp_path / "vault", capsys)


class Page(HTMLParser):
    """Whether tags close, and what a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "rect", "line"):
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_report_has_the_contract_and_every_form(shell: Shell, tmp_path: Path) -> None:
    found = shell.ok("report", "all", "--json").data
    assert list(found) == [report.name for report in REPORTS]
    for name, tree in found.items():
        assert {"columns", "rows", "total"} < set(tree)
        assert tree["report"] == name
        assert len(tree["labels"]) == len(tree["columns"])
        assert all(len(row) == len(tree["columns"]) for row in tree["rows"])
    file = tmp_path / "all.html"
    shell.ok("--lang", "zh", "report", "全部", "-o", str(file))
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    assert not page.open
    assert all(each.startswith("#") for each in page.loads)
    assert "杭州云杉软件有限公司" in page.words
    assert all(report.title.zh.removesuffix("款")[:2] in page.words for report in REPORTS[:6])
    assert "<script" not in file.read_text(encoding="utf-8")


def test_csv_is_exact(shell: Shell, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(shell.ok("report", "sources", "--format", "csv").out)))
    assert rows[0][0] in ("Source", "客户来源")
    assert sum(int(row[1]) for row in rows[1:]) == 44
    assert sum(int(row[5] or 0) for row in rows[1:]) == 982084
    file = tmp_path / "s.csv"
    shell.ok("report", "sources", "-o", str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not list(tmp_path.glob(".*.part"))
    again = shell("report", "sources", "-o", str(file), "--json")
    assert (again.code, again.error["code"]) == (2, "file-exists")
    shell.ok("report", "sources", "-o", str(file), "--force")
    assert shell.ok("report", "--count", "--json").data["total"] == {"count": 44}


@pytest.mark.parametrize("columns", ["40", "80", "120"])
def test_charts_fit_and_line_up_with_chinese_labels(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = shell.ok("--lang", "zh", "chart", "来源").out.splitlines()[1:6]
    assert lines[0].startswith("线上推广 █")
    assert all(width(line) <= int(columns) for line in lines)
    assert len({width(line) for line in lines}) == 1
    starts = [width(line[: line.index("█")]) for line in lines]
    assert len(set(starts)) == 1


def test_svg_escapes_and_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "</svg><script>alert(1)</script>"
    vault_of(
        tmp_path / "v",
        [f"id: C20260101001\nname: '{evil}'\npurchases: [{{product: '{evil}', amount: 5}}]\n"],
    )
    shell = Shell(tmp_path / "v", capsys)
    for words in (
        ("chart", "products", "--format", "svg"),
        ("report", "products", "--format", "html"),
    ):
        out = shell.ok(*words).out
        assert "<script" not in out
        assert "&lt;script&gt;" in out
    assert "=" not in shell.ok("report", "products", "--format", "csv").out


@pytest.mark.parametrize("word", ["city", "城市"])
def test_a_field_is_no_report_but_can_be_counted_by(shell: Shell, word: str) -> None:
    ran = shell("--lang", "en", "report", word)
    assert (ran.code, f"textcrm report --by {word}" in ran.err) == (2, True)
    assert shell("report", "--by", word).code == 0


def test_masks_hide_names_everywhere(shell: Shell) -> None:
    for form in ("table", "chart", "json", "csv", "html"):
        out = shell.ok("report", "value", "--mask", "--format", form).out
        assert "C20240318001" in out or form == "chart"
        assert "杭州云杉软件有限公司" not in out


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("report", "sorces"), 2, "unknown-report"),
        (("report", "sources", "--level", "city"), 2, "idle-option"),
        (("report", "regions", "--level", "x"), 2, "unknown-level"),
        (("report", "regions", "--kind", "x"), 2, "unknown-kind"),
        (("report", "purchases", "--period", "x"), 2, "unknown-period"),
        (("report", "purchases", "--since", "2026-05-01", "--until", "2026-04-01"), 2, "span-backwards"),
        (("report", "sources", "--format", "pdf"), 2, "unknown-format"),
        (("report", "all", "--format", "csv"), 2, "one-only"),
        (("report", "--by", "nope"), 2, "unknown-field"),
        (("report", "--by", "city", "--since", "2026-01-01"), 2, "idle-option"),
        (("report", "--by", "city", "--sum", "name"), 2, "not-a-number"),
        (("report", "sources", "type:"), 2, "query-syntax"),
        (("report", "sources", "-o", "/nowhere/x.html"), 9, "file-unwritable"),
    ],
)  # fmt: skip
def test_mistakes(shell: Shell, words: tuple[str, ...], code: int, error: str) -> None:
    ran = shell(*words, "--json") if error not in ("unknown-format", "one-only") else shell(*words)
    assert ran.code == code
    if error in ("unknown-format", "one-only"):
        assert ran.err
    else:
        assert ran.error["code"] == error


def test_nothing_found_is_1_and_the_overview_lists_all(shell: Shell) -> None:
    assert shell("report", "feedback", "name:nobody").code == 1
    assert [one["name"] for one in shell.ok("report", "--json").data] == [r.name for r in REPORTS]
    out = shell.ok("--lang", "zh", "report").out
    assert all(report.title.zh in out for report in REPORTS)


def test_what_the_reports_do_not_load(tmp_path: Path) -> None:
    sample(tmp_path / "vault")
    code = (
        "import sys; from textcrm.cli.main import run\n"
        "run(['-C', sys.argv[1], 'report', 'sources', '--json'])\n"
        "print(sorted({'whoosh', 'git', 'jsonschema', 'pyrage', 'pypinyin', 'phonenumbers', 'yaml',\n"
        "  'textcrm.insight.buying', 'textcrm.quality', 'textcrm.history'} & set(sys.modules)),\n"
        "  file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "vault")]
    subprocess.run(words, capture_output=True, check=True)  # the catalog is made
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr.strip() in ("[]", "['yaml']")


def test_columns_below_zero_hang_from_the_line() -> None:
    from textcrm.cli.bars import Bar
    from textcrm.cli.drawing import columns

    drawn = columns([Bar("2024-01", 100.0, "100"), Bar("2024-02", -50.0, "-50")], "t")
    assert 'class="bar" x="51.6" y="24.0" width="326.8" height="160.0"' in drawn
    assert 'class="bar below" x="481.6" y="184.0" width="326.8" height="80.0"' in drawn
    assert 'y1="184.0" y2="184.0"' in drawn
    only = columns([Bar("2024-02", -50.0, "-50")], "t")
    assert 'class="bar below" x="103.2" y="24.0" width="653.6" height="240.0"' in only


def test_notes_are_in_the_language_of_the_user(shell: Shell) -> None:
    zh = shell.ok("report", "sources", "--json", "--lang", "zh").data["notes"]
    en = shell.ok("report", "sources", "--json", "--lang", "en").data["notes"]
    assert zh[0].startswith("已购客户")
    assert en[0].startswith("A buyer")


@pytest.mark.parametrize(
    "words",
    [
        ("report", "sources", "--format", "csv"),
        ("privacy", "notice"),
        ("segment", "--format", "csv"),
    ],
)
def test_a_lone_dash_is_standard_output(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert shell(*words, "-o", "-").out == shell(*words).out
    assert not list(folder.iterdir())  # a file of that name, in whatever folder it was


def test_a_report_beside_a_pivot_is_said_to_be_a_word(shell: Shell) -> None:
    ran = shell("--lang", "en", "report", "value", "--by", "city")
    assert "looked for as a word" in ran.err
    assert "Customer value" in ran.err
    assert not shell("--lang", "en", "report", "--by", "city", "status:active").err
