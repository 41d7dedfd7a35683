"""PFM: grey and colour of 32-bit floats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.format import Format
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.reading import check_pixels
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading

# Kind, width, height, and a scale whose sign is the order of the bytes.
HEADER = re.compile(rb"P([Ff])\s+(\d{1,9})\s+(\d{1,9})\s+([+-]?[0-9.eE+-]{1,20})\s")


class Pfm(Format):
    """Portable float maps, whose rows go from the bottom up."""

    name = "PFM"
    endings = (".pfm",)
    modes = ("F", "float32 RGB")
    signatures = (b"PF\n", b"Pf\n", b"PF ", b"Pf ", b"PF\r", b"Pf\r")

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return the picture that an open file holds."""
        import numpy as np

        channels, width, height, order = _header(head, reading)
        file.seek(HEADER.match(head).end())  # type: ignore[union-attr]
        count = width * height * channels
        data = file.read(4 * count)
        if len(data) < 4 * count:
            raise InputError("truncated PFM", code="truncated")
        rows = np.frombuffer(data, order + "f4").reshape(height, width, channels)[::-1]
        pixels = np.ascontiguousarray(rows.transpose(2, 0, 1)[None].astype(np.float32))
        picture = Picture(pixels, "RGB" if channels == 3 else "L", format=self.name)
        return take_frames(picture, reading.frames)

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file from its header."""
        channels, width, height, _ = _header(head, reading)
        size = (len(reading.frames.of(1)), height, width)
        return Shape(channels, *(size if reading.frames.volume else size[1:])), 1

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of one frame."""
        channels, height, width = pixels.shape[1:]
        kind = b"F" if channels == 3 else b"f"
        rows: bytes = pixels[0].transpose(1, 2, 0)[::-1].astype("<f4").tobytes()
        return b"P%b\n%d %d\n-1.0\n" % (kind, width, height) + rows


def _header(head: bytes, reading: Reading) -> tuple[int, int, int, str]:
    """Return (channels, width, height, order of bytes), within the limits."""
    match = HEADER.match(head)
    if match is None:
        raise InputError("damaged PFM", code="corrupt")
    width, height = int(match[2]), int(match[3])
    if not width or not height:
        raise InputError("damaged PFM", code="corrupt")
    check_pixels(width * height, reading.max_pixels)
    return (3 if match[1] == b"F" else 1), width, height, "<" if match[4].startswith(b"-") else ">"
