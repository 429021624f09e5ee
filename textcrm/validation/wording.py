"""What a finding says: the field, what was found, what is wanted, what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.text import Text, same

if TYPE_CHECKING:
    from textcrm.schema import Field

Path = tuple[str | int, ...]


def named(field: Field | None, path: Path) -> Text:
    if field is None:
        return same(str(path[-1]) if path else "")
    return Text(f"{field.label.en} ({field.name})", f"{field.label.zh}（{field.name}）")


def clipped(text: str, limit: int = 60) -> str:
    clean = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def shown(value: Any, field: Field | None) -> Text:
    """What was found; of a sealed field only what kind of thing it is."""
    if isinstance(value, dict):
        return Text("a group of fields", "一组字段")
    if isinstance(value, list):
        return Text("a list", "列表")
    if field is not None and field.seal:
        return Text("the value", "该值")
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return Text(f"“{clipped(text)}”", f"“{clipped(text)}”")


_TYPES = {
    "string": Text("a text", "一段文字"),
    "number": Text("a number", "数字"),
    "integer": Text("a whole number", "整数"),
    "boolean": Text("true or false", "true 或 false"),
    "array": Text("a list", "列表"),
    "object": Text("a group of fields", "一组字段"),
    "null": Text("empty", "空"),
}


def wanted(keyword: str, error: Any, field: Field | None, own: Any) -> Text:
    limit = error.validator_value
    if isinstance(own, str):
        zh, _, en = own.partition(" · ")
        return Text(en or zh, zh)
    if keyword == "enum":
        labels = (
            [one.label for one in field.enum]
            if field is not None and field.enum
            else [same(str(v)) for v in limit]
        )
        codes = (
            [one.code for one in field.enum]
            if field is not None and field.enum
            else [str(v) for v in limit]
        )
        return Text(
            "one of " + ", ".join(codes),
            " "
            + "、".join(
                code if label.zh == code else f"{code}（{label.zh}）"
                for code, label in zip(codes, labels, strict=True)
            )
            + " 之一",
        )
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else list(limit)
        plain = (
            [one for one in types if one != "object"]
            if field is not None and field.seal
            else types
        )
        known = [_TYPES.get(one, same(one)) for one in plain]
        return Text(" or ".join(one.en for one in known), "或".join(one.zh for one in known))
    said = {
        "pattern": Text("written otherwise (pattern {v})", "符合格式 {v}"),
        "minimum": Text("{v} or more", "不小于 {v}"),
        "maximum": Text("{v} or less", "不大于 {v}"),
        "exclusiveMinimum": Text("more than {v}", "大于 {v}"),
        "exclusiveMaximum": Text("less than {v}", "小于 {v}"),
        "minLength": Text("at least {v} characters", "至少 {v} 个字"),
        "maxLength": Text("at most {v} characters", "最多 {v} 个字"),
        "minItems": Text("at least {v} items", "至少 {v} 项"),
        "maxItems": Text("at most {v} items", "最多 {v} 项"),
        "uniqueItems": Text("without repetition", "不重复"),
        "const": Text("“{v}”", "“{v}”"),
        "multipleOf": Text("a multiple of {v}", "{v} 的倍数"),
        "additionalProperties": Text("without other fields", "不含其他字段"),
        "dependentRequired": Text(
            "with the fields that belong to it ({v})", "与相关字段同时填写（{v}）"
        ),
    }.get(keyword, Text("what the schema asks ({k}: {v})", "符合模式要求（{k}: {v}）"))
    data = {"v": clipped(str(limit), 80), "k": keyword}
    return Text(said.say("en", **data), said.say("zh", **data))


def near_value(value: str, field: Field) -> Text | None:
    known = field.enum_value(value)
    if known is None:
        import difflib

        words = {
            word.casefold(): one
            for one in field.enum
            for word in (one.code, one.label.zh, one.label.en, *one.aliases)
        }
        begun = {one.code: one for word, one in words.items() if word.startswith(value.casefold())}
        close = difflib.get_close_matches(value.casefold(), words, n=1, cutoff=0.5)
        if len(begun) == 1:
            (known,) = begun.values()
        elif close:
            known = words[close[0]]
    return (
        None
        if known is None
        else Text(f"{known.code} ({known.label.en})", f"{known.code}（{known.label.zh}）")
    )
