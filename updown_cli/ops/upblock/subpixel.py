"""Sub-pixel convolution: r^2 results for every pixel, shuffled into r x r pixels (Shi 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.parameter import Telling, param
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upblock.block import odd_kernel
from updown_cli.ops.upblock.block_weights import draw_weights, phase_taps
from updown_cli.ops.upblock.conv_block import BlockLayer, ConvBlock
from updown_cli.ops.upblock.stages import Stage, Stages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.shape import Shape


@dataclass(frozen=True, kw_only=True)
class SubPixel(ConvBlock):
    """A convolution to r^2 times the channels, then their shuffling to pixels (ESPCN, Shi 2016).

    It is a transposed convolution of stride r with kernels of k * r taps. out = r * in. With
    --init icnr all r^2 kernels of a channel are one (Aitken 2017): the block starts as a
    convolution and nearest-neighbour enlarging. Keys: conv1.weight (out * r^2, in, k, k),
    conv1.bias.
    """

    mode = "subpixel"

    upscale_factor: int = param(
        2, "Pixels for each along an axis, r.", Int(min=1, max=64), telling=Telling.SIZE
    )
    kernel_size: int = odd_kernel(3)
    channel_order: str = param(
        "crd",
        "Which channel holds which pixel: crd as in torch, dcr as in TensorFlow.",
        Choice(("crd", "dcr")),
    )

    @property
    def phases(self) -> int:
        """Return r^2."""
        return self.upscale_factor**2

    def layers(self) -> tuple[BlockLayer, ...]:
        """Return the one convolution, whose taps differ by phase."""
        return (BlockLayer(1, (0.0,) * self.kernel_size),)

    def check_file(self) -> None:
        """Refuse channels that are not r^2 for each."""
        super().check_file()
        assert self.file is not None
        channels = self.file.array("conv1.weight", (None,) * 4).shape[0]
        if channels % self.phases:
            raise ParameterError(
                f"{channels} channels cannot be divided by {self.phases}",
                subject=self.file.place("conv1.weight"),
                hint="choose another --upscale-factor",
            )

    def results(self, ins: int) -> int:
        """Return the channels after the shuffling."""
        return super().results(ins) // self.phases if self.file else ins

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return r times the sides."""
        return tuple(self.upscale_factor * side for side in shape.size)

    def stages(self) -> Stages:
        """Return the convolution and the shuffling."""
        shuffle = Shuffle(upscale_factor=self.upscale_factor, order=self.channel_order)
        (layer,) = self.layers()
        conv = Stage("conv1", partial(self.convolve, layer))
        return (conv, Stage("shuffle", shuffle.apply))

    def new_weight(self, layer: BlockLayer, ins: int) -> NDArray[Any]:
        """Return drawn kernels, one drawn kernel for all phases, or those that interpolate."""
        import numpy as np

        side, seed = self.kernel_size, self.seed or 0
        if self.init == "random":
            return draw_weights((ins * self.phases, ins, side, side), seed, layer.name)
        if self.init == "icnr":
            kernels = draw_weights((ins, ins, side, side), seed, layer.name)
            return self._in_order(kernels[:, None].repeat(self.phases, axis=1))
        taps = phase_taps(self.upscale_factor, side)
        phases = np.einsum("pa,qb->pqab", taps, taps).reshape(-1, side, side)
        return self._in_order(np.einsum("oi,pab->opiab", np.eye(ins), phases))

    def _in_order(self, kernels: NDArray[Any]) -> NDArray[Any]:
        """Return (out, r^2, in, k, k) as a weight whose channels are in the block's order."""
        if self.channel_order == "dcr":
            kernels = kernels.swapaxes(0, 1)
        return kernels.reshape(-1, *kernels.shape[2:])
