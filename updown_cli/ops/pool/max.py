"""Max pooling: the largest value of every window."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import Surroundings
from updown_cli.op.code import SIDES, format_call, literal
from updown_cli.op.shape import Shape
from updown_cli.op.tensorflow_windows import padding_name, windows
from updown_cli.ops.pool.integer_pool import extremes_way
from updown_cli.ops.pool.kept_indices import KeepsIndices, renumber_lines
from updown_cli.ops.pool.maxima_apart import maxima_apart
from updown_cli.ops.pool.tensorflow import pool_lines
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.input_span import InputSpan
    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.pool_indices import PoolIndices

#: How TensorFlow's numbering becomes torch's, where every channel counts for itself.
TENSORFLOW_NUMBERS = {
    "tf": "",
    "tf-batch": "",
    "torch": "indices = indices // {}  # in one channel",
}


@dataclass(frozen=True, kw_only=True)
class MaxPool(KeepsIndices, DilatedPool):
    """The largest value of every window, as torch.nn.MaxPool2d."""

    mode = "max"
    around = Surroundings(value=-math.inf)

    def undone_spans(self, source: Shape, pooled: Shape) -> list[InputSpan]:
        """Return for each axis in which windows a pixel of the source is."""
        sides = zip(self.spans(), source.size, pooled.size, strict=True)
        return [span.undone(side, count) for span, side, count in sides]

    def inner_values(self, shape: Shape) -> int:
        """Return the positions, which torch finds whether anyone wants them or not."""
        return 2 * math.prod(self.out_shape(shape))

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the maxima of integers, if nobody wants their positions."""
        return None if self.keeps else extremes_way(self, shape, dtype, "maximum")

    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and their positions in one plane of x."""
        import torch

        shape = Shape(*x.shape[1:])
        call = self.max_call(shape, indices=indices)
        if not indices:
            return call.run(x=x), None
        if (found := maxima_apart(x, self.spans())) is not None:
            return found
        values, positions = call.run(x=x)
        if not self.padded_by_torch(shape):
            if x.isneginf().any():  # the padding is -inf too, and must not be found first
                _, positions = call.run(x=x.clamp(min=torch.finfo(x.dtype).min))
            positions = _without_padding(positions, self.pads(shape), shape.size)
        return values, positions

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the maxima and, if they are kept, their positions."""
        call = self.max_call(shape, indices=self.keeps).code()
        if not self.keeps:
            return [f"y = {call}"]
        moved = [] if self.padded_by_torch(shape) else self._without_padding_lines(shape)
        return [f"y, indices = {call}", *moved, *renumber_lines(self.index_format, shape, frames)]

    def _without_padding_lines(self, shape: Shape) -> Lines:
        """Return the change from positions in the padded picture to positions in the picture."""
        names, pads = SIDES[shape.dims], self.pads(shape)
        large = tuple(a + side + b for (a, b), side in zip(pads, shape.size, strict=True))
        places = [
            _less(name, before, side if max(self.dilation) > 1 else None)
            for name, (before, _), side in zip(names, pads, shape.size, strict=True)
        ]
        flat = places[0]
        for place, side in zip(places[1:], shape.size[1:], strict=True):
            flat = f"({flat}) * {side} + {place}" if " " in flat else f"{flat} * {side} + {place}"
        unpacked = ", ".join(names) + ("," if len(names) == 1 else "")
        return [
            "# Positions in the padded picture, as positions in the picture.",
            f"{unpacked} = torch.unravel_index(indices, {literal(large)})",
            f"indices = {flat}",
        ]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.max_pool2d, with positions where those are kept."""
        if not self.keeps:
            return pool_lines("max", self, shape)
        padding = padding_name(self.padding, ceil_mode=self.ceil_mode)
        if padding is None or shape.dims != 2 or max(self.dilation) > 1:
            return None
        if self.index_format not in TENSORFLOW_NUMBERS:
            return None
        pooled = format_call(
            "tf.nn.max_pool_with_argmax",
            "x",
            **windows(self.kernel_size, self.stride),
            padding=padding,
            include_batch_in_index=self.index_format == "tf-batch" or None,
        )
        renumbered = TENSORFLOW_NUMBERS[self.index_format].format(shape.channels)
        return [f"y, indices = {pooled}", *([renumbered] if renumbered else [])]

    def _pool_indices(self, x: Tensor, indices: Tensor | None) -> PoolIndices:
        return replace(
            super()._pool_indices(x, indices),
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
        )


def _without_padding(indices: Tensor, pads: list[tuple[int, int]], size: tuple[int, ...]) -> Tensor:
    """Return flat indices into padded planes as flat indices into planes of `size`."""
    import torch

    padded_size = [before + side + after for (before, after), side in zip(pads, size, strict=True)]
    places = torch.unravel_index(indices, padded_size)
    flat = torch.zeros_like(indices)
    for place, (before, _), side in zip(places, pads, size, strict=True):
        # A window that sees nothing but padding has its nearest pixel as position.
        flat = flat * side + (place - before).clamp(0, side - 1)
    return flat


def _less(place: str, before: int, side: int | None) -> str:
    """Return a place without the padding before it; within the side where all may be padding."""
    moved = f"{place} - {before}" if before else place
    if side is None:
        return moved
    return f"({moved}).clamp(0, {side - 1})" if before else f"{place}.clamp(0, {side - 1})"
