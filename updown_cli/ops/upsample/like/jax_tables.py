"""The tables of JAX's image.resize and scale_and_translate, in float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table, pick_table
from updown_cli.ops.upsample.like.kernels import LANCZOS3, LANCZOS5

if TYPE_CHECKING:
    from updown_cli.ops.upsample.like.kernels import Kernel, Singles
    from updown_cli.ops.upsample.like.side import Side

# Where XLA works out points with one rounding, as its programs of jax 0.10 show: beside sines, and
# in results of so many pixels. Elsewhere it takes three.
SINES, MANY = (LANCZOS3, LANCZOS5), 96

# Weights whose sum is smaller than this are none.
SMALLEST = 1000 * 2.0**-23


@dataclass(frozen=True)
class Moved:
    """A side whose pixels are moved by so many of the result; None where it is only resized."""

    by: float | None = None

    def step(self, side: Side) -> Any:
        """Return the input pixels per output pixel."""
        import numpy as np

        scale = side.ratio[1] / side.ratio[0]
        return np.float32(1 / scale) if self.by is None else np.float32(1) / np.float32(scale)

    def starts(self, side: Side) -> Singles:
        """Return where output pixels begin, counted from the edge."""
        import numpy as np

        step = self.step(side)
        starts: Singles = (
            np.arange(side.out, dtype=np.float32) * step - np.float32(self.by or 0) * step
        )
        return starts

    def points(self, side: Side, *, fused: bool = True) -> Singles:
        """Return the middles of output pixels among the input's, which are at 0, 1, 2...

        Fused, XLA multiplies and subtracts at once, with one rounding.
        """
        import numpy as np

        i, step, half = np.arange(side.out, dtype=np.float32), self.step(side), np.float32(0.5)
        if self.by is None and fused:
            wide = (i.astype(np.float64) + 0.5) * np.float64(step) - 0.5
            return wide.astype(np.float32)
        points: Singles = (i + half) * step - np.float32(self.by or 0) * step - half
        return points


def nearest_table(side: Side) -> Table:
    """Return the pixel in which each point lies, by the step that XLA works out."""
    import numpy as np

    step = np.float32(side.length) * (np.float32(1) / np.float32(side.out))
    if side.length == side.out:
        step = np.float32(1)
    at = (np.arange(side.out, dtype=np.float32) + np.float32(0.5)) * step
    return pick_table(np.floor(at), side.length)


def kernel_table(
    side: Side, moved: Moved, kernel: Kernel, *, widens: bool, repeats_edge: bool = False
) -> Table:
    """Return the weights of a kernel around points; the edge is repeated, or there is nothing."""
    import numpy as np

    fused = repeats_edge or kernel in SINES or side.out >= MANY
    at, one = moved.points(side, fused=fused), np.float32(1)
    wider = max(moved.step(side), one) if widens else one
    width = float(np.float32(kernel.radius) * wider)
    sources = (
        np.floor(at - width).astype(np.int64) + np.arange(2 * int(np.ceil(width)) + 2)[:, None]
    )
    distance = np.abs(at - sources.astype(np.float32)) / wider
    beyond = int(kernel.radius) if repeats_edge else 0
    within = (sources >= -beyond) & (sources < side.length + beyond)
    if moved.by is None:
        distance = distance.astype(np.float64)
    weights = np.where(within, kernel.weigh(distance).astype(np.float32), np.float32(0))
    if not repeats_edge:
        weights = np.where(_on_image(at, side), weights, np.float32(0))
    return _shared(sources, weights, side)


def area_table(side: Side, moved: Moved) -> Table:
    """Return the parts of pixels that lie under those of the result."""
    import numpy as np

    starts, step = moved.starts(side), moved.step(side)
    sources = np.floor(starts).astype(np.int64) + np.arange(int(np.ceil(step)) + 2)[:, None]
    lows = sources.astype(np.float32)
    part = np.minimum(starts + step, lows + 1) - np.maximum(starts, lows)
    within = (sources >= 0) & (sources < side.length) & _on_image(moved.points(side), side)
    return _shared(sources, np.where(within, np.maximum(part, np.float32(0)), np.float32(0)), side)


def _on_image(at: Singles, side: Side) -> Any:
    import numpy as np

    return (at >= np.float32(-0.5)) & (at <= np.float32(side.length - 0.5))


def _shared(sources: Any, weights: Singles, side: Side) -> Table:
    """Return weights whose sums are 1; none where they are almost 0."""
    import numpy as np

    total = weights.sum(0, dtype=np.float32)
    has = np.abs(total) > SMALLEST
    shared = np.where(has, weights / np.where(has, total, np.float32(1)), np.float32(0))
    return Table(np.clip(sources, 0, side.length - 1), shared.astype(np.float64))
