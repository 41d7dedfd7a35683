"""Cubic spline interpolation, through all samples of an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ShapeError
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.cubic_spline import (
    BOUNDARIES,
    FEWEST,
    interpolate_spline,
    spline_table,
)
from updown_cli.ops.upsample.nodes import Noded
from updown_cli.ops.upsample.sampling_code import points_code

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Table


# Two values and two slopes at the ends of a piece, and the steps that give the slopes.
TAPS_OF_A_SPLINE = 8


@dataclass(frozen=True, kw_only=True)
class SplineUpsample(Noded):
    """A cubic spline through all pixels of an axis, as scipy.interpolate.CubicSpline.

    Unlike bicubic it is smooth twice over, and every pixel depends on all of its row and column.
    """

    mode = "spline"
    why_whole = "a spline goes through a whole column"

    boundary: str = param(
        "not-a-knot",
        "What holds at the ends. The first two pieces are one cubic, no curvature (natural), or "
        "no slope (clamped).",
        Choice(BOUNDARIES),
    )

    def for_shape(self, shape: Shape) -> Self:
        """Refuse sides that do not determine the spline."""
        fewest = FEWEST[self.boundary]
        for side in shape.size:
            if side < fewest:
                raise ShapeError(
                    f"--boundary {self.boundary} needs {fewest} pixels on every side, not {side}",
                    hint="natural and clamped take any number",
                )
        return super().for_shape(shape)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything: slopes follow from a whole row."""
        return [whole_span(side, taps=TAPS_OF_A_SPLINE) for side in shape.size]

    def inner_values(self, shape: Shape) -> int:
        """Return the slopes and pieces of one axis after the other."""
        return max(10 * math.prod(shape), 8 * math.prod(self.out_shape(shape)))

    def apply(self, x: Tensor) -> Tensor:
        """Return the spline at the points."""
        return interpolate_spline(x, self._clipped(Shape(*x.shape[1:])), self.boundary)

    def double_tables(self, shape: Shape) -> tuple[Table, ...] | None:
        """Return the spline of each side as weights of the pixels near a point."""
        if shape.dims != 2:
            return None
        sides = zip(self._clipped(shape), shape.size, strict=True)
        return tuple(spline_table(at, side, self.boundary) for at, side in sides)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return SciPy's splines through each side in turn."""
        lines = [
            "# torch has no splines through all pixels of a side, SciPy has.",
            "y = x.numpy()",
        ]
        points = points_code(self, self.coordinates, shape, "np.arange({})")
        sides = zip(points, shape.size, self.out_size(shape), strict=True)
        for axis, side in enumerate(sides, start=2):
            lines += _side_lines(axis, *side, self.boundary)
        return [*lines, "y = torch.from_numpy(y).to(x)"]


def _side_lines(axis: int, at: str, side: int, out: int, boundary: str) -> Lines:
    if side == 1:
        return [f"y = y.repeat({out}, axis={axis})"]
    return [
        f'splines = CubicSpline(np.arange({side}), y, axis={axis}, bc_type="{boundary}")',
        f"y = splines(({at}).clip(0, {side - 1}))",
    ]
