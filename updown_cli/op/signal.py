"""What goes from one operation to the next: pixels, and what steps leave beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ShapeError
from updown_cli.op.artifact import Artifact
from updown_cli.op.pool_indices import PoolIndices

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class KeptResult(Artifact):
    """What a step gave, under its name, for a join after it."""

    pixels: Tensor


@dataclass(frozen=True)
class Signal:
    """Pixels on their way through a pipeline, N x C x sides, and what steps left beside them.

    `white` is the value that a file has for white, in pixels whose values are of the file's scale.
    With `alpha` the last channel is alpha, by which colours are weighed.
    """

    pixels: Tensor
    artifacts: tuple[Artifact, ...] = ()
    white: float = 1.0
    has_code_values: bool = True
    alpha: bool = False

    @property
    def pool_indices(self) -> tuple[PoolIndices, ...]:
        """What pools remembered."""
        return tuple(left for left in self.artifacts if isinstance(left, PoolIndices))

    def with_result(self, pixels: Tensor, *artifacts: Artifact) -> Self:
        """Return what comes after a step that gave these pixels and left these artifacts."""
        return replace(self, pixels=pixels, artifacts=(*self.artifacts, *artifacts))

    def keeping(self, name: str) -> Self:
        """Return it with the pixels kept under a name."""
        return self.with_result(self.pixels, KeptResult(self.pixels, name=name))

    def kept(self, name: str) -> Tensor:
        """Return the pixels that are kept under a name."""
        for one in self._kept:
            if one.name == name:
                return one.pixels
        raise ShapeError(f"nothing is kept as {name}")

    def without(self, name: str) -> Self:
        """Return it without what is kept under a name."""
        gone = [one for one in self._kept if one.name == name]
        left = tuple(one for one in self.artifacts if not any(one is other for other in gone))
        return replace(self, artifacts=left)

    @property
    def _kept(self) -> list[KeptResult]:
        return [left for left in self.artifacts if isinstance(left, KeptResult)]
