"""Text that fits where it is written, in Pillow's own font."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

#: The smallest size that can be read.
LEAST_SIZE = 7


@cache
def font_of(size: int) -> Font:
    """Return the font in a size."""
    from PIL import ImageFont

    return ImageFont.load_default(size)


@lru_cache(1 << 14)
def extent(text: str, size: int) -> tuple[int, int]:
    """Return the width and height of a text."""
    left, top, right, bottom = font_of(size).getbbox(text, anchor="mm")
    return math.ceil(right - left), math.ceil(bottom - top)


def text_fits(text: str, size: int, width: int, height: int) -> bool:
    """Whether a text is no larger than a box."""
    wide, high = extent(text, size)
    return wide <= width and high <= height


def widest(texts: Iterable[str], size: int) -> list[str]:
    """Return the few widest texts, of which one is the widest in every size."""
    return sorted(set(texts), key=lambda text: (-extent(text, size)[0], text))[:8]


def fitting_size(
    texts: Iterable[str], box: int, largest: int, least: int = LEAST_SIZE
) -> int | None:
    """Return the size in which all texts fit a square; None if it could not be read."""
    sizes = range(largest, least - 1, -1)
    candidates = list(texts)
    return next(
        (size for size in sizes if all(text_fits(t, size, box, box) for t in candidates)), None
    )


def shorten(text: str, size: int, width: int) -> str:
    """Return a text, or its beginning with three dots, that is no wider."""
    if extent(text, size)[0] <= width:
        return text
    while text and extent(text + "...", size)[0] > width:
        text = text[:-1]
    return text.rstrip() + "..."
