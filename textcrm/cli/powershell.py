"""Completion in PowerShell: the line as it stands goes to us, whole words come back.

PowerShell has its own words: single and double quotation marks are any that people type (’ and “ too),
a mark within is doubled, the backtick escapes; a comma makes two words of one. click's own script
takes the line apart as POSIX has it, reads answers in the console's code page and leaves quotes to luck.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from click import shell_completion

from textcrm.cli.shells import Words

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_SINGLE: Final = "'\u2018\u2019\u201a\u201b"
_DOUBLE: Final = '"\u201c\u201d\u201e'
_PLAIN: Final = frozenset("_-./:=+")
_PIECE: Final = re.compile(
    rf"(?P<blank>\s+)"
    rf"|[{_SINGLE}](?P<single>(?:[^{_SINGLE}]|[{_SINGLE}]{{2}})*)[{_SINGLE}]?"
    rf"|[{_DOUBLE}](?P<double>(?:`.|[^{_DOUBLE}`]|[{_DOUBLE}]{{2}})*)[{_DOUBLE}]?"
    r"|(?P<other>`?.|`)",
    re.DOTALL,
)
_SINGLE_DOUBLED: Final = re.compile(rf"[{_SINGLE}]([{_SINGLE}])")
_DOUBLE_ESCAPED: Final = re.compile(rf"`(.)|[{_DOUBLE}]([{_DOUBLE}])", re.DOTALL)

# ASCII alone: Windows PowerShell reads a profile without a mark in the code page of the system. Only
# what 5.1 has is used; nothing of the session stays changed, in strict mode and with "Stop" too.
_SCRIPT: Final = r"""
Register-ArgumentCompleter -Native -CommandName '%(prog_name)s', '%(prog_name)s.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $ErrorActionPreference = 'SilentlyContinue'
    $first = $commandAst.CommandElements[0]
    $line = $first.Extent.StartScriptPosition.GetFullScript()
    $start = $first.Extent.StartOffset
    $length = [Math]::Min($cursorPosition, $line.Length) - $start
    $program = $commandAst.GetCommandName()
    if (-not $program -or $length -le 0) { return }

    $before = @($env:%(complete_var)s, $env:COMP_LINE, $env:COMP_WORD)
    $code = Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction SilentlyContinue
    $encoding = [Console]::OutputEncoding
    $answers = @()
    try {
        $env:%(complete_var)s = 'powershell_complete'
        $env:COMP_LINE = $line.Substring($start, $length)
        $env:COMP_WORD = $wordToComplete
        try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }
        $answers = @(& $program 2>$null)
    } catch {
        return
    } finally {
        try { [Console]::OutputEncoding = $encoding } catch { }
        $env:%(complete_var)s = $before[0]
        $env:COMP_LINE = $before[1]
        $env:COMP_WORD = $before[2]
        $global:LASTEXITCODE = $code
    }

    for ($i = 0; $i + 2 -lt $answers.Count; $i += 3) {
        [System.Management.Automation.CompletionResult]::new(
            $answers[$i], $answers[$i + 1], 'ParameterValue', $answers[$i + 2])
    }
}
"""


class PowerShell(Words, shell_completion.PowerShellComplete):
    """Takes the line up to the cursor; gives three lines a word: to insert, to list, what it is."""

    source_template: ClassVar[str] = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read what is asked, and answer in UTF-8, which the script reads."""
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
        asked = split(os.environ.get("COMP_LINE", ""))
        self._cut = asked.head(os.environ.get("COMP_WORD", ""))
        return list(asked.words[1:]), asked.begun

    def format_completion(self, item: CompletionItem[str]) -> str:
        """One answer."""
        value = str(item.value)
        help_ = " ".join((item.help or "").split())
        return f"{quoted(value.removeprefix(self._cut))}\n{value}\n{help_ or value}"


class Asked(NamedTuple):
    """A line taken apart: the words before the cursor, what is begun at it, and that as typed."""

    words: tuple[str, ...]
    begun: str
    typed: str

    def head(self, word: str) -> str:
        """What of the word at the cursor stays in front of what PowerShell puts in.

        To it the word may begin later than to us: behind a comma or a colon.
        """
        if not word or not self.typed.endswith(word):
            return ""
        head = self.typed.removesuffix(word)
        return head if self.begun.startswith(head) else ""


def split(line: str) -> Asked:
    """Take a line apart as PowerShell does; a quotation mark may still be open at its end."""
    words: list[str] = []
    word, typed = "", ""
    for piece in _PIECE.finditer(line):
        if piece["blank"]:
            if typed:
                words.append(word)
            word = typed = ""
            continue
        typed += piece[0]
        if piece["single"] is not None:
            word += _SINGLE_DOUBLED.sub(r"\1", piece["single"])
        elif piece["double"] is not None:
            word += _DOUBLE_ESCAPED.sub(lambda found: found[1] or found[2] or "", piece["double"])
        else:
            word += piece["other"].removeprefix("`")
    return Asked(tuple(words), word, typed)


def quoted(word: str) -> str:
    """A word as PowerShell takes it for one: between marks, where it is not plain."""
    dashed = word.startswith("-") and not word.startswith("--")
    plain = all(sign.isalnum() or sign in _PLAIN for sign in word)
    # -name:value and -name.more are two words to it.
    if word and plain and not (dashed and ("." in word or ":" in word)):
        return word
    return "'" + "".join(sign * 2 if sign in _SINGLE else sign for sign in word) + "'"
