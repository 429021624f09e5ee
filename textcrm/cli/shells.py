"""Completion in bash, zsh and fish, where click's own scripts lose words of ours.

bash breaks words at ``=``, ``:`` and ``@``, so that ``status=ac`` is three words to it, and inserts
what it is given as it stands, spaces too; a field's name wants no space behind it; click's zsh script
gives it words in their quotes, its fish script cuts ``name,total`` at the comma.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

from click import shell_completion
from click.shell_completion import split_arg_string

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE: Final = "_TEXTCRM_COMPLETE"
GOES_ON: Final = ("=", ":", ",", "/")  # a word that ends so is not whole yet
_SPECIAL: Final = frozenset(" \t\"'\\$`!*?[](){}<>|&;#~")
_IN_QUOTES: Final = frozenset('"\\$`')  # what stays special between double ones

_BASH: Final = r"""
%(complete_func)s() {
    local IFS=$'\n' type value line
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o filenames -o dirnames 2>/dev/null ;;
            file) compopt -o filenames -o default 2>/dev/null ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
    case ${COMPREPLY[0]-} in
        *[=:,/]) compopt -o nospace 2>/dev/null ;;
    esac
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
    complete -F %(complete_func)s %(prog_name)s
"""

_ZSH: Final = r"""#compdef %(prog_name)s

%(complete_func)s() {
    local -a response whole whole_shown open open_shown
    local type value help line
    # Of this command alone, and up to the cursor: before it stand others (a; b | textcrm ...).
    line="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
    response=("${(@f)$(COMP_LINE="$line" %(complete_var)s=zsh_complete ${words[1]} 2>/dev/null)}")
    for type value help in ${response}; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                [[ $help != _ ]] && help="$value  -- $help" || help=$value
                if [[ $value == *[=:,/] ]]; then
                    open+=("$value") open_shown+=("$help")
                else
                    whole+=("$value") whole_shown+=("$help")
                fi ;;
        esac
    done
    (( $#open )) && compadd -U -V open -S '' -d open_shown -a open
    (( $#whole )) && compadd -U -V whole -d whole_shown -a whole
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH: Final = r"""
function %(complete_func)s
    for answer in (env COMP_LINE=(commandline -cp) %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 "," -- $answer)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
            case plain
                echo $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


def _asked() -> tuple[list[str], str]:
    """The words before the cursor, and what is begun at it."""
    line = os.environ.get("COMP_LINE", "")
    words = split_arg_string(line)
    begun = words.pop() if len(words) > 1 and not _ends_word(line) else ""
    return words[1:], begun


def _ends_word(line: str) -> bool:
    """Whether a new word begins at the end of a line: a blank that is not escaped or quoted."""
    return line[-1:].isspace() and split_arg_string(line) == split_arg_string(line.rstrip())


class Words(shell_completion.ShellComplete):
    """Offers words that begin with a dash too (``-tag:vip``), where click sees options alone."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What the word at the cursor may go on as."""
        found = super().get_completions(list(args), incomplete)
        if len(incomplete) > 1 and incomplete[0] == "-" and incomplete[1] != "-":
            found += super().get_completions([*args, "--"], incomplete)
        return found


class Bash(Words, shell_completion.BashComplete):
    """Takes the whole line, and gives each word from where bash broke it."""

    source_template: ClassVar[str] = _BASH

    @staticmethod
    def _check_version() -> None:
        """What the script uses, bash 4.0 has; older ones complete without it."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read what is asked."""
        self._words, self._begun = _asked()
        return self._words, self._begun

    def format_completion(self, item: CompletionItem[str]) -> str:
        """One answer: what bash puts in the place of its last piece of the word."""
        value = str(item.value)
        quote = _open_quote(os.environ.get("COMP_LINE", ""))
        if quote == "'":
            value = value.replace("'", "'\\''")
        elif quote:
            value = _escaped(value, _IN_QUOTES)
        else:
            value = value[_broken_at(self._begun, os.environ.get("COMP_BREAKS", "")) :]
            value = _escaped(value, _SPECIAL)
        return f"{item.type},{value}"


def _escaped(value: str, signs: frozenset[str]) -> str:
    return "".join("\\" + sign if sign in signs else sign for sign in value)


def _broken_at(word: str, breaks: str) -> int:
    """Where the last piece begins that bash makes of a word: behind ``=`` and ``:``, at ``@``."""
    places = [
        at + (sign != "@") for at, sign in enumerate(word) if sign in "=:@" and sign in breaks
    ]
    return places[-1] if places else 0


def _open_quote(line: str) -> str:
    """The quotation mark that is open at the end of a line, or nothing."""
    mark = ""
    escaped = False
    for sign in line:
        if escaped:
            escaped = False
        elif sign == "\\" and mark != "'":
            escaped = True
        elif sign in "'\"" and mark in ("", sign):
            mark = "" if mark else sign
    return mark


class Zsh(Words, shell_completion.ZshComplete):
    """Gives three lines a word; zsh quotes them itself."""

    source_template: ClassVar[str] = _ZSH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read what is asked."""
        return _asked()

    def format_completion(self, item: CompletionItem[str]) -> str:
        """One answer: its type, the word, and what it is."""
        help_ = " ".join((item.help or "_").split())
        return f"{item.type}\n{item.value}\n{help_}"


class Fish(Words, shell_completion.FishComplete):
    """Gives a word and, behind a tab, what it is; fish quotes words itself."""

    source_template: ClassVar[str] = _FISH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read what is asked."""
        return _asked()

    def format_completion(self, item: CompletionItem[str]) -> str:
        """One answer."""
        help_ = " ".join((item.help or "").split())
        return f"{item.type},{item.value}" + (f"\t{help_}" if help_ else "")


def register() -> None:
    """Let click complete by these."""
    from textcrm.cli.powershell import PowerShell

    for kind in (Bash, Zsh, Fish, PowerShell):
        shell_completion.add_completion_class(kind)
