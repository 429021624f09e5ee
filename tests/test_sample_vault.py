"""The sample vault: valid, invented, lived in, with every field of the schema used somewhere."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from textcrm import store
from textcrm.demo import make, story
from textcrm.quality.check import check
from textcrm.schema import default_schema_text
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.demo.story import Step
    from textcrm.schema import Field

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
TODAY = story.ANCHOR


def _vault() -> Vault:
    return Vault.open(SAMPLE, today=TODAY)


def _records() -> list[Any]:
    return list(_vault().records())


def test_it_is_clean_but_for_what_it_shows_on_purpose() -> None:
    found = check(_vault())
    assert found.checked >= 40
    assert [one.finding.code for one in found.problems] == ["salutation-only"]


def test_its_schema_is_the_shipped_one() -> None:
    assert (SAMPLE / "schema" / "customer.schema.json").read_text(
        encoding="utf-8"
    ) == default_schema_text()


def _leaves(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        if field.fields:
            yield from _leaves(field.fields)
        else:
            yield field


def _used(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(tree, dict):
        yield path
        for name, value in tree.items():
            yield from _used(value, (*path, name))
    elif isinstance(tree, list):
        yield path
        for item in tree:
            yield from _used(item, path)
    else:
        yield path


def test_every_field_of_the_schema_is_used_somewhere() -> None:
    used = {path for record in _records() for path in _used(record.raw, ())}
    missing = [field.path for field in _leaves(_vault().schema.fields) if field.path not in used]
    assert missing == []


def test_every_choice_is_made_somewhere() -> None:
    used = {pair for record in _records() for pair in _choices(record.raw, ())}
    fields = list(_leaves(_vault().schema.fields))
    missing = [
        (field.path, value.code)
        for field in fields
        for value in field.enum
        if (field.path, value.code) not in used
    ]
    assert missing == []


def _choices(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _choices(value, (*path, name))
    elif isinstance(tree, list):
        for item in tree:
            yield from _choices(item, path)
    elif isinstance(tree, str):
        yield path, tree


def test_it_reads_as_written_by_people() -> None:
    texts = [record.text for record in _records()]
    assert sum("#" in text for text in texts) >= 20
    assert any(re.search(r": [|>]", text) for text in texts)
    assert len([record for record in _records() if record.raw["name"] == "张三"]) == 2
    assert not any("\r" in text for text in texts)


def test_a_day_is_named_whole_so_that_the_demo_can_move_it() -> None:
    dates = re.compile(r"20\d\d-[01]\d(?!-?\d)|20\d\d ?年 ?\d")
    assert [record.id for record in _records() if dates.search(record.text)] == []


def test_ids_uids_and_places() -> None:
    records = _records()
    assert len({record.id for record in records}) == len(records)
    assert len({record.uid for record in records}) == len(records)
    assert all(record.path == store.path_of(record.id) for record in records)


def test_numbers_and_addresses_reach_nobody() -> None:
    texts = [record.text for record in _records()]
    numbers = {
        number for text in texts for number in re.findall(r"(?<!_)number: '?(\+?\d{7,})", text)
    }
    reserved = re.compile(r"\+86199000000\d\d|\+8640000000\d\d|\+442079460\d{3}|\+121255501\d\d")
    assert [number for number in numbers if not reserved.fullmatch(number)] == []
    mails = {mail for text in texts for mail in re.findall(r"[\w.]+@[A-Za-z][\w.-]*[.]\w+", text)}
    assert [m for m in mails if not re.search(r"@example\.(com|org|net)$", m)] == []


def test_it_shows_each_kind_of_follow_up() -> None:
    from textcrm.insight.due import KINDS, due

    vault = _vault()
    told_by_history = {"stale", "late", "stage"}
    found = {one.kind for one in due(vault, vault.records())}
    assert found - told_by_history == set(KINDS) - told_by_history


def test_the_demo_tells_how_it_came_to_be(tmp_path: Path) -> None:
    today = dt.date(2031, 3, 3)
    vault = make.make(tmp_path / "demo", today)
    vault = Vault.open(vault.root, today=today)
    commits = list(vault.repo.log())
    assert len(commits) > 60
    assert len({commit.author.email for commit in commits}) >= 3
    moments = [commit.at for commit in commits]
    assert moments == sorted(moments, reverse=True)
    assert moments[0].date() <= today
    assert vault.repo.status() == []
    assert [one.finding.code for one in check(vault).problems] == ["salutation-only"]
    shift = today - TODAY
    for record in _records():
        assert vault.load(record.path).text == make.moved(record.text, shift)


def _story(today: dt.date) -> list[Step]:
    shift = today - TODAY
    files = {record.path: make.moved(record.text, shift) for record in _records()}
    steps = story.story(files, _vault().schema, today)
    ended: dict[str, str] = {}
    for step in steps:
        for path, text in step.changes.items():
            assert ended.get(path) != text, (step.at, step.op, path)
            if text is None:
                del ended[path]
            else:
                ended[path] = text
    assert ended == files
    return steps


@pytest.mark.parametrize("today", ["2024-02-29", "2026-11-10", "2026-11-24", "2027-02-01"])
def test_the_story_ends_in_the_sample_whatever_the_clock_says(today: str) -> None:
    day = dt.date.fromisoformat(today)
    steps = _story(day)
    moments = [step.at for step in steps]
    assert all(one < other for one, other in pairwise(moments))
    assert moments[-1].date() <= day
    assert {"import", "add", "log", "append", "set", "archive", "rm"} == {one.op for one in steps}
    assert len({step.by for step in steps} - {"chen-chen"}) == 3


def test_nothing_is_written_down_before_it_happened() -> None:
    for step in _story(TODAY):
        for path, text in step.changes.items():
            if text is not None:
                said = re.findall(r"\bat: '(\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)'", text)
                assert all(at <= step.at.isoformat()[:16] for at in said), (path, step.at)


def test_a_demo_is_never_made_over_something(tmp_path: Path) -> None:
    from textcrm.errors import Conflict

    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(Conflict):
        make.make(tmp_path, TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]
    assert make.free_folder(tmp_path).name == "textcrm-demo"


def test_the_demo_keys_are_marked_published_and_the_only_ones_passed_over(tmp_path: Path) -> None:
    from hashlib import sha256

    from textcrm.quality import keys

    folder = SAMPLE / "demo-keys"
    seen = set()
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        assert "throw-away" in file.name
        if file.suffix == ".txt":
            assert text.startswith("# THROW-AWAY key of the sample vault")
            text = text.strip().splitlines()[-1]
        if file.suffix != ".pub":
            seen.add(sha256(text.strip().encode()).hexdigest())
        assert list(keys.secret_keys(file.name, file.read_bytes())) == []
    assert seen == keys.SHOWN
    vault = make.make(tmp_path / "demo", TODAY)
    laid = tmp_path / "demo-keys"
    assert {one.name for one in laid.iterdir()} == {one.name for one in folder.iterdir()}
    assert all(one.stat().st_mode & 0o077 == 0 for one in (laid, *laid.iterdir()))
    assert not (vault.root / "demo-keys").exists()
    assert "demo-keys" not in vault.repo.git("ls-files").decode()


def test_each_sealed_value_opens_for_whom_its_label_says() -> None:
    from textcrm import ciphertext, sealing
    from textcrm.access.reading import key_file
    from textcrm.errors import KeyMissing
    from textcrm.rules.sealing import sealed_places

    vault = _vault()
    own = {
        file.name.split(".")[0]: sealing.identities(file.read_bytes(), source=file.name)
        for file in (SAMPLE / "demo-keys").glob("*.txt")
    }
    opened = 0
    for record in _records():
        for path, field, value in sealed_places(record.raw, vault.schema):
            assert field is not None
            label = ciphertext.read(value).labels[0]
            assert label == vault.access.current(field.seal or "")
            readers = {person.id for person in vault.access.readers(field.seal or "")}
            for who, identities in own.items():
                data = vault.file(key_file(label)) or b""
                held = list(identities)
                if who in readers | {"recovery"}:
                    held += sealing.identities(sealing.decrypt(data, identities), source=label)
                else:
                    with pytest.raises(KeyMissing):
                        sealing.decrypt(data, identities)
                where = "/" + "/".join(_steps(record.raw, path))
                if who in readers | {"recovery"} or who in ciphertext.read(value).labels:
                    assert sealing.unseal(value, rec=record.uid, path=where, identities=held)
                    opened += 1
                else:
                    with pytest.raises(KeyMissing):
                        sealing.unseal(value, rec=record.uid, path=where, identities=held)
    assert opened >= 15


def _steps(tree: Any, path: tuple[Any, ...]) -> Iterator[str]:
    for step in path:
        tree = tree[step]
        yield tree["id"] if isinstance(step, int) else step


def test_its_people_are_signed_by_its_admin() -> None:
    from textcrm.access import trust

    with pytest.raises(trust.Unpinned):
        trust.check(_vault().file, None)
    for path in ("access/access.yaml", "access/access.yaml.sig"):
        assert (SAMPLE / path).is_file()
