"""Backup: all history in a dated file that is proved by restoring it, or pushed to a second place."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import StorageFailure, TextcrmError, TrustFailure
from textcrm.gitrepo import remote
from textcrm.history import bundles, restoring
from textcrm.history.bundles import Backup
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from textcrm.vault import Vault

    Seal = Callable[[BinaryIO, BinaryIO], None]


class Made(NamedTuple):
    """What a backup came to: the file or address, how much, what is not in it.

    ``commits`` is 0 where nothing was new; ``unsaved`` counts edited files, which history does
    not hold and so no backup does.
    """

    where: str
    backup: Backup | None
    commits: int
    records: int
    size: int
    unsaved: int


def backup(vault: Vault, folder: Path, *, full: bool = False, seal: Seal | None = None) -> Made:
    """Write a bundle into a folder, incremental where an earlier one is there, and prove it.

    ``seal`` encrypts the bundle while it is written. Raises StorageFailure (folder-failed,
    disk-full), TrustFailure (backup-damaged) where the proof fails; the file is gone then.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = _written(vault, folder, full=full, seal=seal)
    except OSError as error:
        _remember(vault, str(folder), ok=False)
        raise _failed(folder, error) from error
    except TextcrmError:
        _remember(vault, str(folder), ok=False)
        raise
    _remember(vault, str(folder), ok=True)
    return made


def _written(vault: Vault, folder: Path, *, full: bool, seal: Seal | None) -> Made:
    refs = _refs(vault)
    earlier = [one for one in bundles.listed(folder) if one.encrypted == bool(seal)]
    last = None if full or not earlier else earlier[-1]
    if last is not None and not _continues(vault, last, refs):
        last = None
    if last is not None and last.refs == refs:
        return Made(str(last.file), last, 0, last.records, 0, _unsaved(vault))
    base = last.refs if last else {}
    file = _name(folder, vault.today, sealed=bool(seal))
    _bundle(vault, file, base, seal)
    head = vault.repo.head()
    result = Backup(
        file,
        dt.datetime.now(dt.UTC).isoformat(),
        head.commit or "",
        head.ref or "",
        refs,
        base,
        _count_records(vault, head.commit or ""),
        bundles.checksum(file),
        bool(seal),
    )
    bundles.write_manifest(result)
    if seal is None:
        try:
            restoring.verify(result, vault)
        except TextcrmError:
            file.unlink(missing_ok=True)
            bundles.manifest_of(file).unlink(missing_ok=True)
            raise
    count = int(
        vault.repo.git("rev-list", "--count", *refs.values(), "--not", *_known(base), "--")
    )
    return Made(str(file), result, count, result.records, file.stat().st_size, _unsaved(vault))


def _refs(vault: Vault) -> dict[str, str]:
    """Branches and tags: what a backup holds."""
    out = vault.repo.git(
        "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"
    )
    lines = out.decode("utf-8", "replace").splitlines()
    refs = {line.partition(" ")[0]: line.partition(" ")[2] for line in lines}
    if not refs:
        raise StorageFailure(
            "nothing-to-back-up",
            Text("nothing is committed yet", "还没有任何提交"),
            hint=Text("commit first: textcrm save", "请先提交：textcrm save"),
        )
    return refs


def _known(base: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(base.values()))


def _continues(vault: Vault, last: Backup, refs: dict[str, str]) -> bool:
    """Whether history still holds all that an earlier backup has."""
    del refs
    return all(vault.repo.resolve(commit) == commit for commit in last.refs.values()) and not (
        vault.repo.git(
            "rev-list", "-n1", *_known(last.refs), "--not", "--branches", "--tags"
        ).strip()
    )


def _bundle(vault: Vault, file: Path, base: dict[str, str], seal: Seal | None) -> None:
    draft = file.with_name(file.name + ".part")
    words = ["--branches", "--tags", *(f"^{commit}" for commit in _known(base))]
    try:
        vault.repo.git("bundle", "create", "--quiet", str(draft), *words)
        if seal is not None:
            plain, draft = draft, file.with_name(file.name + ".sealing")
            try:
                with plain.open("rb") as source, draft.open("wb") as target:
                    seal(source, target)
            finally:
                plain.unlink(missing_ok=True)
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _name(folder: Path, day: dt.date, *, sealed: bool) -> Path:
    """客户信息总表_YYYYMMDD (I2), with a number for the second of a day."""
    for number in range(1, 10_000):
        stem = f"{bundles.STEM}{day:%Y%m%d}" + (f"_{number}" if number > 1 else "")
        file = folder / (stem + (bundles.SEALED if sealed else bundles.BUNDLE))
        if not file.exists() and not bundles.manifest_of(file).exists():
            return file
    raise StorageFailure(
        "too-many-backups", Text("too many backups of today in {path}", "{path} 中今天的备份过多"),
        path=str(folder),
    )  # fmt: skip


