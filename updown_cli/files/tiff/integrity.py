"""TIFF: directories and the strips or tiles that they name (TIFF 6.0, sections 2, 3 and 15).

Where a strip is missing, readers fill in zeros or what lay in memory.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from updown_cli.files.damage import damaged_error, truncated_error
from updown_cli.files.reading import check_frame_count
from updown_cli.files.tag_directories import open_directories

WIDTH, HEIGHT, BITS, SAMPLES, PLANAR = 256, 257, 258, 277, 284
STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_COUNTS = 273, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325

WANTED = (WIDTH, HEIGHT, BITS, SAMPLES, PLANAR, STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_COUNTS,
          TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS)  # fmt: skip

#: More strips or tiles than any page has.
MOST_VALUES = 1 << 18

SEPARATE_PLANES = 2


def check_tiff(file: BinaryIO) -> None:
    """Raise InputError for pages that loop or are too many, and for strips that are not there."""
    size = file.seek(0, os.SEEK_END)
    reader, first = open_directories(file, size)
    seen: set[int] = set()
    while first:
        if first in seen:
            raise damaged_error("TIFF")
        seen.add(first)
        check_frame_count(len(seen))
        entries, first = reader.directory(first, WANTED)
        if any(entry.count > MOST_VALUES for entry in entries.values()):
            raise damaged_error("TIFF")
        tags = {tag: entry.numbers() for tag, entry in entries.items()}
        _check_page({tag: numbers for tag, numbers in tags.items() if numbers}, size)


def _check_page(tags: dict[int, tuple[int, ...]], size: int) -> None:
    tiled = TILE_OFFSETS in tags
    offsets = tags[TILE_OFFSETS if tiled else STRIP_OFFSETS]
    if len(offsets) < _parts_needed(tags, tiled=tiled):
        raise damaged_error("TIFF")
    counts = tags.get(TILE_COUNTS if tiled else STRIP_COUNTS)
    if counts is None and not tiled and len(offsets) == 1:
        return  # old writers leave the count of a single strip out
    for offset, count in zip(offsets, counts or (), strict=True):
        if count == 0:
            raise damaged_error("TIFF")
        if offset + count > size:
            raise truncated_error("TIFF")


def _parts_needed(tags: dict[int, tuple[int, ...]], *, tiled: bool) -> int:
    """Return how many strips or tiles make up a page."""
    (width,), (height,) = tags[WIDTH], tags[HEIGHT]
    if tiled:
        parts = _ceil(width, tags[TILE_WIDTH][0]) * _ceil(height, tags[TILE_HEIGHT][0])
    else:
        parts = _ceil(height, tags.get(ROWS_PER_STRIP, (height,))[0])
    separate = tags.get(PLANAR, (1,))[0] == SEPARATE_PLANES
    return parts * tags.get(SAMPLES, (1,))[0] if separate else parts


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
