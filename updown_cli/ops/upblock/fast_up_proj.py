"""Fast up-projection: the same without the zeros."""

from __future__ import annotations

from updown_cli.ops.upblock.up_proj import UpProj
from updown_cli.ops.upblock.zeros_between import Interleaved


class FastUpProj(Interleaved, UpProj):
    """The values of up-proj, its 5x5 by four smaller convolutions; these are interleaved.

    Keys: as up-proj.
    """

    mode = "fast-up-proj"
