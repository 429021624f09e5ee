"""What every search backend must do: subclass :class:`SearchContract` and give a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from searching import doc, query

from textcrm.query import Doc, quote

if TYPE_CHECKING:
    from textcrm.search import Backend

DOCS = [
    doc("C20240101001", name="张三", tags=["VIP", "老朋友"], type="prospect", purchases=[{"date": "2024-05-01", "amount": "900"}]),
    doc("C20240101002", name="张三", type="new"),
    doc("C20240102001", name="北京云帆科技有限公司", contacts=[{"name": "张三丰", "phones": [{"number": "+8613800138000"}, {"number": "+8675566669999"}]}]),
    doc("C20240103001", name="云帆", notes="由张三介绍，运维服务，器材另议"),
    doc("C20240104001", name="Müller GmbH", aliases=["Acme"], notes="customers like the boxes"),
    doc("C20240105001", name="海尔", tags=["云帆"], interactions=[{"at": "2024-06-10", "summary": "电话 13800138000 打不通"}]),
    doc("C20240106001", name="旧云帆", archived={"on": "2024-02-01", "reason": "倒闭"}),
    doc("C20240108001", name="O'Reilly Media", contracts=[{"number": "HT-2026-071"}], notes="HT 2026 072，O’Neil的r/d_lab-x；1.234-5"),
    doc("C20240109001", name="Oreilly", aliases=["HT2026071/B"], notes="o'reilly", tags=["d.h.l"], needs="x.young@dxl-lab.de"),
    doc("C20240107001", name='say "hi" \\ bye', bank_account="6222020200112233"),
]  # fmt: skip


class SearchContract:
    """The contract; the fixture ``backend`` is the subclass's to give."""

    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    @pytest.fixture
    def docs(self) -> list[Doc]:
        return list(DOCS)

    def ids(self, backend: Backend, docs: list[Doc], text: str, **options: Any) -> list[str]:
        return [hit.id for hit in backend.search(query(text), docs, **options)]

    @pytest.mark.parametrize(
        ("text", "last"),
        [
            ("张三", ["0101001", "0101002", "0102001", "0103001"]),
            ("三", ["0101001", "0101002", "0102001", "0103001"]),
            ("云帆", ["0102001", "0103001", "0105001"]),
            ("zhangsan", ["0101001", "0101002", "0102001"]),
            ("zs", ["0101001", "0101002", "0102001"]),
            ("san zhang", ["0101001", "0101002", "0102001"]),
            ("8000", ["0102001"]),
            ("138-0013-8000", ["0102001"]),
            ("13800138000", ["0102001", "0105001"]),
            ("0755", ["0102001"]),  # a landline as it is dialled at home
            ("075566", ["0102001"]),
            ("0755-6666", ["0102001"]),
            ("phones:0755", ["0102001"]),
            ("5566669", ["0102001"]),
            ("muller", ["0104001"]),
            ("customer", ["0104001"]),
            ("ustomer", []),
            ("box", ["0104001"]),
            ("服务器", []),
            ("张三 云帆", ["0102001", "0103001"]),
            ("tag:云帆", ["0105001"]),
            ("tag:vip -type:new", ["0101001"]),
            ("type:prospect OR type:new", ["0101001", "0101002"]),
            ("旧 is:archived", ["0106001"]),
            ("旧", []),
            ("6222020200112233", []),
            (quote('"hi" \\ b'), ["0107001"]),
            ("last_contact:<30d", ["0105001"]),
            ("没有的", []),
            ("ht2026071", ["0108001", "0109001"]),
            ("HT2026", ["0108001", "0109001"]),
            ("ht2026071b", ["0109001"]),
            ("HT-2026-071", ["0108001"]),
            ("t2026071", []),  # where a word begins, as ever
            ("ht2026072", []),  # no space is passed
            ("2026071", []),  # digits alone are told by their grouping
            ("12345", []),
            ("oreilly", ["0108001", "0109001"]),
            ("oneil", ["0108001"]),
            ("rdlab", ["0108001"]),
            ("labx", ["0108001"]),
            ("oreillymedia", []),
            ("xyoung", []),  # an e-mail address is found by its words
            ("dxllab", []),
            ("young", ["0109001"]),
            ('"oreilly media"', []),
            ("dhl", []),  # too short to be told from chance
            ("contracts.number:ht2026071", ["0108001"]),
            ("contracts:ht2026071", ["0108001"]),
            ("oreilly -ht2026071b", ["0108001"]),
        ],
    )
    def test_finds(self, backend: Backend, docs: list[Doc], text: str, last: list[str]) -> None:
        assert sorted(self.ids(backend, docs, text)) == [f"C2024{each}" for each in last]
        assert backend.count(query(text), docs) == len(last)

    def test_archived_on_demand(self, backend: Backend, docs: list[Doc]) -> None:
        assert "C20240106001" in self.ids(backend, docs, "云帆", archived=True)
        assert backend.count(query(""), docs) == len(docs) - 1
        assert backend.count(query(""), docs, archived=True) == len(docs)

    def test_name_before_contact_before_tag_before_text(
        self, backend: Backend, docs: list[Doc]
    ) -> None:
        assert self.ids(backend, docs, "张三") == [
            "C20240101001",  # the whole name, twice
            "C20240101002",
            "C20240102001",  # a contact's name begins with it
            "C20240103001",  # a text holds it
        ]
        assert self.ids(backend, docs, "云帆") == ["C20240103001", "C20240102001", "C20240105001"]

    def test_what_is_written_with_joints_ranks_as_it_stands(
        self, backend: Backend, docs: list[Doc]
    ) -> None:
        hits = backend.search(query("oreilly"), docs)
        assert [(hit.id, hit.score) for hit in hits] == [
            ("C20240109001", 44),  # the whole name
            ("C20240108001", 43),  # a name begins with it
        ]
        match = hits[1].matches[0]
        assert [match.snippet[at : at + size] for at, size in match.spans] == ["O'Reilly"]

    def test_scores_fall(self, backend: Backend, docs: list[Doc]) -> None:
        scores = [hit.score for hit in backend.search(query("张三"), docs)]
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] > 0

    def test_filters_alone_give_the_latest_first(self, backend: Backend, docs: list[Doc]) -> None:
        hits = backend.search(query(""), docs)
        assert hits[0].id == "C20240105001"
        assert {hit.score for hit in hits} == {0}
        assert all(not hit.matches for hit in hits)

    def test_pages(self, backend: Backend, docs: list[Doc]) -> None:
        whole = self.ids(backend, docs, "")
        assert self.ids(backend, docs, "", limit=2) == whole[:2]
        assert self.ids(backend, docs, "", limit=2, offset=2) == whole[2:4]
        assert self.ids(backend, docs, "", offset=5) == whole[5:]
        assert self.ids(backend, docs, "", limit=0) == []

    def test_sorts(self, backend: Backend, docs: list[Doc]) -> None:
        assert self.ids(backend, docs, "type:prospect OR type:new", sort=["-id"]) == [
            "C20240101002",
            "C20240101001",
        ]
        assert self.ids(backend, docs, "张三", sort=["total_spent"])[0] == "C20240101001"
        assert self.ids(backend, docs, "张三", sort=["-total_spent"])[0] == "C20240101001"

    def test_fitting_gives_the_same_records_by_id(self, backend: Backend, docs: list[Doc]) -> None:
        for text in ("", "张三", "type:prospect OR type:new"):
            fitting = backend.fitting(query(text), docs)
            assert [doc.id for doc in fitting] == sorted(self.ids(backend, docs, text))
        wanted = query("type:prospect OR type:new")
        assert [doc.id for doc in backend.fitting(wanted, docs, sort=["-id"], limit=1)] == [
            "C20240101002"
        ]
        assert [doc.id for doc in backend.fitting(wanted, docs, offset=1)] == ["C20240101002"]

    def test_suggests_what_is_near(self, backend: Backend, docs: list[Doc]) -> None:
        assert "Müller GmbH" in backend.suggest("Mueller Gmbh", docs)
        assert backend.suggest("qqqqqqqq", docs) == []
        assert len(backend.suggest("张", docs)) <= 3

    def test_matches_name_the_field_and_the_place(self, backend: Backend, docs: list[Doc]) -> None:
        (hit,) = backend.search(query("13800138000 张三丰"), docs)
        name, phone = sorted(hit.matches, key=lambda match: match.field)
        assert (name.field, name.path) == ("contacts.name", ("contacts", 0, "name"))
        assert name.label.zh == "姓名"
        assert (name.snippet, name.spans) == ("张三丰", ((0, 3),))
        assert phone.field == "contacts.phones.number"
        assert (phone.snippet, phone.spans) == ("+8613800138000", ((3, 11),))

    def test_highlights_pinyin_and_accents(self, backend: Backend, docs: list[Doc]) -> None:
        hit = backend.search(query("zhangsan"), docs)[0]
        assert (hit.matches[0].snippet, hit.matches[0].spans) == ("张三", ((0, 2),))
        (hit,) = backend.search(query("muller"), docs)
        assert (hit.matches[0].snippet, hit.matches[0].spans) == ("Müller GmbH", ((0, 6),))

    def test_facets(self, backend: Backend, docs: list[Doc]) -> None:
        facets = backend.facets(query("张三"), docs, ["type", "tags"])
        found = {
            name: [(facet.value, facet.count) for facet in each] for name, each in facets.items()
        }
        assert found["type"] == [("new", 1), ("prospect", 1), (None, 2)]
        assert found["tags"] == [("VIP", 1), ("老朋友", 1), (None, 3)]
        assert facets["type"][0].label.zh == "新客户"

    def test_sealed_values_are_nowhere(self, backend: Backend, docs: list[Doc]) -> None:
        for hit in backend.search(query(""), docs):
            assert "6222" not in repr(hit.matches)
        assert backend.facets(query("hi"), docs, ["bank_account"])["bank_account"][0].value is None
