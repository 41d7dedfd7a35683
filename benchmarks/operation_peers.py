"""The same pictures from Pillow, OpenCV and SciPy, for those operations that they have.

Each takes rows x columns of bytes, with channels where there are several, and is left out where
its library is not installed. At the edges some of them differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Act = Callable[[NDArray[Any]], object]

Filter = Image.Resampling

SOBEL = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], np.float32)


def _opencv() -> Any:
    return import_module("cv2")


def _ndimage() -> Any:
    return import_module("scipy.ndimage")


def _resized(factor: float, how: Filter) -> Act:
    def act(rows: NDArray[Any]) -> object:
        size = (round(rows.shape[1] * factor), round(rows.shape[0] * factor))
        return np.asarray(Image.fromarray(rows).resize(size, how))

    return act


def _filtered(how: Any) -> Act:
    return lambda rows: np.asarray(Image.fromarray(rows).filter(how))


def _resized_by_opencv(factor: float, how: str) -> Act:
    def act(rows: NDArray[Any]) -> object:
        size = (round(rows.shape[1] * factor), round(rows.shape[0] * factor))
        return _opencv().resize(rows, size, interpolation=getattr(_opencv(), how))

    return act


def _medians_of_scipy(rows: NDArray[Any]) -> object:
    return _ndimage().median_filter(rows, (3, 3, 1)[: rows.ndim])


#: What steps are the same as, by their text.
PEERS: Mapping[str, Mapping[str, Act]] = {
    "pool --mode max -k 3 -s 1 -p 1": {
        "Pillow": _filtered(ImageFilter.MaxFilter(3)),
        "cv2": lambda rows: _opencv().dilate(rows, np.ones((3, 3), np.uint8)),
    },
    "pool --mode avg -k 2": {
        "Pillow": lambda rows: np.asarray(Image.fromarray(rows).reduce(2)),
        "cv2": _resized_by_opencv(0.5, "INTER_AREA"),
    },
    "pool --mode avg -k 8": {
        "Pillow": lambda rows: np.asarray(Image.fromarray(rows).reduce(8)),
        "cv2": _resized_by_opencv(0.125, "INTER_AREA"),
    },
    "pool --mode median -k 3 -s 1 -p 1": {
        "Pillow": _filtered(ImageFilter.MedianFilter(3)),
        "cv2": lambda rows: _opencv().medianBlur(rows, 3),
        "scipy": _medians_of_scipy,
    },
    "pool --mode median -k 5 -s 1 -p 2": {"cv2": lambda rows: _opencv().medianBlur(rows, 5)},
    "upsample --mode nearest --scale-factor 2": {
        "Pillow": _resized(2, Filter.NEAREST),
        "cv2": _resized_by_opencv(2, "INTER_NEAREST"),
    },
    "upsample --mode bilinear --scale-factor 2": {
        "Pillow": _resized(2, Filter.BILINEAR),
        "cv2": _resized_by_opencv(2, "INTER_LINEAR"),
    },
    "upsample --mode bicubic --scale-factor 2": {
        "Pillow": _resized(2, Filter.BICUBIC),
        "cv2": _resized_by_opencv(2, "INTER_CUBIC"),
    },
    "upsample --mode bicubic --antialias --scale-factor 0.5": {
        "Pillow": _resized(0.5, Filter.BICUBIC)
    },
    "upsample --mode lanczos --scale-factor 0.5": {"Pillow": _resized(0.5, Filter.LANCZOS)},
    "upsample --mode area --scale-factor 0.5": {
        "Pillow": _resized(0.5, Filter.BOX),
        "cv2": _resized_by_opencv(0.5, "INTER_AREA"),
    },
    "conv --kernel gaussian -k 5 -p same": {
        "cv2": lambda rows: _opencv().GaussianBlur(rows, (5, 5), 0)
    },
    "conv --kernel sobel-h -p same": {
        "cv2": lambda rows: _opencv().filter2D(rows, _opencv().CV_16S, SOBEL)
    },
    "conv --kernel box -p same": {"cv2": lambda rows: _opencv().blur(rows, (3, 3))},
    "deconv --kernel bilinear -s 2 -p 1": {"cv2": _resized_by_opencv(2, "INTER_LINEAR")},
    "unpool --mode avg -k 2": {
        "Pillow": _resized(2, Filter.NEAREST),
        "cv2": _resized_by_opencv(2, "INTER_NEAREST"),
    },
}

#: What is imported under the name of a peer.
MODULES = {"Pillow": "PIL", "cv2": "cv2", "scipy": "scipy"}


def peers_of(steps: str) -> dict[str, Act]:
    """Return what is installed and does the same as steps."""
    there = PEERS.get(steps, {}).items()
    return {name: act for name, act in there if find_spec(MODULES[name]) is not None}
