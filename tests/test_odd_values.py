"""Records with anything anywhere: every command says what is wrong, and none breaks."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_running import Shell

BUG = 70  # the exit code of what is our mistake (textcrm help exit-codes)
SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
ODD: tuple[Any, ...] = (
    None, "", [], {}, "?", -1, 0, 10**30, 3.5e300, True, "2024-02-30", ["a", None, {}],
    {"a": {"b": [1]}}, "\u3000", "a\nb", "x" * 70_000, [[["deep"]]], "9999-12-31", "0000-01-01",
    {"sealed": "owner@1", "age": "AAAA"}, {"sealed": [], "age": 1}, "1e400", "NaN", "＋８６１３８",
    {"": 1}, {1: 2}, "2024-05-01T25:00:00+08:00", "~", "&a", ["x"] * 300,
    {"text": "50-100", "min": "x", "max": []}, "@me", "-", "owner",
)  # fmt: skip
INTO = ("\t", "\n", "- ", "{", "}", "[", ": ", '"', "'", "|\n", "&x ", "*x", "!t ", "#", "\r\n", "\x00", "<<: ", "---\n", ",", "，", "：")  # fmt: skip
COMMANDS = """check|check --json|list --json|list --group type --sum total_spent|list --of purchases
list --of contacts.phones --group kind|list --sort last_contact --columns name,size,age,region,tags
search zhang --json|search 13800|search a --facet type --sort name|due --json|report all --json
report value --currency USD|report --by region --across type|report --by product --of purchases
duplicates --json|status|tag list|doctor|audit verify|privacy retention|pool|segment --bought 云
export csv -o OUT.csv --force|export vcard -o OUT.vcf --force|export json -o OUT.json --force
export ics -o OUT.ics --force|export xlsx -o OUT.xlsx --force|log|fix --dry-run|fix --yes|verify ID
show ID|show ID --json|show ID --summary|show ID --only interactions|log ID|blame ID|diff
set ID city=杭州|tag ID +x|append ID interactions summary=hi|log ID hello|privacy disclose ID
save -m x|import FILE --dry-run|add --from FILE|merge ID OTHER|archive ID --reason lost|undo
rm ID --reason x|trash|restore ID""".replace("\n", "|").split("|")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    root = tmp_path / "vault"
    shutil.copytree(SAMPLE, root)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return Shell(root, capsys)


def _record(shell: Shell, holding: str) -> Path:
    """A record of the sample that has a field."""
    files = sorted((shell.folder / "customers").rglob("*.yaml"))
    return next(file for file in files if f"\n{holding}:\n" in file.read_text("utf-8"))


def _write(file: Path, **fields: Any) -> str:
    tree = {**yaml.safe_load(file.read_text("utf-8")), **fields}
    file.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")
    return file.stem


@pytest.mark.parametrize("own", [["a"], {"b": "c"}])
def test_the_id_of_an_item_may_be_anything(shell: Shell, own: Any) -> None:
    file = _record(shell, "contacts")
    name = _write(
        file,
        contacts=[{"name": "张三", "id": own}, {"name": "李四"}],
        purchases=[{"id": own, "product": "x"}],
        contracts=[{"id": own, "instalments": [{"id": own, "due": "2024-01-01", "amount": 5}]}],
    )
    for words in (("blame", name), ("show", name), ("report", "receivables"), ("log", name)):
        assert shell.ok(*words)
    subprocess.run(["git", "commit", "-qam", "y"], cwd=shell.folder, check=True)
    assert shell("audit", "verify").code != BUG
    assert shell("check", "--range", "HEAD~1..HEAD").code != BUG
    assert shell("set", name, "city=杭州").code != BUG
    _write(file, id=None, uid=None, name="另一家公司")
    assert shell("add", "--from", str(file)).code != BUG


def test_owners_and_accounts_that_are_no_words(shell: Shell, tmp_path: Path) -> None:
    file = _record(shell, "contacts")
    name = _write(
        file,
        owner={"a": "b"},
        collaborators=[["x"], {"y": "z"}],
        tags="vip",
        contacts=[{"name": "张三", "social": "微信 zs"}],
    )
    assert shell("verify", name, "--no-input").code != BUG
    assert shell("audit", "verify").code != BUG
    assert shell.ok("export", "vcard", "-o", str(tmp_path / "x.vcf"))


def test_cards_and_rows_that_name_nobody_or_hold_no_mappings(shell: Shell, tmp_path: Path) -> None:
    cards = tmp_path / "x.vcf"
    shell.ok("export", "vcard", "-o", str(cards))
    lines = cards.read_text("utf-8").split("\n")
    keep = [line for line in lines if not line.startswith(("FN", "N:", "ORG", "X-TEXTCRM-NAME"))]
    cards.write_text("\n".join(keep), "utf-8")
    assert shell("import", str(cards), "--dry-run").code != BUG
    rows = tmp_path / "x.json"
    known = _record(shell, "contacts").stem
    odd = {"contacts": ["x", None], "addresses": [3]}
    rows.write_text(json.dumps([{"id": known, **odd}, {"name": "甲公司", **odd}]), "utf-8")
    assert shell("import", str(rows), "--dry-run").code != BUG


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_command_breaks_on_any_record(shell: Shell, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = sorted((shell.folder / "customers").rglob("*.yaml"))
    hit = chance.sample(files, 14)
    for file in hit:
        text = file.read_text("utf-8")
        if chance.random() < 0.65:
            tree = yaml.safe_load(text)
            _change(chance, tree)
            text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
        else:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(INTO) + text[at + chance.randrange(3) :]
        file.write_text(text, "utf-8")
    if chance.random() < 0.5:
        subprocess.run(["git", "commit", "-qam", "y"], cwd=shell.folder, check=True)
    for command in COMMANDS:
        named = {"ID": chance.choice(hit).stem, "OTHER": chance.choice(files).stem}
        named["FILE"] = str(chance.choice(files))
        words = [
            named.get(word, word.replace("OUT", str(tmp_path / "out"))) for word in command.split()
        ]
        ran = shell(*words, "--no-input", "--lang", chance.choice(("zh", "en")))
        assert ran.code != BUG, (command, named, ran.err)


def _change(chance: random.Random, tree: Any) -> None:
    """Put something odd in a few places of a tree."""
    for _ in range(chance.choice((1, 2, 4))):
        node, places = tree, list[tuple[Any, Any]]()
        stack = [tree]
        while stack:
            node = stack.pop()
            keys = list(node) if isinstance(node, dict) else range(len(node))
            places += [(node, key) for key in keys]
            stack += [node[key] for key in keys if isinstance(node[key], dict | list)]
        node, key = chance.choice(places)
        node[key] = [node[key]] if chance.random() < 0.1 else chance.choice(ODD)
