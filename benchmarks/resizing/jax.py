"""JAX: what jax.image.resize and scale_and_translate give on processors.

Of doubles all is computed in double precision.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, Case

FILTERS = ("linear", "cubic", "cubic-pytorch", "lanczos3", "lanczos5")
ONE = (FLOAT32,)
CASES = [
    Case("nearest", dtypes=ONE),
    Case("area", dtypes=ONE),
    *(Case(mode, dtypes=ONE) for mode in FILTERS),
    *(Case(mode, {"antialias": False}, ONE) for mode in FILTERS),
    Case("linear", {"translation": (0.4, -1.3)}, ONE),
    Case("cubic", {"translation": (0.4, -1.3), "scale_factor": (1.7, 0.6)}, ONE),
]

#: Whether what it gives of doubles tells which result in single precision lies nearer.
EXACT_OF_DOUBLES = True

# Compiled programs after which they are thrown away.
KEPT = 64
_asked = 0


def version() -> str:
    """Return the version."""
    return f"jax {_jax().__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    global _asked
    _asked += 1
    if _asked % KEPT == 0:
        _jax().clear_caches()
    with _jax().enable_x64(pixels.dtype == np.float64):
        return _resized(pixels, size, case)


def _resized(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    image, to = _jax().image, (*size, pixels.shape[2])
    settings = dict(case["settings"])
    translation, factor = (settings.pop(name, None) for name in ("translation", "scale_factor"))
    if translation is None:
        return np.asarray(image.resize(pixels, to, case["mode"], **settings))
    scale = factor or [new / old for new, old in zip(size, pixels.shape, strict=False)]
    moved = (np.array(numbers, pixels.dtype) for numbers in (scale, translation))
    done = image.scale_and_translate(pixels, to, (0, 1), *moved, case["mode"], **settings)
    return np.asarray(done)


def _jax() -> Any:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    return jax
