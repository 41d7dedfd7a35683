"""Linear interpolation, whose filter fits the rank of the data."""

from __future__ import annotations

from typing import Any, Self

from updown_cli.errors import ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.aligned import Smoothed

# The filter of each rank that `linear` stands for.
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Linear(Smoothed):
    """Linear, bilinear or trilinear, by the rank of the data."""

    mode = "linear"

    def for_shape(self, shape: Shape) -> Self:
        """Refuse antialias where torch has none."""
        if self.antialias and shape.dims != 2:
            raise ShapeError(f"--antialias is for 2-D data, not {shape.dims}-D")
        return super().for_shape(shape)

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return torch's name of the filter for the rank."""
        return {**super().filter_options(shape), "mode": LINEAR[shape.dims]}
