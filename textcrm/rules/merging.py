"""Questions that a merge left in a record: nothing is right before they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.changes import UNRESOLVED
from textcrm.rules.base import error
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import RuleContext, RuleView


def unresolved(view: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A merge found values that both sides changed and left them here (DESIGN section 4)."""
    del context
    listed = view.raw.get(UNRESOLVED)
    if listed is None:
        return
    entries = listed if isinstance(listed, list) else []
    paths = [str(one.get("path")) for one in entries if isinstance(one, dict)]
    yield error(
        "merge-unresolved",
        (UNRESOLVED,),
        "a merge left open what both sides changed: {paths}",
        "合并时双方都改过，尚未决定：{paths}",
        Text("decide: textcrm resolve {id}", "请决定：textcrm resolve {id}"),
        paths=paths,
        id=str(view.raw.get("id")),
    )
