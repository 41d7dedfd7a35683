"""Resizes with a fault each, for `benchmarks/doctor.py` and the tests of `updown doctor`.

    python benchmarks/doctor_faults.py FAULT IN.png OUT.png

They shrink to a half, or what else their fault needs, with NumPy alone: by a matrix for each side.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[Any]
Kernel = Callable[[Pixels], Pixels]


def triangle(x: Pixels) -> Pixels:
    """Return the kernel of linear interpolation."""
    return np.asarray(np.maximum(1 - np.abs(x), 0))


def cubic(x: Pixels) -> Pixels:
    """Return the cubic kernel with a = -0.75."""
    x, a = np.abs(x), -0.75
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def box(x: Pixels) -> Pixels:
    """Return the kernel of the mean of a pixel's area."""
    return ((x >= -0.5) & (x < 0.5)).astype(float)


def sinc(x: Pixels) -> Pixels:
    """Return a cardinal sine that is cut off after twelve lobes."""
    return np.where(np.abs(x) < 12, np.sinc(x), 0)


def matrix(
    length: int,
    scale: float,
    kernel: Kernel,
    *,
    late: float = 0,
    wide: bool = True,
    pad: bool = False,
) -> Pixels:
    """Return the weights, result x source, of a resize: `late` by source pixels.

    A kernel is `wide` as a shrink needs; with `pad` there are zeros beyond the border.
    """
    count = round(length * scale)
    places = (np.arange(count) + 0.5) / scale - 0.5 - late
    spread = max(1.0, 1 / scale) if wide else 1.0
    sources = np.arange(-40 * int(spread), length + 40 * int(spread))
    weights = kernel((places[:, None] - sources) / spread)
    weights = weights / weights.sum(1, keepdims=True)
    inside = np.zeros((length, count))
    beyond = (sources < 0) | (sources >= length)
    np.add.at(inside, sources.clip(0, length - 1), (weights * ~(beyond & pad)).T)
    return inside.T


def resized(pixels: Pixels, scale: float = 0.5, kernel: Kernel = triangle, **how: Any) -> Pixels:
    """Return pixels, as floats, resized by the same matrix down and across."""
    return by_matrices(pixels, *(matrix(side, scale, kernel, **how) for side in pixels.shape[:2]))


def by_matrices(pixels: Pixels, down: Pixels, across: Pixels) -> Pixels:
    """Return pixels times a matrix for each side."""
    return np.moveaxis(down @ np.moveaxis(pixels.astype(float), -1, 0) @ across.T, 0, -1)


def stored(values: Pixels, like: Pixels) -> Pixels:
    """Return values rounded and cut off, in the type of a picture."""
    return np.floor(values.clip(0, np.iinfo(like.dtype).max) + 0.5).astype(like.dtype)


def white(pixels: Pixels) -> float:
    """Return the value of white."""
    return float(np.iinfo(pixels.dtype).max)


def weighed(pixels: Pixels, divide: bool = True) -> Pixels:
    """Return a resize that multiplies colours by alpha, and divides them by it after."""
    if pixels.shape[2] != 4:
        return stored(resized(pixels), pixels)
    alpha = pixels[..., 3:] / white(pixels)
    mixed = resized(np.concatenate([pixels[..., :3] * alpha, pixels[..., 3:]], -1))
    if divide:
        mixed[..., :3] /= np.maximum(mixed[..., 3:] / white(pixels), 1e-9)
    return stored(mixed, pixels)


def of_colours(change: Callable[[Pixels], Pixels]) -> Callable[[Pixels], Pixels]:
    """Return a right resize whose colours, from 0 to 1, are changed."""

    def act(pixels: Pixels) -> Pixels:
        result = weighed(pixels).astype(float)
        colours = slice(0, 3) if pixels.shape[2] > 2 else slice(0, 1)
        result[..., colours] = change(result[..., colours] / white(pixels)) * white(pixels)
        return stored(result, pixels)

    return act


def sharpened(pixels: Pixels) -> Pixels:
    """Return a resize with an edge filter that is too strong."""
    half = resized(pixels[..., :3])
    soft = resized(half, 1, lambda x: triangle(x / 2))
    return stored(half + 2.5 * (half - soft), pixels)


def transposed_convolution(pixels: Pixels) -> Pixels:
    """Return a kernel of three at a stride of two: every second pixel gets two of its taps."""
    taps = [np.zeros((2 * side, side)) for side in pixels.shape[:2]]
    for weights in taps:
        side = weights.shape[1]
        for offset, tap in ((0, 0.5), (1, 0.8), (2, 0.5)):
            rows = 2 * np.arange(side) + offset
            keep = rows < 2 * side
            weights[rows[keep], np.arange(side)[keep]] += tap
    return stored(by_matrices(pixels[..., :3], *taps), pixels)


