"""The pixels of a Pillow image where Pillow has them, not copied."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: Bytes of a pixel in Pillow's memory, for modes that are seen there, and how many are channels.
LAYOUTS = {"L": (1, 1), "RGB": (4, 3), "RGBA": (4, 4), "CMYK": (4, 4)}


class _Array(ctypes.Structure):
    """What Arrow's C data interface says of an array."""


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
]

_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


class _Memory:
    """Bytes that belong to an image, which lives as long as they are used."""

    def __init__(self, capsule: Any, shape: tuple[int, ...]) -> None:
        self.capsule = capsule
        array = _Array.from_address(_pointer_of(capsule, b"arrow_array"))
        values = array.children[0].contents if array.n_children else array
        address, read_only = values.buffers[1], True
        self.__array_interface__ = {
            "data": (address, read_only),
            "shape": shape,
            "typestr": "|u1",
            "version": 3,
        }


def use_one_block() -> None:
    """Let Pillow give every image that it makes from now on one block of memory."""
    from PIL import Image

    Image.core.set_use_block_allocator(1)  # type: ignore[attr-defined]


def pixel_view(image: Image.Image) -> NDArray[Any]:
    """Return the pixels of an image as H x W or H x W x C, in place where that can be."""
    import numpy as np

    if image.mode not in LAYOUTS:
        return np.asarray(image)
    bytes_of_pixel, channels = LAYOUTS[image.mode]
    try:
        _, capsule = image.__arrow_c_array__()
    except (AttributeError, ValueError):  # an older Pillow, or memory in several blocks
        return np.asarray(image)
    size = (image.height, image.width)
    if bytes_of_pixel == 1:
        return np.asarray(_Memory(capsule, size))
    return np.asarray(_Memory(capsule, (*size, bytes_of_pixel)))[..., :channels]
