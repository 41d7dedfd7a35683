"""PNG files of 16-bit colour, for which Pillow has no mode."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.files.deep import missing_extra
from updown_cli.files.png.chunks import with_description
from updown_cli.files.png.frames import animated_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What `optimize` means here.
SMALLEST = 9


def encode_deep(
    pixels: NDArray[Any],
    metadata: dict[str, Any],
    asked: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return a PNG file that holds frames x channels x H x W of 16 bits."""
    import numpy as np

    try:
        from imagecodecs import png_encode
    except ImportError:
        raise missing_extra("16-bit colour") from None
    level = int(asked["compress_level"]) if "compress_level" in asked else None
    level = SMALLEST if asked.get("optimize", "false") == "true" else level
    rows = np.moveaxis(pixels, 1, -1).copy()  # with plain strides, whatever the sides
    stills = [bytes(png_encode(frame, level=level)) for frame in rows]
    stills[0] = with_description(stills[0], metadata)
    return stills[0] if len(stills) == 1 else animated_png(stills, metadata)
