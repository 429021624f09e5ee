"""Rules across records (C4): one name for a registration number, one way to write a tag or product.

Products, sources and tags that differ from another only by case, width or traditional form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.normalize.identifiers import code_key
from textcrm.query.fold import fold_word
from textcrm.rules.base import items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import Path

WORDS: Final = "\0words"
"""The name under which a tree given to :func:`check_spellings` brings :func:`words_of`."""
_LABELS: Final = {
    "tag": Text("tag", "标签"),
    "product": Text("product", "产品"),
    "source": Text("source", "来源"),
}
_SHORTEST: Final = 5


def words_of(raw: dict[str, Any]) -> list[str]:
    """What is compared of a record: ``tag:高意向``, ``product:...``, ``source:...``, ``code:...``."""
    found = dict.fromkeys(f"{kind}:{text}" for kind, _, text in _places(raw))
    code = code_key(text_of(raw, "registration_number"))
    if len(code) >= _SHORTEST and "*" not in code:
        found[f"code:{code}"] = None
    return list(found)


def check_spellings(records: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[Finding]]:
    """Findings by file, of records given as (path, tree) with ``id``, ``name`` and :data:`WORDS`.

    Where a thing is written in several ways the most frequent counts as right. A finding's path is
    that of the first place where the record writes it so; :func:`place_of` finds it.
    """
    users: dict[str, list[str]] = {}
    coded: dict[str, list[tuple[str, str, str]]] = {}
    for path, tree in records:
        for word in tree.get(WORDS, ()):
            if word.startswith("code:"):
                own = (path, str(tree.get("id") or path), str(tree.get("name") or ""))
                coded.setdefault(word, []).append(own)
            elif word in users:
                users[word].append(path)
            else:
                users[word] = [path]
    spellings: dict[tuple[str, str], dict[str, int]] = {}
    for word, paths in users.items():
        kind, _, text = word.partition(":")
        key = kind, "".join(fold_word(text).split())
        spellings.setdefault(key, {})[text] = len(paths)
    found: dict[str, list[Finding]] = {}
    for (kind, _), counts in spellings.items():
        if len(counts) > 1:
            _of_word(kind, counts, users, found)
    for owners in coded.values():
        if len(owners) > 1 and len({fold_word(name) for _, _, name in owners}) > 1:
            _of_code(owners, found)
    return found


def place_of(raw: dict[str, Any], finding: Finding) -> Path:
    """Where a record writes what a finding is about."""
    if finding.code == "registration-two-names":
        return ("registration_number",)
    for kind, path, text in _places(raw):
        if kind == finding.data["kind"] and text == finding.data["text"]:
            return path
    return ()


def _places(raw: dict[str, Any]) -> Iterator[tuple[str, Path, str]]:
    """The words of a record with their places."""
    for name, kind in (("tags", "tag"), ("products", "product")):
        value = raw.get(name)
        for place, one in enumerate(value if isinstance(value, list) else ()):
            if isinstance(one, str) and one.strip():
                yield kind, (name, place), one
    if text_of(raw, "source").strip():
        yield "source", ("source",), text_of(raw, "source")
    for place, item in items(raw, "purchases"):
        if text_of(item, "product").strip():
            yield "product", ("purchases", place, "product"), text_of(item, "product")


def _of_word(
    kind: str,
    counts: dict[str, int],
    users: dict[str, list[str]],
    found: dict[str, list[Finding]],
) -> None:
    usual = min(counts, key=lambda text: (-counts[text], text))
    for text in counts:
        if text == usual:
            continue
        for path in users[f"{kind}:{text}"]:
            found.setdefault(path, []).append(
                warning(
                    "spelling-differs",
                    (),
                    "the {what} “{text}” is written “{usual}” elsewhere",
                    "{what}“{text}”在别处写作“{usual}”",
                    Text(
                        "write it alike everywhere: textcrm tag rename '{text}' '{usual}'",
                        "请统一写法：textcrm tag rename '{text}' '{usual}'",
                    )
                    if kind == "tag"
                    else Text("write it alike everywhere", "请统一写法"),
                    what=_LABELS[kind],
                    kind=kind,
                    text=text,
                    usual=usual,
                )
            )


def _of_code(owners: list[tuple[str, str, str]], found: dict[str, list[Finding]]) -> None:
    for path, _, name in owners:
        other = next(each for each in owners if fold_word(each[2]) != fold_word(name))
        found.setdefault(path, []).append(
            warning(
                "registration-two-names",
                ("registration_number",),
                "{other} has this number under another name: {name}",
                "{other} 使用同一信用代码，名称却是“{name}”",
                Text(
                    "one customer has one name: textcrm merge {id} {other}, or mend the number",
                    "同一客户应使用同一名称：textcrm merge {id} {other}，或更正信用代码",
                ),
                id=next(own for each, own, _ in owners if each == path),
                other=other[1],
                name=other[2],
            )
        )