def one_axis(pixels: Pixels) -> Pixels:
    """Return a quarter, with a kernel that is wide enough across alone."""
    height, width = pixels.shape[:2]
    down = matrix(height, 0.25, triangle, wide=False)
    return stored(by_matrices(pixels[..., :3], down, matrix(width, 0.25, triangle)), pixels)


def with_half_chroma(pixels: Pixels) -> Pixels:
    """Return a resize whose chroma is stored at half the size, as most JPEG files have it."""
    half = resized(pixels[..., :3])
    shares = [0.299, 0.587, 0.114] if half.shape[2] == 3 else [1.0]
    luma = half @ np.array(shares)[:, None]
    chroma = resized(resized(half - luma, 0.5), 2)
    return stored(luma + chroma, pixels)


def in_eight_bits(pixels: Pixels) -> Pixels:
    """Return a resize that takes the upper bytes alone."""
    return weighed((pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels)


def cropped(pixels: Pixels) -> Pixels:
    """Return half of what is left of a picture without a margin."""
    inner = pixels[pixels.shape[0] // 16 :, pixels.shape[1] // 16 :, :3]
    sides = zip(inner.shape[:2], pixels.shape[:2], strict=True)
    ways = [matrix(inside, side / 2 / inside, triangle)[: side // 2] for inside, side in sides]
    return stored(by_matrices(inner, *ways), pixels)


@dataclass(frozen=True)
class Fault:
    """A resize, and the measure that should tell its fault."""

    measure: str
    resize: Callable[[Pixels], Pixels]


def _plain(**how: Any) -> Callable[[Pixels], Pixels]:
    return lambda pixels: stored(resized(pixels[..., :3], **how), pixels)


FAULTS = {
    "corner at the corner": Fault("shift", _plain(scale=2, late=0.25)),
    "padded on one side": Fault("shift", _plain(scale=1, kernel=box, late=1)),
    "a tenth of a pixel late": Fault("shift", _plain(late=0.1)),
    "kernel too narrow": Fault("alias", _plain(scale=0.25, wide=False)),
    "wrong gamma": Fault("gamma", of_colours(lambda x: x**1.1)),
    "decoded, not encoded": Fault("gamma", of_colours(lambda x: x**2.2)),
    "weights sum to 0.95": Fault("gain", of_colours(lambda x: 0.95 * x)),
    "video range": Fault("gain", of_colours(lambda x: (16 + 219 * x) / 255)),
    "bias": Fault("offset", of_colours(lambda x: x + 4 / 255)),
    "sinc cut off": Fault("ringing", _plain(kernel=sinc)),
    "sharpened": Fault("overshoot", sharpened),
    "uneven overlap": Fault("checkerboard", transposed_convolution),
    "rows are columns": Fault("axes", lambda p: weighed(p).swapaxes(0, 1)),
    "mirrored": Fault("axes", lambda p: weighed(p)[:, ::-1]),
    "blue first": Fault(
        "channels",
        lambda p: weighed(p)[..., [2, 1, 0, 3][: p.shape[2]]] if p.shape[2] > 2 else weighed(p),
    ),
    "grey": Fault("channels", lambda p: weighed(p)[..., :1]),
    "chroma at half the size": Fault("chroma", with_half_chroma),
    "wrapped": Fault(
        "wrap",
        lambda p: np.rint(resized(p[..., :3], 2, cubic)).astype(np.int64).astype(p.dtype),
    ),
    "cut off, not rounded": Fault("rounding", lambda p: resized(p[..., :3]).astype(p.dtype)),
    "hidden colours": Fault("alpha", lambda p: stored(resized(p), p)),
    "black seams": Fault("alpha", lambda p: weighed(p, divide=False)),
    "black border": Fault("border", _plain(pad=True)),
    "16 bits cut": Fault("depth", in_eight_bits),
    "too soft": Fault("blur", _plain(kernel=lambda x: triangle(x / 4))),
    "antialiased across alone": Fault("direction", one_axis),
    "cropped": Fault("stretch", cropped),
}


def main() -> None:
    """Resize a file with a fault."""
    name, source, target = sys.argv[1:]
    with Image.open(source) as image:
        pixels = np.asarray(image)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    result = np.ascontiguousarray(FAULTS[name].resize(pixels))
    Image.fromarray(result[..., 0] if result.shape[2] == 1 else result).save(target)


if __name__ == "__main__":
    main()
