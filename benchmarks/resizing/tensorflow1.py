"""TensorFlow 1: what tf.compat.v1.image.resize_bilinear and its like give.

TensorFlow gives single precision of doubles too; what they are resized to by areas is worked out.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, Case

FUNCTIONS = {"nearest": "nearest_neighbor"}
COUNTED: tuple[dict[str, Any], ...] = ({}, {"align_corners": True}, {"half_pixel_centers": True})
CASES = [
    *(
        Case(mode, settings, (FLOAT32,))
        for mode in ("nearest", "bilinear", "bicubic")
        for settings in COUNTED
    ),
    *(Case("area", settings, (FLOAT32,)) for settings in COUNTED[:2]),
]

#: Whether what is given of doubles tells which result in single precision lies nearer.
EXACT_OF_DOUBLES = True


def version() -> str:
    """Return the version."""
    return f"tensorflow {_tensorflow().__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    if pixels.dtype == np.float64:
        sides = zip(pixels.shape, size, strict=False)
        down, across = (_areas(*side, **case["settings"]) for side in sides)
        return np.einsum("ih,hwc,jw->ijc", down, pixels, across)
    name = f"resize_{FUNCTIONS.get(case['mode'], case['mode'])}"
    function = getattr(_tensorflow().compat.v1.image, name)
    return np.asarray(function(pixels[None], size, **case["settings"]))[0]


def _areas(length: int, out: int, align_corners: bool = False) -> Any:
    """Return the share of each pixel of a side in those of the result; the last is repeated."""
    step = (length - 1) / (out - 1) if align_corners and out > 1 else length / out
    starts, pixels = np.arange(out)[:, None] * step, np.arange(2 * length)
    shares = np.minimum(starts + step, pixels + 1) - np.maximum(starts, pixels)
    shares = shares.clip(0) / step
    shares[:, length - 1] += shares[:, length:].sum(1)
    return shares[:, :length]


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    return tensorflow
