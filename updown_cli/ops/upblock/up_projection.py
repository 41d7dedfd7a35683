"""Up-convolution and up-projection, and both without the zeros between pixels (Laina 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.base import redeclared
from updown_cli.ops.upblock.conv_block import ConvBlock, Layer, NormedBlock
from updown_cli.ops.upblock.post_conv import convolution
from updown_cli.ops.upblock.stages import INPUT, Stage, Stages

if TYPE_CHECKING:
    from torch import Tensor

# What interpolates pixels with zeros between them, and what keeps pixels.
ENLARGING = (0.25, 0.75, 0.75, 0.25, 0.0)
KEEPING = (0.0, 1.0, 0.0)

# Rows and columns of the result, by whether their number is odd.
PARITIES = {0: "even", 1: "odd"}


class ZerosBetween(ConvBlock):
    """Enlarging by zeros between pixels, once, and 5x5 convolutions of that."""

    def start(self) -> Stages:
        """Return the unpooling: every pixel at the top left of 2x2, zeros elsewhere."""
        return (Stage("unpool", zeros_between),)

    def enlarging(self, layer: Layer) -> Stages:
        """Return a convolution of what `start` gives."""
        return (Stage(f"conv{layer.number}", partial(self.convolve, layer), of=("unpool",)),)


class Interleaved(ZerosBetween):
    """The same from four convolutions of the image itself, one for each place in 2x2."""

    def start(self) -> Stages:
        """Return nothing: the zeros are never multiplied."""
        return ()

    def enlarging(self, layer: Layer) -> Stages:
        """Return the four convolutions and their interleaving."""
        name = f"conv{layer.number}"
        parts = {
            f"{name}-{PARITIES[row]}-{PARITIES[column]}": partial(self._part, layer, row, column)
            for row, column in product(PARITIES, PARITIES)
        }
        convolved = tuple(Stage(part, made, of=(INPUT,)) for part, made in parts.items())
        return (*convolved, Stage(name, interleaved, of=tuple(parts)))

    def _part(self, layer: Layer, row: int, column: int, x: Tensor) -> Tensor:
        """Return the convolution with every second tap, from this row and column on.

        Three taps reach one pixel to both sides, two the next one only: zeros go after.
        """
        weight, bias = self.weight(layer, x.shape[1])
        pads = (1 - column, 1, 1 - row, 1)
        return convolution(x, weight[:, :, row::2, column::2], bias, pads)


@dataclass(frozen=True, kw_only=True)
class UpConv(ZerosBetween, NormedBlock):
    """Up-convolution: zeros between pixels, a 5x5 convolution, ReLU (Laina 2016).

    out = 2 * in. Keys: conv1.weight (out, in, 5, 5), conv1.bias; with --batch-norm bn1.weight,
    bn1.bias, bn1.running_mean, bn1.running_var.
    """

    mode = "up-conv"

    batch_norm: bool = redeclared(NormedBlock, "batch_norm", default=False)

    def layers(self) -> tuple[Layer, ...]:
        """Return the one convolution."""
        return (Layer(1, ENLARGING),)

    def stages(self) -> Stages:
        """Return unpooling, convolution, batch norm and ReLU."""
        (layer,) = self.layers()
        return (*self.start(), *self.enlarging(layer), *self.normed(layer), *self.rectified())


class FastUpConv(Interleaved, UpConv):
    """The same values from four smaller convolutions, interleaved: no zero is multiplied.

    The two-tap sides are padded after (bottom and right); the authors' code pads before, which
    gives odd rows and columns one pixel late. Keys: as up-conv.
    """

    mode = "fast-up-conv"


class UpProj(ZerosBetween, NormedBlock):
    """Up-projection: a residual block on zeros between pixels (Laina 2016).

    conv1 (5x5), bn1, ReLU, conv2 (3x3), bn2, plus conv3 (5x5), bn3 of the same; then ReLU.
    out = 2 * in. Keys: conv1.weight (out, in, 5, 5), conv2.weight (out, out, 3, 3), conv3.weight
    (out, in, 5, 5), convN.bias; bnN.weight, bnN.bias, bnN.running_mean, bnN.running_var.
    """

    mode = "up-proj"

    def layers(self) -> tuple[Layer, ...]:
        """Return the two of the first branch, then that of the second."""
        first, second = Layer(1, ENLARGING), Layer(2, KEEPING, share=0.5, first=False)
        return first, second, Layer(3, ENLARGING, share=0.5)

    def stages(self) -> Stages:
        """Return both branches, their sum and its ReLU."""
        first, second, third = self.layers()
        branch = (
            *self.enlarging(first),
            *self.normed(first),
            *self.rectified("relu1"),
            Stage("conv2", partial(self.convolve, second)),
            *self.normed(second),
        )
        projection = (*self.enlarging(third), *self.normed(third))
        added = Stage("sum", plus, of=(branch[-1].name, projection[-1].name))
        return (*self.start(), *branch, *projection, added, *self.rectified())


class FastUpProj(Interleaved, UpProj):
    """Up-projection whose 5x5 convolutions are four smaller ones each, interleaved.

    The values are those of up-proj. Keys: as up-proj.
    """

    mode = "fast-up-proj"


def zeros_between(x: Tensor) -> Tensor:
    """Return every pixel at the top left of 2x2, zeros elsewhere."""
    height, width = x.shape[2:]
    result = x.new_zeros(*x.shape[:2], 2 * height, 2 * width)
    result[:, :, ::2, ::2] = x
    return result


def interleaved(*parts: Tensor) -> Tensor:
    """Return one picture of four: those of even rows, then of odd ones, even columns first."""
    height, width = parts[0].shape[2:]
    result = parts[0].new_empty(*parts[0].shape[:2], 2 * height, 2 * width)
    for part, (row, column) in zip(parts, product(PARITIES, PARITIES), strict=True):
        result[:, :, row::2, column::2] = part
    return result


def plus(a: Tensor, b: Tensor) -> Tensor:
    """Return the sum."""
    return a + b
