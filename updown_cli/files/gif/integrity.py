"""GIF: blocks up to the trailer (GIF89a, appendix B), which Pillow does not ask for."""

from __future__ import annotations

from typing import BinaryIO

from updown_cli.files.blocks import check_part_count, read_exactly, unpack_next
from updown_cli.files.damage import damaged_error
from updown_cli.files.reading import check_frame_count

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B

HEADER_BYTES = 6


def check_gif(file: BinaryIO) -> None:
    """Raise InputError for unknown blocks, too many frames, or a missing trailer."""
    file.seek(HEADER_BYTES)
    _skip_screen(file)
    frames = count = 0
    while (kind := read_exactly(file, 1, "GIF")[0]) != TRAILER:
        if kind == IMAGE:
            frames += 1
            check_frame_count(frames)
            _skip_frame(file)
        elif kind == EXTENSION:
            read_exactly(file, 1, "GIF")
        else:
            raise damaged_error("GIF")
        count += 1 + _skip_data(file)
        check_part_count(count, file.tell(), "GIF")


def _skip_screen(file: BinaryIO) -> None:
    flags = unpack_next(file, "<HHBBB", "GIF")[2]
    _skip_colours(file, flags)


def _skip_frame(file: BinaryIO) -> None:
    flags = unpack_next(file, "<HHHHB", "GIF")[4]
    _skip_colours(file, flags)
    read_exactly(file, 1, "GIF")  # the bits of a code


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        read_exactly(file, 3 << (flags % 8 + 1), "GIF")


def _skip_data(file: BinaryIO) -> int:
    """Go past the pieces of a block, and return how many there were."""
    count = 0
    while length := read_exactly(file, 1, "GIF")[0]:
        read_exactly(file, length, "GIF")
        count += 1
    return count
