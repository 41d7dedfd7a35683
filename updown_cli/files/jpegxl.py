"""JPEG XL: grey, colour and alpha of any depth, with the extra `deep`; written without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.colours import channels_read
from updown_cli.files.format import Format
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.reading import check_pixels, check_unpacked
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading


# The start of a stream, the boxes in which one may begin, and the bytes among which they are.
STREAM, BOXES, HEADER_BYTES = b"\xff\x0a", (b"jxlc\xff\x0a", b"jxlp\0\0\0\0\xff\x0a"), 1 << 16

# Bits of a side by the two bits before it, and (width, height) of the ratios that three bits name.
SIDE_BITS = (9, 13, 18, 30)
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))

# Bytes of a pixel of four floats.
MOST_BYTES_OF_PIXEL = 16


def size_of(head: bytes) -> tuple[int, int]:
    """Return (height, width) that a file that begins so tells (ISO 18181-1, annex D.2)."""
    starts = [head.find(box) + len(box) for box in BOXES if box in head]
    start = len(STREAM) if head.startswith(STREAM) else min(starts, default=len(head))
    bits = int.from_bytes(head[start : start + 16].ljust(16, b"\0"), "little")

    def take(count: int) -> int:
        nonlocal bits
        taken, bits = bits & ((1 << count) - 1), bits >> count
        return taken

    def side(*, in_eights: bool) -> int:
        return 8 * (take(5) + 1) if in_eights else take(SIDE_BITS[take(2)]) + 1

    small = bool(take(1))
    height = side(in_eights=small)
    ratio = take(3)
    if ratio == 0:
        return height, side(in_eights=small)
    across, down = RATIOS[ratio - 1]
    return height, height * across // down


class JpegXl(Format):
    """JPEG XL files and streams, of which the first frame is meant."""

    name = "JXL"
    endings = (".jxl",)
    modes = ()
    deep_types = ("uint8", "uint16", "float32")
    signatures = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return the picture that an open file holds."""
        try:
            from imagecodecs import jpegxl_decode
        except ImportError:
            raise deep.missing_extra("JPEG XL") from None
        file.seek(0)
        height, width = size_of(file.read(HEADER_BYTES))
        check_pixels(height * width, reading.max_pixels)
        check_size(file, height * width)
        check_unpacked(MOST_BYTES_OF_PIXEL * height * width, file, reading)
        file.seek(0)
        try:
            values = jpegxl_decode(file.read(), index=0)
        except Exception:  # imagecodecs has an error type for every codec
            raise InputError("damaged JXL", code="corrupt") from None
        check_pixels(values.shape[0] * values.shape[1], reading.max_pixels)
        return take_frames(deep.deep_picture([values], self.name, {}), reading.frames)

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file, which is decoded for that."""
        picture = self.read(file, head, reading)
        channels, *size = picture.pixels.shape[1:]
        channels = channels_read(channels - picture.alpha, picture.alpha, reading)
        sides = (1, *size) if reading.frames.volume else size
        return Shape(channels, *sides), 1

    def holds(self, mode: str, frames: int) -> bool:
        """Whether pixels of a mode can be written: all but inks and other bands."""
        names = {"I;16": "uint16", "F": "float32", "I": "int32"}
        dtype = names.get(mode, mode.partition(" ")[0] if " " in mode else "uint8")
        return dtype in self.deep_types and "CMYK" not in mode and "+" not in mode

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of one frame."""
        import numpy as np

        try:
            from imagecodecs import jpegxl_encode
        except ImportError:
            raise deep.missing_extra("JPEG XL") from None
        rows = np.moveaxis(pixels[0], 0, -1).copy()
        return bytes(
            jpegxl_encode(rows.squeeze(-1) if len(pixels[0]) == 1 else rows, lossless=True)
        )
