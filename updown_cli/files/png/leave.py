"""A PNG file whose pixels are left there, to be read row by row with the extra `huge`."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.files import deep
from updown_cli.files.exif import PREFIX
from updown_cli.files.picture import Picture
from updown_cli.files.png import chunks
from updown_cli.files.png.integrity import CHANNELS
from updown_cli.files.reading import Reading
from updown_cli.files.unread import is_large, kind_of, leave_image

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.png import Png

# Where the header tells whether rows come in passes.
INTERLACED = 28

GREY, COLOUR, DEEP = 0, 2, 16


def leave_png(fmt: Png, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
    """Return a large picture whose pixels stay in its open file; None of all others."""
    if len(head) <= INTERLACED or head[INTERLACED]:
        return None
    width, height = struct.unpack_from(">II", head, chunks.SIZE)
    depth, colour = head[chunks.DEPTH], head[chunks.COLOUR]
    if not is_large(4 * width * height, reading) or colour not in CHANNELS:
        return None
    if depth == DEEP and colour != GREY and not deep.is_installed():
        return None
    image = fmt.open(file, head, reading)
    if not _is_described(image, file) or (depth == DEEP and "transparency" in image.info):
        return None
    kind = kind_of(fmt, image)
    if depth == DEEP:
        kind = "RGB" if colour & COLOUR else "L", CHANNELS[colour], "uint16"
    return leave_image(fmt, image, file, reading, kind)


def _is_described(image: Image.Image, file: BinaryIO) -> bool:
    """Whether all that describes an opened image is known without decoding it.

    Pillow looks behind the pixels for what it has not found before them.
    """
    found: chunks.Scan = image.info["updown scan"]
    keywords = {body.partition(b"\0")[0] for _, body in found.of(chunks.TEXTS)}
    if keywords & {b"Raw profile type exif", b"Raw profile type APP1"}:
        return False
    if chunks.XMP_KEYWORD in keywords and "xmp" not in image.info:
        return False
    if "exif" not in image.info:
        image.info["exif"] = _exif_in(file)
    return True


def _exif_in(file: BinaryIO) -> bytes:
    """Return the EXIF data of a file, wherever it stands; nothing if there is none."""
    for name, at, length in chunks.walk(file):
        if name == b"eXIf" and length < chunks.MOST_BYTES:
            file.seek(at)
            return PREFIX + file.read(length)
    return b""
