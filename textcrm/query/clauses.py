"""Clauses: ``field:value`` bound by the kind of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.query import lookups, nodes, values
from textcrm.query.doc import is_name, is_phone
from textcrm.query.fold import fold_word
from textcrm.query.mistakes import mistake, nearest, short
from textcrm.query.names import AHEAD, MAPPINGS, Target
from textcrm.query.terms import Term
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.query.bind import Binder
    from textcrm.query.grammar import Clause
    from textcrm.query.nodes import Bound, ValueTest
    from textcrm.schema import Field

WORDS: Final = {
    "has": "has",
    "有": "has",
    "no": "no",
    "无": "no",
    "没有": "no",
    "is": "is",
    "是": "is",
}
POOL: Final = ("pool", "公海")
NOBODY: Final = (*POOL, "none", "nobody", "无", "无人")
ME: Final = ("me", "我", "本人")
_DATES: Final = ("date", "moment")
_NUMBERS: Final = ("money", "number", "integer")
_COMPARING: Final = ("<", "<=", ">", ">=")
_NEVER: Final = ("never", "none", "从未", "从来没有", "无", "没有")
_OVERDUE: Final = ("overdue", "逾期", "已逾期", "过期", "已过期")
_DENYING: Final = "-－−!！"


def bind(binder: Binder, node: Clause, targets: tuple[Target, ...]) -> Bound:
    """Bind a clause to the places that its name means. Raises Misuse (query-syntax).

    Where a name means several places, those that cannot take the value are left out; the first
    one's mistake is told where none can.
    """
    bound: list[Bound] = []
    problem: Exception | None = None
    for target in targets:
        try:
            bound.append(_bind_one(binder, node, target))
        except _Unreadable as unreadable:
            problem = problem or unreadable.mistake
    if not bound:
        assert problem is not None  # noqa: S101 - there is one target at least
        raise problem
    return bound[0] if len(bound) == 1 else nodes.Some(tuple(bound))


class _Unreadable(Exception):
    def __init__(self, mistake: Exception) -> None:
        self.mistake = mistake


def _bind_one(binder: Binder, node: Clause, target: Target) -> Bound:
    if target.path == ("archived",) and (known := _archived(node, target)) is not None:
        return known
    if node.value == "*" and not node.quoted:
        return nodes.Filled((target,))
    if target.kind in MAPPINGS:
        return _mapping(binder, node, target)
    if target.kind in _DATES:
        return _date(binder, node, target)
    if target.kind in _NUMBERS:
        return nodes.Holds(target, _number(binder, node, target))
    if target.kind == "boolean":
        return _boolean(binder, node, target)
    if target.kind == "any" and node.operator in _COMPARING:
        return nodes.Holds(target, _open_comparison(binder, node))
    if node.operator in _COMPARING:
        raise _Unreadable(_no_order(binder, node, target))
    return _words(binder, node, target)


def _archived(node: Clause, target: Target) -> Bound | None:
    """``archived:any``, ``archived:yes``, ``archived:no``; anything else is its reason."""
    word = fold_word(node.value)
    if word in ("any", "all", "*", "全部", "不限"):
        return nodes.Anything()
    answer = values.boolean_test(node.value)
    if answer is None:
        return None
    filled = nodes.Filled((target,))
    return nodes.NoneOf(filled) if answer[1] else filled


def _mapping(binder: Binder, node: Clause, target: Target) -> Bound:
    if node.operator in _COMPARING or (not node.quoted and values.ends_of(node.value)):
        names = {child.name for child in target.field.fields} if target.field else set()
        if target.kind == "size":
            target = target._replace(path=(*target.path, "employees"))
            names = {"min", "max"}
        if names >= {"min", "max"}:
            return nodes.Span(target.path, node.operator, _number(binder, node, target))
        if node.operator:
            raise _Unreadable(_no_order(binder, node, target))
    below = nodes.Below(target.path, Term(node.value, phrase=node.quoted))
    coded = tuple(_coded(node, target)) if not node.quoted else ()
    return nodes.Some((below, *coded)) if coded else below


def _coded(node: Clause, target: Target) -> Iterator[Bound]:
    """The choices of a list that a value names: ``feedback:投诉``, ``contacts:决策人``."""
    for child in target.field.fields if target.field else ():
        if child.enum and (test := values.enum_test(child, node.value)) is not None:
            path = (*target.path, child.name)
            yield nodes.Holds(Target(".".join(path), child.label, child.kind, path, child), test)


def _number(binder: Binder, node: Clause, target: Target) -> ValueTest:
    days = target.derived == "days_silent"
    test = values.number_test(node.operator, node.value, days=days)
    if test is None:
        raise _Unreadable(
            _unreadable(
                binder,
                node,
                target,
                "bad-number",
                message=Text(
                    "“{value}” is not a number ({field})", "“{value}”不是数字（{field}）"
                ),
                hint=Text(
                    "write {name}:>=10000, {name}:5万 or {name}:1000..5000",
                    "请写成 {name}:>=10000、{name}:5万 或 {name}:1000..5000",
                ),
            )
        )
    return test


def _date(binder: Binder, node: Clause, target: Target) -> Bound:
    today = binder.setting.today
    last = target.derived or (target.path[-1] if target.path else "")
    if not node.operator and fold_word(node.value) in _NEVER:
        return nodes.NoneOf(nodes.Filled((target,)))
    operator, value = node.operator, node.value
    if not operator and last in AHEAD and fold_word(value) in _OVERDUE:
        operator, value = "<", "today"
    test = values.date_test(operator, value, today, ahead=last in AHEAD)
    if test is None:
        raise _Unreadable(
            _unreadable(
                binder,
                node,
                target,
                "bad-date",
                message=Text("“{value}” is not a date ({field})", "“{value}”不是日期（{field}）"),
                hint=Text(
                    "write {name}:2024-05, {name}:>=2024-05-01, {name}:>30d or {name}:2024-01..2024-06",
                    "请写成 {name}:2024-05、{name}:>=2024-05-01、{name}:>30d 或 {name}:2024-01..2024-06",
                ),
            )
        )
    if last == "last_contact" and values.looks_back(node.operator, node.value):
        return nodes.Silent(test)
    return nodes.Holds(target, test)


def _boolean(binder: Binder, node: Clause, target: Target) -> Bound:
    answer = values.boolean_test(node.value)
    if answer is None or node.operator in _COMPARING:
        raise _Unreadable(
            _unreadable(
                binder,
                node,
                target,
                "bad-boolean",
                message=Text(
                    "{field} is yes or no, not “{value}”",
                    "{field}只能是“是”或“否”，不能是“{value}”",
                ),
                hint=Text("write {name}:yes or {name}:no", "请写成 {name}:是 或 {name}:否"),
            )
        )
    return nodes.Holds(target, answer[0], unset=answer[1])


def _open_comparison(binder: Binder, node: Clause) -> ValueTest:
    """Compare at a key that the schema does not know: by number, else by date."""
    test = values.number_test(node.operator, node.value)
    if test is None:
        test = values.date_test(node.operator, node.value, binder.setting.today, ahead=False)
        if test is not None:
            return _read_day(test)
    if test is None:
        raise _Unreadable(
            mistake(
                binder.text,
                node.value_position,
                "bad-number",
                Text("“{value}” is neither a number nor a date", "“{value}”既不是数字也不是日期"),
                value=short(node.value),
            )
        )
    return test


def _read_day(test: ValueTest) -> ValueTest:
    import datetime as dt

    def passes(value: Any) -> bool:
        try:
            return test(dt.date.fromisoformat(value) if isinstance(value, str) else value)
        except ValueError:
            return False

    return passes


def _words(binder: Binder, node: Clause, target: Target) -> Bound:
    """Text, names, phones, codes, people, tags and enum values; commas give alternatives."""
    field = target.field
    choices = target.kind in ("enum", "person", "code", "list", "region") or bool(
        field and field.enum
    )
    parts = values.listed(node.value) if choices and not node.quoted else [node.value]
    if choices and not node.quoted and parts[0].strip()[:1] in tuple(_DENYING):
        raise _Unreadable(_denied(binder, node, target, parts[0].strip()))
    if target.path == ("owner",) and not node.quoted:
        nobody = [part for part in parts if fold_word(part) in NOBODY]
        if nobody:
            return _unowned(binder, node, target, [part for part in parts if part not in nobody])
    tests = [_test(binder, node, target, part) for part in parts]
    test = tests[0] if len(tests) == 1 else (lambda value: any(each(value) for each in tests))
    return nodes.Holds(target, test)


def _denied(binder: Binder, node: Clause, target: Target, part: str) -> Exception:
    """The mistake of ``status:-active``: what is left out is left out before the name."""
    value = part.lstrip(_DENYING + "=＝ ")
    return mistake(
        binder.text,
        node.value_position,
        "denied-value",
        Text("a value cannot be denied: {part}", "不能在值前写否定：{part}"),
        Text("to leave it out write -{name}:{value}", "要排除请写 -{name}:{value}"),
        field=target.label,
        name=short(node.name),
        part=short(part),
        value=short(value),
    )


def _unowned(binder: Binder, node: Clause, target: Target, parts: list[str]) -> Bound:
    """``owner:none``, ``跟进人:公海``: nobody's, or one of the others named."""
    pool = nodes.NoneOf(nodes.Filled((target,)))
    others = (nodes.Holds(target, _test(binder, node, target, part)) for part in parts)
    return nodes.Some((pool, *others)) if parts else pool


