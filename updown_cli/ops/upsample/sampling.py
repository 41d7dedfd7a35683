"""What the interpolations share: the size of the result and the points that are sampled."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Number, Scales, Sizes
from updown_cli.op.resampling import COORDINATES, Ratio, first_point, sampling_points
from updown_cli.op.shape import Shape
from updown_cli.op.strided import LARGEST
from updown_cli.ops.upsample.impulse_response import read_table

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Points, Table


def coordinates_param(default: str | None) -> Any:
    """Declare the parameter that says where output pixels lie in the input."""
    return param(
        default,
        "Where output pixel i lies in the input: half-pixel is (i + 0.5) * in / out - 0.5, "
        "align-corners i * (in - 1) / (out - 1), asymmetric i * in / out as TensorFlow 1 has it; "
        "half-pixel if nothing is given.",
        Choice(COORDINATES),
        telling=Telling.DETAIL,
    )


@dataclass(frozen=True, kw_only=True)
class Upsample(Op):
    """Interpolation as torch.nn.functional.interpolate does it.

    out = size, or floor(in * scale_factor).
    """

    command = "upsample"
    linear = True
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)

    size: tuple[int | None, ...] | None = param(
        None,
        "Size of the result; `_` keeps a side.",
        Sizes(min=1, max=1 << 20, keep=True),
        telling=Telling.SIZE,
    )
    scale_factor: tuple[Number, ...] | None = param(
        None,
        "Factor of the size: 2, 0.5, 2x3, 50% or the exact 29/100.",
        Scales(max=LARGEST),
        telling=Telling.SIZE,
    )

    def check(self) -> None:
        """Ask for exactly one of size and scale_factor."""
        if (self.size is None) == (self.scale_factor is None):
            raise ParameterError(
                "upsample needs exactly one of these", subject="--size, --scale-factor"
            )

    def for_shape(self, shape: Shape) -> Self:
        """Put numbers for the kept sides."""
        if shape.dims not in self.ranks:
            ranks = " and ".join(f"{dims}-D" for dims in self.ranks)
            raise ShapeError(
                f"--mode {self.mode} is for {ranks} data, not {shape.dims}-D",
                hint="--mode linear picks by rank",
            )
        op = super().for_shape(shape)
        if op.size is None:
            return op
        kept = zip(op.size, shape.size, strict=True)
        return replace(op, size=tuple(side if new is None else new for new, side in kept))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, or the floor of the scaled one, in float64 as torch does."""
        if self.size is not None:
            return tuple(side for side in self.size if side is not None)
        assert self.scale_factor is not None
        factors = zip(shape.size, self.scale_factor, strict=True)
        return tuple(math.floor(side * factor) for side, factor in factors)

    def how_to_fit(self) -> str:
        """Name the scale."""
        return "--scale-factor is too small for it"

    def apply(self, x: Tensor) -> Tensor:
        """Return the interpolated pixels."""
        import torch.nn.functional as F

        result: Tensor = F.interpolate(x, **self._sampling(x), **self._filter(x))
        return result

    def _filter(self, x: Tensor) -> dict[str, Any]:
        return {"mode": self.mode}

    def _sampling(self, x: Tensor) -> dict[str, Any]:
        if self.size is not None:
            return {"size": self.size}
        assert self.scale_factor is not None
        size = self.out_size(Shape(*x.shape[1:]))
        factors = zip(self.scale_factor, x.shape[2:], size, strict=True)
        return {"scale_factor": [as_float(*factor) for factor in factors]}

    def shrinks(self, shape: Shape) -> bool:
        """Return whether a side of the result is shorter."""
        sides = zip(self.out_size(shape), shape.size, strict=True)
        return any(new < side for new, side in sides)


def as_float(factor: Number, side: int, size: int) -> float:
    """Return the factor as the float with which torch computes `size` from `side`."""
    result = float(factor)
    while isinstance(factor, Fraction) and math.floor(side * result) != size:
        result = math.nextafter(result, math.inf if math.floor(side * result) < size else 0)
    return result


@dataclass(frozen=True, kw_only=True)
class Recomputed(Upsample):
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

    def _sampling(self, x: Tensor) -> dict[str, Any]:
        if self.recompute_scale_factor:
            return {"size": self.out_size(Shape(*x.shape[1:]))}
        return super()._sampling(x)

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

    def tables(self, shape: Shape) -> tuple[Table, ...] | None:
        """Return the weights of each side of an image."""
        if not self.has_tables(shape):
            return None
        centres, ratios = self.points(self.where(), shape), self.ratios(shape)
        return tuple(
            read_table(self._of_side(axis).apply, length, at, self.far(step / per))
            for axis, (length, at, (step, per)) in enumerate(
                zip(shape.size, centres, ratios, strict=True)
            )
        )

    def where(self) -> str:
        """Return the coordinates that are meant."""
        return "half-pixel"

    def far(self, ratio: float) -> float:
        """Return how far from its point a result is read, for so many pixels to an output pixel."""
        return self.side

    def _of_side(self, axis: int) -> Self:
        """Return the interpolation of one side, for data that is one pixel high."""
        if self.size is not None:
            return replace(self, size=(1, self.size[axis]))
        assert self.scale_factor is not None
        return replace(self, scale_factor=(1, self.scale_factor[axis]))

    def ratios(self, shape: Shape) -> list[Ratio]:
        """Return the input pixels per output pixel of each side, not rounded."""
        if self.scale_factor is None or self.recompute_scale_factor:
            return list(zip(shape.size, self.out_size(shape), strict=True))
        return [_inverse(factor) for factor in self.scale_factor]


def _inverse(factor: Number) -> Ratio:
    """Return 1 / factor."""
    if isinstance(factor, float):
        return 1.0, factor
    return float(factor.denominator), float(factor.numerator)
