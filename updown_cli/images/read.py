"""A file to a Picture, by its content."""

from __future__ import annotations

import io
import math

from updown_cli.errors import InputError
from updown_cli.images.archives import ZIP_MAGIC, is_archive, read_member, split_member
from updown_cli.images.arrays import read_array
from updown_cli.images.decode import decode
from updown_cli.images.formats import is_array
from updown_cli.images.picture import Picture
from updown_cli.images.reading import Reading, check_pixels
from updown_cli.ops.files import open_regular, read_error

NPY_MAGIC = b"\x93NUMPY"


def read(path: str, reading: Reading) -> Picture:
    """Return what a file holds, by its content; raise InputError if it cannot be read."""
    name, member = split_member(path)
    with open_regular(name) as file:
        try:
            magic = file.read(len(NPY_MAGIC))
            if is_archive(name) and magic.startswith(ZIP_MAGIC):
                return read_member(file, member, reading)
            if magic == NPY_MAGIC:
                return _limited(read_array(file, reading.layout, reading.dims), reading)
            file.seek(0)
            data = file.read()
        except OSError as error:
            raise read_error(error) from None
    if data and is_array(path):
        raise InputError("not a .npy file", code="corrupt")
    return decode(data, reading)


def read_bytes(data: bytes, reading: Reading) -> Picture:
    """Return what these bytes of a file hold; raise InputError if they cannot be read."""
    if data.startswith(NPY_MAGIC):
        return _limited(read_array(io.BytesIO(data), reading.layout, reading.dims), reading)
    return decode(data, reading)


def _limited(picture: Picture, reading: Reading) -> Picture:
    pixels = math.prod(picture.shape.size)
    check_pixels(pixels, reading.max_pixels)
    return picture
