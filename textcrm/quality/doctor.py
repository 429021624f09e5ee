"""Doctor: the surroundings and the vault's own files, each with its state and its cure."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import __version__, access, config
from textcrm.errors import TextcrmError
from textcrm.text import Text
from textcrm.vault import contact_sealing, formats, layout, moments, wiring
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.text import Language
    from textcrm.vault import Vault


class Row(NamedTuple):
    """One thing looked at: ``state`` is ok, warning or error."""

    code: str
    state: str
    detail: Text
    cure: Text | None = None
    data: dict[str, Any] = {}

    def say(self, language: Language) -> str:
        """What was found."""
        return self.detail.say(language, **self.data)

    def say_cure(self, language: Language) -> str | None:
        """What to do about it."""
        return self.cure.say(language, **self.data) if self.cure else None


def examine(vault: Vault | None, *, fix: bool = False, prune: bool = False) -> list[Row]:
    """Look at everything; with ``fix`` mend the vault's missing files first (one commit).

    ``prune`` takes plain text of refused commits out of git's objects.
    """
    from textcrm.quality.surroundings import of_system

    rows = [_python(), *of_system()]
    if vault is None:
        rows.append(
            Row(
                "vault",
                "warning",
                Text("no vault here", "当前位置没有客户库"),
                Text(
                    "textcrm init, textcrm demo, or -C DIR",
                    "textcrm init、textcrm demo，或用 -C 指定",
                ),
            )
        )
        return rows
    repository = _guarded("git", lambda: _git(vault))
    rows += repository
    if all(row.state != "error" for row in repository):
        rows += _guarded("identity", lambda: _identity(vault))
        rows += _guarded("recovery", lambda: _interrupted(vault))
        if fix:
            rows += _guarded("fix", lambda: _fix(vault))
    rows += _guarded("config", lambda: _config(vault))
    rows += _guarded("schema", lambda: _schema(vault))
    rows += _guarded("schema", lambda: _schema_slips(vault))
    rows += _guarded("schema", lambda: _schema_written(vault))
    rows += _guarded("people", lambda: _people(vault))
    rows += _guarded("files", lambda: _files(vault))
    rows += _guarded("merge-driver", lambda: _wiring(vault))
    rows += _guarded("safety", lambda: _safety(vault, prune=prune))
    rows += _guarded("search", lambda: _search(vault))
    rows += _guarded("keeping", lambda: _keeping(vault))
    rows += _guarded("system", lambda: _surroundings(vault))
    return _once(rows)


def _once(rows: list[Row]) -> list[Row]:
    """Without what several looks were stopped by: no git, a repository that git does not trust."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        found.setdefault((row.state, row.say("en")), row)
    return list(found.values())


def _guarded(code: str, look: Any) -> list[Row]:
    try:
        return list(look())
    except TextcrmError as error:
        said = Text(error.say("en"), error.say("zh"))
        cure = Text(error.say_hint("en") or "", error.say_hint("zh") or "") if error.hint else None
        return [
            Row(
                code,
                "error",
                Text("{said}", "{said}"),
                Text("{cure}", "{cure}") if cure else None,
                {"said": said, "cure": cure},
            )
        ]


def _python() -> Row:
    data = {"version": __version__, "python": platform.python_version()}
    state = "ok" if sys.version_info >= (3, 11) else "error"
    return Row(
        "python",
        state,
        Text("textcrm {version}, Python {python}", "textcrm {version}，Python {python}"),
        None,
        data,
    )


def _git(vault: Vault) -> Iterator[Row]:
    version = vault.repo.git("version").decode().strip()
    yield Row(
        "git",
        "ok",
        Text("{version}, repository {path}", "{version}，仓库 {path}"),
        None,
        {"version": version, "path": str(vault.repo.top)},
    )
    if vault.prefix:
        yield Row(
            "git-subfolder",
            "ok",
            Text(
                "the vault is the folder {path} of its repository", "客户库是仓库中的子目录 {path}"
            ),
            None,
            {"path": vault.prefix},
        )


