"""The image mirrored behind its outermost pixels."""

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

    from updown_cli.op.code import Lines


class SymmetricPad(FoldedPad):
    """The image mirrored behind its outermost pixels, which come twice, as torchvision's symmetric.

    Padding must be no more than the side.
    """

    mode = "symmetric"
    around = NOTHING_AROUND

    def check_side(self, side: int, most: int) -> None:
        """Raise ShapeError for more pixels than the side has."""
        if most > side:
            raise ShapeError(
                f"pad: {most} pixels cannot be mirrored of a side of {side}",
                hint=f"symmetric takes at most {side} there; replicate has no limit",
            )

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place, mirrored behind the edges."""
        return [replace(span, doubled=True) for span in super().input_spans(shape)]

    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return the places mirrored behind the first and the last."""
        places = places.where(places >= 0, -1 - places)
        return places.where(places < side, 2 * side - 1 - places)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the places of every side: torch itself has no such mode."""
        lines = ["y = x"]
        for axis, (side, (before, after)) in enumerate(
            zip(shape.size, self.margins, strict=True), start=2
        ):
            if before or after:
                lines += [
                    f"at = torch.arange({-before}, {side + after})",
                    "at = at.where(at >= 0, -1 - at)",
                    f"at = at.where(at < {side}, {2 * side - 1} - at)",
                    f"y = y.index_select({axis}, at)",
                ]
        return lines
