"""The plain recipe that textcrm's index is measured against: PyYAML, Whoosh's defaults, jieba.

usage: python -m benchmarks.naive VAULT FOLDER    (needs the extra ``bench``)
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import yaml


def texts(value: Any) -> list[str]:
    """Every text in a tree."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [] if value is None else [str(value)]


def build(vault: Path, folder: Path) -> int:
    """Index all records of a vault with ``add_document`` and default settings; gives how many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba.analyse import ChineseAnalyzer
        from whoosh import fields, index

        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            name=fields.TEXT(stored=True, analyzer=ChineseAnalyzer()),
            tags=fields.KEYWORD(commas=True),
            text=fields.TEXT(analyzer=ChineseAnalyzer()),
        )
    folder.mkdir(parents=True, exist_ok=True)
    writer = index.create_in(str(folder), schema).writer()
    count = 0
    for file in sorted((vault / "customers").rglob("*.yaml")):
        with file.open(encoding="utf-8") as stream:
            tree = yaml.load(stream, Loader=yaml.CSafeLoader)
        writer.add_document(
            id=tree["id"],
            name=tree["name"],
            tags=",".join(tree.get("tags", ())),
            text="\n".join(texts(tree)),
        )
        count += 1
    writer.commit()
    return count


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault", type=Path)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    print(build(chosen.vault, chosen.folder))


if __name__ == "__main__":
    main()
