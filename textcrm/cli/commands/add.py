"""textcrm add: a new customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.records.becoming import Wanted
    from textcrm.vault.alike import Similar

_SHOWN = 3


@command(
    "add",
    help=Text(
        "Add a customer. Values may be said in English or Chinese; what is understood is shown back.",
        "新增一位客户。字段名和取值中英文均可，程序会回显理解后的内容。",
    ),
    examples=[
        (
            Text("a company", "新增单位"),
            "textcrm add 杭州云杉科技有限公司 --set 状态=未合作 --set 标签=高意向、技术型",
        ),
        (
            Text("with its contact", "同时写联系人"),
            "textcrm add 'Blue River Ltd.' --set contacts/0/name='Jane Smith' --set email=jane@example.com",
        ),
        (Text("from a file", "从文件读取"), "textcrm add --from new-customer.yaml"),
        (
            Text("from a note", "从一段文字"),
            "echo '云帆科技 张经理 13812345678 要报价' | textcrm add --from -",
        ),
    ],
)
@argument("name", required=False, help=Text("the customer's name", "客户名称"))
@option(
    "--set",
    "sets",
    multiple=True,
    metavar="PATH=VALUE",
    help=Text("set a field; may be repeated", "设置一个字段，可重复使用"),
)
@option(
    "--from",
    "source",
    metavar="FILE|-",
    help=Text(
        "start from a YAML record or a note in free text; - is standard input",
        "以 YAML 记录或一段文字为基础，- 表示标准输入",
    ),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    name: str | None,
    sets: tuple[str, ...],
    source: str | None,
    reason: str | None,
) -> None:
    """Add a customer."""
    from textcrm.cli import becoming, granting, proposing
    from textcrm.errors import Invalid
    from textcrm.records import editing
    from textcrm.records.values import split_assignment

    vault = context.vault()
    start = proposing.tree_of(context, source)
    chosen = name if name is not None or start is None else start.tree.get("name")
    if chosen is None:
        chosen = context.ask(Text("Customer's name", "客户名称"), option="NAME")
    pairs = [context.value_of(split_assignment(one)) for one in sets]
    asked = _Asked(context)
    try:
        done = editing.add(vault, str(chosen), pairs, start=start, reason=reason, before=asked)
    except Invalid as error:
        raise error if start is None else start.placed(error) from None
    granting.warn_of_typed(context, vault, sets, done)
    report(
        context,
        done,
        Text("added {id} {name} ({commit})", "已新增 {id} {name}（{commit}）"),
        also={"name": chosen, "duplicates": asked.json()},
        name=chosen,
    )
    if asked.missing:
        becoming.warn(context, done.id, asked.missing, checked=asked.active)
    if not context.json and done.result.commit:
        context.hint(Text("look at it: textcrm show {id}", "查看：textcrm show {id}"), id=done.id)


class _Asked:
    """Says whom the new customer may be, before it is written: asks on a terminal (G1).

    Who pays from the first day on is asked for what goes with that (B15).
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.found: Sequence[Similar] = ()
        self.missing: Sequence[Wanted] = ()
        self.active = False

    def __call__(self, tree: dict[str, Any]) -> Sequence[tuple[str, str]]:
        from textcrm.cli import becoming

        self._warn_of_likely(tree)
        after = self._context.vault().schema.typed(tree)
        self.active = after.get("status") == "active"
        self.missing = becoming.missing(self._context, {}, after)
        if not (self.missing and self._context.interactive):
            return ()
        answers = becoming.asked(self._context, self.missing)
        self.missing = ()
        return answers

    def _warn_of_likely(self, tree: dict[str, Any]) -> None:
        from textcrm.vault.lookout import Lookout

        context = self._context
        self.found, closed = Lookout(context.vault()).before(tree)
        if closed:
            context.warn(
                Text(
                    "{count} sealed values ({labels}) were not compared: no key at hand opens them",
                    "有 {count} 个加密值（{labels}）未参与查重：没有可用的密钥",
                ),
                count=sum(closed.values()),
                labels=sorted(closed),
            )
        if not self.found:
            return
        self._say()
        if context.interactive and not context.confirm(
            Text("Add it all the same?", "仍然新增？"), default=False
        ):
            context.abort()

    def _say(self) -> None:
        from textcrm.cli.likeness import reasons
        from textcrm.cli.tables import mask_name

        context = self._context
        for one in self.found[:_SHOWN]:
            context.warn(
                Text(
                    "may be there already: {id} {name} ({why})", "可能已存在：{id} {name}（{why}）"
                ),
                id=one.id,
                name=mask_name(context, one.name),
                why=reasons(context, one.likeness.reasons),
            )
        if len(self.found) > _SHOWN:
            context.warn(Text("... and {n} more", "……另有 {n} 位"), n=len(self.found) - _SHOWN)

    def json(self) -> list[dict[str, Any]]:
        """Those who were found, for programs."""
        from textcrm.cli.tables import mask_name

        return [
            {
                "id": one.id,
                "name": mask_name(self._context, one.name),
                "score": one.likeness.score,
                "reasons": [each.code for each in one.likeness.reasons],
            }
            for one in self.found
        ]
