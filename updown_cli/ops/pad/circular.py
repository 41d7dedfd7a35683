"""The image repeated around itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.shape import Shape
from updown_cli.ops.pad.padded import FoldedPad

if TYPE_CHECKING:
    import torch


class CircularPad(FoldedPad):
    """The image repeated around itself, as torch.nn.CircularPad2d; at most once on each side."""

    mode = "circular"
    why_whole = "the last rows come before the first"
    around = NOTHING_AROUND

    def check_side(self, side: int, most: int) -> None:
        """Raise ShapeError for more pixels than the side has."""
        if most > side:
            raise ShapeError(
                f"pad: {most} pixels cannot be taken of a side of {side}",
                hint=f"circular takes at most {side} there; replicate has no limit",
            )

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything where something is added: it comes from the other end."""
        found = super().input_spans(shape)
        sides = zip(shape.size, self.margins, found, strict=True)
        return [whole_span(side) if any(pair) else span for side, pair, span in sides]

    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return the places counted around."""
        return places % side
