"""The mean of bins with parts of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import format_call
from updown_cli.op.resampling import area_table, interpolate_by_tables
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.binned import Binned
from updown_cli.ops.upsample.tensorflow import resized_lines

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines

COVERED = [
    "def covered(length, out):",
    '    """Return how much of each result is made of each pixel, out x length."""',
    "    start, pixel = torch.arange(out)[:, None] * length, torch.arange(length) * out",
    "    overlap = torch.minimum(start + length, pixel + out) - torch.maximum(start, pixel)",
    "    return overlap.clamp(min=0).to(x) / length",
]


class AreaExact(Binned):
    """The mean over [i, i + 1) * in / out, parts of pixels counted, as TensorFlow's area has it."""

    mode = "area-exact"

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        size = self.out_size(Shape(*x.shape[1:]))
        return interpolate_by_tables(
            x, [area_table(*side) for side in zip(x.shape[2:], size, strict=True)]
        )

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return a product with a matrix for each side."""
        inner, result = "ijk"[: shape.dims], "pqr"[: shape.dims]
        factors = [f"{new}{old}" for new, old in zip(result, inner, strict=True)]
        formula = f'"nc{inner},{",".join(factors)}->nc{result}"'
        sides = zip(shape.size, self.out_size(shape), strict=True)
        matrices = [f"covered({length}, {out})" for length, out in sides]
        means = format_call("torch.einsum", formula, "x", *matrices)
        return [*COVERED, "", "", f"y = {means}"]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow's means of images."""
        return resized_lines(self.out_size(shape), "area") if shape.dims == 2 else None
