"""What the checks of all formats share."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from updown_cli.errors import InputError

# Bytes read at a time.
BLOCK = 1 << 20


def truncated(fmt: str) -> InputError:
    """Return the refusal of a file that ends too early."""
    return InputError(f"truncated {fmt}", code="truncated")


def damaged(fmt: str) -> InputError:
    """Return the refusal of a file that contradicts itself."""
    return InputError(f"damaged {fmt}", code="corrupt")


def exactly(file: BinaryIO, count: int, fmt: str) -> bytes:
    """Return the next bytes of a file; raise InputError if there are fewer."""
    data = file.read(count)
    if len(data) < count:
        raise truncated(fmt)
    return data


def unpacked(file: BinaryIO, layout: str, fmt: str) -> tuple[Any, ...]:
    """Return the next numbers of a file, by `struct`."""
    return struct.unpack(layout, exactly(file, struct.calcsize(layout), fmt))


def blocks(file: BinaryIO, count: int, fmt: str) -> Iterator[bytes]:
    """Yield the next `count` bytes in pieces."""
    while count > 0:
        block = exactly(file, min(count, BLOCK), fmt)
        count -= len(block)
        yield block
