"""A record as git's diff shows it: a sealed value on one line, its ciphertext as a short mark.

Two versions of a value differ in their marks, so that everybody sees that it changed and nobody
what it was. Where a reader asks, what their keys open stands there in plain; the text goes to
git's pipe and is kept nowhere (``diff.textcrm.cachetextconv`` is off).
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from textcrm import ciphertext, yamlfile
from textcrm.errors import TextcrmError
from textcrm.rules.sealing import sealed_places
from textcrm.text import Text
from textcrm.vault import revealing

if TYPE_CHECKING:
    from textcrm.record import Record
    from textcrm.text import Language
    from textcrm.vault import Vault

# "last": the line also stands beside changes to others, where this value did not change.
_SEALED = Text(
    "🔒 {labels}, last changed (sealed): {mark}", "🔒 {labels}，上次变更（加密）：{mark}"
)
_PLAIN = Text("plain text, not sealed yet: textcrm seal", "明文，尚未加密：textcrm seal")


def readable(
    vault: Vault, record: Record, language: Language, *, reveal: bool
) -> tuple[str, bool]:
    """The record's text for a diff, and whether anything in it was opened.

    With ``reveal`` what the keys at hand open is in plain. Never fails for a single value: one that
    is damaged, misplaced or locked stays a mark.
    """
    text, opened = record.text, False
    for path, field, node in sealed_places(record.raw, vault.schema):
        if ciphertext.looks_sealed(node):
            value, is_open = _sealed(vault, record, path, node, language, reveal=reveal)
            opened = opened or is_open
        elif field is None or reveal:
            continue
        else:
            value = _PLAIN.say(language)
        text = yamlfile.set_value(text, path, value)
    return text, opened


def _sealed(
    vault: Vault, record: Record, path: Any, node: Any, language: Language, *, reveal: bool
) -> tuple[Any, bool]:
    if reveal:
        try:
            return _carried(revealing.open_at(vault, record, path, node)), True
        except TextcrmError:
            pass
    try:
        sealed = ciphertext.read(node)
        labels, data = "+".join(sealed.labels), sealed.data
    except ciphertext.Malformed:
        labels, data = "?", repr(node).encode("utf-8", "surrogatepass")
    mark = sha256(data).hexdigest()[:8]
    return _SEALED.say(language, labels=labels, mark=mark), False


def _carried(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
