"""The catalog: exact, quiet about sealed values, followed by row and sequence."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from decimal import Decimal
from functools import partial
from operator import eq
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import TODAY, schema

from benchmarks.generate import vault as make_vault
from textcrm.catalog import Catalog, encoding
from textcrm.catalog.cells import cells_of, spelled, value_of
from textcrm.catalog.entries import derived_of, shown_derived
from textcrm.catalog.masking import masked
from textcrm.insight.due import due
from textcrm.query import Doc
from textcrm.record import DERIVED_DEFAULTS, derive
from textcrm.vault import Vault

SECRET = "6222020200112233445"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    root = tmp_path_factory.mktemp("catalog") / "vault"
    make_vault(root, 40)
    return Vault.open(root)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=20),
    st.integers(-(10**30), 10**30),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones().filter(lambda z: True)).map(
        lambda moment: moment.replace(
            tzinfo=dt.timezone(dt.timedelta(seconds=int(moment.utcoffset().total_seconds())))  # type: ignore[union-attr]
        )
    ),
)
TREES = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=12,
    ),
    max_size=6,
)


def exact(value: Any) -> Any:
    """A tree with the type and the spelling of each value."""
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    return type(value).__name__, str(value)


class TestEncoding:
    @given(TREES)
    @settings(deadline=None)
    def test_everything_comes_back_as_it_was(self, tree: dict[str, Any]) -> None:
        assert exact(encoding.decode(encoding.encode(tree))) == exact(tree)
        assert list(encoding.unpacked(encoding.packed(tree))) == list(tree)

    @pytest.mark.parametrize(
        "value", [Decimal("1.10"), Decimal(100), Decimal("1E+5"), Decimal("-0"), Decimal("0.00")]
    )
    def test_decimals_keep_their_zeros(self, value: Decimal) -> None:
        assert str(encoding.decode(encoding.encode(value))) == str(value)

    @given(SCALARS.filter(lambda value: value is not None))
    @settings(deadline=None)
    def test_a_cell_gives_the_very_value(self, value: Any) -> None:
        kind, text = spelled(value)
        if kind != "+":
            assert exact(value_of(kind, text)) == exact(value)


class TestServing:
    def test_docs_are_those_of_the_files(self, vault: Vault) -> None:
        plain = {
            record.id: Doc.of(record, vault.today, vault.config.derived_settings())
            for record in vault.records()
        }
        kept = list(vault.docs())
        assert [doc.id for doc in kept] == list(plain)
        for doc in kept:
            other = plain[doc.id]
            assert (doc.name, doc.archived, doc.haystack) == (
                other.name,
                other.archived,
                other.haystack,
            )
            assert exact(doc.typed) == exact(masked(dict(other.typed), vault.schema))
            assert list(doc.typed) == list(other.typed)
            assert exact(dict(doc.derived)) == {
                key: exact(other.derived[key]) for key in doc.derived
            }
            assert doc.derived.keys() == other.derived.keys()
            for path in (("name",), ("tags",), ("contacts", "phones", "number"), ("custom", "x")):
                assert doc.values(path) == other.values(path)
                assert doc.present(path) == other.present(path)

    def test_values_answer_as_the_docs_do(self, vault: Vault) -> None:
        catalog = vault.catalog()
        docs = list(catalog.docs())
        paths = {
            tuple(path.split("."))
            for doc in docs
            for (path, _, _), _ in cells_of(dict(doc.typed), {})
            if not path.startswith("derived.")  # how many items a list has: in no Doc
        }
        chooser = random.Random(3)
        for path in sorted(paths):
            found = [
                value
                for doc in docs
                for value in doc.values(path)
                if not isinstance(value, dict | list)
            ]
            wanted = set(chooser.sample(found, min(3, len(found))))
            held = catalog.values.holding(path, wanted.__contains__)
            right = {
                doc.row
                for doc in docs
                if any(v in wanted for v in doc.values(path) if not isinstance(v, dict | list))
            }
            assert held.sure <= right <= held.sure | held.unsure
            assert catalog.values.having(path) == {doc.row for doc in docs if doc.present(path)}
            assert catalog.values.valued(path) == {doc.row for doc in docs if doc.values(path)}

    def test_derived_values_are_values_too(self, vault: Vault) -> None:
        catalog = vault.catalog()
        docs = list(catalog.docs())
        held = catalog.values.holding(("derived", "total_spent"), lambda value: value > 30000)
        assert held.sure == {doc.row for doc in docs if doc.derived.get("total_spent", 0) > 30000}
        assert not catalog.values.kept(("derived", "days_silent"))

    def test_a_name_and_an_id_lead_to_the_file(self, vault: Vault) -> None:
        catalog = vault.catalog()
        record = next(vault.records())
        assert catalog.find(record.id) == [record.path]
        assert record.path in catalog.find(f" {record.name} ")
        assert catalog.find("nobody") == []
        assert catalog.names()[record.id] == record.name


class TestDays:
    RAW = {
        "id": "C20240101001",
        "interactions": [{"at": "2024-03-01"}, {"at": "2024-09-01"}, {"at": "2025-01-01"}],
        "contacts": [{"name": "甲", "birthday": "1988-02-29"}],
        "purchases": [{"date": "2024-05-01", "amount": "100"}],
    }

    @given(st.integers(0, 1500), st.integers(-400, 800))
    @settings(deadline=None)
    def test_what_is_kept_holds_until_its_day(self, start: int, later: int) -> None:
        typed = schema().typed(self.RAW)
        day = TODAY + dt.timedelta(days=start)
        then = day + dt.timedelta(days=later)
        kept, (first, until) = derived_of(typed, day, "C20240101001", DERIVED_DEFAULTS)
        if first <= then.toordinal() < until:
            assert shown_derived(dict(kept), then) == derive(typed, then, "C20240101001")

    def test_another_day_is_computed_anew(self, vault: Vault) -> None:
        for day in ("2027-03-01", "2024-01-01", "2031-12-31"):
            then = dt.date.fromisoformat(day)
            catalog = Catalog(vault.root, vault.schema, vault.config.derived_settings(), then)
            catalog.refresh()
            for doc in catalog.docs():
                right = derive(dict(doc.typed), then, doc.id, vault.config.derived_settings())
                assert doc.derived == right
                last = right.get("last_contact")
                held = catalog.values.holding(("derived", "last_contact"), partial(eq, last))
                assert (doc.row in held.sure) == ("last_contact" in right)
            catalog.close()


def copy_of(vault: Vault, place: Path) -> Vault:
    subprocess.run(["cp", "-a", str(vault.root), str(place)], check=True)
    return Vault.open(place)


class TestFollowing:
    def test_changes_are_told_by_row_and_sequence(self, vault: Vault, tmp_path: Path) -> None:
        own = copy_of(vault, tmp_path / "v")
        catalog = own.catalog()
        start = catalog.sequence
        assert catalog.changed_since(start) == ((), (), False)
        first, second = catalog.rows()[:2]
        files = {doc.row: own.root / doc.path for doc in catalog.docs()}
        files[first].write_text(files[first].read_text("utf-8") + "x-more: 新\n", "utf-8")
        files[second].unlink()
        changes = own.catalog().refresh()
        assert changes == ((), (), False)
        assert catalog.sequence > start
        assert catalog.changed_since(start) == ((first,), (second,), False)
        assert catalog.changed_since(start - 10**9).everything
        assert catalog.changed_since(catalog.sequence + 1).everything

    def test_other_settings_or_another_schema_begin_again(
        self, vault: Vault, tmp_path: Path
    ) -> None:
        own = copy_of(vault, tmp_path / "v")
        before = own.catalog()
        identity, sequence = before.identity, before.sequence
        before.close()
        after = Catalog(own.root, own.schema, {"currency": "EUR"}, own.today)
        after.refresh()
        assert after.identity != identity
        assert after.changed_since(sequence).everything
        assert len(after.rows()) == 40


class TestSealed:
    def test_no_plaintext_of_a_sealed_field_is_kept(self, vault: Vault, tmp_path: Path) -> None:
        own = copy_of(vault, tmp_path / "v")
        path = next(own.records()).path
        file = own.root / path
        clean = file.read_text("utf-8")
        file.write_text(clean + f"bank_account: '{SECRET}'\n", "utf-8")
        catalog = own.catalog()
        doc = next(doc for doc in catalog.docs() if doc.path == path)
        assert doc.present(("bank_account",))
        assert doc.locked(("bank_account",))
        assert doc.values(("bank_account",)) == []
        assert catalog.values.having(("bank_account",)) == {doc.row}
        file.write_text(clean + f"bank_account: '{SECRET}'\nneeds: 别的\n", "utf-8")
        own.catalog()
        catalog.connection.execute("PRAGMA wal_checkpoint").fetchall()
        self._nowhere(own.root, SECRET.encode())
        catalog.close()
        self._nowhere(own.root, SECRET.encode())

    @staticmethod
    def _nowhere(root: Path, secret: bytes) -> None:
        for file in (root / ".textcrm").rglob("*"):
            if file.is_file():
                assert secret not in file.read_bytes()

    def test_what_left_the_files_leaves_the_database(self, vault: Vault, tmp_path: Path) -> None:
        own = copy_of(vault, tmp_path / "v")
        catalog = own.catalog()
        doc = next(catalog.docs())
        number = doc.values(("contacts", "phones", "number"))[0]
        (own.root / doc.path).unlink()
        own.catalog()
        catalog.close()
        self._nowhere(own.root, number.encode())


class TestDue:
    @pytest.mark.parametrize("within", [0, 7, 200])
    def test_the_rows_looked_at_are_all_that_have_something(
        self, vault: Vault, within: int
    ) -> None:
        for day in ("2026-05-01", "2025-03-01", "2028-02-28"):
            own = Vault.open(vault.root, today=dt.date.fromisoformat(day))
            assert due(own, within=within) == due(own, own.records(), within=within)
            assert due(own, within=within)


class TestCompletion:
    def test_ids_names_and_tags_at_a_press_of_tab(self, vault: Vault) -> None:
        tag = vault.catalog().values.counts(("tags",)).popitem()[0]
        record = next(vault.records())
        assert record.id in self._offered(vault, f"textcrm show {record.id[:9]}")
        assert record.name in self._offered(vault, f"textcrm show {record.name[:3]}")
        assert f"tags:{tag}" in self._offered(vault, f"textcrm list tags:{tag[:1]}")

    @staticmethod
    def _offered(vault: Vault, line: str) -> str:
        words = {"COMP_LINE": line, "_TEXTCRM_COMPLETE": "bash_complete"}
        path = {"PYTHONPATH": os.pathsep.join(sys.path), "TEXTCRM_VAULT": str(vault.root)}
        code = "from textcrm.cli.main import run; run([])"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **words, **path},
            capture_output=True,
            check=False,
        )
        return done.stdout.decode()
