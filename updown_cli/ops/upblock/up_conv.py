"""Up-convolution: zeros between pixels, a convolution, ReLU (Laina 2016)."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.parameter import redeclare
from updown_cli.ops.upblock.conv_block import BlockLayer
from updown_cli.ops.upblock.normed_block import NormedBlock
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stages
from updown_cli.ops.upblock.zeros_between import ENLARGING, ZerosBetween


@dataclass(frozen=True, kw_only=True)
class UpConv(ZerosBetween, NormedBlock):
    """Zeros between pixels, a 5x5 convolution, ReLU; up-convolution (Laina 2016).

    out = 2 * in. Keys: conv1.weight (out, in, 5, 5), conv1.bias; with --batch-norm bn1.weight,
    bn1.bias, bn1.running_mean, bn1.running_var.
    """

    mode = "up-conv"

    batch_norm: bool = redeclare(NormedBlock, "batch_norm", default=False)

    def layers(self) -> tuple[BlockLayer, ...]:
        """Return the one convolution."""
        return (BlockLayer(1, ENLARGING),)

    def stages(self) -> Stages:
        """Return unpooling, convolution, batch norm and ReLU."""
        (layer,) = self.layers()
        return (*self.start(), *self.enlarging(layer), *self.normed(layer), *self.rectified())

    def write(self, script: Script) -> None:
        """Write them."""
        (layer,) = self.layers()
        self.write_start(script)
        self.write_enlarging(script, layer)
        self.write_norm(script, layer)
        self.write_relu(script, "y")
