"""Rules across records: ids and uids that stand twice, files in the wrong folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.record import created_on
from textcrm.rules.base import error, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.findings import Finding


def check_vault(records: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[Finding]]:
    """Findings by file: of records given as (path, tree); only id and uid are looked at."""
    found: dict[str, list[Finding]] = {}
    by_id: dict[str, str] = {}
    by_uid: dict[str, str] = {}
    for path, tree in records:
        own, uid = tree.get("id"), tree.get("uid")
        if isinstance(own, str) and own:
            if own in by_id:
                found.setdefault(path, []).append(
                    error(
                        "id-twice",
                        ("id",),
                        "{id} is also the id of {other}",
                        "编号 {id} 与 {other} 重复",
                        Text("give one of them a new id", "请给其中一个换新编号"),
                        id=own,
                        other=by_id[own],
                    )
                )
            by_id.setdefault(own, path)
            wanted = f"customers/{own[1:5]}/{own[5:7]}/{own}.yaml"
            if created_on(own) and path != wanted:
                found.setdefault(path, []).append(
                    warning(
                        "wrong-folder",
                        ("id",),
                        "this file belongs at {wanted}",
                        "此文件应位于 {wanted}",
                        Text("git mv it there", "请用 git mv 移动"),
                        wanted=wanted,
                    )
                )
        if isinstance(uid, str) and uid:
            if uid in by_uid:
                found.setdefault(path, []).append(
                    error(
                        "uid-twice",
                        ("uid",),
                        "this file is a copy of {other}: the uid is the same",
                        "此文件是 {other} 的副本：uid 相同",
                        Text(
                            "delete the uid line of the copy, then: textcrm save",
                            "请删除副本的 uid 行，再运行 textcrm save",
                        ),
                        other=by_uid[uid],
                    )
                )
            by_uid.setdefault(uid, path)
    return found
