"""The acceptance checks on the form of sealed values, by their numbers (6, 7).

What other programs make of it is tried with Debian's ``age`` where it is installed, and with npm's
``age-encryption`` where $NODE_PATH leads to it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyrage
import pytest
from people_at_work import (
    ACCOUNT,
    ANNA,
    BOB,
    BOT,
    MARA,
    Office,
    Worker,
)
from sealed_values import sealed_values

from textcrm import ciphertext, yamlfile
from textcrm.sealing.envelope import unpack

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="no age program here")


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


# What SECURITY.md tells those who have nothing but the files, their key and age itself.
RECIPE = 'base64 -d | age -d -i <(age -d -i "$1" "access/keys/$2.age")'


def _by_recipe(root: Path, key: Path, label: str, age: str) -> Any:
    done = subprocess.run(
        ["bash", "-c", RECIPE, "recipe", str(key), label],
        input=age.encode(),
        cwd=root,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout, parse_float=Decimal)


def _two_steps(office: Office, root: Path, most: int | None = None) -> int:
    anna = office.by(ANNA, root)
    key = office.home(ANNA) / "textcrm" / "identity.txt"
    values = list(sealed_values(root))[:most]
    for own, place, node in values:
        labels = ciphertext.read(node).labels
        found = _by_recipe(root, key, labels[0], node["age"])
        assert (found["path"], tuple(found["to"])) == (place, labels)
        told = anna.shown(own, place.removeprefix("/"))
        assert told == (str(found["val"]) if isinstance(found["val"], Decimal) else found["val"])
    return len(values)


@needs_age
def test_06_age_itself_opens_each_value_in_two_steps(office: Office) -> None:
    assert _two_steps(office, office.root, 12) > 5


@needs_age
def test_06_an_owner_opens_with_the_own_key_in_one_step(office: Office) -> None:
    own = office.by(BOT).add(f"bank_account={ACCOUNT}", "owner=li-qiang")
    node = yamlfile.read_mapping(office.by(BOT).file(own).read_bytes())["bank_account"]
    key = office.home(BOB) / "textcrm" / "identity.txt"
    opened = subprocess.run(
        ["age", "-d", "-i", str(key)],
        input=base64.b64decode(node["age"]),
        capture_output=True,
        check=True,
    )
    assert json.loads(opened.stdout)["val"] == ACCOUNT
    refused = subprocess.run(
        ["age", "-d", "-i", str(key), str(office.root / "access/keys/finance@1.age")],
        capture_output=True,
        check=False,
    )
    assert refused.returncode != 0


def _two_hundred(office: Office) -> None:
    folder = office.root / "customers" / "2026" / "01"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 201):
        own = f"C20260131{number:03}"
        (folder / f"{own}.yaml").write_text(
            f"id: {own}\nname: 客户{number}\nbank_account: '62220202001{number:08}'\n"
            f"contracts:\n  - number: HT-{number}\n    amount: {number}00.50\n",
            encoding="utf-8",
        )
    office.by(BOT).ok("save", "-m", "two hundred")


@needs_age
@pytest.mark.slow
def test_06_two_hundred_records(office: Office) -> None:
    _two_hundred(office)
    assert _two_steps(office, office.root) > 400


NODE = """
import { pathToFileURL } from "node:url";
const folder = process.env.NODE_PATH + "/age-encryption";
const { Decrypter } = await import(pathToFileURL(folder + "/dist/index.js"));
const jobs = JSON.parse(await new Response(process.stdin).text());
const out = [];
for (const { key, keyFile, age } of jobs) {
  const first = new Decrypter();
  first.addIdentity(key);
  const text = await first.decrypt(Buffer.from(keyFile, "base64"), "text");
  const second = new Decrypter();
  second.addIdentity(text.split("\\n").find((line) => line.startsWith("AGE-SECRET-KEY-")));
  out.push(await second.decrypt(Buffer.from(age, "base64"), "text"));
}
console.log(JSON.stringify(out));
"""


def test_06_a_second_implementation_agrees(office: Office) -> None:
    modules = Path(os.environ.get("NODE_PATH") or "/nowhere")
    if not (modules / "age-encryption").is_dir() or shutil.which("node") is None:
        pytest.skip("no npm package age-encryption on $NODE_PATH")
    key = re.findall(
        "AGE-SECRET-KEY-.*", (office.home(ANNA) / "textcrm/identity.txt").read_text("utf-8")
    )[0]
    values = list(sealed_values(office.root))
    jobs = [
        {
            "key": key,
            "keyFile": base64.b64encode(
                (office.root / f"access/keys/{ciphertext.read(node).labels[0]}.age").read_bytes()
            ).decode(),
            "age": node["age"],
        }
        for _, _, node in values
    ]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", NODE],
        input=json.dumps(jobs),
        capture_output=True,
        check=True,
        text=True,
    )
    told = json.loads(done.stdout)
    assert [json.loads(one)["path"] for one in told] == [place for _, place, _ in values]


def _envelope(record: Any, value: str) -> bytes:
    """The envelope as the documents give it, made without any of our code."""
    text = json.dumps(
        {
            "v": 1,
            "rec": record["uid"],
            "path": "/bank_account",
            "to": ["finance@1"],
            "val": value,
        },
        separators=(",", ":"),
    ).encode()
    return text + b" " * (-len(text) % 64)


def _pasted(worker: Worker, own: str, armor: str) -> bytes:
    """Paste an armored block into a record, as an editor would."""
    file = worker.file(own)
    block = "".join(f"    {line}\n" for line in armor.strip().splitlines())
    text = file.read_text("utf-8") + f"bank_account:\n  sealed: finance@1\n  age: |\n{block}"
    file.write_text(text, encoding="utf-8")
    worker.ok("save")
    return block.encode()


def _made_by_hand(office: Office, armor: str) -> None:
    bot = office.by(BOT)
    own = bot.ok("list", "手工", "--json").data[0]["id"]
    block = _pasted(bot, own, armor)
    assert [one for one in bot("check", "--json").data["problems"] if one["id"] == own] == []
    assert office.by(MARA).shown(own, "bank_account") == "by hand"
    for words in (["set", own, "notes=x"], ["log", own, "电话", "--channel", "phone"]):
        bot.ok(*words)
        assert block in bot.file(own).read_bytes()
    office.by(MARA).ok("edit", own, "--editor", "true")
    assert block in bot.file(own).read_bytes()


def _class_key(root: Path) -> str:
    access = yamlfile.read_mapping((root / "access/access.yaml").read_bytes())
    return str(access["classes"]["finance"]["keys"]["1"]["public"])


def test_07_a_value_made_by_hand_is_read_and_kept(office: Office) -> None:
    own = office.by(BOT).add(name="手工")
    record = yamlfile.read_mapping(office.by(BOT).file(own).read_bytes())
    recipient = pyrage.x25519.Recipient.from_str(_class_key(office.root))
    armor = pyrage.encrypt(_envelope(record, "by hand"), [recipient], armored=True).decode()
    _made_by_hand(office, armor)


@needs_age
def test_07_with_age_a(office: Office) -> None:
    own = office.by(BOT).add(name="手工")
    record = yamlfile.read_mapping(office.by(BOT).file(own).read_bytes())
    done = subprocess.run(
        ["age", "-a", "-r", _class_key(office.root)],
        input=_envelope(record, "by hand"),
        capture_output=True,
        check=True,
    )
    _made_by_hand(office, done.stdout.decode())


def test_the_envelope_of_the_documents_is_ours() -> None:
    raw = {"uid": "01KDW0ZB00AAAAAAAAAAAAA001"}
    found = unpack(_envelope(raw, "x"))
    assert found is not None
    assert found == (raw["uid"], "/bank_account", ("finance@1",), "x")
