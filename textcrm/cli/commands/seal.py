"""textcrm seal: seal what was typed in plain into sealed fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "seal",
    help=Text(
        "Seal in place what stands in plain in sealed fields, typed by hand or from before the field "
        "was sealed (in all records, or those named). Nothing is committed: go on with git add, or "
        "textcrm save, which seals too. No private key is needed.",
        "把加密字段里的明文就地加密：手工写入的，或字段设为加密之前留下的（全部，或指定的客户）。"
        "不提交：接着 git add，或直接用 textcrm save（也会加密）。不需要私钥。",
    ),
    examples=[
        (Text("all that is plain", "全部明文"), "textcrm seal"),
        (Text("one customer", "某位客户"), "textcrm seal C20240501001"),
    ],
)
@argument("words", nargs=-1, metavar="[ID]", help=Text("customers", "客户"))
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
def run(context: Context, words: tuple[str, ...], grant: bool) -> None:
    """Seal plain values in place."""
    from textcrm.cli import granting
    from textcrm.records.resealing import seal_files

    vault = context.vault()
    granting.allow(context, vault, given=grant)
    with context.progress(Text("customers", "客户")) as progress:
        done = seal_files(vault, words, progress=progress)
    if context.json:
        context.emit([one._asdict() for one in done])
        return
    for one in done:
        context.say(
            Text("{file}: {values} values sealed", "{file}：已加密 {values} 个值"),
            file=one.path,
            values=one.values,
        )
    if any(one.committed for one in done):
        context.warn(
            Text(
                "history keeps what was committed in plain; if that matters, change the value itself, "
                "or take it out of history: textcrm privacy erase",
                "历史中仍保留此前以明文提交的内容；如有影响，请更换内容本身，"
                "或用 textcrm privacy erase 从历史中删除",
            )
        )
    if done:
        context.hint(
            Text("commit them: textcrm save, or git add", "提交：textcrm save，或 git add")
        )
    else:
        context.say(Text("nothing to seal", "没有需要加密的内容"))
