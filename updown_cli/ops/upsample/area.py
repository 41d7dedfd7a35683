"""The mean of bins of whole pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.binned import Binned
from updown_cli.ops.upsample.interpolation import Interpolation
from updown_cli.ops.upsample.tensorflow import resized_lines

if TYPE_CHECKING:
    from updown_cli.op.code import Lines


class Area(Binned, Interpolation):
    """The mean of bins of whole pixels: adaptive average pooling."""

    mode = "area"

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow's means, which count parts of pixels, where there are none."""
        size = self.out_size(shape)
        whole = all(length % out == 0 for length, out in zip(shape.size, size, strict=True))
        return resized_lines(size, "area") if shape.dims == 2 and whole else None
