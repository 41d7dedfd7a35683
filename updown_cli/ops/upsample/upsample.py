"""What the interpolations share: the size of the result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.explainable import SUM
from updown_cli.op.parameter import Telling, as_typed, param
from updown_cli.op.per_axis import Number, Scales, Sizes, kept_sides
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import LARGEST

# How much a side may change beside one that stays before a note is due.
FEW = 0.03


@dataclass(frozen=True, kw_only=True)
class Upsample(Op, abstract=True):
    """Interpolation as torch.nn.functional.interpolate does it.

    out = size, or floor(in * scale_factor).
    """

    command = "upsample"
    told_as = SUM
    around = NOTHING_AROUND
    linear = True
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)

    size: tuple[int | None, ...] | RelativeSize | None = param(
        None,
        "Size of the result; `_` keeps a side. short=N and long=N give the shorter or longer side "
        "and keep the proportions, rounded down as torchvision does; within=HxW fits in, "
        "cover=HxW covers. short=800,long<=1333 has a limit. As others round: detr=800,long<=1333 "
        "and fit=HxW of transformers, timm-within=HxW and timm-cover=HxW.",
        Sizes(min=1, max=1 << 20, keep=True, relative=True),
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
        if not isinstance(op.size, tuple):
            return op
        return op.derived(size=kept_sides(op.size, shape.size))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, or the floor of the scaled one, in float64 as torch does."""
        if isinstance(self.size, tuple):
            return tuple(side for side in self.size if side is not None)
        assert self.scale_factor is not None
        factors = zip(shape.size, self.scale_factor, strict=True)
        return tuple(math.floor(side * factor) for side, factor in factors)

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of a size whose sides may have been typed the other way round."""
        if self.size is None or shape.dims != 2 or not _turns(shape.size, self.out_size(shape)):
            return []
        height, width = self.out_size(shape)
        return [
            f"--size {height}x{width} is {height} high and {width} wide, of an input "
            f"{shape.size[0]} high and {shape.size[1]} wide: sizes are HxW"
        ]

    def notes(self, shape: Shape) -> list[str]:
        """Tell of a side that is kept while others change, which changes the proportions."""
        new = self.out_size(shape)
        if self.size is None or not _stretches(shape.size, new):
            return []
        others = {side for side, was in zip(new, shape.size, strict=True) if side != was}
        hint = f"; --size short={min(others)} or long={max(others)} would keep them"
        return [f"--size {as_typed(new)} of {by_x(shape.size)} changes the proportions{hint}"]

    def how_to_fit(self) -> str:
        """Name the scale."""
        return "--scale-factor is too small for it"

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the size, or the floor of the scaled one."""
        if self.scale_factor is None:
            return [("size", {"size": side}) for side in self.out_size(shape)]
        return text_for_axes("floor(in * scale_factor)", scale_factor=self.scale_factor)

    def sampling_options(self, shape: Shape) -> dict[str, Any]:
        """Return the size or the scale as torch takes it."""
        if self.scale_factor is None:
            return {"size": self.out_size(shape)}
        sides = zip(self.scale_factor, shape.size, self.out_size(shape), strict=True)
        return {"scale_factor": [as_float(*side) for side in sides]}

    def shrinks(self, shape: Shape) -> bool:
        """Return whether a side of the result is shorter."""
        sides = zip(self.out_size(shape), shape.size, strict=True)
        return any(new < side for new, side in sides)


def _stretches(sides: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether some sides stay and another changes by more than a few per cent."""
    ratios = [to / side for side, to in zip(sides, new, strict=True)]
    return 1.0 in ratios and max(abs(ratio - 1) for ratio in ratios) > FEW


def _turns(sides: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether what is wide becomes high or the other way round, with no side kept."""
    kept = any(side == other for side, other in zip(sides, new, strict=True))
    return not kept and (sides[0] - sides[1]) * (new[0] - new[1]) < 0


def as_float(factor: Number, side: int, size: int) -> float:
    """Return the factor as the float with which torch computes `size` from `side`."""
    result = float(factor)
    while isinstance(factor, Fraction) and math.floor(side * result) != size:
        result = math.nextafter(result, math.inf if math.floor(side * result) < size else 0)
    return result
