"""Blue before green before red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.input_span import InputSpan
from updown_cli.op.pointwise import same_places
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import KEPT, SizeText
from updown_cli.ops.flip.moved import Moved

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines

COLOURS = 3


class FlipChannels(Moved):
    """The first three channels backwards: RGB to BGR, as OpenCV has them."""

    mode = "channels"

    def out_channels(self, shape: Shape) -> int:
        """Return the channels, of which there must be three colours."""
        if shape.channels < COLOURS:
            reason = f"flip: {shape.channels} channel{'s' * (shape.channels > 1)} for three colours"
            raise ShapeError(reason, hint="--colour rgb makes three of one")
        return shape.channels

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides as they are."""
        return shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return that sides are kept."""
        return [(KEPT, {})] * shape.dims

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return each pixel for itself."""
        return same_places(shape.size)

    def apply(self, x: Tensor) -> Tensor:
        """Return the channels in their new order."""
        return x[:, _order(x.shape[1])]

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the index."""
        return [f"y = x[:, {_order(shape.channels)}]"]


def _order(channels: int) -> list[int]:
    return [2, 1, 0, *range(COLOURS, channels)]
