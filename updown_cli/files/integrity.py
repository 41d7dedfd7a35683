"""Damage that decoders let through: what a file's own structure promises must be there.

Each check walks an open file from its beginning, keeps little of it in memory, and raises
InputError. Pixels are not decoded.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import damaged_error
from updown_cli.files.format import Format

# What a walk over bytes that are not what they claim to be comes upon.
WALK_ERRORS = (
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    ValueError,
    ZeroDivisionError,
    struct.error,
)

# A file may be so much larger than its pixels: profiles, texts, pictures for preview.
SPARE_BYTES = 1 << 26

# The widest pixel, four floats.
BYTES_PER_PIXEL = 16


def check_integrity(file: BinaryIO, fmt: Format) -> None:
    """Raise InputError if a file of this format is truncated or contradicts itself."""
    file.seek(0)
    with guarded(fmt.name):
        fmt.check_integrity(file)


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Call what a walk over bytes comes upon damage of a format."""
    try:
        yield
    except WALK_ERRORS:
        raise damaged_error(name) from None


def check_size(file: BinaryIO, pixels: int) -> None:
    """Raise InputError for a file that is far larger than so many pixels can be."""
    size = file.seek(0, os.SEEK_END)
    if size > largest_file(pixels):
        raise InputError(
            f"{size / 1e6:.3g} MB are too much for {pixels / 1e6:.3g} megapixels", code="too_large"
        )


def largest_file(pixels: int) -> int:
    """Return how many bytes a file of so many pixels can reasonably have."""
    return SPARE_BYTES + BYTES_PER_PIXEL * pixels
