"""What the adaptive pools share: bins that follow from the size of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.code import format_call, one_for_all_axes
from updown_cli.op.input_span import InputSpan, bin_span
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes, kept_sides
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.strided import LARGEST

if TYPE_CHECKING:
    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class AdaptivePool(Op, abstract=True):
    """Bin i of an axis is [floor(i * in / out), ceil((i + 1) * in / out)); bins may overlap."""

    command = "pool"
    around = NOTHING_AROUND

    output_size: tuple[int | None, ...] | RelativeSize | None = param(
        None,
        "Size of the result; `_` keeps a side, 1 pools the whole image, short=N, long=N, "
        "within=HxW and cover=HxW keep the proportions.",
        Sizes(min=1, max=LARGEST, keep=True, relative=True),
        required=True,
        needed="give the sides of the result, such as 7x7, or 1",
        telling=Telling.SIZE,
    )

    def for_shape(self, shape: Shape) -> Self:
        """Put numbers for the kept sides."""
        op = super().for_shape(shape)
        assert isinstance(op.output_size, tuple)
        return op.derived(output_size=kept_sides(op.output_size, shape.size))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for."""
        return self._size()

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the bins."""
        return [bin_span(*sides) for sides in zip(shape.size, self._size(), strict=True)]

    def resized(self, size: tuple[int, ...]) -> Self:
        """Ask for that size."""
        return self.derived(output_size=size)

    def _size(self) -> tuple[int, ...]:
        assert isinstance(self.output_size, tuple)
        return tuple(side for side in self.output_size if side is not None)

    def equal_bins(self, kind: str, shape: Shape) -> Lines | None:
        """Return TensorFlow's pool where all bins have one size and do not overlap."""
        sides = list(zip(shape.size, self._size(), strict=True))
        if any(side % out for side, out in sides):
            return None
        bins = one_for_all_axes([side // out for side, out in sides])
        function = f"tf.nn.{kind}_pool{shape.dims}d"
        return [f"y = {format_call(function, 'x', ksize=bins, strides=bins, padding='VALID')}"]
