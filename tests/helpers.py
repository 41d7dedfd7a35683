"""What several test modules need."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from updown_cli.op.artifact import Artifact
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal


def planes(values: ArrayLike, dims: int = 2) -> torch.Tensor:
    """Return values as N x C x sides; missing leading axes have length 1."""
    array = np.array(values, dtype=np.float32)
    return torch.from_numpy(array.reshape((1,) * (dims + 2 - array.ndim) + array.shape))


def as_floats(pixels: NDArray[Any]) -> torch.Tensor:
    """Return integers, N x C x H x W, as floats, one channel after the other.

    The strides of a single channel may be those of channels side by side as well, for which torch
    has other ways of summing on some processors, with other last bits.
    """
    return torch.from_numpy(pixels).to(torch.float32, memory_format=torch.contiguous_format)


def run(op: Op, x: torch.Tensor, *artifacts: Artifact) -> Signal:
    """Apply an operation as a pipeline does; its shape formula must say what comes out."""
    shape = Shape(*x.shape[1:])
    filled_in = op.for_shape(shape)
    expected = filled_in.out_shape(shape)
    result = filled_in.run(Signal(x, artifacts))
    assert tuple(result.pixels.shape[1:]) == tuple(expected)
    return result


def apply(op: Op, values: ArrayLike, dims: int = 2) -> NDArray[Any]:
    """Return an operation's result for one plane of values (or more), without leading ones."""
    result: NDArray[Any] = run(op, planes(values, dims)).pixels.numpy()
    while result.ndim > dims and result.shape[0] == 1:
        result = result[0]
    return result
