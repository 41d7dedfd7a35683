"""Interpolation as a table: for every output pixel of an axis, which pixels it reads and how much.

A table is one axis of a separable interpolation, a banded matrix. Conventions differ in how they
fill it and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Points = NDArray[np.float64]

#: Where output pixel i lies in the input.
COORDINATES = ("half-pixel", "align-corners", "asymmetric")

#: Input pixels per output pixel, as (a, b) for a / b, so that whole points come out whole.
Ratio = tuple[float, float]


@dataclass(frozen=True)
class Table:
    """Output pixel i is the sum of weights[k, i] * input[sources[k, i]]; both are taps x out."""

    sources: NDArray[np.int64]
    weights: NDArray[np.float64]

    def part(self, pixels: slice) -> Table:
        """Return the table of some of the output pixels."""
        return Table(self.sources[:, pixels], self.weights[:, pixels])


def sampling_points(coordinates: str, length: int, out: int, ratio: Ratio) -> Points:
    """Return where `out` output pixels lie among `length` pixels whose centres are 0, 1, 2..."""
    import numpy as np

    i = np.arange(out, dtype=np.float64)
    step, per = ratio
    if coordinates == "half-pixel":
        return ((2 * i + 1) * step / per - 1) / 2
    if coordinates == "asymmetric":
        return i * step / per
    return i * (length - 1) / max(out - 1, 1)


def first_point(
    coordinates: str, length: int, out: int, ratio: Fraction
) -> tuple[Fraction, Fraction]:
    """Return the step and the first of `points`, exactly."""
    if coordinates == "align-corners":
        return Fraction(length - 1, max(out - 1, 1)), Fraction(0)
    return ratio, (ratio - 1) / 2 if coordinates == "half-pixel" else Fraction(0)


def pick_table(at: Points, length: int) -> Table:
    """Return the table that reads one pixel for each output pixel; beyond the edge, the edge."""
    import numpy as np

    sources = np.clip(at, 0, length - 1).astype(np.int64)[None]
    return Table(sources, np.ones(sources.shape))


def filter_table(at: Points, length: int, kernel: Callable[[Points], Points], reach: int) -> Table:
    """Return the table whose weights are a kernel of the distance; the edge is replicated."""
    import numpy as np

    sources = np.floor(at).astype(np.int64) + np.arange(1 - reach, reach + 1)[:, None]
    return Table(np.clip(sources, 0, length - 1), kernel(np.abs(at - sources)))


def triangle(distance: Points) -> Points:
    """Return the weights of linear interpolation, up to a distance of 1."""
    return 1 - distance


def cubic(distance: Points, a: float = -0.75) -> Points:
    """Return the weights of Keys' cubic convolution (1981), up to a distance of 2."""
    import numpy as np

    d = distance
    near = ((a + 2) * d - (a + 3)) * d**2 + 1
    far = a * (((d - 5) * d + 8) * d - 4)
    return np.where(d < 1, near, far)


def widened_table(
    length: int, out: int, step: float, kernel: Callable[[Points], Points], reach: int
) -> Table:
    """Return the table of a kernel that is as many times wider as a step is longer than a pixel.

    Points, the pixels around them and distances are rounded to float32 where torch rounds them.
    Weights that would fall beyond the edge are shared among the others.
    """
    import numpy as np

    single = np.float32(step)
    wider = max(single, np.float32(1))
    middles = (np.float64(single) * (np.arange(out) + 0.5)).astype(np.float32)
    width = np.float32(reach) * wider
    starts = np.maximum((middles - width + 0.5).astype(np.int64), 0)
    ends = np.minimum((middles + width + 0.5).astype(np.int64), length)
    sources = starts + np.arange(max(int((ends - starts).max()), 1))[:, None]
    distance = np.abs((sources - middles.astype(np.float64) + 0.5) / wider)
    weights = np.where((sources < ends) & (distance < reach), kernel(distance), 0.0)
    total = weights.sum(0)
    return Table(np.minimum(sources, length - 1), weights / np.where(total == 0, 1.0, total))


def area_table(length: int, out: int) -> Table:
    """Return the table of means over `length` / `out` pixels, parts of pixels counted."""
    import numpy as np

    start = np.arange(out, dtype=np.int64) * length  # in units of 1 / out pixels
    taps = (length + out - 2) // out + 1
    sources = start // out + np.arange(taps)[:, None]
    overlap = np.minimum(start + length, (sources + 1) * out) - np.maximum(start, sources * out)
    return Table(np.minimum(sources, length - 1), np.maximum(overlap, 0) / length)


def interpolate_by_tables(x: Tensor, tables: Iterable[Table]) -> Tensor:
    """Return N x C x sides with a table applied to each side."""
    for axis, table in enumerate(tables, start=2):
        x = apply_table(x, axis, table)
    return x


def apply_table(x: Tensor, axis: int, table: Table) -> Tensor:
    """Return x with a table applied to one axis. What has no weight is not read, be it infinite."""
    import torch

    sources = torch.from_numpy(table.sources).to(x.device)
    weights = torch.from_numpy(table.weights).to(x.dtype).to(x.device)
    weights = weights.reshape(*weights.shape, *(1,) * (x.dim() - axis - 1))
    total: Tensor | None = None
    for source, weight in zip(sources, weights, strict=True):
        part = x.index_select(axis, source)
        if (weight == 0).any():
            part.masked_fill_(weight == 0, 0.0)
        total = part.mul_(weight) if total is None else total.addcmul_(part, weight)
    assert total is not None
    return total
