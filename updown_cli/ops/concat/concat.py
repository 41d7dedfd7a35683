"""Channels beside channels, as U-Nets join what they kept on the way down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.join import Join
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Concat(Join):
    """The channels of the image, then those of a kept result, as torch.cat([x, kept], 1).

    With --fit crop the middle of the kept result is taken, as the first U-Net crops what it
    copies; with --fit pad zeros come around the image, (kept - in) // 2 of them before it, as in
    later ones.
    """

    command = "concat"

    kept_first: bool = param(
        False,
        "The channels of the kept result come first: weights are made for one order or the other.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def out_channels(self, shape: Shape) -> int:
        """Return the channels of both."""
        return shape.channels + self.kept_of(shape).channels

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def join(self, x: Tensor, kept: Tensor) -> Tensor:
        """Return the channels of both."""
        import torch

        return torch.cat([kept, x] if self.kept_first else [x, kept], 1)

    def joined_code(self, x: str, kept: str) -> str:
        """Return the call."""
        return f"torch.cat([{kept}, {x}], 1)" if self.kept_first else f"torch.cat([{x}, {kept}], 1)"
