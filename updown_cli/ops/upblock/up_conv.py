"""Up-convolution: zeros between pixels, a convolution, ReLU (Laina 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import Clamping
from updown_cli.op.parameter import redeclare
from updown_cli.ops.kernels.byte_rows import ByteRows, Placed
from updown_cli.ops.upblock.conv_block import BlockLayer
from updown_cli.ops.upblock.learned import centred_form, doubled, named_after
from updown_cli.ops.upblock.normed_block import NormedBlock, rectify
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stages
from updown_cli.ops.upblock.zeros_between import ENLARGING, ZerosBetween, insert_zeros_2x2

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.learnable import Arrays, LinearForm
    from updown_cli.op.shape import Shape
    from updown_cli.ops.upblock.byte_kernel import ByteKernel


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

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return the windows over pixels with zeros between them, where nothing follows."""
        follows = self.relu or self.batch_norm or self.post is not None
        return None if follows else centred_form(doubled(shape), len(ENLARGING))

    def windows_of(self, x: Tensor) -> Tensor:
        """Return pixels with zeros between them."""
        return insert_zeros_2x2(x)

    def from_kernels(self, kernels: NDArray[Any], bias: NDArray[Any] | None) -> Arrays:
        """Return the arrays of the convolution."""
        return named_after(self.layers()[0].name, super().from_kernels(kernels, bias))

    def stages(self) -> Stages:
        """Return unpooling, convolution, batch norm and ReLU."""
        (layer,) = self.layers()
        return (*self.start(), *self.enlarging(layer), *self.normed(layer), *self.rectified())

    def byte_rows(self, shape: Shape, kernel: ByteKernel) -> ByteRows | None:
        """Return a convolution of the pixels for each parity of rows and columns."""
        if self.batch_norm:
            return None
        (height, width), inserts = shape.size, bool(self.start())
        parts = kernel.parts_by_parity((height, width), of_zeros=inserts)
        if parts is None:
            return None
        return ByteRows(
            [Placed(part, part.outs, row, column) for part, row, column in parts],
            (height, width),
            self.all_results(shape.channels),
            side=2,
            white=self.byte_white,
            after=rectify if self.relu else None,
            clamping=None if kernel.averages else Clamping(),
        )

    def write(self, script: Script) -> None:
        """Write them."""
        (layer,) = self.layers()
        self.write_start(script)
        self.write_enlarging(script, layer)
        self.write_norm(script, layer)
        self.write_relu(script, "y")
