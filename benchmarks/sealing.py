"""What sealing costs: one value against pyrage alone, a search and a check of a vault of sealed ones."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = 10_000
"""Values in the vault that is searched, one a record; the vault that is checked has eight a record."""
EACH = 300  # values sealed or opened in one round
SOUGHT = "6222020000004242"
PADDED = 128  # bytes of an envelope of a short value


class Sealed(NamedTuple):
    """A comparison without its machinery: name, both sides in words, goal, both steps, wall time."""

    name: str
    ours: str
    baseline: str
    goal: float | None
    run: Callable[[], None]
    run_baseline: Callable[[], None]
    wall: bool


def one_value() -> list[Sealed]:
    """Sealing and opening a value, each against pyrage on as many bytes."""
    import pyrage

    from textcrm import sealing
    from textcrm.ciphertext import read

    secret, public = sealing.generate()
    identities = sealing.identities(secret, source="benchmark")
    key, to = pyrage.x25519.Identity.from_str(secret), pyrage.x25519.Recipient.from_str(public)
    place: dict[str, Any] = {"rec": "01KDW0ZB00AAAAAAAAAAAAA001", "path": "/bank_account"}
    node = sealing.seal(SOUGHT, labels=["finance@1"], recipients=[public], **place)
    data, plain = read(node).data, b"x" * PADDED

    def times(step: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(EACH):
                step()

        return run

    return [
        Sealed(
            "seal",
            f"sealing {EACH} values",
            "pyrage.encrypt",
            1.5,
            times(
                lambda: sealing.seal(SOUGHT, labels=["finance@1"], recipients=[public], **place)
            ),
            times(lambda: pyrage.encrypt(plain, [to])),
            wall=False,
        ),
        Sealed(
            "open",
            f"opening {EACH} values",
            "pyrage.decrypt",
            1.5,
            times(lambda: sealing.unseal(node, identities=identities, **place)),
            times(lambda: pyrage.decrypt(data, [key])),
            wall=False,
        ),
    ]


def whole_vaults(folder: Path, values: int = VALUES) -> list[Sealed]:
    """Searching sealed values against opening them alone; checking them against PyYAML's reader."""
    import pyrage
    import yaml

    from textcrm.sealing.engine import engine  # noqa: F401 - loaded before anything is measured

    surroundings(folder)
    searched = folder / "searched"
    made = _vault(searched, values, 1)
    checked = folder / "checked"
    _vault(checked, values, 8)
    class_key = _class_key(searched)
    ciphertexts = [base64.b64decode(one) for one in made]

    def bare() -> None:
        for one in ciphertexts:
            pyrage.decrypt(one, [class_key])

    def loaded() -> None:
        for file in sorted((checked / "customers").rglob("*.yaml")):
            yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)

    return [
        Sealed(
            "sealed",
            f"textcrm search --sealed, {values} values",
            "pyrage.decrypt of the same",
            3,
            lambda: _textcrm(searched, "search", "--sealed", SOUGHT),
            bare,
            wall=False,
        ),
        Sealed(
            "keyless",
            f"textcrm check, {values} records of 8 sealed values, cold",
            "PyYAML's C loader on the same files",
            None,
            lambda: _cold_check(checked),
            loaded,
            wall=True,
        ),
    ]


def surroundings(folder: Path) -> None:
    """Keys, pins and a git identity in a folder of the benchmark's own."""
    config = folder / "gitconfig"
    config.write_text(
        "[user]\n\tname = Bench\n\temail = bench@example.com\n[init]\n\tdefaultBranch = main\n",
        encoding="utf-8",
    )
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(folder)
    os.environ["GIT_CONFIG_GLOBAL"] = str(config)


def _vault(folder: Path, records: int, each: int) -> list[str]:
    """A vault whose every record holds so many sealed values; gives all ciphertexts as base64."""
    import pyrage

    from textcrm import access
    from textcrm.sealing.envelope import Envelope, pack

    subprocess.run(
        [sys.executable, "-m", "textcrm", "init", str(folder), "--no-input"],
        check=True,
        capture_output=True,
    )
    public = access.read((folder / access.FILE_NAME).read_bytes()).recipient("finance@1") or ""
    to = pyrage.x25519.Recipient.from_str(public)
    made = []

    def sealed(uid: str, path: str, value: str, indent: str) -> str:
        data = pyrage.encrypt(pack(Envelope(uid, path, ("finance@1",), value)), [to])
        made.append(base64.b64encode(data).decode())
        return f"\n{indent}sealed: finance@1\n{indent}age: {made[-1]}\n"

    for number in range(records):
        day, place = divmod(number, 900)
        own = f"C2025{day // 28 + 1:02}{day % 28 + 1:02}{place + 1:03}"
        uid = f"01KDW0ZB00AAAAAAAAA{number:07}"
        text = f"id: {own}\nuid: {uid}\nname: 客户{number}\nbank_account:"
        text += sealed(uid, "/bank_account", f"622202000000{number:04}", "  ")
        text += "contracts:\n" if each > 1 else ""
        for item in range(1, each):
            text += f"  - id: k{item}\n    number: HT-{number}-{item}\n    amount:"
            text += sealed(uid, f"/contracts/k{item}/amount", "125000.50", "      ")
        file = folder / "customers" / own[1:5] / own[5:7] / f"{own}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for words in (("add", "-A"), ("commit", "-q", "--no-verify", "-m", "customers")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    _textcrm(folder, "list", "--limit", "1")  # the catalog is there, as in daily work
    return made


def _class_key(folder: Path) -> Any:
    """The private key of the class, as pyrage has it."""
    import pyrage

    from textcrm import sealing

    own = Path(os.environ["XDG_CONFIG_HOME"]) / "textcrm" / "identity.txt"
    identities = sealing.identities(own.read_bytes(), source="benchmark")
    opened = sealing.decrypt((folder / "access/keys/finance@1.age").read_bytes(), identities)
    word = re.findall(rb"AGE-SECRET-KEY-[0-9A-Z]+", opened)[0].decode()
    return pyrage.x25519.Identity.from_str(word)


def _cold_check(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder / ".textcrm", ignore_errors=True)
    _textcrm(folder, "check", "--errors")


def _textcrm(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "textcrm", "-C", str(folder), *words],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        raise SystemExit(f"{words}: {done.stderr.decode(errors='replace')}")
