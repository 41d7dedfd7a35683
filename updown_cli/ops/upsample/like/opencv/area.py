"""OpenCV's means of areas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import EXACT, Sums, rounded_half_even, weighted
from updown_cli.ops.upsample.like.opencv.fixed_point import LINEAR_BYTES, as_weights
from updown_cli.ops.upsample.like.opencv.opencv import OpenCV, enlargement
from updown_cli.ops.upsample.like.side import FLOAT64, UINT8

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

    Numbers = NDArray[Any]

# A part of a pixel that is smaller is none.
LEAST = 1e-3

# Channels whose means of 2 x 2 are computed with integers.
FOUR_AT_ONCE = (1, 3, 4)


class OpenCVArea(OpenCV):
    """The mean of what a pixel covers; a straight line where a side is enlarged."""

    mode, flag = "area", "AREA"

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return bins of pixels or of parts of them where both sides shrink."""
        if not _shrinks(sides):
            return tuple(map(_line, (sides.down, sides.across)))  # type: ignore[return-value]
        make = whole_bins if _is_whole(sides) else _bins
        return make(sides.down), make(sides.across)

    def table(self, side: Side) -> Table:
        """Return the bins of a side."""
        return _bins(side)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return sums that are divided, sums of parts, or straight lines."""
        if sides.stay:
            return EXACT
        if not _shrinks(sides):
            return LINEAR_BYTES if sides.kind == UINT8 else _floats(sides)
        if halves(sides):
            return MEANS_OF_FOUR
        return WholeBins() if _is_whole(sides) else _floats(sides)


def _floats(sides: Sides) -> Arithmetic:
    return Sums(dtype=FLOAT64 if sides.kind == FLOAT64 else "float32")


def _steps(sides: Sides) -> tuple[float, float]:
    return 1.0 / enlargement(sides.down), 1.0 / enlargement(sides.across)


def _shrinks(sides: Sides) -> bool:
    return min(_steps(sides)) >= 1


def _is_whole(sides: Sides) -> bool:
    """Whether both factors are whole numbers, as far as float64 tells."""
    return all(abs(step - round(step)) < 2.0**-52 for step in _steps(sides))


def halves(sides: Sides) -> bool:
    """Whether both sides are halved."""
    return _is_whole(sides) and all(round(step) == 2 for step in _steps(sides))


def whole_bins(side: Side) -> Table:
    """Return bins of whole pixels; of those that reach beyond the end what there is."""
    import numpy as np

    taps = round(1.0 / enlargement(side))
    sources = np.arange(side.out) * taps + np.arange(taps)[:, None]
    inside = sources < side.length
    counts = np.maximum(inside.sum(0), 1)
    return Table(np.minimum(sources, side.length - 1), inside / counts)


def _bins(side: Side) -> Table:
    """Return bins with parts of pixels at their ends, in single precision."""
    import numpy as np

    step = 1.0 / enlargement(side)
    start = np.arange(side.out) * step
    end = start + step
    cell = np.minimum(step, side.length - start)
    last = np.minimum(np.floor(end), side.length - 1)
    first = np.minimum(np.ceil(start), last)
    before = np.where(first - start > LEAST, (first - start) / cell, 0.0)
    behind = np.where(end - last > LEAST, np.minimum(np.minimum(end - last, 1), cell) / cell, 0.0)
    taps = int((last - first).max()) + 2
    sources = (first - 1 + np.arange(taps)[:, None]).astype(np.int64)
    inner = (sources >= first) & (sources < last)
    weights = np.where(inner, 1.0 / cell, 0.0) + np.where(sources == last, behind, 0.0)
    weights[0] += before
    return Table(np.clip(sources, 0, side.length - 1), weights.astype(np.float32).astype(float))


def _line(side: Side) -> Table:
    """Return straight lines within the last part of an output pixel's way, else the pixel."""
    import numpy as np

    by = enlargement(side)
    i = np.arange(side.out)
    first = np.floor(i * (1.0 / by)).astype(np.int64)
    behind = ((i + 1) - (first + 1) * by).astype(np.float32)
    behind = np.where(behind <= 0, np.float32(0), behind - np.floor(behind))
    if side.axis == 1:
        behind = np.where(first >= side.length - 1, np.float32(0), behind)
    sources = np.clip(np.stack([first, first + 1]), 0, side.length - 1)
    return Table(sources, as_weights(side, np.stack([1 - behind, behind])))


def _counted(table: Table) -> Table:
    """Return the table with 1 for each pixel that is read."""
    return Table(table.sources, (table.weights != 0).astype(float))


class MeansOfFour:
    """(a + b + c + d + 2) >> 2 for integers of 1, 3, 4 channels; else, and at edges, whole bins."""

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the means."""
        import numpy as np

        means = WholeBins().resize(pixels, down, across)
        if pixels.dtype.kind == "f" or pixels.shape[1] not in FOUR_AT_ONCE:
            return means
        sums = weighted(weighted(pixels.astype(np.int64), 3, _counted(across)), 2, _counted(down))
        are_four = np.outer((down.weights != 0).all(0), (across.weights != 0).all(0))
        return np.where(are_four, (sums + 2) >> 2, means).astype(pixels.dtype)


MEANS_OF_FOUR = MeansOfFour()


@dataclass(frozen=True)
class WholeBins:
    """Sums of whole bins, in integers for bytes, times 1 / area in single precision."""

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the means."""
        import numpy as np

        dtype = np.float64 if pixels.dtype == np.float64 else np.float32
        sums = self._sums(pixels, down, across)
        counts = np.outer((down.weights != 0).sum(0), (across.weights != 0).sum(0))
        area = len(down.sources) * len(across.sources)
        share = np.float32(1) / np.float32(area)
        means = np.where(counts == area, sums * share, sums / counts.astype(np.float32))
        means = means.astype(dtype)
        return means if pixels.dtype.kind == "f" else rounded_half_even(means, pixels.dtype.name)

    def _sums(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums, four values at a time, as they are added."""
        import numpy as np

        if pixels.dtype == np.uint8:
            wide = weighted(pixels.astype(np.int64), 3, _counted(across))
            return weighted(wide, 2, _counted(down)).astype(np.float32)
        dtype = np.float64 if pixels.dtype == np.float64 else np.float32
        each = [*_values(pixels, down, across)]
        total = np.zeros(each[0].shape, dtype)
        for start in range(0, len(each), 4):
            group = each[start : start + 4]
            first, *others = group
            part = first if len(group) == 4 else first.astype(dtype)
            for one in others:
                part = part + one
            total = total + part.astype(dtype)
        return total


def _values(pixels: Numbers, down: Table, across: Table) -> Iterator[Numbers]:
    """Yield the pixels of all bins in order, rows first; 0 where a bin has none."""
    import numpy as np

    wide = pixels if pixels.dtype.kind == "f" else pixels.astype(np.int64)
    for rows, down_weight in zip(down.sources, down.weights, strict=True):
        for columns, weight in zip(across.sources, across.weights, strict=True):
            inside = np.outer(down_weight != 0, weight != 0)
            yield np.where(inside, wide[:, :, rows[:, None], columns], 0)
