"""PNG files of 16-bit colour, which Pillow would cut to 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.deep import deep_picture, missing_extra, read_description
from updown_cli.files.exif import turn_array
from updown_cli.files.picture import Picture, take_frames
from updown_cli.files.reading import Reading

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.pillow_format import PillowFormat


def read_deep(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    """Return a 16-bit PNG file in full; Pillow has opened it."""
    orientation, metadata, remarks = read_description(image, fmt, reading)
    try:
        from imagecodecs import png_decode
    except ImportError:
        raise missing_extra("16-bit colour") from None
    file.seek(0)
    try:
        array = png_decode(file.read())
    except Exception:  # imagecodecs has an error type for every codec
        raise InputError("damaged PNG", code="corrupt") from None
    picture = deep_picture([turn_array(array, orientation)], "PNG", metadata, remarks)
    return take_frames(picture, reading.frames)
