"""Measures duplicates on a vault with planted ones: time against reading the catalog, what is found.

usage: python -m benchmarks.duplicates [--records N] [--planted N] [--rounds N]

Every hundredth or so customer is added again the way people do it: another form of the name, another
way to write the telephone, traditional characters, a misspelling, nothing but the brand.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.vault import Vault

_TRADITIONAL = str.maketrans("云图达华盛联诚远东优讯飞鸿腾", "雲圖達華盛聯誠遠東優訊飛鴻騰")
_SOUNDS = str.maketrans("鑫海博瑞恒", "新孩伯锐衡")


def changed(name: str, number: str, kind: int) -> tuple[str, str]:
    """A name and a telephone as somebody else writes them."""
    spaced = f"+86 {number[-11:-8]}-{number[-8:-4]}-{number[-4:]}" if number else number
    forms = (
        (name.removesuffix("有限公司"), spaced),
        (name.translate(_TRADITIONAL), spaced),
        (name.translate(_SOUNDS), number),
        (f"{name[2:-4]}（{name[:2]}）有限公司", spaced),
        (name[2:], number),
        (f" {name[:4]}　{name[4:]}", spaced),
    )
    return forms[kind % len(forms)]


def plant(vault: Vault, count: int) -> set[frozenset[str]]:
    """Add customers again; gives the pairs."""
    chance = random.Random(7)
    records = chance.sample(list(vault.records()), count)
    with vault.transaction("add") as work:
        for kind, record in enumerate(records):
            work.add(_again(record.raw, kind))
    assert work.result is not None
    return {
        frozenset((record.id, own)) for record, own in zip(records, work.result.ids, strict=True)
    }


def _again(raw: dict[str, Any], kind: int) -> dict[str, Any]:
    contact = (raw.get("contacts") or [{}])[0]
    number = next((one["number"] for one in contact.get("phones", ())), "")
    name, typed = changed(str(raw["name"]), str(number), kind)
    tree: dict[str, Any] = {"name": name, "contacts": [{"name": contact.get("name", "")}]}
    if typed:
        tree["contacts"][0]["phones"] = [{"number": typed}]
    if kind % 2:
        tree["addresses"] = [{k: v for k, v in raw["addresses"][0].items() if k != "id"}]
    return tree


def spent(step: Callable[[], object], rounds: int) -> float:
    """The median CPU seconds of a step."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        step()
        times.append(time.process_time() - before)
    return statistics.median(times)


def main() -> None:
    """Run from the command line."""
    from textcrm.matching import evidence
    from textcrm.quality.duplicates import duplicates
    from textcrm.vault import Vault
    from textcrm.vault.alike import Alike

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--planted", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textcrm-bench-") as folder:
        root = Path(folder) / "vault"
        generate.vault(root, chosen.records)
        vault = Vault.open(root)
        planted = plant(vault, chosen.planted)
        catalog = vault.catalog()
        before = time.process_time()
        alike = Alike(vault)
        print(f"{'words of all customers, once':34} {time.process_time() - before:9.2f} s CPU")
        reading = spent(lambda: [doc.typed for doc in catalog.docs()], chosen.rounds)
        comparing = spent(lambda: duplicates(vault), chosen.rounds)
        one = {
            "name": "杭州云栖科技有限公司",
            "contacts": [{"phones": [{"number": "13912345679"}]}],
        }
        asking = spent(lambda: alike.like(one), chosen.rounds)
        print(f"{'reading the catalog':34} {reading * 1000:9.0f} ms CPU")
        print(f"{'duplicates':34} {comparing * 1000:9.0f} ms CPU  ratio {comparing / reading:.2f}")
        print(f"{'whom one new customer may be':34} {asking * 1000:9.1f} ms CPU")
        for least in (evidence.POSSIBLE, evidence.LIKELY):
            pairs = {frozenset(one.ids) for one in duplicates(vault, least=least)}
            hits = len(pairs & planted)
            print(
                f"from {least}: {hits} of {len(planted)} planted, {len(pairs) - hits} other groups"
            )


if __name__ == "__main__":
    main()
