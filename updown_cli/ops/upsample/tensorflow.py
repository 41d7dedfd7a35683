"""Interpolations as TensorFlow code, where it has what is equal."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.op.code import format_call, literal
from updown_cli.ops.upsample.antialias import repeats_first_row

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.shape import Shape
    from updown_cli.ops.upsample.tables import Recomputed


def resized_lines(size: tuple[int, ...], method: str, antialias: bool | None = None) -> Lines:
    """Return TensorFlow 2's resizing."""
    named = {"method": method, "antialias": antialias}
    return [f"y = {format_call('tf.image.resize', 'x', literal(size), **named)}"]


def sampled_lines(
    method: str, of_old: str, coordinates: str, op: Recomputed, shape: Shape
) -> Lines | None:
    """Return TensorFlow 2's for half-pixel points, else TensorFlow 1's function of old."""
    if shape.dims != 2 or not (coordinates == "align-corners" or _is_scaled_by_sizes(op, shape)):
        return None
    size = op.out_size(shape)
    if coordinates == "half-pixel":
        return resized_lines(size, method)
    corners = True if coordinates == "align-corners" else None
    function = f"tf.compat.v1.image.{of_old}"
    return [f"y = {format_call(function, 'x', literal(size), align_corners=corners)}"]


def widened_lines(method: str, op: Recomputed, shape: Shape) -> Lines | None:
    """Return TensorFlow 2's for filters that widen."""
    halves = op.where() == "half-pixel" and _is_scaled_by_sizes(op, shape)
    if shape.dims != 2 or not halves or repeats_first_row(op, shape):
        return None
    return resized_lines(op.out_size(shape), method, antialias=True)


def nearest_lines(coordinates: str, op: Recomputed, shape: Shape) -> Lines | None:
    """Return TensorFlow 2's for half-pixel points, else TensorFlow 1's where it rounds alike."""
    if coordinates == "align-corners" and not _rounds_alike(op, shape):
        return None
    return sampled_lines("nearest", "resize_nearest_neighbor", coordinates, op, shape)


def _is_scaled_by_sizes(op: Recomputed, shape: Shape) -> bool:
    """Whether the scale is that of the two sizes, which is all that TensorFlow knows."""
    sides = zip(shape.size, op.out_size(shape), op.ratios(shape), strict=True)
    return all(
        Fraction(length, out) == Fraction(step) / Fraction(per)
        for length, out, (step, per) in sides
    )


def _rounds_alike(op: Recomputed, shape: Shape) -> bool:
    """Whether TensorFlow's float32 points, rounded, are the pixels nearest to the exact ones."""
    import numpy as np

    for length, out in zip(shape.size, op.out_size(shape), strict=True):
        i, steps = np.arange(out), max(out - 1, 1)
        exact = (2 * i * (length - 1) + steps) // (2 * steps)
        points = i.astype(np.float32) * (np.float32(length - 1) / np.float32(steps))
        if (np.floor(points.astype(np.float64) + 0.5) != exact).any():
            return False
    return True
