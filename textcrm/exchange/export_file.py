"""A file written aside and put in its place whole: never half, never over another unasked."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from textcrm.errors import Misuse, StorageFailure
from textcrm.gitrepo import system
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def placed(target: Path, *, force: bool, private: bool) -> Iterator[Path]:
    """Give the path of a new file beside ``target`` that takes its place when all went well.

    With ``private`` nobody else may read it (0600). Raises Misuse (file-exists, not-a-file) and
    StorageFailure; what was there is as it was then.
    """
    _check(target, force=force)
    aside = target.with_name(f".{target.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        mode = 0o600 if private else 0o666
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        yield aside
        _flush(aside)
        _put(aside, target, force=force)
    except OSError as error:
        raise StorageFailure(
            "file-unwritable",
            Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
            hint=Text("choose another place with -o", "请用 -o 换一个位置"),
            file=str(target),
            why=error.strerror or str(error),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _check(target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise Misuse(
            "not-a-file",
            Text("{file} is a folder", "{file} 是文件夹"),
            hint=Text("give the file's name too", "请同时写出文件名"),
            file=str(target),
        )
    if target.exists() and not force:
        raise _exists(target)


def _exists(target: Path) -> Misuse:
    return Misuse(
        "file-exists",
        Text("{file} is there already", "{file} 已存在"),
        hint=Text("to put the new one in its place: --force", "要覆盖它请加 --force"),
        file=str(target),
    )


def _flush(aside: Path) -> None:
    handle = os.open(aside, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(aside: Path, target: Path, *, force: bool) -> None:
    if not force:
        # A link fails where a file came there meanwhile; a replace would take its place.
        try:
            os.link(aside, target)
        except FileExistsError as error:
            raise _exists(target) from error
        except OSError:
            if target.exists():
                raise _exists(target) from None
        else:
            return
    system.replace(aside, target)
