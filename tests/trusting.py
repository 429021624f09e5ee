"""What the acceptance checks on people and keys share: access.yaml changed and signed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from people_at_work import (
    ACCOUNT,
    Office,
    Worker,
)
from team_vault import git

from textcrm import access, sealing, yamlfile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def access_of(root: Path) -> Any:
    return yamlfile.read_mapping((root / access.FILE_NAME).read_bytes())


def edit_access(root: Path, change: Callable[[str], str]) -> None:
    file = root / access.FILE_NAME
    file.write_text(change(file.read_text("utf-8")), encoding="utf-8", newline="\n")


def sign_access(root: Path, key: Path) -> None:
    data = (root / access.FILE_NAME).read_bytes()
    signature = sealing.sign(data, key, namespace="textcrm-access")
    (root / access.SIGNATURE_FILE).write_bytes(signature)


def public_key(office: Office, who: str) -> str:
    secret = (office.home(who) / "textcrm" / "identity.txt").read_text("utf-8")
    return str(sealing.identities(secret, source="x")[0].public)


def sealing_commands(own: str) -> list[tuple[tuple[str, ...], str | None]]:
    return [
        (("add", "新客户", "--set", f"bank_account={ACCOUNT}"), None),
        (("set", own, "bank_account=-"), ACCOUNT),
        (("append", own, "contracts", "number=HT-9", "amount=5"), None),
        (("assign", own, "赵敏"), None),
        (("rekey",), None),
        (("member", "add", "孙丽", "--role", "sales", "--key", sealing.generate()[1]), None),
        (("member", "remove", "李强"), None),
        (("member", "trust"), None),
    ]


def state_of(root: Path) -> tuple[str, str]:
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")


def all_values(worker: Worker) -> dict[str, Any]:
    """What somebody reads of every record that holds something sealed; labels may change."""
    shown = {}
    for file in sorted((worker.root / "customers").rglob("*.yaml")):
        if b"sealed" not in file.read_bytes():
            continue
        ran = worker("show", file.stem, "--reveal", "--json")
        assert ran.code in (0, 3), ran
        # Whom a sealed file is for changes with a rekey, as the labels of values do.
        files = [
            {name: one for name, one in item.items() if name not in ("sealed_for", "sha256")}
            for item in ran.data.get("documents", ())
        ]
        shown[file.stem] = {**ran.data, "derived": None, "documents": files}
    return shown
