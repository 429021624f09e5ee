"""What a hand writes and commits beside the program."""

from __future__ import annotations

import subprocess

from textcrm.vault import Vault


def git(vault: Vault, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(vault.root), *words],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def write(vault: Vault, path: str, text: str, *, commit: bool = True) -> None:
    file = vault.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    if commit:
        git(vault, "add", path)
        git(vault, "commit", "--no-verify", "-qm", "by hand")
