"""SciPy: what ndimage.zoom gives of each channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import Case

EDGES = ("grid-constant", "nearest", "mirror", "reflect", "wrap", "grid-wrap")
CASES = [
    *(Case("zoom", {"order": order}) for order in range(6)),
    *(Case("zoom", {"order": order, "grid_mode": True, "edge": "reflect"}) for order in range(6)),
    *(Case("zoom", {"edge": edge, "grid_mode": True}) for edge in EDGES),
    Case("zoom", {"prefilter": False}),
]


def version() -> str:
    """Return the version."""
    import scipy

    return f"scipy {scipy.__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    from scipy import ndimage

    options = dict(case["settings"])
    options["mode"] = options.pop("edge", "constant")
    factors = [out / side for out, side in zip(size, pixels.shape, strict=False)]
    planes = np.moveaxis(pixels, -1, 0)
    return np.stack([ndimage.zoom(plane, factors, **options) for plane in planes], -1)
