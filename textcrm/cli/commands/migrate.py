"""textcrm migrate: values follow a field that was renamed or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import warnings
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.migrate import Move


@command(
    "migrate",
    help=Text(
        "Move values from one field to another in all customers, in one commit, after the schema "
        "renamed, moved or dropped a field. A customer who has another value there already is left "
        "alone and named. Nothing is lost without it: old keys stay in the files.",
        "模式改名、移动或删除字段后，把所有客户的值从旧字段移到新字段，一次提交。"
        "新字段已有不同内容的客户会列出并保持不变。不迁移也不会丢失：旧字段仍留在文件中。",
    ),
    examples=[
        (Text("look first", "先预览"), "textcrm migrate --dry-run 会员卡 member_number"),
        (Text("move them", "迁移"), "textcrm migrate mobile contacts/0/phones/0/number"),
        (Text("keep what was dropped", "保留被删除的字段"), "textcrm migrate fax custom/fax"),
    ],
)
@argument(
    "source",
    metavar="OLD",
    help=Text("the old key or path, as in the files", "旧字段，按文件中的写法"),
)
@argument("target", metavar="NEW", help=Text("the field it goes to", "新字段"))
@option("--dry-run", is_flag=True, help=Text("only show what would move", "只预览，不写入"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, source: str, target: str, dry_run: bool, reason: str | None) -> None:
    """Move values."""
    from textcrm.quality.migrate import migrate, plan

    vault = context.vault()
    moves = plan(vault, source, target)
    free = [move for move in moves if not move.blocked]
    blocked = [move for move in moves if move.blocked]
    result = None if dry_run or not free else migrate(vault, moves, reason=reason)
    if context.json:
        context.emit(
            {
                "commit": result.commit if result else None,
                "moved": [_json(move) for move in free],
                "blocked": [_json(move) for move in blocked],
            }
        )
    else:
        _print(context, free, blocked, dry_run=dry_run)
        if result is not None:
            warnings(context, result)
    if not moves:
        context.exit(1)


def _json(move: Move) -> dict[str, object]:
    return {
        "id": move.id,
        "from": "/" + "/".join(map(str, move.source)),
        "to": "/" + "/".join(map(str, move.target)),
    }


def _print(context: Context, free: list[Move], blocked: list[Move], *, dry_run: bool) -> None:
    for move in free[:5]:
        where = f"{'/'.join(map(str, move.source))} → {'/'.join(map(str, move.target))}"
        context.out.line(f"{move.id}  {move.name}  {where}")
    for move in blocked:
        context.warn(
            Text(
                "{id} {name} has another value there; left alone",
                "{id} {name} 的新字段已有其他内容，保持不变",
            ),
            id=move.id,
            name=move.name,
        )
    sentence = (
        Text("{count} customers would change", "将修改 {count} 位客户")
        if dry_run
        else Text("{count} customers changed", "已修改 {count} 位客户")
    )
    context.say(sentence, count=len(free))
