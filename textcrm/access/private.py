"""Private files: readable by their owner only, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from textcrm.errors import Conflict, StorageFailure
from textcrm.gitrepo import system
from textcrm.text import Text


def replace(file: Path, data: bytes) -> None:
    """Write a file (0600) in place of what may be there. Raises OSError."""
    temporary = _written(file.parent, data)
    try:
        system.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create(file: Path, data: bytes) -> None:
    """Write a new file (0600), its folder too (0700). Raises Conflict (file-exists), StorageFailure.

    A key that is overwritten is lost with all that it opened, so what is there stays, even where it
    came there a moment ago.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = _written(file.parent, data)
        try:
            os.link(temporary, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with file.open("xb") as out:
                file.chmod(0o600)
                out.write(data)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError as error:
        raise Conflict(
            "file-exists",
            Text("{file} is there already", "{file} 已存在"),
            hint=Text("nothing was overwritten; choose another place", "没有覆盖；请另选位置"),
            file=str(file),
        ) from error
    except OSError as error:
        raise StorageFailure(
            "file-unwritable",
            Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
            file=str(file),
            why=error.strerror or "",
        ) from error


def _written(folder: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
