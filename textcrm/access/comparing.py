"""What changed between two states of access.yaml, in terms of who reads what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.access.model import Access


class Change(NamedTuple):
    """One person or thing that changed: ``who`` with the classes read now and before."""

    who: str
    now: tuple[str, ...]
    before: tuple[str, ...] | None
    note: Text

    def say(self) -> Text:
        """As people read it: ``mara: contact, finance``."""
        reads = Text(", ".join(self.now) or "nothing", "、".join(self.now) or "无")
        return Text(
            f"{self.who}: {reads.en}{self.note.en}", f"{self.who}：{reads.zh}{self.note.zh}"
        )


_NONE = Text("", "")


def compare(before: Access | None, after: Access) -> list[Change]:
    """The people whose reading, keys or role changed; with nothing before, everybody."""
    old = _state(before) if before else {}
    new = _state(after)
    result = []
    for who in dict.fromkeys([*new, *old]):
        if who not in new:
            result.append(Change(who, (), old[who][0], Text(" (removed)", "（已移除）")))
        elif who not in old:
            result.append(Change(who, new[who][0], None, _NONE))
        elif new[who] != old[who]:
            result.append(Change(who, new[who][0], old[who][0], _note(old[who], new[who])))
    return result


def _state(access: Access) -> dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """For each person, and the recovery key: classes read, role, keys."""
    state = {
        person.id: (
            tuple(name for name in access.classes if person in access.readers(name)),
            person.role,
            (*person.keys, person.signing),
        )
        for person in access.people
    }
    if access.recovery:
        state["recovery"] = (tuple(access.classes), "", access.recovery)
    return state


def _note(
    old: tuple[tuple[str, ...], str, tuple[str, ...]],
    new: tuple[tuple[str, ...], str, tuple[str, ...]],
) -> Text:
    parts = []
    if old[0] != new[0]:
        gone = [name for name in old[0] if name not in new[0]]
        if gone:
            parts.append(Text(f"no longer {', '.join(gone)}", f"不再可读 {'、'.join(gone)}"))
    if old[1] != new[1]:
        parts.append(Text(f"role {new[1]}, was {old[1]}", f"角色由 {old[1]} 改为 {new[1]}"))
    if old[2] != new[2]:
        parts.append(Text("other keys", "密钥已更换"))
    if not parts:
        return _NONE
    return Text(
        " (" + ", ".join(one.en for one in parts) + ")",
        "（" + "，".join(one.zh for one in parts) + "）",
    )
