"""The outermost pixels repeated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.input_span import InputSpan
from updown_cli.op.shape import Shape
from updown_cli.ops.pad.padded import FoldedPad

if TYPE_CHECKING:
    import torch


class ReplicatePad(FoldedPad):
    """The outermost pixels repeated, as torch.nn.ReplicationPad2d."""

    mode = "replicate"
    around = NOTHING_AROUND

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place, the outermost ones beyond the edges."""
        return [replace(span, repeated=True) for span in super().input_spans(shape)]

    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return the nearest places."""
        return places.clamp(0, side - 1)
