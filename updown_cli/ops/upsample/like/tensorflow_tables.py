"""The tables of TensorFlow's older operators: ResizeBilinear, ResizeBicubic and their like.

Points are counted in float32, from the centres of pixels, from their corners, or so that the
corners' centres keep their places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, pick_table
from updown_cli.ops.upsample.like.scale_and_translate import shared

if TYPE_CHECKING:
    from typing import Any

    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.kernels import Singles
    from updown_cli.ops.upsample.like.side import Side

# Places between two pixels for which ResizeBicubic has weights.
PLACES = 1024


@dataclass(frozen=True)
class Counted:
    """From where the points of a side are counted; by default from its corner."""

    from_centres: bool = False
    align_corners: bool = False

    def step(self, side: Side) -> Any:
        """Return the input pixels from one point to the next."""
        import numpy as np

        if self.align_corners and min(side.length, side.out) > 1:
            return np.float32(side.length - 1) / np.float32(side.out - 1)
        return np.float32(side.length) / np.float32(side.out)

    def points(self, side: Side) -> Singles:
        """Return where output pixels lie among the input's, whose centres are 0, 1, 2..."""
        import numpy as np

        i, step = np.arange(side.out, dtype=np.float32), self.step(side)
        half = np.float32(0.5 if self.from_centres else 0)
        points: Singles = (i + half) * step - half
        return points


#: As TensorFlow 2 counts.
CENTRES = Counted(from_centres=True)


def nearest_table(side: Side, counted: Counted) -> Table:
    """Return the pixel in which each point lies; the nearest one where corners are aligned."""
    import numpy as np

    i, step = np.arange(side.out, dtype=np.float32), counted.step(side)
    at = (i + np.float32(0.5)) * step if counted.from_centres else i * step
    if counted.align_corners:
        return pick_table(np.floor(at.astype(np.float64) + 0.5), side.length)
    return pick_table(np.floor(at), side.length)


def linear_table(side: Side, counted: Counted) -> Table:
    """Return the pixels on either side of each point."""
    import numpy as np

    at = counted.points(side)
    low = np.floor(at)
    sources = np.clip(np.stack([low, np.ceil(at)]), 0, side.length - 1).astype(np.int64)
    right = (at - low).astype(np.float64)
    return Table(sources, np.stack([1 - right, right]))


def cubic_table(side: Side, counted: Counted) -> Table:
    """Return four pixels around each point, weighed as at the nearest of 1024 places.

    Counted from centres it is Keys' cubic with a = -0.5, and pixels beyond the edge have no weight;
    else with a = -0.75, and the edge is repeated.
    """
    import numpy as np

    at = counted.points(side)
    low = np.floor(at)
    place = np.rint((at - low) * np.float32(PLACES)).astype(np.int64)
    near, far = _at_places(-0.5 if counted.from_centres else -0.75)
    weights = np.stack([far[place], near[place], near[PLACES - place], far[PLACES - place]])
    sources = low.astype(np.int64) + np.arange(-1, 3)[:, None]
    if counted.from_centres:
        inside = (sources >= 0) & (sources < side.length)
        weights = shared(np.where(inside, weights, np.float32(0)))
    return Table(np.clip(sources, 0, side.length - 1), weights.astype(np.float64))


def _at_places(a: float) -> tuple[Singles, Singles]:
    """Return Keys' cubic at distances of 0 to 1 and of 1 to 2."""
    import numpy as np

    near: Points = np.arange(PLACES + 1) / PLACES
    far = near + 1
    within = ((a + 2) * near - (a + 3)) * near * near + 1
    beyond = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
    return within.astype(np.float32), beyond.astype(np.float32)


def area_table(side: Side, counted: Counted) -> Table:
    """Return the pixels from each point to the next, those in part weighed by their part."""
    import numpy as np

    i, step = np.arange(side.out, dtype=np.float32), counted.step(side)
    start, end = i * step, (i + np.float32(1)) * step
    first, last = np.floor(start).astype(np.int64), np.ceil(end).astype(np.int64)
    sources = first + np.arange(max(int((last - first).max()), 1))[:, None]
    part = np.minimum(sources + 1, end) - np.maximum(sources, start)
    part = np.where((sources < start) & (sources + 1 > end), step, part)
    weights = np.where(sources < last, part, 0) / np.float64(step)
    return Table(np.clip(sources, 0, side.length - 1), weights)
