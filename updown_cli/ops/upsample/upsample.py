"""Interpolation as torch has it: new pixels between the old ones, or fewer of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import param
from updown_cli.op.family import Family
from updown_cli.op.input_span import Reach, bins, sampled, widened
from updown_cli.op.param_types import Flag
from updown_cli.op.resampling import Table, covered, cubic, filtered, interpolated, triangle
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.nearest import Nearest, NearestExact
from updown_cli.ops.upsample.sample_interpolation import (
    MeanUpsample,
    MedianUpsample,
    SplineUpsample,
    StepUpsample,
)
from updown_cli.ops.upsample.sampling import Recomputed, Upsample, coordinates_param

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Points

# The filter of each rank that `linear` stands for.
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Area(Upsample):
    """The mean of bins of whole pixels: adaptive average pooling."""

    mode = "area"

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the bins."""
        return [bins(*sides) for sides in zip(shape.size, self.out_size(shape), strict=True)]

    def resized(self, size: tuple[int, ...]) -> Self:
        """Ask for that size."""
        return replace(self, size=size, scale_factor=None)


class AreaExact(Area):
    """The mean over [i, i + 1) * in / out, parts of pixels counted, as TensorFlow's area has it."""

    mode = "area-exact"

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        size = self.out_size(Shape(*x.shape[1:]))
        return interpolated(x, [covered(*side) for side in zip(x.shape[2:], size, strict=True)])


@dataclass(frozen=True, kw_only=True)
class Aligned(Recomputed):
    """Interpolation between pixel centres, or between the corners' centres."""

    align_corners: bool = param(
        False,
        "The first and last pixels keep their places; the scale comes from sizes - 1.",
        Flag(),
    )

    coordinates: str | None = coordinates_param(None)
    side: ClassVar[int] = 1

    def where(self) -> str:
        """Return the coordinates that are meant."""
        return self.coordinates or ("align-corners" if self.align_corners else "half-pixel")

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the pixels on either side of a point."""
        before, taps = Fraction(self.side - 1), 2 * self.side
        return [sampled(*place, before, taps) for place in self.places(self.where(), shape)]

    def check(self) -> None:
        """Refuse corners that are aligned and not."""
        super().check()
        if self.align_corners and self.coordinates not in (None, "align-corners"):
            raise ParameterError(f"--align-corners contradicts --coordinates {self.coordinates}")

    def apply(self, x: Tensor) -> Tensor:
        """Return the interpolated pixels: torch's, or TensorFlow 1's from a table."""
        if self.coordinates != "asymmetric":
            return super().apply(x)
        shape = Shape(*x.shape[1:])
        sides = zip(self.points(self.coordinates, shape), shape.size, strict=True)
        return interpolated(x, [self._table(at, length) for at, length in sides])

    def _table(self, at: Points, length: int) -> Table:
        return filtered(at, length, triangle, 1)

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "align_corners": self.where() == "align-corners"}


@dataclass(frozen=True, kw_only=True)
class Smoothed(Aligned):
    """Interpolation that can widen its filter when it shrinks."""

    antialias: bool = param(
        False, "Widen the filter when shrinking, as Pillow does; 2-D only.", Flag()
    )

    def check(self) -> None:
        """Refuse to widen a filter that torch has not."""
        super().check()
        if self.antialias and self.coordinates == "asymmetric":
            raise ParameterError("--antialias contradicts --coordinates asymmetric")

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the pixels under the filter, which may be widened."""
        if not self.antialias:
            return super().reach(shape)
        return [widened(*place, self.side) for place in self.places(self.where(), shape)]

    def far(self, ratio: float) -> float:
        """Return how far from its point a result is read."""
        return self.side * max(ratio, 1.0) if self.antialias else self.side

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "antialias": self.antialias}

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of aliasing."""
        if self.antialias or shape.dims != 2 or not self.shrinks(shape):
            return []
        if self.coordinates == "asymmetric":
            return ["shrinking with asymmetric coordinates reads only some of the pixels"]
        return ["shrinking without --antialias reads only some of the pixels, as torch does"]


class Linear(Smoothed):
    """Linear, bilinear or trilinear, whichever fits the data's rank."""

    mode = "linear"

    def for_shape(self, shape: Shape) -> Self:
        """Refuse antialias where torch has none."""
        if self.antialias and shape.dims != 2:
            raise ShapeError(f"--antialias is for 2-D data, not {shape.dims}-D")
        return super().for_shape(shape)

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {**super()._filter(x), "mode": LINEAR[x.dim() - 2]}


class Bilinear(Smoothed):
    """A straight line between two pixels on each axis."""

    mode = "bilinear"
    ranks = (2,)


class Bicubic(Smoothed):
    """A cubic through four pixels on each axis: A = -0.75, with antialias -0.5."""

    mode = "bicubic"
    ranks = (2,)
    side = 2

    def _table(self, at: Points, length: int) -> Table:
        return filtered(at, length, cubic, 2)


class Trilinear(Aligned):
    """A straight line between two voxels on each axis."""

    mode = "trilinear"
    ranks = (3,)


UPSAMPLE = Family(
    name="upsample",
    help="Interpolate, up or down.",
    modes=(
        Nearest,
        NearestExact,
        Linear,
        Bilinear,
        Bicubic,
        Trilinear,
        Area,
        AreaExact,
        Lanczos,
        StepUpsample,
        SplineUpsample,
        MeanUpsample,
        MedianUpsample,
    ),
    examples=(
        "updown upsample --mode bicubic --scale-factor 2 photo.jpg -o large.jpg",
        "updown upsample --mode bilinear --antialias --size 256x_ photo.jpg -o small.png",
        "updown upsample --mode linear --dims 1 --scale-factor 3 signal.npy -o finer.npy",
        "updown upsample --mode spline --boundary natural --size 512x_ photo.png -o smooth.png",
    ),
)
