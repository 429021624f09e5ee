"""Which language to speak: --lang, $TEXTCRM_LANG, the vault's setting, the locale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.text import Language


def chosen(argv: list[str], environment: Mapping[str, str]) -> Language:
    """Find the language before anything is parsed: also help and usage errors are to be read."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    for word in (_after(words, "--lang"), environment.get("TEXTCRM_LANG")):
        if language := known(word):
            return language
    folder = (
        _after(words, "-C") or _after(words, "--vault") or environment.get("TEXTCRM_VAULT") or "."
    )
    return of_vault(Path(folder)) or of_locale(environment)


def known(word: str | None) -> Language | None:
    """``zh`` for zh, zh_CN.UTF-8 ...; ``en`` for en...; else None."""
    head = (word or "").lower()[:2]
    if head == "zh":
        return "zh"
    return "en" if head == "en" else None


def _after(words: list[str], name: str) -> str | None:
    """The value of an option in words that nobody has parsed yet."""
    for place, word in enumerate(words):
        if word == name and place + 1 < len(words):
            return words[place + 1]
        if word.startswith(name + "="):
            return word[len(name) + 1 :]
    return None


def of_vault(start: Path) -> Language | None:
    """The ``language:`` line of the textcrm.yaml above a folder, without a YAML parser."""
    try:
        for folder in (start.absolute(), *start.absolute().parents):
            file = folder / "textcrm.yaml"
            if file.is_file():
                for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                    if line.startswith("language:"):
                        return known(line[9:].split("#")[0].strip().strip("'\""))
                return None
    except OSError:
        return None
    return None


def of_locale(environment: Mapping[str, str]) -> Language:
    """The language of LANGUAGE, LC_ALL, LC_MESSAGES, LANG; English by default."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value and value not in ("C", "POSIX") and not value.startswith("C."):
            return known(value) or "en"
    return "en"
