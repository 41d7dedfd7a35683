"""What the checks of all formats share."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from updown_cli.errors import InputError

# Bytes read at a time.
BLOCK = 1 << 20


def truncated_error(fmt: str) -> InputError:
    """Return the refusal of a file that ends too early."""
    return InputError(f"truncated {fmt}", code="truncated")


def damaged_error(fmt: str) -> InputError:
    """Return the refusal of a file that contradicts itself."""
    return InputError(f"damaged {fmt}", code="corrupt")


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
