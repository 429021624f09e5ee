"""What people do in the soak: one deed after the other, each with what it may end with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soak_hand import Hand

if TYPE_CHECKING:
    from soak_desk import Customer, Desk

STATUSES = ("active", "paused", "none")
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


class Deeds(Hand):
    """Everything that somebody may do on a day."""

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


def _active(one: Customer) -> bool:
    """Whether a customer shows up in a list of the active: archived ones stay out of it."""
    text = one.file.read_text("utf-8")
    return "\nstatus: active\n" in text and "\narchived:" not in text
