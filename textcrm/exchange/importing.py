"""Importing a file: read, grouped, met with what is there, written as one commit (H1, H2, B14, B18)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from textcrm.errors import Conflict, TextcrmError
from textcrm.exchange import formats, updating
from textcrm.exchange.changing import wanted
from textcrm.exchange.finishing import nameless
from textcrm.exchange.grouping import Groups, RowRef
from textcrm.exchange.incoming import Reading, Setting, Source
from textcrm.exchange.meeting import Meeting, Met
from textcrm.exchange.noticing import Noticed, id_taken, may_be_there, seen_error
from textcrm.exchange.returning import Returning
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.exchange.grouping import Proposal
    from textcrm.exchange.incoming import Tree
    from textcrm.vault import Draft, Vault
    from textcrm.vault.lookout import Lookout

Policy = Literal["update", "skip", "create"]
Action = Literal["created", "updated", "skipped", "rejected"]
_SHOWN: Final = 5
# So many customers are compared with all by everything; of more, by keys and names: 8 ms each.
_LOOKED_AFTER: Final = 200


class Rejected(NamedTuple):
    """A row that is not in the vault: where it stands, its text, why."""

    row: int
    place: str
    raw: str
    why: Finding


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do: rows counted by what became of them.

    ``rows`` is the sum of the four counts. ``ids`` are the customers created and updated,
    ``records`` their number by action; ``first`` shows the first rows as proposals.
    """

    reading: Reading
    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    noticed: Noticed = field(default_factory=Noticed)
    records: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0})
    ids: list[str] = field(default_factory=list)
    first: list[Tree] = field(default_factory=list)
    commit: str | None = None
    rejected_file: str | None = None

    def count(self, action: Action, rows: int) -> None:
        """Count rows."""
        if action != "rejected":
            setattr(self, action, getattr(self, action) + rows)

    def notice(self, proposal: Proposal, finding: Finding) -> None:
        """Note a warning of a customer, at the first of its rows."""
        first = proposal.rows[0]
        self.noticed.add(first.number, finding, first.place)

    def reject(self, rows: tuple[RowRef, ...], why: Finding) -> None:
        """Note rows that cannot be taken in."""
        self.rejected += [Rejected(one.number, one.place, one.raw, why) for one in rows]


def setting_of(
    vault: Vault,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    date_order: str = "",
) -> Setting:
    """What readers may know of a vault."""

    def person(word: str) -> str | None:
        found = vault.access.find(word) or vault.access.find(_without_mail(word))
        return found.id if found else None

    return Setting(
        vault.schema,
        vault.today,
        vault.now,
        vault.config.currency,
        person,
        mapping=mapping,
        encoding=encoding,
        sheet=sheet,
        date_order=date_order,
    )


_MAIL: Final = re.compile(r"\s*[(（<][^()（）<>]*@[^()（）<>]*[)）>]\s*$")


def _without_mail(word: str) -> str:
    return _MAIL.sub("", word)


def read(source: Source, setting: Setting, *, format: str | None = None) -> Reading:
    """Recognise a source and read its head. Raises Misuse, Invalid for what cannot be read."""
    return formats.recognise(source, format).read(source, setting)


