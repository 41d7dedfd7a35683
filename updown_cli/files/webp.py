"""WebP: colour and alpha of 8 bits, lossy or not; RIFF tells how long a file is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.blocks import unpack_next
from updown_cli.files.damage import truncated_error
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.op.param_types import Flag, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIFF_HEADER_BYTES = 8


class Webp(PillowFormat):
    """WebP files, moving or not."""

    name = "WEBP"
    endings = (".webp",)
    modes = ("RGB", "RGBA")
    keeps = ("icc", "exif", "xmp")
    frames = True
    longest = 16383
    options = {  # noqa: RUF012
        "quality": Int(min=0, max=100),
        "lossless": Flag(),
        "method": Int(min=0, max=6),
    }

    def is_signed(self, head: bytes) -> bool:
        """Whether it is RIFF that holds pictures, not sounds."""
        return head.startswith(b"RIFF") and head[8:12] == b"WEBP"

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a truncated file."""
        check_webp(file)

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any]]:
        """Return grey as colour."""
        if mode not in ("L", "LA"):
            return mode, pixels
        return ("RGBA" if mode == "LA" else "RGB"), pixels[:, [0, 0, 0, *range(1, len(mode))]]


def check_webp(file: BinaryIO) -> None:
    """Raise InputError for a file that is shorter than its header tells."""
    _, length = unpack_next(file, "<4sI", "WEBP")
    if file.seek(0, os.SEEK_END) < RIFF_HEADER_BYTES + length:
        raise truncated_error("WEBP")
