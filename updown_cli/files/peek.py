"""The shape of what a file holds, from its header."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.file_type import file_type
from updown_cli.files.metadata import ORIENTATION
from updown_cli.files.modes import plain_mode
from updown_cli.files.npz import peek_member, split_member
from updown_cli.files.opening import DECODE_ERRORS, TIFF_MAGIC, head_of, open_image, refuse_image
from updown_cli.files.reading import Reading
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import array_shape
from updown_cli.tensors.npy import open_regular, read_error, read_header

if TYPE_CHECKING:
    from PIL import Image

#: EXIF orientations that swap height and width.
TURNED = (5, 6, 7, 8)


def peek(path: str, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of a file; raise InputError if its header cannot be read."""
    name, member = split_member(path)
    with open_regular(name) as file:
        try:
            match file_type(file, name):
                case "archive":
                    return peek_member(file, member, reading)
                case "array":
                    return array_shape(read_header(file)[0], reading.layout, reading.dims)
                case _:
                    return _peek_picture(file, reading)
        except OSError as error:
            raise read_error(error) from None


def _peek_picture(file: BinaryIO, reading: Reading) -> tuple[Shape, int]:
    head = head_of(file)
    if not head:
        raise InputError("empty file", code="truncated")
    try:
        image = open_image(file, reading)
    except InputError as error:
        if error.code != "corrupt" or not head.startswith(TIFF_MAGIC):
            raise
        file.seek(0)
        return deep.peek_tiff(file)
    with image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _image_shape(image, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, image.format or "image")


def _orientation(image: Image.Image) -> int | None:
    """Return the EXIF orientation that the header tells; a PNG may tell it after its pixels."""
    if image.format == "PNG" and not {"exif", "Raw profile type exif"} & set(image.info):
        return None
    try:
        return image.getexif().get(ORIENTATION)
    except DECODE_ERRORS:
        return None  # what is broken is left out


def _image_shape(image: Image.Image, reading: Reading) -> tuple[Shape, int]:
    from PIL import ImageMode

    channels = len(ImageMode.getmode(plain_mode(image)).bands)
    if reading.alpha == "drop" and plain_mode(image) in ("LA", "RGBA"):
        channels -= 1
    size = (image.height, image.width)
    if _orientation(image) in TURNED:
        size = size[::-1]
    frames = len(reading.frames.of(getattr(image, "n_frames", 1)))
    if reading.frames.volume:
        return Shape(channels, frames, *size), 1
    return Shape(channels, *size), frames
