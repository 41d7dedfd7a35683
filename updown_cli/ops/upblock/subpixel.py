"""Sub-pixel convolution: r^2 results for every pixel, shuffled into r x r pixels (Shi 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.call import TensorName
from updown_cli.op.code import Lines, format_call
from updown_cli.op.explainable import SUM
from updown_cli.op.integer_way import Clamping
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.ops.kernels.byte_rows import ByteRows, Placed
from updown_cli.ops.kernels.drawn import draw_weights, drawn_lines
from updown_cli.ops.kernels.row_kernel import ConvWindows
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upblock.block_params import odd_kernel
from updown_cli.ops.upblock.block_weights import phase_taps
from updown_cli.ops.upblock.conv_block import BlockLayer
from updown_cli.ops.upblock.corrected import CorrectedConv, replicated
from updown_cli.ops.upblock.learned import centred_form, named_after
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stage, Stages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.learnable import Arrays, LinearForm
    from updown_cli.ops.upblock.byte_kernel import ByteKernel


@dataclass(frozen=True, kw_only=True)
class SubPixel(CorrectedConv):
    """A convolution to r^2 times the channels, shuffled to pixels; ESPCN (Shi 2016).

    It is a transposed convolution of stride r with kernels of k * r taps. out = r * in. With
    --init icnr all r^2 kernels of a channel are one (Aitken 2017): the block starts as a
    convolution and nearest-neighbour enlarging. Keys: conv1.weight (out * r^2, in, k, k),
    conv1.bias; if there are conv2.weight and so on, these with ReLU between are added to it.
    --weights photo enlarges photographs twice or three times, each channel by itself.
    """

    mode = "subpixel"
    told_as = SUM

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
    def set_part(self) -> str:
        """Return x2 for r = 2."""
        return f"x{self.upscale_factor}"

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

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return r times the sides."""
        factors = (self.upscale_factor,) * shape.dims
        return text_for_axes("in * upscale_factor", upscale_factor=factors)

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return the windows of the convolution, where nothing is added or follows."""
        if self.post is not None or self.corrections():
            return None
        return centred_form(shape.size, self.kernel_size, padded=self.replicates)

    def windows_of(self, x: Tensor) -> Tensor:
        """Return an image with what is around it."""
        return replicated(x, (self.kernel_size,) * 2) if self.replicates else x

    def sums_of(self, y: Tensor) -> Tensor:
        """Return pixels as the channels that were shuffled."""
        return Shuffle(downscale_factor=self.upscale_factor, order=self.channel_order).apply(y)

    def from_kernels(self, kernels: NDArray[Any], bias: NDArray[Any] | None) -> Arrays:
        """Return the arrays of the convolution."""
        return named_after(self.layers()[0].name, super().from_kernels(kernels, bias))

    def stages(self) -> Stages:
        """Return the convolution, what corrects it, and the shuffling."""
        return (*self.corrected(), Stage("shuffle", self._shuffle().apply))

    def byte_rows(self, shape: Shape, kernel: ByteKernel) -> ByteRows | None:
        """Return the convolution, each result at its place among r^2 pixels."""
        if self.corrections() or self.replicates:
            return None
        (height, width), around = shape.size, self.kernel_size // 2
        windows = ConvWindows(before=(around, around), size=(height, width))
        parts = kernel.parts(windows)
        if parts is None or any(part.outs.stop - part.outs.start > 1 for part in parts):
            return None
        return ByteRows(
            [Placed(part, *self._place(part.outs.start, shape.channels)) for part in parts],
            (height, width),
            self.all_results(shape.channels),
            side=self.upscale_factor,
            white=self.byte_white,
            clamping=None if kernel.averages else Clamping(),
        )

    def _place(self, result: int, channels: int) -> tuple[slice, int, int]:
        """Return the channel, and the row and column in r x r pixels, of a result."""
        each = self.results(1 if self.by_channel(channels) else channels)
        turn, result = divmod(result, each * self.phases)
        if self.channel_order == "crd":
            channel, phase = divmod(result, self.phases)
        else:
            phase, channel = divmod(result, each)
        first = turn * each + channel
        return slice(first, first + 1), *divmod(phase, self.upscale_factor)

    def _shuffle(self) -> Shuffle:
        return Shuffle(upscale_factor=self.upscale_factor, order=self.channel_order)

    def write(self, script: Script) -> None:
        """Write the convolution, what corrects it, and the shuffling."""
        self.write_corrected(script)
        channels = self.results(script.shape.channels) * self.phases
        many = Shape(channels, *script.shape.size)
        shuffle = self._shuffle().for_shape(many)
        script.add(*shuffle.lines_for(TensorName(script.last), many, script.frames))
        script.last = "y"

    def transposed_code(self, shape: Shape, frames: int) -> Lines | None:
        """Return one transposed convolution; None if a bias or an order of channels is in the way.

        Kernels are turned round, and the phases of a channel stand between each other's taps.
        """
        (layer,) = self.layers()
        more = self.bias_names(layer) or self.corrections() or self.replicates
        if more or self.post is not None or self.channel_order != "crd":
            return None
        r, k = self.upscale_factor, self.kernel_size
        padding = {"stride": r, "padding": r * (k - 1) // 2}
        return [
            *self.weight_lines(layer, shape.channels),
            f"kernels = {layer.weight}.unflatten(0, (-1, {r}, {r})).flip(-2, -1)",
            "# in x out x tap and phase of the rows x those of the columns",
            "weight = kernels.permute(3, 0, 4, 1, 5, 2).flatten(4, 5).flatten(2, 3)",
            f"y = {format_call('F.conv_transpose2d', 'x', 'weight', **padding)}",
        ]

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

    def new_weight_lines(self, layer: BlockLayer, ins: int) -> Lines:
        """Return lines that define what `new_weight` gives."""
        side, phases, seed = self.kernel_size, self.phases, self.seed or 0
        name, by_channel = layer.weight, self.channel_order == "crd"
        if self.init == "random":
            drawn = drawn_lines((ins * phases, ins, side, side), seed, layer.name)
            return [*drawn, f"{name} = torch.from_numpy(numbers).to(x)"]
        if self.init == "icnr":
            drawn = drawn_lines((ins, ins, side, side), seed, layer.name)
            again = f"_interleave({phases}, 0)" if by_channel else f"({phases}, 1, 1, 1)"
            return [*drawn, f"{name} = torch.from_numpy(numbers).to(x).repeat{again}"]
        r, to = self.upscale_factor, "opiab" if by_channel else "poiab"
        return [
            "# Taps that interpolate at each phase, in rows and columns, "
            "for each channel by itself.",
            f"phase = (torch.arange({r}).to(x)[:, None] + 0.5) / {r} - 0.5",
            f"taps = (1 - (torch.arange({side}) - {side // 2} - phase).abs()).clamp(min=0)",
            "taps = taps / taps.sum(1, keepdim=True)",
            'phases = torch.einsum("pa,qb->pqab", taps, taps).flatten(0, 1)',
            f'{name} = torch.einsum("oi,pab->{to}", torch.eye({ins}).to(x), phases).flatten(0, 1)',
        ]

    def _in_order(self, kernels: NDArray[Any]) -> NDArray[Any]:
        """Return (out, r^2, in, k, k) as a weight whose channels are in the block's order."""
        if self.channel_order == "dcr":
            kernels = kernels.swapaxes(0, 1)
        return kernels.reshape(-1, *kernels.shape[2:])
