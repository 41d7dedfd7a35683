"""Keras: what UpSampling2D gives of whole factors, and keras.ops.image.resize of other sizes."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, Case

FILTERS = ("bilinear", "bicubic", "lanczos3", "lanczos5")
ONE = (FLOAT32,)
CASES = [
    Case("nearest", dtypes=ONE),
    *(Case(mode, dtypes=ONE) for mode in FILTERS),
    *(Case(mode, {"antialias": True}, ONE) for mode in FILTERS),
    *(Case(mode, {"backend": "jax"}, ONE) for mode in ("nearest", "bilinear", "bicubic")),
]


def version() -> str:
    """Return the version."""
    return f"keras {_keras().__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    keras, settings = _keras(), dict(case["settings"])
    words = {"interpolation": case["mode"], "data_format": "channels_last"}
    if settings.pop("backend", None) == "jax":
        image = import_module("keras.src.backend.jax.image")
        return np.asarray(image.resize(pixels[None], size, **words, **settings))[0]
    sides = [*zip(size, pixels.shape, strict=False)]
    if not settings and all(to % side == 0 for to, side in sides):
        factors = tuple(to // side for to, side in sides)
        layer = keras.layers.UpSampling2D(factors, **words)
        return np.asarray(layer(pixels[None]))[0]
    return np.asarray(keras.ops.image.resize(pixels, size, **words, **settings))


def _keras() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import keras

    return keras