def _test(binder: Binder, node: Clause, target: Target, part: str) -> ValueTest:
    field = target.field
    exact = node.operator == "="
    if field is not None and field.enum:
        return _enum(binder, node, target, field, part)
    if target.kind == "person":
        return _person(binder, node, part, exact=exact)
    if target.kind == "region":
        return lookups.region_test(target.path[-1], part, quoted=node.quoted, exact=exact)
    if field is not None and is_phone(field) and not exact:
        return values.phone_test(part)
    if field is not None and field.name == "industry":
        return lookups.industry_test(part, quoted=node.quoted, exact=exact)
    if field is not None and field.kind == "list" and field.index == "keyword":
        return values.listed_test(part, quoted=node.quoted)
    name = target.derived == "main_contact" or bool(field and is_name(field))
    return values.text_test(part, quoted=node.quoted, exact=exact, name=name)


def _enum(binder: Binder, node: Clause, target: Target, field: Field, part: str) -> ValueTest:
    test = values.enum_test(field, part)
    if test is not None:
        return test
    words = [word for value in field.enum for word in (value.code, value.label.en, value.label.zh)]
    close = nearest(part, words)
    allowed = Text(
        ", ".join(f"{value.code} ({value.label.en})" for value in field.enum),
        "、".join(f"{value.label.zh}（{value.code}）" for value in field.enum),
    )
    hint = (
        Text(
            "did you mean {suggestion}? Allowed: {allowed}",
            "是不是“{suggestion}”？可用的值：{allowed}",
        )
        if close
        else Text("allowed: {allowed}", "可用的值：{allowed}")
    )
    raise _Unreadable(
        mistake(
            binder.text,
            node.value_position,
            "unknown-value",
            Text("{field} has no value “{value}”", "{field}没有“{value}”这个值"),
            hint,
            field=target.label,
            value=short(part),
            suggestion=close,
            allowed=allowed,
            values=[value.code for value in field.enum],
        )
    )


