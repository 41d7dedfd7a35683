"""The net of a meta upscale: what each pixel's weights are, from where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines
from updown_cli.ops.kernels.drawn import draw_weights, drawn_lines
from updown_cli.ops.kernels.layer import tensor_like

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

#: The arrays by their names in the authors' code: weight and bias of the two layers.
KEYS = ("meta_block.0.weight", "meta_block.0.bias", "meta_block.2.weight", "meta_block.2.bias")

#: The same in code.
NAMES = ("weight1", "bias1", "weight2", "bias2")

# Hidden units of the paper's net.
HIDDEN = 256

# Straight pieces that a square is made of on an interval of length 1: they and two more units
# are at most HIDDEN.
PIECES = 63


# What `bilinear_net` computes.
BILINEAR = """\
# A net that says (1 - y)(1 - x), y(1 - x), (1 - y)x and yx of the offsets y and x: yx is
# ((y + x)^2 - (y - x)^2) / 4, and a ReLU for every bend makes squares of straight pieces.
knots = np.arange({knots}) / {pieces}
bends = np.where(knots > 0, 2, 1) / {pieces}
near = knots < 1
units = [
    (1, 0, 0, 0),
    (0, 1, 0, 0),
    *((1, 1, knot, bend / 4) for knot, bend in zip(knots, bends)),
    *((1, -1, knot, -bend / 4) for knot, bend in zip(knots[near], bends[near])),
    *((-1, 1, knot, -bend / 4) for knot, bend in zip(knots[near], bends[near])),
]
down, right, thresholds, product = np.array(units).T
y, x_ = np.eye(len(down))[:2]
weight1 = np.stack([0 * down, down, right], 1)
bias1 = -thresholds
window = np.zeros(({side}, {side}, len(down)))
window[{middle}:{end}, {middle}:{end}] = [[product - y - x_, x_ - product], [y - product, product]]
constant = np.zeros(({side}, {side}))
constant[{middle}, {middle}] = 1
each = np.eye({channels})  # every channel by itself
weight2 = np.einsum("io,abh->iaboh", each, window).reshape({rows}, -1)
bias2 = np.einsum("io,ab->iabo", each, constant).ravel()"""


@dataclass(frozen=True)
class Net:
    """Two linear layers with a ReLU between: (hidden, 3) and (in * k * k * out, hidden)."""

    first: NDArray[Any]
    first_bias: NDArray[Any] | None
    second: NDArray[Any]
    second_bias: NDArray[Any] | None

    def predict(self, seen: Tensor) -> Tensor:
        """Return (pixels, weights) for (pixels, 3): 1 / scale, and the offsets down and right."""
        import torch.nn.functional as F

        first, first_bias, second, second_bias = (
            None if numbers is None else tensor_like(seen, numbers)
            for numbers in (self.first, self.first_bias, self.second, self.second_bias)
        )
        assert first is not None
        assert second is not None
        return F.linear(F.linear(seen, first, first_bias).relu(), second, second_bias)


def random_net(weights: int, seed: int) -> Net:
    """Return a drawn net that says so many weights, without biases."""
    first = draw_weights((HIDDEN, 3), seed, KEYS[0])
    return Net(first, None, draw_weights((weights, HIDDEN), seed, KEYS[2]), None)


def random_net_lines(weights: int, seed: int) -> Lines:
    """Return lines that define the weights of the same net, `weight1` and `weight2`."""
    return [
        *drawn_lines((HIDDEN, 3), seed, KEYS[0]),
        "weight1 = torch.from_numpy(numbers).to(x)",
        *drawn_lines((weights, HIDDEN), seed, KEYS[2]),
        "weight2 = torch.from_numpy(numbers).to(x)",
    ]


def bilinear_net(channels: int, side: int) -> Net:
    """Return the net whose weights interpolate between four pixels, each channel by itself.

    With y and x the offsets, the weights are (1 - y)(1 - x), y(1 - x), (1 - y)x and yx, where yx
    is ((y + x)^2 - (y - x)^2) / 4 and each square is made of straight pieces: they are within
    2e-5 of the exact ones.
    """
    import numpy as np

    knots = np.arange(2 * PIECES) / PIECES
    bends = np.where(knots > 0, 2.0, 1.0) / PIECES  # by which the slope of the square grows
    near = knots < 1
    units = [  # how a hidden unit sees y and x, its threshold, and its part of yx
        *((1, 1, knot, bend / 4) for knot, bend in zip(knots, bends, strict=True)),
        *((1, -1, k, -b / 4) for k, b in zip(knots[near], bends[near], strict=True)),
        *((-1, 1, k, -b / 4) for k, b in zip(knots[near], bends[near], strict=True)),
    ]
    down, right, thresholds, product = np.array([(1, 0, 0, 0), (0, 1, 0, 0), *units]).T
    y, x = np.eye(len(down))[:2]
    middle, reach = side // 2, slice(side // 2, side // 2 + 2)
    window = np.zeros((side, side, len(down)))
    window[reach, reach] = [[product - y - x, x - product], [y - product, product]]
    constant = np.zeros((side, side))
    constant[middle, middle] = 1.0
    return Net(
        np.stack([np.zeros_like(down), down, right], 1),
        -thresholds,
        _by_channel(window.reshape(side * side, -1), channels),
        _by_channel(constant.reshape(side * side, 1), channels)[:, 0],
    )


def bilinear_net_lines(channels: int, side: int) -> Lines:
    """Return lines that define the same net."""
    net = BILINEAR.format(
        knots=2 * PIECES,
        pieces=PIECES,
        side=side,
        middle=side // 2,
        end=side // 2 + 2,
        channels=channels,
        rows=channels**2 * side**2,
    )
    return [*net.splitlines(), *(f"{name} = torch.from_numpy({name}).to(x)" for name in NAMES)]


def _by_channel(rows: NDArray[Any], channels: int) -> NDArray[Any]:
    """Return (in * taps * out, ...) of (taps, ...), zero where in is not out."""
    import numpy as np

    weights: NDArray[Any] = np.einsum("io,th->itoh", np.eye(channels), rows)
    return weights.reshape(-1, rows.shape[1])
