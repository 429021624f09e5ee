"""Erasure: customers taken out of the vault in one commit, with a signed tombstone (PIPL 47)."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from textcrm import sealing, store
from textcrm.access.signers import signer
from textcrm.access.trust import canonical
from textcrm.errors import Invalid, Misuse, NotFound
from textcrm.gitrepo import rewriting
from textcrm.privacy.traces import Subject, Traces
from textcrm.text import Text
from textcrm.vault import tombstones
from textcrm.vault.tombstones import Tombstone, Tombstones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textcrm.vault import Draft, Vault

OP = "erase"
REASONS: dict[str, Text] = {
    "request": Text("the person asked for it", "本人要求删除"),
    "withdrawn": Text("consent withdrawn", "撤回同意"),
    "expired": Text("retention period over", "保存期限届满"),
    "purpose_done": Text("purpose achieved", "处理目的已实现"),
    "unlawful": Text("held unlawfully", "违法处理"),
    "other": Text("other", "其他"),
}


class Erased(NamedTuple):
    """What an erasure did: the commit (None where nothing was left to remove), the ids, how many
    files it removed; and where the customers are still named: records, files lying around.
    """

    commit: str | None
    ids: tuple[str, ...]
    files: int
    mentions: tuple[str, ...]
    leftovers: tuple[str, ...]


_SPOKEN: dict[str, tuple[str, ...]] = {
    "withdrawn": ("撤回", "withdr"),
    "expired": ("期限", "过期", "到期", "expire", "retention"),
    "unlawful": ("违法", "非法", "unlawful", "illegal"),
    "purpose_done": ("目的", "不再需要", "purpose", "no longer needed"),
    "request": ("要求", "请求", "申请", "request", "asked"),
}


def reason_of(word: str) -> str:
    """A reason's code by code, label or words that say it; ``other`` for anything else.

    The words themselves are kept nowhere: a tombstone stays for ever, and free text could be
    personal data. Raises Misuse (reason-needed).
    """
    folded = word.strip().casefold()
    if not folded:
        raise Misuse(
            "reason-needed",
            Text("an erasure needs its reason", "彻底删除必须写明原因"),
            hint=Text("--reason with one of: {known}", "--reason 可用：{known}"),
            known=[
                Text(f"{code} ({one.en})", f"{code}（{one.zh}）") for code, one in REASONS.items()
            ],
        )
    for code, label in REASONS.items():
        if folded in (code, label.en.casefold(), label.zh):
            return code
    return next(
        (code for code, said in _SPOKEN.items() if any(one in folded for one in said)), "other"
    )


def subjects(
    vault: Vault, words: Sequence[str], *, progress: Callable[[int], None] | None = None
) -> Traces:
    """Who is meant and every trace of them in this clone: customers that are there, deleted ones
    that history holds, and ones that were erased before. Raises NotFound, Ambiguous.
    """
    chosen: dict[str, Subject] = {}
    for word in words:
        subject = _subject(vault, word)
        chosen[subject.id] = subject
    return Traces(vault, tuple(chosen.values()), progress=progress)


def _subject(vault: Vault, word: str) -> Subject:
    stone = tombstones.of(vault).of_id(word)
    if stone is not None:
        return Subject(stone.ids, None, stone)
    try:
        record = vault.get(word)
    except (NotFound, Invalid):  # deleted, or a file that does not read
        if store.is_record_path(store.path_of(word)) and _ever(vault, word):
            return Subject((word,), None, None)
        raise
    return Subject((record.id,), record, None)


def _ever(vault: Vault, word: str) -> bool:
    path = vault.prefix + store.path_of(word)
    out = vault.repo.git("log", "-1", "--format=%H", "--all", "--full-history", "--", path)
    return bool(out.strip())


def erase(vault: Vault, traces: Traces, *, reason: str, signing_keys: Sequence[Path]) -> Erased:
    """Take customers out of the vault, with all their files, and set signed tombstones: one commit.

    ``reason`` is a code of :data:`REASONS`; ``signing_keys`` are those at hand, one of which must
    be an admin's. Local catalogs, indexes and caches go, too. Raises TrustFailure (not-admin),
    KeyMissing (no-class-keys), Conflict (uncommitted-edit); nothing has changed then.
    """
    access = vault.trusted_access()
    key = signer(access, signing_keys)
    person = vault.me()
    new = [one for one in traces.subjects if one.stone is None]
    removed = 0
    result = None
    if new:
        stones = tuple(
            _stone(vault, traces, one, reason, person.id if person else "") for one in new
        )
        gone = traces.current_files()
        removed = len(gone)

        def plan(draft: Draft) -> None:
            for path in gone:
                if draft.read(path) is None:
                    continue
                if store.is_record_path(path):
                    draft.forget(path)
                draft.write(path, None)
            known = tombstones.read(draft.read(tombstones.FILE_NAME))
            put(draft, Tombstones((*known.stones, *stones), known.rewrites), key)

        subject = f"vault: erase {len(new)} customers" if len(new) > 1 else f"{new[0].id}: erase"
        trailers = [("Textcrm-Erased", one.id) for one in new]
        result = vault.write(OP, plan, subject=subject, trailers=trailers, reason=reason)
        _remove_untracked(vault, traces)
    drop_caches(vault)
    return Erased(
        result.commit if result else None,
        tuple(one.id for one in traces.subjects),
        removed,
        tuple(traces.mentions()),
        tuple(traces.leftovers()),
    )


def put(draft: Draft, stones: Tombstones, key: Path) -> None:
    """Write tombstones into a commit, signed. Raises StorageFailure (signing-failed)."""
    data = tombstones.write(stones)
    signature = sealing.sign(canonical(data), key, namespace=tombstones.NAMESPACE)
    draft.write(tombstones.FILE_NAME, data)
    draft.write(tombstones.SIGNATURE_FILE, signature)


def _stone(vault: Vault, traces: Traces, subject: Subject, reason: str, by: str) -> Tombstone:
    own = traces.paths_of(subject)
    hashes = sorted({tombstones.hash_of(one) for one in own})
    uid = traces.uid_of(subject)
    ids = dict.fromkeys((subject.id, *sorted(traces.ids_of(subject))))
    return Tombstone(
        tuple(ids), vault.today.isoformat(), reason, by, tuple(hashes),
        tombstones.hash_of(uid) if uid else "",
    )  # fmt: skip


def _remove_untracked(vault: Vault, traces: Traces) -> None:
    """What lies in the customers' own folders and git never knew goes with them."""
    for folder in traces.own_folders():
        shutil.rmtree(vault.root / folder, ignore_errors=True)


def drop_caches(vault: Vault) -> None:
    """Take away what is derived from the files here: catalog, index, cached history.

    A catalog's free pages may still hold what a row said, so nothing less will do; all of it is
    made again when it is next needed.
    """
    held = vault.__dict__.pop("_catalog", None)
    close = getattr(held, "close", None)
    if callable(close):
        close()
    folder = vault.root / ".textcrm"
    for inner in list(folder.iterdir()) if folder.is_dir() else ():
        if inner.is_dir() and not inner.is_symlink():
            shutil.rmtree(inner, ignore_errors=True)
        else:
            inner.unlink(missing_ok=True)


def left_in_history(vault: Vault, traces: Traces) -> int:
    """How many objects of the customers this clone's refs still lead to."""
    return len(rewriting.present(vault.repo.process, traces.blobs()))
