"""Whole posting lists in and out of Whoosh's segments: the same files as its own writer makes, sooner.

Whoosh hands every posting around as a Python object of its own, while it writes and while it
reads. Here a term's rows go through as one array. This leans on the inside of its codec
(:mod:`whoosh.codec.whoosh3`, the pinned version); :mod:`textcrm.search.whoosh_index` goes on with
the ordinary ways where that has changed.
"""

from __future__ import annotations

import zlib
from array import array
from operator import sub
from pickle import dumps
from typing import TYPE_CHECKING, Any, Final

from whoosh.codec.whoosh3 import (
    COMPRESSION_MIN_SIZE,
    WHOOSH3_HEADER_MAGIC,
    W3LeafMatcher,
    W3TermInfo,
)
from whoosh.system import pack_int, pack_long, pack_ushort
from whoosh.util.numeric import length_to_byte
from whoosh.writing import SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whoosh.matching import Matcher

    from textcrm.search.analyzers import Terms

ROW: Final = "row"
BLOCK: Final = 1024  # postings; Whoosh's 128 are for skipping, and nothing here skips
COMPRESSION: Final = 1
_INFO: Final = W3TermInfo._struct  # noqa: SLF001 - see above
_NO_LENGTH: Final = length_to_byte(0)


class ListWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of a segment, for an index that is built at once and not piecemeal."""

    def __init__(self, index: Any, places: Iterable[str], **options: Any) -> None:
        super().__init__(index, **options)
        # Most tokens stand in one record only: that is kept as a number, not as a list of one.
        self._lists: dict[str, dict[str, int | array[int]]] = {one: {} for one in sorted(places)}
        self._flushed = False

    def add_terms(self, row: int, terms: Terms) -> None:
        """Add a record by its tokens."""
        number = self.docnum
        self.perdocwriter.start_doc(number)
        self.perdocwriter.add_column_value(ROW, self.schema[ROW].column_type, row)
        self.perdocwriter.finish_doc()
        for place, lists in self._lists.items():
            known = lists.get
            for token in getattr(terms, place):
                found = known(token)
                if found is None:
                    lists[token] = number
                elif type(found) is int:
                    lists[token] = array("I", (found, number))
                else:
                    found.append(number)  # type: ignore[union-attr]
        self._added = True
        self.docnum += 1

    def flush_early(self) -> None:
        """Write the lists before the commit, while another process is still at its own."""
        if self._added and not self._flushed:
            self._flush_segment()

    def _flush_segment(self) -> None:
        if self._flushed:
            return
        self._flushed = True
        self.perdocwriter.close()
        fields = self.fieldwriter
        for place, lists in self._lists.items():
            fields.start_field(place, self.schema[place])
            _write_terms(fields._postfile, fields._tindex, fields._fieldid, lists)  # noqa: SLF001 - see above
            fields.finish_field()
        fields.close()


def _write_terms(
    postings: Any, terms: Any, field: int, lists: dict[str, int | array[int]]
) -> None:
    """Write the lists of a field and take them out, as the codec's own objects would write them.

    All documents weigh the same and carry nothing.
    """
    start, place = pack_ushort(field), postings.tell()
    for token in sorted(lists):  # as their bytes in UTF-8 sort
        found = lists.pop(token)
        numbers = array("I", (found,)) if isinstance(found, int) else found
        count = len(numbers)
        data = _blocks(numbers)
        postings.write(data)
        about = _INFO.pack(
            False, count, count, _NO_LENGTH, _NO_LENGTH, 1.0, numbers[0], numbers[-1]
        )
        terms.add(start + token.encode(), about + pack_long(place) + pack_int(len(data)))
        place += len(data)


def _blocks(numbers: array[int]) -> bytes:
    """The documents of a term: blocks, each with what there is to know of it in front."""
    parts = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(numbers), BLOCK):
        ids = numbers[start : start + BLOCK] if len(numbers) > BLOCK else numbers
        data = dumps(((ids[0], *map(sub, ids[1:], ids[:-1])), None, None), 2)
        compression = COMPRESSION if len(data) >= COMPRESSION_MIN_SIZE else 0
        if compression:
            data = zlib.compress(data, compression)
        about = dumps((len(ids), ids[-1], 1.0, compression, _NO_LENGTH, _NO_LENGTH), 2)
        size = len(about) + len(data)
        parts += (pack_int(size if start + BLOCK < len(numbers) else -size), about, data)
    return b"".join(parts)


def numbers_of(matcher: Matcher) -> Iterator[int]:
    """The documents of a term, block by block."""
    if type(matcher) is not W3LeafMatcher:
        yield from matcher.all_ids()
        return
    while matcher.is_active():
        matcher._read_ids()  # noqa: SLF001 - see above
        yield from matcher._ids  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001
