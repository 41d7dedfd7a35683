"""TIFF: directories and the strips or tiles that they name (TIFF 6.0, sections 2, 3 and 15).

Where a strip is missing, readers fill in zeros or what lay in memory.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from updown_cli.files.blocks import read_exactly, unpack_next
from updown_cli.files.damage import damaged_error, truncated_error
from updown_cli.files.reading import check_frame_count

WIDTH, HEIGHT, BITS, SAMPLES, PLANAR = 256, 257, 258, 277, 284
STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_COUNTS = 273, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325

WANTED = (WIDTH, HEIGHT, BITS, SAMPLES, PLANAR, STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_COUNTS,
          TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS)  # fmt: skip

#: `struct`'s letter for the types that sizes and places have: SHORT, LONG, LONG8.
INTEGERS = {3: "H", 4: "I", 16: "Q"}

#: More strips or tiles than any page has.
MOST_VALUES = 1 << 22

#: The versions of a header: letters of a place and of a directory's length.
LETTERS = {42: ("I", "H"), 43: ("Q", "Q")}

SEPARATE_PLANES = 2


@dataclass
class _Tiff:
    """An open file and how its numbers are written."""

    file: BinaryIO
    order: str
    place: str
    length: str
    size: int

    def read(self, letters: str) -> tuple[int, ...]:
        return unpack_next(self.file, self.order + letters, "TIFF")

    def directories(self, first: int) -> Iterator[dict[int, tuple[int, ...]]]:
        """Yield the wanted tags of every directory of the chain."""
        seen: set[int] = set()
        while first:
            if first in seen:
                raise damaged_error("TIFF")
            seen.add(first)
            check_frame_count(len(seen))
            self.file.seek(first)
            (count,) = self.read(self.length)
            entries = read_exactly(self.file, count * self.entry_bytes, "TIFF")
            (first,) = self.read(self.place)
            yield self._tags(entries)

    @property
    def entry(self) -> str:
        return f"{self.order}HH{self.place}"

    @property
    def entry_bytes(self) -> int:
        return struct.calcsize(self.entry) + struct.calcsize(self.order + self.place)

    def _tags(self, entries: bytes) -> dict[int, tuple[int, ...]]:
        tags = {}
        for at in range(0, len(entries), self.entry_bytes):
            tag, kind, count = struct.unpack_from(self.entry, entries, at)
            if tag in WANTED and kind in INTEGERS:
                end = at + self.entry_bytes
                tags[tag] = self._values(kind, count, entries[at:end])
        return tags

    def _values(self, kind: int, count: int, entry: bytes) -> tuple[int, ...]:
        """Return an entry's numbers, which stand in it or, if they do not fit, elsewhere."""
        if count > MOST_VALUES:
            raise damaged_error("TIFF")
        layout = f"{self.order}{count}{INTEGERS[kind]}"
        room = struct.calcsize(self.order + self.place)
        if struct.calcsize(layout) <= room:
            return struct.unpack_from(layout, entry, len(entry) - room)
        (place,) = struct.unpack_from(self.order + self.place, entry, len(entry) - room)
        if place + struct.calcsize(layout) > self.size:
            raise truncated_error("TIFF")
        self.file.seek(place)
        return unpack_next(self.file, layout, "TIFF")


def check_tiff(file: BinaryIO) -> None:
    """Raise InputError for pages that loop or are too many, and for strips that are not there."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    order = {b"II": "<", b"MM": ">"}[read_exactly(file, 2, "TIFF")]
    (version,) = unpack_next(file, order + "H", "TIFF")
    tiff = _Tiff(file, order, *LETTERS[version], size)
    if version == 43:
        tiff.read("HH")
    (first,) = tiff.read(tiff.place)
    for tags in tiff.directories(first):
        _check_page(tags, size)


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
