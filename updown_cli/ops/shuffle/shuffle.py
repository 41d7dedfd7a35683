"""Channels to pixels and back: pixel shuffle, depth to space, sub-pixel phases."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.call import Call, Number, TensorName, Term, X
from updown_cli.op.code import format_call
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, undone_span, whole_span, window_span
from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.learnable import Rearrangement
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import KEPT, SizeText
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import merge_axes, split_axis
from updown_cli.ops.shuffle.axes_order import permute_lines, shuffle_array

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Shuffle(Op, Rearrangement):
    """Rearrange r^2 channels into r x r pixels (torch.nn.PixelShuffle) or back.

    (C, H, W) <-> (C / r^2, H * r, W * r); r channels per output channel in one dimension, r^3 in
    three. No value is changed.
    """

    command = "shuffle"
    told_as = SUM
    why_whole = "the tiles of a grid lie far apart"
    around = NOTHING_AROUND

    upscale_factor: int | None = param(
        None,
        "Channels become pixels along each axis, r of them.",
        Int(min=1, max=LARGEST),
        telling=Telling.SIZE,
    )
    downscale_factor: int | None = param(
        None,
        "Pixels along each axis, r of them, become channels.",
        Int(min=1, max=LARGEST),
        telling=Telling.SIZE,
    )
    order: str = param(
        "crd",
        "Which channel holds which pixel. crd is torch's (channel, row, column), dcr "
        "TensorFlow's (row, column, channel), phase-shift (channel, column, row).",
        Choice(("crd", "dcr", "phase-shift")),
        telling=Telling.DETAIL,
    )
    arrange: str = param(
        "channels",
        "Where the r^2 phases of a channel are: in channels, side by side as a grid in one "
        "picture, or in frames.",
        Choice(("channels", "grid", "frames")),
    )

    @property
    def factor(self) -> int:
        """Return r."""
        return self.upscale_factor or self.downscale_factor or 1

    def phases(self, dims: int) -> int:
        """Return r per axis, multiplied."""
        return math.prod([self.factor] * dims)

    @property
    def goes_up(self) -> bool:
        """Whether channels become pixels."""
        return self.upscale_factor is not None

    def check(self) -> None:
        """Ask for exactly one factor."""
        if (self.upscale_factor is None) == (self.downscale_factor is None):
            raise ParameterError(
                "shuffle needs exactly one of these",
                subject="--upscale-factor, --downscale-factor",
            )

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def out_channels(self, shape: Shape) -> int:
        """Return the channels times or by r per axis, where phases are channels."""
        phases = self.phases(shape.dims)
        if self.arrange != "channels":
            return shape.channels
        if not self.goes_up:
            return shape.channels * phases
        self._check_divides(shape.channels, phases, f"{shape.channels} channels")
        return shape.channels // phases

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides times or by r; a grid keeps them."""
        if self.arrange == "grid" or not self.goes_up:
            for side in shape.size:
                self._check_divides(side, self.factor, f"a side of {side} pixels")
        if self.arrange == "grid":
            return shape.size
        if self.goes_up:
            return tuple(side * self.factor for side in shape.size)
        return tuple(side // self.factor for side in shape.size)

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the sides times or by r; a grid keeps them."""
        if self.arrange == "grid":
            return [(KEPT, {})] * shape.dims
        name = "upscale_factor" if self.goes_up else "downscale_factor"
        sign = "*" if self.goes_up else "/"
        return [(f"in {sign} {name}", {name: self.factor})] * shape.dims

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixels of a block; of a grid everything, for its tiles lie far apart."""
        r = self.factor
        if self.arrange == "grid":
            return [whole_span(side) for side in shape.size]
        if self.goes_up:
            return [undone_span(side, start=0, reach=r, step=r, taps=1) for side in shape.size]
        return [window_span(side, start=0, reach=r, step=r, taps=1) for side in shape.size]

    def put_back(self, y: Tensor) -> Tensor | None:
        """Return pixels of channels, or channels of pixels."""
        if self.arrange != "channels":
            return None
        up, down = self.downscale_factor, self.upscale_factor
        return replace(self, upscale_factor=up, downscale_factor=down).apply(y)

    def inner_values(self, shape: Shape) -> int:
        """Return what torch copies on the way, as measured: once, and once for each axis."""
        return (shape.dims + 1) * math.prod(shape)

    def out_frames(self, frames: int, shape: Shape) -> int:
        """Return the number of frames, where phases are frames."""
        phases = self.phases(shape.dims)
        if self.arrange != "frames":
            return frames
        if not self.goes_up:
            return frames * phases
        self._check_divides(frames, phases, f"{frames} frames")
        return frames // phases

    def _check_divides(self, number: int, by: int, what: str) -> None:
        if number % by:
            raise ShapeError(
                f"shuffle: {what} cannot be divided by {by}",
                hint="choose another factor",
            )

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the rearranged values."""
        return IntegerWay(partial(shuffle_array, self))

    def apply(self, x: Tensor) -> Tensor:
        """Return the rearranged values."""
        if self._is_of_torch(x.dim() - 2):
            rearranged: Tensor = self._call(X).run(x=x)
            return rearranged
        if self.goes_up:
            return self._from_phases(self._gathered(x))
        return self._laid_out(self._to_phases(x))

    def _is_of_torch(self, dims: int) -> bool:
        """Whether torch has a layer for it."""
        return dims == 2 and (self.order, self.arrange) == ("crd", "channels")

    def _call(self, x: Term) -> Term:
        name = "pixel_shuffle" if self.goes_up else "pixel_unshuffle"
        return Call(name, (x, Number(self.factor)))

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's pixel shuffle where there is one, else an order of axes."""
        return self.lines_for(X, shape, frames)

    def lines_for(self, x: TensorName, shape: Shape, frames: int) -> Lines:
        """Return the shuffling as y of what has another name than x."""
        if self._is_of_torch(shape.dims):
            return [f"y = {self._call(x).code()}"]
        return permute_lines(self, shape, frames, x.code())

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return depth to space or back; of a single channel torch's order is the same."""
        single = self.out_channels(shape) == 1 if self.goes_up else shape.channels == 1
        if shape.dims != 2 or self.arrange != "channels" or self.factor == 1:
            return None
        if self.order != "dcr" and not (self.order == "crd" and single):
            return None
        name = "tf.nn.depth_to_space" if self.goes_up else "tf.nn.space_to_depth"
        return [f"y = {format_call(name, 'x', str(self.factor))}"]

    def _to_phases(self, x: Tensor) -> Tensor:
        """Return N x C x H x W as N x C x r^2 x h x w."""
        dims = x.dim() - 2
        for axis in range(2, 2 + 2 * dims, 2):
            x = split_axis(x, axis, (-1, self.factor))
        small, offsets = range(2, 2 + 2 * dims, 2), range(3, 3 + 2 * dims, 2)
        return x.permute(0, 1, *self._offset_order(offsets), *small).flatten(2, 1 + dims)

    def _from_phases(self, x: Tensor) -> Tensor:
        """Return N x C x r^2 x h x w as N x C x H x W."""
        dims = x.dim() - 3
        x = split_axis(x, 2, (self.factor,) * dims)
        offsets = self._offset_order(range(2, 2 + dims))
        return merge_axes(x, range(2 + dims, 2 + 2 * dims), offsets)

    def _offset_order(self, offsets: range) -> range:
        return offsets[::-1] if self.order == "phase-shift" else offsets

    def _laid_out(self, phases: Tensor) -> Tensor:
        """Return N x C x r^2 x h x w as channels, frames or a grid."""
        if self.arrange == "frames":
            return phases.transpose(1, 2).flatten(0, 1)
        if self.arrange == "grid":
            return self._tiled(phases)
        return (phases.transpose(1, 2) if self.order == "dcr" else phases).flatten(1, 2)

    def _gathered(self, x: Tensor) -> Tensor:
        """Return channels, frames or a grid as N x C x r^2 x h x w."""
        phases = self.phases(x.dim() - 2)
        if self.arrange == "frames":
            return split_axis(x, 0, (-1, phases)).transpose(1, 2)
        if self.arrange == "grid":
            return self._untiled(x)
        if self.order == "dcr":
            return split_axis(x, 1, (phases, -1)).transpose(1, 2)
        return split_axis(x, 1, (-1, phases))

    def _tiled(self, phases: Tensor) -> Tensor:
        """Return the phases as tiles in reading order."""
        dims = phases.dim() - 3
        x = split_axis(phases, 2, (self.factor,) * dims)
        return merge_axes(x, range(2, 2 + dims), range(2 + dims, 2 + 2 * dims))

    def _untiled(self, x: Tensor) -> Tensor:
        """Undo `_tiled`."""
        dims = x.dim() - 2
        for axis in range(2, 2 + 2 * dims, 2):
            x = split_axis(x, axis, (self.factor, -1))
        tiles, small = range(2, 2 + 2 * dims, 2), range(3, 3 + 2 * dims, 2)
        return x.permute(0, 1, *tiles, *small).flatten(2, 1 + dims)
