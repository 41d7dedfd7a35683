"""JPEG 2000: grey, colour and alpha of 8 bits, grey of 16; deeper colour with the extra `deep`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.reading import bytes_to_read, check_unpacked

if TYPE_CHECKING:
    from updown_cli.files.reading import Reading

# The start of a stream, and where it tells channels and depth behind it.
STREAM, COUNT, DEPTH = b"\xff\x4f\xff\x51", 40, 42

# Bytes in which a stream begins.
BOXES = 1 << 16


class Jpeg2000(PillowFormat):
    """JPEG 2000 files and streams, written without loss."""

    name = "JPEG2000"
    endings = (".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc")
    modes = ("L", "LA", "RGB", "RGBA", "I;16")
    signatures = (b"\0\0\0\x0cjP  \r\n\x87\n", STREAM)
    plugin = "Jpeg2KImagePlugin"

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return the picture that an open file holds."""
        channels, bits = depth_of(file)
        cut = reading.cuts and not deep.is_installed()
        if channels == 1 or bits <= 8 or cut:
            return super().read(file, head, reading)
        image = self.open(file, head, reading)
        pixels = image.width * image.height
        check_size(file, pixels)
        check_unpacked(bytes_to_read(pixels, 1, channels, 8), file, reading)
        _, metadata, remarks = deep.read_description(image, self, reading)
        try:
            from imagecodecs import jpeg2k_decode
        except ImportError:
            raise deep.missing_extra("16-bit colour") from None
        file.seek(0)
        try:
            values = jpeg2k_decode(file.read())
        except Exception:  # imagecodecs has an error type for every codec
            raise InputError("damaged JPEG2000", code="corrupt") from None
        white = (1 << bits) - 1
        scaled = ((values.astype("u8") * (2 * 65535) + white) // (2 * white)).astype("u2")
        return deep.deep_picture([scaled], self.name, metadata, remarks)


def depth_of(file: BinaryIO) -> tuple[int, int]:
    """Return (channels, bits) of an open file, as its stream tells them."""
    file.seek(0)
    data = file.read(BOXES)
    at = data.find(STREAM)
    if at < 0 or len(data) <= at + DEPTH:
        return 1, 8
    return int.from_bytes(data[at + COUNT : at + COUNT + 2], "big"), (data[at + DEPTH] & 0x7F) + 1
