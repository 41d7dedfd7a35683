"""TensorFlow 2: what tf.image.resize gives."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.resizing.case import ALL_TYPES, FLOAT32, Case

FILTERS = ("bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
ONE = (FLOAT32,)
CASES = [
    Case("nearest", dtypes=ALL_TYPES),
    Case("area", dtypes=ONE),
    *(Case(mode, dtypes=ONE) for mode in FILTERS),
    *(Case(mode, {"antialias": True}, ONE) for mode in FILTERS),
    Case("bilinear", {"preserve_aspect_ratio": True}, ONE),
]


def version() -> str:
    """Return the version."""
    return f"tensorflow {_tensorflow().__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    done = _tensorflow().image.resize(pixels, size, method=case["mode"], **case["settings"])
    return np.asarray(done)


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    return tensorflow
