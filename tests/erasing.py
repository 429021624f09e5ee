"""Erasing in tests: what git still holds, a clone and its server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from people_at_work import ANNA, BOB, Office, Worker
from team_vault import git

from textcrm import access, store

if TYPE_CHECKING:
    from pathlib import Path


ONE, OTHER = "C20240318001", "C20240905001"


def blobs_of(root: Path, own: str) -> set[str]:
    """Every blob that any commit has at the customer's record and below the own attachments."""
    out = git(root, "-c", "core.quotePath=false", "log", "--all", "--raw", "--no-abbrev",
              "--format=", "--", store.path_of(own), f"attachments/{own}")  # fmt: skip
    return {line.split()[3] for line in out.splitlines() if line} - {"0" * 40}


def erase(worker: Worker, *ids: str, rewrite: bool = True) -> Any:
    more = ["--rewrite", "--yes"] if rewrite else []
    return worker.ok("privacy", "erase", *ids, "--reason", "request", *more, "--json").data


def admins(root: Path) -> dict[str, str]:
    people = access.read((root / access.FILE_NAME).read_bytes())
    return {one.id: one.signing for one in people.admins if one.signing}


def shared(office: Office) -> tuple[Path, Worker, Worker]:
    """A server with the hook, Anna's clone and Bob's, which will be stale."""
    server = office.folder / "server.git"
    git(office.folder, "clone", "-q", "--bare", str(office.root), str(server))
    git(office.root, "remote", "add", "origin", str(server))
    git(office.root, "fetch", "-q", "origin")
    git(office.root, "branch", "-q", "--set-upstream-to=origin/main", "main")
    bobs = office.clone("bob", server)
    anna, bob = office.by(ANNA), office.by(BOB, bobs)
    git(bobs, "config", "user.name", "李强")
    git(bobs, "config", "user.email", "li@example.com")
    return server, anna, bob
