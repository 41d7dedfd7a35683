"""Means of windows that lie apart, of pixels of four bytes each: two bytes at a time.

Of two bytes side by side each is spread to two of its own, where sums have room: a pixel becomes
two words, each of which takes one addition for each tap.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from updown_cli.op.channels import CELL
from updown_cli.op.windows import pads_to_the_last_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.windows import Span

# The bits of a byte, and what keeps the first of two.
BITS, FIRST = 8, 0xFF

# Bytes of the rows that are worked on at a time: what stays in a core's cache is faster.
CHUNK_BYTES = 1 << 17

# Sums below this have room beside each other.
ROOM = 1 << 16


def lie_apart(spans: list[Span], sides: tuple[int, ...], divisor: int) -> bool:
    """Whether windows lie apart within the sides, and their sums have room for half a divisor."""
    most = max(spans[0].kernel * spans[1].kernel, divisor) << BITS
    apart = all(span.kernel <= span.stride for span in spans)
    within = not any(map(any, pads_to_the_last_window(spans, sides)))
    return most < ROOM and apart and within


def cell_means(rows: NDArray[Any], spans: list[Span], divisor: int) -> NDArray[Any]:
    """Return the sums of windows over rows of cells, divided and rounded half up."""
    import numpy as np

    pairs, cell = rows.view(np.uint16), CELL // 2
    down, across = spans
    count, width = down.count(len(rows)), across.count(pairs.shape[1] // cell)
    result = np.empty((count, cell * width), np.uint16)
    many = max(CHUNK_BYTES // (rows[:1].nbytes * down.stride), 1)
    for first in range(0, count, many):
        last = min(first + many, count)
        block = pairs[first * down.stride : (last - 1) * down.stride + down.kernel]
        low = _means(_sums(block, spans, width, lambda line: line & np.uint16(FIRST)), divisor)
        high = _means(_sums(block, spans, width, lambda line: line >> np.uint16(BITS)), divisor)
        high <<= np.uint16(BITS)
        np.bitwise_or(low, high, out=result[first:last])
    return result.view(np.uint8)


def _sums(
    block: NDArray[Any],
    spans: list[Span],
    width: int,
    spread: Callable[[NDArray[Any]], NDArray[Any]],
) -> NDArray[Any]:
    """Return the sums of every other byte of windows, which is `spread` to two."""
    import numpy as np

    down, across = spans
    end, most = len(block) - down.kernel + 1, (width - 1) * across.stride + 1
    lines = (spread(block[tap : tap + end : down.stride]) for tap in range(down.kernel))
    columns = reduce(np.add, lines).view(np.uint32)
    taps = (columns[:, tap : tap + most : across.stride] for tap in range(across.kernel))
    return np.ascontiguousarray(reduce(np.add, taps)).view(np.uint16)


def _means(sums: NDArray[Any], divisor: int) -> NDArray[Any]:
    """Return sums divided, in their place, rounded half up."""
    import numpy as np

    sums += np.uint16(divisor // 2)
    if divisor & (divisor - 1):
        sums //= np.uint16(divisor)
    else:
        sums >>= np.uint16(divisor.bit_length() - 1)
    return sums
