"""Up-projection: a residual block on zeros between pixels (Laina 2016)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from updown_cli.ops.upblock.conv_block import BlockLayer
from updown_cli.ops.upblock.normed_block import NormedBlock
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stage, Stages
from updown_cli.ops.upblock.zeros_between import ENLARGING, KEEPING, ZerosBetween

if TYPE_CHECKING:
    from torch import Tensor


class UpProj(ZerosBetween, NormedBlock):
    """A residual block on zeros between pixels; up-projection (Laina 2016).

    conv1 (5x5), bn1, ReLU, conv2 (3x3), bn2, plus conv3 (5x5), bn3 of the same; then ReLU.
    out = 2 * in. Keys: conv1.weight (out, in, 5, 5), conv2.weight (out, out, 3, 3), conv3.weight
    (out, in, 5, 5), convN.bias; bnN.weight, bnN.bias, bnN.running_mean, bnN.running_var.
    """

    mode = "up-proj"

    def layers(self) -> tuple[BlockLayer, ...]:
        """Return the two of the first branch, then that of the second."""
        first, second = BlockLayer(1, ENLARGING), BlockLayer(2, KEEPING, share=0.5, first=False)
        return first, second, BlockLayer(3, ENLARGING, share=0.5)

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
        added = Stage("sum", add, of=(branch[-1].name, projection[-1].name))
        return (*self.start(), *branch, *projection, added, *self.rectified())

    def write(self, script: Script) -> None:
        """Write both branches, their sum and its ReLU."""
        first, second, third = self.layers()
        self.write_start(script)
        self.write_enlarging(script, first)
        self.write_norm(script, first)
        self.write_relu(script, "relu1")
        self.write_convolution(script, second)
        self.write_norm(script, second)
        branch = script.last
        self.write_enlarging(script, third)
        self.write_norm(script, third)
        script.name("added", f"{branch} + {script.last}")
        self.write_relu(script, "y")


def add(a: Tensor, b: Tensor) -> Tensor:
    """Return the sum."""
    return a + b
