"""One input pixel for every output pixel: what both ways of rounding its place share."""

from __future__ import annotations

from updown_cli.ops.upsample.sampling import Recomputed


class Picked(Recomputed):
    """One input pixel for every output pixel."""

    linear = False
    side = 1

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True
