"""The image mirrored along a side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from updown_cli.errors import ShapeError
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.margin_sharing import MarginMover, PaddedAxes
from updown_cli.op.pointwise import same_places
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import KEPT, SizeText
from updown_cli.ops.flip.moved import Moved

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class FlipSide(Moved, MarginMover, abstract=True):
    """One side backwards."""

    why_whole = "the last come first"

    #: The side, counted from the last one.
    side: ClassVar[int]

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides as they are."""
        if shape.dims < -self.side:
            raise ShapeError(f"flip: {shape.dims}-D data has no rows", hint="--mode horizontal")
        return shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return that sides are kept."""
        return [(KEPT, {})] * shape.dims

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the whole of the side that is mirrored, and each pixel for itself elsewhere."""
        spans = same_places(shape.size)
        spans[self.side] = whole_span(shape.size[self.side])
        return spans

    def moved(self, axes: PaddedAxes) -> PaddedAxes:
        """Return what was added before after, at the side that is mirrored."""
        found = [*axes]
        before, after, side = found[self.side]
        found[self.side] = (after, before, side)
        return tuple(found)

    def apply(self, x: Tensor) -> Tensor:
        """Return what torch gives."""
        return x.flip(self.side)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the call."""
        return [f"y = x.flip({self.side})"]


class FlipHorizontal(FlipSide):
    """Left becomes right, as torchvision's horizontal_flip; of a signal the end comes first."""

    mode = "horizontal"
    side = -1


class FlipVertical(FlipSide):
    """Top becomes bottom, as torchvision's vertical_flip."""

    mode = "vertical"
    side = -2
