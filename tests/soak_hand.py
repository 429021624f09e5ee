"""Edits by hand in the soak: saved, committed with plain git, broken, or left lying.

They are made in any state of a clone, also where a command was just killed half way: what somebody
typed must not be lost by whatever comes next.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from typing import TYPE_CHECKING

from soak_play import Play, Proof

if TYPE_CHECKING:
    from soak_desk import Customer, Desk

_MARK = re.compile(r"(?m)^needs: 手工 (H\d+x\d+z)")


class Hand(Play):
    """What people do in an editor."""

    def by_hand(self, desk: Desk) -> None:
        """An edit in an editor: saved, or committed with plain git; some of it must be sealed."""
        one = self._half_done(desk) or self._some(desk)
        if one is None:
            return
        mark, text = self.mark("H"), one.file.read_text("utf-8")
        path = str(one.file.relative_to(desk.root))
        committed = desk.git("show", f"HEAD:{path}", check=False)
        for old in _MARK.findall(text):
            if old not in committed:  # typed over before anybody saved it
                self.edits.pop(old, None)
        text = _with_line(text, "needs", f"手工 {mark}")
        self._note(desk, mark)
        if self.dice.random() < 0.3:
            account = self.account()
            text = _with_line(text, "bank_account", f"'{account}'")
            self.perhaps[one.uid].add(account)  # it may stay an open question
            one.file.write_text(text, encoding="utf-8")
            self.save(desk)
            return
        one.file.write_text(text, encoding="utf-8")
        if self.dice.random() < 0.4 and not desk.broken and "bank_account: '62" not in text:
            self._commit(desk, one, path, mark)
        elif not desk.shaken or self.dice.random() < 0.6:
            self.save(desk)

    def _half_done(self, desk: Desk) -> Customer | None:
        """After a kill, mostly a customer whose file the killed command has touched."""
        if not desk.shaken or self.dice.random() < 0.3:
            return None
        changed = desk.git(
            "-c", "core.quotePath=false", "status", "--porcelain", "-uall"
        ).splitlines()
        paths = {line[3:] for line in changed}
        found = [one for one in desk.customers() if str(one.file.relative_to(desk.root)) in paths]
        return self.dice.choice(found) if found else None

    def _note(self, desk: Desk, mark: str) -> None:
        self.edits[mark] = desk.who
        if desk.shaken:
            desk.edited = True
            self.shaken_edits += 1

    def _commit(self, desk: Desk, one: Customer, path: str, mark: str) -> None:
        """Commit with plain git; a lock that a killed command left is removed, as git advises."""
        self.now += dt.timedelta(minutes=5)
        if desk.shaken:
            (desk.root / ".git/index.lock").unlink(missing_ok=True)
            desk.git("add", "--", path)
        before = desk.git("rev-parse", "HEAD")
        words = ("commit", "-q", "-m", f"手工修改 {mark}", "--", path)
        try:
            desk.git(*words, at=self.now)
        except subprocess.CalledProcessError as error:
            if not desk.shaken:
                self.surprises.append(f"{self.now:%m-%d} {desk.who}: {words}: {error.stderr}")
        if desk.git("rev-parse", "HEAD") != before:
            told = f"{desk.who} git commit {path}"
            self.proved[mark] = Proof(desk.who, {one.uid}, told, shared=False)

    def break_one(self, desk: Desk) -> None:
        """An edit that is no YAML, left lying; it is mended later."""
        one = self._half_done(desk) or self._some(desk)
        if one is None or desk.broken or not (desk.shaken or self._is_clean(desk)):
            return
        with one.file.open("a", encoding="utf-8") as handle:
            handle.write("  broken: [\n")
        desk.broken = one.file
        desk.edited = desk.edited or desk.shaken
        self.deed(desk, "check", "--json", codes=(1,))
        for _ in range(2):
            self.deed(desk, "save", "--json", codes=(5,))
            if self.last.code != 7:
                return

    def _is_clean(self, desk: Desk) -> bool:
        return not desk.git("status", "--porcelain")


def _with_line(text: str, name: str, value: str) -> str:
    """A record's text with one top-level field replaced, as somebody does it in an editor."""
    bare = re.sub(rf"(?m)^{name}:.*\n(?:[ ].*\n)*", "", text)
    return f"{bare}{name}: {value}\n"
