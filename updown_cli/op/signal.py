"""What goes from one operation to the next: pixels, and what steps leave beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.op.pool_indices import PoolIndices

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.artifact import Artifact


@dataclass(frozen=True)
class Signal:
    """Pixels on their way through a pipeline, N x C x sides, and what steps left beside them.

    `white` is the value that a file has for white.
    """

    pixels: Tensor
    artifacts: tuple[Artifact, ...] = ()
    white: float = 1.0

    @property
    def pool_indices(self) -> tuple[PoolIndices, ...]:
        """What pools remembered."""
        return tuple(left for left in self.artifacts if isinstance(left, PoolIndices))

    def with_result(self, pixels: Tensor, *artifacts: Artifact) -> Self:
        """Return what comes after a step that gave these pixels and left these artifacts."""
        return replace(self, pixels=pixels, artifacts=(*self.artifacts, *artifacts))
