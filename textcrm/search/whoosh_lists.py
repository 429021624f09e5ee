"""Whole posting lists in and out of Whoosh's segments: the same files as its own writer makes, sooner.

Whoosh hands every posting around as a Python object of its own, while it writes and while it
reads. Here a term's rows go through as one array. This leans on the inside of its codec
(:mod:`whoosh.codec.whoosh3`, the pinned version); :mod:`textcrm.search.whoosh_index` goes on with
the ordinary ways where that has changed.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final

from whoosh.codec.whoosh3 import W3LeafMatcher, W3PostingsWriter
from whoosh.writing import SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whoosh.matching import Matcher

    from textcrm.search.analyzers import Terms

ROW: Final = "row"
BLOCK: Final = 1024  # postings; Whoosh's 128 are for skipping, and nothing here skips
COMPRESSION: Final = 1


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
            for token in getattr(terms, place):
                found = lists.get(token)
                if found is None:
                    lists[token] = number
                elif isinstance(found, int):
                    lists[token] = array("I", (found, number))
                else:
                    found.append(number)
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
            postings = fields._postwriter = _Postings(  # noqa: SLF001 - see above
                fields._postfile,  # noqa: SLF001
                blocklimit=BLOCK,
                compression=COMPRESSION,
            )
            for token in sorted(lists):  # as their bytes in UTF-8 sort
                found = lists.pop(token)
                fields.start_term(token.encode())
                postings.take(array("I", (found,)) if isinstance(found, int) else found)
                fields.finish_term()
            fields.finish_field()
        fields.close()


class _Postings(W3PostingsWriter):  # type: ignore[misc]
    """Takes the documents of a term at once. All weigh the same and carry nothing."""

    def take(self, numbers: array[int]) -> None:
        last = max(0, (len(numbers) - 1) // self._blocklimit * self._blocklimit)
        for start in range(0, last, self._blocklimit):
            self._hold(numbers[start : start + self._blocklimit])
            self._write_block()
        self._hold(numbers[last:])  # the last block is written by finish_postings

    def _hold(self, numbers: array[int]) -> None:
        self._ids = numbers
        self._weights = array("f", (1.0,)) * len(numbers)
        self._maxweight = 1.0

    def _mini_ids(self) -> tuple[int, ...]:
        ids = self._ids
        return (ids[0], *map(int.__sub__, ids[1:], ids[:-1]))

    def _mini_weights(self) -> None:
        return None


def numbers_of(matcher: Matcher) -> Iterator[int]:
    """The documents of a term, block by block."""
    if type(matcher) is not W3LeafMatcher:
        yield from matcher.all_ids()
        return
    while matcher.is_active():
        matcher._read_ids()  # noqa: SLF001 - see above
        yield from matcher._ids  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001
