"""Transposed convolutions to try, and what they are compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.helpers import run
from updown_cli.ops.deconv.deconv import Deconv

Array = NDArray[Any]
Axes = tuple[int, ...]

METHODS = ["native", "zero-insert", "matrix"]
SMALL = [[1, 2], [3, 4]]
RAMP = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
RAMP_KERNEL = "1 2 3; 4 5 6; 7 8 9"
ONES_KERNEL = "1 1 1; 1 1 1; 1 1 1"
# Inputs and kernels are float64; the methods add up in different orders.
ROUNDING = 1e-12

every_method = pytest.mark.parametrize("method", METHODS)


class Case(NamedTuple):
    """One transposed convolution with a number per axis."""

    size: Axes
    kernel: Axes
    stride: Axes
    padding: Axes
    extra: Axes
    dilation: Axes
    ins: int = 2
    outs: int = 3
    groups: int = 1

    def settings(self) -> dict[str, Any]:
        """Return what the operation and torch call alike."""
        return {
            "stride": self.stride,
            "padding": self.padding,
            "output_padding": self.extra,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def data(self) -> tuple[Array, Array]:
        """Return a random batch of two and a random (in, out / groups, taps)."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((2, self.ins, *self.size))
        weight = rng.standard_normal((self.ins, self.outs // self.groups, *self.kernel))
        return x, weight


CASES = {
    "1d": Case((5,), (3,), (2,), (1,), (1,), (1,)),
    "1d-one-tap": Case((5,), (1,), (3,), (0,), (2,), (1,)),
    "1d-gap": Case((4,), (2,), (3,), (0,), (0,), (1,)),
    "1d-dilated": Case((5,), (3,), (1,), (2,), (1,), (2,)),
    "1d-padding-beyond-kernel": Case((7,), (2,), (2,), (4,), (1,), (1,)),
    "1d-groups": Case((3,), (4,), (2,), (1,), (0,), (1,), 4, 6, 2),
    "2d": Case((3, 5), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    "2d-stride-1": Case((5, 4), (3, 2), (1, 1), (1, 0), (0, 0), (1, 1)),
    "2d-uneven": Case((3, 4), (2, 5), (3, 1), (0, 3), (2, 0), (1, 1)),
    "2d-dilated": Case((3, 3), (3, 2), (2, 1), (1, 2), (1, 2), (2, 3)),
    "2d-full-padding": Case((5, 5), (3, 3), (1, 1), (2, 2), (0, 0), (1, 1)),
    "2d-one-tap-padding-1": Case((5, 5), (1, 1), (2, 2), (1, 1), (0, 0), (1, 1)),
    "2d-one-tap-padding-2": Case((5, 5), (1, 1), (2, 2), (2, 2), (1, 0), (1, 1)),
    "2d-padding-beyond-kernel": Case((5, 7), (2, 3), (3, 2), (4, 5), (2, 1), (1, 1)),
    "2d-padding-beyond-one-axis": Case((5, 5), (2, 4), (2, 2), (3, 1), (1, 0), (2, 1)),
    "2d-one-pixel": Case((1, 1), (3, 4), (2, 3), (0, 1), (1, 0), (1, 1)),
    "2d-groups": Case((3, 3), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 6, 3, 3),
    "2d-depthwise": Case((3, 5), (2, 3), (2, 1), (0, 1), (0, 0), (1, 2), 3, 3, 3),
    "2d-one-channel": Case((3, 5), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1), 1, 1),
    "3d": Case((2, 3, 3), (3, 2, 1), (2, 1, 2), (1, 0, 0), (1, 0, 1), (1, 2, 1)),
    "3d-padding-beyond": Case((3, 5, 4), (1, 2, 2), (2, 2, 1), (1, 3, 1), (1, 0, 0), (1, 1, 1)),
    "3d-groups": Case((2, 2, 3), (2, 2, 2), (2, 2, 2), (0, 1, 0), (0, 1, 1), (1,) * 3, 4, 2, 2),
}  # fmt: skip

cases = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def saved(path: Path, weight: Array) -> str:
    """Write a kernel and return what to pass as `--kernel`."""
    np.save(path, weight)
    return str(path)


def result(op: Deconv, x: Array) -> Array:
    """Return the operation on float64 data."""
    pixels: Array = run(op, torch.from_numpy(x)).pixels.numpy()
    return pixels


def scatter_add(x: Array, weight: Array, stride: Axes, dilation: Axes, groups: int = 1) -> Array:
    """Add the kernel, times every input value, to the whole result."""
    ins, outs = weight.shape[0] // groups, weight.shape[1]
    steps, taps, gaps = np.array(stride), np.array(weight.shape[2:]), np.array(dilation)
    sides = (np.array(x.shape[2:]) - 1) * steps + gaps * (taps - 1) + 1
    whole = np.zeros((x.shape[0], outs * groups, *sides))
    for position in np.ndindex(*x.shape[2:]):
        for tap in np.ndindex(*weight.shape[2:]):
            target = tuple(np.array(position) * steps + np.array(tap) * gaps)
            for c_in in range(x.shape[1]):
                first = c_in // ins * outs
                value = np.outer(x[:, c_in, *position], weight[c_in, :, *tap])
                whole[:, first : first + outs, *target] += value
    return whole


def cut(whole: Array, padding: Axes, extra: Axes) -> Array:
    """Cut `padding` off both ends and `extra` less off the far one; zeros beyond the end."""
    longer = np.pad(whole, [(0, 0), (0, 0), *((0, more) for more in extra)])
    ends = zip(longer.shape[2:], padding, strict=True)
    return longer[:, :, *(slice(less, side - less) for side, less in ends)]


def gradient_of_convolution(
    x: Array, weight: Array, stride: int, dilation: int, out: int, *, same: bool
) -> Array:
    """Return TensorFlow's conv2d_transpose: the gradient of SAME or VALID conv2d of side `out`."""
    reach = dilation * (weight.shape[-1] - 1) + 1
    total = max((x.shape[-1] - 1) * stride + reach - out, 0) if same else 0
    before, after = total // 2, total - total // 2
    image = torch.zeros(1, weight.shape[1], out, out, dtype=torch.float64, requires_grad=True)
    padded = F.pad(image, (before, after, before, after))
    y = F.conv2d(padded, torch.from_numpy(weight), stride=stride, dilation=dilation)
    (gradient,) = torch.autograd.grad(y, image, torch.from_numpy(x))
    numbers: Array = gradient.numpy()
    return numbers
