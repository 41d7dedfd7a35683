"""Fast up-projection: the same without the zeros."""

from __future__ import annotations

from updown_cli.ops.upblock.up_proj import UpProj
from updown_cli.ops.upblock.zeros_between import Interleaved


class FastUpProj(Interleaved, UpProj):
    """Up-projection whose 5x5 convolutions are four smaller ones each, interleaved.

    The values are those of up-proj. Keys: as up-proj.
    """

    mode = "fast-up-proj"
