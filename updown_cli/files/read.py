"""A file to a Picture, by its content."""

from __future__ import annotations

import io
import math
from typing import BinaryIO

from updown_cli.engine.memory import check_memory
from updown_cli.errors import InputError
from updown_cli.files.decode import decode
from updown_cli.files.file_type import file_type
from updown_cli.files.formats import format_of
from updown_cli.files.integrity import largest_file
from updown_cli.files.npy import read_array
from updown_cli.files.npz import read_member, split_member
from updown_cli.files.opening import head_of
from updown_cli.files.picture import Picture
from updown_cli.files.reading import FREE_BYTES, Reading, check_unpacked, check_values
from updown_cli.stores.names import open_regular
from updown_cli.stores.read_error import read_error
from updown_cli.tensors.layout import array_shape
from updown_cli.tensors.npy import Header, read_header
from updown_cli.tensors.streams import parts_of

# Bytes that tell what comes, and how much of it.
LONGEST_START = 1 << 14


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
    file, most = io.BytesIO(), 0
    for part in parts_of(stream):
        file.write(part)
        if not most and file.tell() >= LONGEST_START:
            most = _most_bytes(file, reading)
        if most and file.seek(0, io.SEEK_END) >= most:
            break
    else:
        return _read_memory(file, reading)
    if file_type(file, "") != "array":
        hint = "write it to a file, or give more --max-memory"
        raise InputError(f"more than {most / 1e6:.3g} MB", hint=hint, code="too_large")
    return _read_memory(file, reading)


def _most_bytes(file: io.BytesIO, reading: Reading) -> int:
    """Return how much to take of what begins so; raise InputError for what cannot be read."""
    if file_type(file, "") == "array":
        return _promised(file, reading)
    format_of(head_of(file))
    return min(reading.max_memory or FREE_BYTES, largest_file(reading.max_pixels)) + 1


def _promised(file: io.BytesIO, reading: Reading) -> int:
    """Return the bytes of an array and its header, within the limits."""
    header = read_header(file)
    _check_array(header, reading)
    count = math.prod(header.shape) * int(header.dtype.itemsize)
    check_memory(count, reading.max_memory)
    return file.tell() + count


def _check_array(header: Header, reading: Reading) -> None:
    """Raise InputError for an array of more values than --max-pixels allows."""
    shape, frames = array_shape(header.shape, reading.layout, reading.dims)
    check_values(frames, shape, reading.max_pixels)


def read_bytes(data: bytes, reading: Reading) -> Picture:
    """Return what these bytes of a file hold; raise InputError if they cannot be read."""
    return _read_memory(io.BytesIO(data), reading)


def _read_memory(file: io.BytesIO, reading: Reading) -> Picture:
    return _array(file, reading) if file_type(file, "") == "array" else decode(file, reading)


def _array(file: BinaryIO, reading: Reading) -> Picture:
    _check_array(read_header(file), reading)
    return read_array(
        file, reading.layout, reading.dims, lambda count: check_unpacked(count, file, reading)
    )
