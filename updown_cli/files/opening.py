"""An open file to an image whose header is read, within the limits, and whose end is there."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import DECODE_ERRORS, refuse_image
from updown_cli.files.reading import Reading, check_pixels, check_unpacked
from updown_cli.files.zero_copy import use_one_block

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.format import Format
    from updown_cli.files.pillow_format import PillowFormat

# Copies of a file that is read whole: Pillow's, and its decoder's.
COPIES = 2

# Bytes of a file that tell its format and depth.
HEAD_BYTES = 256


def head_of(file: BinaryIO) -> bytes:
    """Return how a file begins."""
    file.seek(0)
    return file.read(HEAD_BYTES)


def open_image(file: BinaryIO, fmt: PillowFormat, head: bytes, reading: Reading) -> Image.Image:
    """Return an image whose header is read and within the limits, its pixels not yet decoded."""
    from PIL import Image, UnidentifiedImageError

    silence("PIL")
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    if fmt.is_read_whole:
        check_unpacked(COPIES * file.seek(0, os.SEEK_END), file, reading)
        file.seek(0)
    use_one_block()
    fmt.load_plugin()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = fmt.main_image(Image.open(file, formats=[fmt.name]), file)
        except UnidentifiedImageError:
            raise unidentified(fmt, head) from None
        except DECODE_ERRORS as error:
            refuse_image(error, "image")
    check_pixels(image.width * image.height, reading.max_pixels)
    return image


def silence(library: str) -> None:
    """Let a library log nothing, which would end on standard error."""
    import logging

    logger = logging.getLogger(library)
    if logger.level <= logging.CRITICAL:  # setting it makes all loggers forget what they know
        logger.setLevel(logging.CRITICAL + 1)


def unidentified(fmt: Format, head: bytes) -> InputError:
    """Return the refusal of what is no image to a decoder, though it may begin as one."""
    if fmt.is_signed(head):
        return InputError(f"damaged {fmt.name}", code="corrupt")
    return InputError("not a supported image", code="not_an_image")
