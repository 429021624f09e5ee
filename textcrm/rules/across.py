"""Rules across records: ids, uids, ciphertexts and telephones that are shared, wrong folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.record import created_on
from textcrm.rules.base import error, items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.findings import Finding
    from textcrm.rules.base import Path


SEALED: Final = "\0sealed"
"""The name under which a tree given to :func:`check_vault` brings ``sealing.sealed_prints``, as words."""
PHONES: Final = "\0phones"
"""The name under which it brings :func:`phones_of`."""
_SHARED: Final = 3  # customers with one number: two may be a couple or a group's two companies
_SHORTEST: Final = 7
_NAMED: Final = 3


def phones_of(raw: dict[str, Any]) -> list[tuple[Path, str]]:
    """Where the telephone numbers of a record stand, and the digits by which they are compared."""
    found: list[tuple[Path, str]] = []
    for place, contact in items(raw, "contacts"):
        for inner, phone in items(contact, "phones"):
            number = text_of(phone, "number")
            if "*" not in number and (digits := _digits(number)):
                found.append((("contacts", place, "phones", inner, "number"), digits))
    return found


def _digits(number: str) -> str:
    if number[:3] == "+86" and number[3:].isdigit():
        return number[3:]
    digits = "".join(filter(str.isdigit, number.partition(";")[0]))
    digits = digits.removeprefix("0086") if number[:1] != "+" else digits.removeprefix("86")
    return digits if len(digits) >= _SHORTEST else ""


def check_vault(records: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[Finding]]:
    """Findings by file: of records given as (path, tree).

    Only id, uid, telephone numbers and the fingerprints of ciphertexts are looked at, the latter
    two as lists of (place, word).
    """
    found: dict[str, list[Finding]] = {}
    by_id: dict[str, str] = {}
    by_uid: dict[str, str] = {}
    by_print: dict[str, tuple[str, Path]] = {}
    by_phone: dict[str, list[tuple[str, Path, str]]] = {}
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
            if path != wanted and created_on(own):
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
                found.setdefault(path, []).append(_copied(path, tuple(place), *by_print[mark]))
            by_print.setdefault(mark, (path, place))
        for place, digits in tree.get(PHONES, ()):
            by_phone.setdefault(digits, []).append((path, place, str(own or path)))
    for shared in by_phone.values():
        if len(shared) >= _SHARED:
            _of_number(shared, found)
    return found


def _of_number(shared: list[tuple[str, Path, str]], found: dict[str, list[Finding]]) -> None:
    """One number at three customers and more is a switchboard, or invented (B9)."""
    customers = list(dict.fromkeys(path for path, _, _ in shared))
    if len(customers) < _SHARED:
        return
    ids = {path: own for path, _, own in shared}
    told: set[str] = set()
    for path, place, _ in shared:
        if path not in told:
            told.add(path)
            others = [ids[other] for other in customers if other != path]
            found.setdefault(path, []).append(
                warning(
                    "phone-shared",
                    tuple(place),
                    "{count} customers have this number, also {others}",
                    "{count} 位客户使用同一号码，另有 {others}",
                    Text(
                        "verify it; if they are one customer, see: textcrm duplicates",
                        "请核实；如为同一客户，见 textcrm duplicates",
                    ),
                    count=len(customers),
                    others=others[:_NAMED] + (["…"] if len(others) > _NAMED else []),
                )
            )


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
