"""fix --ask: walk customers through the fields they lack, one question a field, one commit a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.missing import Missing
    from textcrm.record import Record
    from textcrm.schema import Field

_END = "."


def walk(context: Context, words: tuple[str, ...], names: str | None, reason: str | None) -> None:
    """Ask for what is missing; for programs, and off a terminal, tell what it is."""
    from textcrm.quality.fix import chosen
    from textcrm.quality.missing import missing, wanted_fields

    vault = context.vault()
    only = _named(context, names)
    wanted = [one for one in wanted_fields(vault.schema) if not only or one.field in only]
    if only:
        from textcrm.quality.missing import Wanted

        known = {one.field for one in wanted}
        wanted += [Wanted(field, {}) for field in only if field not in known]
    lacking: list[tuple[Record, list[Missing]]] = []
    paths = chosen(vault, words)
    if words and not paths:
        from textcrm.cli.findings import nobody

        nobody(context, words)
    for path in paths:
        try:
            record = vault.load(path)
        except TextcrmError:
            continue  # check tells of it
        if "archived" not in record.raw and (found := missing(record.raw, wanted)):
            lacking.append((record, found))
    if context.json:
        context.emit([_json(context, record, found) for record, found in lacking])
    elif not lacking:
        context.say(Text("nothing is missing", "没有缺少的信息"))
    elif not context.interactive:
        _list(context, lacking)
    else:
        _ask_all(context, lacking, reason)


def _named(context: Context, names: str | None) -> list[Field]:
    """The fields that --field names, in English or Chinese."""
    from textcrm import paths

    if not names:
        return []
    schema = context.vault().schema
    found = []
    for word in names.replace("，", ",").replace("、", ",").split(","):
        field = paths.find(word.strip(), {}, schema).field if word.strip() else None
        if field is not None:
            found.append(schema.at(field.path) or field)
    return found


def _json(context: Context, record: Record, found: list[Missing]) -> dict[str, Any]:
    from textcrm.paths import spell

    return {
        "id": record.id,
        "name": record.name,
        "missing": [
            {"path": "/" + spell(one.path), "label": _label(one.field).say(context.language)}
            for one in found
        ],
    }


def _list(context: Context, lacking: list[tuple[Record, list[Missing]]]) -> None:
    for record, found in lacking:
        labels = Text("{labels}", "{labels}").say(
            context.language, labels=[_label(one.field) for one in found]
        )
        context.out.line(f"{record.id}  {record.name}  {labels}")
    raise Misuse(
        "input-needed",
        Text(
            "{count} customers lack something, and nobody can be asked here",
            "{count} 位客户缺少信息，此处无法询问",
        ),
        hint=Text(
            "run it on a terminal, or: textcrm set ID FIELD=VALUE",
            "请在终端中运行，或用 textcrm set 编号 字段=值",
        ),
        count=len(lacking),
    )


def _label(field: Field) -> Text:
    """A field as people call it; one inside a list with the list's name before it."""
    if field.within is None:
        return field.label
    above = _label(field.within)
    return Text(f"{above.en}, {field.label.en}", f"{above.zh}的{field.label.zh}")


def _ask_all(
    context: Context, lacking: list[tuple[Record, list[Missing]]], reason: str | None
) -> None:
    count = sum(len(found) for _, found in lacking)
    context.say(
        Text(
            "{customers} customers lack {count} fields. Enter skips a field, “.” ends.",
            "{customers} 位客户缺少 {count} 项信息。直接回车跳过，输入“.”结束。",
        ),
        customers=len(lacking),
        count=count,
    )
    filled = 0
    for place, (record, found) in enumerate(lacking, 1):
        context.out.line()
        context.out.line(f"{place}/{len(lacking)}  {record.id}  {record.name}", style="bold")
        answers, ended = _answers(context, found)
        if answers:
            filled += _written(context, record, answers, reason)
        if ended:
            break
    context.say(Text("{count} fields filled in", "已补全 {count} 项"), count=filled)


def _answers(context: Context, found: list[Missing]) -> tuple[list[tuple[str, str]], bool]:
    """What somebody types for the fields of one customer, and whether they want to end."""
    from textcrm.paths import spell

    answers: list[tuple[str, str]] = []
    for one in found:
        label = _label(one.field)
        question = Text(
            f"  {label.en}{_choices(one.field).en}", f"  {label.zh}{_choices(one.field).zh}"
        )
        typed = context.ask(question, option="--field", default="").strip()
        if typed == _END:
            return answers, True
        if typed:
            answers.append((spell(one.path), typed))
    return answers, False


def _choices(field: Field) -> Text:
    values = field.element.enum
    if not values:
        return Text("", "")
    return Text(
        f" ({', '.join(value.label.en for value in values)})",
        f"（{'、'.join(value.label.zh for value in values)}）",
    )


def _written(
    context: Context, record: Record, answers: list[tuple[str, str]], reason: str | None
) -> int:
    """Write one customer's answers as one commit; what will not do is said, the rest is kept."""
    from textcrm.records import editing

    try:
        editing.change(context.vault(), record.id, answers, op="fix", reason=reason)
    except TextcrmError as error:
        if len(answers) == 1:
            context.show_error(error)
            return 0
        return sum(_written(context, record, [answer], reason) for answer in answers)
    return len(answers)
