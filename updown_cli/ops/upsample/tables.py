"""Interpolations whose points come from the scale as typed, or from the two sizes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Number
from updown_cli.op.resampling import COORDINATES, Ratio, first_point, sampling_points
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.table_from_torch import read_table
from updown_cli.ops.upsample.upsample import Upsample

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points, Table


def coordinates_param(default: str | None) -> Any:
    """Declare the parameter that says where output pixels lie in the input."""
    return param(
        default,
        "Where output pixel i lies in the input. half-pixel is (i + 0.5) * in / out - 0.5, "
        "align-corners i * (in - 1) / (out - 1), asymmetric i * in / out as TensorFlow 1 has it; "
        "half-pixel if nothing is given.",
        Choice(COORDINATES),
        telling=Telling.DETAIL,
    )


@dataclass(frozen=True, kw_only=True)
class Recomputed(Upsample, abstract=True):
    """Sampling points that can come from the scale as typed or from the two sizes."""

    #: Pixels that the filter reads on either side of a point, if it is not widened.
    side: ClassVar[int] = 0

    recompute_scale_factor: bool = param(
        False, "Take the scale from the two sizes, not as typed.", Flag()
    )

    def check(self) -> None:
        """Refuse to recompute a scale that was not given."""
        super().check()
        if self.recompute_scale_factor and self.size is not None:
            raise ParameterError("--recompute-scale-factor goes with --scale-factor")

    def sampling_options(self, shape: Shape) -> dict[str, Any]:
        """Return the size or the scale, and where the points come from."""
        recomputed = {"recompute_scale_factor": self.recompute_scale_factor}
        return super().sampling_options(shape) | recomputed

    def places(self, coordinates: str, shape: Shape) -> list[tuple[int, Fraction, Fraction]]:
        """Return (length, step, place of the first) of the points of each side, exactly."""
        ratios = (Fraction(step) / Fraction(per) for step, per in self.ratios(shape))
        sides = zip(shape.size, self.out_size(shape), ratios, strict=True)
        return [
            (length, *first_point(coordinates, length, out, ratio)) for length, out, ratio in sides
        ]

    def points(self, coordinates: str, shape: Shape) -> list[Points]:
        """Return where the output pixels of each side lie in the input."""
        sides = zip(shape.size, self.out_size(shape), self.ratios(shape), strict=True)
        return [sampling_points(coordinates, length, out, ratio) for length, out, ratio in sides]

    def has_tables(self, shape: Shape) -> bool:
        """Whether it is 2-D data, but for a column: torch antialiases that in another way."""
        column = 1 in (shape[-1], self.out_size(shape)[-1])
        return shape.dims == 2 and self.side > 0 and not column

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side of an image."""
        if not self.has_tables(shape):
            return None
        sides = zip(shape.size, self.points(self.where(), shape), strict=True)
        return tuple(
            read_table(self._of_side(axis, shape).apply, length, at, self.side, dtype)
            for axis, (length, at) in enumerate(sides)
        )

    def where(self) -> str:
        """Return the coordinates that are meant."""
        return "half-pixel"

    def _of_side(self, axis: int, shape: Shape) -> Self:
        """Return the interpolation of one side, for data that is one pixel high."""
        return self._of_rows(1, axis)

    def _of_rows(self, rows: int, axis: int) -> Self:
        """Return what makes so many rows of one, and of the other side what this makes of one."""
        if isinstance(self.size, tuple):
            return self.derived(size=(rows, self.size[axis]))
        assert self.scale_factor is not None
        return self.derived(scale_factor=(rows, self.scale_factor[axis]))

    def ratios(self, shape: Shape) -> list[Ratio]:
        """Return the input pixels per output pixel of each side, not rounded."""
        if self.scale_factor is None or self.recompute_scale_factor:
            return list(zip(shape.size, self.out_size(shape), strict=True))
        return [inverse(factor) for factor in self.scale_factor]


def inverse(factor: Number) -> Ratio:
    """Return 1 / factor."""
    if isinstance(factor, float):
        return 1.0, factor
    return float(factor.denominator), float(factor.numerator)
