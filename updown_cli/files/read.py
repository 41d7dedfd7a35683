"""A file to a Picture, by its content."""

from __future__ import annotations

import io
from typing import BinaryIO

from updown_cli.files.decode import decode
from updown_cli.files.file_type import file_type
from updown_cli.files.integrity import largest_file
from updown_cli.files.npy import read_array
from updown_cli.files.npz import read_member, split_member
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, check_values
from updown_cli.tensors.npy import open_regular, read_error
from updown_cli.tensors.streams import read_to_end


def read(path: str, reading: Reading) -> Picture:
    """Return what a file holds, by its content; raise InputError if it cannot be read."""
    name, member = split_member(path)
    with open_regular(name) as file:
        try:
            match file_type(file, name):
                case "archive":
                    return read_member(file, member, reading)
                case "array":
                    return _array(file, reading)
                case _:
                    return decode(file, reading)
        except OSError as error:
            raise read_error(error) from None


def read_stream(stream: BinaryIO, reading: Reading) -> Picture:
    """Return what comes through a stream; raise InputError if it cannot be read, or is endless."""
    most = largest_file(reading.max_pixels)
    data = read_to_end(stream, most, f"more than {most / 1e6:.3g} MB")
    return read_bytes(data, reading)


def read_bytes(data: bytes, reading: Reading) -> Picture:
    """Return what these bytes of a file hold; raise InputError if they cannot be read."""
    file = io.BytesIO(data)
    return _array(file, reading) if file_type(file, "") == "array" else decode(file, reading)


def _array(file: BinaryIO, reading: Reading) -> Picture:
    picture = read_array(file, reading.layout, reading.dims)
    check_values(picture.frames, picture.shape, reading.max_pixels)
    return picture
