"""Sealed attachments follow the owner: for a new one they are sealed anew in the same commit."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Self

from textcrm.errors import KeyMissing, NotFound, TextcrmError, TrustFailure
from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.vault import seals

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from textcrm.access import Person
    from textcrm.record import Record
    from textcrm.vault.draft import Draft
    from textcrm.vault.sealed_files import SealedFile, Written
    from textcrm.vault.vault import Vault


class Wanted(NamedTuple):
    """A sealed attachment, and whom it is to be sealed for."""

    file: SealedFile
    labels: tuple[str, ...]


class NotYetSealed(Exception):
    """Attachments that a draft needs sealed anew first, outside the repository's lock."""

    def __init__(self, wanted: list[Wanted]) -> None:
        super().__init__()
        self.wanted = wanted


class Following:
    """The attachments sealed anew for one write; their ciphertext lies aside until it ends.

    What no key at hand opens, or is not the file that was attached, stays as it is and is a
    warning of the draft: a customer can be handed over all the same.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._made: dict[Wanted, Written | TextcrmError] = {}
        self._aside = contextlib.ExitStack()
        self._asked = vault.confirm_grant

    def __enter__(self) -> Self:
        if self._asked is not None:
            self._vault.confirm_grant = _asked_once(self._asked)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._vault.confirm_grant = self._asked
        self._aside.close()

    def follow(self, draft: Draft) -> None:
        """Let a draft take the attachments of records with a new owner along.

        Raises NotYetSealed where :meth:`seal` is to be called first, TrustFailure.
        """
        passed = [
            (path, after)
            for path, after in draft.after.items()
            if after is not None
            and seals.owner_changed(after, draft.before[path])
            and after.raw.get("documents")
        ]
        if not passed or not self._vault.access.has_keys:
            return
        wanted = {path: self._wanted(draft, record) for path, record in passed}
        lacking = [one for each in wanted.values() for one in each if one not in self._made]
        if lacking:
            raise NotYetSealed(lacking)
        for path, files in wanted.items():
            for one in files:
                self._take(draft, path, one)

    def _wanted(self, draft: Draft, record: Record) -> list[Wanted]:
        from textcrm.vault.sealed_files import sealed_files

        access = self._vault.trusted_access()
        owner = seals.owner_of(access, record)
        stale = seals.stale_files(access, record)
        return [
            Wanted(one, tuple(seals.labels_for(access, stale[one.path], owner)))
            for one in sealed_files(record)
            if one.path in stale and one.path not in draft.files
        ]

    def seal(self, needed: NotYetSealed) -> None:
        """Seal attachments anew, as streams; what cannot be is kept as the reason why."""
        from textcrm.vault import sealed_files

        access = self._vault.trusted_access()
        for one in needed.wanted:
            anew = sealed_files.resealed(self._vault, access, one.file, one.labels)
            try:
                self._made[one] = self._aside.enter_context(anew)
            except (KeyMissing, NotFound, TrustFailure) as error:
                self._made[one] = error

    def _take(self, draft: Draft, path: str, one: Wanted) -> None:
        from textcrm.vault.sealed_files import renamed

        made = self._made[one]
        if isinstance(made, TextcrmError):
            record = draft.record(path)
            draft.warnings += self._vault.placed(record, [_left(record, one.file, made)])
            return
        draft.edit(path, lambda now: renamed(now, one.file.path, one.labels, made))
        draft.write(one.file.path, made.stored)


def _left(record: Record, one: SealedFile, error: TextcrmError) -> Finding:
    return Finding(
        "attachment-left",
        "warning",
        ("documents", one.place, "file"),
        Text(
            "{file} stays sealed for {readers} and not for the new owner: {why}",
            "{file} 仍只加密给 {readers}，未加密给新负责人：{why}",
        ),
        Text(
            "somebody who reads it seals it anew: textcrm rekey {id}",
            "请能打开它的人重新加密：textcrm rekey {id}",
        ),
        {
            "file": one.path,
            "readers": list(one.labels),
            "why": Text(error.say("en"), error.say("zh")),
            "id": record.id,
        },
    )


def _asked_once(
    ask: Callable[[Record, Person, list[str]], bool],
) -> Callable[[Record, Person, list[str]], bool]:
    """The same question, put once: a plan may run several times."""
    known: dict[tuple[str, str, tuple[str, ...]], bool] = {}

    def confirm(record: Record, person: Person, classes: list[str]) -> bool:
        key = record.id, person.id, tuple(classes)
        if key not in known:
            known[key] = ask(record, person, classes)
        return known[key]

    return confirm
