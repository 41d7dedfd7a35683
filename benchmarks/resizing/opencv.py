"""OpenCV: what cv2.resize gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import Case

CASES = [
    Case("nearest"),
    Case("nearest-exact"),
    Case("linear"),
    Case("linear", {"ipp": False}),
    Case("linear-exact"),
    Case("linear-exact", {"ipp": False}, ("float32",)),
    Case("cubic"),
    Case("cubic", {"ipp": False}),
    Case("area"),
    Case("lanczos4"),
]


def version() -> str:
    """Return the version."""
    import cv2

    return f"opencv-python {cv2.__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    import cv2

    flag = getattr(cv2, "INTER_" + case["mode"].upper().replace("-", "_"))
    cv2.ipp.setUseIPP(case["settings"].get("ipp", True))
    done = cv2.resize(np.ascontiguousarray(pixels), size[::-1], interpolation=flag)
    return done.reshape(*size, -1)
