"""Pools by bins of several sizes, or at uneven places, on integers as they are stored."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.bins import Bins, combined
from updown_cli.op.integer_way import IntegerWay, by_rows
from updown_cli.ops.pool.integer_pool import KEPT, MOST_SUMMED, Means, sums_dtype

if TYPE_CHECKING:
    from numpy.typing import NDArray


def adaptive_bins(length: int, out: int) -> Bins:
    """Return the bins of an axis of pixels, from floor(i * in / out) on."""
    import numpy as np

    numbers = np.arange(out)
    starts = numbers * length // out
    return Bins(starts, -(-(numbers + 1) * length // out) - starts)


@lru_cache(KEPT)
def adaptive_maxima_way(sides: tuple[int, ...], out: tuple[int, ...]) -> IntegerWay | None:
    """Return the maxima of bins of planes of so many rows and columns."""
    import numpy as np

    if len(sides) != 2:
        return None
    act = partial(combined, bins=_bins(sides, out), combine=np.maximum)
    return IntegerWay(partial(by_rows, act=act, cells=True))


@lru_cache(KEPT)
def adaptive_means_way(
    sides: tuple[int, ...], out: tuple[int, ...], dtype: Any
) -> IntegerWay | None:
    """Return the means of bins of planes of bytes, rounded."""
    import numpy as np

    if dtype != "uint8" or len(sides) != 2:
        return None
    down, across = bins = _bins(sides, out)
    most = down.most * across.most
    if most > MOST_SUMMED:
        return None
    means = Means(down.sizes, across.sizes)

    def act(rows: NDArray[Any], step: int) -> NDArray[Any]:
        sums = combined(rows, step, bins, np.add, sums_dtype(most))
        each = sums.reshape(len(down), len(across), step)
        return means.rounded(each, slice(None)).astype(np.uint8).reshape(len(down), -1)

    return IntegerWay(partial(by_rows, act=act, cells=True), rounds=True)


def _bins(sides: tuple[int, ...], out: tuple[int, ...]) -> tuple[Bins, Bins]:
    down, across = (adaptive_bins(*axis) for axis in zip(sides, out, strict=True))
    return down, across


def fractional_maxima(
    pixels: NDArray[Any], samples: NDArray[Any], kernel: tuple[int, ...], out: tuple[int, ...]
) -> NDArray[Any]:
    """Return the maxima of windows of N x C x H x W at steps that N x C x 2 numbers decide.

    Those are in single precision, as torch computes with them, the one for columns first.
    """
    import numpy as np

    results = []
    for frame, numbers in zip(pixels, samples, strict=True):
        alike = bool((numbers == numbers[0]).all())
        parts = [(frame, numbers[0])] if alike else zip(frame[:, None], numbers, strict=True)
        made = []
        for planes, (across, down) in parts:
            sides = zip((down, across), planes.shape[1:], kernel, out, strict=True)
            bins = [_fractional_bins(*side) for side in sides]
            act = partial(combined, bins=bins, combine=np.maximum)
            made.append(by_rows(planes[None], act, cells=True))
        results.append(np.concatenate(made, axis=1))
    return np.concatenate(results)


def _fractional_bins(sample: Any, length: int, kernel: int, out: int) -> Bins:
    """Return windows of an axis: int((i + u) * a) - int(u * a), the last one at its end."""
    import numpy as np

    starts = np.full(out, length - kernel)
    if out > 1:
        step = np.float32(length - kernel) / np.float32(out - 1)
        places = (np.arange(out - 1, dtype=np.float32) + sample) * step
        starts[:-1] = places.astype(np.int64) - int(sample * step)
    return Bins(starts, np.full(out, kernel))
