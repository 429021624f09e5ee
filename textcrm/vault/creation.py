"""Making a vault: a folder, its repository where there is none, its files, the first commit."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from textcrm import access, config
from textcrm.errors import Conflict, Misuse, StorageFailure, TextcrmError
from textcrm.text import Text
from textcrm.vault import layout, moments, wiring
from textcrm.vault.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.gitrepo import GitRepo
    from textcrm.text import Language
    from textcrm.vault.first_keys import KeyPlaces, MadeKeys


class Created(NamedTuple):
    """A new vault: where it is, its first commit, whether its repository is new as well."""

    vault: Vault
    commit: str | None
    new_repository: bool
    kept: tuple[str, ...]
    keys: MadeKeys | None = None


def create(
    folder: Path,
    *,
    language: Language = "en",
    name: str = "",
    template: str = "general",
    time_zone: str = "",
    currency: str = "CNY",
    keys: KeyPlaces | None = None,
    seal_contact: bool = False,
) -> Created:
    """Make a vault in a folder, in the repository around it or in a new one.

    Files that are there already stay as they are (``kept``). The first person is git's user, as
    admin; with ``keys`` the vault gets its keys and is pinned. ``seal_contact`` seals the contact
    fields of the schema too. Raises Conflict (vault-exists), Misuse (unknown-template), Invalid
    (config-invalid: no such time zone), StorageFailure (git-identity).
    """
    from textcrm.schema import default_schema_text

    if template not in layout.TEMPLATES:
        raise Misuse(
            "unknown-template",
            Text("there is no template “{word}”", "没有模板“{word}”"),
            hint=Text("templates: {known}", "可用模板：{known}"),
            word=template,
            known=list(layout.TEMPLATES),
        )
    moments.zone_named(time_zone)
    if (folder / config.FILE_NAME).exists():
        raise Conflict(
            "vault-exists",
            Text("{path} is a vault already", "{path} 已经是客户库"),
            hint=Text("look at it: textcrm -C {path} status", "查看：textcrm -C {path} status"),
            path=str(folder),
        )
    repo, fresh = _repository(folder)
    try:
        people = _first_person(repo)
    except BaseException:
        if fresh:
            _forget(folder)
        raise
    vault = Vault(folder.absolute())
    wanted = layout.files(
        name=name or folder.absolute().name,
        language=language,
        template=template,
        time_zone=time_zone,
        currency=currency,
        people=people,
        schema=default_schema_text(),
        seal_contact=seal_contact,
        at_root=not vault.prefix,
    )
    kept = tuple(path for path in wanted if (folder / path).exists())
    if keys is None or access.FILE_NAME in kept:
        result = commit_files(vault, {p: data for p, data in wanted.items() if p not in kept})
        made = None
    else:
        result, made = _commit_with_keys(vault, wanted, kept, people[0].id, keys, language)
    wiring.wire_quietly(vault)
    return Created(vault, result, fresh, kept, made)


def _commit_with_keys(
    vault: Vault,
    wanted: dict[str, bytes],
    kept: tuple[str, ...],
    admin: str,
    places: KeyPlaces,
    language: Language,
) -> tuple[str | None, MadeKeys]:
    from textcrm.access import founding
    from textcrm.vault import first_keys

    first, made = first_keys.prepare(places, vault.root.name, language)
    text = wanted[access.FILE_NAME].decode()
    signed = founding.found(text, admin, first, first_keys.today())
    files = {path: data for path, data in {**wanted, **signed}.items() if path not in kept}
    try:
        commit = commit_files(vault, files)
    except BaseException:
        made.recovery.unlink(missing_ok=True)
        raise
    first_keys.remember(vault, places.pins, signed[access.FILE_NAME])
    return commit, made


def commit_files(vault: Vault, files: dict[str, bytes]) -> str | None:
    """Commit a new vault's files as one change."""
    from textcrm.gitrepo import compose_message

    prefix = vault.prefix
    changes: dict[str, bytes | None] = {prefix + path: data for path, data in files.items()}
    message = compose_message("vault: init", trailers=[("Textcrm-Op", "init")])
    return vault.repo.commit(lambda _read: changes, message)


def _repository(folder: Path) -> tuple[GitRepo, bool]:
    from textcrm.gitrepo import GitRepo

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailure(
            "folder-failed",
            Text("the folder {path} cannot be made: {why}", "无法建立文件夹 {path}：{why}"),
            path=str(folder),
            why=error.strerror or "",
        ) from error
    try:
        return GitRepo.open(folder), False
    except TextcrmError as error:
        if error.code != "no-repository":
            raise
    return GitRepo.init(folder), True


def _forget(folder: Path) -> None:
    """Take back the empty repository that was made a moment ago."""
    import shutil

    shutil.rmtree(folder / ".git", ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _first_person(repo: GitRepo) -> list[access.Person]:
    from textcrm.normalize.names import slug

    person = repo.identity()
    own = slug(person.name) or slug(person.email.split("@", 1)[0]) or "admin"
    return [access.Person(own, person.name, "admin", person.email)]
