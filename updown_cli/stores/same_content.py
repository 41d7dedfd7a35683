"""Whether two open files hold the same bytes."""

from __future__ import annotations

from typing import BinaryIO

# Bytes of each that are compared at a time.
BLOCK = 1 << 20


def same_content(one: BinaryIO, other: BinaryIO) -> bool:
    """Whether two files hold the same bytes from where they are on."""
    while (block := one.read(BLOCK)) == other.read(BLOCK):
        if not block:
            return True
    return False
