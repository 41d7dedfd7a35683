"""EXIF data: which side is up, and what must change in it when the picture does."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from updown_cli.files.damage import DECODE_ERRORS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

ORIENTATION = 0x0112

#: The directories below the first: camera settings and position (EXIF 2.32, section 4.6.3).
EXIF_IFD, GPS_IFD = 0x8769, 0x8825

WIDTH, HEIGHT = 0xA002, 0xA003

#: Orientations that swap height and width.
TURNED = (5, 6, 7, 8)

#: What an orientation does to H x W: turn by so many quarters to the left, then mirror.
TURNS = {1: (0, 0), 2: (0, 1), 3: (2, 0), 4: (2, 1), 5: (3, 1), 6: (3, 0), 7: (1, 1), 8: (1, 0)}


def orientation_of(image: Image.Image) -> int:
    """Return the orientation that a header tells; 1 where it tells none that can be read."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except DECODE_ERRORS:
        return 1  # what is broken is left out


def turn_upright(image: Image.Image, *, alone: bool) -> tuple[Image.Image, frozenset[str]]:
    """Return an image with its orientation applied, and the kinds of metadata that are broken.

    The only frame itself is turned, others are copied.
    """
    from PIL import ImageOps

    image.load()
    upright = image if alone else image.copy()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ImageOps.exif_transpose(upright, in_place=True)
    except DECODE_ERRORS:
        return upright, frozenset({"exif"})
    return upright, frozenset({"exif"} if caught else ())


def turn_array(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return H x W, or H x W x C, with its orientation applied."""
    import numpy as np

    quarters, mirrored = TURNS.get(orientation, (0, 0))
    turned = np.rot90(array, quarters)
    return turned[:, ::-1] if mirrored else turned


def with_new_size(exif: Image.Exif, size: tuple[int, int]) -> Image.Exif:
    """Return EXIF data with the (width, height) of the result, where it tells one."""
    details = exif.get_ifd(EXIF_IFD)
    for tag, side in zip((WIDTH, HEIGHT), size, strict=True):
        if tag in details:
            details[tag] = side
    return exif
