"""Interpolation between samples at nodes, as NumPy and SciPy have it: steps, splines, middles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op, param, redeclared, shown
from updown_cli.op.input_span import Reach, chosen, everything
from updown_cli.op.param_types import Choice
from updown_cli.op.per_axis import Number
from updown_cli.op.resampling import Table, interpolated, picked
from updown_cli.op.shape import Shape
from updown_cli.op.windows import GATHERED_VALUES
from updown_cli.ops.pool.pool import MedianPool
from updown_cli.ops.upsample.cubic_spline import BOUNDARIES, FEWEST, splined
from updown_cli.ops.upsample.sampling import Recomputed, coordinates_param

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.resampling import Points

# Two values and two slopes at the ends of a piece, and the steps that give the slopes.
TAPS_OF_A_SPLINE = 8

# More new pixels than lie between any two.
MOST_INSERTED = 1024


@dataclass(frozen=True, kw_only=True)
class Noded(Recomputed):
    """Interpolation that keeps to the nodes; points beyond the first or last node are at it."""

    coordinates: str = coordinates_param("align-corners")

    def _clipped(self, shape: Shape) -> list[Points]:
        import numpy as np

        sides = zip(self.points(self.coordinates, shape), shape.size, strict=True)
        return [np.clip(at, 0, length - 1) for at, length in sides]


@dataclass(frozen=True, kw_only=True)
class StepUpsample(Noded):
    """The pixel before or after each point, a staircase, as scipy.interpolate.interp1d has it."""

    mode = "step"
    linear = False

    step: str = param(
        "previous", "Whose value holds between two pixels.", Choice(("previous", "next"))
    )

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the pixel before or after a point."""
        to_next = Fraction(0 if self.step == "previous" else 1)
        return [
            replace(chosen(length, step, at, at), last=at + to_next)
            for length, step, at in self.places(self.coordinates, shape)
        ]

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def has_tables(self, shape: Shape) -> bool:
        """Whether it is 2-D data."""
        return shape.dims == 2

    def tables(self, shape: Shape) -> tuple[Table, ...] | None:
        """Return which pixel each result is, of each side."""
        import numpy as np

        whole = np.floor if self.step == "previous" else np.ceil
        sides = zip(self._clipped(shape), shape.size, strict=True)
        return tuple(picked(whole(at), length) for at, length in sides)

    def apply(self, x: Tensor) -> Tensor:
        """Return the pixels at the points."""
        return interpolated(x, self.tables(Shape(*x.shape[1:])) or ())


@dataclass(frozen=True, kw_only=True)
class SplineUpsample(Noded):
    """A cubic spline through all pixels of an axis, as scipy.interpolate.CubicSpline.

    Unlike bicubic it is smooth twice over, and every pixel depends on all of its row and column.
    """

    mode = "spline"

    boundary: str = param(
        "not-a-knot",
        "What holds at the ends: the first two pieces are one cubic, no curvature (natural), or "
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

    def reach(self, shape: Shape) -> list[Reach]:
        """Return everything: slopes follow from a whole row."""
        return [everything(side, taps=TAPS_OF_A_SPLINE) for side in shape.size]

    def inner_values(self, shape: Shape) -> int:
        """Return the slopes and pieces of one axis after the other."""
        return max(10 * math.prod(shape), 8 * math.prod(self.out_shape(shape)))

    def apply(self, x: Tensor) -> Tensor:
        """Return the spline at the points."""
        return splined(x, self._clipped(Shape(*x.shape[1:])), self.boundary)


@dataclass(frozen=True, kw_only=True)
class Inserted(Op):
    """New pixels between the old ones, which stay as they are.

    out = (in - 1) * scale_factor + 1.
    """

    command = "upsample"

    scale_factor: tuple[Number, ...] | None = redeclared(Recomputed, "scale_factor", None)

    def check(self) -> None:
        """Ask for whole factors."""
        factors = self.scale_factor
        if factors is None:
            raise ParameterError("is needed", subject="--scale-factor")
        if not all(factor == int(factor) and factor <= MOST_INSERTED for factor in factors):
            raise ParameterError(
                f"must be whole numbers from 1 to {MOST_INSERTED} with --mode {self.mode}",
                subject=f"--scale-factor {shown(factors)}",
            )

    def factors(self) -> list[int]:
        """Return the factors as the whole numbers that they are."""
        assert self.scale_factor is not None
        return [int(factor) for factor in self.scale_factor]

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return (in - 1) * scale_factor + 1."""
        sides = zip(shape.size, self.factors(), strict=True)
        return tuple((side - 1) * factor + 1 for side, factor in sides)

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the old pixels on either side of a new one."""
        start = Fraction(0)
        return [
            replace(
                chosen(side, Fraction(1, factor), start, start),
                last=Fraction(factor - 1, factor),
                taps=Fraction(min(factor, 2)),
                rounded=False,
            )
            for side, factor in zip(shape.size, self.factors(), strict=True)
        ]

    def _neighbours(self, shape: Shape) -> list[NDArray[np.int64]]:
        """Return for each side the old pixels before and after every new one, 2 x out.

        An old pixel is its own neighbour, twice.
        """
        import numpy as np

        sides = zip(self.out_size(shape), self.factors(), strict=True)
        return [
            np.stack([np.arange(out) // factor, -(-np.arange(out) // factor)])
            for out, factor in sides
        ]


class MeanUpsample(Inserted):
    """The mean of the nearest old pixels: scale_factor - 1 new ones between any two.

    The nearest are the two beside a new pixel in a row or column, four amid a square, eight amid
    a cube. The size is (in - 1) * scale_factor + 1.
    """

    mode = "mean"
    linear = True

    def apply(self, x: Tensor) -> Tensor:
        """Return the old pixels and the means."""
        import numpy as np

        neighbours = self._neighbours(Shape(*x.shape[1:]))
        return interpolated(x, [Table(pair, np.full(pair.shape, 0.5)) for pair in neighbours])


@dataclass(frozen=True, kw_only=True)
class MedianUpsample(Inserted):
    """The median of the nearest old pixels, in places and in number as with mean."""

    mode = "median"

    median: str = redeclared(MedianPool, "median", "lower")

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of two."""
        return self.median == "lower"

    def apply(self, x: Tensor) -> Tensor:
        """Return the old pixels and the medians, a few rows at a time."""
        import torch

        shape = Shape(*x.shape[1:])
        first, *others = map(torch.from_numpy, self._neighbours(shape))
        rest = math.prod(self.out_size(shape)[1:])
        rows = max(GATHERED_VALUES // (len(x) * shape.channels * rest * 2**shape.dims), 1)
        parts = torch.split(first, rows, dim=1)
        return torch.cat([self._medians(x, [part, *others]) for part in parts], dim=2)

    def _medians(self, x: Tensor, neighbours: list[Tensor]) -> Tensor:
        import torch

        corners = []
        for sources in product(*neighbours):
            corner = x
            for axis, source in enumerate(sources, start=2):
                corner = corner.index_select(axis, source.to(x.device))
            corners.append(corner)
        values = torch.stack(corners, dim=-1)
        lower = values.median(-1).values
        return lower if self.median == "lower" else (lower - (-values).median(-1).values) / 2
