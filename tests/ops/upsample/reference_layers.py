"""Interpolation pixel by pixel, which several tests compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from tests.helpers import apply
from updown_cli.ops.upsample.upsample import Upsample

Pixels = NDArray[Any]

# float32 has 24 bits: a sampling point below 16 is off by 2e-6 at most, twice or thrice along
# the axes, and a cubic's weights change by up to 2 per pixel; the values are below 1.
FLOAT32_POINTS = 1e-5

# The same float32 arithmetic on both sides.
SAME = 1e-6

# Pillow's weights are float64 and torch's float32; values up to 255.
PILLOW = 2e-3


def weights(
    mode: str, length: int, out: int, scale: float | None = None, *, align: bool = False
) -> Pixels:
    """Return the weight of every input pixel (columns) in every output pixel (rows)."""
    rows = np.zeros((out, length))
    for i in range(out):
        for source, weight in taps(mode, i, length, out, scale, align=align):
            rows[i, min(max(source, 0), length - 1)] += weight  # the edge is replicated
    return rows


def taps(
    mode: str, i: int, length: int, out: int, scale: float | None, *, align: bool
) -> list[tuple[int, float]]:
    """Return the input pixels that output pixel i reads, each with its weight."""
    if mode == "area":
        first, end = i * length // out, -(-(i + 1) * length // out)
        return [(source, 1 / (end - first)) for source in range(first, end)]
    step = 1 / scale if scale else length / out
    if mode.startswith("nearest"):
        half = np.float32(0.5 if mode == "nearest-exact" else 0)
        return [(int((np.float32(i) + half) * np.float32(step)), 1.0)]
    point = (i + 0.5) * step - 0.5
    if align:
        point = i * (length - 1) / (out - 1) if out > 1 else 0.0
    before = int(np.floor(point))
    reach = 2 if mode == "bicubic" else 1
    filtered = cubic if mode == "bicubic" else triangle
    return [(s, filtered(abs(point - s))) for s in range(before - reach + 1, before + reach + 1)]


def triangle(distance: float) -> float:
    """Return the weight of a pixel at this distance."""
    return max(1 - distance, 0.0)


def cubic(distance: float, a: float = -0.75) -> float:
    """Return the weight of a pixel at this distance (Keys, 1981)."""
    d = distance
    if d < 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0.0


def reference(
    mode: str,
    image: Pixels,
    size: tuple[int, ...],
    scale: tuple[float, ...] | None = None,
    *,
    align: bool = False,
) -> Pixels:
    """Return an image with every axis interpolated by its weights, in float64."""
    for axis, out in enumerate(size):
        factor = scale[axis] if scale else None
        rows = weights(mode, image.shape[axis], out, factor, align=align)
        image = np.moveaxis(np.tensordot(rows, image, (1, axis)), 0, axis)
    return image


def noise(*shape: int) -> Pixels:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def picked(op: Upsample, length: int) -> list[int]:
    """Return which pixel of a row each output pixel is."""
    return [int(value) for value in apply(op, np.arange(length), dims=1)]


def pillow(image: Pixels, size: tuple[int, int], filtered: Resampling) -> Pixels:
    """Return what Pillow makes of a float image; size is H x W."""
    return np.asarray(Image.fromarray(image.astype(np.float32)).resize(size[::-1], filtered))
