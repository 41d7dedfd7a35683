"""Bytes of an open file in order, as the checks of all formats read them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from updown_cli.files.damage import truncated_error

# Bytes read at a time.
BLOCK = 1 << 20


def read_exactly(file: BinaryIO, count: int, fmt: str) -> bytes:
    """Return the next bytes of a file; raise InputError if there are fewer."""
    data = file.read(count)
    if len(data) < count:
        raise truncated_error(fmt)
    return data


def unpack_next(file: BinaryIO, layout: str, fmt: str) -> tuple[Any, ...]:
    """Return the next numbers of a file, by `struct`."""
    return struct.unpack(layout, read_exactly(file, struct.calcsize(layout), fmt))


def read_blocks(file: BinaryIO, count: int, fmt: str) -> Iterator[bytes]:
    """Yield the next `count` bytes in pieces."""
    while count > 0:
        block = read_exactly(file, min(count, BLOCK), fmt)
        count -= len(block)
        yield block
