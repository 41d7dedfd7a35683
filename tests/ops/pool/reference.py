"""Pools by sliding windows, one window at a time, in NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike, NDArray

from tests.helpers import planes, run
from updown_cli.ops.pool.max import MaxPool

Values = NDArray[Any]
Reduce = Callable[[Values, int], float]

# float32 sums of a few positive numbers, against float64.
RTOL = 1e-6

RAMP_3X3 = np.arange(1.0, 10).reshape(3, 3)
SIDES = {1: (13,), 2: (9, 11), 3: (7, 6, 5)}


@dataclass(frozen=True)
class Axis:
    """The windows along one axis of the reference."""

    kernel: int
    stride: int
    padding: int | str = 0
    dilation: int = 1
    ceil_mode: bool = False

    def starts(self, length: int) -> list[int]:
        """Return where each window starts; before 0 in the padding."""
        reach = self.dilation * (self.kernel - 1) + 1
        if isinstance(self.padding, str) and self.padding.startswith("same"):
            count = math.ceil(length / self.stride)
            total = max((count - 1) * self.stride + reach - length, 0)
            before = total // 2 if self.padding == "same" else total - total // 2
            return [i * self.stride - before for i in range(count)]
        padding = self.padding if isinstance(self.padding, int) else 0
        end, starts = length + padding, [-padding]
        while starts[-1] + reach < end:
            starts.append(starts[-1] + self.stride)
        return [s for s in starts if (s < length if self.ceil_mode else s + reach <= end)]

    def windows(self, length: int) -> list[tuple[list[int], int]]:
        """Return what is inside of every window, and how many positions the mean counts."""
        border = self.padding if isinstance(self.padding, int) else 0
        windows = []
        for start in self.starts(length):
            taps = [start + self.dilation * i for i in range(self.kernel)]
            inside = [tap for tap in taps if 0 <= tap < length]
            windows.append((inside, sum(-border <= tap < length + border for tap in taps)))
        return windows


def reference(image: Values, axes: list[Axis], reduce: Reduce) -> Values:
    """Return `reduce(values inside, positions counted)` of one window at a time."""
    per_axis = [axis.windows(side) for axis, side in zip(axes, image.shape, strict=True)]
    results = [
        reduce(
            image[np.ix_(*(inside for inside, _ in window))].ravel(),
            math.prod(counted for _, counted in window),
        )
        for window in product(*per_axis)
    ]
    return np.reshape(results, [len(windows) for windows in per_axis])


def maximum(values: Values, _: int) -> float:
    return float(values.max())


def minimum(values: Values, _: int) -> float:
    return float(values.min())


def mean_with_padding(values: Values, counted: int) -> float:
    return float(values.sum(dtype=np.float64)) / counted


def mean(values: Values, _: int) -> float:
    return float(values.mean(dtype=np.float64))


def lower_median(values: Values, _: int) -> float:
    return float(np.sort(values)[(values.size - 1) // 2])


def mean_median(values: Values, _: int) -> float:
    return float(np.median(values.astype(np.float64)))


def norm(p: float) -> Reduce:
    def of(values: Values, _: int) -> float:
        return float(np.linalg.norm(values.astype(np.float64), p))

    return of


def random_image(dims: int, *, signed: bool = False) -> Values:
    random = np.random.default_rng(dims)
    values = random.normal(size=SIDES[dims]) if signed else random.random(SIDES[dims])
    return values.astype(np.float32)


def few_values(dims: int) -> Values:
    """Return an image with many ties."""
    return np.random.default_rng(dims).integers(0, 4, SIDES[dims]).astype(np.float32)


def positions(op: MaxPool, values: ArrayLike, dims: int = 2) -> Values:
    """Return the saved positions of the maxima, N x C x sides."""
    return run(op, planes(values, dims)).pool_indices[-1].indices


DIMS = pytest.mark.parametrize("dims", [1, 2, 3])

AXES = pytest.mark.parametrize(
    "axis",
    [
        Axis(2, 2),
        Axis(3, 1, 1),
        Axis(3, 2, 1, ceil_mode=True),
        Axis(2, 3, ceil_mode=True),
        Axis(5, 3, 2, ceil_mode=True),
        Axis(1, 2),
        Axis(4, 1, "valid"),
        Axis(2, 2, "same"),
        Axis(3, 2, "same"),
        Axis(2, 2, "same-lower"),
        Axis(4, 3, "same-lower"),
        Axis(1, 3, "same"),
    ],
    ids=str,
)

DILATED = pytest.mark.parametrize(
    "axis",
    [
        Axis(3, 1, 0, 2),
        Axis(3, 2, 1, 2, ceil_mode=True),
        Axis(2, 2, 1, 3),
        Axis(3, 2, "same", 2),
        Axis(2, 1, "same-lower", 3),
    ],
    ids=str,
)

# What torch's layers take: no padding by name.
NUMBERED = pytest.mark.parametrize(
    "axis",
    [
        Axis(2, 2),
        Axis(3, 1, 1),
        Axis(3, 2, 1, ceil_mode=True),
        Axis(2, 3, ceil_mode=True),
        Axis(5, 3, 2, ceil_mode=True),
    ],
    ids=str,
)


def window(axis: Axis) -> dict[str, Any]:
    """Return the parameters of every pool by windows."""
    return {
        "kernel_size": (axis.kernel,),
        "stride": (axis.stride,),
        "ceil_mode": axis.ceil_mode,
    }


def padded_window(axis: Axis) -> dict[str, Any]:
    padding = axis.padding if isinstance(axis.padding, str) else (axis.padding,)
    return {**window(axis), "padding": padding}


def dilated_window(axis: Axis) -> dict[str, Any]:
    return {**padded_window(axis), "dilation": (axis.dilation,)}


def layer(name: str, dims: int, *args: Any, **options: Any) -> Any:
    """Return torch's layer for this many sides."""
    return getattr(torch.nn, f"{name}{dims}d")(*args, **options)


def through_torch(layer: Any, image: Values) -> Values:
    result: Values = layer(torch.from_numpy(image)[None, None])[0, 0].numpy()
    return result
