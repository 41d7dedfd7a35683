"""Pillow's modes: which are computed with, and what the others become first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.zero_copy import pixel_view

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: The mode each Pillow mode is read as; transparency adds an A.
READ_AS = {
    "1": "L",
    "P": "RGB",
    "PA": "RGBA",
    "RGBX": "RGB",
    "YCbCr": "RGB",
    "LAB": "RGB",
    "HSV": "RGB",
    "La": "LA",
    "RGBa": "RGBA",
}

#: The modes whose pixels are computed with.
READABLE = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I;16B", "I;16L", "I", "F")


def plain_mode(image: Image.Image) -> str:
    """Return the mode in which the image's channels are numbers to compute with."""
    mode = READ_AS.get(image.mode, image.mode)
    transparent = "transparency" in image.info and mode in ("L", "RGB")
    wanted = mode + "A" if transparent else mode
    if wanted not in READABLE:
        raise InputError(f"{image.mode} pixels are not supported", code="unsupported")
    return wanted


def conversion(mode: str) -> list[str]:
    """Return what is said of a colour model that is converted."""
    return [f"{mode} was converted to RGB"] if mode in ("YCbCr", "LAB", "HSV") else []


def channels_first(image: Image.Image) -> NDArray[Any]:
    """Return the pixels as C x H x W, in this machine's byte order."""
    array = pixel_view(image)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("="))
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
