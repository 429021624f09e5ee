"""Proving and restoring a backup: only a restored copy shows that a bundle is good.

``git bundle verify`` looks at the header alone: it passes a bundle with a flipped bit.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import Conflict, KeyMissing, TextcrmError
from textcrm.gitrepo import GitRepo
from textcrm.history import bundles
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.access.keyring import Keyring
    from textcrm.history.bundles import Backup
    from textcrm.vault import Vault


class Proof(NamedTuple):
    """What restoring a backup showed; ``compared`` records were the same as in the live vault."""

    backup: Backup
    files: int
    records: int
    compared: int
    unreadable: tuple[str, ...]


def latest(place: Path) -> Backup:
    """The backup that a file is, or the newest of a folder. Raises NotFound (no-backup)."""
    place = place.absolute()  # git will be asked from another folder
    if place.is_dir():
        found = bundles.listed(place)
        if found:
            return found[-1]
        return bundles.read(place / f"{bundles.STEM}*{bundles.BUNDLE}")
    return bundles.read(place)


def verify(last: Backup, vault: Vault | None = None, *, keyring: Keyring | None = None) -> Proof:
    """Restore a backup into a folder that goes away again, and look at all that is in it.

    Checksums, objects, tips and the number of records must be as the manifests say, every record
    that read when it was backed up must read; against a live vault that still has the commit,
    every record must be the same. ``keyring`` opens an encrypted one. Raises TrustFailure
    (backup-damaged), NotFound, KeyMissing (backup-encrypted).
    """
    chain = bundles.chain(last)
    with tempfile.TemporaryDirectory(prefix="textcrm-verify-") as folder:
        copy = Path(folder) / "copy"
        _restored(chain, copy, keyring)
        return _proof(chain, GitRepo.open(copy), vault)


def prove(fresh: Backup, bundle: Path, vault: Vault) -> Proof:
    """Prove a bundle that has just been made, before it goes to its place.

    What an increment builds upon is taken from the vault, for an encrypted backup is not to be
    opened by those who make it. Raises TrustFailure (backup-damaged).
    """
    with tempfile.TemporaryDirectory(prefix="textcrm-verify-") as folder:
        copy = Path(folder) / "copy"
        repo = GitRepo.init(copy, branch="textcrm-restoring")
        if fresh.base:
            _fetched(repo, vault, dict.fromkeys(fresh.base.values()))
        if not _unpacked(repo, bundle):
            raise bundles.damaged(fresh.file)
        return _proof([fresh], GitRepo.open(copy), vault)


def _fetched(repo: GitRepo, vault: Vault, commits: Iterable[str]) -> None:
    anything = "git -c uploadpack.allowAnySHA1InWant=true upload-pack"
    source = str(vault.repo.common_dir)
    repo.process.output(
        "fetch", "--quiet", "--no-auto-maintenance", "--upload-pack", anything, source, *commits,
        write=True,
    )  # fmt: skip


def _unpacked(repo: GitRepo, bundle: Path) -> bool:
    outcome = repo.process.run(
        "fetch", "--quiet", "--no-auto-maintenance", str(bundle),
        "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", write=True,
    )  # fmt: skip
    return not outcome.code


def _proof(chain: Sequence[Backup], repo: GitRepo, vault: Vault | None) -> Proof:
    last = chain[-1]
    if repo.process.run("fsck", "--no-dangling", "--no-progress").code:
        raise bundles.damaged(last.file)
    for ref, commit in last.refs.items():
        if (
            repo.process.run("rev-parse", "--verify", "--quiet", ref).out.decode().strip()
            != commit
        ):
            raise bundles.damaged(last.file)
    tree = repo.list_tree(last.tip)
    records = {path: blob for path, blob in tree.items() if _is_record(path)}
    if len(records) != last.records:
        raise bundles.damaged(last.file)
    unreadable = tuple(_unreadable(repo, records))
    compared = 0
    if vault is not None and vault.repo.resolve(last.tip) == last.tip:
        live = vault.repo.list_tree(last.tip)
        if any(live.get(path) != blob for path, blob in records.items()):
            raise bundles.damaged(last.file)
        compared = len(records)
    return Proof(last, len(chain), len(records), compared, unreadable)


def _is_record(path: str) -> bool:
    inside = path.partition(f"{store.FOLDER}/")
    return bool(inside[1]) and store.is_record_path(inside[1] + inside[2])


def _unreadable(repo: GitRepo, records: dict[str, str]) -> Iterator[str]:
    from textcrm import yamlfile

    with repo.blobs() as blobs:
        for path, data in zip(records, blobs.read_many(records.values()), strict=True):
            try:
                yamlfile.read_mapping(data or b"", file=path)
            except TextcrmError:
                yield path


def restore(place: Path, target: Path, *, keyring: Keyring | None = None) -> Proof:
    """Make a vault from a backup in a new folder, proved first.

    Raises Conflict (folder-not-empty), TrustFailure (backup-damaged), NotFound, KeyMissing
    (backup-encrypted).
    """
    target = target.absolute()
    if target.exists() and any(target.iterdir()):
        raise Conflict(
            "folder-not-empty",
            Text("{path} is not empty", "{path} 不是空文件夹"),
            hint=Text("name a new folder", "请换一个新文件夹"),
            path=str(target),
        )
    last = latest(place)
    chain = bundles.chain(last)
    made = not target.exists()
    try:
        _restored(chain, target, keyring)
        repo = GitRepo.open(target)
        proof = _proof(chain, repo, None)
        branch = last.branch.removeprefix("refs/heads/")
        repo.git("checkout", "--quiet", branch or last.tip)
    except BaseException:
        with contextlib.suppress(OSError):
            if made:
                shutil.rmtree(target)
            else:
                shutil.rmtree(target / ".git")
        raise
    return proof


def _restored(chain: Sequence[Backup], target: Path, keyring: Keyring | None) -> None:
    """Put the bundles of a chain together as a repository without files."""
    repo = GitRepo.init(target, branch="textcrm-restoring")
    for one in chain:
        if bundles.checksum(one.file) != one.sha256:
            raise bundles.damaged(one.file)
        with _opened(one, keyring) as file:
            if not _unpacked(repo, file):
                raise bundles.damaged(one.file)
    last = chain[-1]
    if last.branch in last.refs:
        repo.git("symbolic-ref", "HEAD", last.branch)


@contextlib.contextmanager
def _opened(one: Backup, keyring: Keyring | None) -> Iterator[Path]:
    """A bundle that git can read: an encrypted one is opened into a private folder meanwhile."""
    if not one.encrypted:
        yield one.file
        return
    from textcrm import sealing

    found = keyring.identities() if keyring is not None else []
    with tempfile.TemporaryDirectory(prefix="textcrm-restore-") as folder:
        plain = Path(folder) / "plain.bundle"
        try:
            with one.file.open("rb") as source, plain.open("wb") as sink:
                sealing.decrypt_file(source, sink, found)
        except KeyMissing as error:
            raise _locked(one) from error
        yield plain


def _locked(one: Backup) -> KeyMissing:
    return KeyMissing(
        "backup-encrypted",
        Text(
            "{file} is encrypted, and none of the keys at hand opens it",
            "{file} 已加密，手头的密钥都无法打开",
        ),
        hint=Text(
            "name the recovery key: textcrm --identity FILE backup ...",
            "请指定恢复密钥：textcrm --identity 文件 backup ...",
        ),
        file=one.file.name,
    )
