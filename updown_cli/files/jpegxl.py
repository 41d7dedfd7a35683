"""JPEG XL: grey, colour and alpha of any depth, with the extra `deep`; written without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.format import Format
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.reading import check_pixels
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading


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
        check_size(file, reading.max_pixels)
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
        dropped = picture.alpha and reading.alpha == "drop"
        channels, *size = picture.pixels.shape[1:]
        sides = (1, *size) if reading.frames.volume else size
        return Shape(channels - dropped, *sides), 1

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
