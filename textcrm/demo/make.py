"""Makes the demo vault: the sample's files moved to today, written as the story of a team."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcrm import access, config, store
from textcrm.demo import story
from textcrm.errors import Conflict, NotFound
from textcrm.gitrepo import GitRepo, PastCommit, Person, compose_message
from textcrm.schema import Schema, default_schema_text
from textcrm.text import Text
from textcrm.vault import Vault, wiring
from textcrm.vault.commit import summary
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.text import Language

KEYS: Final = "demo-keys/"
KEY_NAME: Final = "{who}.throw-away-key.txt"
_AS_IT_IS: Final = ("access/",)
_DATE = re.compile(r"(?<![\dC])((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")


def sample_folder() -> Path:
    """Where the sample vault lies: in the installed package, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data" / "sample-vault", package.parent / "sample-vault"):
        if (folder / "textcrm.yaml").is_file():
            return folder
    raise NotFound(
        "no-sample",
        Text("this installation has no sample vault", "安装包中没有示例客户库"),
        hint=Text("install textcrm again", "请重新安装 textcrm"),
    )


def free_folder(start: Path) -> Path:
    """``textcrm-demo`` below a folder, with a number where that is taken."""
    for number in range(1, 1000):
        folder = start / ("textcrm-demo" if number == 1 else f"textcrm-demo-{number}")
        if not folder.exists():
            return folder
    raise Conflict(
        "demo-exists",
        Text("too many demo folders in {path}", "{path} 中示例文件夹过多"),
        path=str(start),
    )


def keys_folder(folder: Path) -> Path:
    """Where the demo's throw-away keys lie: beside the vault, so that its git never sees them."""
    return folder.absolute().parent / f"{folder.absolute().name}-keys"


def make(folder: Path, today: dt.date, language: Language = "zh") -> Vault:
    """Make the demo in a folder that is not there yet, or empty; its keys beside it.

    Raises Conflict (not-empty).
    """
    for place in (folder, keys_folder(folder)):
        _demand_empty(place)
    shift = today - story.ANCHOR
    sample = _sample()
    kept = {path: data for path, data in sample.items() if path.startswith(_AS_IT_IS)}
    files = {
        moved(path, shift): _moved_bytes(data, shift)
        for path, data in sample.items()
        if path not in kept and not path.startswith(KEYS)
    }
    files |= kept  # signed, to the last byte
    files[SCHEMA_FILE] = default_schema_text().encode()
    files[config.FILE_NAME] = files[config.FILE_NAME].replace(
        b"\nlanguage: zh\n", f"\nlanguage: {language}\n".encode()
    )
    repo = GitRepo.init(folder)
    _lend_identity(repo)
    repo.write_history(_commits(files, today))
    _lay_out_keys(keys_folder(folder), sample)
    vault = Vault(folder.absolute())
    wiring.wire_quietly(vault)
    return vault


def _demand_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(
            "not-empty",
            Text("{path} is not empty", "{path} 不是空文件夹"),
            hint=Text(
                "name another folder: textcrm demo DIR", "请指定其他文件夹：textcrm demo 目录"
            ),
            path=str(folder),
        )


def _lay_out_keys(folder: Path, sample: Mapping[str, bytes]) -> None:
    """Write the throw-away keys for their one reader, as secret keys want it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for path, data in sample.items():
        if path.startswith(KEYS):
            file = folder / path.removeprefix(KEYS)
            file.write_bytes(data)
            file.chmod(0o600)


def _sample() -> dict[str, bytes]:
    root = sample_folder()
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".textcrm" not in path.relative_to(root).parts
    }


def moved(text: str, shift: dt.timedelta) -> str:
    """A text with every date in it moved by so many days; ids keep theirs."""
    return _DATE.sub(lambda match: _moved_day(match[0], shift), text)


def _moved_day(text: str, shift: dt.timedelta) -> str:
    try:
        return (dt.date.fromisoformat(text) + shift).isoformat()
    except (ValueError, OverflowError):
        return text


def _moved_bytes(data: bytes, shift: dt.timedelta) -> bytes:
    try:
        return moved(data.decode(), shift).encode()
    except UnicodeDecodeError:
        return data


def _lend_identity(repo: GitRepo) -> None:
    """Let a newcomer without a git identity try writing commands in the demo, as 王芳."""
    from textcrm.errors import TextcrmError

    try:
        repo.identity()
    except TextcrmError:
        repo.git("config", "user.name", "王芳")
        repo.git("config", "user.email", "wangfang@example.com")


def _commits(files: dict[str, bytes], today: dt.date) -> list[PastCommit]:
    """The vault's own files first, then the story of its records."""
    records = {path: data.decode() for path, data in files.items() if store.is_record_path(path)}
    own = {path: data for path, data in files.items() if path not in records}
    people = access.read(files[access.FILE_NAME])
    steps = story.story(records, Schema.from_json(files[SCHEMA_FILE]), today)
    opening = steps[0].at - dt.timedelta(minutes=20)
    first = compose_message("vault: init", trailers=[("Textcrm-Op", "init")])
    return [PastCommit(first, _author(people, "chen-chen"), opening, own)] + [
        PastCommit(_message(step), _author(people, step.by), step.at, _encoded(step.changes))
        for step in steps
    ]


def _author(people: access.Access, word: str) -> Person:
    person = people.find(word) or people.people[0]
    return Person(person.name, person.email)


def _message(step: story.Step) -> str:
    return compose_message(
        summary(step.op, step.ids, step.fields),
        reason=step.reason,
        trailers=[("Textcrm-Op", step.op), *(("Textcrm-Id", one) for one in step.ids)],
    )


def _encoded(changes: Mapping[str, str | None]) -> dict[str, bytes | None]:
    return {path: None if text is None else text.encode() for path, text in changes.items()}
