"""Means of windows that lie apart, of pixels of four bytes each: two bytes at a time.

A word of 32 bits has room for two sums of bytes. Its first and third byte are summed by themselves,
and the others, so that a pixel takes two additions for each tap, without being spread out first.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from updown_cli.op.windows import pads_to_the_last_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.windows import Span

# What keeps the first and third byte of a word, and where the others are.
EVERY_OTHER, BESIDE = 0x00FF00FF, 8

# Bytes of the rows that are worked on at a time: what stays in a core's cache is faster.
CHUNK_BYTES = 1 << 18

# Sums below this have room beside each other.
ROOM = 1 << 16


def lie_apart(spans: list[Span], sides: tuple[int, ...], divisor: int) -> bool:
    """Whether windows lie apart within the sides, and their sums have room for half a divisor."""
    most = max(spans[0].kernel * spans[1].kernel, divisor) << BESIDE
    apart = all(span.kernel <= span.stride for span in spans)
    within = not any(map(any, pads_to_the_last_window(spans, sides)))
    return most < ROOM and apart and within


def cell_means(rows: NDArray[Any], spans: list[Span], divisor: int) -> NDArray[Any]:
    """Return the sums of windows over rows of cells, divided and rounded half up."""
    import numpy as np

    words = rows.view(np.uint32)
    down, across = spans
    count, width = down.count(len(words)), across.count(words.shape[1])
    result = np.empty((count, width), np.uint32)
    many = max(CHUNK_BYTES // (rows[:1].nbytes * down.stride), 1)
    for first in range(0, count, many):
        last = min(first + many, count)
        block = words[first * down.stride : (last - 1) * down.stride + down.kernel]
        low, high = (_means(_sums(block, spans, width, place), divisor) for place in (0, BESIDE))
        np.bitwise_or(low, high << np.uint32(BESIDE), out=result[first:last])
    return result.view(np.uint8)


def _sums(block: NDArray[Any], spans: list[Span], width: int, place: int) -> NDArray[Any]:
    """Return the sums of every other byte of windows, those at a place in a word."""
    import numpy as np

    down, across = spans
    end, most = len(block) - down.kernel + 1, (width - 1) * across.stride + 1
    lines = (block[tap : tap + end : down.stride] for tap in range(down.kernel))
    columns = reduce(np.add, ((line >> np.uint32(place)) & EVERY_OTHER for line in lines))
    taps = (columns[:, tap : tap + most : across.stride] for tap in range(across.kernel))
    return np.ascontiguousarray(reduce(np.add, taps))


def _means(sums: NDArray[Any], divisor: int) -> NDArray[Any]:
    """Return words with two sums each divided, rounded half up."""
    import numpy as np

    halves = sums.view(np.uint16)
    halves += np.uint16(divisor // 2)
    halves //= np.uint16(divisor)
    return sums
