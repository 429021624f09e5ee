"""The plain recipe that check is measured against: PyYAML's C loader and jsonschema, file by file.

usage: python -m benchmarks.plain VAULT
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.CSafeLoader):
    """Days stay text, as the schema wants them."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":timestamp")]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def check(vault: Path) -> int:
    """Validate every record; gives how many errors there are."""
    schema = json.loads((vault / "schema/customer.schema.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    count = 0
    for file in sorted((vault / "customers").rglob("*.yaml")):
        with file.open(encoding="utf-8") as stream:
            tree = yaml.load(stream, Loader=Loader)
        count += sum(1 for _ in validator.iter_errors(tree))
    return count


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault", type=Path)
    print(check(parser.parse_args().vault))


if __name__ == "__main__":
    main()