def _count_records(vault: Vault, commit: str) -> int:
    tree = vault.repo.list_tree(commit, vault.prefix + store.FOLDER)
    return sum(store.is_record_path(path.removeprefix(vault.prefix)) for path in tree)


def _unsaved(vault: Vault) -> int:
    return len(vault.repo.status(vault.prefix.rstrip("/")))


def _failed(folder: Path, error: OSError) -> StorageFailure:
    from textcrm.gitrepo import failures

    known = failures.disk_failed(error)
    if known.code == "disk-full":
        return known
    return StorageFailure(
        "folder-failed",
        Text("{path} cannot be written: {why}", "无法写入 {path}：{why}"),
        hint=Text("name another folder", "请换一个文件夹"),
        path=str(folder),
        why=error.strerror or str(error),
    )


# -- to a second remote


def is_address(vault: Vault, word: str) -> bool:
    """Whether a destination is a git remote: a known name, an address, or a bare repository."""
    if "://" in word or word in vault.repo.remotes():
        return True
    if Path(word).exists():
        return (Path(word) / "HEAD").is_file() and (Path(word) / "objects").is_dir()
    head, colon, _ = word.partition(":")
    return bool(colon) and len(head) > 1 and "/" not in head and "\\" not in head


def push(vault: Vault, word: str, *, insecure: bool = False) -> Made:
    """Push all branches and tags to another remote; nothing there is ever overwritten.

    Raises TrustFailure (remote-insecure), StorageFailure (remote-failed, backup-refused).
    """
    address = vault.repo.remotes().get(word, word)
    if remote.is_open(address) and not insecure:
        raise TrustFailure(
            "remote-insecure",
            Text(
                "{url} sends customers' data in the clear for anybody on the way to read",
                "{url} 以明文传输客户资料，途中任何人都能读取",
            ),
            hint=Text(
                "use https:// or ssh://, or --insecure",
                "请改用 https:// 或 ssh://，或加 --insecure",
            ),
            url=remote.without_password(address),
        )
    outcome = vault.repo.process.run(
        "push", "--quiet", word, "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*", write=True
    )
    if outcome.code:
        _remember(vault, remote.without_password(word), ok=False)
        raise StorageFailure(
            "backup-refused",
            Text("{where} did not take the backup: {detail}", "{where} 没有接受备份：{detail}"),
            hint=Text(
                "check the address and your access; a history that was rewritten is never overwritten there",
                "请检查地址和权限；若历史被改写，备份端不会被覆盖",
            ),
            where=remote.without_password(word),
            detail=remote.without_password(outcome.err.strip())[-600:],
        )
    _remember(vault, remote.without_password(word), ok=True)
    head = vault.repo.head().commit or ""
    return Made(
        remote.without_password(word), None, int(vault.repo.git("rev-list", "--count", "HEAD", "--")),
        _count_records(vault, head), 0, _unsaved(vault),
    )  # fmt: skip


# -- when it was done last


class Last(NamedTuple):
    """The last backup of this clone: when it was tried, where to, whether it went well."""

    at: dt.datetime
    where: str
    ok: bool


def last(vault: Vault) -> Last | None:
    """When this clone was backed up last; None where never."""
    try:
        tree = json.loads(_state(vault).read_bytes())
        return Last(dt.datetime.fromisoformat(tree["at"]), str(tree["where"]), bool(tree["ok"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _remember(vault: Vault, where: str, *, ok: bool) -> None:
    file = _state(vault)
    file.parent.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(dt.UTC).isoformat()
    file.write_text(json.dumps({"at": at, "where": where, "ok": ok}), encoding="utf-8")


def _state(vault: Vault) -> Path:
    return vault.repo.common_dir / "textcrm" / "backup.json"
