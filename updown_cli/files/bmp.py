"""BMP: grey, colour and alpha of 8 bits."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.metadata import whole_dpi
from updown_cli.files.pillow_format import PillowFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.picture import Picture
    from updown_cli.files.resolution import Resolution

FILE_HEADER, HEADER = 14, 108

# Pixels of four bytes, of which masks say what they are: red, green, blue, alpha.
BIT_FIELDS, MASKS = 3, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)

METRE = 39.3701

# The largest resolution per inch whose number per metre has 31 bits.
MOST_DPI = 54_000_000


class Bmp(PillowFormat):
    """Windows bitmaps."""

    name = "BMP"
    endings = (".bmp", ".dib")
    modes = ("L", "RGB", "RGBA")
    keeps = ("dpi",)

    def may_be(self, head: bytes) -> bool:
        """Whether a file begins with the two letters."""
        return head.startswith(b"BM")

    def can_state(self, stated: Resolution) -> bool:
        """Whether a resolution can be stated."""
        return not stated.ratio and whole_dpi(stated, MOST_DPI)

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of one frame; alpha is marked, which Pillow does not."""
        if mode == "RGBA":
            return bitmap_with_alpha(pixels[0], source.metadata.get("dpi"))
        return super().encode(source, pixels, mode, asked)


def bitmap_with_alpha(pixels: NDArray[Any], stated: Resolution | None) -> bytes:
    """Return a bitmap of version 4, whose masks tell of alpha, of 4 x H x W."""
    height, width = pixels.shape[1:]
    rows = pixels[[2, 1, 0, 3]].transpose(1, 2, 0)[::-1].tobytes()
    per_metre = [round(float(n) * METRE) for n in (stated.x, stated.y)] if stated else [3780, 3780]
    start = FILE_HEADER + HEADER
    header = struct.pack("<2sIII", b"BM", start + len(rows), 0, start)
    header += struct.pack("<IiiHHII", HEADER, width, height, 1, 32, BIT_FIELDS, len(rows))
    header += struct.pack("<iiII4I4s", *per_metre, 0, 0, *MASKS, b"BGRs")
    return header.ljust(start, b"\0") + rows