def _identity(vault: Vault) -> Iterator[Row]:
    person = vault.repo.identity()
    known = vault.me()
    data = {"name": person.name, "email": person.email}
    if known is None:
        yield Row(
            "identity",
            "warning",
            Text(
                "you are {name} <{email}>, whom access.yaml does not know",
                "您是 {name} <{email}>，不在 access.yaml 名单中",
            ),
            Text(
                "add yourself to access/access.yaml, then: textcrm save",
                "把自己加入 access/access.yaml，再运行 textcrm save",
            ),
            data,
        )
    else:
        yield Row(
            "identity",
            "ok",
            Text("you are {name} ({id})", "您是 {name}（{id}）"),
            None,
            {**data, "id": known.id},
        )


def _interrupted(vault: Vault) -> Iterator[Row]:
    from textcrm.quality import interrupted

    yield from interrupted.of_vault(vault)


def _config(vault: Vault) -> Iterator[Row]:
    known = {
        "format", "name", "language", "time_zone", "currency", "thresholds", "views", "search",
        "signatures", "seal_contact", "schema_base", "rates", "rfm", "types", "tiers", "lost_action",
        "holidays",
    }  # fmt: skip
    data = {"format": vault.config.format, "known": config.FORMAT}
    if vault.config.format > config.FORMAT:
        formats.demand_known(vault)
    yield Row(
        "config",
        "ok",
        Text(
            "vault format {format} (this textcrm knows {known})",
            "客户库格式 {format}（当前支持 {known}）",
        ),
        None,
        data,
    )
    try:
        moments.zone_of(vault)
    except TextcrmError as error:
        yield Row("time-zone", "error", error.message, error.hint, error.data)
    for name in vault.config.tree:
        if name not in known:
            yield Row(
                "config-key",
                "warning",
                Text("textcrm.yaml: unknown setting {name}", "textcrm.yaml：未知设置 {name}"),
                None,
                {"name": name},
            )


def _schema(vault: Vault) -> Iterator[Row]:
    yield Row(
        "schema",
        "ok",
        Text("schema: {count} fields", "字段定义：{count} 个顶层字段"),
        None,
        {"count": len(vault.schema.fields)},
    )


def _schema_written(vault: Vault) -> Iterator[Row]:
    """Whether editors and other validators know, too, what the settings want sealed."""
    if not contact_sealing.is_written(vault):
        yield Row(
            "seal-contact",
            "warning",
            Text(
                "{file} does not seal the contact fields yet, as seal_contact wants; textcrm does",
                "{file} 尚未按 seal_contact 的要求加密联系人字段（textcrm 已按要求加密）",
            ),
            Text("textcrm doctor --fix", "textcrm doctor --fix"),
            {"file": SCHEMA_FILE},
        )


def _schema_slips(vault: Vault) -> Iterator[Row]:
    """Slips in the schema's own annotations: labels that are missing, enums without words."""
    for finding in vault.schema.problems():
        line, column = vault.schema.place(finding.path)
        said = Text(finding.say("en"), finding.say("zh"))
        yield Row(
            "schema-slip",
            "warning",
            Text("{file}:{line}:{column}: {said}", "{file}:{line}:{column}：{said}"),
            None,
            {"file": SCHEMA_FILE, "line": line, "column": column, "said": said},
        )


def _people(vault: Vault) -> Iterator[Row]:
    for person in vault.access.people:
        if person.role and person.role not in {*access.ROLES, *vault.access.roles}:
            yield Row(
                "role",
                "warning",
                Text("{name}: there is no role {role}", "{name}：没有角色 {role}"),
                Text("roles: {roles}", "可用角色：{roles}"),
                {"name": person.name, "role": person.role, "roles": list(access.ROLES)},
            )


_LARGE = 30_000  # records from which SQLite is the better search engine
REQUIRED = (".gitattributes", ".gitignore")


