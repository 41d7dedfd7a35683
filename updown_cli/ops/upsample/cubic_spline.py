"""Cubic splines through equally spaced nodes: piecewise cubics with two continuous derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, apply_table
from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Points

#: What holds at the ends: the first two pieces are one cubic, the second derivative is 0, or the
#: first derivative is 0.
BOUNDARIES = ("not-a-knot", "natural", "clamped")

#: Nodes without which a boundary does not determine the spline.
FEWEST = {"not-a-knot": 4, "natural": 1, "clamped": 1}


# Values side by side whose systems are solved together: fewer cost more calls, more more memory.
SOLVED_TOGETHER = 2048

# Rows of these that are interpolated at a time: they stay in a core's cache, and are fewer values
# than torch shares between threads, which are busy with other columns.
ROWS = 15

# Nodes on either side of a point that a table reads: from one to the next a weight is 0.268 of
# it, so that those beyond are less than double precision tells of sums of bytes.
REACH = 26


def interpolate_spline(x: Tensor, points: list[Points], boundary: str) -> Tensor:
    """Return N x C x sides at the points of each side, which lie between first and last pixel.

    The slopes at the nodes solve a tridiagonal system over the whole side, in float64 and on the
    CPU, where the steps from node to node are quickest.
    """
    import torch

    values = x.to("cpu")
    for axis, at in enumerate(points, start=2):
        sides = [*values.shape]
        sides[axis] = len(at)
        is_last = axis == len(points) + 1
        result = torch.empty(sides, dtype=x.dtype if is_last else torch.float64)
        act = partial(_interpolate, at, boundary)
        for _ in run_ordered(act, _columns(values, result, axis), thread_count()):
            pass
        values = result
    return values.to(x.device)


def _columns(x: Tensor, result: Tensor, axis: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield parts of x and of the result with an axis first, cut along another if there is one."""
    import torch

    other = x.dim() - 1 if axis < x.dim() - 1 else 2
    if other == axis:
        yield x.movedim(axis, 0), result.movedim(axis, 0)
        return
    each = max(SOLVED_TOGETHER * x.shape[axis] * x.shape[other] // x.numel(), 1)
    parts = torch.split(x, each, other), torch.split(result, each, other)
    for part, place in zip(*parts, strict=True):
        yield part.movedim(axis, 0), place.movedim(axis, 0)


def _interpolate(at: Points, boundary: str, part: tuple[Tensor, Tensor]) -> None:
    """Put the spline along the first axis of a part into its place, at points of the axis."""
    import torch

    nodes, place = part[0].to(torch.float64).contiguous(), part[1]
    slopes = _slopes(nodes, boundary)
    for first in range(0, len(at), ROWS):
        by_value, by_slope = _hermite(at[first : first + ROWS], len(nodes))
        values = apply_table(nodes, 0, by_value).add_(apply_table(slopes, 0, by_slope))
        place[first : first + ROWS] = values


def _hermite(at: Points, length: int) -> tuple[Table, Table]:
    """Return the tables of a cubic's parts: by its values and by its slopes at two nodes."""
    import numpy as np

    left = np.clip(np.floor(at), 0, max(length - 2, 0)).astype(np.int64)
    sources = np.stack([left, np.minimum(left + 1, length - 1)])
    t = at - left
    rising = t * t * (3 - 2 * t)
    values = np.stack([1 - rising, rising])
    slopes = np.stack([t * (1 - t) ** 2, t * t * (t - 1)])
    return Table(sources, values), Table(sources, slopes)


def spline_table(at: Points, length: int, boundary: str) -> Table:
    """Return the spline at points as sums over nodes: which of them, and their weights.

    The slopes that a node alone would give are found for many nodes at a time, which lie so far
    apart that none of them reaches another's.
    """
    import numpy as np
    import torch

    taps, apart = min(length, 2 * REACH), min(length, 4 * REACH)
    impulses = torch.zeros(length, apart, dtype=torch.float64)
    nodes = torch.arange(length)
    impulses[nodes, nodes % apart] = 1.0
    slopes = _slopes(impulses, boundary).numpy()
    by_value, by_slope = _hermite(at, length)
    first = np.clip(by_value.sources[0] - REACH + 1, 0, length - taps)
    sources = first + np.arange(taps)[:, None]
    weights = np.zeros(sources.shape)
    for node, value, slope in zip(
        by_value.sources, by_value.weights, by_slope.weights, strict=True
    ):
        weights += np.where(sources == node, value, 0.0) + slope * slopes[node, sources % apart]
    return Table(sources, weights)


def _slopes(nodes: Tensor, boundary: str) -> Tensor:
    """Return the spline's slope at every node, along the first axis."""
    import torch

    length = len(nodes)
    if length == 1:
        return torch.zeros_like(nodes)
    right = torch.empty_like(nodes)
    right[1:-1] = 3 * (nodes[2:] - nodes[:-2])
    own, other, right[0] = _end(nodes[:3].diff(dim=0), boundary)
    *_, right[-1] = _end(nodes[-3:].diff(dim=0).flip(0), boundary)
    above = [other, *[1.0] * (length - 2), 0.0]
    below = [0.0, *[1.0] * (length - 2), other]
    return _solved(below, [own, *[4.0] * (length - 2), own], above, right)


def _end(steps: Tensor, boundary: str) -> tuple[float, float, Tensor]:
    """Return the equation of an end: the factors of its slope and the next, and the right side.

    `steps` are the differences of the nodes, counted from that end.
    """
    if boundary == "not-a-knot":
        return 1.0, 2.0, (5 * steps[0] + steps[1]) / 2
    if boundary == "natural":
        return 2.0, 1.0, 3 * steps[0]
    return 1.0, 0.0, 0 * steps[0]


def _solved(below: list[float], diagonal: list[float], above: list[float], right: Tensor) -> Tensor:
    """Solve a tridiagonal system for every column of `right`, which is used up (Thomas)."""
    ratio = above[0] / diagonal[0]
    ratios = [ratio]
    right[0] /= diagonal[0]
    for i in range(1, len(right)):
        pivot = diagonal[i] - below[i] * ratio
        ratio = above[i] / pivot
        ratios.append(ratio)
        right[i].sub_(right[i - 1], alpha=below[i]).div_(pivot)
    for i in range(len(right) - 2, -1, -1):
        right[i].sub_(right[i + 1], alpha=ratios[i])
    return right
