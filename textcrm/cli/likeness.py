"""Why two customers may be one, on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.cli.context import Context
    from textcrm.matching.likeness import Finding

LEVELS = {
    "certain": (Text("certain", "几乎确定"), "red"),
    "likely": (Text("likely", "很可能"), "yellow"),
    "possible": (Text("possible", "可能"), None),
}
_SHOWN = 4


def said(context: Context, finding: Finding) -> str:
    """One reason in words: ``same phone +8613912345679``."""
    from textcrm.matching.evidence import TABLE

    words = TABLE[finding.code].said
    if words is None:
        return finding.code
    data = {**finding.data, "field": field_name(context, str(finding.data.get("field", "")))}
    data["network"] = field_name(context, f"contacts.social.{finding.data.get('network', '')}")
    value = shown_value(context, finding)
    return words.say(context.language, **data) + (f" {value}" if value else "")


def shown_value(context: Context, finding: Finding) -> str:
    """The value that two customers share, masked where ``--mask`` wants that."""
    value = finding.data.get("value")
    if not isinstance(value, str) or finding.code in ("same-id-number", "same-bank-account"):
        return ""
    if not context.mask:
        return value
    from textcrm.normalize.masks import mask

    kinds = {"same-phone": "phone", "same-landline": "phone", "same-email": "email"}
    return mask(kinds.get(finding.code, "name"), value)


def field_name(context: Context, dotted: str) -> str:
    """A field by its label, by its last word where the schema knows none."""
    parts = tuple(part for part in dotted.split(".") if part)
    field = context.vault().schema.at(parts) if parts else None
    return field.label.say(context.language) if field is not None else (parts or ("",))[-1]


def reasons(context: Context, findings: Iterable[Finding]) -> str:
    """The reasons in one line, what says most first."""
    texts = list(dict.fromkeys(said(context, each) for each in findings))
    return ("、" if context.language == "zh" else ", ").join(texts[:_SHOWN])


def reason_json(context: Context, finding: Finding) -> dict[str, Any]:
    """One reason for programs: its code, its words, the value in common where it may be shown."""
    return {
        "code": finding.code,
        "text": said(context, finding),
        "value": shown_value(context, finding) or None,
    }


def level(context: Context, name: str) -> tuple[str, str | None]:
    """How sure it is, in a word, and its colour."""
    words, style = LEVELS.get(name, (Text("hardly", "不太可能"), "dim"))
    return words.say(context.language), style
