"""Rules across records: ids, uids and ciphertexts that stand twice, files in the wrong folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.record import created_on
from textcrm.rules.base import error, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.findings import Finding
    from textcrm.rules.base import Path


SEALED: Final = "\0sealed"
"""The name under which a tree given to :func:`check_vault` brings ``sealing.sealed_prints``."""


def check_vault(records: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[Finding]]:
    """Findings by file: of records given as (path, tree).

    Only id, uid and the fingerprints of ciphertexts are looked at.
    """
    found: dict[str, list[Finding]] = {}
    by_id: dict[str, str] = {}
    by_uid: dict[str, str] = {}
    by_print: dict[bytes, tuple[str, Path]] = {}
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
        for place, mark in tree.get(SEALED, ()):
            if mark in by_print:
                found.setdefault(path, []).append(_copied(path, place, *by_print[mark]))
            by_print.setdefault(mark, (path, place))
    return found


def _copied(path: str, place: Path, other_file: str, other: Path) -> Finding:
    """A sealed value is bound to its place: the same ciphertext twice was copied by hand."""
    where = "/" + "/".join(map(str, other))
    return error(
        "duplicate-ciphertext",
        place,
        "this sealed value is a copy of the one at {other}",
        "此加密值与 {other} 的相同，是复制来的",
        Text(
            "it opens in one place only: type the value anew in the other",
            "加密值只在原处有效，请在另一处重新填写",
        ),
        other=where if other_file == path else f"{other_file} {where}",
    )
