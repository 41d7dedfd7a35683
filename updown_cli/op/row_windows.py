"""Windows over rows of pixels as they are stored, a few rows at a time and all columns at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain
from typing import TYPE_CHECKING, Any

from updown_cli.op.windows import Span, pads_to_the_last_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Combine = Callable[[Any, Any], Any]
    Act = Callable[[NDArray[Any]], NDArray[Any]]
    Finish = Callable[[NDArray[Any], slice], NDArray[Any]]

# Bytes of the rows that are worked on at a time: more do not stay in a core's cache, and fewer are
# more calls, between which threads wait for each other.
CHUNK_BYTES = 1 << 19

# Bytes that are copied as one number.
WORDS = {4: "uint32", 8: "uint64"}

# How many ways in which windows lie are kept: of tiny pictures finding one takes as long as acting.
KEPT = 128


@dataclass(frozen=True)
class RowWindows:
    """Windows along rows and columns; pixels are `step` values apart in a row.

    What lies outside has the value `outside`.
    """

    spans: list[Span]
    step: int
    outside: int

    @property
    def vertical(self) -> Span:
        """Along columns."""
        return self.spans[0]

    @property
    def horizontal(self) -> Span:
        """Along rows."""
        return self.spans[1]

    def reduced(self, rows: NDArray[Any], act: Act, finish: Finish | None = None) -> NDArray[Any]:
        """Return what windows are reduced to.

        `act` takes rows with all that their windows see, and gives a row for each row of windows,
        with windows as close as can be. Those of the stride are picked, and finished.
        """
        import numpy as np

        down, across, step = self.vertical, self.horizontal, self.step
        sides = len(rows), rows.shape[1] // step
        (count, width), ((above, _), (left, right)) = _laid(down, across, sides)
        result = np.empty((count, width, step), rows.dtype)
        many = max(CHUNK_BYTES // (rows[:1].nbytes * down.stride), 1)
        for first in range(0, count, many):
            last = min(first + many, count)
            low, high = first * down.stride - above, (last - 1) * down.stride - above + down.reach
            block = self._with_outside(rows, (low, high), (left * step, right * step))
            close = act(block).reshape(last - first, -1, step)
            picked = close[:, : (width - 1) * across.stride + 1 : across.stride]
            if finish is None:
                copy_pixels(result[first:last], picked)
            else:
                room = np.empty(picked.shape, picked.dtype)
                copy_pixels(room, picked)
                result[first:last] = finish(room, slice(first, last))
        return result.reshape(count, -1)

    def _with_outside(
        self, rows: NDArray[Any], span: tuple[int, int], sides: tuple[int, int]
    ) -> NDArray[Any]:
        """Return rows [low, high) with so many values on both sides, outside of which there are."""
        import numpy as np

        (low, high), (left, right) = span, sides
        start, end = max(low, 0), min(high, len(rows))
        if (start, end) == span and not left and not right:
            return rows[start:end]
        width = rows.shape[1]
        block = np.full((high - low, left + width + right), self.outside, rows.dtype)
        block[start - low : end - low, left : left + width] = rows[start:end]
        return block

    def taps_down(self, block: NDArray[Any]) -> list[NDArray[Any]]:
        """Return for each tap of a column the rows that it sees."""
        down = self.vertical
        end = len(block) - down.reach + 1
        starts = range(0, down.kernel * down.dilation, down.dilation)
        return [block[start : start + end : down.stride] for start in starts]

    def taps_across(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        """Return for each tap of a row of a window, windows as close as can be, what it sees."""
        across, step = self.horizontal, self.step
        end = rows.shape[1] - (across.reach - 1) * step
        starts = range(0, across.kernel * across.dilation * step, across.dilation * step)
        return [rows[:, start : start + end] for start in starts]

    def combined(self, block: NDArray[Any], combine: Combine) -> Any:
        """Return all values of every window combined, by what may combine in any order."""
        down, across, width = self.vertical, self.horizontal, block.shape[1]
        if down.stride == 1:
            flat = sliding(block.reshape(1, -1), down.kernel, down.dilation * width, combine)
            columns = flat.reshape(-1, width)
        else:
            columns = reduce(combine, self.taps_down(block))
        return sliding(columns, across.kernel, across.dilation * self.step, combine)


@lru_cache(KEPT)
def _laid(
    down: Span, across: Span, sides: tuple[int, int]
) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Return how many windows there are along both sides, and the padding that they see."""
    counts = down.count(sides[0]), across.count(sides[1])
    return counts, pads_to_the_last_window([down, across], sides)


def sliding(rows: Any, taps: int, step: int, combine: Combine) -> Any:
    """Return `taps` values of a row, `step` apart, combined, from each value on."""
    if taps == 1:
        return rows
    half = sliding(rows, taps // 2, step, combine)
    far = taps // 2 * step
    both = combine(half[:, :-far], half[:, far:])
    if taps % 2 == 0:
        return both
    last = rows[:, (taps - 1) * step :]
    return combine(both[:, : last.shape[1]], last)


def copy_pixels(place: NDArray[Any], pixels: NDArray[Any]) -> None:
    """Copy H x W x C to a place; where pixels are apart whole or one channel after the other."""
    if pixels.strides[1] == pixels.shape[2] * pixels.itemsize == place.strides[1]:
        place[...] = pixels
        return
    word = WORDS.get(pixels.shape[2] * pixels.itemsize)
    if word is not None and pixels.strides[2] == pixels.itemsize:
        place.view(word)[...] = pixels.view(word)
        return
    for channel in range(pixels.shape[2]):
        place[..., channel] = pixels[..., channel]


def see_pixels(spans: list[Span], sides: tuple[int, ...]) -> bool:
    """Whether every window has a tap on a pixel of each side."""
    return all(_see_pixels(span, side) for span, side in zip(spans, sides, strict=True))


def _see_pixels(span: Span, length: int) -> bool:
    before, _ = span.pads(length)
    starts = range(-before, span.count(length) * span.stride - before, span.stride)
    behind = -(-(length + before) // span.stride)
    over_edges = chain(starts[: -(-before // span.stride)], starts[behind:])
    taps = range(0, span.reach, span.dilation)
    return all(any(0 <= start + tap < length for tap in taps) for start in over_edges)
