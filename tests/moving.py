"""Values put where they do not belong, and that this is refused."""

from __future__ import annotations

from typing import Any

from people_at_work import (
    ACCOUNT,
    ID_CARD,
    Worker,
    commit,
)

from textcrm import yamlfile


def refused(worker: Worker, own: str, path: str, *named: str) -> None:
    """Reading the value at a path ends with 8, names all that it has to, and shows nothing."""
    for lang in ("en", "zh"):
        for words in (["show", own, path, "--reveal"], ["show", own, "--reveal"]):
            ran = worker("--lang", lang, *words)
            assert ran.code == 8, (words, ran)
            assert all(word in ran.err for word in named), ran.err
            if path in words:
                assert not any(value in ran.out + ran.err for value in (ACCOUNT, ID_CARD))
    error = worker("show", own, path, "--reveal", "--json").error
    assert (error["exit_code"], error["id"]) == (8, own)
    assert error["line"] >= 1


def put(worker: Worker, own: str, path: tuple[Any, ...], node: Any) -> None:
    file = worker.file(own)
    text = yamlfile.set_value(file.read_text("utf-8"), path, node)
    file.write_text(text, encoding="utf-8")
    commit(worker.root)
