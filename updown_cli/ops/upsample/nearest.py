"""One input pixel for every output pixel: the two ways in which torch rounds its place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from updown_cli.op.input_span import InputSpan, pick_span
from updown_cli.op.resampling import interpolate_by_tables, pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.picked import Picked
from updown_cli.ops.upsample.sampling_code import picked_lines, points_code
from updown_cli.ops.upsample.tables import coordinates_param
from updown_cli.ops.upsample.tensorflow import nearest_lines

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Ratio


@dataclass(frozen=True, kw_only=True)
class Nearest(Picked):
    """The pixel at floor(i * in / out), as TensorFlow 1 has it; OpenCV's differs at some sizes.

    With half-pixel coordinates it is nearest-exact; with align-corners the pixel nearest to
    i * (in - 1) / (out - 1), the later one of two.
    """

    mode = "nearest"

    coordinates: str = coordinates_param("asymmetric")

    def where(self) -> str:
        """Return the coordinates that are meant."""
        return self.coordinates

    def ratios(self, shape: Shape) -> list[Ratio]:
        """Return the input pixels per output pixel, a whole number of which torch may assume."""
        ratios = super().ratios(shape)
        if self.coordinates != "asymmetric" or not self.is_small(shape):
            return ratios
        sides = zip(shape.size, self.out_size(shape), ratios, strict=True)
        return [
            (length, out) if out in (length, 2 * length) else ratio for length, out, ratio in sides
        ]

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the picked pixels."""
        half = Fraction(0 if self.coordinates == "asymmetric" else 1, 2)
        places = self.places(self.coordinates, shape)
        return [pick_span(length, step, at + half, at) for length, step, at in places]

    def apply(self, x: Tensor) -> Tensor:
        """Return the picked pixels."""
        import numpy as np

        if self.coordinates != "align-corners":
            return super().apply(x)
        shape = Shape(*x.shape[1:])
        sides = zip(self.points(self.coordinates, shape), shape.size, strict=True)
        return interpolate_by_tables(
            x, [pick_table(np.floor(at + 0.5), length) for at, length in sides]
        )

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return nearest, or nearest-exact for half-pixel coordinates."""
        half_pixel = self.coordinates == "half-pixel"
        return {"mode": NearestExact.mode if half_pixel else self.mode}

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's call, or the pixels nearest to aligned points."""
        if self.coordinates != "align-corners":
            return super().torch_code(shape, frames)
        points = points_code(self, self.coordinates, shape)
        return picked_lines([f"({at} + 0.5).long()" for at in points])

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow 2's for half-pixel coordinates, else TensorFlow 1's."""
        return nearest_lines(self.coordinates, self, shape)
