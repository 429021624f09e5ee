"""Doctor's look at safety: known holes, the hook, secret keys in git, and decrypted text that git keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.quality import advisories
from textcrm.quality.doctor import Row
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


def of_vault(vault: Vault) -> Iterator[Row]:
    """What in the vault and its repository could give plain text away."""
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
    for problem in surroundings(vault):
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
