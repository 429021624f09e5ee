"""Erasure on the command line: what is removed, what others must do, what cannot be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.privacy.erasing import Erased
    from textcrm.privacy.forgetting import Rewritten
    from textcrm.privacy.traces import Traces


def erase(context: Context, words: tuple[str, ...], given: dict[str, Any]) -> None:
    """Erase customers, out of history as well where that is asked for, and say what is left to do."""
    from textcrm.access.signers import signer
    from textcrm.cli import ownkeys
    from textcrm.gitrepo import rewriting
    from textcrm.privacy import erasing, forgetting

    vault = context.vault()
    reason = erasing.reason_of(
        given["reason"] or context.ask(Text("Reason", "原因"), option="--reason")
    )
    keys = ownkeys.signing_keys()
    key = signer(vault.trusted_access(), keys)
    if given["rewrite"]:
        rewriting.demand_ready(vault.repo)
    with context.progress(Text("looking through history", "检查历史")) as told:
        traces = erasing.subjects(vault, words, progress=told)
        files = traces.current_files()
    if not given["yes"] and context.interactive:
        _announce(context, traces, files, rewrite=given["rewrite"])
        if not context.confirm(Text("Erase for good?", "确认彻底删除？"), default=False):
            context.abort()
    elif given["rewrite"] and not given["yes"]:
        raise _unconfirmed(traces, files)
    done = erasing.erase(vault, traces, reason=reason, signing_keys=keys)
    rewritten = None
    if given["rewrite"]:
        context.say(Text("rewriting history ...", "正在改写历史……"))
        after = erasing.subjects(vault, [one.id for one in traces.subjects])
        rewritten = forgetting.rewrite(vault, after, key=key)
    left = 0 if rewritten else erasing.left_in_history(vault, traces)
    _forget_questions(context, done.ids)
    _forget_copies(context, done.ids)
    _tell(context, done, reason, rewritten, left)


def _announce(context: Context, traces: Traces, files: list[str], *, rewrite: bool) -> None:
    for one in traces.subjects:
        context.say(
            Text("{id} {name}", "{id} {name}"),
            id=one.id,
            name=one.record.name if one.record else "",
        )
    context.say(
        Text(
            "{files} files leave the vault; textcrm undo and restore will not bring them back",
            "将从客户库移除 {files} 个文件；undo 和 restore 都无法恢复",
        ),
        files=len(files),
    )
    if rewrite:
        context.say(
            Text(
                "history is rewritten: every commit gets a new id, signatures of commits are lost, "
                "every other clone has to take it over",
                "将改写历史：所有提交号改变，提交签名失效，其他克隆都必须改用新历史",
            )
        )


def _unconfirmed(traces: Traces, files: list[str]) -> Misuse:
    """That history would be rewritten for good, and nobody is there to say whether it may be."""
    return Misuse(
        "input-needed",
        Text(
            "nothing was erased, as nobody can be asked here: {ids} would be removed for good ({files} "
            "files), and history rewritten; every commit after them would get a new id, and every "
            "other clone would have to take it over",
            "未删除：此处无法询问。将彻底删除 {ids}（{files} 个文件）并改写历史；"
            "其后所有提交号改变，其他克隆都必须改用新历史",
        ),
        hint=Text("add --yes if that is meant", "确认无误请加 --yes"),
        ids=[one.id for one in traces.subjects],
        files=len(files),
    )


def _forget_questions(context: Context, ids: tuple[str, ...]) -> None:
    """Questions of a sync hold values: those of the erased customers go."""
    from textcrm.history import questions

    vault = context.vault()
    known = questions.load(vault)
    kept = [one for one in known if one.id not in ids]
    if len(kept) != len(known):
        questions.save(vault, kept)


def _forget_copies(context: Context, ids: tuple[str, ...]) -> None:
    """Edits that a recovery set aside are copies of whole files: those of the erased go."""
    from textcrm.gitrepo.recovery import set_aside

    for copy in set_aside(context.vault().repo):
        if copy.stem in ids or copy.parent.name in ids:
            copy.unlink()


def todo(context: Context, rewritten: Rewritten | None, done: Erased) -> list[Text]:
    """What has to be done by people, in order; the clone knows its remotes."""
    vault = context.vault()
    branch = (vault.repo.head().ref or "refs/heads/main").removeprefix("refs/heads/")
    remotes = vault.repo.remotes() or {}
    found: list[Text] = []
    if rewritten is None:
        found.append(
            Text(
                "history still holds them: textcrm privacy erase {ids} --reason REASON --rewrite",
                "历史中仍保留：textcrm privacy erase {ids} --reason 原因 --rewrite",
            )
        )
        if remotes:
            found.append(Text("share the removal: textcrm sync", "共享本次删除：textcrm sync"))
    if rewritten is not None:
        found += [_push(name, branch) for name in remotes]
    found += _OTHERS
    ids = " ".join(done.ids)
    return [Text(one.en.replace("{ids}", ids), one.zh.replace("{ids}", ids)) for one in found]


def _push(name: str, branch: str) -> Text:
    return Text(
        f"put the new history on {name}: git push --force {name} {branch} (and git push --force "
        f"--tags {name}); the server must allow it once",
        f"把新历史推送到 {name}：git push --force {name} {branch}（以及 git push --force --tags {name}），"
        "服务器须临时允许强制推送",
    )


_OTHERS = [
    Text(
        "server: git keeps the old objects until git gc --prune=now runs there; on GitHub, GitLab or "
        "Gitee ask support to collect garbage and drop cached pages and pull requests",
        "服务器：旧对象会保留到在服务器上执行 git gc --prune=now；GitHub、GitLab、Gitee 等请联系客服"
        "清理垃圾对象、页面缓存和合并请求",
    ),
    Text(
        "forks: each owner of a fork deletes it, or does the same there",
        "派生仓库（fork）：由各自的所有者删除，或同样处理",
    ),
    Text(
        "clones: every colleague runs textcrm sync --accept-rewritten and textcrm doctor --erased --prune, or "
        "deletes the clone and clones anew; a stale clone that pushes is refused",
        "其他克隆：每位同事运行 textcrm sync --accept-rewritten 和 textcrm doctor --erased --prune，"
        "或删除后重新克隆；旧克隆的推送会被拒绝",
    ),
    Text(
        "CI: delete caches, artefacts and logs that hold a checkout",
        "CI：删除含有检出内容的缓存、产物和日志",
    ),
    Text(
        "backups: delete or renew those made before (textcrm backup), or let them expire soon",
        "备份：删除或重做此前的备份（textcrm backup），或尽快让其过期",
    ),
    Text(
        "exports, mails, printouts, phones: whoever got a copy deletes it",
        "导出文件、邮件、打印件、手机通讯录：由持有者删除",
    ),
]
CANNOT = Text(
    "copies that somebody kept cannot be recalled: no command reaches them",
    "已被他人保存的副本无法收回，任何命令都做不到",
)


def _tell(
    context: Context, done: Erased, reason: str, rewritten: Rewritten | None, left: int
) -> None:
    steps = todo(context, rewritten, done)
    if context.json:
        context.emit(_json(context, done, reason, rewritten, left, steps))
        return
    if done.commit is not None:
        context.say(
            Text(
                "erased {ids}: {files} files, tombstone signed ({commit})",
                "已彻底删除 {ids}：{files} 个文件，已写入签名的删除记录（{commit}）",
            ),
            ids=list(done.ids),
            files=done.files,
            commit=done.commit[:8],
        )
    else:
        context.say(Text("{ids}: erased before", "{ids}：此前已删除"), ids=list(done.ids))
    if rewritten is not None:
        _tell_rewritten(context, rewritten)
    elif left:
        context.warn(
            Text(
                "{count} objects of theirs are still in git's history here",
                "本机 git 历史中仍有 {count} 个相关对象",
            ),
            count=left,
        )
    for sentence, paths in (
        (Text("still named in: {paths}", "仍被提及：{paths}"), done.mentions),
        (
            Text("not under git, still named in: {paths}", "未受 git 管理、仍提及的文件：{paths}"),
            done.leftovers,
        ),
    ):
        if paths:
            context.warn(sentence, paths=list(paths[:20]))
    context.say(Text("what is left to do by people:", "还需要人工完成："))
    for number, one in enumerate(steps, 1):
        context.say(Text(f"  {number}. {{step}}", f"  {number}. {{step}}"), step=one)
    context.say(Text("{cannot}", "{cannot}"), cannot=CANNOT)


def _tell_rewritten(context: Context, rewritten: Rewritten) -> None:
    if rewritten.checkpoint is None:
        context.say(Text("history holds nothing of theirs", "历史中已没有相关内容"))
        return
    context.say(
        Text(
            "history rewritten: {commits} commits, {objects} objects gone, {messages} messages "
            "cleaned; {old} became {new} (signed checkpoint)",
            "历史已改写：{commits} 个提交，清除 {objects} 个对象，清理 {messages} 条提交说明；"
            "{old} 变为 {new}（已签名）",
        ),
        commits=rewritten.commits,
        objects=rewritten.objects,
        messages=rewritten.messages,
        old=rewritten.checkpoint.old[:12],
        new=rewritten.checkpoint.new[:12],
    )


def _json(
    context: Context,
    done: Erased,
    reason: str,
    rewritten: Rewritten | None,
    left: int,
    steps: list[Text],
) -> dict[str, Any]:
    return {
        "ids": list(done.ids),
        "commit": done.commit,
        "reason": reason,
        "files": done.files,
        "tombstones": "privacy/tombstones.yaml",
        "rewritten": None
        if rewritten is None
        else {
            "old": rewritten.checkpoint.old if rewritten.checkpoint else None,
            "new": rewritten.checkpoint.new if rewritten.checkpoint else None,
            "commits": rewritten.commits,
            "objects": rewritten.objects,
            "dropped": list(rewritten.dropped),
        },
        "left_in_history": left,
        "mentions": list(done.mentions),
        "leftovers": list(done.leftovers),
        "todo": [one.say(context.language) for one in steps],
        "cannot": CANNOT.say(context.language),
    }


def remnants(context: Context, *, prune: bool = False) -> None:
    """Doctor --erased: whether any object of this clone still holds an erased customer.

    ``prune`` lets go of what only reflogs, remotes' refs and earlier syncs lead to.
    """
    from textcrm.privacy import forgetting
    from textcrm.privacy.remnants import remnants as found_in
    from textcrm.vault import tombstones

    vault = context.vault()
    stones = tombstones.of(vault)
    with context.progress(Text("looking at git's objects", "检查 git 对象")) as told:
        found = found_in(vault, progress=told)
        if found and prune:
            forgetting.prune(vault, [one.object for one in found])
            found = found_in(vault, progress=told)
    if context.json:
        context.emit({"erased": sorted(stones.ids), "remnants": [one._asdict() for one in found]})
    elif not stones.stones:
        context.say(Text("nobody was erased here", "这里没有彻底删除过客户"))
    elif not found:
        context.say(
            Text(
                "no object of this clone holds any of the {n} erased customers",
                "本克隆没有任何对象包含已删除的 {n} 位客户",
            ),
            n=len(stones.stones),
        )
    else:
        _tell_remnants(context, found)
    if found:
        context.exit(1)


def _tell_remnants(context: Context, found: Any) -> None:
    kinds = {"record": Text("record", "记录"), "file": Text("file", "附件")}
    for one in found[:50]:
        reach = Text("in history", "在历史中") if one.reachable else Text("unreachable", "无引用")
        context.out.line(
            f"{one.id}  {one.object[:12]}  {kinds[one.kind].say(context.language)}  "
            f"{reach.say(context.language)}"
        )
    ids = sorted({one.id for one in found})
    context.hint(
        Text(
            "out of history: textcrm privacy erase {ids} --reason REASON --rewrite; a clone of others' "
            "history: textcrm sync --accept-rewritten; held by reflogs and earlier syncs only: "
            "textcrm doctor --erased --prune",
            "从历史清除：textcrm privacy erase {ids} --reason 原因 --rewrite；"
            "同事已改写历史时：textcrm sync --accept-rewritten；仅由 reflog 或以往同步保留：textcrm doctor --erased --prune",
        ),
        ids=Text(" ".join(ids), " ".join(ids)),
    )
