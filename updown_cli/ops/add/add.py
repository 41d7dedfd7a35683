"""Value by value, as residual networks add what they kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.join import Join
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Add(Join):
    """The sum of the image and of a kept result of as many channels, value by value.

    With --fit crop the middle of the kept result is added; with --fit pad zeros come around the
    image, (kept - in) // 2 of them before it.
    """

    command = "add"

    def out_channels(self, shape: Shape) -> int:
        """Return the channels, of which both have as many."""
        kept = self.kept_of(shape).channels
        if kept != shape.channels:
            raise ShapeError(
                f"{shape.channels} channels cannot be added to the {kept} of {self.other}",
                hint="concat takes any",
            )
        return kept

    def operations(self, shape: Shape) -> int:
        """Return the additions."""
        return math.prod(self.out_shape(shape))

    def join(self, x: Tensor, kept: Tensor) -> Tensor:
        """Return the sum."""
        return x + kept

    def joined_code(self, x: str, kept: str) -> str:
        """Return the sum."""
        return f"{x} + {kept}"
