"""What somebody edited in a workbook of ours: cell by cell against the record as it was exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.exchange.export_columns import (
    Column,
    Listed,
    items_at,
    parent_name,
    value_of,
)
from textcrm.exchange.export_customers import Customer, blob_id, without_sealed
from textcrm.exchange.sheet_again import expected, same
from textcrm.exchange.xlsx_formulas import unreckoned
from textcrm.exchange.xlsx_sheet import cell_name
from textcrm.exchange.xlsx_writer import item_cells, plans_of
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.sheet_again import Book, Row, Sheet
    from textcrm.exchange.xlsx_sheet import Plan
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Vault

_FIXED: Final = frozenset(("id", "former_ids"))


class Edit(NamedTuple):
    """A cell that was edited: the column, the path in the record as it is now, the text of the cell
    when it was written, now in the file, and now in the record.
    """

    row: Row
    column: Column
    path: Path
    base: str
    mine: str
    theirs: str


class Added(NamedTuple):
    """A row that was added: a customer (``listed`` None), or an item for a list of one.

    ``at`` is the path of the list in the record ``file``.
    """

    row: Row
    columns: tuple[Column, ...]
    listed: Listed | None = None
    file: str = ""
    at: Path = ()


@dataclass(slots=True)
class Edits:
    """All that was edited. ``edits`` are by record file; ``stale`` are the files of records that
    were changed since the workbook was written; ``refused`` the rows that cannot be taken in.
    """

    rows: int = 0
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    added: list[Added] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)
    refused: list[tuple[Row, Finding]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    unread: int = 0


def edits_of(vault: Vault, book: Book, settings: Settings) -> Edits:
    """Compare a workbook with the records that it was written from."""
    return _Comparing(vault, book, settings).compared()


def is_of(vault: Vault, book: Book) -> bool:
    """Whether a workbook was written from this vault: it knows a customer of it, or once did."""
    rows = [row for sheet in book.sheets if not sheet.path for row in sheet.rows if row.uid]
    uids = {row.uid for row in rows}
    if not uids or any(doc.typed.get("uid") in uids for doc in vault.catalog().docs()):
        return True
    length = vault.repo.id_length
    versions = {row.version for row in rows if len(row.version) == length}
    with vault.repo.blobs() as blobs:
        return any(blobs.find(one) is not None for one in versions if one.isalnum())


class _State(NamedTuple):
    """A record as it was when the row was written (None: not known any more) and as it is."""

    base: Customer | None
    now: Customer
    file: str


class _Comparing:
    def __init__(self, vault: Vault, book: Book, settings: Settings) -> None:
        self._vault = vault
        self._settings = settings
        self._book = book
        opened = _has_sealed(book, settings)
        self._opened = opened
        self._plans = {
            plan.path: (plan, listed) for plan, listed in plans_of(settings, opened=opened)
        }
        self._by_uid: dict[str, str] = {}
        self._by_id: dict[str, str] = {}
        self._found = Edits()
        self._locked: set[tuple[str, Path]] = set()
        self._states: dict[tuple[str, str], _State] = {}
        for doc in vault.catalog().docs():
            uid = doc.typed.get("uid")
            if isinstance(uid, str):
                self._by_uid[uid] = doc.path
            self._by_id[doc.id] = doc.path

    def compared(self) -> Edits:
        seen: set[str] = set()
        versions = {
            row.uid: row.version
            for sheet in self._book.sheets
            if not sheet.path
            for row in sheet.rows
        }
        for sheet in self._book.sheets:
            if sheet.path not in self._plans:
                continue
            plan, listed = self._plans[sheet.path]
            for row in sheet.rows:
                self._found.rows += 1
                if not row.uid:
                    self._added(row, plan, listed, sheet)
                elif listed is None and row.uid in seen:
                    self._refuse(row, "row-twice", _TWICE)
                elif row.uid not in self._by_uid:
                    self._refuse(row, "customer-gone", _GONE)
                else:
                    seen.add(row.uid)
                    whole = row if row.version else row._replace(version=versions.get(row.uid, ""))
                    self._compare(whole, plan, listed, sheet)
        self._refuse_unreckoned()
        return self._found

    def _refuse_unreckoned(self) -> None:
        """A cell that is empty because nobody reckoned its formula was not emptied."""
        emptied = [one for some in self._found.edits.values() for one in some if not one.mine]
        if not emptied:
            return
        cells = unreckoned(self._book.data)
        places = {sheet.name: sheet.columns for sheet in self._book.sheets}
        for one in emptied:
            name = cell_name(one.row.number - 1, places[one.row.sheet][one.column.name])
            if name in cells.get(one.row.sheet, ()):
                self._drop(one.row)
                self._refuse(one.row, "formula-unreckoned", _FORMULA, field=one.column.heading)

    def _drop(self, row: Row) -> None:
        for file, some in list(self._found.edits.items()):
            kept = [one for one in some if one.row != row]
            if kept:
                self._found.edits[file] = kept
            else:
                del self._found.edits[file]

    def _refuse(self, row: Row, code: str, message: Text, **data: Any) -> None:
        self._found.refused.append((row, Finding(code, "error", (), message, None, data)))

    # -- a row that was there

    def _compare(self, row: Row, plan: Plan, listed: Listed | None, sheet: Sheet) -> None:
        state = self._state(self._by_uid[row.uid], row.version)
        base, now = state.base, state.now
        if listed is None:
            was = self._main_cells(plan, base) if base is not None else None
            self._differences(row, plan, sheet, state, (), was, self._main_cells(plan, now))
            return
        there = self._item(now, listed, row)
        before = self._item(base, listed, row) if base is not None else None
        if there is None or (base is not None and before is None):
            if before is None or self._edited(row, plan, sheet, before[1]):
                code = "item-gone" if row.item else "item-without-id"
                self._refuse(row, code, _ITEM_GONE if row.item else _NO_ID)
            return
        was = before[1] if before is not None else None
        self._differences(row, plan, sheet, state, there[0], was, there[1])

    def _edited(self, row: Row, plan: Plan, sheet: Sheet, was: Sequence[str]) -> bool:
        return any(
            one.where is not None
            and one.name in sheet.columns
            and not same(text, row.cells[one.name])
            for one, text in zip(plan.columns, was, strict=True)
        )

    def _differences(
        self,
        row: Row,
        plan: Plan,
        sheet: Sheet,
        state: _State,
        at: Path,
        was: Sequence[str] | None,
        now: Sequence[str],
    ) -> None:
        """Note the cells that differ from what was written, and from what stands there now."""
        tree = self._below(state.now.tree, at)
        for place, column in enumerate(plan.columns):
            if column.where is None or column.name not in sheet.columns:
                continue
            mine, theirs = row.cells[column.name], now[place]
            before = was[place] if was is not None else theirs
            if same(mine, before) or same(mine, theirs):
                continue
            if column.name in _FIXED and not at:
                self._refuse(row, "identity-fixed", _FIXED_FIELD, field=column.heading)
                return
            path = column.where(tree)
            if path is not None and (state.file, (*at, *path)) in self._locked:
                self._found.unread += 1
            elif path is not None:
                edit = Edit(row, column, (*at, *path), before, mine, theirs)
                self._found.edits.setdefault(state.file, []).append(edit)
                if state.base is not state.now:
                    self._found.stale.add(state.file)

    def _below(self, tree: Any, at: Path) -> Any:
        for step in at:
            tree = tree[step]
        return tree

    def _main_cells(self, plan: Plan, customer: Customer) -> list[str]:
        cells = (value_of(one, customer, self._settings) for one in plan.columns)
        return [expected(one, self._settings) for one in cells]

    def _item(self, customer: Customer, listed: Listed, row: Row) -> tuple[Path, list[str]] | None:
        """The item of a row, by its id; one without an id by what it says."""
        for item in items_at(customer.tree, listed.path):
            own = item.tree.get("id")
            if row.item and own != row.item:
                continue
            if not row.item and own:
                continue
            cells = item_cells(customer, listed, item.tree, item.parent, self._settings)
            texts = [expected(one, self._settings) for one in cells]
            plan = self._plans[listed.path][0]
            if row.item or all(
                same(text, row.cells.get(one.name, text))
                for one, text in zip(plan.columns, texts, strict=True)
            ):
                return item.path, texts
        return None

    # -- a row that was added

    def _added(self, row: Row, plan: Plan, listed: Listed | None, sheet: Sheet) -> None:
        columns = tuple(one for one in plan.columns if one.name in sheet.columns)
        if listed is None:
            if (own := row.cells.get("id", "").strip()) and own in self._by_id:
                self._refuse(row, "id-taken", _TAKEN, id=own)
            elif not row.cells.get("name", "").strip():
                self._refuse(row, "row-nameless", _NAMELESS)
            else:
                self._found.added.append(Added(row, columns))
            return
        file = self._by_id.get(row.cells.get("id", "").strip())
        if file is None:
            self._refuse(row, "no-such-record", _WHOSE)
            return
        at = self._place(file, listed, row)
        if at is None:
            self._refuse(row, "no-such-item", _PARENT)
            return
        self._found.added.append(Added(row, columns, listed, file, at))

    def _place(self, file: str, listed: Listed, row: Row) -> Path | None:
        """The path of the list that a new item goes to."""
        if listed.parent is None:
            return listed.path
        now = self._state(file, "").now
        wanted = row.cells.get("parent", "").strip()
        above = [
            item
            for item in items_at(now.tree, listed.path[:-1])
            if not wanted or parent_name(item.tree) == wanted
        ]
        return (*above[0].path, listed.path[-1]) if len(above) == 1 else None

    # -- records

    def _state(self, file: str, version: str) -> _State:
        key = file, version
        if key not in self._states:
            self._states.clear()  # rows of one record stand together: no more need be kept
            record = self._vault.load(file)
            data = self._vault.file(file) or b""
            now = self._customer(record)
            self._found.texts[file] = record.text
            self._found.names[file] = (record.id, record.name)
            if blob_id(data, self._vault.repo.algorithm) == version:
                self._states[key] = _State(now, now, file)
            else:
                self._states[key] = _State(self._past(file, version), now, file)
        return self._states[key]

    def _past(self, file: str, version: str) -> Customer | None:
        """The record as it was, out of git's objects; None where git never had it."""
        if len(version) != self._vault.repo.id_length or not version.isalnum():
            return None
        with self._vault.repo.blobs() as blobs:
            found = blobs.find(version)
        if found is None or found.kind != "blob":
            return None
        try:
            return self._customer(store.parse(file, found.data, self._vault.schema))
        except TextcrmError:
            return None

    def _customer(self, record: Record) -> Customer:
        tree = record.typed
        if self._opened:
            from textcrm.vault.revealing import reveal

            found = reveal(self._vault, record)
            self._locked |= {(record.path, path) for path in found.locked}
            tree = self._vault.schema.typed(found.tree)
        clean, _ = without_sealed(dict(tree))
        return Customer(record.id, clean, {}, record.path)


