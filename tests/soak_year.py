"""The play of the soak: who is there, who does what on which day, and what happens in a month."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from soak_deeds import DEEDS, Deeds
from soak_desk import Desk
from soak_play import YEAR

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = (("anna", "安娜"), ("bao", "鲍伟"), ("chen", "陈晨"), ("dan", "丹青"), ("eve", "伊芙"))


class Year(Deeds):
    """Twelve months of five people; the first is the admin."""

    def __init__(self, folder: Path, seed: int, *, days: int, deeds: int) -> None:
        super().__init__(folder, seed)
        self.days, self.deeds = days, deeds
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
                if desk.shaken and self.dice.random() < 0.4:
                    name = "by_hand"  # before any command has gone on
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


def _fingerprint(shown: Any) -> str:
    found = re.search(r"SHA256:[\w+/]+", json.dumps(shown))
    assert found is not None, shown
    return found.group()
