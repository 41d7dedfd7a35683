"""The outermost pixels repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.ops.pad.padded import FoldedPad

if TYPE_CHECKING:
    import torch


class ReplicatePad(FoldedPad):
    """The outermost pixels repeated, as torch.nn.ReplicationPad2d."""

    mode = "replicate"
    around = NOTHING_AROUND

    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return the nearest places."""
        return places.clamp(0, side - 1)
