"""Doctor's look at where the vault is kept besides here: remotes, the last push, the last backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.gitrepo import remote
from textcrm.quality.doctor import Row
from textcrm.text import Text
from textcrm.vault import safekeeping

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from textcrm.vault import Vault


def of_vault(vault: Vault) -> Iterator[Row]:
    """Remotes that send in the clear (L2), when this clone was shared and backed up last (I1, I3)."""
    yield from _open_remotes(vault)
    yield from _push(vault)
    yield from _backup(vault)


def _open_remotes(vault: Vault) -> Iterator[Row]:
    for name in vault.repo.remotes():
        for address in remote.addresses(vault.repo.process, name):
            if remote.is_open(address):
                yield Row(
                    "remote-insecure",
                    "warning",
                    Text(
                        "the remote {name} ({url}) sends customers' data in the clear",
                        "远端 {name}（{url}）以明文传输客户资料",
                    ),
                    Text(
                        "git remote set-url {name} with an https:// or ssh:// address",
                        "请用 git remote set-url {name} 改为 https:// 或 ssh:// 地址",
                    ),
                    {"name": name, "url": remote.without_password(address)},
                )


def _push(vault: Vault) -> Iterator[Row]:
    there = vault.repo.upstream()
    if there is None:
        return
    distance = vault.repo.ahead_behind()
    ahead = distance[0] if distance else 0
    at = safekeeping.last_push(vault)
    data = {"remote": there.remote, "day": _day(at), "count": ahead}
    if ahead or distance is None:
        yield Row(
            "push",
            "warning",
            Text(
                "{count} commits are not shared with {remote} yet; last push: {day}",
                "有 {count} 个提交尚未分享到 {remote}；最近推送：{day}",
            )
            if distance
            else Text("this branch was never shared with {remote}", "此分支从未分享到 {remote}"),
            Text("textcrm sync", "textcrm sync"),
            data,
        )
    else:
        yield Row(
            "push",
            "ok",
            Text(
                "shared with {remote}; last push from here: {day}",
                "已与 {remote} 同步；本机最近推送：{day}",
            ),
            None,
            data,
        )


def _backup(vault: Vault) -> Iterator[Row]:
    cure = Text(
        "textcrm backup DEST; every week: textcrm backup DEST --schedule",
        "textcrm backup 目标；每周自动：textcrm backup 目标 --schedule",
    )
    state = safekeeping.state(vault)
    if state is None:
        yield Row(
            "backup",
            "warning",
            Text("no backup was ever made from this clone", "本机从未做过备份"),
            cure,
        )
        return
    for one in state.failed:
        yield Row(
            "backup-failed",
            "warning",
            Text("the backup to {where} of {day} failed", "{day} 备份到 {where} 失败"),
            Text("try it: textcrm backup {where}", "重试：textcrm backup {where}"),
            {"where": one.where, "day": _day(one.at)},
        )
    good = state.good
    data = {"day": _day(good.good_at if good else None), "where": good.where if good else ""}
    if state.late:
        late = Text("the last good backup is of {day}", "最近一次成功的备份是 {day}")
        yield Row("backup-late", "warning", late, cure, data)
    else:
        done = Text("last backup: {day}, to {where}", "最近备份：{day}，位置 {where}")
        yield Row("backup", "ok", done, None, data)


def _day(at: dt.datetime | None) -> str | Text:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else Text("never", "从未")
