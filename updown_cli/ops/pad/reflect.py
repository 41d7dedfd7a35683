"""The image mirrored at its outermost pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.input_span import InputSpan
from updown_cli.op.shape import Shape
from updown_cli.ops.pad.padded import FoldedPad

if TYPE_CHECKING:
    import torch


class ReflectPad(FoldedPad):
    """The image mirrored at its outermost pixels, which stay single, as torch.nn.ReflectionPad2d.

    Padding must be less than the side.
    """

    mode = "reflect"
    around = NOTHING_AROUND

    def check_side(self, side: int, most: int) -> None:
        """Raise ShapeError for as many pixels as the side has, or more."""
        if most >= side:
            raise ShapeError(
                f"pad: {most} pixels cannot be mirrored of a side of {side}",
                hint=f"reflect takes at most {side - 1} there; replicate has no limit",
            )

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place, mirrored at the edges."""
        return [replace(span, reflected=True) for span in super().input_spans(shape)]

    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return the places mirrored at the first and the last."""
        places = places.abs()
        return (side - 1) - ((side - 1) - places).abs()
