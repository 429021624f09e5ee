"""What doctor says of this run: what the console can show, where plain text lies for a moment."""

from __future__ import annotations

import codecs
import tempfile
from typing import TYPE_CHECKING

from textcrm.cli.private import memory_folder
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from textcrm.quality.doctor import Row


def shown(stream: TextIO) -> tuple[str, bool, bool]:
    """The encoding of a stream, whether it shows Chinese, and the signs that we use."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        return encoding, False, False
    return encoding, _fits("客户", encoding), _fits("✓→·！×", encoding)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def rows(stream: TextIO) -> Iterator[Row]:
    """The rows of doctor on this run."""
    from textcrm.quality.doctor import Row

    encoding, chinese, signs = shown(stream)
    if not chinese:
        yield Row(
            "console",
            "warning",
            Text(
                "the console's encoding is {encoding}: Chinese is shown as \\u codes",
                "控制台编码为 {encoding}：中文会显示成 \\u 代码",
            ),
            Text(
                "choose UTF-8: on Windows chcp 65001, elsewhere LANG=C.UTF-8; or PYTHONUTF8=1",
                "请改用 UTF-8：Windows 运行 chcp 65001，其他系统设 LANG=C.UTF-8；或设 PYTHONUTF8=1",
            ),
            {"encoding": encoding},
        )
    else:
        yield Row(
            "console",
            "ok",
            Text("the console shows Chinese ({encoding})", "控制台可显示中文（{encoding}）")
            if signs
            else Text(
                "the console shows Chinese ({encoding}), some signs as plain ones",
                "控制台可显示中文（{encoding}），部分符号以普通字符代替",
            ),
            None,
            {"encoding": encoding},
        )
    memory = memory_folder()
    if memory is None:
        yield Row(
            "memory",
            "warning",
            Text(
                "no folder in memory: what “edit” opens lies in {folder} while it is open",
                "没有内存文件夹：edit 打开期间，明文暂存于 {folder}",
            ),
            Text(
                "keep that disk encrypted (BitLocker, FileVault)",
                "请加密该磁盘（BitLocker、FileVault）",
            ),
            {"folder": tempfile.gettempdir()},
        )
    else:
        yield Row(
            "memory",
            "ok",
            Text("sealed values are edited in memory: {folder}", "加密内容在内存中编辑：{folder}"),
            None,
            {"folder": str(memory)},
        )
