"""PBM, PGM, PPM: grey and colour of 8 and 16 bits, of which Pillow reads all but 16-bit colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import damaged_error
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.reading import bytes_to_read, check_unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.reading import Reading

# Width, height and largest value, with comments between them.
HEADER = re.compile(rb"P([36])" + rb"\s+(?:#[^\n]*\n\s*)*(\d+)" * 3 + rb"\s")

WHITE = 65535

# Bytes of a header with its comments, of text that is read at once, and digits of a number.
MOST_HEADER, PIECE, LONGEST_WORD = 1 << 16, 1 << 20, 9

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
        if not has_deep_colour(head):
            return super().read(file, head, reading)
        image = self.open(file, head, reading)
        pixels = image.width * image.height
        check_size(file, pixels)
        check_unpacked(bytes_to_read(pixels, 1, 3, 8), file, reading)
        file.seek(0)
        picture = Picture(read_ppm(file.read())[None], "RGB", format=self.name)
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
    return match is not None and 255 < int(match[4]) <= WHITE


def read_ppm(data: bytes) -> NDArray[Any]:
    """Return a PPM file of more than 8 bits as 3 x H x W, its white scaled to 65535."""
    import numpy as np

    match = HEADER.match(data)
    assert match is not None
    width, height, white = (int(match[group]) for group in (2, 3, 4))
    count = width * height * 3
    if match[1] == b"3":
        values = _text(data[match.end() :], count)
    else:
        values = np.frombuffer(data, ">u2", (len(data) - match.end()) // 2, match.end())[:count]
    if len(values) < count:
        raise InputError("truncated PPM", code="truncated")
    if values.max() > white:
        raise InputError("damaged PPM", code="corrupt")
    scaled = (values.astype(np.uint64) * (2 * WHITE) + white) // (2 * white)
    return scaled.astype(np.uint16).reshape(height, width, 3).transpose(2, 0, 1)


def _text(body: bytes, count: int) -> NDArray[Any]:
    """Return the first numbers of a text, read a piece at a time: words take many times as much."""
    import numpy as np

    body = re.sub(rb"#[^\n]*", b"", body)
    values, found, at = np.empty(count, np.uint32), 0, 0
    while found < count and at < len(body):
        end = min(at + PIECE, len(body))
        while end < len(body) and not body[end : end + 1].isspace() and end < at + 2 * PIECE:
            end += 1
        words = body[at:end].split()[: count - found]
        if max(map(len, words), default=0) > LONGEST_WORD:
            raise InputError("damaged PPM", code="corrupt")
        try:
            values[found : found + len(words)] = [*map(int, words)]
        except (ValueError, OverflowError):
            raise InputError("damaged PPM", code="corrupt") from None
        found, at = found + len(words), end
    return values[:found]


def encode_ppm(pixels: NDArray[Any]) -> bytes:
    """Return 3 x H x W of 16 bits as a binary PPM file."""
    height, width = pixels.shape[1:]
    rows = pixels.transpose(1, 2, 0).astype(">u2")
    return b"P6\n%d %d\n%d\n" % (width, height, WHITE) + rows.tobytes()
