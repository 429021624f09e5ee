"""Doctor's look at safety: known holes, the hook, secret keys in git, and decrypted text that git keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.quality import advisories
from textcrm.quality.doctor import Row
from textcrm.quality.key_files import key_file_problems, single_readers
from textcrm.quality.keys import surroundings
from textcrm.text import Text
from textcrm.vault import wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault import Vault


def programs(git_version: str = "") -> Iterator[Row]:
    """A warning for each program below a version known to be unsafe (L12)."""
    found = advisories.unsafe_programs(advisories.versions_here(git_version))
    for message, cure, data in advisories.told(found):
        yield Row("unsafe-version", "warning", message, cure, data)


def of_vault(vault: Vault, *, prune: bool = False) -> Iterator[Row]:
    """What in the vault and its repository could give plain text away.

    ``prune`` takes plain text that nothing leads to out of git's objects.
    """
    yield from programs(vault.repo.git("version").decode("utf-8", "replace"))
    if not wiring.is_hooked(vault):
        yield Row(
            "pre-commit",
            "warning",
            Text(
                "nothing keeps git from committing plain text in this clone",
                "此克隆中没有防止提交明文的钩子",
            ),
            Text("textcrm doctor --fix", "textcrm doctor --fix"),
        )
    yield from _of_people(vault)
    yield from _left_over(vault, prune=prune)
    for problem in [*surroundings(vault), *key_file_problems(vault)]:
        finding = problem.finding
        said = Text(
            f"{problem.file}:{problem.line}: {finding.say('en')}",
            f"{problem.file}:{problem.line}：{finding.say('zh')}",
        )
        cure = Text(finding.say_hint("en") or "", finding.say_hint("zh") or "")
        yield Row(
            finding.code,
            "error",
            Text("{said}", "{said}"),
            Text("{cure}", "{cure}"),
            {"said": said, "cure": cure},
        )


def _of_people(vault: Vault) -> Iterator[Row]:
    """Whether access.yaml is trusted here, and whether a class hangs on one person."""
    if not vault.access.has_keys:
        return
    problem = vault.trust_problem() if vault.pins is not None else None
    if problem is not None:
        yield Row(
            problem.code,
            "warning",
            Text("{said}", "{said}"),
            Text("{cure}", "{cure}"),
            {
                "said": Text(problem.say("en"), problem.say("zh")),
                "cure": Text(problem.say_hint("en") or "", problem.say_hint("zh") or ""),
            },
        )
    for who, classes in single_readers(vault.access).items():
        yield Row(
            "few-readers",
            "warning",
            Text(
                "{who} alone reads {classes}; without that key only the recovery key opens them",
                "仅{who}可读 {classes}；一旦其密钥丢失，只能使用恢复密钥",
            ),
            Text(
                "let a second person read them: textcrm member role NAME ROLE",
                "让第二个人也能读：textcrm member role 姓名 角色",
            ),
            {"classes": classes, "who": who},
        )


def _left_over(vault: Vault, *, prune: bool) -> Iterator[Row]:
    """Plain text of refused commits among git's objects."""
    from textcrm.quality import leftovers

    found = leftovers.plain_blobs(vault)
    if found and prune:
        gone = leftovers.remove(vault, found)
        found = found[gone:]
        yield Row(
            "pruned",
            "ok",
            Text(
                "{count} objects with plain text of refused commits are gone from git",
                "已从 git 中清除 {count} 个含明文的残留对象（来自被拒绝的提交）",
            ),
            None,
            {"count": gone},
        )
    if found:
        yield Row(
            "plain-objects",
            "warning",
            Text(
                "git still holds {count} objects with plain text of refused commits; they are never "
                "pushed, and stay on this disk",
                "git 中仍有 {count} 个含明文的残留对象（来自被拒绝的提交）；不会被推送，但仍在本机磁盘上",
            ),
            Text("git gc --prune=now", "git gc --prune=now")
            if prune
            else Text("textcrm doctor --prune", "textcrm doctor --prune"),
            {"count": len(found)},
        )
