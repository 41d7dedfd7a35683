"""The table of TensorFlow's ScaleAndTranslate: a filter around points, weighed to a sum of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.kernels import Kernel, Singles

# Weights whose sum is smaller than this are none.
SMALLEST = 1000 * 2.0**-126


def translated_table(length: int, out: int, kernel: Kernel, *, widens: bool) -> Table:
    """Return the weights of a kernel around points, all in float32, where TensorFlow rounds.

    It is wider for steps of more than a pixel if it `widens`. What would fall beyond the edge is
    shared among the others.
    """
    import numpy as np

    step = np.float32(1) / (np.float32(out) / np.float32(length))
    wider = max(step, np.float32(1)) if widens else np.float32(1)
    at = (np.arange(out, dtype=np.float32) + np.float32(0.5)) * step
    width = np.float32(kernel.radius) * wider
    first = np.clip(np.ceil(at - width - np.float32(0.5)).astype(np.int64), 0, length - 1)
    last = np.clip(np.floor(at + width - np.float32(0.5)).astype(np.int64), 0, length - 1)
    sources = first + np.arange(int((last - first).max()) + 1)[:, None]
    distance = np.abs(sources.astype(np.float32) + np.float32(0.5) - at)
    weights = kernel.weigh(distance * (np.float32(1) / wider))
    inside = (sources <= last) & (at <= length)
    return Table(np.minimum(sources, length - 1), shared(np.where(inside, weights, 0)))


def shared(weights: Singles) -> Points:
    """Return weights, taps x out, whose sums are 1; none where they are almost 0."""
    import numpy as np

    total = weights.sum(0, dtype=np.float32)
    has = np.abs(total) >= SMALLEST
    each = np.float32(1) / np.where(has, total, np.float32(1))
    return np.where(has, weights * each, np.float32(0)).astype(np.float64)