def _person(binder: Binder, node: Clause, part: str, *, exact: bool) -> ValueTest:
    """The test of a person by id or any part of the name; ``me`` is the one who asks."""
    people = binder.setting.people
    if fold_word(part) in ME and not node.quoted:
        return lookups.people_test(people, lookups.naming(people, _me(binder, node)))
    term = Term(part, phrase=node.quoted)
    return lookups.people_test(people, term.is_text if exact else term.in_name)


def _me(binder: Binder, node: Clause) -> str:
    if binder.setting.me:
        return binder.setting.me
    raise mistake(
        binder.text,
        node.value_position,
        "me-unknown",
        Text("it is not known who “{value}” is", "无法确定“{value}”是谁"),
        Text(
            "set your name in git (git config user.name) as it stands in access/access.yaml",
            "请在 git 中设置与 access/access.yaml 一致的姓名：git config user.name",
        ),
        value=node.value,
    )


def _no_order(binder: Binder, node: Clause, target: Target) -> Exception:
    return _unreadable(
        binder,
        node,
        target,
        "no-order",
        message=Text(
            "{field} is text: {operator} compares dates and numbers",
            "{field}是文字，{operator} 只能比较日期和数字",
        ),
        hint=Text("write {name}:{value}", "请写成 {name}:{value}"),
    )


def is_state(field: Field | None) -> bool:
    """Whether a field says that something is so: yes or no, or since when (``archived {on}``)."""
    if field is None:
        return False
    return field.kind == "boolean" or (
        field.kind == "mapping" and any(child.name == "on" for child in field.fields)
    )


def no_state(binder: Binder, node: Clause) -> Exception:
    """The mistake of ``is:`` with a field that is neither on nor off."""
    schema = binder.setting.schema
    states = [each.name for each in schema.fields if is_state(each)]
    return mistake(
        binder.text,
        node.value_position,
        "no-state",
        Text(
            "is:{value} says nothing: {value} is no yes or no",
            "is:{value} 没有意义：{value}不是“是/否”字段",
        ),
        Text("write has:{value}; is: takes {states}", "请写成 has:{value}；is: 可用于 {states}"),
        value=short(node.value),
        states=states,
    )


def _unreadable(
    binder: Binder, node: Clause, target: Target, problem: str, *, message: Text, hint: Text
) -> Exception:
    return mistake(
        binder.text,
        node.value_position,
        problem,
        message,
        hint,
        field=target.label,
        name=short(node.name),
        value=short(node.value),
        operator=node.operator,
    )
