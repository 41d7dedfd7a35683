"""TensorFlow 1: what tf.compat.v1.image.resize_bilinear and its like give."""

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


def version() -> str:
    """Return the version."""
    return f"tensorflow {_tensorflow().__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    name = f"resize_{FUNCTIONS.get(case['mode'], case['mode'])}"
    function = getattr(_tensorflow().compat.v1.image, name)
    return np.asarray(function(pixels[None], size, **case["settings"]))[0]


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    return tensorflow
