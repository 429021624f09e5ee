"""The ledger of the soak: commands are run, and what was acknowledged is what the end is judged by."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from soak_desk import Customer, Desk, Ended

from textcrm.gitrepo import steps

YEAR = 2025
REFUSE = "#!/bin/sh\necho 'disk quota exceeded' >&2\nexit 1\n"
WRITING = {"add", "log", "set", "append", "tag", "save", "sync", "import", "merge", "undo"}
JOURNALED = steps.STEPS[steps.STEPS.index("journal") : steps.STEPS.index("applied")]
# What recovery says once of an edit made since the kill; the command after it goes on.
TOLD = ("edit-met", "edit-set-aside")


class Proof(NamedTuple):
    """An acknowledged commit: whose, of which customers; ``shared``: others may have made the same."""

    who: str
    uids: set[str]
    told: str
    shared: bool


class Play:
    """Doing one thing, and the ledger of what was done."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.desks: list[Desk] = []
        self.dice = random.Random(seed)
        self.hub = folder / "hub.git"
        self.month = 1
        self.now = dt.datetime(YEAR, 1, 1, 9, tzinfo=dt.UTC)
        self.faults = False
        self.last = Ended(0, "", "", 0.0, 0)
        self._mark = 0
        self._touches: dict[str, int] = {}
        # what was acknowledged
        self.proved: dict[str, Proof] = {}  # by the mark in the commit's message
        self.noted: dict[str, str] = {}  # a mark in a note -> the customer's uid
        self.made: set[str] = set()
        self.gone: set[str] = set()  # deleted, merged away, or in doubt because of a kill
        self.typed: dict[str, set[str]] = defaultdict(set)  # accounts by uid
        self.perhaps: dict[str, set[str]] = defaultdict(set)  # those of killed commands
        self.canaries: list[str] = []
        self.edits: dict[str, str] = {}  # a mark typed in an editor -> by whom
        # what was seen
        self.asked_of: dict[str, set[str]] = defaultdict(set)  # by person: uids in questions
        self.surprises: list[str] = []
        self.counts: Counter[str] = Counter()
        self.codes: dict[str, Counter[str]] = defaultdict(Counter)
        self.times: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.sizes: dict[int, int] = {}
        self.kills = self.refused = self.conflicts = 0
        self.shaken_edits = self.told = self.stale = 0

    # -- doing one thing

    def deed(
        self, desk: Desk, *words: str, given: str = "", codes: tuple[int, ...] = (0,)
    ) -> Ended:
        """One command; what ends otherwise than with one of the codes is a surprise."""
        kind = words[0]
        dies_at: int | str | None = None
        if self.faults and self.dice.random() < 0.08 and kind in self._touches:
            dies_at = self.dice.randint(1, self._touches[kind])
            if self.dice.random() < 0.3:  # in the middle of its commit, where most is at stake
                dies_at = self.dice.choice(JOURNALED)
        self.now += dt.timedelta(minutes=self.dice.randint(1, 20))
        ended = desk.run(words, at=self.now, given=given, dies_at=dies_at)
        self.last = ended
        self.counts[kind] += 1
        with (self.folder / "journal.txt").open("a", encoding="utf-8") as journal:
            told = f"{self.now:%m-%d %H:%M} {desk.who} {' '.join(words)}"
            journal.write(f"{told} -> {ended.code}, {ended.touches} {dies_at or ''}\n")
        if ended.killed and dies_at is not None:
            self.kills += 1
            desk.shaken = True
            return ended
        if self._is_told(desk, ended):
            codes = (*codes, 7)
        if _is_taken_back(desk, ended):
            desk.shaken = False
            codes = (*codes, 4)
        reads = kind == "log" and words[2:3] == ("--json",)  # the history, not a contact
        if kind in WRITING and not reads and ended.code == 0:
            desk.shaken = desk.edited = False
        self._touches[kind] = ended.touches
        self.times[kind].append((self.month, ended.seconds))
        self.codes[kind][str(ended.code)] += 1
        if ended.code not in codes or "Traceback" in ended.out + ended.err:
            self.surprises.append(
                f"{self.now:%m-%d} {desk.who}: {' '.join(words)[:200]} -> {ended.code}: "
                f"{(ended.err or ended.out)[-1500:]}"
            )
        return ended

    def _is_told(self, desk: Desk, ended: Ended) -> bool:
        """Whether recovery wants a look at an edit made since a kill; what it set aside is read."""
        if not desk.edited or ended.code != 7 or not ended.err.startswith("{"):
            return False
        error = json.loads(ended.err)["error"]
        if error["code"] not in TOLD:
            return False
        desk.shaken = desk.edited = False
        self.told += 1
        if error["code"] == "edit-set-aside":
            copy = Path(error["copy"])
            text = copy.read_text("utf-8")
            kept = [mark for mark, who in self.edits.items() if who == desk.who and mark in text]
            if not kept:
                self.surprises.append(f"{self.now:%m-%d} {desk.who}: no edit of theirs in {copy}")
            for mark in kept:  # they do not put it in again
                del self.edits[mark]
            copy.unlink()
        return True

    def marked(
        self, desk: Desk, *words: str, given: str = "", codes: tuple[int, ...] = (0,)
    ) -> str | None:
        """A command that writes; gives its mark, which is in history, where it was acknowledged."""
        mark = self.mark("R")
        flag = "-m" if words[0] == "save" else "--reason"
        ended = self.deed(desk, *words, flag, mark, given=given, codes=codes)
        if ended.code != 0:
            return None
        if re.search(r'"commit": "|"commits": \["', ended.out):
            shared = any("status=" in one or "intent=" in one for one in words)
            shared = shared or words[0] in {"archive", "unarchive", "rm", "restore", "assign"}
            told = f"{desk.who} {' '.join(words)[:80]}"
            self.proved[mark] = Proof(desk.who, _uids(desk, ended.out), told, shared)
        return mark

    def mark(self, kind: str) -> str:
        """A word that stands nowhere else."""
        self._mark += 1
        return f"{kind}{self.seed}x{self._mark:05}z"

    def _some(self, desk: Desk, *, hot: bool = True) -> Customer | None:
        """A customer of this clone; often one of those that all work on."""
        known = desk.customers()
        if not known:
            return None
        few = known[-8:] if hot and self.dice.random() < 0.5 else known
        return self.dice.choice(few)

    def account(self) -> str:
        """An account number that nobody has seen."""
        number = "62" + "".join(str(self.dice.randrange(10)) for _ in range(17))
        self.canaries.append(number)
        return number

    # -- sharing

    def open_codes(self, desk: Desk) -> tuple[int, ...]:
        """How a writing command may end here: 5 or 7 while an edit lies open."""
        if desk.broken or desk.git("status", "--porcelain").strip():
            return (0, 5, 7)
        return (0,)

    def mend(self, desk: Desk) -> None:
        """Mend a broken edit."""
        if desk.broken is not None:
            if desk.broken.exists():
                text = desk.broken.read_text("utf-8")
                desk.broken.write_text(text.replace("  broken: [\n", ""), encoding="utf-8")
            desk.broken = None

    def save(self, desk: Desk) -> None:
        """Commit what was edited by hand; once more where something was told first."""
        for _ in range(2):
            if not desk.git("status", "--porcelain").strip():
                return
            self.marked(desk, "save", "--json", codes=(0, 5) if desk.broken else (0,))
            if self.last.code != 7:
                return

    def sync(self, desk: Desk) -> None:
        """Share; the line may be down, or the hub may refuse."""
        edited = bool(desk.git("status", "--porcelain").strip())
        codes = (0, 7) if edited or not desk.broken else (0, 7, 5)
        hook = self.hub / "hooks" / "pre-receive"
        if desk.away:
            desk.git("remote", "set-url", "origin", str(self.folder / "nowhere.git"))
            self.deed(desk, "sync", "--json", codes=(0, 7, 9))
            desk.git("remote", "set-url", "origin", str(self.hub))
            return
        if self.faults and self.dice.random() < 0.1:
            hook.write_text(REFUSE)
            hook.chmod(0o755)
            self.deed(desk, "sync", "--json", codes=(*codes, 9))
            self.refused += self.last.code == 9
            hook.unlink()
            return
        self.deed(desk, "sync", "--json", codes=codes)
        if self.last.code == 7 and self.last.out:
            self.conflicts += len(self.last.data["questions"])

    def asked(self, desk: Desk) -> list[dict[str, Any]]:
        """The questions that wait for this person."""
        faults, self.faults = self.faults, False
        found: list[dict[str, Any]] = self.deed(desk, "resolve", "--json").data
        self.faults = faults
        uids = {one.id: one.uid for one in desk.customers()}
        for one in found:
            self.asked_of[desk.who] |= {one["id"], uids.get(one["id"], "")}
        return found

    def resolve(self, desk: Desk) -> None:
        """Decide what two people changed."""
        whole = set()
        for one in self.asked(desk):
            if one["id"] in whole:
                continue  # decided with the whole file
            side = self.dice.choice(("--mine", "--theirs"))
            path = one["path"].strip("/")
            words = ["resolve", one["id"], *([path] if path else []), side, "--json"]
            self.marked(desk, *words, codes=(0, *self.open_codes(desk)))
            if not path:
                whole.add(one["id"])
                self.gone.update(each.uid for each in desk.customers() if each.id == one["id"])


def _uids(desk: Desk, out: str) -> set[str]:
    """The customers that a command names in what it prints."""
    ids = set(re.findall(r"C\d{11,}", out))
    return ids | {one.uid for one in desk.customers() if one.id in ids}


def _is_taken_back(desk: Desk, ended: Ended) -> bool:
    """Whether a customer whom a killed sync had brought went again when the next command wrote."""
    return (
        desk.shaken
        and ended.code == 4
        and ended.err.startswith("{")
        and json.loads(ended.err)["error"]["code"] == "no-such-file"
    )
