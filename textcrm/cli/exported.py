"""What export says and where it writes: a file beside, standard output, what was left out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli.noted import note_read
from textcrm.cli.reading import report_broken
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.cli.context import Context
    from textcrm.exchange.export import Format
    from textcrm.exchange.export_customers import Source
    from textcrm.text import Language

STDOUT = "-"


class Asked(NamedTuple):
    """What is to be exported, and how."""

    form: str
    query: tuple[str, ...]
    output: str | None
    force: bool
    archived: bool
    reveal: bool
    headings: str | None
    purpose: str | None = None


def export(context: Context, asked: Asked) -> None:
    """Export the customers that fit, and say what was written and what was left out."""
    from textcrm.exchange import export as exporting
    from textcrm.exchange.export_customers import rows_of
    from textcrm.vault import finding

    form = exporting.format_of(asked.form)
    target = target_of(asked, form)
    language = language_of(asked.headings)
    vault = context.vault()
    _check_place(context, target, reveal=asked.reveal)
    wanted = finding.query(vault, " ".join(asked.query))
    rows = rows_of(vault, wanted, archived=asked.archived)
    report_broken(context)
    settings = exporting.settings_of(vault, language)
    with context.progress(Text("writing customers", "导出客户")) as told:
        source = source_of(context, asked, form, rows, told)
        if target is None:
            send(context, exporting.chunks(form, source, settings))
            exporting.require_opened(source)
        else:
            exporting.write(
                form, source, settings, target, force=asked.force, private=asked.reveal
            )
    what = f"export {form.name}" + (" --reveal" if asked.reveal else "")
    note_read(context, what, source.ids, asked.purpose)
    report(context, form, target, source)


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


def language_of(word: str | None) -> Language:
    """The language of headings: Chinese, as the workbook's template has them, unless asked."""
    from textcrm.cli.language import known

    if word is None:
        return "zh"
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


def report(context: Context, form: Format, target: Path | None, source: Source) -> None:
    """Say what was written; what stayed out, on stderr."""
    sealed = source.sealed
    for error in sealed.problems[1:]:
        context.warn(Text("{why}", "{why}"), why=Text(error.say("en"), error.say("zh")))
    if sealed.left_out and not context.json:
        context.hint_error(
            Text(
                "sealed values left out: {n} (with your key: --reveal)",
                "未导出加密值 {n} 个（有密钥可加 --reveal）",
            )
            if not source.reveals
            else Text(
                "sealed values that no key of yours opens, left out: {n}",
                "有 {n} 个加密值您的密钥无法解开，未导出",
            ),
            n=sealed.left_out,
        )
    if target is not None and context.json:
        context.emit(document(form, target, source))
    elif target is not None:
        context.say(
            Text("{file}: {n} customers", "{file}：{n} 位客户"), file=str(target), n=len(source)
        )
    if sealed.problems:
        raise sealed.problems[0]


def document(form: Format, target: Path, source: Source) -> dict[str, Any]:
    """What --json tells of a file that was written."""
    return {
        "format": form.name,
        "file": str(target),
        "customers": len(source),
        "sealed": {"left_out": source.sealed.left_out, "revealed": source.sealed.opened},
    }
