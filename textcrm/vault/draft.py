"""A draft of one commit: what a writing command means to change, checked before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import store, yamlfile
from textcrm.errors import Conflict, Invalid, NotFound, TextcrmError, YamlInvalid
from textcrm.findings import Problem
from textcrm.gitrepo.values import Stored
from textcrm.record import Record
from textcrm.rules.identity import CROSS_CHECKS
from textcrm.text import Text
from textcrm.vault import ids
from textcrm.vault.seals import sealed_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from textcrm.findings import Finding
    from textcrm.vault.vault import Vault


class Draft:
    """What one commit will change. Paths are relative to the vault.

    Made anew for every try of a commit, from what HEAD holds at that moment, so that a change made
    by somebody else a moment ago is built upon and never overwritten.
    """

    def __init__(self, vault: Vault, read: Callable[[str], bytes | None]) -> None:
        self._vault = vault
        self._read = read
        self.files: dict[str, bytes | Stored | None] = {}
        self.before: dict[str, Record | None] = {}
        self.after: dict[str, Record | None] = {}
        self.warnings: list[Problem] = []
        self.lean = False
        """Keep no more of new records than their text, and place no findings: for thousands."""
        self._last: dict[dt.date, str] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a file as this draft has it."""
        data = self.files.get(path)
        if isinstance(data, Stored):
            return data.file.read_bytes()
        return data if path in self.files else self._read(path)

    def record(self, path: str) -> Record:
        """A record as this draft has it. Raises Conflict where HEAD does not know the file."""
        data = self.read(path)
        if data is None:
            raise self._unknown(path)
        return store.parse(path, data, self._vault.schema)

    def _unknown(self, path: str) -> Exception:
        if (self._vault.root / path).exists():
            return Conflict(
                "uncommitted-edit",
                Text("{file} is not committed yet", "{file} 尚未提交"),
                hint=Text("commit it first: textcrm save", "请先用 textcrm save 提交这个文件"),
                file=path,
            )
        return NotFound(
            "no-such-file",
            Text("{file} is not there any more", "{file} 已不存在"),
            hint=Text(
                "what an interrupted command had begun was taken back; was it a sync: textcrm sync",
                "被中断的命令已撤回；若当时在同步，请再运行 textcrm sync",
            ),
            file=path,
        )

    def edit(self, path: str, change: Callable[[Record], str]) -> None:
        """Change a record's text; the result must read, and be no more invalid than before."""
        record = self.record(path)
        text = change(record)
        if text != record.text:
            self.put(path, text, base=record)

    def put(self, path: str, text: str, *, base: Record | None = None) -> None:
        """Write a whole record, what is to be sealed sealed. Raises Invalid with what is wrong."""
        self._put(path, store.parse(path, yamlfile.encode(text), self._vault.schema), base)

    def _put(self, path: str, plain: Record, base: Record | None) -> None:
        text = sealed_text(self._vault, plain, base)
        data = yamlfile.encode(text)
        record = plain
        if text != plain.text:
            record = store.parse(path, data, self._vault.schema)
        self._check(record, base)
        if text != plain.text:
            self._check_before_sealing(plain)
        self.before.setdefault(path, base)
        if self.lean and base is None:
            record = Record(path, "", {"id": record.id, "name": record.name}, record.schema)
        self.after[path] = record
        self.files[path] = data

    def next_id(self, day: dt.date) -> str:
        """The next id of a day that nobody has or had, this draft's own ones included."""
        last = self._last.get(day)
        record_id = ids.next_id(day, self._vault.taken_ids(day) if last is None else (last,))
        self._last[day] = record_id
        return record_id

    def add(self, tree: dict[str, Any], day: dt.date, record_id: str | None = None) -> str:
        """Add a record with a new uid and a new id of the day, or the one given; gives the id.

        The caller has seen to it that a given id is free, and that no later call gives it again.
        """
        record_id = record_id or self.next_id(day)
        rest = {name: value for name, value in tree.items() if name not in ("id", "uid")}
        whole = {"id": record_id, "uid": tree.get("uid") or ids.new_uid(), **rest}
        order = self._vault.schema.order()
        plain = self._vault.schema.plain(ids.give_item_ids(whole))
        path = store.path_of(record_id)
        record = self._written(path, plain, order)
        if record is None:
            self.put(path, yamlfile.dump(plain, order=order))
        else:
            self._put(path, record, None)
        return record_id

    def add_text(self, text: str, day: dt.date) -> str:
        """Add a record as it was typed, with a new uid and a new id of the day; gives the id."""
        from textcrm.vault.completing import completed

        record_id, order = self.next_id(day), self._vault.schema.order()
        for name, value in (("uid", ids.new_uid()), ("id", record_id)):
            text = yamlfile.set_value(text, (name,), value, key_order=order)
        path = store.path_of(record_id)
        self.put(path, completed(store.parse(path, yamlfile.encode(text), self._vault.schema)))
        return record_id

    def _written(self, path: str, plain: Any, order: Sequence[str]) -> Record | None:
        """A new record as its text reads; None where that is not what was meant."""
        from textcrm.yamlfile.shapes import as_read

        text = yamlfile.dump(plain, order=order, proven=False)
        try:
            record = store.parse(path, yamlfile.encode(text), self._vault.schema)
        except YamlInvalid:
            return None
        return record if record.raw == as_read(plain) else None

    def delete(self, path: str) -> Record:
        """Take a record out of the vault; history keeps it."""
        record = self.record(path)
        self.before.setdefault(path, record)
        self.after[path] = None
        self.files[path] = None
        return record

    def restore(self, path: str, data: bytes) -> None:
        """Write a record as it once was; what today's rules say against it is only told."""
        try:
            record = store.parse(path, data, self._vault.schema)
        except TextcrmError:
            self.files[path] = data
            return
        current = self._readable(path)
        self.before.setdefault(path, current)
        self.after[path] = record
        self.files[path] = data
        self.warnings += [problem for problem, _ in self._new(record, current)]

    def _readable(self, path: str) -> Record | None:
        data = self.read(path)
        try:
            return None if data is None else store.parse(path, data, self._vault.schema)
        except TextcrmError:
            return None

    def forget(self, path: str) -> None:
        """Take note that a record's file was deleted by hand."""
        known = self._vault.repo.read("HEAD", self._vault.prefix + path)
        try:
            record = store.parse(path, known, self._vault.schema) if known is not None else None
        except TextcrmError:
            record = None
        self.before.setdefault(path, record)
        self.after[path] = None
        self.files[path] = None

    def write(self, path: str, data: bytes | Stored | None) -> None:
        """Write or (None) remove any other file of the vault."""
        self.files[path] = data

    def _check(self, record: Record, base: Record | None) -> None:
        """Refuse what is newly wrong, keep what is newly odd; what was so before stays so."""
        new = self._new(record, base)
        wrong = [problem for problem, finding in new if finding.severity == "error"]
        if wrong:
            raise invalid(wrong)
        self.warnings += [problem for problem, _ in new]

    def _check_before_sealing(self, plain: Record) -> None:
        """Tell what only plain values can show (B13): afterwards nobody sees it without a key."""
        found = [one for one in self._vault.findings(plain) if one.code in CROSS_CHECKS]
        self.warnings += self._vault.placed(plain, found)

    def _new(self, record: Record, base: Record | None) -> list[tuple[Problem, Finding]]:
        """The findings that the record did not have before."""
        found = self._vault.findings(record)
        known = {_identity(finding) for finding in self._vault.findings(base)} if base else set()
        if self.lean:
            problems = [Problem(record.path, 1, 1, record.id, finding) for finding in found]
        else:
            problems = self._vault.placed(record, found)
        return [
            pair for pair in zip(problems, found, strict=True) if _identity(pair[1]) not in known
        ]


def _identity(finding: Finding) -> tuple[object, ...]:
    """What makes two findings the same: not the index of an item, which moves when others go."""
    path = tuple(step for step in finding.path if isinstance(step, str))
    return finding.code, path, repr(sorted(finding.data.items(), key=lambda pair: pair[0]))


_MEND = Text("nothing was written; give another value", "未写入任何内容，请换一个值")


def invalid(problems: list[Problem]) -> Invalid:
    """The error of a record that may not be written, led by its first problem."""
    finding = problems[0].finding
    advice = {"advice": said(finding.hint, finding) if finding.hint else _MEND}
    return Invalid(
        "record-invalid",
        Text("{first}", "{first}")
        if len(problems) == 1
        else Text("{first} (and {more} more)", "{first}（另有 {more} 处）"),
        hint=Text("{advice}", "{advice}"),
        first=said(finding.message, finding),
        more=len(problems) - 1,
        problems=problems,
        **advice,
    )


def said(sentence: Text, finding: Finding) -> Text:
    """A finding's sentence with its places filled, in both languages."""
    return Text(sentence.say("en", **finding.data), sentence.say("zh", **finding.data))
