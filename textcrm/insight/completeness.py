"""How good the data is: which fields customers lack, and what check finds (B14, F17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.insight.table import Chart, Column, Note, Said, Table, share
from textcrm.text import Text, same

if TYPE_CHECKING:
    from textcrm.insight.asking import Ask, Need
    from textcrm.insight.facts import Facts

FILLED = Said("filled", Text("filled in", "字段完整"))


def asked_of(facts: Facts, need: Need) -> set[int]:
    """The customers of whom a field is wanted."""
    rows = set(facts.rows)
    for name, values in need.only.items():
        having = facts.one(name)
        rows = {row for row in rows if str(having.get(row) or "") in values}
    return rows


def lacking(facts: Facts, need: Need) -> set[int]:
    """Those of them who lack it."""
    return asked_of(facts, need) - facts.having(".".join(need.path))


def quality(ask: Ask) -> Table:
    """Wanted fields with the share of customers who have them; then findings of check by code."""
    facts = ask.facts
    rows: list[tuple[Any, ...]] = []
    complete = set(facts.rows)
    for need in ask.outside.wanted:
        asked = asked_of(facts, need)
        without = lacking(facts, need)
        complete -= without
        there = len(asked) - len(without)
        label = Said(".".join(need.path), need.label)
        rows.append((FILLED, label, there, len(asked), share(there, len(asked))))
    rows.sort(key=lambda row: (row[4] is None, row[4] or 0.0))
    ids = {facts.id_of(row) for row in facts.rows}
    errors = warnings = 0
    for (severity, code), found in sorted(ask.outside.findings.items()):
        touched = found & ids
        if touched or not found:
            kind = Said(severity, _SEVERITY.get(severity, same(severity)))
            part = share(len(touched), len(facts))
            rows.append((kind, Said(code, same(code)), len(touched), len(facts), part))
            errors += severity == "error"
            warnings += severity == "warning"
    return Table(
        "quality",
        Text("Data quality", "数据质量"),
        (
            Column("kind", Text("Kind", "类别"), "code"),
            Column("what", Text("What", "项目"), "code"),
            Column("customers", Text("Customers", "客户数"), "count"),
            Column("of", Text("Of", "应有"), "count"),
            Column("share", Text("Share", "占比"), "share"),
        ),
        tuple(rows),
        {
            "customers": len(complete),
            "of": len(facts),
            "share": share(len(complete), len(facts)),
            "errors": errors,
            "warnings": warnings,
        },
        (
            Note(
                Text(
                    "The total is customers with every wanted field. Errors and warnings are the "
                    "customers that check names for each; see: textcrm check.",
                    "合计为必要字段齐全的客户。错误和警告为各检查项涉及的客户数，详见 textcrm check。",
                )
            ),
        ),
        Chart(("kind", "what"), "share"),
    )


_SEVERITY = {"error": Text("error", "错误"), "warning": Text("warning", "警告")}
