"""Bed of nails: every value at the top left of its block, zeros elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.code import Code, every, format_call, literal, one_for_all_axes, side_index
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.parameter import as_typed, redeclare
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import Strided
from updown_cli.op.windows import side_slices
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class ZeroUnpool(Strided):
    """Every value at the top left of its block, zeros elsewhere; a "bed of nails".

    out = in * stride with padding same, (in - 1) * stride + kernel_size with valid.
    """

    command = "unpool"
    told_as = SUM
    around = NOTHING_AROUND
    scatters = True
    mode = "zero"

    padding: str = redeclare(Unpool, "padding", "same")

    def check(self) -> None:
        """Refuse a number."""
        if self.padding not in ("same", "valid"):
            raise ParameterError(
                "must be same or valid with --mode zero",
                subject=f"--padding {as_typed(self.padding)}",
            )

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the convention."""
        assert self.kernel_size is not None
        assert self.stride is not None
        if self.padding == "same":
            return tuple(side * step for side, step in zip(shape.size, self.stride, strict=True))
        axes = zip(shape.size, self.kernel_size, self.stride, strict=True)
        return tuple((side - 1) * step + kernel for side, kernel, step in axes)

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return in * stride, or what the last window ends at."""
        assert self.kernel_size is not None
        assert self.stride is not None
        text = "in * stride" if self.padding == "same" else "(in - 1) * stride + kernel_size"
        return text_for_axes(text, kernel_size=self.kernel_size, stride=self.stride)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the blocks that values are the first pixels of."""
        assert self.stride is not None
        steps = zip(shape.size, self.stride, strict=True)
        return [undone_span(side, start=0, reach=1, step=step, taps=1) for side, step in steps]

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the values between zeros."""
        return IntegerWay(self._between_zeros, keeps_white=False)

    def _between_zeros(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return numbers as they are stored between zeros, which lie in memory as they did."""
        import numpy as np

        frames, channels, *sides = pixels.shape
        size = self.out_size(Shape(channels, *sides))
        together = channels > 1 and pixels.strides[1] == pixels.itemsize
        result = (
            np.moveaxis(np.zeros((frames, *size, channels), pixels.dtype), -1, 1)
            if together
            else np.zeros((frames, channels, *size), pixels.dtype)
        )
        result[side_slices(self._blocks(sides))] = pixels
        return result

    def _blocks(self, sides: Sequence[int]) -> list[slice]:
        """Return where the first pixels of blocks are."""
        assert self.stride is not None
        steps = zip(sides, self.stride, strict=True)
        return [slice(0, side * step, step) for side, step in steps]

    def apply(self, x: Tensor) -> Tensor:
        """Return the values between zeros."""
        size = self.out_size(Shape(*x.shape[1:]))
        result = x.new_zeros(*x.shape[:2], *size)
        result[side_slices(self._blocks(x.shape[2:]))] = x
        return result

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the values between zeros."""
        assert self.stride is not None
        size = self.out_size(shape)
        places = [every(*axis) for axis in zip(shape.size, self.stride, size, strict=True)]
        return [
            f"y = x.new_zeros{literal((frames, shape.channels, *size))}",
            f"y{side_index(places)} = x",
        ]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return a transposed convolution with a single 1 for each channel."""
        if shape.dims != 2:
            return None
        assert self.stride is not None
        height, width = self.out_size(shape)
        unpooled = format_call(
            "tf.nn.conv2d_transpose",
            "x",
            "filters",
            output_shape=Code(f"[len(x), {height}, {width}, {shape.channels}]"),
            strides=one_for_all_axes(self.stride),
            padding="VALID",
        )
        return [f"filters = {self._filters(shape)}", f"y = {unpooled}"]

    def _filters(self, shape: Shape) -> str:
        """Return the 1 of each channel, padded where a window is larger than its step."""
        assert self.kernel_size is not None
        assert self.stride is not None
        alone = f"tf.eye({shape.channels})[None, None]"
        sides = zip(self.out_size(shape), shape.size, self.stride, strict=True)
        if all(out <= length * step for out, length, step in sides):
            return alone
        ends = ", ".join(f"[0, {side - 1}]" for side in self.kernel_size)
        return f"tf.pad({alone}, [{ends}, [0, 0], [0, 0]])"
