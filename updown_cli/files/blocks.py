"""Bytes of an open file in order, as the checks of all formats read them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from updown_cli.files.damage import damaged_error, truncated_error

# Parts, such as chunks, that every file may have, and bytes that each further one must have: many
# empty ones take long, and hold nothing.
FREE_PARTS, LEAST_BYTES = 50_000, 64

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


def check_part_count(count: int, place: int, fmt: str) -> None:
    """Raise InputError for more parts up to a place in a file than anyone writes."""
    if count > FREE_PARTS + place // LEAST_BYTES:
        raise damaged_error(fmt)
