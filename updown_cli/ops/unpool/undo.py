"""What undoes a pool by windows: its size, and the limits of another."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.explainable import SUM
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Padding, Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import GIVEN, SizeText, text_for_axes
from updown_cli.op.strided import LARGEST, Strided


@dataclass(frozen=True, kw_only=True)
class Unpool(Strided, abstract=True):
    """What undoes a pool by windows.

    out = (in - 1) * stride - 2 * padding + kernel_size, or output_size, which must be less than a
    stride away from that.
    """

    command = "unpool"
    told_as = SUM
    around = NOTHING_AROUND
    scatters = True

    padding: tuple[int, ...] | str = param(
        (0,),
        "Padding of the pool, by name with grad only; for bed of nails the size, 'same' or "
        "'valid', as TensorFlow has it.",
        Padding(min=0, max=LARGEST, words=("same", "same-lower", "valid")),
        letter="p",
        telling=Telling.DETAIL,
    )
    output_size: tuple[int, ...] | None = param(
        None,
        "Size of the result; the remembered one or the formula's if not given.",
        Sizes(min=1, max=LARGEST),
        telling=Telling.SIZE,
    )

    def check(self) -> None:
        """Refuse a size by name."""
        if isinstance(self.padding, str):
            raise ParameterError(f"--padding {self.padding} goes with --mode zero or grad")

    def formula_size(self, shape: Shape) -> tuple[int, ...]:
        """Return (in - 1) * stride - 2 * padding + kernel_size."""
        assert self.kernel_size is not None
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        axes = zip(shape.size, self.kernel_size, self.stride, self.padding, strict=True)
        return tuple((side - 1) * step - 2 * pad + kernel for side, kernel, step, pad in axes)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, or the formula's."""
        assert self.stride is not None
        formula = self.formula_size(shape)
        size = self.output_size or formula
        for side, expected, step in zip(size, formula, self.stride, strict=True):
            if abs(side - expected) >= step:
                raise ShapeError(
                    f"--output-size {by_x(size)} is a stride or more from {by_x(formula)}",
                    hint="choose a size nearer to it, or another --kernel-size or --stride",
                )
        return size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the formula where it is not another size that was asked for."""
        if self.kernel_size is None or self.out_size(shape) != self.formula_size(shape):
            return [(GIVEN, {})] * shape.dims
        assert self.stride is not None
        text = "(in - 1) * stride - 2 * padding + kernel_size"
        windows = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        return text_for_axes(text, **windows)
