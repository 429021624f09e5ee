"""Findings on the law: personal data without ground, a notice that says what is no longer so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import TextcrmError
from textcrm.findings import Finding, Problem
from textcrm.text import Text
from textcrm.vault import lawful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault import Vault

UNFOUNDED = "unfounded"
"""The name under which a head of check brings what :func:`textcrm.vault.lawful.unfounded` says."""


def without_ground(head: dict[str, Any]) -> list[Finding]:
    """The finding of a record whose personal data has neither provenance nor basis (B17)."""
    place = head.get(UNFOUNDED)
    if not place:
        return []
    return [
        Finding(
            "no-provenance", "warning", (str(place),),
            Text(
                "personal data with neither provenance nor basis",
                "个人信息既没有来源也没有处理依据",
            ),
            Text(
                "textcrm set ID provenance/kind=self, or textcrm privacy consent ID --purpose P --channel C",
                "textcrm set 编号 provenance/kind=客户提供，或 textcrm privacy consent 编号 --purpose 用途 --channel 渠道",
            ),
        )
    ]  # fmt: skip


def notice_problems(vault: Vault) -> Iterator[Problem]:
    """A written notice that schema, settings or roles have left behind (L5); of ours only."""
    written = {path: vault.file(path) for path in lawful.NOTICE_FILES}
    marks = {
        path: found[1]
        for path, data in written.items()
        if data and (found := lawful.MARK.search(data[:500].decode("utf-8", "replace")))
    }
    if not marks:
        return
    try:
        now = lawful.facts(vault).fingerprint
    except TextcrmError:
        return  # the settings are wrong, which is said where they are used
    for path, mark in marks.items():
        if mark != now:
            finding = Finding(
                "notice-stale", "warning", (),
                Text(
                    "the notice no longer says what schema, periods and roles say",
                    "隐私说明与当前的用途、保存期限或权限不一致",
                ),
                Text(
                    "textcrm privacy notice -o {file}; a changed purpose has to be agreed to again",
                    "textcrm privacy notice -o {file}；用途变更的须重新征得同意",
                ),
                {"file": path},
            )  # fmt: skip
            yield Problem(path, 1, 1, None, finding)
