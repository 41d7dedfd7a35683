"""Convolution and nearest-neighbour enlarging, in either order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import Telling, param
from updown_cli.ops.upblock.block_params import odd_kernel
from updown_cli.ops.upblock.conv_block import BlockLayer
from updown_cli.ops.upblock.normed_block import NormedBlock
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stage, Stages

if TYPE_CHECKING:
    from torch import Tensor

# What interpolates pixels that stand twice, and what keeps pixels.
SMOOTHING, KEEPING = (0.25, 0.5, 0.25), (1.0,)

# Every pixel as 2x2, in code.
TWICE = ".repeat_interleave(2, 2).repeat_interleave(2, 3)"


@dataclass(frozen=True, kw_only=True)
class NNConv(NormedBlock):
    """A convolution, batch norm, ReLU, then every pixel twice; along each axis (FastDepth 2019).

    upsample-first is another function: monodepth's, and what Odena (2016) has against the
    checkerboard. A conv-first block that starts as bilinear can only repeat pixels. out = 2 * in.
    Keys: conv1.weight (out, in, k, k), conv1.bias, bn1.weight, bn1.bias, bn1.running_mean,
    bn1.running_var.
    """

    mode = "nnconv"

    kernel_size: int = odd_kernel(5)
    order: str = param(
        "conv-first",
        "What is done first.",
        Choice(("conv-first", "upsample-first")),
        telling=Telling.DETAIL,
    )

    def layers(self) -> tuple[BlockLayer, ...]:
        """Return the one convolution."""
        smooth = self.order == "upsample-first" and self.kernel_size >= len(SMOOTHING)
        taps = SMOOTHING if smooth else KEEPING
        around = (0.0,) * ((self.kernel_size - len(taps)) // 2)
        return (BlockLayer(1, (*around, *taps, *around)),)

    def stages(self) -> Stages:
        """Return the convolution with what follows it, and the enlarging, in their order."""
        (layer,) = self.layers()
        conv = Stage("conv1", partial(self.convolve, layer))
        convolved = (conv, *self.normed(layer), *self.rectified())
        larger = (Stage("nearest", repeat_2x2),)
        return convolved + larger if self.order == "conv-first" else larger + convolved

    def write(self, script: Script) -> None:
        """Write them in their order."""
        (layer,) = self.layers()
        if self.order == "upsample-first":
            script.name("nearest", f"x{TWICE}")
        self.write_convolution(script, layer)
        self.write_norm(script, layer)
        self.write_relu(script, "relu")
        if self.order == "conv-first":
            script.name("y", f"{script.last}{TWICE}")


def repeat_2x2(x: Tensor) -> Tensor:
    """Return every pixel as 2x2."""
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)
