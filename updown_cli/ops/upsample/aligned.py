"""What the smooth interpolations share: corners that are aligned or not, filters that widen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call
from updown_cli.op.input_span import InputSpan, sample_span
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import Table, filter_table, interpolate_by_tables, triangle
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.antialias import column_warnings, widened_spans, widened_tables
from updown_cli.ops.upsample.interpolation import Interpolation
from updown_cli.ops.upsample.sampling_code import points_code
from updown_cli.ops.upsample.tables import Recomputed, coordinates_param
from updown_cli.ops.upsample.tensorflow import sampled_lines, widened_lines

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Points


@dataclass(frozen=True, kw_only=True)
class Aligned(Recomputed, Interpolation, abstract=True):
    """Interpolation between pixel centres, or between the corners' centres."""

    align_corners: bool = param(
        False,
        "The first and last pixels keep their places; the scale comes from sizes - 1.",
        Flag(),
        telling=Telling.DETAIL,
    )

    coordinates: str | None = coordinates_param(None)
    side: ClassVar[int] = 1
    #: A function of the distance from a point, as `_table` weighs by it.
    weight_code: ClassVar[tuple[str, ...]] = ("def weight(distance):", "    return 1 - distance")

    def where(self) -> str:
        """Return the coordinates that are meant."""
        return self.coordinates or ("align-corners" if self.align_corners else "half-pixel")

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixels on either side of a point."""
        before, taps = Fraction(self.side - 1), 2 * self.side
        return [sample_span(*place, before, taps) for place in self.places(self.where(), shape)]

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
        return interpolate_by_tables(x, [self._table(at, length) for at, length in sides])

    def _table(self, at: Points, length: int) -> Table:
        return filter_table(at, length, triangle, 1)

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return torch's name of the filter, and whether corners are aligned."""
        aligned = self.where() == "align-corners"
        return {**super().filter_options(shape), "align_corners": aligned}

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's call, or for TensorFlow 1's points the sum of the pixels around them."""
        if self.coordinates != "asymmetric":
            return super().torch_code(shape, frames)
        taps = tuple(range(1 - self.side, self.side + 1))
        lines = [*self.weight_code, "", "", *_summing(taps), "", ""]
        name = "x"
        for axis, points in enumerate(points_code(self, self.coordinates, shape), start=2):
            lines.append(f"y = {format_call('interpolated', name, str(axis), points)}")
            name = "y"
        return lines


def _summing(taps: tuple[int, ...]) -> Lines:
    """Return a function that weighs the pixels around points along one side."""
    return [
        "def interpolated(x, axis, at):",
        "    x, last = x.movedim(axis, -1), x.shape[axis] - 1",
        f"    around = [at.floor() + tap for tap in {taps}]",
        "    parts = [",
        "        x[..., pixel.clamp(0, last).long()] * weight((at - pixel).abs()).to(x)",
        "        for pixel in around",
        "    ]",
        "    return sum(parts).movedim(-1, axis)",
    ]


@dataclass(frozen=True, kw_only=True)
class Smoothed(Aligned, abstract=True):
    """Interpolation that can widen its filter when it shrinks."""

    antialias: bool = param(
        False,
        "Widen the filter when shrinking, as Pillow does; 2-D only.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse to widen a filter that torch has not."""
        super().check()
        if self.antialias and self.coordinates == "asymmetric":
            raise ParameterError("--antialias contradicts --coordinates asymmetric")

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixels under the filter, which may be widened."""
        if not self.antialias:
            return super().input_spans(shape)
        return widened_spans(self, shape)

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side of an image."""
        if not self.antialias or not self.has_tables(shape):
            return super().tables(shape, dtype)
        return widened_tables(self, shape, self._weigh)

    def _weigh(self, distance: Points) -> Points:
        """Return the weights of the filter that may be widened."""
        return triangle(distance)

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return torch's name of the filter, aligned corners, and whether it widens."""
        return {**super().filter_options(shape), "antialias": self.antialias}

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow's linear interpolation."""
        if self.antialias:
            return widened_lines("bilinear", self, shape)
        return sampled_lines("bilinear", "resize_bilinear", self.where(), self, shape)

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of turned sides, of aliasing, and of columns."""
        turned = super().warnings(shape)
        if self.antialias:
            return turned + column_warnings(self, shape)
        if shape.dims != 2 or not self.shrinks(shape):
            return turned
        if self.coordinates == "asymmetric":
            return [*turned, "shrinking with asymmetric coordinates reads only some of the pixels"]
        hint = "shrinking without --antialias reads only some of the pixels, as torch does"
        return [*turned, hint]
