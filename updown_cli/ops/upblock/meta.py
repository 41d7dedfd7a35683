"""Meta upscale: any scale, with weights predicted for every output pixel (Meta-SR, 2019)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.code import Lines, literal, pad_code
from updown_cli.op.explainable import SUM
from updown_cli.op.parameter import Telling, as_typed, param
from updown_cli.op.per_axis import Number, Scales
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import GATHERED_VALUES, split_axis
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.block_params import REPLICATE, edges, odd_kernel
from updown_cli.ops.upblock.meta_net import (
    KEYS,
    NAMES,
    Net,
    bilinear_net,
    bilinear_net_lines,
    random_net,
    random_net_lines,
)
from updown_cli.ops.upblock.meta_positions import (
    division_code,
    position_lines,
    source_positions,
    windows_from,
)
from updown_cli.ops.upblock.stages import INPUT, Stage, Stages

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.learnable import Arrays


@dataclass(frozen=True, kw_only=True)
class Meta(Block):
    """Each pixel is a k x k window times weights of its own; Meta-SR (2019).

    Pixel i comes from the window around floor(i / r); a net of two linear layers with a ReLU
    between makes its weights of 1 / r and the two parts of a pixel that floor cut off. One that
    starts as bilinear takes the values at i / r. out = int(r * in), with r as typed. Keys:
    meta_block.0.weight (hidden, 3), meta_block.0.bias, meta_block.2.weight (in * k * k * out,
    hidden), meta_block.2.bias: the authors' in FILE::P2W.
    """

    mode = "meta"
    told_as = SUM

    scale_factor: tuple[Number, ...] | None = param(
        None,
        "Factor of the size, r: 1.7, 0.5, 50% or the exact 5/3; 1.7 is 17/10 exactly.",
        Scales(max=LARGEST),
        required=True,
        telling=Telling.SIZE,
    )
    kernel_size: int = odd_kernel(3)
    edges: str | None = edges()

    @property
    def set_part(self) -> str:
        """Return the part of a set that is for any scale."""
        return "meta"

    def takes(self) -> int | None:
        """Return 1 where there is but a window's worth of weights; no file tells more."""
        return 1 if len(self._net(1).second) == self.kernel_size**2 else None

    @property
    def scale(self) -> Fraction:
        """Return r as it was typed, without a float's rounding."""
        assert self.scale_factor is not None
        return Fraction(str(self.scale_factor[0]))

    def check(self) -> None:
        """Refuse two scales, and a window too small to interpolate."""
        if self.scale_factor is not None and len(set(self.scale_factor)) > 1:
            raise ParameterError(
                "must be one number for both axes",
                subject=f"--scale-factor {as_typed(self.scale_factor)}",
            )
        if self.init == "bilinear" and self.kernel_size == 1:
            raise ParameterError("--init bilinear goes with --kernel-size 3 or more")
        super().check()

    def keys(self) -> tuple[str, ...]:
        """Return the weights and biases of the two layers."""
        return KEYS

    def check_file(self) -> None:
        """Read the net."""
        self._net(1)

    def _net(self, ins: int) -> Net:
        """Return the net that predicts weights: the file's, or a new one for so many channels."""
        if self.file is None and self.init == "bilinear":
            return bilinear_net(ins, self.kernel_size)
        if self.file is None:
            return random_net(ins * ins * self.kernel_size**2, self.seed or 0)
        first = self.file.array(KEYS[0], (None, 3))
        second = self.file.array(KEYS[2], (None, len(first)))
        bias1 = self.bias_or_none(KEYS[1], (len(first),))
        return Net(first, bias1, second, self.bias_or_none(KEYS[3], (len(second),)))

    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return a net as a new block has it; biases of 0 if it has none."""
        import numpy as np

        ins = shape.channels
        net = self.derived(seed=seed)._net(ins)
        if self.check_outs(ins, outs) != ins:
            net = random_net(ins * (outs or ins) * self.kernel_size**2, seed)
        arrays: Arrays = dict(zip(KEYS[::2], (net.first, net.second), strict=True))
        biases = (net.first_bias, net.first), (net.second_bias, net.second)
        for key, (own, weight) in zip(KEYS[1::2], biases, strict=True):
            if bias or own is not None:
                arrays[key] = np.zeros(len(weight)) if own is None else own
        return arrays

    def results(self, ins: int) -> int:
        """Return the number of weights over those of a window."""
        rows, side = len(self._net(ins).second), self.kernel_size
        outs, rest = divmod(rows, ins * side**2)
        if rest:
            assert self.file is not None  # a new net fits
            raise ShapeError(
                f"has {rows} rows, expected a multiple of {ins}x{side}x{side}",
                subject=self.file.place(KEYS[2]),
                hint=f"the image has {ins} channels",
            )
        return outs

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the whole part of r times the sides."""
        return tuple(int(self.scale * side) for side in shape.size)

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the whole part of r times the sides."""
        scales = (self.scale,) * shape.dims
        return text_for_axes("floor(in * scale_factor)", scale_factor=scales)

    def inner_values(self, shape: Shape) -> int:
        """Return also what the net says of every pixel, if that is to be saved."""
        said = len(self._net(shape.channels).second) if self.show_steps else 0
        return super().inner_values(shape) + said * math.prod(self.out_size(shape))

    def how_to_fit(self) -> str:
        """Name the scale."""
        return "--scale-factor is too small for it"

    def stages(self) -> Stages:
        """Return the upscaling; to show them, first what the net sees and says."""
        seen = (Stage("offsets", self._offsets), Stage("weights", self._weights, of=(INPUT,)))
        upscale = Stage("upscale", self._upscale, of=(INPUT,))
        return (*seen, upscale) if self.show_steps else (upscale,)

    def _offsets(self, x: Tensor) -> Tensor:
        """Return what the net sees of every pixel, 1 x 3 x H x W."""
        down, right = (source_positions(side, self.scale).offsets for side in x.shape[2:])
        return self._seen(x, down, right).permute(2, 0, 1)[None]

    def _weights(self, x: Tensor) -> Tensor:
        """Return what the net says of every pixel, 1 x (in * k * k * out) x H x W."""
        seen = self._offsets(x)[0].flatten(1).T
        said = self._net(x.shape[1]).predict(seen).T
        return split_axis(said, 1, self.out_size(Shape(*x.shape[1:])))[None]

    def _seen(self, x: Tensor, down: list[float], right: list[float]) -> Tensor:
        """Return 1 / r and both offsets of rows x columns of pixels, as the type of x."""
        import torch

        offsets = (x.new_tensor(axis) for axis in (down, right))
        rows, columns = torch.meshgrid(*offsets, indexing="ij")
        return torch.stack([torch.full_like(rows, float(1 / self.scale)), rows, columns], 2)

    @property
    def _padding(self) -> str:
        """Return how torch names what is around the image."""
        named = self.file is not None and self.file.is_named
        return (
            REPLICATE if (self.edges or (REPLICATE if named else "")) == REPLICATE else "constant"
        )

    def _upscale(self, x: Tensor) -> Tensor:
        """Return the result, rows of one offset at a time: their weights are the same."""
        import torch
        import torch.nn.functional as F

        side, net, channels = self.kernel_size, self._net(x.shape[1]), x.shape[1]
        rows, columns = (source_positions(length, self.scale) for length in x.shape[2:])
        around = F.pad(x, (side // 2,) * 4, mode=self._padding)
        width, outs = len(columns.sources), self.results(channels)
        number = {offset: n for n, offset in enumerate(dict.fromkeys(columns.offsets))}
        which = [number[offset] for offset in columns.offsets]
        result = x.new_empty(len(x), outs, len(rows.sources), width)
        for offset, lines in rows.by_offset(GATHERED_VALUES // (side**2 * x[:, :, 0].numel())):
            weights = net.predict(self._seen(x, [offset], list(number))[0])[which]
            windows = windows_from(
                around, [rows.sources[line] for line in lines], columns.sources, side
            )
            by_pixel = weights.reshape(width, channels, side, side, outs)
            result[:, :, lines] = torch.einsum("ncrawb,wcabo->norw", windows, by_pixel)
        return result

    def lines(self, shape: Shape, frames: int) -> Lines:
        """Return a net that says the weights of every pixel, and sums of windows times them."""
        side, outs, size = self.kernel_size, self.results(shape.channels), self.out_size(shape)
        said = literal((*size, shape.channels, side, side, outs))
        mode = self._padding if self._padding == REPLICATE else None
        padded = pad_code("x", ((side // 2,) * 2,) * 2, mode=mode)
        net, names = self._net_lines(shape.channels)
        ratio = division_code(1 / self.scale)
        first, second = (", ".join(filter(None, part)) for part in (names[:2], names[2:]))
        return [
            *net,
            "",
            "# The pixel that each new one lies in, and how far from its start.",
            *position_lines("row", "down", size[0], self.scale),
            *position_lines("column", "right", size[1], self.scale),
            f"seen = torch.cartesian_prod(down, right).unflatten(0, {literal(size)})",
            f"seen = F.pad(seen, (1, 0), value={ratio}).to(x)  # and 1 / scale before them",
            f"hidden = F.linear(seen, {first}).relu()",
            f"weights = F.linear(hidden, {second})",
            f"weights = weights.reshape{said}",
            f"windows = {padded}.unfold(2, {side}, 1).unfold(3, {side}, 1)",
            "windows = windows[:, :, row[:, None], column]",
            'y = torch.einsum("nchwab,hwcabo->nohw", windows, weights)',
        ]

    def _net_lines(self, ins: int) -> tuple[Lines, list[str]]:
        """Return lines that define the net, and the names of weight, bias, weight, bias."""
        if self.file is None and self.init == "bilinear":
            return bilinear_net_lines(ins, self.kernel_size), list(NAMES)
        if self.file is None:
            weights = ins * ins * self.kernel_size**2
            return random_net_lines(weights, self.seed or 0), ["weight1", "", "weight2", ""]
        given = [
            name if self.file.has(key) and (self.biases or "weight" in name) else ""
            for name, key in zip(NAMES, KEYS, strict=True)
        ]
        named = zip(given, KEYS, strict=True)
        return [f"{name} = {self.file.array_code(key)}" for name, key in named if name], given
