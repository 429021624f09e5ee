"""README, CONTRIBUTING and docs against the tree: links, commands, pages, rooms."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from textcrm.cli.main import COMMANDS

CHECKOUT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted(
    [
        *CHECKOUT.glob("*.md"),
        *(CHECKOUT / "docs").glob("*.md"),
        CHECKOUT / "schema" / "README.md",
        CHECKOUT / "benchmarks" / "README.md",
        CHECKOUT / "sample-vault" / "README.md",
    ]
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _text(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    """The places that headings make, as the hosts of git name them."""
    heads = re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_no_link_is_dead(page: Path) -> None:
    for link in _LINK.findall(_text(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


@pytest.mark.parametrize("name", READMES)
def test_every_command_stands_in_the_table(name: str) -> None:
    rows = [line for line in _text(CHECKOUT / name).splitlines() if line.startswith("| ")]
    words = set(re.findall(r"`([a-z-]+)", "\n".join(rows)))
    assert set(COMMANDS) - words == set()


@pytest.mark.parametrize("name", READMES)
def test_every_page_is_linked(name: str) -> None:
    text = _text(CHECKOUT / name)
    chinese = name.endswith(".zh-CN.md")
    for page in (CHECKOUT / "docs").glob("*.md"):
        if page.name.endswith(".zh-CN.md") == chinese:
            assert f"(docs/{page.name})" in text, page.name


def test_every_page_is_there_in_both_languages() -> None:
    names = {page.name for page in (CHECKOUT / "docs").glob("*.md")}
    for name in names:
        if not name.endswith(".zh-CN.md"):
            assert name.replace(".md", ".zh-CN.md") in names


def test_the_picture_of_the_house_is_true() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(r"^textcrm/\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    picture = {
        word.rstrip("/")
        for line in found.group(1).splitlines()
        for word in re.split(r" {2,}", line.strip())[0].split()
    }
    rooms = {
        entry.name
        for entry in (CHECKOUT / "textcrm").iterdir()
        if not entry.name.startswith("__") and entry.name not in {"py.typed", "data"}
        if entry.is_file() or (entry / "__init__.py").is_file()
    }
    assert picture == rooms
