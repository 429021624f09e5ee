"""textcrm migrate: a vault comes forward to this release; values follow a field that was renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import warnings
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.quality.migrate import Move


@command(
    "migrate",
    help=Text(
        "Bring an older vault forward to this release: format, schema, settings and files, in one "
        "commit, shown before it is asked. What the vault changed in its schema stays; where the "
        "default changed the same, it asks (--prefer). With OLD and NEW it moves values from one "
        "field to another in all customers instead, after the schema renamed, moved or dropped a "
        "field. A customer who has another value there already is left alone and named. Nothing "
        "is lost without it: old keys stay in the files.",
        "把旧版本的客户库升级到当前版本：格式、字段定义、设置和文件，一次提交，先显示再确认。"
        "客户库自己改过的字段定义会保留；与新的默认定义改到同一处时会询问（--prefer）。"
        "写出“旧字段 新字段”时，则在字段改名、移动或删除后把所有客户的值移到新字段。"
        "新字段已有不同内容的客户会列出并保持不变。不迁移也不会丢失：旧字段仍留在文件中。",
    ),
    examples=[
        (Text("what an upgrade would change", "查看升级会改什么"), "textcrm migrate --dry-run"),
        (
            Text("upgrade, keeping what is ours", "升级，保留自己的改动"),
            "textcrm migrate --yes --prefer vault",
        ),
        (Text("look first", "先预览"), "textcrm migrate --dry-run 会员卡 member_number"),
        (Text("move them", "迁移"), "textcrm migrate mobile contacts/0/phones/0/number"),
        (Text("keep what was dropped", "保留被删除的字段"), "textcrm migrate fax custom/fax"),
    ],
)
@argument(
    "source",
    required=False,
    metavar="OLD",
    help=Text("the old key or path, as in the files", "旧字段，按文件中的写法"),
)
@argument("target", required=False, metavar="NEW", help=Text("the field it goes to", "新字段"))
@option(
    "--prefer",
    metavar="SIDE",
    help=Text(
        "vault or default: which side wins where both changed the schema",
        "vault 或 default：字段定义两边都改过时以哪边为准",
    ),
)
@option("--yes", is_flag=True, help=Text("do not ask", "不再询问"))
@option("--dry-run", is_flag=True, help=Text("only show what would move", "只预览，不写入"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    source: str | None,
    target: str | None,
    prefer: str | None,
    yes: bool,
    dry_run: bool,
    reason: str | None,
) -> None:
    """Bring the vault forward, or move values."""
    if source is None:
        from textcrm.cli.forward import run_forward

        run_forward(context, prefer=prefer, dry_run=dry_run, yes=yes, reason=reason)
        return
    if target is None:
        raise Misuse(
            "no-target",
            Text("say which field “{field}” goes to", "请写出“{field}”要移到的新字段"),
            hint=Text(
                "textcrm migrate OLD NEW; to upgrade the vault: textcrm migrate",
                "用法：textcrm migrate 旧字段 新字段；升级客户库：textcrm migrate",
            ),
            field=source,
        )
    _move(context, source, target, dry_run=dry_run, reason=reason)


def _move(
    context: Context, source: str, target: str, *, dry_run: bool, reason: str | None
) -> None:
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