def _files(vault: Vault) -> Iterator[Row]:
    for path in REQUIRED:
        if vault.file(path) is None:
            yield Row(
                "file",
                "warning",
                Text("{path} is missing", "缺少 {path}"),
                Text("textcrm doctor --fix", "textcrm doctor --fix"),
                {"path": path},
            )
    attributes = vault.file(".gitattributes")
    if attributes is not None and b"eol=lf" not in attributes:
        yield Row(
            "eol",
            "warning",
            Text(".gitattributes does not fix line endings", ".gitattributes 没有固定换行符"),
            Text(
                "add the line: customers/**/*.yaml text eol=lf",
                "加一行：customers/**/*.yaml text eol=lf",
            ),
        )
    if attributes is not None and not vault.prefix and wiring.attributed(attributes) != attributes:
        yield Row(
            "attributes",
            "warning",
            Text(
                ".gitattributes does not let git merge and show records by field",
                ".gitattributes 还没有让 git 按字段合并和显示记录",
            ),
            Text("textcrm doctor --fix", "textcrm doctor --fix"),
        )


def _wiring(vault: Vault) -> Iterator[Row]:
    """Whether git merges and shows records by field in this clone."""
    if not wiring.is_wired(vault):
        yield Row(
            "merge-driver",
            "warning",
            Text(
                "git does not know how to merge and show records by field in this clone",
                "此克隆中的 git 还不会按字段合并和显示记录",
            ),
            Text("textcrm doctor --fix", "textcrm doctor --fix"),
        )


def _search(vault: Vault) -> Iterator[Row]:
    """Whether the local folder is one's own, and its engine the right one for so many records."""
    from textcrm import store
    from textcrm.catalog.folder import NAME, require_own
    from textcrm.vault.engine import engine_of

    require_own(vault.root, vault.root / NAME)
    count = sum(1 for _ in store.paths(vault.root))
    if engine_of(vault) != "sqlite" and count > _LARGE:
        yield Row(
            "search-engine",
            "warning",
            Text(
                "{count} customers: the sqlite engine searches so many faster",
                "共 {count} 位客户：数量较大时 sqlite 搜索引擎更快",
            ),
            Text(
                "in textcrm.yaml: search: {{backend: sqlite}}",
                "在 textcrm.yaml 中写入：search: {{backend: sqlite}}",
            ),
            {"count": count},
        )


def _safety(vault: Vault, *, prune: bool) -> Iterator[Row]:
    from textcrm.quality import safety

    yield from safety.of_vault(vault, prune=prune)


def _keeping(vault: Vault) -> Iterator[Row]:
    from textcrm.quality import keeping

    yield from keeping.of_vault(vault)


def _surroundings(vault: Vault) -> Iterator[Row]:
    from textcrm.quality import surroundings

    yield from surroundings.of_vault(vault)


def _fix(vault: Vault) -> Iterator[Row]:
    formats.demand_known(vault)
    wiring.wire(vault)
    wiring.hook(vault)
    yield from _put_back(vault)
    if contact_sealing.write(vault):
        yield Row(
            "fixed", "ok", Text("completed: {path}", "已补全：{path}"), None, {"path": SCHEMA_FILE}
        )
    if wiring.attribute(vault):
        yield Row(
            "fixed", "ok", Text("completed: {path}", "已补全：{path}"), None, {"path": REQUIRED[0]}
        )


def _put_back(vault: Vault) -> Iterator[Row]:
    from textcrm.schema import default_schema_text
    from textcrm.vault.creation import commit_files

    wanted = {
        ".gitattributes": layout.GITATTRIBUTES.encode(),
        ".gitignore": layout.GITIGNORE.encode(),
        SCHEMA_FILE: default_schema_text().encode(),
    }
    missing = {path: data for path, data in wanted.items() if vault.file(path) is None}
    for path in missing:
        committed = vault.repo.read("HEAD", vault.prefix + path)
        if committed is not None:
            (vault.root / path).parent.mkdir(parents=True, exist_ok=True)
            (vault.root / path).write_bytes(committed)
    if missing:
        commit_files(vault, {p: data for p, data in missing.items() if vault.file(p) is None})
        yield Row(
            "fixed",
            "ok",
            Text("put back: {paths}", "已补上：{paths}"),
            None,
            {"paths": list(missing)},
        )
