"""One input pixel for every output pixel: what both ways of rounding its place share."""

from __future__ import annotations

from updown_cli.ops.upsample.interpolation import Interpolation
from updown_cli.ops.upsample.recomputed import Recomputed


class Picked(Recomputed, Interpolation, abstract=True):
    """One input pixel for every output pixel."""

    linear = False
    side = 1

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True
