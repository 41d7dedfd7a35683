"""Kernels as a picture: grey is 0, white and black are the largest weight of each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Kernels that are drawn.
MOST_KERNELS = 1024

# Pixels of a tap and between kernels, and how light 0 and what is between are.
TAP, GAP, ZERO, BETWEEN = 12, 6, 128, 255

# What a weight of the largest size is away from that of 0.
REACH = 127


def kernel_codes(weight: NDArray[Any]) -> NDArray[Any]:
    """Return the kernels of a weight, whose last two axes are the taps, as bytes H x W."""
    import numpy as np

    kernels = weight.reshape(-1, *weight.shape[-2:])[:MOST_KERNELS]
    columns = weight.shape[1] if weight.ndim == 4 and weight.shape[1] > 1 else _side(len(kernels))
    rows = -(-len(kernels) // columns)
    height, width = (TAP * side + GAP for side in kernels.shape[1:])
    sheet = np.full((rows * height + GAP, columns * width + GAP), BETWEEN, np.uint8)
    for number, kernel in enumerate(kernels):
        down, right = divmod(number, columns)
        top, left = down * height + GAP, right * width + GAP
        drawn = np.kron(_codes(kernel), np.ones((TAP, TAP), np.uint8))
        sheet[top : top + height - GAP, left : left + width - GAP] = drawn
    return sheet


def _codes(kernel: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    largest = abs(kernel).max() or 1.0
    return (ZERO + np.round(REACH * kernel / largest)).astype(np.uint8)


def _side(count: int) -> int:
    """Return as many columns as make a square."""
    return math.ceil(math.sqrt(count))
