"""Convolutions to try, and a loop over their windows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.helpers import run
from updown_cli.ops.conv.conv import Conv

Array = NDArray[Any]
Axes = tuple[int, ...]

RAMP = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
# Inputs and kernels are float64; the sums are added up in different orders.
ROUNDING = 1e-12


class Case(NamedTuple):
    """One convolution with a number per axis."""

    size: Axes
    kernel: Axes
    stride: Axes
    padding: Any
    dilation: Axes
    ins: int = 2
    outs: int = 3
    groups: int = 1

    def settings(self) -> dict[str, Any]:
        """Return what the operation and torch call alike."""
        names = ("stride", "padding", "dilation", "groups")
        return {name: getattr(self, name) for name in names}

    def data(self) -> tuple[Array, Array]:
        """Return a random batch of two and a random (out, in / groups, taps)."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((2, self.ins, *self.size))
        weight = rng.standard_normal((self.outs, self.ins // self.groups, *self.kernel))
        return x, weight


CASES = {
    "1d": Case((9,), (3,), (1,), (0,), (1,)),
    "1d-strided": Case((10,), (4,), (3,), (2,), (1,)),
    "1d-dilated": Case((11,), (3,), (2,), (3,), (3,)),
    "1d-groups": Case((6,), (2,), (1,), (1,), (1,), 4, 6, 2),
    "2d": Case((5, 7), (3, 3), (1, 1), (0, 0), (1, 1)),
    "2d-strided": Case((6, 7), (3, 2), (2, 3), (1, 0), (1, 1)),
    "2d-dilated": Case((9, 8), (3, 2), (1, 2), (2, 1), (2, 3)),
    "2d-padding-beyond-kernel": Case((3, 4), (2, 1), (2, 1), (4, 2), (1, 1)),
    "2d-one-tap": Case((4, 5), (1, 1), (2, 1), (0, 0), (1, 1)),
    "2d-groups": Case((4, 4), (3, 3), (1, 1), (1, 1), (1, 1), 6, 4, 2),
    "2d-depthwise": Case((4, 5), (2, 3), (1, 1), (1, 1), (1, 1), 3, 6, 3),
    "3d": Case((4, 5, 3), (2, 3, 1), (2, 1, 1), (1, 0, 2), (1, 2, 1)),
    "3d-groups": Case((3, 3, 4), (2, 2, 2), (1, 1, 2), (0, 1, 0), (1, 1, 1), 4, 2, 2),
}
NAMED = {
    "1d-same": Case((10,), (4,), (3,), "same", (1,)),
    "1d-same-dilated": Case((7,), (2,), (1,), "same", (3,)),
    "2d-same": Case((5, 8), (2, 3), (1, 1), "same", (1, 1)),
    "2d-same-strided": Case((5, 8), (3, 4), (2, 3), "same", (1, 1)),
    "2d-same-stride-beyond-kernel": Case((7, 8), (1, 2), (3, 4), "same", (1, 1)),
    "2d-same-lower": Case((5, 8), (2, 4), (1, 3), "same-lower", (1, 1)),
    "2d-valid": Case((5, 8), (2, 3), (2, 1), "valid", (1, 2)),
    "3d-same": Case((3, 4, 5), (2, 3, 2), (1, 2, 2), "same", (2, 1, 1)),
}

numbered = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
named = pytest.mark.parametrize("case", NAMED.values(), ids=list(NAMED))


def saved(weight: Array, name: str = "kernel.npy") -> str:
    """Write a weight and return what to pass as `--kernel`."""
    np.save(name, weight)
    return name


def result(op: Conv, x: Array) -> Array:
    """Return the operation on float64 data."""
    numbers: Array = run(op, torch.from_numpy(x)).pixels.numpy()
    return numbers


def pads(case: Case) -> list[tuple[int, int]]:
    """Return the zeros before and after each axis, by TensorFlow's and ONNX's published rules."""
    if case.padding == "valid":
        return [(0, 0)] * len(case.size)
    if not isinstance(case.padding, str):
        return [(number, number) for number in case.padding]
    both = []
    for side, kernel, stride, dilation in zip(
        case.size, case.kernel, case.stride, case.dilation, strict=True
    ):
        out = -(-side // stride)
        total = max((out - 1) * stride + dilation * (kernel - 1) + 1 - side, 0)
        ends = (total // 2, total - total // 2)
        both.append(ends if case.padding == "same" else ends[::-1])
    return both


def loop(case: Case, x: Array, weight: Array) -> Array:
    """Return every output value from its window, one at a time."""
    padded = np.pad(x, [(0, 0), (0, 0), *pads(case)])
    reach = [d * (k - 1) + 1 for k, d in zip(case.kernel, case.dilation, strict=True)]
    sides = [
        (length - r) // s + 1
        for length, r, s in zip(padded.shape[2:], reach, case.stride, strict=True)
    ]
    out = np.zeros((len(x), case.outs, *sides))
    ins, outs = case.ins // case.groups, case.outs // case.groups
    for place in np.ndindex(*sides):
        window = tuple(
            slice(p * s, p * s + r, d)
            for p, s, r, d in zip(place, case.stride, reach, case.dilation, strict=True)
        )
        for channel in range(case.outs):
            first = channel // outs * ins
            values = padded[:, first : first + ins, *window] * weight[channel]
            out[:, channel, *place] = values.reshape(len(x), -1).sum(1)
    return out
