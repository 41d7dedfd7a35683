"""Pillow: what Image.resize gives of L, RGB, CMYK, LA, RGBA, I;16, I and F."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, INT32, UINT8, UINT16, Case

FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
GAP = {"reducing_gap": 2.0}
PART = (0.125, 0.1, 0.9, 1.0)
EVERY, BYTES = (UINT8, UINT16, INT32, FLOAT32), (UINT8,)
ALPHA: dict[str, Any] = {"channels": (2, 4), "alpha": True, "variant": "LA and RGBA"}
CASES = [
    *(Case(mode, dtypes=EVERY) for mode in FILTERS),
    *(Case(mode, dtypes=BYTES, **ALPHA) for mode in FILTERS),
    *(Case(mode, dtypes=EVERY, box=PART) for mode in FILTERS),
    *(Case(mode, GAP, BYTES) for mode in FILTERS),
    *(Case(mode, GAP, BYTES, box=PART, **ALPHA) for mode in ("bilinear", "lanczos")),
]

# Pillow's modes of bytes by the number of channels.
COLOURS, WITH_ALPHA = {1: "L", 3: "RGB", 4: "CMYK"}, {2: "LA", 4: "RGBA"}


def version() -> str:
    """Return the version."""
    import PIL

    return f"Pillow {PIL.__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size; what is deeper than bytes channel by channel."""
    from PIL import Image

    resample = Image.Resampling[case["mode"].upper()]

    def resized(image: Image.Image) -> Any:
        return np.asarray(image.resize(size[::-1], resample, **case["settings"]))

    if pixels.dtype == np.uint8:
        mode = (WITH_ALPHA if case["alpha"] else COLOURS)[pixels.shape[2]]
        return resized(_image(pixels, mode)).reshape(*size, -1)
    planes = np.moveaxis(pixels, -1, 0)
    return np.stack([resized(Image.fromarray(np.array(plane))) for plane in planes], -1)


def _image(pixels: Any, mode: str) -> Any:
    from PIL import Image

    return Image.frombytes(mode, pixels.shape[1::-1], pixels.tobytes())
