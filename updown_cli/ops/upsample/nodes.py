"""What interpolations between samples at nodes share, as NumPy and SciPy have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.tables import Recomputed, coordinates_param

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points


@dataclass(frozen=True, kw_only=True)
class Noded(Recomputed, abstract=True):
    """Interpolation that keeps to the nodes; points beyond the first or last node are at it."""

    coordinates: str = coordinates_param("align-corners")

    def _clipped(self, shape: Shape) -> list[Points]:
        import numpy as np

        sides = zip(self.points(self.coordinates, shape), shape.size, strict=True)
        return [np.clip(at, 0, length - 1) for at, length in sides]
