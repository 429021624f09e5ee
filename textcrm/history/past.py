"""A record as it once was: at a commit, a tag or a day, also when it is deleted now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.errors import NotFound
from textcrm.history.log import paths_ever, record_at
from textcrm.history.tracing import own_paths
from textcrm.history.trash import trash
from textcrm.query.dates import read_period
from textcrm.text import Text
from textcrm.vault import moments
from textcrm.vault.unfound import no_such_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.record import Record
    from textcrm.vault import Vault

_HEX = re.compile(r"[0-9a-f]{4,64}\Z")


def find(vault: Vault, word: str) -> Record:
    """Find a record in the vault or, for its history, among the deleted ones."""
    try:
        return vault.get(word)
    except NotFound as error:
        for gone in trash(vault):
            if word in (gone.id, gone.name):
                parent = f"{gone.commit}^"
                record = record_at(vault, vault.repo, gone.path, parent)
                if record is not None:
                    return record
        raise error from None


def at(vault: Vault, word: str, when: str) -> Record:
    """A record as it was at a revision, or at the end of a day. Raises NotFound."""
    rev = revision(vault, when)
    known = find(vault, word)
    record = next(filter(None, _versions(vault, known, rev)), None)
    if record is None:
        raise no_such_record(
            word,
            Text(
                "it was not there at {when}; see: textcrm log {word}",
                "{when} 时还没有该客户；见 textcrm log {word}",
            ),
            when=when,
        )
    return record


def _versions(vault: Vault, known: Record, rev: str) -> Iterator[Record | None]:
    """What a commit held of a record, in its file or in one that it was before."""
    tried = own_paths(vault, known)
    for path in tried:
        yield record_at(vault, vault.repo, path.removeprefix(vault.prefix), rev)
    for path in paths_ever(vault, known):
        if path not in tried:
            yield record_at(vault, vault.repo, path.removeprefix(vault.prefix), rev)


def revision(vault: Vault, when: str) -> str:
    """The commit that a revision or day means. Raises NotFound (no-such-commit)."""
    found = None if _is_day(when) else vault.repo.resolve(when)
    if found is None and not _HEX.match(when):
        period = read_period(when, vault.today)  # of 本月 its last day, of 5月1日 the last one
        if period is not None:
            found = vault.repo.commit_at(moments.last(vault, period.last))
    if found is None:
        raise NotFound(
            "no-such-commit",
            Text("there is no commit or day “{when}” in history", "历史中没有“{when}”"),
            hint=Text(
                "a commit's number, or a day such as 2026-06-01", "请写提交号，或日期如 2026-06-01"
            ),
            when=when,
        )
    return found


def _is_day(when: str) -> bool:
    return bool(re.match(r"\d{4}-\d{1,2}-\d{1,2}\Z", when))
