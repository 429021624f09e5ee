"""The vault: customers in a git work tree; the only way in which records are written."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import access, config, store
from textcrm.access.keyring import Keyring
from textcrm.errors import Misuse, NotFound, TextcrmError
from textcrm.text import Text
from textcrm.vault.unfound import no_such_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from git import Repo

    from textcrm.access import Access, Person
    from textcrm.access.comparing import Change
    from textcrm.access.pins import Pins
    from textcrm.catalog import Catalog
    from textcrm.config import Config
    from textcrm.errors import TrustFailure
    from textcrm.findings import Finding, Problem
    from textcrm.gitrepo import GitRepo
    from textcrm.gitrepo.carrying import Carried, Edit
    from textcrm.query import Doc
    from textcrm.record import Record
    from textcrm.rules import Keys, RuleContext
    from textcrm.schema import Schema
    from textcrm.validation import Validator
    from textcrm.vault.draft import Draft
    from textcrm.vault.transaction import Transaction

SCHEMA_FILE = "schema/customer.schema.json"


class Result(NamedTuple):
    """What a writing command did: the commit (None: nothing to change), records, findings."""

    commit: str | None
    ids: tuple[str, ...]
    changed: tuple[str, ...]
    warnings: tuple[Problem, ...]


class Vault:
    """One vault in its clone. Open it with :meth:`open`; nothing is read before it is needed.

    ``root`` is the vault's folder, ``today`` the day that ages and due dates are counted from.
    """

    def __init__(self, root: Path, *, today: dt.date | None = None) -> None:
        self.root = root
        self._today = today
        self.keyring: Keyring = Keyring()
        self.pins: Pins | None = None
        self.confirm_trust: Callable[[TrustFailure], bool] | None = None
        self.confirm_grant: Callable[[Record, Person, list[str]], bool] | None = None
        self.announce_trust: Callable[[Sequence[Change]], None] | None = None
        self.broken: list[store.Broken] = []
        self.telling: Callable[[], AbstractContextManager[Callable[[int], None] | None]] = (
            nullcontext
        )
        """What to tell the progress of long reading to, while it lasts."""

    @classmethod
    def open(cls, path: str | Path = ".", *, today: dt.date | None = None) -> Vault:
        """Open the vault at a folder, or above it. Raises NotFound (no-vault)."""
        start = Path(path).absolute()
        folder = config.folder_of(start)
        if folder is not None:
            return cls(folder, today=today)
        raise NotFound(
            "no-vault",
            Text("there is no vault at {path}, nor above it", "{path} 及其上级目录中没有客户库"),
            hint=Text(
                "make one with “textcrm init”, try “textcrm demo”, or point to one with -C",
                "用 textcrm init 新建，用 textcrm demo 试用，或用 -C 指定客户库目录",
            ),
            path=str(start),
        )

    # -- its parts

    @cached_property
    def config(self) -> Config:
        """The settings of textcrm.yaml."""
        data = self.file(config.FILE_NAME)
        return config.of_tree(self._tree(config.FILE_NAME, data, config.tree_of), data=data)

    @cached_property
    def access(self) -> Access:
        """The people of access/access.yaml."""
        data = self.file(access.FILE_NAME)
        return access.of_tree(self._tree(access.FILE_NAME, data, access.tree_of))

    def _tree(
        self, file: str, data: bytes | None, read: Callable[[bytes], dict[str, Any]]
    ) -> dict[str, Any]:
        """What a file of the vault holds, read or kept; nothing where it is not there."""
        from textcrm.vault.kept_trees import tree_of

        return tree_of(self.root, file, data, read) if data and data.strip() else {}

    def trusted_access(self) -> Access:
        """The people and keys that values may be sealed to; asked before anything is sealed.

        Looks at the work tree's access.yaml against ``pins``; a change that a pinned admin signed
        moves the pin and is told to ``announce_trust``; where nothing is pinned yet,
        ``confirm_trust`` decides. Raises TrustFailure (exit 8), KeyMissing (no-class-keys).
        """
        from textcrm.vault.trusting import trusted_access

        return trusted_access(self)

    def trust_problem(self) -> TextcrmError | None:
        """What stands against trust, for the warning of a reading command; asks nobody."""
        from textcrm.vault.trusting import problem

        return problem(self)

    @cached_property
    def schema(self) -> Schema:
        """The vault's own schema, as its settings want it. Raises NotFound (schema-missing), Invalid (schema-invalid)."""
        from textcrm.schema import Schema

        data = self.file(SCHEMA_FILE)
        if data is None:
            raise NotFound(
                "schema-missing",
                Text("the vault has no {file}", "客户库缺少 {file}"),
                hint=Text(
                    "put the default one there: textcrm doctor --fix",
                    "用 textcrm doctor --fix 补上默认文件",
                ),
                file=SCHEMA_FILE,
            )
        if self.config.seal_contact:
            from textcrm.vault.contact_sealing import sealed_schema

            data = sealed_schema(data)
        return Schema.from_json(data)

    @cached_property
    def repo(self) -> GitRepo:
        """The git repository that the vault lies in. Raises NotFound (no-repository)."""
        from textcrm.gitrepo import GitRepo

        repo = GitRepo.open(self.root)
        repo.carry = self._carry
        return repo

    def _carry(self, edit: Edit) -> Carried | None:
        from textcrm.vault.carrying import carried

        return carried(self, edit)

    @property
    def repository(self) -> Repo:
        """The repository as a GitPython ``Repo``, for reading; close it, or use it in ``with``."""
        from git import Repo

        return Repo(self.repo.top)

    @cached_property
    def prefix(self) -> str:
        """The vault's folder inside the repository, with a slash at its end, or empty."""
        relative = self.root.resolve().relative_to(Path(self.repo.top).resolve()).as_posix()
        return "" if relative == "." else relative + "/"

    @cached_property
    def validator(self) -> Validator:
        """Checks records against the schema."""
        from textcrm.validation import Validator

        return Validator(self.schema)

    @cached_property
    def today(self) -> dt.date:
        """The day in the vault's time zone."""
        return self._today or self.now.date()

    @property
    def now(self) -> dt.datetime:
        """The moment in the vault's time zone, without fractions of a second."""
        from textcrm.vault.moments import zone_of

        zone = zone_of(self)
        moment = dt.datetime.now(zone).astimezone(zone).replace(microsecond=0)
        if self._today:
            moment = dt.datetime.combine(self._today, moment.timetz())
        return moment

    def me(self) -> Person | None:
        """The person of access.yaml whom git's user is; None where git or the vault knows none."""
        try:
            person = self.repo.identity()
        except TextcrmError:
            return None
        return self.access.of_identity(person.name, person.email)

    def require_me(self) -> Person:
        """As :meth:`me`; raises Misuse (who-is-me) where that is nobody."""
        person = self.me()
        if person is None:
            raise Misuse(
                "who-is-me",
                Text(
                    "git's user is nobody in access/access.yaml",
                    "access/access.yaml 中没有与 git 用户对应的人",
                ),
                hint=Text("write the person's id or name", "请写出人员编号或姓名"),
            )
        return person

    # -- reading

    def file(self, path: str) -> bytes | None:
        """The bytes of one of the vault's files in the work tree, None where it is not there."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise store.unreadable(path, error) from error

    def records(self, *, mentioning: str = "") -> Iterator[Record]:
        """Every record, in the order of their files; unreadable files gather in ``broken``.

        With ``mentioning`` at least those that hold that name, and few others: much faster.
        """
        self.broken = []
        return store.load_all(self.root, self.schema, self.broken, mentioning=mentioning)

    def load(self, path: str) -> Record:
        """The record of a file. Raises NotFound, YamlInvalid."""
        try:
            return store.load(self.root, path, self.schema)
        except FileNotFoundError as error:
            raise no_such_record(path) from error
        except OSError as error:
            raise store.unreadable(path, error) from error

    def catalog(self) -> Catalog:
        """The catalog of this clone, brought up to the files as they are now.

        ``broken`` are then those that cannot be read. :attr:`telling` hears how many files had to
        be read. Raises TrustFailure (local-folder-tracked, local-folder-linked).
        """
        with self.telling() as progress:
            self._catalog.refresh(progress)
        self.broken = self._catalog.broken
        return self._catalog

    def has_catalog(self) -> bool:
        """Whether there is a catalog to be brought up, rather than one to be made."""
        return (self.root / ".textcrm" / "catalog.db").is_file()

    @cached_property
    def _catalog(self) -> Catalog:
        from textcrm import __version__
        from textcrm.catalog import Catalog

        settings = self.config.derived_settings()
        return Catalog(self.root, self.schema, settings, self.today, release=__version__)

    def docs(self) -> Iterator[Doc]:
        """Every record as queries see it, out of the catalog, in the order of their files."""
        return self.catalog().docs()

    def get(self, word: str) -> Record:
        """Find a record by id, former id, or unambiguous name or alias.

        Raises NotFound (no-such-record), Ambiguous, YamlInvalid.
        """
        from textcrm.vault.lookup import lookup

        return lookup(self, word)

    def derived(self, record: Record) -> dict[str, Any]:
        """What follows from a record today, by this vault's settings."""
        return record.derived(self.today, self.config.derived_settings())

    # -- checking

    @cached_property
    def _rule_keys(self) -> Keys | None:
        from textcrm.vault.checking import rule_keys

        return rule_keys(self.access)

    def rule_context(self, path: str | None) -> RuleContext:
        """What the rules need to know beside the record."""
        from textcrm.vault.checking import rule_context

        return rule_context(self, path, self._rule_keys)

    def findings(self, record: Record) -> list[Finding]:
        """Everything wrong or odd in one record: the schema's word first, then the rules'."""
        from textcrm.vault.checking import findings

        return findings(self, record)

    def placed(self, record: Record, findings: Sequence[Finding]) -> list[Problem]:
        """Findings with line and column in the record's file."""
        from textcrm.vault.checking import placed

        return placed(record, findings)

    # -- writing

    def taken_ids(self, day: dt.date) -> set[str]:
        """Ids of that month that are or ever were in use."""
        from textcrm.vault import ids

        return ids.taken_on(day, self.root, self.repo, self.prefix)

    def write(
        self,
        op: str,
        plan: Callable[[Draft], None],
        *,
        reason: str | None = None,
        subject: str | None = None,
        trailers: Sequence[tuple[str, str]] = (),
        adopt: dict[str, bytes | None] | None = None,
    ) -> Result:
        """Make one commit of what a plan changes; all of it or nothing (DESIGN section 4).

        ``plan`` may run several times, each time with a fresh draft. ``adopt`` names files whose
        uncommitted content in the work tree the plan builds upon (save). Raises Invalid, Conflict,
        StorageFailure; nothing is written then.
        """
        from textcrm.vault.commit import write

        return write(
            self, op, plan, reason=reason, subject=subject, trailers=trailers, adopt=adopt
        )

    def add(self, name: str, *, reason: str | None = None, **fields: Any) -> Record:
        """Add a customer with typed or textual field values; gives the record.

        Raises Invalid where the record would break the schema.
        """
        made: list[str] = []

        def plan(draft: Draft) -> None:
            made[:] = [draft.add({"name": name, **fields}, self.today)]

        self.write("add", plan, reason=reason)
        return self.load(store.path_of(made[0]))

    def transaction(self, op: str = "set", *, reason: str | None = None) -> Transaction:
        """Several changes as one commit: use it in ``with``; see :class:`Transaction`."""
        from textcrm.vault.transaction import Transaction

        return Transaction(self, op, reason)

    def search(self, query: str, *, limit: int | None = None, sealed: bool = False) -> list[Any]:
        """Find records; gives the hits, best first. ``sealed`` looks into sealed values, too.

        Raises Misuse (query-syntax), KeyMissing (no-key) where nothing sealed can be opened.
        """
        from textcrm.vault.finding import search

        return search(self, query, limit=limit, sealed=sealed)
