"""An open file to an image whose header is read, within the limits, and whose end is there."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from updown_cli.errors import InputError
from updown_cli.files.formats import FORMATS
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.files.zero_copy import use_one_block

if TYPE_CHECKING:
    from PIL import Image

# Whatever Pillow's decoders raise for bytes that are not what they claim to be.
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
)

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

#: How files begin, whatever follows.
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"RIFF": "WEBP",
    **dict.fromkeys(TIFF_MAGIC, "TIFF"),
}

# Bytes of a file that tell its format and depth.
HEAD_BYTES = 256


def head_of(file: BinaryIO) -> bytes:
    """Return how a file begins."""
    file.seek(0)
    return file.read(HEAD_BYTES)


def claimed_format(head: bytes) -> str:
    """Return the format that a file claims to be; nothing if it claims none."""
    name = next((name for start, name in SIGNATURES.items() if head.startswith(start)), "")
    return "" if name == "WEBP" and head[8:12] != b"WEBP" else name  # RIFF holds sounds as well


def open_image(file: BinaryIO, reading: Reading) -> Image.Image:
    """Return an image whose header is read and within the limits, its pixels not yet decoded."""
    from PIL import Image, UnidentifiedImageError

    silence("PIL")
    head = head_of(file)
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    use_one_block()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = _first_view(Image.open(file, formats=[f.name for f in FORMATS]), file)
        except UnidentifiedImageError:
            raise _unidentified(head) from None
        except DECODE_ERRORS as error:
            refuse_image(error, "image")
    check_pixels(image.width * image.height, reading.max_pixels)
    return image


def silence(library: str) -> None:
    """Let a library log nothing, which would end on standard error."""
    import logging

    logging.getLogger(library).setLevel(logging.CRITICAL + 1)


def _first_view(image: Image.Image, file: BinaryIO) -> Image.Image:
    """Return the photograph of a JPEG file that holds previews or gain maps behind it."""
    from PIL.JpegImagePlugin import JpegImageFile

    if image.format != "MPO":
        return image
    file.seek(0)
    return JpegImageFile(file)


def _unidentified(head: bytes) -> InputError:
    """Return the refusal of what Pillow takes for no image, though it may begin as one."""
    if name := claimed_format(head):
        return InputError(f"damaged {name}", code="corrupt")
    return InputError("not a supported image", code="not_an_image")


def refuse_image(error: Exception, what: str) -> NoReturn:
    """Raise the InputError for what a decoder raised."""
    text = str(error).lower()
    if "decompressed data too large" in text or "text chunks" in text:
        raise InputError("more text or profile than fits a megabyte", code="too_large") from None
    cut = isinstance(error, EOFError) or "truncated" in text
    reason, code = ("truncated", "truncated") if cut else ("damaged", "corrupt")
    raise InputError(f"{reason} {what}", code=code) from None