class Importer:
    """One import: what :func:`read` gives, taken in by a policy. Use :meth:`preview` or :meth:`run`.

    ``ask`` decides each customer that is met, where it is given: update, skip or create.
    ``progress`` is told the number of rows done.
    """

    def __init__(
        self,
        vault: Vault,
        reading: Reading,
        policy: Policy = "update",
        *,
        ask: Callable[[Proposal, str], Policy] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._vault = vault
        self._reading = reading
        self._policy = policy
        self._ask = ask
        self.progress = progress
        self._asked: dict[int, Policy] = {}
        self._groups = Groups(vault.schema)
        self._early: list[tuple[RowRef, Finding]] = []
        self._rows = 0
        self._gather()
        self._meeting = Meeting(vault)
        self._returning = Returning(vault, ())
        self._lookout: Lookout | None = None

    def _gather(self) -> None:
        wanted = set()
        for read_row in self._reading.rows():
            row = read_row
            self._rows += 1
            if self.progress is not None:
                self.progress(self._rows)
            problem = row.problem or _lack(row.tree)
            if problem is not None and problem.code == "row-nameless":
                # The id says who it is, where somebody has it: 编号,合作状态.
                name = self._names.get(str(row.tree.get("id") or ""))
                if name is not None:
                    row = replace(row, tree={**row.tree, "name": name})
                    problem = None
            if problem is not None:
                self._early.append((RowRef(row.number, row.place, row.raw), problem))
            else:
                if row.tree.get("id"):
                    wanted.add(str(row.tree["id"]))
                self._groups.add(row)
        self._wanted = wanted

    @cached_property
    def _names(self) -> dict[str, str]:
        """The name of every customer by id, asked for once: the file may have many rows."""
        return self._vault.catalog().names()

    def preview(self) -> Outcome:
        """What the import would do; nothing is written."""
        from textcrm.vault.draft import Draft

        return self._filled(Draft(self._vault, self._vault.file))

    def run(
        self,
        *,
        reason: str | None = None,
        before: Callable[[Outcome], None] | None = None,
    ) -> Outcome:
        """Take everything in as one commit. Raises what :meth:`Vault.write` raises.

        ``before`` is called with what will be, before anything is written: the place to put
        rejected rows away.
        """
        self._ask_first()
        outcomes: list[Outcome] = []

        def plan(draft: Draft) -> None:
            known = outcomes[0].rejected_file if outcomes else None
            outcomes[:] = [self._filled(draft)]
            outcomes[0].rejected_file = known
            if before is not None and known is None:
                before(outcomes[0])

        result = self._vault.write("import", plan, reason=reason)
        outcome = outcomes[0]
        outcome.commit = result.commit
        return outcome

    def _ask_first(self) -> None:
        """Ask about those who are there before anything is locked; not where nothing would change."""
        if self._ask is None:
            return
        self._meeting.begin()
        for number, proposal in enumerate(self._groups.proposals()):
            met = self._meeting.meet(proposal.tree)
            if met.id is None or number in self._asked:
                continue
            try:
                differs = wanted(self._vault, self._meeting.record(met.id), proposal)
            except Conflict:
                continue  # its rows are rejected, with the reason
            if differs:
                self._asked[number] = self._ask(proposal, met.id)

    def _filled(self, draft: Draft) -> Outcome:
        draft.lean = True
        outcome = Outcome(self._reading, rows=self._rows)
        for ref, why in self._early:
            outcome.reject((ref,), why)
        missing = [one for one in self._wanted if not self._meeting.knows(one)]
        self._returning = Returning(self._vault, missing)
        taken: set[str] = set()
        self._meeting.begin()
        self._lookout = self._new_lookout()
        done = len(self._early)
        for number, proposal in enumerate(self._groups.proposals()):
            if len(outcome.first) < _SHOWN:
                outcome.first.append(proposal.tree)
            self._take(draft, outcome, proposal, number, taken)
            for ref, why in proposal.refused:
                outcome.reject((ref,), why)
            done += len(proposal.rows) + len(proposal.refused)
            if self.progress is not None:
                self.progress(done)
        outcome.rejected.sort(key=lambda one: one.row)
        return outcome

    def _new_lookout(self) -> Lookout | None:
        from textcrm.vault.lookout import Lookout

        return Lookout(self._vault) if len(self._groups) <= _LOOKED_AFTER else None

    def _take(
        self, draft: Draft, outcome: Outcome, proposal: Proposal, number: int, taken: set[str]
    ) -> None:
        """One customer: its rows are created, updated, skipped or rejected, and counted."""
        met = self._meeting.meet(proposal.tree) if self._policy != "create" else Met(None)
        policy = self._asked.get(number, self._policy)
        try:
            if met.id is None or policy == "create":
                action, record_id = "created", self._create(draft, outcome, proposal, taken)
            elif policy == "skip":
                action, record_id = "skipped", met.id
            else:
                action, record_id = self._update(draft, proposal, met.id)
        except TextcrmError as error:
            if not seen_error(error):
                raise
            outcome.reject(proposal.rows, seen_error(error) or _empty())
            draft.warnings.clear()
            return
        outcome.count(action, len(proposal.rows))  # type: ignore[arg-type]
        if action != "skipped":
            outcome.records[action] += 1
            outcome.ids.append(record_id)
            places = {one.number: one.place for one in proposal.rows}
            for row, one in proposal.warnings:
                # Who is there already has a name, whatever the row is called.
                if action == "created" or one.code != "row-named-by-contact":
                    outcome.noticed.add(row, one, places.get(row, ""))
            if met.renamed is not None and action == "updated":
                outcome.notice(proposal, met.renamed)
            for one in met.like if self._lookout is None else ():
                outcome.notice(proposal, one)
            for problem in draft.warnings:
                outcome.notice(proposal, problem.finding)
        draft.warnings.clear()

    def _create(self, draft: Draft, outcome: Outcome, proposal: Proposal, taken: set[str]) -> str:
        tree = dict(proposal.tree)
        given = tree.pop("id", None)
        record_id: str | None = None
        if isinstance(given, str):
            free = not self._meeting.knows(given) and given not in taken
            if free and self._returning.fits(given, tree):
                record_id = given
                if uid := self._returning.uid(given):
                    tree["uid"] = uid
            else:
                label = self._vault.schema.require("id").label.zh
                tree["custom"] = {**tree.get("custom", {}), label: given}
                outcome.notice(proposal, id_taken(given))
        if self._meeting.knows_uid(tree.get("uid")):
            tree.pop("uid")
        if record_id is None:
            record_id = draft.next_id(self._vault.today)
            while record_id in taken or record_id in self._wanted:
                record_id = draft.next_id(self._vault.today)
        self._look(outcome, proposal)
        draft.add(tree, self._vault.today, record_id)
        taken.add(record_id)
        if self._lookout is not None:
            self._lookout.added(record_id, tree)
        return record_id

    def _look(self, outcome: Outcome, proposal: Proposal) -> None:
        """Whom a new customer may be; by the keys and names alone where there are many (G1)."""
        if self._lookout is None:
            return
        for one in self._lookout.before(proposal.tree).similar[:3]:
            outcome.notice(proposal, may_be_there(one))

    def _update(self, draft: Draft, proposal: Proposal, record_id: str) -> tuple[Action, str]:
        path = self._meeting.path(record_id)
        found = wanted(self._vault, draft.record(path), proposal)
        if not found:
            return "skipped", record_id
        schema = self._vault.schema
        draft.edit(path, lambda current: updating.apply(current.text, found, schema))
        return "updated", record_id


def _lack(tree: Mapping[str, Any]) -> Finding | None:
    """Why a row is no customer, whatever else it says."""
    if not tree:
        return _empty()
    return None if tree.get("name") else nameless()


def _empty() -> Finding:
    return Finding("row-empty", "error", (), Text("there is nothing in the row", "这一行没有内容"))
