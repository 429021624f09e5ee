"""What export says and where it writes: a file beside, standard output, what was left out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli import restricting
from textcrm.cli.noted import note_read
from textcrm.cli.reading import report_broken
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textcrm.cli.context import Context
    from textcrm.exchange.export import Format
    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_customers import Source
    from textcrm.query import Doc
    from textcrm.text import Language

STDOUT = "-"
CARD = "card"
TABLES = ("csv", "xlsx")


class Asked(NamedTuple):
    """What is to be exported, and how."""

    form: str
    query: tuple[str, ...]
    output: str | None
    force: bool
    archived: bool
    reveal: bool
    headings: str | None
    purpose: str | None
    consent: str | None
    version: str | None
    contact_only: bool
    within: int


class Chosen(NamedTuple):
    """Whom it is about: the records, and who was left out of a mailing, by reason."""

    docs: Sequence[Doc]
    left_out: Mapping[str, int]


def export(context: Context, asked: Asked) -> None:
    """Export the customers that fit, and say what was written and what was left out."""
    from textcrm.exchange import export as exporting
    from textcrm.exchange.export_customers import rows_of

    card = asked.form.casefold() == CARD
    form = exporting.format_of("vcard" if card else asked.form)
    target = target_of(asked, form)
    settings = _settings(context, asked, form, card=card)
    _check_place(context, target, reveal=asked.reveal)
    chosen = _one(context, asked) if card else _chosen(context, asked)
    own = None
    if form.own:
        from textcrm.cli.exported_due import appointments

        own = list(appointments(context, chosen.docs, asked.within, settings.language))
    ids = [doc.id for doc in chosen.docs]
    rows = rows_of(chosen.docs)
    chosen = chosen._replace(docs=())  # read again page by page: they need not all be kept
    with context.progress(Text("writing customers", "导出客户")) as told:
        source = source_of(context, asked, form, rows, told)
        if target is None:
            send(context, exporting.chunks(form, source if own is None else own, settings))
            exporting.require_opened(source)
        else:
            exporting.write(
                form,
                source,
                settings,
                target,
                force=asked.force,
                private=asked.reveal,
                own=own,
            )
    what = f"export {CARD if card else form.name}" + (" --reveal" if asked.reveal else "")
    note_read(context, what, ids, asked.purpose or asked.consent)
    report(context, Told(form, target, source, chosen.left_out, len(own or ())))
    if not ids and asked.query:
        _say_nothing(context, asked)
        context.exit(1)


def _settings(context: Context, asked: Asked, form: Format, *, card: bool) -> Settings:
    from textcrm.exchange import export as exporting

    # A table's headings are those of 客户信息总表 unless asked; a text to read is the reader's.
    default = "zh" if form.name in TABLES else context.language
    settings = exporting.settings_of(context.vault(), language_of(asked.headings, default))
    return settings._replace(
        vcard=version_of(asked.version or ("3.0" if card else "4.0")),
        contact_only=card or asked.contact_only,
    )


def _one(context: Context, asked: Asked) -> Chosen:
    """The customer of a card. Raises Misuse (id-needed), NotFound, Ambiguous."""
    from textcrm.exchange.export_customers import docs_at

    vault = context.vault()
    word = " ".join(asked.query).strip()
    if not word:
        raise Misuse(
            "id-needed",
            Text("whose card?", "要导出谁的名片？"),
            hint=Text(
                "give an id or a name: textcrm export card C20240501001",
                "请写客户编号或名称：textcrm export card C20240501001",
            ),
        )
    record = vault.get(word)
    restricting.warn(context, record.id)
    return Chosen(docs_at(vault, record.path), {})


def _chosen(context: Context, asked: Asked) -> Chosen:
    """The customers that fit the query; for a mailing those who may be written to."""
    from textcrm.cli.opened import say_sealed
    from textcrm.exchange.export_customers import docs_of
    from textcrm.exchange.export_segment import segment
    from textcrm.vault import finding

    vault = context.vault()
    wanted = finding.query(vault, " ".join(asked.query))
    docs = docs_of(vault, wanted, archived=asked.archived)
    report_broken(context)
    say_sealed(context, wanted)
    if asked.consent is None:
        kept = docs if restricting.is_named(context, asked.query) else restricting.without(docs)
        left = len(docs) - len(kept)
        return Chosen(kept, {"restricted": left} if left else {})
    found = segment(docs, asked.consent, vault.schema, vault.today)
    return Chosen(found.docs, found.left_out)


def _say_nothing(context: Context, asked: Asked) -> None:
    """Why a query found nobody, and what is near; the file that was written holds nobody."""
    from textcrm.cli.nothing import nothing_found
    from textcrm.vault import finding

    vault = context.vault()
    wanted = finding.query(vault, " ".join(asked.query))
    backend = finding.backend(vault)
    if not backend.count(wanted, (), archived=asked.archived):
        nothing_found(context, backend, wanted, finding.Docs(vault), archived=asked.archived)


def version_of(word: str) -> str:
    """The version of vCard: 3.0 or 4.0. Raises Misuse (unknown-version)."""
    known = {"3": "3.0", "3.0": "3.0", "4": "4.0", "4.0": "4.0"}
    if word.strip() in known:
        return known[word.strip()]
    raise Misuse(
        "unknown-version",
        Text("cards are not written in version {word}", "不支持导出 {word} 版名片"),
        hint=Text("3.0 or 4.0", "可用 3.0 或 4.0"),
        word=word[:20],
    )


def target_of(asked: Asked, form: Format) -> Path | None:
    """The file to write, None for standard output. Raises Misuse (output-needed)."""
    if asked.output and asked.output != STDOUT:
        return Path(asked.output)
    if form.text:
        return None
    raise Misuse(
        "output-needed",
        Text("{form} is not a text: it needs a file", "{form} 不是文本格式，需要指定输出文件"),
        hint=Text("for example: -o customers{suffix}", "例如：-o customers{suffix}"),
        form=form.name,
        suffix=form.suffix,
    )


def language_of(word: str | None, default: Language) -> Language:
    """The language of headings and labels. Raises Misuse (unknown-language)."""
    from textcrm.cli.language import known

    if word is None:
        return default
    language = known(word)
    if language is None:
        raise Misuse(
            "unknown-language",
            Text("there are no headings in “{word}”", "没有“{word}”的表头"),
            hint=Text("zh or en", "可用 zh 或 en"),
            word=word[:20],
        )
    return language


def _check_place(context: Context, target: Path | None, *, reveal: bool) -> None:
    """Keep copies out of the vault: what is revealed is refused there, all else is warned of."""
    root = context.vault().root.resolve()
    if target is None or root not in (target.parent.resolve() / target.name).parents:
        return
    if reveal:
        raise Misuse(
            "inside-vault",
            Text(
                "{file} lies inside the vault, where git would take it up with its values in clear",
                "{file} 位于客户库内，其中的明文可能被 git 提交",
            ),
            hint=Text("choose a place outside with -o", "请用 -o 指定客户库以外的位置"),
            file=str(target),
        )
    context.warn(
        Text(
            "{file} lies inside the vault; keep it out of git",
            "{file} 位于客户库内，请勿提交到 git",
        ),
        file=str(target),
    )


def source_of(
    context: Context,
    asked: Asked,
    form: Format,
    rows: Sequence[int],
    told: Callable[[int], None] | None,
) -> Source:
    """The customers, masked and opened as asked. Raises Misuse (reveal-or-mask)."""
    from textcrm.exchange.export_customers import Source
    from textcrm.exchange.export_mask import hiding

    if asked.reveal and context.mask:
        raise Misuse(
            "reveal-or-mask",
            Text("--reveal shows what --mask hides", "--reveal 与 --mask 不能同时使用"),
            hint=Text("choose one of them", "请只用其中一个"),
        )
    vault = context.vault()
    return Source(
        vault,
        rows,
        reveal=asked.reveal,
        versions=form.versions,
        updates=form.dated,
        hide=hiding(vault.schema) if context.mask else None,
        told=told,
    )


def send(context: Context, chunks: Iterable[str]) -> None:
    """Put text on standard output: byte for byte into a pipe, cleaned on a screen."""
    if sys.stdout.isatty():
        with context.out.paged():
            for chunk in chunks:
                context.out.raw(chunk.removeprefix("\ufeff").replace("\r\n", "\n"))
        return
    sys.stdout.flush()
    for chunk in chunks:
        sys.stdout.buffer.write(chunk.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


class Told(NamedTuple):
    """What there is to say of an export; ``entries`` counts what a format of its own wrote."""

    form: Format
    target: Path | None
    source: Source
    left_out: Mapping[str, int]
    entries: int


def report(context: Context, told: Told) -> None:
    """Say what was written; what stayed out, on stderr. Raises the error of a damaged value."""
    sealed = told.source.sealed
    for error in sealed.problems[1:]:
        context.warn(Text("{why}", "{why}"), why=Text(error.say("en"), error.say("zh")))
    if not context.json:
        _say_left_out(context, told)
    if told.target is not None and context.json:
        context.emit(document(told))
    elif told.target is not None:
        context.say(
            Text("{file}: entries: {n}", "{file}：{n} 项待办")
            if told.form.own
            else Text("{file}: customers: {n}", "{file}：{n} 位客户"),
            file=str(told.target),
            n=told.entries if told.form.own else len(told.source),
        )
    if sealed.problems:
        raise sealed.problems[0]


def _say_left_out(context: Context, told: Told) -> None:
    from textcrm.vault.consent import REASONS

    if told.left_out:
        reasons = [
            Text(f"{REASONS[name].en} {n}", f"{REASONS[name].zh} {n}")
            for name, n in told.left_out.items()
        ]
        context.hint_error(
            Text("customers left out: {n} ({reasons})", "未列入 {n} 位客户（{reasons}）"),
            n=sum(told.left_out.values()),
            reasons=reasons,
        )
    if told.source.sealed.left_out:
        context.hint_error(
            Text(
                "sealed values that no key of yours opens, left out: {n}",
                "有 {n} 个加密值您的密钥无法解开，未导出",
            )
            if told.source.reveals
            else Text(
                "sealed values left out: {n} (with your key: --reveal)",
                "未导出加密值 {n} 个（有密钥可加 --reveal）",
            ),
            n=told.source.sealed.left_out,
        )


def document(told: Told) -> dict[str, Any]:
    """What --json tells of a file that was written."""
    sealed = told.source.sealed
    return {
        "format": told.form.name,
        "file": str(told.target),
        "customers": len(told.source),
        **({"entries": told.entries} if told.form.own else {}),
        "left_out": {"count": sum(told.left_out.values()), **told.left_out},
        "sealed": {"left_out": sealed.left_out, "revealed": sealed.opened},
    }
