"""PBM, PGM, PPM: grey and colour of 8 and 16 bits, of which Pillow reads all but 16-bit colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import damaged_error
from updown_cli.files.integrity import check_size
from updown_cli.files.netpbm_text import read_numbers
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.reading import bytes_to_read, check_unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.reading import Reading

# Width, height and largest value, with comments between them.
HEADER = re.compile(rb"P([236])" + rb"\s+(?:#[^\n]*\n\s*)*(\d+)" * 3 + rb"\s")

WHITE = 65535

# Bytes of a header with its comments.
MOST_HEADER = 1 << 16

# Words of the longest header: a letter and number, width, height, largest value.
HEADER_WORDS = 4

#: Colour of 16 bits, for which Pillow has no mode.
DEEP_RGB = "uint16 RGB"


class Ppm(PillowFormat):
    """The portable formats of netpbm."""

    name = "PPM"
    endings = (".ppm", ".pgm", ".pnm")
    modes = ("L", "RGB", "I;16", DEEP_RGB)

    def may_be(self, head: bytes) -> bool:
        """Whether a file begins with a letter and number of these formats."""
        return head[:1] == b"P" and head[1:2] in b"0123456fy" and len(head) > 1

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return the picture that an open file holds."""
        header = HEADER.match(head)
        is_text = header is not None and header[1] in b"23" and not reading.accept_damaged
        if header is None or not (is_text or has_deep_colour(head)):
            return super().read(file, head, reading)
        image = self.open(file, head, reading)
        pixels, channels = image.width * image.height, 1 if header[1] == b"2" else 3
        check_size(file, pixels)
        check_unpacked(bytes_to_read(pixels, 1, channels, 8), file, reading)
        file.seek(0)
        values = read_ppm(file, header)
        picture = Picture(values[None], "RGB" if channels == 3 else "L", format=self.name)
        return take_frames(picture, reading.frames)

    def open(self, file: BinaryIO, head: bytes, reading: Reading) -> Image.Image:
        """Return an image whose header is read, which Pillow does byte by byte, and in limits."""
        check_header(file)
        return super().open(file, head, reading)

    def plain_mode(self, image: Image.Image) -> str:
        """Return the mode of 16-bit grey, which Pillow widens."""
        return "I;16" if image.mode == "I" else super().plain_mode(image)

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of the picture."""
        if mode == DEEP_RGB:
            return encode_ppm(pixels[0])
        return super().encode(source, pixels, mode, asked)


def check_header(file: BinaryIO) -> None:
    """Raise InputError for a header with more comments and blanks than anyone writes."""
    file.seek(0)
    start = file.read(MOST_HEADER)
    words = re.sub(rb"#[^\r\n]*", b"", start).split(None, HEADER_WORDS)
    if len(start) == MOST_HEADER and len(words) <= HEADER_WORDS:
        raise damaged_error("PPM")


def has_deep_colour(head: bytes) -> bool:
    """Whether a file that begins so is a PPM of more than 8 bits."""
    match = HEADER.match(head)
    return match is not None and match[1] in b"36" and 255 < int(match[4]) <= WHITE


def read_ppm(file: BinaryIO, header: re.Match[bytes]) -> NDArray[Any]:
    """Return the pixels of a file as C x H x W, its white scaled to 255 or 65535."""
    import numpy as np

    width, height, white = (int(header[group]) for group in (2, 3, 4))
    channels = 1 if header[1] == b"2" else 3
    count = width * height * channels
    file.seek(header.end())
    if header[1] == b"6":
        data = file.read(2 * count)
        values = np.frombuffer(data, ">u2", len(data) // 2)
    else:
        values = read_numbers(file, count, white)
    if len(values) < count:
        raise InputError("truncated PPM", code="truncated")
    if values.max() > white:
        raise InputError("damaged PPM", code="corrupt")
    scale = _scaled if channels == 3 and white > 255 else _scaled_as_pillow
    return scale(values, white).reshape(height, width, channels).transpose(2, 0, 1)


def _scaled(values: NDArray[Any], white: int) -> NDArray[Any]:
    """Return values whose white is 65535, rounded half up."""
    import numpy as np

    scaled = (values.astype(np.uint64) * (2 * WHITE) + white) // (2 * white)
    return scaled.astype(np.uint16)


def _scaled_as_pillow(values: NDArray[Any], white: int) -> NDArray[Any]:
    """Return values of text with the white of their type, rounded half to even."""
    import numpy as np

    full = 255 if white < 256 else WHITE
    if white == full:
        return values
    scaled: NDArray[Any] = np.rint(values / white * full).astype(values.dtype)
    return scaled


def encode_ppm(pixels: NDArray[Any]) -> bytes:
    """Return 3 x H x W of 16 bits as a binary PPM file."""
    height, width = pixels.shape[1:]
    rows = pixels.transpose(1, 2, 0).astype(">u2")
    return b"P6\n%d %d\n%d\n" % (width, height, WHITE) + rows.tobytes()
