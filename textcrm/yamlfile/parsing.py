"""The parser: PyYAML's events, from C where it can, bounded in size, in count and in depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from textcrm.text import Text
from textcrm.yamlfile.bounds import MAX_BYTES
from textcrm.yamlfile.failures import located

if TYPE_CHECKING:
    from collections.abc import Callable

# None for a PyYAML without its C part: right, and some twenty times slower.
_CParser: Any = getattr(getattr(yaml, "_yaml", None), "CParser", None)

MAX_DEPTH: Final = 100
MAX_NODES: Final = 100_000  # what aliases may unfold to
MAX_EVENTS: Final = 400_000  # about half a second
MAX_TAG_LINES: Final = 100
# Up to here a text that libyaml refuses is shown to the pure parser too, which knows more of
# YAML 1.2 (a tab that opens a block's first line, `{a:, b}`) and takes 20 times as long.
SECOND_LOOK: Final = 64 * 1024
# A text below this cannot hold enough events to matter, so they need not be counted.
_SMALL: Final = 256 * 1024


def new_parser(text: str, *, pure: bool = False) -> Any:
    """A parser over a text without a byte-order mark; call its ``dispose`` when done."""
    if _CParser is None or pure:
        return yaml.SafeLoader(text)
    return _CParser(text)


def events_of(parser: Any, text: str, file: str) -> Callable[[], Any]:
    """The parser's next-event function, counted where the text is large enough to matter."""
    following: Callable[[], Any] = parser.get_event
    if len(text) < _SMALL:
        return following
    left = MAX_EVENTS

    def counted() -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise located(
                "yaml-too-large",
                Text("the file holds too many values", "文件中的值过多"),
                file,
                1,
                1,
                Text("split it into several records", "请拆分成多条记录"),
            )
        return following()

    return counted


def check_size(text: str, file: str) -> None:
    """Refuse what is too large, and what libyaml would chew on for hours. Raises YamlInvalid."""
    if len(text) > MAX_BYTES or (
        len(text) * 4 > MAX_BYTES and len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES
    ):
        raise too_large(file)
    # libyaml compares each %TAG line with all before it.
    if text.count("%TAG") > MAX_TAG_LINES and _tag_lines(text) > MAX_TAG_LINES:
        raise located("yaml-syntax", Text("too many %TAG lines", "%TAG 行过多"), file, 1, 1)


def _tag_lines(text: str) -> int:
    return sum(line.startswith("%TAG") for line in text.removeprefix("\ufeff").splitlines())


def too_large(file: str) -> Exception:
    """The error for more than 5 MB."""
    return located(
        "yaml-too-large",
        Text("the file is larger than 5 MB", "文件超过 5 MB"),
        file,
        1,
        1,
        Text("keep large texts as attachments", "大段内容请作为附件保存"),
    )
