"""textcrm resolve: decide what two people changed in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.cli.opening import Opener
    from textcrm.history.questions import Question


@command(
    "resolve",
    help=Text(
        "Answer the questions that sync left: without options each is asked on a terminal, or "
        "listed. The record holds their value until you decide.",
        "处理 sync 留下的冲突：不带选项时在终端逐个询问（否则列出）。决定之前，记录中是对方的值。",
    ),
    examples=[
        (Text("one by one", "逐个处理"), "textcrm resolve"),
        (Text("mine for one field", "某字段用我的"), "textcrm resolve C20240501001 status --mine"),
        (
            Text("another value", "改用其他值"),
            "textcrm resolve C20240501001 status --value 合作中",
        ),
    ],
)
@argument("id", required=False, help=Text("the customer", "客户"))
@argument("path", required=False, help=Text("the field", "字段"))
@option("--mine", is_flag=True, help=Text("my value", "用我的"))
@option("--theirs", is_flag=True, help=Text("their value, which stands now", "用对方的（现值）"))
@option(
    "--both", is_flag=True, help=Text("both, in a list or a text", "两者都保留（列表、多行文字）")
)
@option("--value", metavar="V", help=Text("another value", "其他值"))
@option(
    "--reveal",
    is_flag=True,
    help=Text("sealed values in clear, with your key", "用您的密钥显示加密内容"),
)
@option("--purpose", metavar="WHY", help=Text("why it is revealed", "查看明文的目的"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context, id: str | None, path: str | None, reason: str | None, **given: Any
) -> None:
    """Resolve questions."""
    from textcrm.cli.opening import Opener
    from textcrm.history import resolve

    found = resolve.find(context.vault(), id, path)
    opener = Opener(context, reveal=bool(given["reveal"]))
    chosen = [name for name in ("mine", "theirs", "both") if given[name]]
    if given["value"] is not None:
        chosen.append("value")
    if len(chosen) > 1:
        raise Misuse(
            "options-clash",
            Text("only one of {options} can be", "{options} 只能选一个"),
            options=[f"--{name}" for name in chosen],
        )
    if chosen:
        _answer(context, id, found, chosen[0], given["value"], reason)
    elif not context.interactive:
        _list(context, [_opened(opener, one) for one in found])
    else:
        for one in found:
            _ask(context, one, _opened(opener, one), reason)
    opener.close("resolve --reveal", given["purpose"])


def _opened(opener: Opener, one: Question) -> Question:
    """The question with its values as the reader's key opens them, for showing only."""
    if one.whole or not opener.reveal:
        return one
    uid = opener.uid_of(one.id)
    base, mine, theirs = (
        opener.value(uid, one.id, one.path, value) for value in (one.base, one.mine, one.theirs)
    )
    return one._replace(base=base, mine=mine, theirs=theirs)


def _list(context: Context, found: list[Question]) -> None:
    from textcrm.cli.questions import choices, command_line, question_json, show
    from textcrm.history.resolve import is_signed

    if context.json:
        context.emit([question_json(context, one) for one in found])
        return
    if not found:
        context.say(Text("no open questions", "没有待解决的冲突"))
    for one in found:
        show(context, one)
        if is_signed(context.vault(), one):
            context.hint(
                Text(
                    "textcrm resolve {id} --theirs, then do yours again: textcrm member ...",
                    "textcrm resolve {id} --theirs，再重做您的改动：textcrm member ...",
                ),
                id=one.id,
            )
            continue
        context.hint(
            Text(
                "{command} (or {choices})",
                "{command}（或 {choices}）",
            ),
            command=command_line(one),
            choices=choices(one),
        )


def _answer(
    context: Context,
    word: str | None,
    found: list[Question],
    choice: str,
    value: str | None,
    reason: str | None,
) -> None:
    from textcrm.history import resolve
    from textcrm.paths import spell

    if word is None or (choice == "value" and len(found) != 1):
        raise Misuse(
            "which-question",
            Text(
                "say which of the {count} questions is meant", "请指明是 {count} 个冲突中的哪一个"
            ),
            hint=Text(
                "textcrm resolve ID PATH --{choice}", "textcrm resolve 编号 字段 --{choice}"
            ),
            count=len(found),
            choice=choice,
            paths=[f"{one.id} {spell(one.path)}" for one in found],
        )
    # Whole files first: what is about their fields may be decided by that.
    commits = [
        _settled(context, one, choice, value, reason)
        for one in sorted(found, key=lambda one: not one.whole)
        if len(found) == 1 or resolve.is_open(context.vault(), one)
    ]
    if context.json:
        context.emit(
            {
                "id": found[0].id,
                "commit": next((one for one in reversed(commits) if one), None),
                "changed": ["/" + spell(one.path) for one in found],
            }
        )


def _settled(
    context: Context, one: Question, choice: str, value: str | None, reason: str | None
) -> str | None:
    from textcrm.history import in_file, resolve

    vault = context.vault()
    if choice == "value":
        from textcrm.records import editing, values

        if one.whole:
            raise Misuse(
                "not-a-value",
                Text("the question is about the whole file", "该冲突涉及整个文件"),
                hint=Text("choose --mine or --theirs", "请选择 --mine 或 --theirs"),
            )
        pair = context.value_of(("/".join(map(str, one.path)), value or ""))
        if one.in_file:
            given = values.assigned(vault, vault.load(one.file).raw, *pair)
            result = resolve.answer(vault, one, given.value, reason=reason)
            commit = result.commit if result else None
        else:
            commit = editing.change(
                vault, one.id, [pair], op="resolve", reason=reason
            ).result.commit
            resolve.settle(vault, [one])
    else:
        result = resolve.resolve(vault, one, choice, reason=reason)  # type: ignore[arg-type]
        commit = result.commit if result else None
    context.say(
        Text("{what}: decided", "{what}：已决定"),
        what=" ".join(part for part in (one.id or one.file, "/".join(map(str, one.path))) if part),
    )
    if one.in_file and commit is None and (further := in_file.next_command(vault, one)):
        context.hint(Text("go on: {command}", "继续：{command}"), command=further)
    return commit


def _ask(context: Context, one: Question, shown: Question, reason: str | None) -> None:
    from textcrm.cli.questions import show
    from textcrm.history import resolve

    show(context, shown)
    options = {
        "mine": Text("mine", "用我的"),
        "theirs": Text("theirs", "用对方的")
        if one.in_file
        else Text("theirs (as it is)", "用对方的（不变）"),
    }
    if resolve.is_signed(context.vault(), one):
        del options["mine"]
    if resolve.can_be_both(one):
        options["both"] = Text("both", "两者都保留")
    if not one.whole:
        options["value"] = Text("another value", "输入其他值")
    options["later"] = Text("decide later", "以后再说")
    choice = context.choose(
        Text("Which is right?", "以哪个为准？"), options, option="--mine", default="later"
    )
    if choice == "later":
        return
    value = context.ask(Text("Value", "值"), option="--value") if choice == "value" else None
    _settled(context, one, choice, value, reason)
