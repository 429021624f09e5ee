"""textcrm view: saved queries, shared by everybody who uses the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.completing import field_names, query_words
from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.config import View
    from textcrm.vault import Result

ACTIONS = ("list", "save", "show", "rm")


@command(
    "view",
    dash_words=True,
    help=Text(
        "Saved queries with a name, shared in textcrm.yaml and usable wherever a query is: "
        "“view save NAME QUERY”, “view list”, “view show NAME”, “view rm NAME”.",
        "把常用查询存成视图，写入 textcrm.yaml 与同事共享，凡是写查询的地方都可用 @名称："
        "“view save 名称 查询”、“view list”、“view show 名称”、“view rm 名称”。",
    ),
    examples=[
        (
            Text("prospects nobody has talked to for 30 days", "30 天未跟进的潜在客户"),
            "textcrm view save 久未联系 'type:prospect last_contact:>30d'",
        ),
        (
            Text("use it, with more conditions", "使用视图，可再加条件"),
            "textcrm search @久未联系 城市:杭州",
        ),
        (
            Text("with columns and an order of its own", "连同列和排序一起保存"),
            "textcrm view save 大客户 'total_spent:>=5万' --columns name,phone --sort -total_spent",
        ),
    ],
)
@argument(
    "action",
    required=False,
    help=Text("list, save, show or rm", "list 列出、save 保存、show 查看、rm 删除"),
)
@argument(
    "words",
    shell_complete=query_words,
    nargs=-1,
    metavar="NAME QUERY",
    help=Text("the name, and the query", "名称和查询语句"),
)
@option(
    "--columns",
    shell_complete=field_names,
    metavar="A,B",
    help=Text("columns of its table", "列表显示的列"),
)
@option(
    "--sort",
    shell_complete=field_names,
    multiple=True,
    metavar="FIELD",
    help=Text("order of its table; -FIELD turns it round", "列表的排序，-字段 为倒序"),
)
@option("--replace", is_flag=True, help=Text("in place of the view of that name", "覆盖同名视图"))
@option("--count", is_flag=True, help=Text("count the customers of each", "统计每个视图的客户数"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    action: str | None,
    words: tuple[str, ...],
    columns: str | None,
    sort: tuple[str, ...],
    replace: bool,
    count: bool,
    reason: str | None,
) -> None:
    """Save, list, show and remove views."""
    if action in (None, "list") and not words:
        _list(context, count=count)
    elif action == "save" and words:
        _save(context, words, columns, sort, replace=replace, reason=reason)
    elif action == "show" and len(words) == 1:
        _show(context, words[0])
    elif action == "rm" and len(words) == 1:
        _remove(context, words[0], reason)
    elif action is not None and not words and action.startswith(("@", "＠")):
        _show(context, action)
    else:
        raise _unclear(action, words)


def _unclear(action: str | None, words: tuple[str, ...]) -> Misuse:
    if action not in ACTIONS:
        return Misuse(
            "unknown-action",
            Text("textcrm view has no action “{action}”", "view 没有“{action}”这个操作"),
            hint=Text(
                "there are: view list, view save NAME QUERY, view show NAME, view rm NAME",
                "可用：view list、view save 名称 查询、view show 名称、view rm 名称",
            ),
            action=action,
        )
    return Misuse(
        "view-words",
        Text("too many words: {words}", "多余的内容：{words}")
        if words
        else Text("the name of the view is missing", "缺少视图名称"),
        hint=Text("see: textcrm view --help", "见 textcrm view --help"),
        words=" ".join(words),
    )


def _save(
    context: Context,
    words: tuple[str, ...],
    columns: str | None,
    sort: tuple[str, ...],
    *,
    replace: bool,
    reason: str | None,
) -> None:
    from textcrm.cli.opened import say_sealed
    from textcrm.cli.tables import listed
    from textcrm.config import View
    from textcrm.vault import views

    query = " ".join(words[1:]).strip()
    if not query:
        raise Misuse(
            "view-without-query",
            Text("say what “{view}” is to find", "没有写出“{view}”的查询内容"),
            hint=Text(
                "for example: textcrm view save {view} 'type:prospect last_contact:>30d'",
                "例如：textcrm view save {view} 'type:prospect last_contact:>30d'",
            ),
            view=words[0],
        )
    view = View(query, tuple(listed((columns or "",))), tuple(listed(sort)))
    say_sealed(context, query)
    result = views.save(context.vault(), words[0], view, replace=replace, reason=reason)
    name = words[0].lstrip("@＠")
    _done(
        context,
        result,
        {"name": name, **_tree(view)},
        Text(
            "view @{view} saved ({commit}); use it: textcrm list @{view}",
            "已保存视图 @{view}（{commit}）；使用：textcrm list @{view}",
        ),
        Text("the view @{view} is so already", "视图 @{view} 已是这样"),
    )


def _remove(context: Context, name: str, reason: str | None) -> None:
    from textcrm.vault import views

    spelled, view = views.find(context.vault(), name)
    result = views.remove(context.vault(), spelled, reason=reason)
    _done(
        context,
        result,
        {"name": spelled, **_tree(view)},
        Text(
            "view @{view} removed ({commit}); it was: {query}",
            "已删除视图 @{view}（{commit}），原查询：{query}",
        ),
        Text("nothing was removed", "没有删除任何视图"),
    )


def _done(
    context: Context, result: Result, tree: dict[str, Any], sentence: Text, nothing: Text
) -> None:
    if context.json:
        context.emit({**tree, "commit": result.commit})
        return
    context.say(
        sentence if result.commit else nothing,
        view=tree["name"],
        query=tree["query"],
        commit=(result.commit or "")[:8],
    )


def _tree(view: View) -> dict[str, Any]:
    return {"query": view.query, "columns": list(view.columns), "sort": list(view.sort)}


def _list(context: Context, *, count: bool) -> None:
    from textcrm.vault import views

    vault = context.vault()
    saved = vault.config.saved_views
    problems = {name: views.problem_of(vault, name) for name in saved}
    counts = _counts(context, [name for name in saved if not problems[name]]) if count else {}
    if context.json:
        context.emit(
            [
                {
                    "name": name,
                    **_tree(view),
                    **({"count": counts.get(name)} if count else {}),
                    "problem": problem.say(context.language)
                    if (problem := problems[name])
                    else None,
                }
                for name, view in saved.items()
            ]
        )
    elif saved:
        heads = [Text("View", "视图"), Text("Query", "查询")]
        heads += [Text("Customers", "客户数")] if count else []
        rows = [
            ["@" + name, _said(context, view), *([str(counts.get(name, ""))] if count else [])]
            for name, view in saved.items()
        ]
        context.out.table(
            heads,
            rows,
            right={2},
            styles=["red" if problems[name] else None for name in saved],
        )
        for name, problem in problems.items():
            if problem:
                context.warn(
                    Text("@{view}: {what}", "@{view}：{what}"),
                    view=name,
                    what=Text(problem.say("en"), problem.say("zh")),
                )
    else:
        context.hint_error(
            Text(
                "no views yet; the first one: textcrm view save NAME QUERY",
                "还没有视图；保存第一个：textcrm view save 名称 查询",
            )
        )
    if not saved:
        context.exit(1)


def _said(context: Context, view: View) -> str:
    comma = "、" if context.language == "zh" else ", "
    parts = [view.query]
    if view.columns:
        parts.append("--columns " + ",".join(view.columns))
    parts += [f"--sort {comma.join(view.sort)}"] if view.sort else []
    return "  ".join(parts)


def _counts(context: Context, names: list[str]) -> dict[str, int]:
    from textcrm.cli.reading import report_broken
    from textcrm.vault import finding

    vault = context.vault()
    docs, backend = finding.Docs(vault), finding.backend(vault)
    counts = {name: backend.count(finding.query(vault, f"@{name}"), docs) for name in names}
    report_broken(context)
    return counts


def _show(context: Context, word: str) -> None:
    from textcrm.vault import views

    vault = context.vault()
    name, view = views.find(vault, word)
    problem = views.problem_of(vault, name)
    count = None if problem else _counts(context, [name])[name]
    if context.json:
        said = problem.say(context.language) if problem else None
        context.emit({"name": name, **_tree(view), "count": count, "problem": said})
        return
    out = context.out
    out.title("@" + name)
    out.pair(Text("Query", "查询").say(context.language), view.query, depth=1)
    for label, parts in ((Text("Columns", "列"), view.columns), (Text("Sort", "排序"), view.sort)):
        if parts:
            out.pair(label.say(context.language), ",".join(parts), depth=1)
    if problem:
        context.show_error(problem)
        context.exit(problem.exit_code)
    out.pair(Text("Customers", "客户数").say(context.language), str(count), depth=1)
