"""The one place where text for people is written: safe signs, widths, colour, pager."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, TextIO

from textcrm.cli.width import clip, pad, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.text import Language, Text

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_HIDDEN = {0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029, 0xFEFF}


def safe(text: str, *, lines: bool = False) -> str:
    """Show control characters, terminal escapes and direction overrides instead of sending them."""
    if text.isprintable():
        return text
    return "".join(
        char if (lines and char == "\n") or _harmless(char) else _shown(char) for char in text
    )


def _harmless(char: str) -> bool:
    code = ord(char)
    return not (code < 0x20 or 0x7F <= code < 0xA0 or code in _HIDDEN or 0xD800 <= code <= 0xDFFF)


def _shown(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r":
        return {"\t": "    ", "\n": " ", "\r": ""}[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def terminal_width(stream: TextIO) -> int:
    """The columns of the terminal; 80 off one; $COLUMNS wins."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 20:
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


def coloured(stream: TextIO) -> bool:
    """Whether a stream takes colour: a terminal, and nobody said no."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(getattr(stream, "isatty", lambda: False)())


class Output:
    """Writes to one stream for people."""

    def __init__(self, stream: TextIO, language: Language) -> None:
        self.stream = stream
        self.language: Language = language
        self.colour = coloured(stream)
        self.columns = terminal_width(stream)
        on_screen = bool(getattr(stream, "isatty", lambda: False)())
        # A table has no limit where a program reads it, not a screen: nothing is cut off then.
        self.room = self.columns if on_screen or "COLUMNS" in os.environ else 100_000

    def line(self, text: str = "", *, style: str | None = None) -> None:
        """Print one line, cleaned."""
        self._write(self.styled(safe(text, lines=True), style) + "\n")

    def parts(self, *parts: tuple[str, str | None]) -> None:
        """Print one line of texts in styles of their own."""
        self._write("".join(self.styled(safe(t), style) for t, style in parts if t) + "\n")

    def raw(self, text: str) -> None:
        """Print a file's text: off a terminal byte for byte, on one cleaned."""
        terminal = getattr(self.stream, "isatty", lambda: False)()
        self._write(safe(text, lines=True) if terminal else text)

    def separated(self, text: str) -> None:
        """Print CSV or TSV: tabs and line breaks arrive, other control characters are shown."""
        if not text.isascii() or not text.isprintable():
            text = "\t".join(safe(part, lines=True) for part in text.split("\t"))
        self._write(text)

    def plain(self, text: str) -> None:
        """Print text for programs, cleaned of escapes, lines kept."""
        self._write(safe(text, lines=True))

    def marked(self, head: str, text: str, spans: Sequence[tuple[int, int]]) -> None:
        """Print a line in which some places stand out."""
        if not self.colour:
            self.line(head + text)
            return
        parts, last = [safe(head)], 0
        for start, length in spans:
            parts += [
                safe(text[last:start]),
                self.styled(safe(text[start : start + length]), "yellow"),
            ]
            last = start + length
        self._write("".join([*parts, safe(text[last:])]) + "\n")

    def raw_json(self, text: str) -> None:
        """Print a JSON document: every sign of it arrives, half characters escaped."""
        self.stream.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")

    def styled(self, text: str, style: str | None) -> str:
        """A text in a style, where the stream takes colour."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if style and self.colour else text

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
        except UnicodeEncodeError:
            encoding = self.stream.encoding or "ascii"
            self.stream.write(text.encode(encoding, "replace").decode(encoding))

    def title(self, text: str) -> None:
        """Print a heading."""
        self.line(text, style="bold")

    def section(self, text: str) -> None:
        """Print the name of a group."""
        self.line()
        self.line(text, style="cyan")

    def pair(self, label: str, value: str, *, depth: int = 0, mark: Any = None) -> None:
        """Print a label and its value, wrapped beside it."""
        indent = "  " * depth
        head = label if label == "•" else pad(label, 14 if self.language == "zh" else 20)
        sign = f"  [{mark}]" if mark else ""
        start = f"{indent}{safe(head)} "
        room = max(self.columns - width(start), 20)
        first, *rest = [
            line for part in safe(value, lines=True).split("\n") for line in wrap(part, room)
        ] or [""]
        self._write(
            f"{start}{first}{self.styled(sign, 'dim') if not rest else ''}".rstrip() + "\n"
        )
        for place, more in enumerate(rest):
            tail = self.styled(sign, "dim") if place == len(rest) - 1 else ""
            self._write((" " * width(start) + more + tail).rstrip() + "\n")

    def table(
        self,
        heads: Sequence[Text],
        rows: Sequence[Sequence[str]],
        *,
        right: set[int] | None = None,
        styles: Sequence[str | None] | None = None,
        whole: set[int] | None = None,
    ) -> None:
        """Print a table that fits: the widest columns give way first, those of ``whole`` last."""
        titles = [head.say(self.language) for head in heads]
        cells = [[safe(cell) for cell in row] for row in rows]
        right = right or set()
        sizes = fitted([titles, *cells], self.room, right | (whole or set()))
        self._row(titles, sizes, right, "bold")
        for place, row in enumerate(cells):
            self._row(row, sizes, right, styles[place] if styles else None)

    def _row(
        self, row: Sequence[str], sizes: Sequence[int], right: set[int], style: str | None
    ) -> None:
        parts = []
        for place, (cell, size) in enumerate(zip(row, sizes, strict=True)):
            spare = size - width(cell)
            if spare < 0:
                parts.append(pad(clip(cell, size), size, right=place in right))
            else:
                parts.append(" " * spare + cell if place in right else cell + " " * spare)
        self._write(self.styled("  ".join(parts).rstrip(), style) + "\n")

    @contextlib.contextmanager
    def paged(self) -> Iterator[None]:
        """What is printed inside goes through the pager, on a terminal."""
        words = pager() if getattr(self.stream, "isatty", lambda: False)() else None
        if words is None:
            yield
            return
        import subprocess

        env = {**os.environ, "LESS": os.environ.get("LESS", "FIRX"), "LESSCHARSET": "utf-8"}
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.PIPE, env=env, text=True, encoding="utf-8"
            )
        except OSError:
            yield
            return
        terminal, self.stream = self.stream, process.stdin  # type: ignore[assignment]
        try:
            yield
        except BrokenPipeError:
            pass
        finally:
            self.stream = terminal
            with contextlib.suppress(OSError):
                if process.stdin:
                    process.stdin.close()
            process.wait()


def pager() -> list[str] | None:
    """The pager to use: $TEXTCRM_PAGER, $PAGER, less; none where it is empty, cat or missing."""
    import shlex
    import shutil

    chosen = os.environ.get("TEXTCRM_PAGER", os.environ.get("PAGER", "less"))
    words = shlex.split(chosen)
    if not words or words[0] == "cat" or shutil.which(words[0]) is None:
        return None
    return words


def fitted(rows: Sequence[Sequence[str]], columns: int, whole: Iterable[int] = ()) -> list[int]:
    """The widths of a table's columns so that it fits the screen.

    ``whole`` are columns such as numbers and days, which mean something else when cut.
    """
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    spare = columns - 2 * (len(sizes) - 1)
    kept = set(whole)
    free = [place for place in range(len(sizes)) if place not in kept]
    for places, least in ((free, 14), (free, 6), (range(len(sizes)), 6)):
        while places and sum(sizes) > spare and max(sizes[place] for place in places) > least:
            sizes[max(places, key=sizes.__getitem__)] -= 1
    return sizes
