"""Means of windows that lie apart, of pixels of one byte or of four each: two bytes at a time.

Of two bytes side by side each is spread to two of its own, where sums have room. A pixel of four
becomes two words, each of which takes one addition for each tap; of two pixels of one byte the sum
is a pixel of windows that are half as wide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from operator import iadd
from typing import TYPE_CHECKING, Any

from updown_cli.op.channels import CELL
from updown_cli.op.integer_way import divided
from updown_cli.op.windows import are_disjoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.windows import Span

# The bits of a byte, and what keeps the first of two.
BITS, FIRST = 8, 0xFF

# Bytes of the rows of a tap that are worked on at a time: more do not stay in a core's cache, and
# fewer are more calls, between which threads wait for each other.
CHUNK_BYTES = 1 << 19

# Sums below this have room beside each other.
ROOM = 1 << 16


def lie_apart(spans: list[Span], sides: tuple[int, ...], divisor: int) -> bool:
    """Whether windows lie apart within the sides, and their sums have room for half a divisor."""
    most = max(spans[0].kernel * spans[1].kernel, divisor) << BITS
    return most < ROOM and are_disjoint(spans, sides)


def come_in_pairs(spans: list[Span]) -> bool:
    """Whether windows along rows begin and end with pairs of pixels."""
    return spans[1].kernel % 2 == spans[1].stride % 2 == 0


def plane_means(rows: NDArray[Any], spans: list[Span], divisor: int) -> NDArray[Any]:
    """Return the sums of windows that come in pairs over rows of bytes, divided and rounded."""
    import numpy as np

    down, across = spans
    count, width = down.count(len(rows)), across.count(rows.shape[1])
    if rows.shape[1] % 2:
        rows = np.ascontiguousarray(rows[:, :-1])  # in no window
    halved = [down, replace(across, kernel=across.kernel // 2, stride=across.stride // 2)]
    result = np.empty((count, width), np.uint8)
    for part, block in _blocks(rows.view(np.uint16), down, count):
        result[part] = divided(_sums(block, halved, width, _both), divisor)
    return result


def _both(pairs: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of pairs of bytes."""
    import numpy as np

    sums: NDArray[Any] = (pairs & np.uint16(FIRST)) + (pairs >> np.uint16(BITS))
    return sums


def _blocks(rows: NDArray[Any], down: Span, count: int) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Yield some rows of so many of windows, and all rows that these see."""
    many = max(CHUNK_BYTES // rows[:1].nbytes, 1)
    for first in range(0, count, many):
        last = min(first + many, count)
        end = (last - 1) * down.stride + down.kernel
        yield slice(first, last), rows[first * down.stride : end]


def cell_means(rows: NDArray[Any], spans: list[Span], divisor: int) -> NDArray[Any]:
    """Return the sums of windows over rows of cells, divided and rounded half up."""
    import numpy as np

    pairs, cell = rows.view(np.uint16), CELL // 2
    down, across = spans
    count, width = down.count(len(rows)), across.count(pairs.shape[1] // cell)
    result = np.empty((count, cell * width), np.uint16)
    for part, block in _blocks(pairs, down, count):
        low, high = (
            divided(_sums(block, spans, width, spread, np.uint32).view(np.uint16), divisor)
            for spread in (_first, _second)
        )
        high <<= np.uint16(BITS)
        np.bitwise_or(low, high, out=result[part])
    return result.view(np.uint8)


def _first(pairs: NDArray[Any]) -> NDArray[Any]:
    """Return the first bytes of pairs."""
    import numpy as np

    return pairs & np.uint16(FIRST)


def _second(pairs: NDArray[Any]) -> NDArray[Any]:
    """Return the second bytes of pairs."""
    import numpy as np

    return pairs >> np.uint16(BITS)


def _sums(
    block: NDArray[Any],
    spans: list[Span],
    width: int,
    spread: Callable[[NDArray[Any]], NDArray[Any]],
    word: Any = "uint16",
) -> NDArray[Any]:
    """Return the sums of windows of what is `spread` of pairs, several in a word."""
    import numpy as np

    down, across = spans
    end, most = len(block) - down.kernel + 1, (width - 1) * across.stride + 1
    lines = (spread(block[tap : tap + end : down.stride]) for tap in range(down.kernel))
    columns = reduce(iadd, lines).view(word)
    first, *taps = (columns[:, tap : tap + most : across.stride] for tap in range(across.kernel))
    sums = np.add(first, taps.pop()) if taps else np.ascontiguousarray(first)
    return reduce(iadd, taps, sums)
