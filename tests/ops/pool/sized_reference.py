"""Pools whose windows follow from the size of the result, one window at a time, in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

Values = NDArray[Any]

# float32 means of a few positive numbers, against float64.
RTOL = 1e-6

SIDES = {1: (13,), 2: (9, 11), 3: (7, 6, 5)}

DIMS = pytest.mark.parametrize("dims", [1, 2, 3])
# Fewer, as many as, and more than there are pixels on some side.
OUT = pytest.mark.parametrize("out", [1, 2, 4, 5, 7, 12])


def random_image(dims: int) -> Values:
    return np.random.default_rng(dims).random(SIDES[dims], np.float32)


def reference(image: Values, windows: list[list[slice]], reduce: Callable[[Values], Any]) -> Values:
    """Return `reduce` of one window at a time; `windows` are those of each axis."""
    results = [reduce(image[window]) for window in product(*windows)]
    return np.reshape(results, [len(axis) for axis in windows])


def bins(length: int, out: int) -> list[slice]:
    """Return adaptive pooling's bins in whole numbers."""
    return [slice(i * length // out, -(-(i + 1) * length // out)) for i in range(out)]


def layer(name: str, dims: int, *args: Any, **options: Any) -> Any:
    """Return torch's layer for this many sides."""
    return getattr(torch.nn, f"{name}{dims}d")(*args, **options)
