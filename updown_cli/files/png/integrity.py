"""PNG: every chunk's checksum, the end, and rows that are not there (PNG specification, 5 and 7).

Pillow checks no checksum of the pixels, asks for no end, and leaves missing rows black.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

from updown_cli.files.blocks import check_part_count, read_blocks, read_exactly, unpack_next
from updown_cli.files.damage import damaged_error, truncated_error

SIGNATURE_BYTES = 8

#: Channels of each colour type.
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

#: The passes of an interlaced file: (first row, first column, row step, column step).
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
          (1, 0, 2, 1))  # fmt: skip


def check_png(file: BinaryIO) -> None:
    """Raise InputError for a wrong checksum, an unknown compression, or a missing end."""
    file.seek(SIGNATURE_BYTES)
    name, count = b"", 0
    while name != b"IEND":
        count += 1
        check_part_count(count, file.tell(), "PNG")
        length, name = unpack_next(file, ">I4s", "PNG")
        checksum, first = zlib.crc32(name), b""
        for block in read_blocks(file, length, "PNG"):
            checksum = zlib.crc32(block, checksum)
            first = first or block
        if unpack_next(file, ">I", "PNG") != (checksum,):
            raise damaged_error("PNG")
        if name == b"IHDR" and any(first[10:12]):
            raise damaged_error("PNG")  # there is one compression, and one filter


def check_rows(file: BinaryIO) -> None:
    """Raise InputError if a file that `check_png` has passed holds fewer rows than it has."""
    file.seek(SIGNATURE_BYTES)
    needed, inflate = 0, zlib.decompressobj()
    while True:
        length, name = unpack_next(file, ">I4s", "PNG")
        if name == b"IHDR":
            width, height, depth, colour, _, _, interlaced = unpack_next(file, ">IIBBBBB", "PNG")
            needed = _bytes_needed(width, height, depth * CHANNELS[colour], interlaced)
            length = 0
        elif name == b"IDAT":
            for block in read_blocks(file, length, "PNG"):
                needed -= _inflated(inflate, block, needed)
                if needed <= 0:
                    return
            length = 0
        elif name == b"IEND":
            raise truncated_error("PNG")
        read_exactly(file, length + 4, "PNG")


def _bytes_needed(width: int, height: int, bits: int, interlaced: int) -> int:
    """Return the length of the inflated rows, each with the byte that names its filter."""
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for top, left, down, right in passes:
        columns, rows = -((left - width) // right), -((top - height) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _inflated(inflate: zlib._Decompress, block: bytes, most: int) -> int:
    """Return how many bytes come out of a block, at most so many."""
    count = 0
    while block and count < most:
        count += len(inflate.decompress(block, 1 << 20))
        block = inflate.unconsumed_tail
    return count
