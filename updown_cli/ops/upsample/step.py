"""Step interpolation: the sample before or after each point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.op.input_span import InputSpan, pick_span
from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import param
from updown_cli.op.resampling import Table, interpolate_by_tables, pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.nodes import Noded
from updown_cli.ops.upsample.sampling_code import picked_lines, points_code

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class StepUpsample(Noded):
    """The pixel before or after each point, a staircase, as scipy.interpolate.interp1d has it."""

    mode = "step"
    linear = False

    step: str = param(
        "previous", "Whose value holds between two pixels.", Choice(("previous", "next"))
    )

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel before or after a point."""
        to_next = Fraction(0 if self.step == "previous" else 1)
        return [
            replace(pick_span(length, step, at, at), last=at + to_next)
            for length, step, at in self.places(self.coordinates, shape)
        ]

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def has_tables(self, shape: Shape) -> bool:
        """Whether it is 2-D data."""
        return shape.dims == 2

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return which pixel each result is, of each side of an image."""
        return self._picks(shape) if self.has_tables(shape) else None

    def _picks(self, shape: Shape) -> tuple[Table, ...]:
        import numpy as np

        whole = np.floor if self.step == "previous" else np.ceil
        sides = zip(self._clipped(shape), shape.size, strict=True)
        return tuple(pick_table(whole(at), length) for at, length in sides)

    def apply(self, x: Tensor) -> Tensor:
        """Return the pixels at the points."""
        return interpolate_by_tables(x, self._picks(Shape(*x.shape[1:])))

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the pixels before or after the points, which end at the last pixel."""
        whole = "floor" if self.step == "previous" else "ceil"
        points = zip(points_code(self, self.coordinates, shape), shape.size, strict=True)
        return picked_lines(
            [f"({at}).clamp(0, {side - 1}).{whole}().long()" for at, side in points]
        )
