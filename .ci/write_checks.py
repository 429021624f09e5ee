"""Writes the tables of codes in docs/checks.md and docs/checks.zh-CN.md out of the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from textcrm.rules.catalogue import CATALOGUE

DOCS = Path(__file__).resolve().parent.parent / "docs"
QUALITIES = {
    "accuracy": "准确性",
    "completeness": "全面性",
    "consistency": "一致性",
    "timeliness": "及时性",
    "": "",
}


def table(*, chinese: bool) -> str:
    """The table in one language."""
    lines = ["| 代码 | 含义 | 影响 | 需求 |" if chinese else "| Code | What | Weighs on | Rows |"]
    lines.append("|---|---|---|---|")
    for code, known in CATALOGUE.items():
        quality = QUALITIES[known.quality or ""] if chinese else known.quality or ""
        about = known.about.zh if chinese else known.about.en
        lines.append(f"| `{code}` | {about} | {quality} | {known.rows} |")
    return "\n".join(lines)


def filled(text: str, *, chinese: bool) -> str:
    """A document with its table as it should be."""
    marks = r"(<!-- codes -->\n).*?(\n<!-- end -->)"
    return re.sub(marks, lambda m: m[1] + table(chinese=chinese) + m[2], text, flags=re.DOTALL)


if __name__ == "__main__":
    for name in ("checks.md", "checks.zh-CN.md"):
        file = DOCS / name
        text = file.read_text(encoding="utf-8")
        file.write_text(filled(text, chinese="zh" in name), encoding="utf-8", newline="\n")
