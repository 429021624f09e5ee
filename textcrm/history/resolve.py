"""Resolve: the answers to the questions that a sync left, each a commit of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from textcrm import access, store, three_way
from textcrm.errors import Misuse, NotFound
from textcrm.history import in_file, questions
from textcrm.paths import spell
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.history.questions import Question
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault

Choice = Literal["mine", "theirs", "both"]
_ACCESS = access.FILE_NAME.partition("/")[0] + "/"


def find(vault: Vault, word: str | None = None, path: str | None = None) -> list[Question]:
    """The open questions, those of one record (id, name or file), or the one at a path.

    Raises NotFound (no-such-question).
    """
    known = [*questions.load(vault), *in_file.load(vault, word)]
    found = [one for one in known if word is None or word in (one.id, one.name, one.file)]
    if path is not None:
        found = [one for one in found if _names(vault, one, path)]
    if word is not None and not found:
        raise NotFound(
            "no-such-question",
            Text("there is no open question about {word}", "{word} 没有待解决的冲突"),
            hint=Text("see what is open: textcrm resolve", "查看待解决的冲突：textcrm resolve"),
            word=word if path is None else f"{word} {path}",
        )
    return found


def _names(vault: Vault, one: Question, path: str) -> bool:
    bare = path.strip("/").replace(".", "/")
    if bare == spell(one.path):
        return True
    field = vault.schema.at(one.path)
    return len(one.path) == 1 and field is not None and field is vault.schema.find(bare)


def is_open(vault: Vault, one: Question) -> bool:
    """Whether a question still waits for an answer."""
    if one.in_file:
        return True
    return any((each.file, each.path) == (one.file, one.path) for each in questions.load(vault))


def is_signed(vault: Vault, one: Question) -> bool:
    """Whether a question is about who reads what, where theirs stands and one's own is done again."""
    return one.whole and one.file.startswith(_ACCESS) and vault.access.has_keys


def can_be_both(one: Question) -> bool:
    """Whether both answers fit together: lists, and texts."""
    pair = (one.mine, one.theirs)
    return all(isinstance(value, list) for value in pair) or all(
        isinstance(value, str) and "\n" in value for value in pair
    )


def resolve(
    vault: Vault, one: Question, choice: Choice, *, reason: str | None = None
) -> Result | None:
    """Answer a question; None where the record says it already. Raises Misuse (not-both, signed-file)."""
    if choice == "both" and not can_be_both(one):
        raise Misuse(
            "not-both",
            Text(
                "{path} holds one value: both cannot stand", "{path} 只能有一个值，无法两者都保留"
            ),
            hint=Text("choose --mine, --theirs or --value", "请选择 --mine、--theirs 或 --value"),
            path=spell(one.path),
        )
    if choice != "theirs" and is_signed(vault, one):
        raise Misuse(
            "signed-file",
            Text(
                "{file} is signed: another's change of who reads what cannot be replaced by yours",
                "{file} 带有签名：不能用您的版本替换他人对权限的改动",
            ),
            hint=Text(
                "textcrm resolve {word} --theirs, then do yours again: textcrm member ...",
                "请运行 textcrm resolve {word} --theirs，再重做您的改动：textcrm member ...",
            ),
            file=one.file,
            word=one.id,
        )
    if one.in_file:
        value = (
            {"mine": one.mine, "theirs": one.theirs}.get(choice)
            if choice != "both"
            else _both(one)
        )
        return in_file.answer(vault, one, value, reason=reason)
    result = None
    if choice != "theirs":
        result = vault.write(
            "resolve", lambda draft: _write(vault, draft, one, choice), reason=reason
        )
    settle(vault, _decided(vault, one) if choice == "mine" else [one])
    return result


def _decided(vault: Vault, one: Question) -> list[Question]:
    """The question, and where my whole file was chosen those about its fields with it."""
    if not one.whole:
        return [one]
    return [each for each in questions.load(vault) if each.file == one.file]


def answer(vault: Vault, one: Question, value: Any, *, reason: str | None = None) -> Result | None:
    """Answer a question of git's merge with another value, normalised already."""
    return in_file.answer(vault, one, value, reason=reason)


def settle(vault: Vault, answered: Sequence[Question]) -> None:
    """Take questions off the list."""
    gone = {(one.file, one.path) for one in answered}
    left = [one for one in questions.load(vault) if (one.file, one.path) not in gone]
    questions.save(vault, left)


def _write(vault: Vault, draft: Draft, one: Question, choice: Choice) -> None:
    if one.whole:
        _whole(vault, draft, one)
        return
    value = one.mine if choice == "mine" else _both(one)
    draft.edit(_file(vault, one), lambda record: _edited(vault, record, one, value))


def _file(vault: Vault, one: Question) -> str:
    """Where the record lies now: it may have been given another id since."""
    return one.file if (vault.root / one.file).exists() else vault.get(one.id).path


def _whole(vault: Vault, draft: Draft, one: Question) -> None:
    if one.mine is None:
        if store.is_record_path(one.file):
            draft.delete(one.file)
        else:
            draft.write(one.file, None)
        return
    with vault.repo.blobs() as blobs:
        data = blobs.read(one.mine)
    if data is None:
        raise NotFound(
            "version-gone",
            Text("your version of {file} is in git no more", "git 中已没有您那一版 {file}"),
            file=one.file,
        )
    if store.is_record_path(one.file):
        draft.restore(one.file, data)
    else:
        draft.write(one.file, data)


def _both(one: Question) -> Any:
    if isinstance(one.mine, list):
        base = one.base if isinstance(one.base, list) else []
        if any(isinstance(item, dict) for item in (*one.mine, *one.theirs)):
            return [*one.theirs, *(item for item in one.mine if item not in one.theirs)]
        return three_way.merge_sets(base, one.theirs, one.mine)
    return one.theirs.rstrip("\n") + "\n" + one.mine


def _edited(vault: Vault, record: Record, one: Question, value: Any) -> str:
    return edits.put_stable(record.text, record.raw, one.path, value, vault.schema)
