"""A vault of four people for the tests of audit, and how one goes on as another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ready_made import copied
from sharing import git

from textcrm.audit import verify
from textcrm.vault import Vault
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path


PEOPLE = {
    "anna": ("Anna", "anna@example.com", "admin"),
    "mara": ("Mara", "mara@example.com", "manager"),
    "bob": ("Bob", "bob@example.com", "sales"),
    "cai": ("Cai", "cai@example.com", "service"),
    "eve": ("Eve", "eve@example.com", ""),
}


def be(vault: Vault, who: str) -> Vault:
    """Go on as somebody else."""
    name, email, _ = PEOPLE[who]
    git(vault.root, "config", "user.name", name)
    git(vault.root, "config", "user.email", email)
    return Vault.open(vault.root)


def audited(folder: Path) -> Vault:
    """A vault of four people; Bob's customer, Mara's customer, one of nobody."""
    copied("audit", folder, make)
    return Vault.open(folder)


def make(folder: Path) -> None:
    made = create(folder, name="team").vault
    lines = ["people:"]
    for own, (name, email, role) in PEOPLE.items():
        if role:
            lines += [
                f"  - id: {own}",
                f"    name: {name}",
                f"    role: {role}",
                f"    email: {email}",
            ]
    (made.root / "access" / "access.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    vault = be(made, "anna")
    commit(vault, "people")
    for name, owner in (("Bob's", "bob"), ("Mara's", "mara"), ("nobody's", "")):
        added = Vault.open(vault.root).add(
            name, status="none", **({"owner": owner} if owner else {})
        )
        file = vault.root / "attachments" / added.id / "contract.txt"
        file.parent.mkdir(parents=True)
        file.write_text("signed\n", encoding="utf-8")
    commit(vault, "contracts")


def commit(vault: Vault, message: str, *words: str) -> str:
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-q", "--no-verify", "-m", message, *words)
    return git(vault.root, "rev-parse", "HEAD")


def found(vault: Vault, since: str) -> list[tuple[str, str]]:
    return [
        (one.rule, one.severity)
        for one in verify(Vault.open(vault.root), f"{since}..HEAD").violations
    ]


def head(vault: Vault) -> str:
    return git(vault.root, "rev-parse", "HEAD")


def ids(vault: Vault) -> dict[str, str]:
    return {record.name: record.id for record in Vault.open(vault.root).records()}
