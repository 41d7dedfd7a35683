"""How files are read, and how much of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from updown_cli.errors import InputError
from updown_cli.images.frames import Frames
from updown_cli.images.metadata import KINDS

# Pillow's own limit, a third of what fills a gigabyte with RGB.
MAX_PIXELS = 178_956_970


@dataclass(frozen=True)
class Reading:
    """How files are read: the axes of arrays, the frames of animations, what is kept.

    A `depth` of 8 accepts that colour of more bits is cut.
    """

    layout: str | None = None
    dims: int | None = None
    alpha: str = "premultiply"
    max_pixels: int = MAX_PIXELS
    frames: Frames = field(default_factory=Frames)
    keep: frozenset[str] = frozenset(KINDS)
    depth: str | None = None


def check_pixels(pixels: int, limit: int) -> None:
    """Raise InputError for more pixels than --max-pixels allows."""
    if pixels > limit:
        raise InputError(
            f"{pixels / 1e6:.3g} megapixels, limit is {limit / 1e6:.3g} (--max-pixels)",
            code="too_large",
        )