def _has_sealed(book: Book, settings: Settings) -> bool:
    """Whether the workbook was written with sealed values in clear."""
    sealed = {field.path for field in settings.schema.sealed}
    for sheet in book.sheets:
        for name in sheet.columns:
            if (*sheet.path, *name.split(".")) in sealed:
                return True
    return False


def pairs(row: Row, columns: Sequence[Column]) -> Iterator[tuple[Column, str]]:
    """The cells of an added row that say something about fields that can be set."""
    for one in columns:
        text = row.cells.get(one.name, "").strip()
        if text and one.where is not None and one.name not in _FIXED:
            yield one, text


_TWICE: Final = Text(
    "the row is there twice; empty its hidden columns to make another customer of it",
    "该行重复出现；如需新增客户，请清空其隐藏列",
)
_GONE: Final = Text("the customer is not in the vault any more", "客户库中已没有这位客户")
_ITEM_GONE: Final = Text("the item is not in the record any more", "客户记录中已没有这一条")
_NO_ID: Final = Text(
    "the item has no id yet: run “textcrm save”, then export again",
    "这一条还没有编号：请先运行 textcrm save，再重新导出",
)
_FORMULA: Final = Text(
    "the formula under {field} has no result: open and save the file in Excel first",
    "“{field}”中的公式没有计算结果，请先用 Excel 打开并保存该文件",
)
_FIXED_FIELD: Final = Text("{field} cannot be changed", "{field}不可修改")
_TAKEN: Final = Text("{id} is a customer already", "{id} 已是现有客户")
_NAMELESS: Final = Text("the row names nobody", "这一行没有客户名称")
_WHOSE: Final = Text("no customer has the id in this row", "没有这一行所写编号的客户")
_PARENT: Final = Text("it is not clear which contact it belongs to", "无法确定属于哪位联系人")
