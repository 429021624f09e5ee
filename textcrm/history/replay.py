"""Replaying commits that are not shared yet upon what the remote has, record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import access, config, line_merge, store
from textcrm.errors import Conflict, TextcrmError, YamlInvalid
from textcrm.history.questions import Question
from textcrm.history.renumbering import Renumbering
from textcrm.history.story import Story
from textcrm.text import Text
from textcrm.vault.merging import merge_texts
from textcrm.vault.tombstones import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm import three_way
    from textcrm.changes import StablePath
    from textcrm.gitrepo.objects import Blobs
    from textcrm.record import Record
    from textcrm.three_way import Side
    from textcrm.vault import Vault
    from textcrm.vault.tombstones import Tombstones

_ACCESS = access.FILE_NAME.partition("/")[0] + "/"


class Step(NamedTuple):
    """One commit to replay: its changes as blob ids by path in git, who made it, what it was."""

    changes: dict[str, tuple[str | None, str | None]]
    by: str
    op: str


class Replay:
    """Applies steps, one after the other, to the tree of the remote's tip.

    ``merged`` gathers the ids of records whose fields came together from both sides,
    ``questions`` what only a person can decide; there the remote's value stands.
    """

    def __init__(
        self,
        vault: Vault,
        blobs: Blobs,
        base: str,
        tip: str,
        erased: Tombstones = NOTHING,
    ) -> None:
        self._vault = vault
        self._blobs = blobs
        self._tip = tip
        self._now: dict[str, bytes | None] = {}
        self.story = Story(vault, blobs, base, tip)
        self.renumbering = Renumbering(vault)
        self.merged: dict[str, None] = {}
        self.questions: list[Question] = []
        self._taken: dict[str, bytes] = {}  # what a step of ours deleted, until one restores it
        self._step = Step({}, "", "")
        self._erased = erased

    def current(self, path: str) -> bytes | None:
        """A file as the replayed history has it so far."""
        if path not in self._now:
            self._now[path] = self._blobs.read(f"{self._tip}:{path}")
        return self._now[path]

    def apply(self, step: Step) -> dict[str, bytes | None]:
        """Replay one step; gives what it changes now, by path in git."""
        self._step = step
        before = {path: self._read(pair[0]) for path, pair in step.changes.items()}
        after = {path: self._read(pair[1]) for path, pair in step.changes.items()}
        result: dict[str, bytes | None] = {}
        renamed = self._renames(before, after)
        skip_access = self._access_clash(before, after)
        for path, data in after.items():
            if data is not None and before[path] is None:
                self.renumbering.make_way(path, data, self.current)
        for path in step.changes:
            if path in renamed.values() or (skip_access and self._is_access(path)):
                continue
            for place, data in self._file(path, before[path], after[path], renamed, after):
                if self.current(place) != data:
                    result[place] = data
                self._now[place] = data
        return result

    def _read(self, blob: str | None) -> bytes | None:
        return None if blob is None else self._blobs.read(blob)

    def _file(
        self,
        path: str,
        before: bytes | None,
        after: bytes | None,
        renamed: dict[str, str],
        afters: dict[str, bytes | None],
    ) -> list[tuple[str, bytes | None]]:
        if path in renamed:
            return self._own_rename(path, renamed[path], before, afters[renamed[path]])
        place = self.renumbering.place(path)
        before, after = (self.renumbering.rewritten(path, one) for one in (before, after))
        return self._merged(place, before, after)

    def _merged(
        self, path: str, before: bytes | None, after: bytes | None
    ) -> list[tuple[str, bytes | None]]:
        now = self.current(path)
        own = path.removeprefix(self._vault.prefix)
        if self._erased.of_path(own) or (
            after and self._is_record(path) and self._erased.of_data(after)
        ):
            # Whoever else changed it: an erasure stands, and nobody is asked.
            return [(path, None)] if now is not None else []
        if before is None and after is not None and now is not None and path in self._taken:
            before = self._restored(path)
        if now == before:
            return [(path, after)]
        if now == after:
            return []
        if not self._is_record(path):
            return [(path, self._other_file(path, before, now, after))]
        if now is None and path in self.story.moved and after is not None:
            return self._merged(self.story.moved[path], before, after)
        if after is None or now is None:
            if after is None and before is not None:
                self._taken[path] = before
            self._ask_whole(path, before, after, now)
            return []
        if before is None and self._are_two(path, now, after):
            return self.renumbering.renumbered(path, after)
        return [(path, self._record(path, before, now, after))]

    def _restored(self, path: str) -> bytes:
        """What stood there before a deletion of ours that we took back: nobody need be asked."""
        own = path.removeprefix(self._vault.prefix)
        self.questions = [one for one in self.questions if one.file != own or not one.whole]
        return self._taken.pop(path)

    # -- records

    def _is_record(self, path: str) -> bool:
        prefix = self._vault.prefix
        return path.startswith(prefix) and store.is_record_path(path.removeprefix(prefix))

    def _parsed(self, path: str, data: bytes) -> Record:
        return store.parse(path.removeprefix(self._vault.prefix), data, self._vault.schema)

    def _are_two(self, path: str, now: bytes, after: bytes) -> bool:
        """Whether two clones gave one id to two customers: their uids differ."""
        try:
            other = self._parsed(path, now)
        except YamlInvalid:
            return True
        mine = self._parsed(path, after)
        return mine.uid is None or mine.uid != other.uid

    def _record(self, path: str, before: bytes | None, now: bytes, after: bytes) -> bytes:
        mine = self._parsed(path, after)
        try:
            other = self._parsed(path, now)
            base = self._parsed(path, before) if before is not None else None
        except YamlInvalid:
            self._ask_whole(path, before, after, now)
            return now
        result = merge_texts(
            base.text if base else None,
            other.text,
            mine.text,
            self._vault.schema,
            yields=self._yields(path),
        )
        self.merged[other.id] = None
        self.questions += [self._question(path, other, one) for one in result.questions]
        return result.text.encode("utf-8")

    def _yields(self, path: str) -> Callable[[StablePath], Side | None]:
        if self._step.op == "rekey":
            return lambda _field: "theirs"
        return self.story.rekeyed(path)

    def _question(self, path: str, other: Record, one: three_way.Question) -> Question:
        return Question(
            other.path,
            other.id,
            other.name,
            one.path,
            one.base,
            one.theirs,
            one.ours,
            self._step.by,
            self.story.author(path, one.path),
        )

    def _ask_whole(
        self, path: str, before: bytes | None, after: bytes | None, now: bytes | None
    ) -> None:
        """Ask about a whole file: deleted on one side, or not to be read."""
        own = path.removeprefix(self._vault.prefix)
        name = ""
        for data in (now, after, before):
            if data is not None and not name and self._is_record(path):
                try:
                    name = self._parsed(path, data).name
                except TextcrmError:
                    continue
        tree = self._vault.repo.worktree()
        base, mine, theirs = (tree.id(one) for one in (before, after, now))
        self.questions.append(
            Question(
                own,
                own.rsplit("/", 1)[-1].removesuffix(store.SUFFIX),
                name,
                (),
                base,
                mine,
                theirs,
                self._step.by,
                self.story.author(path),
            )
        )

    # -- renames

    def _renames(
        self, before: dict[str, bytes | None], after: dict[str, bytes | None]
    ) -> dict[str, str]:
        """Record files that a step of ours moved: new path by old, told by the uid."""
        gone = {path: data for path, data in before.items() if data and after[path] is None}
        came = {path: data for path, data in after.items() if data and before[path] is None}
        if not gone or not came:
            return {}
        uids = {self._uid(path, data): path for path, data in came.items()}
        pairs = {path: uids.get(self._uid(path, data)) for path, data in gone.items()}
        return {old: new for old, new in pairs.items() if new}

    def _uid(self, path: str, data: bytes) -> str:
        try:
            uid = self._parsed(path, data).uid if self._is_record(path) else None
        except TextcrmError:
            uid = None
        return uid or f"\0{path}"

    def _own_rename(
        self, old: str, new: str, before: bytes | None, after: bytes | None
    ) -> list[tuple[str, bytes | None]]:
        """What others changed meanwhile in a record that we moved goes with it."""
        now = self.current(old)
        if now is None or now == before or before is None or after is None:
            moved = self._merged(new, None, after)
            return [*moved, (old, None)]
        merged = self._record(old, before, now, after)
        return [*self._merged(new, None, merged), (old, None)]

    # -- other files

    def _other_file(
        self, path: str, before: bytes | None, now: bytes | None, after: bytes | None
    ) -> bytes | None:
        texts = [_text(one) for one in (before, now, after)]
        if before is not None and None not in texts:
            merged = line_merge.merge(*(one or "" for one in texts))
            if merged is None and path == self._vault.prefix + config.FILE_NAME:
                merged = self._settings(*(one or "" for one in texts))
            if merged is not None and self._reads(path, merged):
                return merged.encode()
        if not path.startswith(self._vault.prefix):
            raise _not_ours(path)
        self._ask_whole(path, before, after, now)
        return now

    def _settings(self, before: str, now: str, after: str) -> str | None:
        """Settings of both sides, key by key; None where both changed one. Two may save a view."""
        try:
            result = merge_texts(before, now, after, self._vault.schema)
        except TextcrmError:
            return None
        return None if result.questions else result.text

    def _reads(self, path: str, text: str) -> bool:
        """Whether a merged settings file still says something."""
        import json

        from textcrm import yamlfile

        try:
            if path.endswith(".json"):
                json.loads(text)
            elif path.endswith((".yaml", ".yml")):
                yamlfile.read(text)
        except (ValueError, TextcrmError):
            return False
        return True

    def _is_access(self, path: str) -> bool:
        return path.startswith(self._vault.prefix + _ACCESS)

    def _access_clash(
        self, before: dict[str, bytes | None], after: dict[str, bytes | None]
    ) -> bool:
        """Signed files never merge by halves: where one clashes, the remote's stand, all of them.

        That is one question, about access.yaml: signature and keys go with it.
        """
        own = [path for path in before if self._is_access(path)]
        clash = any(self.current(path) not in (before[path], after[path]) for path in own)
        if clash:
            main = self._vault.prefix + access.FILE_NAME
            path = main if main in own else own[0]
            self._ask_whole(path, before[path], after[path], self.current(path))
        return clash


def _text(data: bytes | None) -> str | None:
    try:
        return None if data is None or b"\0" in data else data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _not_ours(path: str) -> Conflict:
    return Conflict(
        "sync-other-files",
        Text(
            "{path}, outside the vault, was changed here and there",
            "客户库之外的文件 {path} 在本地和远端都有改动",
        ),
        hint=Text(
            "merge it with git first: git pull --rebase, then textcrm sync",
            "请先用 git 合并：git pull --rebase，再运行 textcrm sync",
        ),
        path=path,
    )
