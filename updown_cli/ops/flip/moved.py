"""What all flips share: values move, and none is changed."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.explainable import SUM


@dataclass(frozen=True, kw_only=True)
class Moved(Op, abstract=True):
    """Values in other places."""

    command = "flip"
    told_as = SUM
    around = NOTHING_AROUND

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True
