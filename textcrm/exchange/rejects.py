"""The file of rejected rows: untouched, under their header, to be mended and imported again."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from textcrm.errors import StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.exchange.importing import Rejected
    from textcrm.exchange.incoming import Reading

_NUMBERED: Final = re.compile(r"\.rejected(?:-(\d+))?$")


def place_for(source: Path, reading: Reading) -> Path:
    """A file beside the source that is not there yet: ``name.rejected.csv``, ``name.rejected-2.csv``."""
    stem = _NUMBERED.sub("", source.stem)
    number = 1
    while True:
        mark = f".rejected-{number}" if number > 1 else ".rejected"
        place = source.with_name(f"{stem}{mark}{reading.suffix}")
        if not place.exists():
            return place
        number += 1


def write(place: Path, reading: Reading, rejected: Sequence[Rejected]) -> None:
    """Write rejected rows for their owner alone: they may hold what a record would seal.

    An existing file is never written over. Raises StorageFailure (rejected-unwritten).
    """
    text = reading.head + "".join(_whole(one.raw) for one in rejected) + reading.tail
    data = text.encode(reading.encoding, "replace")
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise StorageFailure(
            "rejected-unwritten",
            Text(
                "the rejected rows cannot be written to {file}: {why}",
                "无法把未导入的行写入 {file}：{why}",
            ),
            hint=Text(
                "name another place with --rejected; nothing was imported",
                "请用 --rejected 指定其他位置；未导入任何内容",
            ),
            file=str(place),
            why=error.strerror or str(error),
        ) from error


def _whole(raw: str) -> str:
    return raw if raw.endswith(("\n", "\r")) else raw + "\n"
