"""Questions that a sync left: values that two people changed, each in their own way.

They lie in the git directory of the clone whose change could not be shared (DESIGN section 8),
so that a deleted ``.textcrm`` loses none. A sealed value stands there sealed.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import StorageFailure
from textcrm.gitrepo import system
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textcrm.changes import StablePath
    from textcrm.vault import Vault


class Question(NamedTuple):
    """A value of a record that is one thing here and another at the remote.

    ``path`` is stable (items by id); an empty one stands for the whole file, whose versions are
    blob ids then. ``mine`` and ``theirs`` are None where that side deleted it; ``theirs`` is what
    stands in the record now. ``in_file``: git's own merge left it, in the record, where mine stands,
    or, ``turned`` (a rebase, a stash put back), theirs.
    """

    file: str
    id: str
    name: str
    path: StablePath
    base: Any
    mine: Any
    theirs: Any
    mine_by: str
    theirs_by: str
    in_file: bool = False
    turned: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is about the whole file."""
        return not self.path


def load(vault: Vault) -> list[Question]:
    """The open questions of this clone. Raises StorageFailure (questions-unreadable)."""
    file = _file(vault)
    try:
        data = json.loads(file.read_bytes())
        return [Question(**{**one, "path": tuple(one["path"])}) for one in data]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StorageFailure(
            "questions-unreadable",
            Text("{file} cannot be read", "无法读取 {file}"),
            hint=Text(
                "move it away; your own versions are also under refs/textcrm/pre-sync",
                "请移走该文件；您的版本也保留在 refs/textcrm/pre-sync 中",
            ),
            file=str(file),
        ) from error


def save(vault: Vault, questions: Iterable[Question]) -> None:
    """Replace the open questions, durably."""
    file = _file(vault)
    listed = [{**one._asdict(), "path": list(one.path)} for one in questions]
    if not listed:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(json.dumps(listed, ensure_ascii=False, indent=1).encode())
        handle.flush()
        os.fsync(handle.fileno())
    system.replace(draft, file)


def added(known: list[Question], fresh: Iterable[Question]) -> list[Question]:
    """The questions with new ones; a later question about the same place replaces the earlier."""
    result = {(one.file, one.path): one for one in known}
    for one in fresh:
        old = result.get((one.file, one.path))
        result[one.file, one.path] = one._replace(base=old.base) if old else one
    return list(result.values())


def _file(vault: Vault) -> Path:
    return vault.repo.git_dir / "textcrm" / "questions.json"
