"""A picture of differences, as bright as it takes for the largest of them to be white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.figures.preview import LARGEST_WHOLE, PictureFile, picture_file
from updown_cli.files.comparison import as_shown

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class DifferencePicture:
    """A picture, and the levels of 8 bits that are white in it; no file where nothing differs.

    A pixel of one that is reduced is the largest difference there.
    """

    file: PictureFile | None
    largest: float
    size: tuple[int, int]


def difference_picture(levels: NDArray[Any], *, alpha: bool, colours: bool) -> DifferencePicture:
    """Return the picture of levels, channels x H x W, that values are apart."""
    from PIL import Image

    _, height, width = levels.shape
    largest = float(levels.max())
    if not largest:
        return DifferencePicture(None, 0.0, (width, height))
    factor = max(1, math.ceil(math.sqrt(height * width / LARGEST_WHOLE)))
    shown = as_shown(
        _largest_of_squares(levels, factor)[None] * (255 / largest), alpha, colours=colours
    )
    image = Image.fromarray(shown[0].transpose(1, 2, 0) if colours else shown[0, 0])
    file = PictureFile("png", picture_file(image).data, factor)
    return DifferencePicture(file, largest, (width, height))


def _largest_of_squares(levels: NDArray[Any], factor: int) -> NDArray[Any]:
    """Return the largest of each square of a side, those at the end being smaller."""
    import numpy as np

    for axis in (1, 2) if factor > 1 else ():
        starts = np.arange(0, levels.shape[axis], factor)
        levels = np.maximum.reduceat(levels, starts, axis)
    return levels
