"""One commit from one draft: the message, the files, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import changes, store
from textcrm.errors import TextcrmError
from textcrm.paths import spell
from textcrm.vault import formats, wiring
from textcrm.vault.checking import sealing_findings
from textcrm.vault.draft import Draft, invalid
from textcrm.vault.vault import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.gitrepo.values import Stored
    from textcrm.vault.vault import Vault

_MANY = 3


def write(
    vault: Vault,
    op: str,
    plan: Callable[[Draft], None],
    *,
    reason: str | None,
    subject: str | None,
    trailers: Sequence[tuple[str, str]],
    adopt: dict[str, bytes | None] | None,
) -> Result:
    """Run a plan inside the repository's transaction; see :meth:`Vault.write`."""
    from textcrm.gitrepo import compose_message
    from textcrm.vault.following import Following, NotYetSealed

    formats.demand_known(vault)
    drafts: list[Draft] = []
    prefix = vault.prefix

    def build(read: Callable[[str], bytes | None]) -> dict[str, bytes | Stored | None]:
        def read_here(path: str) -> bytes | None:
            if adopt is not None and path in adopt:
                return adopt[path]
            return read(prefix + path)

        draft = Draft(vault, read_here)
        drafts[:] = [draft]
        plan(draft)
        following.follow(draft)
        demand_sealed(vault, draft)
        demand_not_erased(vault, draft)
        return {prefix + path: data for path, data in draft.files.items()}

    def message() -> str:
        draft = drafts[0]
        ids, fields = touched(vault, draft)
        return compose_message(
            subject or summary(op, ids, fields),
            reason=reason,
            trailers=[("Textcrm-Op", op), *(("Textcrm-Id", one) for one in ids), *trailers],
        )

    adopted = {prefix + path: data for path, data in adopt.items()} if adopt else None
    commit = None
    with Following(vault) as following:
        while True:
            try:
                commit = vault.repo.commit(build, message, adopt=adopted)
                break
            except NotYetSealed as needed:  # gigabytes maybe, which nobody else should wait for
                following.seal(needed)
    wiring.wire_quietly(vault)
    draft = drafts[0]
    ids, fields = touched(vault, draft)
    return Result(commit, ids, fields, tuple(draft.warnings))


def demand_sealed(vault: Vault, draft: Draft) -> None:
    """Let no plain value into history where the schema seals, wherever it comes from.

    Values that are typed are sealed before they get here; an old version that is taken back
    (undo, restore) may hold one from before. Raises Invalid (record-invalid).
    """
    if vault.rule_context(None).keys is None:
        return
    wrong = []
    for path, data in draft.files.items():
        if isinstance(data, bytes) and store.is_record_path(path):
            try:
                record = draft.after.get(path) or store.parse(path, data, vault.schema)
            except TextcrmError:
                continue  # taken back as it was, though nobody can read it
            found = sealing_findings(vault, record)
            plain = [one for one in found if one.code == "plain-sealed"]
            wrong += vault.placed(record, plain)
    if wrong:
        raise invalid(wrong)


def demand_not_erased(vault: Vault, draft: Draft) -> None:
    """Let nothing write a file of a customer who was erased: undo, restore, save, import.

    Raises TrustFailure (erased-comes-back).
    """
    from textcrm.vault import tombstones

    stones = tombstones.of(vault)
    if not stones.stones:
        return
    for path, data in draft.files.items():
        if data is None:
            continue
        stone = stones.of_path(path)
        if stone is None and isinstance(data, bytes) and store.is_record_path(path):
            stone = stones.of_data(data)
        if stone is not None:
            raise tombstones.refused(path, stone)


def touched(vault: Vault, draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids and the paths of fields that a draft changes."""
    ids: list[str] = []
    fields: dict[str, None] = {}
    for path, after in draft.after.items():
        before = draft.before[path]
        record = after or before
        if record is None:
            continue
        ids.append(record.id)
        if before is not None and after is not None:
            for change in changes.compare(before.raw, after.raw, vault.schema):
                fields[spell(change.path)] = None
        elif after is not None:
            fields.update(dict.fromkeys(after.raw))
    return tuple(ids), tuple(fields)


def summary(op: str, ids: tuple[str, ...], fields: tuple[str, ...]) -> str:
    """A commit's subject: ids and names of fields, never values."""
    tops = list(dict.fromkeys(name.split("/", 1)[0] for name in fields))
    shown = ", ".join(tops[:_MANY]) + (", ..." if len(tops) > _MANY else "")
    what = f"{op} {shown}" if shown and op not in ("add", "rm", "restore") else op
    if not ids:
        return f"vault: {what}"
    who = ids[0] if len(ids) == 1 else f"{len(ids)} customers"
    return f"{who}: {what}"
