"""Indexed searches give what the plain scan gives: the same records in the same order."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from query_making import queries

from benchmarks import generate
from textcrm.catalog import Catalog
from textcrm.errors import Misuse
from textcrm.query import Doc, parse
from textcrm.schema import Schema
from textcrm.search import ScanBackend, sqlite_index, text_index, whoosh_index
from textcrm.search.engine import open_index
from textcrm.search.indexed import IndexedBackend
from textcrm.store import load, paths

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.query import Query
    from textcrm.search import Backend

TODAY = dt.date(2024, 5, 20)
_PAGE = 60
PEOPLE = {"wang-fang": "王芳", "li-qiang": "李强"}

ODD = [
    "name: 张三A李\naliases: [张ab四, 'Ａcme\u00a0Software']\narchived: {on: 2024-01-01}\n",
    "name: Müller GmbH & Co\ncustom: {colour: red, a.b: '1', a: {b: 1}}\narchived: {}\nnotes: key accounts are boxes\n",
    "name: 單雄信\nnotes: " + "x" * 70 + "soft " + "服务，器材 服务 器\narchived: {on: ''}\n",
    "name: 曾静\nbank_account: {sealed: finance@1, age: ''}\ncontacts:\n- {name: 呂女士, phones: [{number: '1380'}]}\n- {}\n- name: ''\n",
    "name: '12345'\ntags: [vip, '', 重点]\nsize: {employees: {min: 50, max: 100, text: 50-100人}}\ncustom: {colour: [red, {deep: blue}]}\n",
    "name: 吉\U0002070e\U0002b820\ntype: old\npurchases:\n- {product: " + "标准" * 40 + ", amount: 2000, date: 2023-01-01}\n- {product: 标准, amount: 10}\n",
    "name: O'Reilly & Co\naliases: [oreilly, X-Ray, 'H.T/2026-071', a.b-c'd]\nnotes: see xray, ht2026-071 and o-reilly's; x_ray v1.2.3rc4 o.reilly@x-ray.com a@b-cd.e\nwebsite: www.o-reilly.example.com/x-ray\n",
    "name: xray\naliases: ['oreilly.', '-o’reilly', 云X-ray, o'reillys]\nnotes: o' reilly, o--reilly, oreilly o'reilly, 2026-ht/071\n",
    "name: 客户\nnotes: 客户\ncontacts: [{name: zhang三, title: 经理}]\nsize: {employees: {min: 10}}\n",
    'name: "\\u200b"\ntags: VIP\nnotes: "a\\uffffb"\ncontacts: x\n',
    "name: 公司\narchived: true\ndo_not_contact: true\n",
    "name: 电话\ncontacts:\n- phones: [{number: '＋８６ １３８－００１３－８０００'}, {number: 010-62341234 转 805}, {number: '(0755) 8626 7890'}]\n",
    "name: 电话二\ncontacts:\n- phones: [{number: '+86 10 6234 1234'}, {number: '0086138 0013 8001'}]\nnotes: '19900 年 1380013 8001'\n",
    "name: 'aﬁn ﬀ'\nnotes: 'ǅ ß STRASSE straße İstanbul ΟΔΟΣ'\ncontacts: [{name: '欧阳\u00b7娜娜'}]\n",
    "name: 有限\narchived: ''\ncontacts: [[{name: 内}], {birthday: 1990-02-29}, {birthday: 1988-02-29}]\n",
]  # fmt: skip


def vault_of(root: Path, count: int) -> tuple[Schema, list[Doc], Catalog]:
    """A generated vault with some records that nobody would generate."""
    generate.vault(root, count, git=False)
    for number, text in enumerate(ODD):
        record_id = f"C20240501{900 + number}"
        file = root / "customers/2024/05" / f"{record_id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"id: {record_id}\n{text}", encoding="utf-8")
    schema = Schema.from_json((root / "schema/customer.schema.json").read_text(encoding="utf-8"))
    catalog = Catalog(root, schema, {}, TODAY)
    catalog.refresh()
    docs = [Doc.of(load(root, path, schema), TODAY) for path in paths(root)]
    return schema, docs, catalog


def read(text: str, schema: Schema) -> Query | None:
    try:
        return parse(text, schema, today=TODAY, people=PEOPLE)
    except Misuse:
        return None


def disagreements(
    backend: Backend, docs: list[Doc], schema: Schema, texts: list[str]
) -> list[tuple[object, ...]]:
    """The queries that a backend answers otherwise than the scan, and how."""
    scan = ScanBackend()
    wrong: list[tuple[object, ...]] = []
    for text in texts:
        query = read(text, schema)
        if query is None:
            continue
        wanted = [(hit.id, hit.score) for hit in scan.search(query, docs, limit=_PAGE)]
        found = [(hit.id, hit.score) for hit in backend.search(query, (), limit=_PAGE)]
        if found == wanted:
            wanted = [(doc.id, 0) for doc in scan.fitting(query, docs)]
            found = [(doc.id, 0) for doc in backend.fitting(query, ())]
        if found != wanted:
            missing, extra = set(wanted) - set(found), set(found) - set(wanted)
            wrong.append((text, sorted(missing)[:3], sorted(extra)[:3]))
    return wrong


@pytest.mark.parametrize("engine", ["whoosh", "sqlite"])
def test_a_hundred_queries(tmp_path: Path, engine: str) -> None:
    schema, docs, catalog = vault_of(tmp_path, 80)
    backend = IndexedBackend(catalog, open_index(engine, catalog))
    texts = queries(docs, 200)
    assert sum(read(text, schema) is not None for text in texts) > 170
    assert disagreements(backend, docs, schema, texts) == []


@pytest.mark.parametrize("engine", ["whoosh", "sqlite"])
def test_a_beginning_of_more_words_than_are_looked_up(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (text_index, whoosh_index, sqlite_index):
        monkeypatch.setattr(module, "MOST_EXPANDED", 0, raising=False)
    schema, docs, catalog = vault_of(tmp_path, 60)
    backend = IndexedBackend(catalog, open_index(engine, catalog))
    texts = [
        "-8",
        "type:prospect 8",
        "c2 type:prospect",
        "8 OR 张",
        "a -b",
        "o OR c2024",
        "z OR s",
    ]
    assert disagreements(backend, docs, schema, texts) == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["whoosh", "sqlite"])
def test_a_thousand_queries(tmp_path: Path, engine: str) -> None:
    schema, docs, catalog = vault_of(tmp_path, 2000)
    backend = IndexedBackend(catalog, open_index(engine, catalog))
    assert disagreements(backend, docs, schema, queries(docs, 1000, seed=2)) == []
