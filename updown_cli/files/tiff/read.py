"""TIFF files to a Picture: one way in, whichever package decodes the pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.pillow_read import image_shape, read_image
from updown_cli.files.reading import Reading
from updown_cli.files.tiff.deep_pages import peek_deep_pages, read_deep_pages
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.tiff import Tiff

BITS = 258


def read_pages(fmt: Tiff, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
    """Return every chosen page of an open file, upright."""
    try:
        image = fmt.open(file, head, reading)
    except InputError as error:
        if error.code != "corrupt":
            raise
        picture = read_deep_pages(_bytes(file), {}, 1, reading.max_pixels)
        return take_frames(picture, reading.frames)
    cut = reading.depth == "8" and not deep.is_installed()
    if not _has_deep_colour(image) or cut:
        memory = io.BytesIO(_bytes(file))
        return read_image(fmt, fmt.open(memory, head, reading), memory, reading)
    orientation, metadata, remarks = deep.read_description(image, fmt, reading)
    limit = reading.max_pixels
    picture = read_deep_pages(_bytes(file), metadata, orientation, limit, remarks)
    return take_frames(picture, reading.frames)


def pages_shape(fmt: Tiff, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an open file from its directories."""
    try:
        image = fmt.open(file, head, reading)
    except InputError as error:
        if error.code != "corrupt":
            raise
        file.seek(0)
        return peek_deep_pages(file)
    return image_shape(fmt, image, reading)


def _bytes(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _has_deep_colour(image: Image.Image) -> bool:
    """Whether Pillow would cut 16 bits of colour to 8."""
    bits = image.tag_v2.get(BITS, (8,))  # type: ignore[attr-defined]
    return len(bits) > 1 and max(bits) > 8
