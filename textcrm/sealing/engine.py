"""pyrage, loaded when something is sealed or opened, and its absence said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from types import ModuleType


def engine() -> ModuleType:
    """The module pyrage. Raises StorageFailure (sealing-missing) where it is not installed."""
    try:
        import pyrage
    except ImportError as error:
        raise StorageFailure(
            "sealing-missing",
            Text(
                "sealing and opening values needs the package pyrage, which is not installed here",
                "加密和解密需要 pyrage，当前环境没有安装",
            ),
            hint=Text(
                "pip install pyrage; where no wheel fits (Alpine, 32-bit) it is built with Rust. "
                "“textcrm check” works without it",
                "pip install pyrage；没有现成安装包的系统（Alpine、32 位）需用 Rust 编译。"
                "textcrm check 不需要它",
            ),
        ) from error
    module: ModuleType = pyrage
    return module
