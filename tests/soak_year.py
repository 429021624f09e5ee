"""The play of the soak: who does what on which day, and what goes wrong.

Everything that was acknowledged (exit code 0) is written into a ledger, which the end is judged by.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from soak_desk import Customer, Desk, Ended

if TYPE_CHECKING:
    from pathlib import Path

YEAR = 2025
PEOPLE = (("anna", "安娜"), ("bao", "鲍伟"), ("chen", "陈晨"), ("dan", "丹青"), ("eve", "伊芙"))
REFUSE = "#!/bin/sh\necho 'disk quota exceeded' >&2\nexit 1\n"
WRITING = {"add", "log", "set", "append", "tag", "save", "sync", "import", "merge", "undo"}
STATUSES = ("active", "paused", "none")


class Proof(NamedTuple):
    """An acknowledged commit: whose, of which customers; ``shared``: others may have made the same."""

    who: str
    uids: set[str]
    told: str
    shared: bool


class Year:
    """Twelve months of five people; the first is the admin."""

    def __init__(self, folder: Path, seed: int, *, days: int, deeds: int) -> None:
        self.folder, self.seed, self.days, self.deeds = folder, seed, days, deeds
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
        # what was seen
        self.asked_of: dict[str, set[str]] = defaultdict(set)  # by person: uids in questions
        self.surprises: list[str] = []
        self.counts: Counter[str] = Counter()
        self.codes: dict[str, Counter[str]] = defaultdict(Counter)
        self.times: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.sizes: dict[int, int] = {}
        self.kills = self.refused = self.conflicts = 0
        self._found()

    # -- the team

    def _found(self) -> None:
        tools = self.folder / "bin"
        tools.mkdir()
        (self.folder / "tmp").mkdir()
        program = tools / "textcrm"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m textcrm "$@"\n')
        program.chmod(0o755)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.hub)], check=True)
        admin = Desk(self.folder, *PEOPLE[0])
        admin.root.mkdir()
        self.deed(admin, "init", str(admin.root), "--no-input", "--lang", "zh")
        admin.git("remote", "add", "origin", str(self.hub))
        self.deed(admin, "sync")
        self.desks = [admin]
        for who, name in PEOPLE[1:]:
            self.join(who, name, role="manager")

    def join(self, who: str, name: str, *, role: str) -> None:
        """Somebody joins: clone, key, admission by the admin, trust."""
        admin, desk = self.desks[0], Desk(self.folder, who, name)
        subprocess.run(["git", "clone", "-q", str(self.hub), str(desk.root)], check=True)
        self.deed(desk, "join", "--json", codes=(1,))
        public = self.last.data["public"]
        words = ("--role", role, "--email", desk.email, "--key", public, "--yes")
        self.deed(admin, "member", "add", name, *words)
        self.deed(admin, "sync", codes=(0, 7))
        self.deed(desk, "sync")
        self.deed(admin, "key", "show", "--json")
        self.deed(desk, "join", "--trust", _fingerprint(self.last.data), "--json")
        self.desks.append(desk)

    # -- doing one thing

    def deed(
        self, desk: Desk, *words: str, given: str = "", codes: tuple[int, ...] = (0,)
    ) -> Ended:
        """One command; what ends otherwise than with one of the codes is a surprise."""
        kind = words[0]
        dies_at = None
        if self.faults and self.dice.random() < 0.08 and kind in self._touches:
            dies_at = self.dice.randint(1, self._touches[kind])
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
        if kind in WRITING and ended.code == 0:
            desk.shaken = False
        self._touches[kind] = ended.touches
        self.times[kind].append((self.month, ended.seconds))
        self.codes[kind][str(ended.code)] += 1
        if ended.code not in codes or "Traceback" in ended.out + ended.err:
            self.surprises.append(
                f"{self.now:%m-%d} {desk.who}: {' '.join(words)[:200]} -> {ended.code}: "
                f"{(ended.err or ended.out)[-1500:]}"
            )
        return ended

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

    # -- the days

    def play(self) -> None:
        """Play the year."""
        self.sizes[0] = self._size()
        for self.month in range(1, 13):
            away = self.desks[1 + self.month % 4]
            away.away = self.month % 3 == 0
            self._events()
            for day in range(self.days):
                day_of_month = 1 + day * 27 // max(self.days, 1)
                start = dt.datetime(YEAR, self.month, day_of_month, 8, tzinfo=dt.UTC)
                self.now = max(self.now, start)
                self._day()
            away.away = False
            self.sizes[self.month] = self._size()

    def _day(self) -> None:
        self.faults = True
        for desk in self.dice.sample(self.desks, len(self.desks)):
            for _ in range(self.deeds):
                if desk.broken is not None and self.dice.random() < 0.5:
                    self.mend(desk)
                    self.save(desk)
                names = list(DEEDS)
                name = self.dice.choices(names, [DEEDS[one] for one in names])[0]
                getattr(self, name)(desk)
            if self.dice.random() < 0.7:
                self.sync(desk)
            if self.dice.random() < 0.8:
                self.resolve(desk)
        self.faults = False

    def _events(self) -> None:
        """What happens once in a month: roles, leavers, joiners, keys."""
        admin = self.desks[0]
        self.save(admin)
        if self.month == 4:
            self.marked(admin, "rekey")
        if self.month == 6:
            leaver = next(one for one in self.desks if one.who == "eve")
            leaver.away = False
            self.mend(leaver)
            self.save(leaver)
            self.sync(leaver)
            self.resolve(leaver)
            self.sync(leaver)
            self.sync(admin)
            self.deed(admin, "member", "remove", leaver.name, "--yes")
            self.marked(admin, "rekey")
            self.desks.remove(leaver)
            self.sync(admin)
            self.join("fay", "范一", role="manager")
        if self.month == 9:
            self._lose_key(next(one for one in self.desks if one.who == "dan"))
        if self.month % 3 == 0:
            self.sync(admin)
            self.marked(admin, "rekey", codes=(0, 1))
            self.sync(admin)

    def _lose_key(self, desk: Desk) -> None:
        """A key is lost: the owner makes another, and the admin lets it in."""
        admin = self.desks[0]
        (file,) = desk.home.rglob("identity.txt")
        file.unlink()
        self.deed(desk, "join", "--json", codes=(1,))
        self.deed(admin, "member", "replace-key", desk.name, self.last.data["public"], "--yes")
        self.marked(admin, "rekey", "--person", desk.name)
        self.sync(admin)

    def _size(self) -> int:
        return sum(one.stat().st_size for one in self.hub.rglob("*") if one.is_file()) // 1024

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

    # -- what people do

    def add(self, desk: Desk) -> None:
        """A new customer, with an account."""
        account, name = self.account(), self.mark("客户")
        words = ["add", name, "--set", "status=none", "--set", "bank_account=-"]
        if self.marked(desk, *words, "--json", given=account):
            self._learn(desk, name, account)
        elif self.last.killed:
            found = [one for one in desk.customers() if one.name == name]
            self.gone.update(one.uid for one in found)

    def _learn(self, desk: Desk, name: str, account: str | None = None) -> None:
        uid = next(one.uid for one in desk.customers() if one.name == name)
        self.made.add(uid)
        if account:
            self.typed[uid].add(account)

    def log(self, desk: Desk) -> None:
        """A contact, with a next step."""
        if one := self._some(desk):
            note = self.mark("N")
            words = ["log", one.id, f"电话沟通 {note}", "--channel", "phone", "--next", "报价"]
            if self.marked(desk, *words, "--due", "3天后", "--json", codes=self.open_codes(desk)):
                self.noted[note] = one.uid

    def set(self, desk: Desk) -> None:
        """A field that all like to change."""
        if one := self._some(desk):
            pair = self.dice.choice(
                [f"status={self.dice.choice(STATUSES)}", f"needs={self.mark('V')}"]
            )
            codes = self.open_codes(desk)
            self.marked(desk, "set", one.id, pair, "--json", codes=codes)

    def account_again(self, desk: Desk) -> None:
        """Another account for a customer."""
        if one := self._some(desk):
            account = self.account()
            words = ("set", one.id, "bank_account=-", "--json")
            done = self.marked(desk, *words, given=account, codes=self.open_codes(desk))
            if done or self.last.killed:
                (self.typed if done else self.perhaps)[one.uid].add(account)

    def rename(self, desk: Desk) -> None:
        """Another name."""
        if one := self._some(desk):
            words = ("set", one.id, f"name={self.mark('改名')}", "--json")
            self.marked(desk, *words, codes=self.open_codes(desk))

    def tag(self, desk: Desk) -> None:
        """Tags."""
        if one := self._some(desk):
            words = ("tag", one.id, f"+{self.mark('T')}", "+重点", "--json")
            self.marked(desk, *words, codes=self.open_codes(desk))

    def append(self, desk: Desk) -> None:
        """A contract with a sealed amount."""
        if one := self._some(desk):
            words = ["append", one.id, "contracts", f"number={self.mark('HT')}", "title=年度合同"]
            words += ["signed=今天", "amount=-", "--json"]
            amount = f"{self.dice.randint(10**8, 10**9)}.{self.dice.randint(10, 99)}"
            self.canaries.append(amount)
            self.marked(desk, *words, given=amount, codes=self.open_codes(desk))

    def bulk(self, desk: Desk) -> None:
        """Many at once."""
        tag = self.mark("B")
        words = ["tag", "--query", "status:active", f"+{tag}", "--yes", "--json"]
        if self.dice.random() < 0.5:
            words = ["set", "--query", "status:paused", "intent=medium", "--yes", "--json"]
        self.marked(desk, *words, codes=(0, 1, *self.open_codes(desk)))

    def archive(self, desk: Desk) -> None:
        """Put a customer aside, or take one back."""
        if one := self._some(desk, hot=False):
            kind = "unarchive" if "archived:" in one.file.read_text("utf-8") else "archive"
            self.marked(desk, kind, one.id, "--json", codes=self.open_codes(desk))

    def remove(self, desk: Desk) -> None:
        """Delete a customer, and mostly bring it back."""
        if one := self._some(desk, hot=False):
            codes = self.open_codes(desk)
            if self.marked(desk, "rm", one.id, "--json", codes=codes) or self.last.killed:
                self.gone.add(one.uid)
                if self.dice.random() < 0.7:
                    self.marked(desk, "restore", one.id, "--json", codes=(0, 2, 4, 5, 7))

    def assign(self, desk: Desk) -> None:
        """A customer gets another owner, who reads what is sealed there."""
        if one := self._some(desk):
            person = self.dice.choice([each.name for each in self.desks[:4]])
            codes = (0, 3, *self.open_codes(desk))
            self.marked(desk, "assign", one.id, person, "--json", codes=codes)

    def undo(self, desk: Desk) -> None:
        """A note too many, taken back."""
        if one := self._some(desk):
            mark = self.mark("U")
            codes = self.open_codes(desk)
            words = ("log", one.id, f"误记 {mark}", "--channel", "email", "--json")
            if self.marked(desk, *words, codes=codes):
                self.marked(desk, "undo", "--json", codes=codes)

    def take_in(self, desk: Desk) -> None:
        """A table of a fair."""
        names = [self.mark("展会") for _ in range(3)]
        rows = [f"{name},138{self.dice.randint(10**7, 10**8 - 1)},展会" for name in names]
        file = desk.home / "table.csv"
        file.write_text("\n".join(["公司名称,手机,客户来源", *rows]) + "\n", encoding="utf-8")
        if self.marked(desk, "import", str(file), "--yes", "--json", codes=self.open_codes(desk)):
            for name in names:
                self._learn(desk, name)

    def double(self, desk: Desk) -> None:
        """A customer entered twice, and merged by who holds the keys."""
        name, phone = self.mark("重复"), f"phone=139{self.dice.randint(10**7, 10**8 - 1)}"
        for _ in range(2):
            words = ("add", name, "--set", phone, "--set", "kind=person", "--json")
            if not self.marked(desk, *words):
                self.gone.update(one.uid for one in desk.customers() if one.name == name)
                return
        both = [one for one in desk.customers() if one.name == name]
        self.made.update(one.uid for one in both)
        merge = ("merge", both[0].id, both[1].id, "--prefer", "A", "--json")
        if self.marked(desk, *merge, codes=(0, 3)) or self.last.killed:
            self.gone.add(both[1].uid)

    def by_hand(self, desk: Desk) -> None:
        """An edit in an editor: saved, or committed with plain git; some of it must be sealed."""
        one = self._some(desk)
        if one is None or desk.shaken:
            return  # what a killed sync put in place half is finished by the next command
        mark, text = self.mark("H"), one.file.read_text("utf-8")
        text = _with_line(text, "needs", f"手工 {mark}")
        if self.dice.random() < 0.3:
            account = self.account()
            text = _with_line(text, "bank_account", f"'{account}'")
            self.perhaps[one.uid].add(account)  # it may stay an open question
            one.file.write_text(text, encoding="utf-8")
            self.save(desk)
            return
        one.file.write_text(text, encoding="utf-8")
        if self.dice.random() < 0.4 and not desk.broken and "bank_account: '62" not in text:
            self.now += dt.timedelta(minutes=5)
            path = str(one.file.relative_to(desk.root))
            desk.git("commit", "-q", "-m", f"手工修改 {mark}", "--", path, at=self.now)
            told = f"{desk.who} git commit {path}"
            self.proved[mark] = Proof(desk.who, {one.uid}, told, shared=False)
        else:
            self.save(desk)

    def break_one(self, desk: Desk) -> None:
        """An edit that is no YAML, left lying; it is mended later."""
        one = self._some(desk)
        if one and not desk.broken and not desk.shaken and not desk.git("status", "--porcelain"):
            with one.file.open("a", encoding="utf-8") as handle:
                handle.write("  broken: [\n")
            desk.broken = one.file
            self.deed(desk, "check", "--json", codes=(1,))
            self.deed(desk, "save", "--json", codes=(5,))

    def look(self, desk: Desk) -> None:
        """Reading: a search, a list, what is due, a record, the history, a check."""
        one = self._some(desk)
        self.deed(desk, "search", "电话沟通", "--json", codes=(0, 1))
        ran = self.deed(desk, "list", "status:active", "--columns", "id", "--json", codes=(0, 1))
        if not ran.killed and desk.broken is None:
            listed = {each["id"] for each in ran.data} if ran.code == 0 else set()
            truth = {each.id for each in desk.customers() if _active(each)}
            if listed != truth:
                self.surprises.append(f"{self.now:%m-%d} {desk.who}: list gives {listed ^ truth}")
        self.deed(desk, "due", "--json", codes=(0, 1))
        if one is not None:
            codes = (0, 5) if desk.broken else (0,)
            self.deed(desk, "show", one.id, "--json", codes=codes)
            # A file that a killed sync brought is told of by git when the next writing goes on.
            told = (*codes, 1) if desk.shaken else codes
            self.deed(desk, "log", one.id, "--json", codes=told)
        edited = desk.broken or desk.git("status", "--porcelain").strip()  # plain text, it may be
        self.deed(desk, "check", "--json", codes=(0, 1) if edited else (0,))

    # -- sharing

    def open_codes(self, desk: Desk) -> tuple[int, ...]:
        """How a writing command may end here: 5 or 7 while an edit lies open."""
        if desk.broken or desk.git("status", "--porcelain").strip():
            return (0, 5, 7)
        return (0,)

    def mend(self, desk: Desk) -> None:
        """Mend a broken edit."""
        if desk.broken is not None:
            text = desk.broken.read_text("utf-8")
            desk.broken.write_text(text.replace("  broken: [\n", ""), encoding="utf-8")
            desk.broken = None

    def save(self, desk: Desk) -> None:
        """Commit what was edited by hand."""
        if desk.git("status", "--porcelain").strip():
            self.marked(desk, "save", "--json", codes=(0, 5) if desk.broken else (0,))

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


DEEDS = {
    "add": 6,
    "log": 12,
    "set": 9,
    "account_again": 3,
    "rename": 2,
    "tag": 4,
    "append": 3,
    "bulk": 1,
    "archive": 1,
    "assign": 2,
    "remove": 1,
    "undo": 2,
    "take_in": 1,
    "double": 1,
    "by_hand": 5,
    "break_one": 1,
    "look": 3,
}


def _with_line(text: str, name: str, value: str) -> str:
    """A record's text with one top-level field replaced, as somebody does it in an editor."""
    bare = re.sub(rf"(?m)^{name}:.*\n(?:[ ].*\n)*", "", text)
    return f"{bare}{name}: {value}\n"


def _active(one: Customer) -> bool:
    """Whether a customer shows up in a list of the active: archived ones stay out of it."""
    text = one.file.read_text("utf-8")
    return "\nstatus: active\n" in text and "\narchived:" not in text


def _uids(desk: Desk, out: str) -> set[str]:
    """The customers that a command names in what it prints."""
    ids = set(re.findall(r"C\d{11,}", out))
    return ids | {one.uid for one in desk.customers() if one.id in ids}


def _fingerprint(shown: Any) -> str:
    found = re.search(r"SHA256:[\w+/]+", json.dumps(shown))
    assert found is not None, shown
    return found.group()
